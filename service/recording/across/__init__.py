"""What is looked up across streams: for reviews, for what the members have received, and what offices, members and leavers hold."""
