"""The beginning of a board: init. Where it was interrupted, the same command again finishes it.

A log without its administrator can never be used, and one begun twice with the same keys is a fork. So a file in the data directory
says that a beginning is under way, from before the first key is made until the administrator can sign in; and their own signing key
is written before the log names it.
"""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from aggregates.clocks.regimes import REGIMES
from aggregates.errors import Refused
from api.access import create_secret
from service.application import Board
from service.cli.opening import database
from service.database import migrations
from service.desk import accounts
from service.desk.refusals import AlreadyEstablished
from service.ledger import keys
from service.recording.establishing import FIRST_OFFICE, establish, first_administrator

if TYPE_CHECKING:
    from uuid import UUID

    from aggregates.partnership.partnership import Regime
    from service.config import Config

UNDER_WAY = "init-under-way"  # the file that says so, with the log's origin in it


class OtherBeginning(Refused):
    """A beginning that was interrupted is finished as it was begun."""

    text = "A beginning was interrupted here, and can be finished as it was begun: give {option} as you gave it then{value}"


def log_name(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Read a log's name as signed notes can carry it; a log under another could never be verified."""
    if value is not None and re.fullmatch(r"[!-*,-~]{1,200}", value) is None:
        raise click.BadParameter(f"{value!r} is not a log's name: letters, digits and marks, but no spaces and no plus sign")
    return value


def _email(_: click.Context, __: click.Parameter, value: str) -> str:
    if re.fullmatch(r"[^\s@]+@[^\s@]+", value) is None:
        raise click.BadParameter(f"{value!r} is not a mail address")
    return value


@click.command()
@click.option("--origin", required=True, callback=log_name, help="The log's name for ever, e.g. safeguarding.severnbrook.example/log1.")
@click.option("--board", "title", required=True, help="The Board's name.")
@click.option("--email", required=True, callback=_email, help="The first administrator's address.")
@click.option("--name", required=True, help="The first administrator's name: they become the board manager.")
@click.password_option(help="The first administrator's password.")
@click.option(
    "--signing-key", type=click.Path(path_type=Path, dir_okay=False), default="signing.key", help="Where their own key is written."
)
@click.option(
    "--regime", type=click.Choice(sorted(REGIMES)), default="MASA-WT2023", show_default=True, help="The arrangements that bind the Board."
)
@click.option("--demonstration", is_flag=True, help="A log made for show: it says so in its first entry, for ever.")
def init(*, origin: str, title: str, email: str, name: str, password: str, signing_key: Path, regime: Regime, demonstration: bool) -> None:
    """Establish the log and its first administrator, and print the board's fingerprint. If it is interrupted, give it again.

    Example: muniment init --origin log.severnbrook.example/1 --board "Severnbrook Safeguarding Children Board"
    --email manager@severnbrook.example --name "R. Vale"
    """
    with database(begins=True) as config:
        migrations.migrate(config)
        again = _under_way(config)
        _check(config, password, signing_key, origin=origin, again=again)
        _mark(config, origin)
        ring = keys.load(config) if again is not None and keys.exist(config) else keys.create(config, origin=origin)
        create_secret(config)
        opened = Board(config, ring, clock=config.clock())
        try:
            if opened.recorder.newest() is None:
                mine = _own_key(signing_key, password, origin)
                how = partial(establish, opened, mine, demonstration=demonstration, regime=regime)
                person = how(board_name=title, name=name, contact=email)
            else:
                person = _established(opened, {"--board": title, "--name": name, "--email": email}, demonstration=demonstration)
            key = _let_in(config, email, password, person, demonstration=demonstration)
            (config.data / UNDER_WAY).unlink()
            _tell(opened, title, key, signing_key)
        finally:
            opened.close()


def _under_way(config: Config) -> str | None:
    """Return the origin of the log whose beginning was interrupted here; None where none was."""
    path = config.data / UNDER_WAY
    return path.read_text(encoding="ascii") if path.exists() else None


def _mark(config: Config, origin: str) -> None:
    """Say that a beginning is under way, whole or not at all."""
    config.data.mkdir(parents=True, exist_ok=True)
    new = config.data / f"{UNDER_WAY}.new"
    with new.open("w", encoding="ascii") as file:
        file.write(origin)
        file.flush()
        os.fsync(file.fileno())
    new.rename(config.data / UNDER_WAY)


def _check(config: Config, password: str, signing_key: Path, *, origin: str, again: str | None) -> None:
    """Refuse, before anything is made, what would stop halfway, or begin a second log."""
    accounts.check_password(password)
    if again is not None:
        if again != origin:
            raise OtherBeginning(option="--origin", value=f": {again}")
        return
    with psycopg.connect(config.conninfo("owner")) as conn:
        first = conn.execute("SELECT note FROM ledger.checkpoint ORDER BY size LIMIT 1").fetchone()
    if first is not None:
        raise AlreadyEstablished(origin=first[0].partition("\n")[0])
    if keys.exist(config):
        raise keys.KeysExist(config.data / "keys", "there are keys already, and they are never overwritten")
    if signing_key.exists():
        raise keys.KeysExist(signing_key, "is there already, and is never overwritten")


def _own_key(path: Path, password: str, origin: str) -> Ed25519PrivateKey:
    """Return the first administrator's own key, written; or the one that an interrupted beginning has written already."""
    if not path.exists():
        keys.hand_over(path, made := Ed25519PrivateKey.generate(), password, origin=origin, holder=FIRST_OFFICE)
        return made
    try:
        found = load_ssh_private_key(path.read_bytes(), password.encode())
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        raise keys.KeyUnreadable(path, "does not open with this password: give the one that you gave at first, or move the file away")
    return found


def _established(opened: Board, given: dict[str, str], *, demonstration: bool) -> UUID:
    """Return the first administrator whom the log names already. Refuses one that was begun with something else than is given now."""
    first, ledger = first_administrator(opened), opened.established.state
    recorded = {"--board": ledger and ledger.board, "--name": first.name, "--email": first.contact}
    if other := next((option for option, value in given.items() if value != recorded[option]), None):
        raise OtherBeginning(option=other, value="")
    if demonstration != opened.demonstration:
        raise OtherBeginning(option="--demonstration", value=" or leave it out as you did then")
    return first.person


def _let_in(config: Config, email: str, password: str, person: UUID, *, demonstration: bool) -> str:
    """Give the first administrator their account, unless they have it by now, and an API key; return the key."""
    with psycopg.connect(config.conninfo("writer")) as conn:
        if conn.execute("SELECT id FROM desk.account WHERE person = %s", (person,)).fetchone():
            account = accounts.sign_in(conn, email, password).account
        else:
            account = accounts.create_account(conn, email, password, person=person, may_operate=True)
        return accounts.create_api_key(conn, account, FIRST_OFFICE, "first administrator", speaks_for_all=demonstration)


def _tell(opened: Board, title: str, key: str, signing_key: Path) -> None:
    click.echo(f"Established {title}, {opened.origin}.")
    click.echo(f"Fingerprint: {opened.fingerprint}")
    click.echo(f"Log key:     {opened.keys.log.vkey}")
    click.echo("Publish both where the Board publishes: whoever has them can check everything that follows.")
    click.echo(f"Your API key, shown this once: {key}")
    where = signing_key if signing_key.exists() else "the file that was named when this was begun"
    click.echo(f"Your signing key is in {where}, encrypted with your password: keep it yourself, the service never uses it.")
    folder = opened.config.data / "keys"
    click.echo(f"The service's keys are in {folder}. Keep a copy of that folder elsewhere, and never with the database.")
    click.echo("Next: `muniment serve` and, beside it, `muniment work`; then sign in with your address and password.")
