"""What a form lets people choose among, by what it is called: of each kind all, so no more of a thing is read than its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg.sql import SQL

from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from psycopg import Connection

ACTIONS: Final = SQL("SELECT key, title FROM views.action_register WHERE {} ORDER BY sorts_as, key").format(AT_CLOCKS)
FINDINGS: Final = SQL("""
    SELECT key, title, finding ->> 'number' FROM views.reviews, jsonb_array_elements(findings) WITH ORDINALITY AS f (finding, place)
     WHERE {} ORDER BY notified_on, key, place""").format(AT_CLOCKS)
RETURNS: Final = SQL("""
    SELECT key, status FROM views.returns
     WHERE {} AND (%(whose)s::text[] IS NULL OR respondent = ANY(%(whose)s::text[])) ORDER BY due_on DESC, key DESC""").format(AT_CLOCKS)
GAPS: Final = SQL("""
    SELECT key, grade ->> 0 FROM views.returns, jsonb_array_elements(grades) WITH ORDINALITY AS g (grade, place)
     WHERE {at} AND (%(whose)s::text[] IS NULL OR respondent = ANY(%(whose)s::text[]))
       AND (grade ->> 2)::int < (SELECT moderation_threshold FROM views.settings WHERE {at})
     ORDER BY due_on DESC, key DESC, place""").format(at=AT_CLOCKS)
ITEMS: Final = SQL("""
    SELECT key, title, issued_on IS NOT NULL AND ended_on IS NULL FROM views.disseminations
     WHERE {} ORDER BY coalesce(issued_on, produced_on) DESC, key""").format(AT_CLOCKS)
EVALUATED: Final = SQL("""
    SELECT key FROM views.sessions WHERE {} AND evaluation <> 'null' ORDER BY coalesce(delivered_on, planned_on), key""").format(AT_CLOCKS)
CAME: Final = SQL("""
    SELECT DISTINCT ON (person) s.participants ->> (a ->> 'number') AS person, a ->> 'agency', a ->> 'staff_group'
      FROM views.sessions AS s, jsonb_array_elements(s.attendees) AS a
     WHERE {} AND s.participants ? (a ->> 'number') ORDER BY person, coalesce(delivered_on, planned_on) DESC, key DESC""").format(AT_CLOCKS)


def actions(conn: Connection[Any], *, as_at: date, known_at: int) -> dict[str, str]:
    """Return what every action is called, by its reference, in the order of these."""
    return dict(conn.execute(ACTIONS, {"as_at": as_at, "known_at": known_at}).fetchall())


def findings(conn: Connection[Any], *, as_at: date, known_at: int) -> list[tuple[str, str, str]]:
    """Return every finding: the reference of its review, what that is called, and its number."""
    return conn.execute(FINDINGS, {"as_at": as_at, "known_at": known_at}).fetchall()


def returns(conn: Connection[Any], *, as_at: date, known_at: int, whose: Sequence[str] | None) -> list[tuple[str, str]]:
    """Return every return and how it stands, those due last first; of some respondents where these are named."""
    return conn.execute(RETURNS, {"as_at": as_at, "known_at": known_at, "whose": _listed(whose)}).fetchall()


def gaps(conn: Connection[Any], *, as_at: date, known_at: int, whose: Sequence[str] | None) -> list[tuple[str, str]]:
    """Return every standard that was graded below the Board's threshold: the reference of the return, and its number."""
    return conn.execute(GAPS, {"as_at": as_at, "known_at": known_at, "whose": _listed(whose)}).fetchall()


def items(conn: Connection[Any], *, as_at: date, known_at: int) -> list[tuple[str, str, bool]]:
    """Return every item with what it is called, the newest first, and whether it was issued and stands."""
    return conn.execute(ITEMS, {"as_at": as_at, "known_at": known_at}).fetchall()


def evaluated(conn: Connection[Any], *, as_at: date, known_at: int) -> list[str]:
    """Return the references of the sessions that were evaluated, the earliest first."""
    return [ref for (ref,) in conn.execute(EVALUATED, {"as_at": as_at, "known_at": known_at})]


def came(conn: Connection[Any], *, as_at: date, known_at: int) -> dict[str, tuple[str, str]]:
    """Return for which agency, and of which staff group, people came to a session last."""
    rows = conn.execute(CAME, {"as_at": as_at, "known_at": known_at}).fetchall()
    return {person: (agency, group) for person, agency, group in rows}


def _listed(whose: Sequence[str] | None) -> list[str] | None:
    return None if whose is None else list(whose)
