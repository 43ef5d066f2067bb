"""The rules by which the views of obligations fold the log: those of the sets that come with the product, unless others are given."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import Final

from aggregates.framework.index import Index
from aggregates.framework.library import SETS

INDEX: Final = Index(SETS.values())


def fingerprint(index: Index) -> str:
    """Name the rules and the facts that they ask: views that were folded by others have to be rebuilt."""
    folder = resources.files("aggregates.framework").joinpath("facts")
    facts = [file.read_bytes() for file in sorted(folder.iterdir(), key=lambda file: file.name) if file.name.endswith(".py")]
    said = b"".join([*(one.sha256.encode() for one in index.sets), *facts])
    return hashlib.sha256(said).hexdigest()[:16]
