"""At which sessions somebody was, by their references, and for which agency on each of those days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row
from psycopg.sql import SQL

from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from psycopg import Connection

ATTENDED = SQL("""
    SELECT key AS ref, course, (one->>'on')::date AS attended_on, one->>'number' AS number, one->>'agency' AS agency,
           one->>'staff_group' AS staff_group
      FROM views.sessions, jsonb_array_elements(attendees) AS one
     WHERE {} AND participants->>(one->>'number') = ANY(%(people)s)
     ORDER BY attended_on, ref, number""").format(AT_CLOCKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """One session at which somebody was. The agency and the staff group are those of that day."""

    ref: str
    course: str
    attended_on: date
    number: str
    agency: str
    staff_group: str | None


def attended(conn: Connection[Any], people: Collection[str], *, as_at: date, known_at: int) -> list[Attended]:
    """Return the sessions at which any of these references was, the earliest first."""
    with conn.cursor(row_factory=class_row(Attended)) as cursor:
        return cursor.execute(ATTENDED, {"people": list(people), "as_at": as_at, "known_at": known_at}).fetchall()
