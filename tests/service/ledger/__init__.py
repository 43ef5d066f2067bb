"""The ledger: what is appended, sealed, refused and proved."""
