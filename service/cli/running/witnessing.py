"""witness: what another organisation runs, to remember what a board's log has shown it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from aggregates.errors import Refused
from service.cli.running import gunicorn
from service.ledger.witness import cosigning
from service.ledger.witness.memory import Memory

if TYPE_CHECKING:
    from service.ledger.witness.memory import Fork

FOLDER = click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
PASSPHRASE = click.option(
    "--passphrase-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="What opens the key, if not FOLDER/passphrase."
)


class NotALogsKey(Refused):
    """A witness accepts a log by the key that signs its checkpoints."""

    source, text = "C2SP signed-note", "This cannot be accepted as a log: {why}"


@click.group()
def witness() -> None:
    """Witness the log of another organisation: remember what it has shown, and cosign what extends it.

    It needs a folder, and nothing of the Board's. See ops/runbooks/witness.md.
    """


@witness.command()
@FOLDER
@click.option("--name", required=True, help="The witness's name for ever, e.g. witness.council.example/1.")
@PASSPHRASE
def init(folder: Path, name: str, passphrase_file: Path | None) -> None:
    """Make the witness's key in FOLDER, and print its public half for the Board's policy.

    Example: muniment witness init /var/lib/witness --name witness.council.example/1
    """
    click.echo(cosigning.create(folder, name, passphrase_file).vkey)


@witness.command()
@FOLDER
@click.argument("vkey")
@click.option("--succeeds", metavar="NAME", help="The name under which this very log was witnessed until now.")
def accept(folder: Path, vkey: str, succeeds: str | None) -> None:
    """Accept the log of this key (VKEY), as the Board publishes it, from now on.

    Example: muniment witness accept /var/lib/witness 'log.yourboard.example/1+b72fc773+AQOh…'
    """
    cosigning.published(folder)
    try:
        click.echo(f"Witnessing {Memory(folder).accept(vkey, succeeds)}.")
    except ValueError as error:
        raise NotALogsKey(why=str(error)) from error


@witness.command()
@FOLDER
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; put TLS in front of it.")
@click.option("--port", type=click.IntRange(1, 65535), default=8766, show_default=True, help="The port.")
@PASSPHRASE
def serve(folder: Path, host: str, port: int, passphrase_file: Path | None) -> None:
    """Serve the witness of FOLDER.

    Example: muniment witness serve /var/lib/witness --port 8766
    """
    cosigning.load(folder, passphrase_file)
    Memory(folder)
    click.echo(f"Witnessing on http://{host}:{port} - stop with Ctrl-C.")
    files = (str(path.absolute()) if path else None for path in (folder, passphrase_file))
    sys.exit(gunicorn(f"{host}:{port}", f"service.ledger.witness.server:application({', '.join(map(repr, files))})"))


@witness.command()
@FOLDER
def show(folder: Path) -> None:
    """Say which logs are witnessed, how far each was seen, and whether one showed two histories. Exit code 1 where one did.

    Example: muniment witness show /var/lib/witness
    """
    click.echo(f"Key: {cosigning.published(folder)}")
    with Memory(folder).turn() as conn:
        for origin in Memory.logs(conn):
            last = Memory.cosigned(conn, origin)
            seen = f"{last.size} events, cosigned {_moment(last.at)}" if last else "nothing seen yet"
            click.echo(f"{origin}: {seen}")
        found = Memory.forks(conn)
    for one in found:
        click.echo(f"{one.origin}: {_words(one)} ({_moment(one.at)}): muniment witness evidence {folder}")
    sys.exit(1 if found else 0)


@witness.command()
@FOLDER
def evidence(folder: Path) -> None:
    """Print what proves two histories: two notes each, both signed by the log's own key, and the proof where they are of two sizes.

    Example: muniment witness evidence /var/lib/witness > evidence.txt
    """
    cosigning.published(folder)
    with Memory(folder).turn() as conn:
        for one in Memory.forks(conn):
            click.echo(f"# {one.origin}, {_moment(one.at)}: {_words(one)}. Cosigned:\n")
            click.echo(f"{one.held}\n# Offered later:\n\n{one.offered}")


def _words(one: Fork) -> str:
    held = int(one.held.split("\n")[1])
    if held == one.size:
        return f"two roots for one size, {held} events: whoever has the log's key has signed two histories"
    return f"{one.size} events whose own proof leads from others than the {held} cosigned: whoever has the log's key signed two histories"


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%F %T} UTC"
