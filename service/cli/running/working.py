"""work: the views are kept in step with the log, and what goes out by itself goes out beside them."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click
import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError

from aggregates.clocks.dates import london
from projections.two_clocks import catch_up
from projections.two_clocks.decoded_log import Decoded
from service.cli.falling_due import issuing
from service.cli.falling_due.checking import checking
from service.cli.falling_due.mailing import mailing
from service.cli.opening import LOOK_EVERY, check_established, database, kept_up
from service.database.connection import datastore
from service.ledger import keys
from service.ledger.reading import Proofs, read_log
from service.ledger.registry import Registry
from service.ledger.sealed import custody, outside
from service.recording.outside import policy
from service.recording.outside.sending import send_daily
from service.recording.outside.stamping import check_client, stamping
from service.recording.outside.witnessing import witnessing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from service.config import Config

STOPPING = 10.0  # seconds in which what runs beside the views may finish
TOLD: Final = "this is a demonstration, whose days are told: it issues no notices and sends no mails. `muniment work --notices` does"
SENDING_EVERY = 60.0  # seconds between looks whether today's checkpoint has gone out


@click.command()
@click.option("--views-only", is_flag=True, help="Keep the views in step, and send and issue nothing.")
@click.option("--notices", is_flag=True, help="Issue what falls due in a demonstration too: all that is due on its day, hundreds at once.")
@click.option("--every", type=click.FloatRange(min=0.1), help="Look so often, in seconds, and not whenever the log grows: to record much.")
def work(every: float | None, *, views_only: bool, notices: bool) -> None:
    """Keep the views in step with the log, have it witnessed, send checkpoints and mails, do what falls due. Any number may run: one leads.

    A demonstration lives at its own clock and issues nothing and mails nothing by itself, unless --notices says so.

    Example: muniment work
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    with database() as config, kept_up(config):
        check_established(config)
        if config.policy:
            policy.read(config, keys.load_public(config).log_vkey)
        check_client(config)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.set())
        _check_erased(config, stop)
        others = () if views_only else goes_out(config, notices=notices)
        if others and issuing not in others:
            logging.getLogger(__name__).info(TOLD)
        beside = [threading.Thread(target=does, args=(config, stop), daemon=True) for does in others]
        for thread in beside:
            thread.start()
        catch_up.work(config.conninfo("projector"), source(config), stop=stop, poll=every or catch_up.POLL, woken=every is None)
        for thread in beside:
            thread.join(STOPPING)


def _check_erased(config: Config, stop: threading.Event) -> None:
    """Refuse to work while somebody is back who was erased, or nobody can be named; a database that is away is waited for."""
    while not stop.is_set():
        try:
            outside.check(config)
            return custody.check_opens(config)
        except psycopg.OperationalError as error:
            logging.getLogger(__name__).warning("the database is away: %s", str(error).partition("\n")[0])
            stop.wait(LOOK_EVERY)
    return None


def goes_out(config: Config, *, notices: bool) -> tuple[Callable[[Config, threading.Event], None], ...]:
    """Return what goes out by itself. In a demonstration all that its seven years left undone would fall due at once: it is asked for."""
    every = (_sending, witnessing, stamping, checking)
    return (*every, issuing, mailing) if notices or config.demonstration_clock is None else every


def source(config: Config) -> catch_up.Source:
    """Return what gives the views the log's entries, each verified, over one connection that is opened again when it is lost."""
    registry = Registry(datastore(config.conninfo("projector")), keys.load_public(config).origin)
    held: list[psycopg.Connection[Any]] = []

    def entries(after: int, limit: int) -> Iterator[Decoded]:
        if not held or held[0].closed:
            held[:] = [psycopg.connect(config.conninfo("projector"), autocommit=True)]
        try:
            for v in read_log(held[0], registry.find, after, limit):
                recv = datetime.fromtimestamp(v.recv, UTC)
                yield Decoded(v.position, v.stream, v.version, v.topic, recv, v.assurance, v.holder, v.thumbprint, v.leaf, v.jti, v.fields)
        except (OperationalError, InterfaceError) as error:  # the library's own: catch-up waits out the driver's
            raise psycopg.OperationalError(str(error)) from error

    return entries


def _sending(config: Config, stop: threading.Event) -> None:
    """Send what goes out by itself, once a day, and keep outside who was erased; a failure is logged and tried again."""
    proofs, sealers = Proofs(), keys.load_public(config).sealers
    proofs.datastore = datastore(config.conninfo("writer"))
    while not stop.is_set():
        try:
            outside.keep(config, proofs, sealers)
            with psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:
                for failed in send_daily(conn, config, london(config.clock()())):
                    logging.getLogger(__name__).warning("%s", failed)
        except (psycopg.OperationalError, OperationalError, InterfaceError) as error:
            logging.getLogger(__name__).warning("the database went away: %s", error)
        stop.wait(SENDING_EVERY)
