"""Asking the tracker: every review or one of them, on any day as known on any day, with what its actions lack."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from aggregates.review import blockers
from aggregates.review.blockers import Concern, Promise, Standing
from projections import action_register
from projections.action_register import Filters
from projections.reviews.rows import ReviewRow, Tracked
from projections.reviews.view import LONG, SHORT, plain
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from psycopg import Connection

    from projections.action_register import ActionRow

REFERRED_IN = """
    SELECT ref FROM views.inspection_history
     WHERE topic = 'review.referred.v1' AND coalesce(on_behalf_of, by_office) = %(office)s AND position <= %(known_at)s"""
CONCERNING = SQL("""
    SELECT key FROM views.reviews
     WHERE {} AND (referring_agency = %(agency)s OR information @> jsonb_build_array(jsonb_build_object('agency', %(agency)s::text)))
    """).format(AT_CLOCKS)
LED_BY = SQL("SELECT key FROM views.reviews WHERE {} AND lead ->> 'reviewer' = %(person)s::text").format(AT_CLOCKS)
TITLES = SQL("SELECT key, title FROM views.reviews WHERE {} ORDER BY notified_on, key").format(AT_CLOCKS)
AGENCIES = SQL("SELECT key FROM views.agencies WHERE {}").format(AT_CLOCKS)
# The actions that came of some reviews, and those that took their places, one after the other, wherever they came from.
PROMISES = SQL("""
    WITH RECURSIVE promise (source, key, owner, status, superseded_by, sorts_as) AS (
        SELECT source, key, owner, status, superseded_by, sorts_as FROM views.action_register
         WHERE {at} AND split_part(source, '/', 1) = ANY(%(refs)s)
         UNION
        SELECT a.source, a.key, a.owner, a.status, a.superseded_by, a.sorts_as
          FROM views.action_register a JOIN promise p ON a.key = p.superseded_by WHERE {at})
    SELECT split_part(source, '/', 1), split_part(source, '/', 2), key, owner, status, superseded_by FROM promise ORDER BY sorts_as
    """).format(at=AT_CLOCKS)


def tracker(conn: Connection[Any], *, as_at: date, known_at: int) -> list[Tracked]:
    """Return where every review stands as at a day, as known at a position, in the order of notification, with all that stops it."""
    rows = _rows(conn, SHORT, SQL("ORDER BY notified_on, key"), as_at=as_at, known_at=known_at)
    lacking = _lacking(conn, {row["ref"]: row["running"]["concerns"] for row in rows if not row["ended"]}, as_at, known_at)
    return [Tracked(**_read(row, as_at, lacking.get(row["ref"], []))) for row in rows]


def titles(conn: Connection[Any], *, as_at: date, known_at: int) -> dict[str, str]:
    """Return what every review is called, by its reference, in the order of notification."""
    return dict(conn.execute(TITLES, {"as_at": as_at, "known_at": known_at}).fetchall())


def reviews(conn: Connection[Any], *, as_at: date, known_at: int) -> list[ReviewRow]:
    """Return every review, whole, as at a day, as known at a position."""
    rows = _rows(conn, SHORT | LONG, SQL("ORDER BY notified_on, key"), as_at=as_at, known_at=known_at)
    return [ReviewRow(**_read(row, as_at, [])) for row in rows]


def review(conn: Connection[Any], ref: str, *, as_at: date, known_at: int) -> ReviewRow | None:
    """Return one review as at a day, as known at a position, with all that stops it closing; None where there was none."""
    for row in _rows(conn, SHORT | LONG, SQL("AND key = %(ref)s"), ref=ref, as_at=as_at, known_at=known_at):
        lacking = {} if row["ended"] else _lacking(conn, {ref: row["running"]["concerns"]}, as_at, known_at)
        return ReviewRow(**_read(row, as_at, lacking.get(ref, [])))
    return None


def concerning(conn: Connection[Any], agency: str, office: str | None, *, as_at: date, known_at: int) -> set[str]:
    """Return the references of the reviews that an agency, or an office of it, put before the Board, or was asked for information for."""
    at = {"as_at": as_at, "known_at": known_at, "agency": agency, "office": office}
    return {ref for query in (CONCERNING, SQL(REFERRED_IN)) for (ref,) in conn.execute(query, at)}


def led_by(conn: Connection[Any], person: UUID, *, as_at: date, known_at: int) -> set[str]:
    """Return the references of the reviews that a person leads."""
    return {ref for (ref,) in conn.execute(LED_BY, {"as_at": as_at, "known_at": known_at, "person": str(person)})}


def actions_of(conn: Connection[Any], ref: str, *, as_at: date, known_at: int) -> dict[str, list[ActionRow]]:
    """Return the actions that came of a review by the number of the finding; those of the review as a whole under an empty one."""
    found: dict[str, list[ActionRow]] = {}
    for row in action_register.register(conn, as_at=as_at, known_at=known_at, filters=Filters(source=ref), sort="ref"):
        found.setdefault((row.source or "").partition("/")[2], []).append(row)
    return found


def _lacking(
    conn: Connection[Any], concerns: Mapping[str, list[dict[str, Any]]], as_at: date, known_at: int
) -> dict[str, list[dict[str, Any]]]:
    """Return what the actions of some reviews lack, by the review; of all of them in one query."""
    at = {"as_at": as_at, "known_at": known_at, "refs": list(concerns)}
    agencies = {code for (code,) in conn.execute(AGENCIES, at)}
    promises: dict[str, list[Promise]] = defaultdict(list)
    rows = conn.execute(PROMISES, at).fetchall()
    standing = {ref: Standing(status, superseded_by) for _, _, ref, _, status, superseded_by in rows}
    for review, finding, ref, owner, *_ in rows:
        promises[review].append(Promise(ref, finding, owner, blockers.ended(standing[ref], standing.get)))
    return {
        ref: plain(blockers.of_its_actions([Concern(**said) for said in asked], promises[ref], agencies))
        for ref, asked in concerns.items()
        if asked or ref in promises
    }


def _rows(conn: Connection[Any], columns: Mapping[str, str], rest: SQL, **at: Any) -> list[dict[str, Any]]:
    query = SQL("SELECT key AS ref, {} FROM views.reviews WHERE {} {}").format(SQL(", ").join(map(Identifier, columns)), AT_CLOCKS, rest)
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, at).fetchall()


def _read(row: dict[str, Any], as_at: date, lacking: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a row's values as the day asks for them: what begins to stop a review later does not stop it yet."""
    running = row.pop("running")
    own = [said for said in running["blockers"] if said["from_on"] is None or date.fromisoformat(said["from_on"]) <= as_at]
    moments = {name: date.fromisoformat(day) for name, day in running["moments"].items()}
    return {**row, "as_at": as_at, "moments": moments, "pauses": running["pauses"], "blockers": own + lacking}
