"""What the service does by itself with the days that pass: reminders of open actions, and escalations of overdue ones.

Any number of processes may look: one of them at a time does, and whatever happens to it, each notice is recorded once. What was not
served while nothing ran is served when something runs again: the highest that is due, with the days by which it is late.
"""

from __future__ import annotations

import logging
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click
import psycopg
from eventsourcing import persistence

from aggregates.clocks.dates import london
from aggregates.errors import Refused
from projections.action_register import Due, falling_due
from projections.two_clocks import catch_up
from service.application import Board
from service.cli.opening import board as opened_board
from service.cli.output import show
from service.desk.refusals import NotEstablished
from service.ledger import keys

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from psycopg import Connection

    from service.config import Config

LOOKING_EVERY = 60.0  # seconds between looks whether something is due
TRYING_AGAIN = 5.0  # seconds after something went wrong
PATIENCE = 30.0  # seconds that the views may need to reach the newest event
ISSUING = catch_up.LEAD + 2  # any number, but always this one: whoever holds it issues
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, persistence.OperationalError, persistence.InterfaceError)
COLUMNS = {
    "ref": "Action",
    "owner": "Owner",
    "due_on": "Due",
    "notice": "To be issued",
    "to_office": "To",
    "vacant_offices": "Vacant",
    "served_late_days": "Days late",
}

log = logging.getLogger(__name__)


class ViewsBehind(Refused):
    """What is due is read off the views, which have to know what is on record."""

    text = "The views have not reached event {newest}, so nobody knows what is due: is `muniment work` running?"


NOT_READY = (NotEstablished, ViewsBehind, keys.CannotUseKeys, psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", help="How to print it.")
def due(form: str) -> None:
    """List the reminders and escalations that are due today and not issued. `muniment work` issues them; this only looks.

    Example: muniment due --format json
    """
    with opened_board() as board, psycopg.connect(board.config.conninfo("projector"), autocommit=True) as conn:
        found = due_today(conn, board)
    show([_row(one) for one in found], COLUMNS, form, title=f"{len(found)} to be issued today")


def _row(one: Due) -> dict[str, Any]:
    action = {"ref": one.action.ref, "owner": one.action.owner, "due_on": one.action.due_on}
    told = {"to_office": one.to_office, "vacant_offices": ", ".join(one.vacant_offices)}
    return {**action, "notice": one.notice.words, **told, "served_late_days": one.notice.served_late_days}


def due_today(conn: Connection[Any], board: Board, *, patience: float = PATIENCE) -> list[Due]:
    """Return what is due today, in London, as soon as the views have reached the newest event.

    Refuses where they do not within `patience` seconds: `ViewsBehind`. A demonstration to which nobody gave a clock takes place at no
    time: nothing is due in it.
    """
    row = conn.execute("SELECT max(size) FROM ledger.checkpoint").fetchone()
    newest: int | None = row[0] if row else None
    if newest is None:
        raise NotEstablished
    if board.demonstration and board.config.demonstration_clock is None:
        return []
    if not catch_up.wait_on(conn, newest, patience):
        raise ViewsBehind(newest=newest)
    return falling_due(conn, board.ladder, as_at=london(board.clock()), known_at=newest)


def issue(board: Board, found: Sequence[Due]) -> list[Due]:
    """Issue what is due, each once; return what was. What is not due any more, or was issued meanwhile, is passed over."""
    today, issued = london(board.clock()), []
    for one in found:
        if one.to_office is None:
            log.warning("nobody holds an office that could be told of %s: appoint somebody", one.action.ref)
            continue
        to, vacant = one.to_office, one.vacant_offices
        try:
            board.issue_notice(one.action.ref, one.notice, owner=one.action.owner, today=today, to_office=to, vacant_offices=vacant)
        except Refused as refused:
            log.info("not issued: %s", refused)
        else:
            log.info("%s: %s, issued to %s", one.action.ref, one.notice.words, one.to_office)
            issued.append(one)
    return issued


def issue_due(conn: Connection[Any], board: Board) -> list[Due]:
    """Issue what is due today, unless another process is doing so at this moment; return what was issued."""
    if conn.execute("SELECT pg_try_advisory_lock(%s)", [ISSUING]).fetchone() != (True,):
        return []
    try:
        return issue(board, due_today(conn, board))
    finally:
        conn.execute("SELECT pg_advisory_unlock(%s)", [ISSUING])


def issuing(config: Config, stop: threading.Event) -> None:
    """Issue what falls due, as long as `muniment work` runs. What goes wrong is logged, and tried again."""
    clock = config.clock()
    while not stop.is_set():
        try:
            with (
                closing(Board(config, keys.load(config), clock=clock)) as board,
                closing(psycopg.connect(config.conninfo("projector"), autocommit=True)) as conn,
            ):
                while not stop.is_set():
                    issue_due(conn, board)
                    stop.wait(LOOKING_EVERY)
        except (*AWAY, *NOT_READY) as error:
            log.warning("nothing is issued yet: %s", str(error).partition("\n")[0])
        except Exception:
            log.exception("nothing is issued")  # whatever it is, the views go on beside it
        stop.wait(TRYING_AGAIN)
