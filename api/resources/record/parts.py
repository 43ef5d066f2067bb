"""Which part of the record a pack is for one reader, who takes it or is handed it: the same, on the page, by the API and by the command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from api.resources.answering.answers import Reading
from api.resources.record.visible import Visible
from projections.inspection import history as inspection_history
from projections.inspection import scopes
from projections.two_clocks.clocks import clocks
from service.desk import authority
from service.desk.refusals import NotFound
from service.ledger.pack import Disclosing
from service.ledger.pack.disclosing import ALL_BUT_PERSONAL, PARTNERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from typing import Any

    from psycopg import Connection

    from projections.inspection.history import HistoryEntry
    from projections.inspection.scopes import PackScope
    from service.desk.persons import Persons

AT_ONCE: Final = 1000  # entries that are looked at together


class Part(NamedTuple):
    """What is a reader's of what was asked for: of what it is, where its entries are (None: all), what is disclosed, and what it says."""

    scope: PackScope
    positions: frozenset[int] | None
    disclosing: Disclosing
    about: str


def read_in(board: Persons, conn: Connection[Any], office: str, known_at: date | int | None, today: date) -> Reading:
    """Return what whoever holds an office reads, at clocks of their own; refuse an office that is handed no packs."""
    scope = authority.receives(board, office, today)
    return Reading(conn, clocks(conn, known_at=known_at, today=today, period=scope.period), scope, office, today)


def part_of(on: Reading, scope: PackScope) -> Part:
    """Return what of a scope a reader may see; refuse where that is nothing, an event by its number."""
    theirs, known_at = on.scope, on.clocks.known_at
    asked = scope.narrowed(theirs.agency or None, theirs.period)
    within = _seen(on, scopes.positions(on.conn, asked, known_at=known_at))
    if within is not None and not within:
        raise NotFound(kind="event", ref=str(scope.event)) if scope.event else NotFound(kind="event of", ref=str(asked))
    classes = ALL_BUT_PERSONAL if theirs.restricted else PARTNERS
    disclosing = Disclosing(classes, counted_by=None if theirs.inspection else theirs.agency)
    return Part(asked, within, disclosing, f"{asked}, as known at event {known_at}, as it was shown to {on.office}")


def _seen(on: Reading, positions: frozenset[int] | None) -> frozenset[int] | None:
    """Return those of the positions whose entries the reader may see; None where that is every entry."""
    if positions is None and not on.scope.partial and on.scope.period is None and on.scope.protects:
        return None
    may_see = Visible(on)
    return frozenset(entry.position for entry in _entries(on) if (positions is None or entry.position in positions) and may_see(entry))


def _entries(on: Reading) -> Iterator[HistoryEntry]:
    after, known_at = 0, on.clocks.known_at
    while found := inspection_history.history(on.conn, known_at=known_at, after=after, limit=AT_ONCE):
        yield from found
        after = found[-1].position
