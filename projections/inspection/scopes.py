"""Of what a pack is: everything, some days, an agency, a review, one event, or what several of these have in common.

Some days: what an inspection of those days covers. What happened after the last is left out, with what amends it, and what does not go
on standing and came before the first; all else that brought things where they stood on those days is there.

An agency: how the Board is made up, and each thing that names the agency, with all of it; of what many received, that agency's own.
A review: it, and each thing that names it or a finding of it. An event: it, what amends it and what it amends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from aggregates.errors import Refused
from projections.two_clocks.clocks import OutsideInspection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from psycopg import Connection

OPEN: Final = frozenset(
    {"ledger", "keys", "partnership", "agency", "sub-group", "office", "priorities", "course", "resource"}
)  # how the Board is made up
OF_MANY: Final = frozenset({"dissemination", "session"})  # in which each agency has entries of its own
OF_A_DAY: Final = frozenset({"meeting", "subject"})  # what does not go on standing: it was held, or registered, and that was that
WHOLE: Final = "the whole record"

ENTRIES: Final = """
    SELECT position, kind, ref, occurred_on, amends, body ->> 'agency' AS agency FROM views.inspection_history
     WHERE position <= %(known_at)s ORDER BY position"""
# Who acted is not what an entry is about: a chair acts for the Board, whoever employs them.
NAMING: Final = """
    SELECT DISTINCT kind, ref FROM views.inspection_history
     WHERE position <= %(known_at)s
       AND jsonb_path_exists(body - '{by_agency,by_office,on_behalf_of}'::text[],
                             '$.** ? (@ == $one || @ == $other || @ starts with $below || @ starts with $under)',
                             jsonb_build_object('one', %(one)s::text, 'other', %(other)s::text,
                                                'below', %(one)s::text || '/', 'under', %(other)s::text || '/'))"""

JOINED: Final = "SELECT FROM views.inspection_history WHERE kind = 'agency' AND ref = %(agency)s AND position <= %(known_at)s LIMIT 1"
SEALED: Final = "SELECT position FROM views.inspection_history WHERE topic = 'ledger.pack_sealed.v1' AND position <= %(known_at)s"

Entry = tuple[int, str, str, "date", int | None, str | None]  # position, kind, reference, day, what it amends, whose it is


@dataclass(frozen=True, slots=True)
class PackScope:
    """What is asked for: as much of these as is given, and all where nothing is. `first` and `last` are given together, in their order."""

    first: date | None = None
    last: date | None = None
    agency: str | None = None
    review: str | None = None
    event: int | None = None

    def __post_init__(self) -> None:
        """Refuse half a period, and one that ends before it begins."""
        if (self.first is None) != (self.last is None) or (self.first and self.last and self.last < self.first):
            raise HalfAPeriod(first=self.first or "an open day", last=self.last or "an open day")

    def __str__(self) -> str:
        """Say of what it is, as it goes on record."""
        days = f"{self.first} to {self.last}" if self.first or self.last else None
        about = {"agency": self.agency, "review": self.review, "event": self.event}
        parts = [*([days] if days else []), *(f"{name} {value}" for name, value in about.items() if value is not None)]
        return ", ".join(parts) or WHOLE

    def narrowed(self, agency: str | None, period: tuple[date, date] | None) -> PackScope:
        """Return what of it is there for who reads one agency's record alone, or that of some days; refuse what is not."""
        if agency and self.agency not in {None, agency}:
            raise AnothersPack(agency=self.agency, own=agency)
        first, last = (self.first, self.last) if self.first else period or (None, None)
        if period and first and last and not (period[0] <= first <= last <= period[1]):
            raise OutsideInspection(as_at=last, covers_from=period[0], ceiling=period[1])
        return replace(self, first=first, last=last, agency=self.agency or agency or None)


class HalfAPeriod(Refused):
    """Days of a pack are given from the first to the last."""

    text = "A pack of some days needs both, in their order: not from {first} to {last}"


class AnothersPack(Refused):
    """Who acts for one agency takes that agency's record, and no other's."""

    text = "There is no record of {agency} for who reads that of {own}"


class NoSuchAgency(Refused):
    """A pack is of an agency that was a member at some time."""

    text = "There is no agency {agency} on record"


def positions(conn: Connection[Any], scope: PackScope, *, known_at: int) -> frozenset[int] | None:
    """Return the positions of the entries in a scope, as known at a position; None where that is all of them."""
    if scope == PackScope():
        return None
    within = [*_conditions(conn, scope, known_at)]
    kept: set[int] = set()
    amended = _amended(conn, scope.event, known_at)
    for entry in conn.execute(ENTRIES, {"known_at": known_at}):
        position, amends = entry[0], entry[4]
        follows = amends in kept  # an amendment goes with what it amends, whatever its own day
        if position in amended or follows or (amends is None and all(condition(entry) for condition in within)):
            kept.add(position)
    return frozenset(kept)


def _conditions(conn: Connection[Any], scope: PackScope, known_at: int) -> Iterator[Callable[[Entry], bool]]:
    first, last = scope.first, scope.last
    if first and last:
        yield lambda it: it[3] <= last and (it[3] >= first or it[1] not in OF_A_DAY)
    if scope.agency is not None:
        if conn.execute(JOINED, {"agency": scope.agency, "known_at": known_at}).fetchone() is None:
            raise NoSuchAgency(agency=scope.agency)
        ours, agency = _naming(conn, scope.agency, f"agency:{scope.agency}", known_at), scope.agency
        sealed = {position for (position,) in conn.execute(SEALED, {"known_at": known_at})}  # of what packs were says what there is
        yield lambda it: (it[1] in OPEN and it[0] not in sealed) or (it[1:3] in ours and (it[1] not in OF_MANY or it[5] in {None, agency}))
    if scope.review is not None:
        about = _naming(conn, scope.review, f"review:{scope.review}", known_at) | {("review", scope.review)}
        yield lambda it: it[1:3] in about
    if scope.event is not None:
        yield lambda it: it[0] == scope.event


def _naming(conn: Connection[Any], one: str, other: str, known_at: int) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set(conn.execute(NAMING, {"known_at": known_at, "one": one, "other": other}))
    return found


def _amended(conn: Connection[Any], event: int | None, known_at: int) -> set[int]:
    """Return what an event amends, and what that does: without it nobody understands an amendment."""
    found: set[int] = set()
    query = "SELECT amends FROM views.inspection_history WHERE position = %s AND position <= %s"
    while event is not None and (row := conn.execute(query, (event, known_at)).fetchone()) and (event := row[0]) is not None:
        found.add(event)
    return found
