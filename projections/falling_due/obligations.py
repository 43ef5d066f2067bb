"""What is to be issued of open obligations today: which reminder or escalation, and to which office.

Reminders are the owner's. The lowest escalation goes to the board manager and the highest to the Board's chair; what lies between, where
the Board has set so many, goes to the chief officer of the agency (F.5, obligations A.14). What is asked of an action is told by the
action's own notices, and of who has left nothing is told any more.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from aggregates.authority import BOARD, MANAGER
from aggregates.clocks.ladder import notice_due
from aggregates.framework.telling.notices import Owed, untold
from projections.falling_due.seats import Asked, Due
from projections.obligations import INDEX, still_owed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from psycopg import Connection

    from aggregates.clocks.ladder import Ladder, Notice
    from aggregates.framework.index import Index
    from aggregates.framework.telling.notices import Told
    from projections.falling_due.seats import Seats


def open_obligations(conn: Connection[Any], ladder: Ladder, *, as_at: date, known_at: int, index: Index = INDEX) -> list[Owed]:
    """Return the obligations of which something may be told today, as known at a position: open, dated, and their date near or past."""
    until = as_at + timedelta(max(ladder.reminder_days, default=0))
    every = map(Owed._make, still_owed(conn, as_at=as_at, known_at=known_at, due_by=until, index=index))
    return [one for one in every if not one.subject.startswith("action:")]


def obligations_due(
    open_: Iterable[Owed], told: Mapping[str, Told], seats: Seats, ladder: Ladder, *, as_at: date, lacking: Collection[str] = ()
) -> list[Due[Owed]]:
    """Return what is to be issued today of what is open, in its order; the Board answers for the bodies that it is `lacking`."""
    found, board = [], frozenset({BOARD, *lacking})
    for one in open_:
        before = told.get(one.ref)
        notice = notice_due(before.climbing(one) if before else untold(one), ladder, as_at)
        if notice is not None:
            found.append(Due(one, notice, *seats.told(_asked(one, notice, ladder, seats, of_the_board=one.owner in board))))
    return found


def _asked(one: Owed, notice: Notice, ladder: Ladder, seats: Seats, *, of_the_board: bool) -> Asked:
    """Return whom a notice is for."""
    if notice.level == len(ladder.escalation_days) and notice.level > 1:
        return Asked(None, ("chair",))
    if notice.level > 1:
        return Asked(None, ("chief officer", MANAGER), one.owner)
    if notice.level == 1 or of_the_board:
        return Asked(None, (MANAGER,))
    return Asked(one.owner if one.owner in seats.offices else None, ("designated lead", "sub-group chair"), one.owner, one.owner)
