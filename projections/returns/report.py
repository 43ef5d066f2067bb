"""The report of a year (REP), from the log as the views have it: what is published is built by the same rules, from the log itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import LONDON
from aggregates.entry.topics import typed_entry
from aggregates.returns import report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from psycopg import Connection

    from aggregates.returns.report import OnLog

ENTRIES: Final = """
    SELECT position, ref, jti, recorded_at, topic, body, amends FROM views.inspection_history
     WHERE position <= %s AND topic ~ %s ORDER BY position"""


def report_of(conn: Connection[Any], period: str, *, as_at: date, known_at: int) -> dict[str, Any]:
    """Return the report of a year as at a day, as known at a position. Refuses what is no period."""
    return report.compose(_on_log(conn, known_at), period=period, as_at=as_at, known_at=known_at)


def _on_log(conn: Connection[Any], known_at: int) -> Iterator[OnLog]:
    for position, ref, jti, recorded_at, topic, body, amends in conn.execute(ENTRIES, [known_at, report.TOPICS]):
        yield report.OnLog(ref, jti, recorded_at.astimezone(LONDON).date(), typed_entry(position, topic, body, amends))
