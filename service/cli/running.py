"""Running: serve (the web), work (the views and what goes out by itself) and status."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError

import service
from aggregates.clocks.dates import london
from projections.two_clocks import catch_up, tracking
from projections.two_clocks.decoded_log import Decoded
from service.cli.falling_due import issuing
from service.cli.falling_due.checking import checking
from service.cli.falling_due.mailing import mailing
from service.cli.opening import check_established, database, kept_up
from service.database.connection import datastore
from service.desk.refusals import NotEstablished
from service.ledger import keys
from service.ledger.reading import read_log
from service.ledger.registry import Registry
from service.recording.sending import send_daily

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.config import Config

GUNICORN = Path(service.__file__).parents[1] / "ops" / "gunicorn.conf.py"
LEAST_FREE = 200  # megabytes on the data disk, below which status complains
# The C library gives each thread a heap of its own and keeps in each what was ever needed at once: a worker grew by megabytes a minute,
# of which Python held none. Two heaps are as fast, for one thread at a time runs Python; and what is free at their ends is given back.
ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
STOPPING = 10.0  # seconds in which what runs beside the views may finish
SENDING_EVERY = 60.0  # seconds between looks whether today's checkpoint has gone out
NOT_MAILED = """
    SELECT office, count(*), (array_agg(failed ORDER BY position DESC))[1] FROM desk.mail
     WHERE sent_at IS NULL AND tries > 2 GROUP BY office ORDER BY office"""

FILES = "SELECT count(*) FILTER (WHERE checked_at IS NULL), count(found) FROM desk.evidence_file"


@click.command()
@click.option("--host", help="The address to listen on (MUNIMENT_HOST, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="The port (MUNIMENT_PORT, 8765).")
def serve(host: str | None, port: int | None) -> None:
    """Serve the pages and the API. `muniment work` has to run beside it.

    Example: muniment serve --port 8080
    """
    with database() as config, kept_up(config):
        check_established(config)
        bind = f"{host or config.host}:{port or config.port}"
        click.echo(f"Serving on http://{bind} - stop with Ctrl-C.")
        command = [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN), "--bind", bind, "api.app:create_app()"]
        sys.exit(_run(command))


def _run(command: list[str]) -> int:
    """Run a program as long as it lasts, and pass on what asks us to stop."""
    child = subprocess.Popen(command, env=ALLOCATOR | os.environ)  # noqa: S603 - our own interpreter
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: child.terminate())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the terminal has told the child too


@click.command()
@click.option("--views-only", is_flag=True, help="Keep the views in step, and send and issue nothing: a demonstration's days are told.")
@click.option("--every", type=click.FloatRange(min=0.1), help="Look so often, in seconds, and not whenever the log grows: to record much.")
def work(every: float | None, *, views_only: bool) -> None:
    """Keep the views in step with the log, send the daily checkpoint and mails, do what falls due. Any number may run: one leads.

    Example: muniment work
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    with database() as config, kept_up(config):
        check_established(config)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: stop.set())
        every_other = () if views_only else (_sending, issuing, mailing, checking)
        beside = [threading.Thread(target=does, args=(config, stop), daemon=True) for does in every_other]
        for thread in beside:
            thread.start()
        catch_up.work(config.conninfo("projector"), source(config), stop=stop, poll=every or catch_up.POLL, woken=every is None)
        for thread in beside:
            thread.join(STOPPING)


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
    """Send what goes out by itself, once a day; a failure is logged and tried again."""
    while not stop.is_set():
        try:
            with psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:
                for failed in send_daily(conn, config, london(config.clock()())):
                    logging.getLogger(__name__).warning("%s", failed)
        except psycopg.OperationalError as error:
            logging.getLogger(__name__).warning("the database went away: %s", error)
        stop.wait(SENDING_EVERY)


@click.command()
def status() -> None:
    """Say whether everything runs: the database, the log, the views, the checkpoints sent. Exit code 1 where something does not.

    Example: muniment status
    """
    with database() as config, psycopg.connect(config.conninfo("projector")) as conn:
        newest = conn.execute("SELECT size, note FROM ledger.checkpoint ORDER BY size DESC LIMIT 1").fetchone()
        if newest is None:
            raise NotEstablished
        wrong = [line for line, good in _findings(conn, config, newest[0]) if _say(line, good=good)]
    sys.exit(1 if wrong else 0)


def _say(line: str, *, good: bool) -> bool:
    click.echo(f"{'ok    ' if good else 'WRONG '} {line}")
    return not good


def _findings(conn: psycopg.Connection[Any], config: Config, size: int) -> Iterator[tuple[str, bool]]:
    yield f"The log holds {size} events.", True
    views = conn.execute("SELECT to_regclass('views.tracking')").fetchone()
    reached = tracking.head(conn) if views and views[0] else 0
    behind = size - reached
    yield f"The views have reached event {reached}{f', {behind} behind: is `muniment work` running?' if behind else '.'}", not behind
    for halted in tracking.halted(conn) if reached else []:
        yield f"{halted.projection} cannot apply event {halted.position}: {halted.reason}", False
    for address in config.checkpoint_to:
        row = conn.execute("SELECT max(day), max(size) FROM desk.checkpoint_sent WHERE address = %s", (address,)).fetchone()
        day, sent = row or (None, None)
        yield f"The last checkpoint sent to {address}: {f'{day}, at {sent} events' if day else 'none yet'}.", day is not None
    with psycopg.connect(config.conninfo("writer")) as desk:
        waiting, (unchecked, found) = desk.execute(NOT_MAILED).fetchall(), desk.execute(FILES).fetchone() or (0, 0)
    for office, count, why in waiting:
        yield f"{count} {'notice' if count == 1 else 'notices'} to {office} could not be mailed so far: {why}.", False
    if config.clamd:
        yield f"{unchecked} evidence files wait to be looked at for malware.", not unchecked
    if found:
        yield f"Something harmful was found in {found} evidence files: they are given to nobody.", True
    if not config.checkpoint_to:
        click.echo("note   No checkpoint leaves this machine: set MUNIMENT_CHECKPOINT_TO, or a deleted tail can be seen by nobody.")
    free = shutil.disk_usage(config.data).free // 1024**2
    yield f"{free} MB free in {config.data}.", free > LEAST_FREE
