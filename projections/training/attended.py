"""At which sessions somebody was, by their references, and for which agency on each of those days; and when everybody last came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row
from psycopg.sql import SQL
from psycopg.types.json import Jsonb

from projections.people.merging import merged
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from psycopg import Connection

ATTENDED = SQL("""
    SELECT key AS ref, course, (one->>'on')::date AS attended_on, one->>'number' AS number, one->>'agency' AS agency,
           one->>'staff_group' AS staff_group
      FROM views.sessions, jsonb_array_elements(attendees) AS one
     WHERE {} AND participants->>(one->>'number') = ANY(%(people)s)
     ORDER BY attended_on, ref, number""").format(AT_CLOCKS)
LAST_CAME = SQL("""
    WITH unpacked AS MATERIALIZED (  -- once a session, and not once for everybody who was there
        SELECT attendees, participants || '{{}}' AS participants FROM views.sessions WHERE {}),
    came AS MATERIALIZED (
        SELECT one->>'agency' AS agency, one->>'staff_group' AS staff_group, one->>'on' AS came_on,
               participants->>(one->>'number') AS person
          FROM unpacked, jsonb_array_elements(attendees) AS one),
    everybody AS (
        SELECT agency, staff_group, max(came_on)::date AS last_on FROM came
         GROUP BY agency, staff_group, coalesce(%(into)s->>person, person))
    SELECT agency, staff_group, last_on, count(*) FROM everybody GROUP BY agency, staff_group, last_on""").format(AT_CLOCKS)


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


def last_came(conn: Connection[Any], *, as_at: date, known_at: int) -> Mapping[str, Mapping[str, Mapping[date, int]]]:
    """Return by agency and staff group on which days its people last came to a session, and how many on each: everybody once.

    Of several references of one person, that counts which goes on.
    """
    at: dict[str, Any] = {"as_at": as_at, "known_at": known_at}
    into = Jsonb({str(one): str(other) for one, other in merged(conn, **at).items()})
    came: dict[str, dict[str, dict[date, int]]] = {}
    for agency, group, last_on, people in conn.execute(LAST_CAME, at | {"into": into}):
        came.setdefault(agency, {}).setdefault(group, {})[last_on] = people
    return came
