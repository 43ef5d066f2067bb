"""Integrity: the log, its keys and its last checkpoint, to be checked here or anywhere; nobody needs an account."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from aggregates.clocks.dates import LONDON
from api.access import public
from api.pages.acting.possible import acting_or_nobody
from api.pages.frame import log_of_page, render
from api.pages.frame.clocks import shown_by_now
from api.pages.published import editions
from api.pages.published.shown import address_of, called
from api.pages.record.amendments import made, year_in_words
from api.pages.record.witnessed import diverged, losses, stamped, witnesses
from api.worker import worker
from projections.two_clocks import tracking
from service.desk.refusals import NotEstablished
from service.desk.roles import may
from service.verify import parse_vkey

if TYPE_CHECKING:
    from psycopg import Connection

pages = Blueprint("integrity", __name__)

NEWEST: Final = "SELECT size, root, received, note FROM ledger.cosigned ORDER BY size DESC LIMIT 1"
WHY: Final = {"planned": "as planned", "lost": "because the key was lost", "compromised": "because somebody else may have the key"}
SENT: Final = "SELECT day, size FROM desk.checkpoint_sent ORDER BY day DESC, size DESC LIMIT 1"


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
            "log": (log := log_of_page(conn)),
            "checkpoint": {"size": size, "root": b64encode(root).decode(), "recorded_at": at, "text": note},
            "amendments": _amendments(conn, reached) if reached else [],
            "witnesses": witnesses(size, log["vkey"]),
            "stamped": stamped(conn),
            "diverged": diverged(conn),
            "name": parse_vkey(log["vkey"])[0],
            "successions": _successions(),
            "losses": losses(conn, reads=acting_or_nobody() is not None) if reached else [],
            "caught_up": {"behind": size - reached, "stopped": _stopped(conn) if reached else None},
        }
    return render("record/integrity.html", packs=_packs(), sent=_sent(), **said)


def _successions() -> list[dict[str, Any]]:
    """Return the keys that sealed this log before, each with how much, which came after it and why, and whether it vouched for that one."""
    found = worker().board.established.state
    return [
        {
            "vkey": one.replaces,
            "was": parse_vkey(one.replaces)[0],
            "size": one.size,
            "on": one.on,
            "name": parse_vkey(one.log_vkey)[0],
            "why": WHY[one.reason],
            "vouched": one.vouched,
        }
        for one in (found.successions if found else ())
    ]


def _amendments(conn: Connection[Any], known_at: int) -> list[dict[str, Any]]:
    """Count corrections and retractions by the Board's year; whoever reads the record finds them one by one."""
    reads, years = acting_or_nobody() is not None, dict[int, list[bool]]()
    for one in made(conn, known_at=known_at):
        years.setdefault(one.year, []).append(one.retracted)
    return [
        {
            "period": year_in_words(year),
            "corrections": retracted.count(False),
            "retractions": retracted.count(True),
            "href": f"/amendments?year={year}" if reads else None,
        }
        for year, retracted in years.items()
    ]


def _stopped(conn: Connection[Any]) -> str | None:
    halted = tracking.halted(conn)
    if not halted:
        return None
    return f"The registers have stopped at event {halted[0].position} and show nothing newer. The log itself goes on, and can be checked."


def _packs() -> list[dict[str, str]]:
    """Return the packs that whoever asks can take: everybody those of published reports, who may their own."""
    offered = []
    who = acting_or_nobody()
    if who and may(who.role, "packs"):
        text = "What you may see of the record, sealed: all of it, some days, an agency, a review or one event."
        offered.append({"title": "Your own pack", "href": "/packs", "text": text})
    with worker().reader() as conn:
        found = editions.every(conn) if shown_by_now(conn) else []
    for one in (one for one in found if one.newest):
        title = f"The public pack of the report {called(one.period)}"
        text = "What that report was built from, in public fields alone: compute its figures again."
        offered.append({"title": title, "href": f"{address_of(one.period, one.edition)}/pack.zip", "text": text})
    return offered


def _sent() -> dict[str, Any] | None:
    """Return the last checkpoint that left the house."""
    with worker().desk() as conn:
        row = conn.execute(SENT).fetchone()
    return {"at": datetime.combine(row[0], time(), LONDON), "size": row[1]} if row else None
