"""Logs without a database, for whoever is shown checkpoints: leaves, the notes over them, and proofs between their sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.ledger.tree import Frontier, consistency_ranges, leaf_hash, prove
from service.ledger.witness.submission import Submission
from tests.service.ledger.sample import LOG_KEY

if TYPE_CHECKING:
    from service.ledger.checkpoint import LogKey


@dataclass(frozen=True)
class Tree:
    """A log of leaves that are made of their numbers; a `fork` has others from that number on."""

    fork: int = 1 << 30
    key: LogKey = LOG_KEY

    def frontier(self, size: int, first: int = 0) -> Frontier:
        """Return the tree of so many leaves from one on."""
        leaves = [leaf_hash(b"%d%s" % (n, b" otherwise" if n >= self.fork else b"")) for n in range(first, first + size)]
        return Frontier().grow(leaves).after

    def note(self, size: int) -> str:
        """Return the checkpoint of a size."""
        return self.key.checkpoint(size, self.frontier(size).root)

    def submission(self, old: int, size: int) -> Submission:
        """Return what a log submits that believes its witness to be at `old`."""
        ranges = consistency_ranges(old, size) if old else []
        return Submission(old, prove(ranges, lambda node: self.frontier(1 << node[0], node[1] << node[0]).root), self.note(size))
