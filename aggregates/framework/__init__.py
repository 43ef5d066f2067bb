"""What the framework asks for: its clauses as data, and what the service itself tells of them."""
