"""The ledger: statements, the tree over them, its checkpoints and receipts, the store and the sealed pack."""
