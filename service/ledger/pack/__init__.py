"""Sealed packs: the log, a scope of it or its public part, as a folder that needs no server to be checked (ledger §7)."""

from service.ledger.pack.disclosing import EVERYTHING, PUBLICLY, Disclosing
from service.ledger.pack.writing import PackExists, PackSummary, write_pack

__all__ = ["EVERYTHING", "PUBLICLY", "Disclosing", "PackExists", "PackSummary", "write_pack"]
