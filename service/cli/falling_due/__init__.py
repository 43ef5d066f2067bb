"""What the service does by itself with the days that pass: each cause has a function of its own, and all are gone through in one loop.

Any number of processes may look: one of them at a time does, and whatever happens to it, each notice is recorded once. What was not
served while nothing ran is served when something runs again: the highest that is due, with the days by which it is late.
"""

from __future__ import annotations

import logging
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import click
import psycopg
from eventsourcing import persistence

from aggregates.clocks.dates import london
from aggregates.errors import Refused
from projections.two_clocks import catch_up
from service.application import Board
from service.cli.falling_due import follow_ups, notices, returns
from service.cli.falling_due.pending import Look, Pending
from service.cli.opening import board as opened_board
from service.cli.output import show
from service.cli.reading import fixed, refuse_nobody
from service.desk.refusals import NotEstablished
from service.ledger import keys
from service.ledger.errors import MovedMeanwhile

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Sequence

    from psycopg import Connection

    from service.config import Config

LOOKING_EVERY = 60.0  # seconds between looks whether something is due
TRYING_AGAIN = 5.0  # seconds after something went wrong
PATIENCE = 30.0  # seconds that the views may need to reach the newest event
ISSUING = catch_up.LEAD + 2  # any number, but always this one: whoever holds it issues
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, persistence.OperationalError, persistence.InterfaceError)
COLUMNS = {
    "ref": "About",
    "owner": "Owner",
    "due_on": "Due",
    "notice": "To be issued",
    "to_office": "To",
    "vacant_offices": "Vacant",
    "served_late_days": "Notice late by days",
}

TOLD: Final = ". This is a demonstration: it issues no notices, unless it is run with `muniment work --notices`"

log = logging.getLogger(__name__)


class ViewsBehind(Refused):
    """What is due is read off the views, which have to know what is on record."""

    text = "The views have not reached event {newest}, so nobody knows what is due: is `muniment work` running?"


# Obligations come first: what the others record could change what is owed, and what was seen before is then seen anew.
CAUSES: Final[tuple[Callable[[Look], Iterable[Pending]], ...]] = (
    notices.of_obligations,
    notices.of_actions,
    follow_ups.of_sessions,
    returns.of_returns,
)
NOT_READY = (NotEstablished, ViewsBehind, keys.CannotUseKeys, psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn)


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", help="How to print it.")
@click.option("--agency", help="Only what this agency or sub-group owes (its code; BOARD for the Board).")
@click.option("--to", "office", help="Only what is to be told to this office.")
def due(form: str, agency: str | None, office: str | None) -> None:
    """List what is due today and not done: reminders, escalations, questionnaires, returns. `muniment work` does it; this only looks.

    Example: muniment due --to board-manager
    """
    with opened_board() as board, psycopg.connect(board.config.conninfo("projector"), autocommit=True) as conn:
        every = due_today(conn, board)
        at = fixed(conn, board.config, None, None)
        refuse_nobody(conn, at, agency)
        refuse_nobody(conn, at, office, kind="office")
    found = [one for one in every if agency in {None, one.owner} and office in {None, one.to_office}]
    of = f" of {len(every):,}" if len(found) < len(every) else ""
    show([_row(one) for one in found], COLUMNS, form, title=f"{len(found):,}{of} to be issued today{TOLD if board.demonstration else ''}")


def _row(one: Pending) -> dict[str, Any]:
    return {name: getattr(one, name) for name in COLUMNS} | {"vacant_offices": ", ".join(one.vacant_offices)}


def due_today(conn: Connection[Any], board: Board, *, patience: float = PATIENCE) -> list[Pending]:
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
    look = Look(conn, board, london(board.clock()), newest)
    return [one for cause in CAUSES for one in cause(look)]


def issue(board: Board, found: Sequence[Pending]) -> list[Pending]:
    """Do what is due, each once; return what was done. What is not due any more, or was done meanwhile, is passed over."""
    issued = []
    for one in found:
        if one.to_office is None:
            log.warning("nobody holds an office that could be told of %s: appoint somebody", one.ref)
            continue
        try:
            one.issue(board)
        except (Refused, MovedMeanwhile) as refused:
            log.info("not issued: %s", refused)
        else:
            log.info("%s: %s, issued to %s", one.ref, one.notice, one.to_office)
            issued.append(one)
    return issued


def issue_due(conn: Connection[Any], board: Board) -> list[Pending]:
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
                    if not issue_due(conn, board):  # what was done may make something else due
                        stop.wait(LOOKING_EVERY)
        except (*AWAY, *NOT_READY) as error:
            log.warning("nothing is issued yet: %s", str(error).partition("\n")[0])
        except Exception:
            log.exception("nothing is issued")  # whatever it is, the views go on beside it
        stop.wait(TRYING_AGAIN)
