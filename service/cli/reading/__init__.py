"""Reading: register and history, at two clocks, as tables, JSON or CSV."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
import psycopg

from aggregates.clocks.dates import LONDON, london
from projections import action_register, partnership
from projections.inspection import history as inspection_history
from projections.two_clocks.clocks import Clocks
from projections.two_clocks.clocks import clocks as fix
from service.cli.opening import database
from service.cli.output import clocks, show
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from datetime import date

    from service.config import Config

REGISTER = {"ref": "Action", "title": "Title", "owner": "Owner", "status": "Standing", "due_on": "Due", "overdue": "Overdue"}
EXPORTED = REGISTER | {"overseen_by": "Overseen by", "original_due_on": "First due", "signed_off_on": "Signed off", "sustained": "Lasting"}
HISTORY = {"position": "Event", "recorded": "Recorded", "occurred_on": "True from", "what": "What", "by": "By", "status": "Now"}


@click.command()
@clocks
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", help="How to print it.")
@click.option("--owner", help="Only the actions of this agency (its code).")
@click.option("--overdue", is_flag=True, help="Only the overdue ones.")
def register(as_at: date | None, known_at: Any, form: str, owner: str | None, *, overdue: bool) -> None:
    """Print the register of actions, as at a date and as known at a date.

    Example: muniment register --as-at 2016-11-14 --known-at 2016-11-14
    """
    with database() as config, psycopg.connect(config.conninfo("reader")) as conn:
        at = fixed(conn, config, as_at, known_at)
        refuse_nobody(conn, at, owner)
        wanted = action_register.Filters(owner=owner, overdue_only=overdue)
        rows = action_register.register(conn, as_at=at.as_at, known_at=at.known_at, filters=wanted)
        items = [asdict(row) | {"overdue": f"{row.days_overdue} days" if row.overdue else None} for row in rows]
        show(items, EXPORTED if form == "csv" else REGISTER, form, title=titled(conn, "Action register", at))


@click.command()
@click.argument("ref")
@clocks
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="How to print it.")
def history(ref: str, as_at: date | None, known_at: Any, form: str) -> None:
    """Print what was recorded about REF (an action, a review, an office, an agency), event by event.

    Example: muniment history A13 --known-at 2016-12-01
    """
    with database() as config, psycopg.connect(config.conninfo("reader")) as conn:
        at = fixed(conn, config, as_at, known_at)
        entries = inspection_history.history(conn, known_at=at.known_at, as_at=as_at, ref=ref, limit=1000)
        if not entries:
            raise NotFound(kind="entry about", ref=ref)
        items = [asdict(e) | _words(e) for e in entries]
        show(items, HISTORY, form, title=titled(conn, f"History of {ref}", at))


def _words(entry: inspection_history.HistoryEntry) -> dict[str, Any]:
    """Return what a person reads of an entry: its times in London, its event in words, and what became of it."""
    by = f"{entry.by_office or 'the service'}{f' for {entry.on_behalf_of}' if entry.on_behalf_of else ''}"
    what = entry.topic.split(".")[1].replace("_", " ")
    late = f", {entry.late} {'day' if entry.late == 1 else 'days'} late" if entry.late and entry.late_reason else ""
    recorded = f"{entry.recorded_at.astimezone(LONDON):%Y-%m-%d %H:%M}{late}"
    return {"status": entry.status, "leaf": entry.leaf.hex(), "by": by, "what": what, "recorded": recorded}


def fixed(conn: psycopg.Connection[Any], config: Config, as_at: date | None, known_at: Any) -> Clocks:
    """Return the clocks that a command asks for, or refuse."""
    return fix(conn, as_at=as_at, known_at=known_at, today=london(config.clock()()))


def refuse_nobody(conn: psycopg.Connection[Any], at: Clocks, code: str | None, kind: str = "agency") -> None:
    """Refuse a code that is nobody's: an empty list would read as if they owed nothing."""
    if code is not None and code not in partnership.owners(conn, as_at=at.as_at, known_at=at.known_at):
        raise NotFound(kind=kind, ref=code)


def titled(conn: psycopg.Connection[Any], what: str, at: Clocks) -> str:
    """Return what is shown and when it was known; a demonstration says that it is one (ledger §3)."""
    first = conn.execute("SELECT body ->> 'demonstration' FROM views.inspection_history WHERE position = 1").fetchone()
    made_for_show = "Demonstration. " if first == ("true",) else ""
    when = f", {at.known_time.astimezone(LONDON):%d %B %Y %H:%M}" if at.known_time else ""
    return f"{made_for_show}{what} as at {at.as_at.day} {at.as_at:%B %Y}, as known at event {at.known_at}{when}"
