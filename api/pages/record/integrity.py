"""Integrity: the log, its keys and its last checkpoint, to be checked here or anywhere; nobody needs an account."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from aggregates.clocks.dates import LONDON
from api.access import public
from api.pages.frame import log_of_page, render
from api.pages.frame.clocks import shown_by_now
from api.worker import worker
from projections.two_clocks import tracking
from service.desk.refusals import NotEstablished

if TYPE_CHECKING:
    from psycopg import Connection

pages = Blueprint("integrity", __name__)

NEWEST: Final = "SELECT size, root, received, note FROM ledger.checkpoint ORDER BY size DESC LIMIT 1"
SENT: Final = "SELECT day, size FROM desk.checkpoint_sent ORDER BY day DESC, size DESC LIMIT 1"
AMENDED: Final = """
    SELECT year, count(*) FILTER (WHERE topic LIKE '%%.entry_corrected.v1'), count(*) FILTER (WHERE topic LIKE '%%.entry_retracted.v1')
      FROM (SELECT topic, extract(year FROM (recorded_at AT TIME ZONE 'Europe/London') - interval '3 months')::int AS year
              FROM views.inspection_history WHERE amends IS NOT NULL) AS amendment
     GROUP BY year HAVING count(*) FILTER (WHERE topic NOT LIKE '%%.amendment_proposed.v1') > 0 ORDER BY year DESC"""


@pages.get("/integrity")
@public
def integrity() -> Response:
    """Show what anybody needs in order to check the log."""
    with worker().reader() as conn:
        newest = conn.execute(NEWEST).fetchone()
        if newest is None:
            raise NotEstablished
        size, root, received, note = newest
        at = datetime.fromtimestamp(received, UTC).astimezone(LONDON)
        reached = shown_by_now(conn)
        said: dict[str, Any] = {
            "log": log_of_page(conn),
            "checkpoint": {"size": size, "root": b64encode(root).decode(), "recorded_at": at, "text": note},
            "amendments": _amendments(conn) if reached else [],
            "caught_up": {"behind": size - reached, "stopped": _stopped(conn) if reached else None},
        }
    return render("record/integrity.html", witnesses=[], packs=[], sent=_sent(), **said)


def _amendments(conn: Connection[Any]) -> list[dict[str, Any]]:
    """Count corrections and retractions by the Board's year, from April to March."""
    rows = conn.execute(AMENDED).fetchall()
    return [{"period": f"April {year} to March {year + 1}", "corrections": c, "retractions": r, "href": None} for year, c, r in rows]


def _stopped(conn: Connection[Any]) -> str | None:
    halted = tracking.halted(conn)
    if not halted:
        return None
    return f"The registers have stopped at event {halted[0].position} and show nothing newer. The log itself goes on, and can be checked."


def _sent() -> dict[str, Any] | None:
    """Return the last checkpoint that left the house."""
    with worker().desk() as conn:
        row = conn.execute(SENT).fetchone()
    return {"at": datetime.combine(row[0], time(), LONDON), "size": row[1]} if row else None
