"""Setting up and keeping: init, migrate, rebuild, db dump and db restore."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.access import create_secret
from projections import catch_up, tracking
from service.application import Board
from service.cli.opening import database
from service.cli.running import source
from service.database import backup, migrations
from service.desk import accounts
from service.desk.refusals import AlreadyEstablished
from service.ledger import keys
from service.recording.establishing import establish

if TYPE_CHECKING:
    from service.config import Config

NEW_FILE = click.Path(path_type=Path, dir_okay=False)


def _origin(_: click.Context, __: click.Parameter, value: str) -> str:
    """Read a log's name as signed notes can carry it; a log under another could never be verified."""
    if re.fullmatch(r"[!-*,-~]{1,200}", value) is None:
        raise click.BadParameter(f"{value!r} is not a log's name: letters, digits and marks, but no spaces and no plus sign")
    return value


def _email(_: click.Context, __: click.Parameter, value: str) -> str:
    if re.fullmatch(r"[^\s@]+@[^\s@]+", value) is None:
        raise click.BadParameter(f"{value!r} is not a mail address")
    return value


@click.command()
@click.option("--origin", required=True, callback=_origin, help="The log's name for ever, e.g. safeguarding.severnbrook.example/log1.")
@click.option("--board", "title", required=True, help="The Board's name.")
@click.option("--email", required=True, callback=_email, help="The first administrator's address.")
@click.option("--name", required=True, help="The first administrator's name: they become the board manager.")
@click.password_option(help="The first administrator's password.")
@click.option(
    "--signing-key", type=click.Path(path_type=Path, dir_okay=False), default="signing.key", help="Where their own key is written."
)
@click.option("--demonstration", is_flag=True, help="A log made for show: it says so in its first entry, for ever.")
def init(*, origin: str, title: str, email: str, name: str, password: str, signing_key: Path, demonstration: bool) -> None:
    """Establish the log and its first administrator, and print the board's fingerprint.

    Example: muniment init --origin log.severnbrook.example/1 --board "Severnbrook Safeguarding Children Board"
    --email manager@severnbrook.example --name "R. Vale"
    """
    with database() as config:
        migrations.migrate(config)
        _check_new(config, password, signing_key)
        ring = keys.create(config, origin=origin)
        create_secret(config)
        opened = Board(config, ring, clock=config.clock())
        try:
            mine = Ed25519PrivateKey.generate()
            person = establish(opened, mine, board_name=title, name=name, contact=email, demonstration=demonstration)
            keys.hand_over(signing_key, mine, password)
            with psycopg.connect(config.conninfo("writer")) as conn:
                account = accounts.create_account(conn, email, password, person=person, may_operate=True)
                key = accounts.create_api_key(conn, account, "board-manager", "first administrator", speaks_for_all=demonstration)
            click.echo(f"Established {title}, {origin}.")
            click.echo(f"Fingerprint: {opened.fingerprint}")
            click.echo(f"Log key:     {ring.log.vkey}")
            click.echo("Publish both where the Board publishes: whoever has them can check everything that follows.")
            click.echo(f"Your API key, shown this once: {key}")
            click.echo(f"Your signing key is in {signing_key}, encrypted with your password: keep it yourself, the service never uses it.")
            click.echo(
                f"The service's keys are in {config.data / 'keys'}. Keep a copy of that folder elsewhere, and never with the database."
            )
        finally:
            opened.close()


def _check_new(config: Config, password: str, signing_key: Path) -> None:
    """Refuse, before anything is made, what would stop halfway: a log without its administrator can never be used."""
    accounts.check_password(password)
    if signing_key.exists():
        raise keys.KeysExist(signing_key, "is there already, and is never overwritten")
    with psycopg.connect(config.conninfo("owner")) as conn:
        first = conn.execute("SELECT note FROM ledger.checkpoint ORDER BY size LIMIT 1").fetchone()
    if first is not None:
        raise AlreadyEstablished(origin=first[0].partition("\n")[0])


@click.command()
def migrate() -> None:
    """Bring the database to this version's schema; nothing is lost, and running it again changes nothing.

    Example: muniment migrate
    """
    with database() as config:
        click.echo(f"The database is at schema {migrations.migrate(config)}.")


@click.command()
@click.argument("view", required=False)
def rebuild(view: str | None) -> None:
    """Build the views anew from the log (or one VIEW); they are swapped in when they are ready.

    Where `muniment work` does not run, they are brought up to the newest event besides: so a restored database gets its views.

    Example: muniment rebuild action_register
    """
    with database() as config, psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:
        catch_up.create_all(conn)
        try:
            built = catch_up.rebuild_views(conn, source(config), [view] if view else [])
        except catch_up.UnknownView as unknown:
            raise click.UsageError(str(unknown)) from unknown
        if conn.execute("SELECT pg_try_advisory_lock(%s)", (catch_up.LEAD,)).fetchone() == (True,):
            catch_up.catch_up(conn, source(config))
        for name in built:
            click.echo(f"{name}: built, up to event {tracking.position_of(conn, name)}.")


@click.group()
def db() -> None:
    """Dump and restore the database."""


@db.command()
@click.argument("file", type=NEW_FILE)
def dump(file: Path) -> None:
    """Dump the database to FILE. The keys are not in it: a stolen dump can forge nothing and reveal nobody.

    Example: muniment db dump 2016-11-14.dump
    """
    with database() as config:
        backup.dump(config, file)
    click.echo(f"Dumped to {file}. The keys in {config.data / 'keys'} and the files in {config.data / 'evidence'} are not in it.")


@db.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Restore FILE into an empty database.

    Example: muniment db restore 2016-11-14.dump
    """
    with database() as config:
        backup.restore(config, file)
    click.echo("Restored. Compare `muniment checkpoint` with the last checkpoint that was sent before anything is recorded.")
