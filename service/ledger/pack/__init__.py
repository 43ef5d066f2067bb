"""Sealed packs: the log, a scope of it or its public part, as a folder that needs no server to be checked (ledger §7)."""

from service.ledger.pack.writing import ALL_BUT_PERSONAL, PUBLIC, PackExists, PackSummary, write_pack

__all__ = ["ALL_BUT_PERSONAL", "PUBLIC", "PackExists", "PackSummary", "write_pack"]
