"""What is to be issued of open actions today: which reminder or escalation, and to which office.

One query finds them, however many actions are open; what it finds, the aggregate is asked about again before anything is recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.rows import class_row
from psycopg.sql import SQL

from aggregates.authority import BOARD
from aggregates.clocks.ladder import Ladder, Notice, notice_due
from projections.falling_due.seats import Asked, Due, Seats
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from datetime import date
    from typing import Any

    from psycopg import Connection

# A rung is pending where it has come, and nothing as high was served in this spell: as `aggregates.clocks.ladder` says it.
OPEN = SQL("""
    SELECT key AS ref, title, owner, owner_office, overseen_by, due_on, spell_began_on, escalation_level, reminded_before
      FROM views.action_register
     WHERE {} AND NOT discharged
       AND EXISTS (SELECT FROM unnest(%(days)s::int[], %(levels)s::int[]) AS rung (days, level)
                    WHERE greatest(due_on, spell_began_on) + days <= %(as_at)s::date
                      AND (level > escalation_level OR (escalation_level = 0 AND days > coalesce(-reminded_before, -1000))))
     ORDER BY sorts_as""").format(AT_CLOCKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAction:
    """An open action of which something is to be issued."""

    ref: str
    title: str
    owner: str
    owner_office: str | None
    overseen_by: str
    due_on: date
    spell_began_on: date
    escalation_level: int
    reminded_before: int | None


def actions_due(conn: Connection[Any], seats: Seats, ladder: Ladder, *, as_at: date, known_at: int) -> list[Due[OpenAction]]:
    """Return what is to be issued today, as known at a position, in the order of the actions' references."""
    rungs = {"days": [rung.days for rung in ladder.rungs], "levels": [rung.level for rung in ladder.rungs]}
    with conn.cursor(row_factory=class_row(OpenAction)) as cursor:
        actions = cursor.execute(OPEN, {"as_at": as_at, "known_at": known_at, **rungs}).fetchall()
    due = ((action, notice_due(action, ladder, as_at)) for action in actions)
    return [Due(action, notice, *seats.told(_asked(action, notice))) for action, notice in due if notice]


def _asked(action: OpenAction, notice: Notice) -> Asked:
    """Return whom a notice is for.

    A reminder is the owner's; the first escalation goes to the chair of the overseeing sub-group, the next ones to the Board's.
    """
    overseers = action.overseen_by
    if notice.level > 1:
        return Asked(None, ("chair",), None, overseers)
    if notice.level == 1:
        return Asked(None, ("sub-group chair",), overseers, overseers)
    if action.owner == BOARD:
        return Asked(action.owner_office, ("board manager",), None, overseers)
    return Asked(action.owner_office, ("designated lead", "sub-group chair"), action.owner, overseers)  # a sub-group may own it
