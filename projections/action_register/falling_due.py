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
from aggregates.partnership.office import answering_office
from projections.partnership import OfficeRow, Term, offices
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be issued of an action, and to whom: None where nobody holds any office that could be told.

    `vacant_offices` are those that it should have gone to, and that nobody holds; of an office that there never was, its role.
    """

    action: OpenAction
    notice: Notice
    to_office: str | None
    vacant_offices: tuple[str, ...]


def falling_due(conn: Connection[Any], ladder: Ladder, *, as_at: date, known_at: int) -> list[Due]:
    """Return what is to be issued today, as known at a position, in the order of the actions' references."""
    rungs = {"days": [rung.days for rung in ladder.rungs], "levels": [rung.level for rung in ladder.rungs]}
    with conn.cursor(row_factory=class_row(OpenAction)) as cursor:
        actions = cursor.execute(OPEN, {"as_at": as_at, "known_at": known_at, **rungs}).fetchall()
    seats = _Seats(offices(conn, as_at=as_at, known_at=known_at), as_at)
    return [Due(action, notice, *seats.told(action, notice)) for action in actions if (notice := notice_due(action, ladder, as_at))]


class _Seats:
    """The offices as at a day, and who is told of what. It remembers what it found: few answers serve very many actions."""

    def __init__(self, rows: list[OfficeRow], day: date) -> None:
        self._offices: Mapping[str, OfficeRow] = {row.ref: row for row in rows}
        self._day = day
        self._found: dict[tuple[str | None, str, str | None, str], tuple[str | None, tuple[str, ...]]] = {}

    def told(self, action: OpenAction, notice: Notice) -> tuple[str | None, tuple[str, ...]]:
        """Return the office that is told, and those that should be and are vacant."""
        asked, role, body = _asked(action, notice)
        key = (asked, role, body, action.overseen_by)
        if key not in self._found:
            office = asked if asked in self._offices else self._office(role, body)
            if office is None and role == "designated lead":
                office = self._office("sub-group chair", body)  # a sub-group owns it
            answers = answering_office(office, self._offices, overseen_by=action.overseen_by, day=self._day)
            self._found[key] = (answers, () if answers == office else (office or role,))
        return self._found[key]

    def _office(self, role: str, body: str | None) -> str | None:
        """Return the office of this role, and body where one is named: one that somebody holds, or else one that somebody held."""

        def is_it(term: Term | None) -> bool:
            return term is not None and term.role == role and body in {None, term.body}

        held = [code for code, row in self._offices.items() if is_it(row.holder_on(self._day))]
        ever = [code for code, row in self._offices.items() if any(map(is_it, row.terms))]
        return next(iter(sorted(held) or sorted(ever)), None)


def _asked(action: OpenAction, notice: Notice) -> tuple[str | None, str, str | None]:
    """Return the office that a notice is for, where one is named, and otherwise its role and body.

    A reminder is the owner's; the first escalation goes to the chair of the overseeing sub-group, the next ones to the Board's.
    """
    if notice.level > 1:
        return None, "chair", None
    if notice.level == 1:
        return None, "sub-group chair", action.overseen_by
    if action.owner == BOARD:
        return action.owner_office, "board manager", None
    return action.owner_office, "designated lead", action.owner
