"""The sets of clauses that come with the product: each a file in `sets/`, named for its framework."""

from __future__ import annotations

from importlib import resources
from itertools import chain
from typing import TYPE_CHECKING, Final

from aggregates import EVENTS
from aggregates.framework.matching import event_of
from aggregates.framework.parsing import Malformed, parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from aggregates.framework.clauses import Clause, ObligationSet


def read_sets(files: Iterable[bytes], events: Collection[str] | None = None) -> dict[str, ObligationSet]:
    """Return sets by the hash that their adoption names; an id of a clause is the same clause in all of them, and no event another."""
    found = [parse(file, events) for file in files]
    ids = list(chain.from_iterable(one.clauses for one in found))
    if len(set(ids)) < len(ids):
        raise Malformed("the sets", "two of them have a clause of one id")
    return {one.sha256: one for one in found}


def _files() -> list[bytes]:
    folder = resources.files("aggregates.framework").joinpath("sets")
    return [file.read_bytes() for file in sorted(folder.iterdir(), key=lambda file: file.name) if file.name.endswith(".toml")]


SETS: Final[Mapping[str, ObligationSet]] = read_sets(_files(), frozenset(map(event_of, EVENTS)))
CLAUSES: Final[Mapping[str, Clause]] = {name: clause for one in SETS.values() for name, clause in one.clauses.items()}
