"""Who is to be asked today what came of their training: everybody who was there three calendar months ago and was not asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row
from psycopg.sql import SQL

from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from datetime import date

    from psycopg import Connection

DUE = SQL("""
    SELECT key AS ref, one->>'number' AS number, one->>'agency' AS agency, (one->>'due_on')::date AS due_on
      FROM views.sessions, jsonb_array_elements(unasked) AS one
     WHERE {} AND (one->>'due_on')::date <= %(as_at)s
     ORDER BY due_on, ref, length(one->>'number'), number""").format(AT_CLOCKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDue:
    """A participant who is to be asked."""

    ref: str
    number: str
    agency: str
    due_on: date


def follow_ups_due(conn: Connection[Any], *, as_at: date, known_at: int) -> list[FollowUpDue]:
    """Return whom to ask by a day, as known at a position; those whose day it was first come first."""
    with conn.cursor(row_factory=class_row(FollowUpDue)) as cursor:
        return cursor.execute(DUE, {"as_at": as_at, "known_at": known_at}).fetchall()
