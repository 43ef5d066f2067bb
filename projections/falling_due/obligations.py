"""What is to be issued of open obligations today: which reminder or escalation, and to which office.

Reminders are the owner's. The lowest escalation goes to the board manager and the highest to the Board's chair; what lies between, where
the Board has set so many, goes to the chief officer of the agency (F.5, obligations A.14).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from psycopg.sql import SQL

from aggregates.authority import BOARD, MANAGER
from aggregates.clocks.ladder import notice_due
from aggregates.framework.notices import Owed, untold
from projections.falling_due.seats import Asked, Due
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from psycopg import Connection

    from aggregates.clocks.ladder import Ladder, Notice
    from aggregates.framework.notices import Told
    from projections.falling_due.seats import Seats


# What is open and dated, and near enough its date that something may have to be told.
OPEN = SQL("""
    SELECT rule, owner, subject, due_on, arose_on FROM views.obligations
     WHERE {clocks} AND discharged_on IS NULL AND ended_on IS NULL AND due_on <= %(until)s
    UNION ALL
    SELECT rule, owner, subject, due_on, arose_on FROM views.standings
     WHERE {clocks} AND discharged_on IS NULL AND ended_on IS NULL AND due_on <= %(until)s
     ORDER BY rule, owner, subject""").format(clocks=AT_CLOCKS)


def open_obligations(conn: Connection[Any], ladder: Ladder, *, as_at: date, known_at: int) -> list[Owed]:
    """Return the obligations of which something may be due today, as known at a position."""
    until = as_at + timedelta(max(ladder.reminder_days, default=0))
    rows = conn.execute(OPEN, {"as_at": as_at, "known_at": known_at, "until": until})
    return [Owed(*row) for row in rows]


def obligations_due(open_: Iterable[Owed], told: Mapping[str, Told], seats: Seats, ladder: Ladder, *, as_at: date) -> list[Due[Owed]]:
    """Return what is to be issued today of what is open, in its order."""
    found = []
    for owed in open_:
        before = told.get(owed.ref)
        notice = notice_due(before.climbing(owed) if before else untold(owed), ladder, as_at)
        if notice is not None:
            found.append(Due(owed, notice, *seats.told(_asked(owed, notice, ladder, seats))))
    return found


def _asked(owed: Owed, notice: Notice, ladder: Ladder, seats: Seats) -> Asked:
    """Return whom a notice is for."""
    if notice.level == len(ladder.escalation_days) and notice.level > 1:
        return Asked(None, ("chair",))
    if notice.level > 1:
        return Asked(None, ("chief officer", "board manager"), owed.owner)
    if notice.level == 1 or owed.owner == BOARD:
        return Asked(None, (MANAGER,))
    return Asked(owed.owner if owed.owner in seats.offices else None, ("designated lead", "sub-group chair"), owed.owner, owed.owner)
