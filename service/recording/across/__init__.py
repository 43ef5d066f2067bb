"""What is looked up across streams for the verbs of one noun: for reviews, and for what the members have received."""
