"""Which pair of clocks a reader may ask for: *as at* a day, *as known at* a position or at the end of a day (in London).

Nothing can be known before it is recorded, nothing is true before it has happened: what is asked against that order is refused in
words. The position is fixed first, and every query of a page uses it, so the answer never changes afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from aggregates.clocks.dates import LONDON
from aggregates.entry.fields import EARLIEST
from aggregates.errors import Refused
from projections.two_clocks import decoded_log, tracking

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection


class NotYetKnown(Refused):
    """Somebody asks for what will be known later than now: the answer would be another tomorrow."""

    rule, text = "INV-37", "Nothing is known yet at {known_at}: the views have reached entry {head}, and today is {today}"


class NotYetHappened(Refused):
    """Somebody asks for the position on a day to come."""

    rule, text = "INV-37", "{as_at} is still to come: today is {today}"


class BeforeAnything(Refused):
    """Somebody asks for a day of which nothing can be on record."""

    rule, text = "INV-37", "Nothing can be on record of {as_at}: choose a day from {earliest} on"


class OutsideInspection(Refused):
    """An inspector asks for a day that their inspection does not cover."""

    rule, text = "INV-41", "{as_at} is outside your inspection, which covers {covers_from} to {ceiling}"


class KnownBeforeAsAt(Refused):
    """The two clocks are in the wrong order."""

    rule = "INV-37"
    text = (
        "On {known} nobody could know the position on {as_at}, which came later: "
        "choose a known-at date that is the same day as the as-at date, or a later one"
    )


@dataclass(frozen=True, slots=True)
class Clocks:
    """A pair of clocks that a reader may ask for. `known_time` is when entry `known_at` was recorded; None before the first."""

    as_at: date
    known_at: int
    known_time: datetime | None
    head: int


def clocks(
    conn: Connection[Any],
    *,
    as_at: date | None = None,
    known_at: date | int | None = None,
    today: date,
    period: tuple[date, date] | None = None,
) -> Clocks:
    """Fix the clocks of one answer, or refuse: `NotYetKnown`, `NotYetHappened`, `KnownBeforeAsAt`, `OutsideInspection`.

    Without `known_at` it is the newest entry that every view has reached. Without `as_at` it is the day of `known_at`, or the last
    day of the `period` that the reader's inspection covers.
    """
    head = tracking.head(conn)
    if isinstance(known_at, date):
        if known_at > today:
            raise NotYetKnown(known_at=known_at, head=head, today=today)
        position, known_day = min(head, position_at(conn, known_at)), known_at
    else:
        position = head if known_at is None else known_at
        if not 0 <= position <= head:
            raise NotYetKnown(known_at=f"entry {position}", head=head, today=today)
        known_day = today if position == head else min(today, _day_of_next(conn, position))
    if as_at is not None and as_at < EARLIEST:
        raise BeforeAnything(as_at=as_at, earliest=EARLIEST)
    if as_at is not None and as_at > today:
        raise NotYetHappened(as_at=as_at, today=today)
    if as_at is not None and as_at > known_day:
        raise KnownBeforeAsAt(as_at=as_at, known=known_day)
    shown = as_at or (min(known_day, period[1]) if period else known_day)
    if period and not period[0] <= shown <= period[1]:
        raise OutsideInspection(as_at=shown, covers_from=period[0], ceiling=period[1])
    return Clocks(shown, position, recorded_at(conn, position), head)


def position_at(conn: Connection[Any], day: date) -> int:
    """Return the last position recorded by the end of a day in London; 0 where there is none."""
    row = conn.execute(
        "SELECT position FROM views.inspection_history WHERE recorded_at < %s ORDER BY recorded_at DESC, position DESC LIMIT 1",
        [decoded_log.next_midnight(day)],
    ).fetchone()
    return int(row[0]) if row else 0


def recorded_at(conn: Connection[Any], position: int) -> datetime | None:
    """Return when an entry was recorded; None for position 0."""
    row = conn.execute("SELECT recorded_at FROM views.inspection_history WHERE position = %s", [position]).fetchone()
    found: datetime | None = row[0] if row else None
    return found


def _day_of_next(conn: Connection[Any], position: int) -> date:
    """Return the last day on which a position that is not the newest was all that was known."""
    after = recorded_at(conn, position + 1)
    if after is None:
        raise LookupError(position + 1)
    return after.astimezone(LONDON).date()
