"""The rules by which the views of obligations fold the log: those of the sets that come with the product, unless others are given."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import Final

from aggregates.framework.index import Index
from aggregates.framework.library import SETS

INDEX: Final = Index(SETS.values())


CODE: Final = (("aggregates.framework", ""), ("aggregates.framework", "facts"), ("projections.obligations", ""))


def fingerprint(index: Index) -> str:
    """Name the rules, and what folds the log by them: views that were folded otherwise have to be rebuilt."""
    said = [one.sha256.encode() for one in index.sets]
    for package, folder in CODE:
        files = resources.files(package).joinpath(folder).iterdir()
        said += [file.read_bytes() for file in sorted(files, key=lambda file: file.name) if file.name.endswith(".py")]
    return hashlib.sha256(b"".join(said)).hexdigest()[:16]
