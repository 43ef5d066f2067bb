"""The database as a whole, tested."""
