"""Counting the register: how many actions stand how, as the sentences above a list say it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

from psycopg.sql import SQL

from projections.action_register.listing import DAYS_OVERDUE, EVERYTHING, Filters

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from psycopg import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Counts for the sentences above a register. Of what was `tested`, `held` and `slipped` count the last checks."""

    total: int
    owed: int
    overdue: int
    signed_off: int
    ever_signed_off: int
    tested: int
    held: int
    slipped: int
    by_status: Mapping[str, int]


def summary(conn: Connection[Any], *, as_at: date, known_at: int, filters: Filters = EVERYTHING) -> Summary:
    """Count the actions as at a day, as known at a position."""
    query = SQL("""
        SELECT status, count(*), count(*) FILTER (WHERE NOT discharged), count(*) FILTER (WHERE {days} > 0), count(signed_off_on),
               count(coalesce(signed_off_on::text, sustained)), count(sustained),
               count(*) FILTER (WHERE sustained LIKE 'held%%'), count(*) FILTER (WHERE sustained LIKE 'slipped%%')
          FROM views.action_register WHERE {conditions} GROUP BY status""").format(days=SQL(DAYS_OVERDUE), conditions=filters.conditions())
    rows = conn.execute(query, {"as_at": as_at, "known_at": known_at, **asdict(filters)}).fetchall()
    names = [f.name for f in fields(Summary) if f.name != "by_status"]
    sums = {name: sum(int(row[number]) for row in rows) for number, name in enumerate(names, start=1)}
    return Summary(**sums, by_status={status: int(count) for status, count, *_ in rows})


def count(conn: Connection[Any], *, as_at: date, known_at: int, filters: Filters = EVERYTHING) -> int:
    """Return how many actions a register without pages would list."""
    query = SQL("SELECT count(*) FROM views.action_register WHERE {}").format(filters.conditions())
    row = conn.execute(query, {"as_at": as_at, "known_at": known_at, **asdict(filters)}).fetchone()
    return int(row[0]) if row else 0
