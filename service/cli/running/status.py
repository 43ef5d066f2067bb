"""status: whether everything runs."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click
import psycopg

from aggregates.clocks.dates import london
from aggregates.errors import Refused
from projections.two_clocks import tracking
from service.cli.opening import database
from service.desk.refusals import NotEstablished
from service.ledger import keys
from service.ledger.sealed import custody, outside
from service.recording.outside import policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.config import Config

LEAST_FREE = 200  # megabytes on the data disk, below which status complains
NOT_MAILED = """
    SELECT office, count(*), (array_agg(failed ORDER BY position DESC))[1] FROM desk.mail
     WHERE sent_at IS NULL AND tries > 2 GROUP BY office ORDER BY office"""
UNDESTROYED = "SELECT name, kept_until FROM desk.backup WHERE destroyed_on IS NULL AND kept_until < %s ORDER BY id"
STAMPED = "SELECT (SELECT max(stamped_at) FROM ledger.timestamp), (SELECT failed FROM desk.asked_outside WHERE who = %(who)s)"
WITNESSED = """
    SELECT (SELECT max(size) FROM ledger.cosignature WHERE witness = %(witness)s),
           (SELECT failed FROM desk.asked_outside WHERE who = %(witness)s),
           (SELECT max(held) FROM ledger.divergence WHERE witness = %(witness)s)"""
ERASED_SINCE = "SELECT count(*) FROM sealed.erased WHERE position > %s AND line IS NULL"  # of this very log
FILES = "SELECT count(*) FILTER (WHERE checked_at IS NULL), count(found) FROM desk.evidence_file"


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
    if reached:
        yield f"The views have reached event {reached}{f', {behind} behind: is `muniment work` running?' if behind else '.'}", not behind
    else:
        yield "There are no views yet, as after a restore: run `muniment rebuild`, or start `muniment work`.", False
    for halted in tracking.halted(conn) if reached else []:
        yield f"{halted.projection} cannot apply event {halted.position}: {halted.reason}", False
    for address in config.checkpoint_to:
        row = conn.execute("SELECT max(day), max(size) FROM desk.checkpoint_sent WHERE address = %s", (address,)).fetchone()
        day, sent = row or (None, None)
        yield f"The last checkpoint sent to {address}: {f'{day}, at {sent} events' if day else 'none yet'}.", day is not None
    with psycopg.connect(config.conninfo("writer")) as desk:
        yield from _witnessed(desk, config, size)
        (gone,) = desk.execute(ERASED_SINCE, (reached,)).fetchone() or (0,)
        waiting, (unchecked, found) = desk.execute(NOT_MAILED).fetchall(), desk.execute(FILES).fetchone() or (0, 0)
        dumps = desk.execute(UNDESTROYED, (london(config.clock()()),)).fetchall()
    if gone and reached:
        people = f"{gone} {'person was' if gone == 1 else 'people were'} erased"
        yield f"{people} since event {reached}, and texts that went with them are still shown: start `muniment work`.", False
    yield _erased(config)
    yield _opens(config)
    for name, day in dumps:
        yield f"The dump {name} was to be destroyed by {day}: say `muniment db destroyed {name}` once it is.", False
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


def _erased(config: Config) -> tuple[str, bool]:
    """Say whether a restart would find who was erased."""
    try:
        outside.check(config)
    except Refused as refused:
        return str(refused), False
    copies = len(outside.files(config))
    return f"The record of who was erased is whole, in {copies} {'copy' if copies == 1 else 'copies'}: {outside.head(config)}.", True


def _opens(config: Config) -> tuple[str, bool]:
    """Say whether the wrapping key is the one of this database."""
    try:
        custody.check_opens(config)
    except (Refused, keys.CannotUseKeys) as refused:
        return str(refused), False
    return "The wrapping key opens what is sealed.", True


def _witnessed(conn: psycopg.Connection[Any], config: Config, size: int) -> Iterator[tuple[str, bool]]:
    """Say how far each witness of the policy is, and what it holds against the log."""
    for witness in policy.read(config, keys.load_public(config).log_vkey).all:
        row = conn.execute(WITNESSED, {"witness": witness.vkey}).fetchone()
        last, failed, held = row or (None, None, None)
        if held is not None:
            words = f"holds {held} events of this log, which the log here does not extend: follow ops/runbooks/restore.md"
            yield f"The witness {witness.name} {words}.", False
        else:
            seen = f"has cosigned {last} of {size} events" if last else "has cosigned nothing yet"
            yield f"The witness {witness.name} {seen}{f'. The last time: {failed}' if failed else '.'}", last == size
    if config.tsa:
        at, failed = conn.execute(STAMPED, {"who": config.tsa}).fetchone() or (None, None)
        words = f"The last time stamp by {config.tsa}: {f'{datetime.fromtimestamp(at, UTC):%F %T} UTC' if at else 'none yet'}"
        yield f"{words}{f'. The last time: {failed}' if failed else '.'}", at is not None and failed is None
