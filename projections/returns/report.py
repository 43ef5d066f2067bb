"""The report of a year (REP) and what is published of reviews (PUB), from the log as the views have it.

What the chair signs is built by the same rules from the log itself. `editions` are the reports that were signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from psycopg.rows import class_row
from psycopg.sql import SQL

from aggregates.clocks.dates import LONDON
from aggregates.entry.topics import typed_entry
from aggregates.returns import report
from aggregates.returns.report.answers import OF_A_PERSON
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from psycopg import Connection

    from aggregates.returns.report import OnLog
    from aggregates.returns.report.published import PublishedReview

T = TypeVar("T")
EVENTS: Final = [f"{name}.v" for name in report.NAMES]
READ: Final = SQL("position <= %(known_at)s AND rtrim(topic, '0123456789') = ANY(%(events)s)")  # of every shape that they ever had
ENTRIES: Final = SQL("""
    SELECT position, ref, jti, recorded_at, topic, body, amends FROM views.inspection_history
     WHERE {read} ORDER BY position""").format(read=READ)
AMENDING: Final = SQL("""
    SELECT position, topic, amends, body ->> 'kind' FROM views.inspection_history WHERE {read} ORDER BY position""").format(read=READ)
NEWEST: Final = SQL("SELECT position, jti FROM views.inspection_history WHERE {read} ORDER BY position DESC LIMIT 1").format(read=READ)
EDITIONS: Final = SQL("""
    SELECT r.period, (e ->> 'edition')::int AS edition, (e ->> 'on')::date AS "on", (e ->> 'as_at')::date AS as_at,
           (e ->> 'known_at')::bigint AS known_at, e ->> 'report_sha256' AS sha256, e ->> 'made_by' AS made_by,
           e ->> 'reason' AS reason,
           h.position AS event, h.recorded_at,
           (e ->> 'edition')::int = max((e ->> 'edition')::int) OVER (PARTITION BY r.key) AS newest
      FROM views.returns AS r, jsonb_array_elements(r.published) AS e,
           views.inspection_history AS h
     WHERE {at} AND r.kind = 'board_annual_report'
       AND h.kind = 'return' AND h.ref = r.key AND h.topic ~ '^return\\.published\\.v[0-9]+$' AND h.body -> 'edition' = e -> 'edition'
     ORDER BY r.period DESC, edition DESC""").format(at=AT_CLOCKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One edition of the report of a year, as the chair signed it, with the event that says so. The newest stands; the others are kept."""

    period: str
    edition: int
    on: date
    as_at: date
    known_at: int
    sha256: str
    made_by: str
    reason: str | None
    event: int
    recorded_at: Any
    newest: bool


KEPT: Final = 64  # of what was found: a report is of some 200 KB
_FOUND: Final[dict[tuple[Any, ...], Any]] = {}


def report_of(conn: Connection[Any], period: str, *, as_at: date, known_at: int) -> dict[str, Any]:
    """Return the report of a year as at a day, as known at a position. Refuses what is no period."""
    built = _once(conn, known_at, ("report", period, as_at), lambda: _composed(conn, period, as_at, known_at))
    return {**built, "known_at": known_at}


def built_again(conn: Connection[Any], edition: Edition) -> bool:
    """Say whether the log gives the data of an edition again, to the byte. It rests on what was known when it was signed, and no more."""

    def same() -> bool:
        return report.digest(report.canonical(_composed(conn, edition.period, edition.as_at, edition.known_at))) == edition.sha256

    return _once(conn, edition.known_at, ("again", edition), same)


def behind(conn: Connection[Any], edition: Edition) -> frozenset[int]:
    """Return where the entries stand that an edition was built from, with the one that published it.

    But for what counts people, and what is asked of one.
    """
    kept: set[int] = set()
    for position, topic, amends, kind in conn.execute(AMENDING, {"known_at": edition.known_at, "events": EVENTS}):
        of_people = topic.startswith(report.COUNTS_PEOPLE) or kind == OF_A_PERSON
        if not of_people and (amends is None or amends in kept):
            kept.add(position)
    return frozenset({*kept, edition.event})


def published_reviews(conn: Connection[Any], *, as_at: date, known_at: int) -> list[PublishedReview]:
    """Return what anybody may see of the reviews that were published."""
    return _once(conn, known_at, ("reviews", as_at), lambda: report.published_reviews(report.Record(_on_log(conn, known_at), as_at=as_at)))


def editions(conn: Connection[Any], *, as_at: date, known_at: int, period: str | None = None) -> list[Edition]:
    """Return every edition of the reports, the newest first; of one year where it is named."""
    with conn.cursor(row_factory=class_row(Edition)) as cursor:
        found = cursor.execute(EDITIONS, {"as_at": as_at, "known_at": known_at}).fetchall()
    return [one for one in found if period in {None, one.period}]


def _once(conn: Connection[Any], known_at: int, what: tuple[Any, ...], found: Callable[[], T]) -> T:
    """Return what follows from the log alone, found once: a log only grows, so its newest entry of what is read says all of it."""
    newest = conn.execute(NEWEST, {"known_at": known_at, "events": EVENTS}).fetchone()
    kept: T | None = _FOUND.get((newest, *what))
    if kept is None:
        kept = _FOUND[newest, *what] = found()
        for oldest in list(_FOUND)[:-KEPT]:
            _FOUND.pop(oldest, None)
    return kept


def _composed(conn: Connection[Any], period: str, as_at: date, known_at: int) -> dict[str, Any]:
    return report.compose(_on_log(conn, known_at), period=period, as_at=as_at, known_at=known_at)


def _on_log(conn: Connection[Any], known_at: int) -> Iterator[OnLog]:
    for position, ref, jti, recorded_at, topic, body, amends in conn.execute(ENTRIES, {"known_at": known_at, "events": EVENTS}):
        yield report.OnLog(ref, jti, recorded_at.astimezone(LONDON).date(), typed_entry(position, topic, body, amends))
