"""How an act becomes part of the record, tested."""
