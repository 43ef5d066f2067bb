"""The demonstration: Severnbrook, seven years of it, through the same door as any user's data."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import replace
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rich.console import Console

from api.access import create_secret
from projections.two_clocks import catch_up
from service.application import Board
from service.cli.output import followed
from service.cli.running.working import source
from service.config import Config
from service.database import migrations
from service.demonstration import BEGUN, BOARD, ORIGIN, TODAY, VISITORS, Visitor, tell, write
from service.demonstration.stress import Stress
from service.desk import accounts, authority
from service.desk.accounts import Caller
from service.embedded_postgres import EmbeddedPostgres
from service.ledger import keys
from service.ledger.errors import ReceivedWentBack
from service.recording.establishing import establish
from service.verify import open_checkpoint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from service.desk.bringing_in.importer import Report

PATIENCE = 60  # seconds for the pages to come up, and for everything to stop
DOOR = "The address that the demonstration printed"  # what its session is called where sessions are listed
LONGEST_NOTE = 10_000  # bytes of a checkpoint


@click.command()
@click.option("--no-serve", is_flag=True, help="Prepare it, say where it is and exit: for scripts.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port of the pages (8765).")
@click.option("--stress", type=click.IntRange(2, 1000), help="Everything so many times, to measure with: minutes, and no pages.")
def demo(port: int | None, stress: int | None, *, no_serve: bool) -> None:
    """Show Muniment with the records of a fictional board, Severnbrook. Ctrl-C leaves nothing running.

    The first time takes a minute or two, and says how far it is; after that, seconds. MUNIMENT_DATA says where it is kept.

    Example: muniment demo --port 8080
    """
    config = _settings(port, stress)
    no_serve = no_serve or stress is not None
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    if not no_serve:
        _check_free(config)
    console = Console(stderr=True)
    console.print("Starting the database …")
    with EmbeddedPostgres(config.data):
        migrations.migrate(config)
        visitors = _prepare(config, console, stress or 1)
        if no_serve:
            click.echo(f"export MUNIMENT_DATA={shlex.quote(str(config.data))}")  # where it is, for whatever is asked of it next
            click.echo("Ready: muniment register, muniment history A13, muniment pack OUT.")
            return
        with contextlib.suppress(KeyboardInterrupt):
            _serve(config, _links(config, visitors))


def _interrupt(*_: object) -> None:
    """End as Ctrl-C does: everything that was started is stopped on the way out."""
    raise KeyboardInterrupt


def _settings(port: int | None, stress: int | None) -> Config:
    """Return the demonstration's own settings: its data never lie where a real board's do, and its clock is its own."""
    given = Config.from_environment()
    data = given.data if "MUNIMENT_DATA" in os.environ else given.data.with_name(given.data.name + "-demonstration")
    data = data.with_name(f"{data.name}-{stress}-times") if stress else data
    return replace(given, data=data, database_url=None, port=port or given.port, demonstration_clock=TODAY)


def _check_free(config: Config) -> None:
    """Refuse a port at which somebody listens already, before anything is made."""
    family, kind, _, _, address = socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(address)
        except OSError as error:
            raise _taken(config, error.strerror or str(error)) from error


def _taken(config: Config, why: str) -> click.ClickException:
    another = "give another port with --port, or in MUNIMENT_PORT"
    return click.ClickException(f"The pages cannot be served at port {config.port} of {config.host} ({why}): {another}.")


def _prepare(config: Config, console: Console, times: int) -> dict[Visitor, UUID]:
    """Establish the log and record everything in it, or go on where that was interrupted; return each visitor's account."""
    ring = keys.load(config) if keys.exist(config) else keys.create(config, origin=ORIGIN)
    create_secret(config)
    config.clock_file.write_text(TODAY.isoformat(), encoding="ascii")
    board = Board(config, ring, clock=TODAY.timestamp)
    try:
        if board.recorder.newest() is None:
            who, contact = "R. Vale", "manager@severnbrook.example"
            key = Ed25519PrivateKey.generate()
            establish(board, key, board_name=BOARD, name=who, contact=contact, demonstration=True, at=BEGUN)
        with psycopg.connect(config.conninfo("writer"), autocommit=True) as desk:
            importer = _importer(desk, board)
            beside = _running(_environ(config), "work", "--views-only", "--every", "5")  # views on another core
            with beside:
                report = _record(board, importer, times)
            console.print(f"Recorded {report.recorded:,} acts; {report.skipped:,} were on record already. Finishing what the pages show …")
            with psycopg.connect(config.conninfo("projector"), autocommit=True) as views, console.status("Building what the pages show …"):
                catch_up.create_all(views)
                catch_up.catch_up(views, source(config))
            return {visitor: _account(desk, board, visitor.office) for visitor in VISITORS}
    finally:
        board.close()


def _record(board: Board, importer: Caller, times: int) -> Report:
    """Record what of the demonstration is not on record yet."""
    what = f"seven years of Severnbrook {times} times" if times > 1 else "seven years of Severnbrook"
    with tempfile.TemporaryDirectory() as folder:
        lines = [json.loads(line) for line in write(Path(folder)).read_text(encoding="utf-8").splitlines()]
        copies = Stress.of(board, lines, times) if times > 1 else None
        if copies:
            copies.after(0)
        said = followed(copies.lines if copies else lines, f"Recording {what}")
        try:
            report = tell(board, importer, said, Path(folder), recorded=copies.after if copies else None)
        except ReceivedWentBack as error:
            raise _older(board, str(error)) from error
    if report.refused:
        number, why = report.refused[0]
        raise _older(board, f"line {number} was refused: {why}")
    return report


def _older(board: Board, why: str) -> click.ClickException:
    """Say why the demonstration cannot be gone on with, and what to do about it."""
    data = board.config.data
    return click.ClickException(
        f"The demonstration could not be recorded whole: {why}. If an older version of Muniment made what is in {data}, remove that "
        "folder (nothing in it is real) and try again."
    )


def _links(config: Config, visitors: dict[Visitor, UUID]) -> dict[Visitor, str]:
    """Return a way in for each visitor; those of earlier demonstrations are closed."""
    with psycopg.connect(config.conninfo("writer"), autocommit=True) as desk:
        for account in visitors.values():
            accounts.close_sessions(desk, account)
        return {visitor: accounts.open_session(desk, account, visitor.office, DOOR) for visitor, account in visitors.items()}


def _importer(desk: psycopg.Connection[Any], board: Board) -> Caller:
    """Return who records a demonstration: somebody who may speak for every office in it, and in no other log."""
    account = _account_of(desk, "import@severnbrook.example", authority.holder(board, "board-manager", BEGUN.date()))
    return Caller(account, None, "demonstration", speaks_for_all=True)


def _account(desk: psycopg.Connection[Any], board: Board, office: str) -> Any:
    """Return the account of whoever holds an office today."""
    return _account_of(desk, f"{office}@severnbrook.example".lower(), authority.holder(board, office, TODAY.date()))


def _account_of(desk: psycopg.Connection[Any], email: str, person: UUID) -> Any:
    """Return a person's account, made where there is none; nobody can sign in with its password."""
    found = desk.execute("SELECT id FROM desk.account WHERE email = %s", (email,)).fetchone()
    return found[0] if found else accounts.create_account(desk, email, secrets.token_urlsafe(), person=person, may_operate=False)


def _environ(config: Config) -> dict[str, str]:
    """Return what our own commands are told when they run beside."""
    return os.environ | {
        "MUNIMENT_DATA": str(config.data),
        "MUNIMENT_DATABASE_URL": "",
        "MUNIMENT_PORT": str(config.port),
    }


def _serve(config: Config, links: dict[Visitor, str]) -> None:
    """Run the pages and the views, print the addresses, and stop both with Ctrl-C."""
    environ = _environ(config)
    with _running(environ, "work", "--views-only"), _running(environ, "serve") as web:
        address = f"http://{config.host}:{config.port}"
        pages_are_up(config, address, web)
        click.echo(f"\nMuniment is at {address}. This is a demonstration: nobody in it is real, and today is {TODAY.day} {TODAY:%B %Y}.\n")
        for visitor, token in links.items():
            click.echo(f"  {visitor.title:34} {address}/enter/{token}\n{'':37}{visitor.first}")
        click.echo(f"  {'An auditor':34} {address}/integrity")
        click.echo(f"  {'Anybody':34} {address}/public\n")
        click.echo(
            "Each address signs you in as one of them, in as many browsers as you like; below it is what to try first. Stop with Ctrl-C."
        )
        web.wait()


@contextlib.contextmanager
def _running(environ: dict[str, str], command: str, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of our own commands as long as the context lasts; what it has to say goes into a file beside the data."""
    with Path(environ["MUNIMENT_DATA"], f"{command}.log").open("ab") as log:
        child = subprocess.Popen([sys.executable, "-m", "service.cli", command, *options], env=environ, stdout=log, stderr=log)  # noqa: S603 - our own
    try:
        yield child
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def pages_are_up(config: Config, address: str, web: subprocess.Popen[bytes]) -> None:
    """Wait until the pages answer: ours, which hold a checkpoint that this demonstration's own key signed."""
    end, ours = time.monotonic() + PATIENCE, keys.load_public(config).log_vkey
    while time.monotonic() < end and web.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/log/checkpoint", timeout=PATIENCE) as answer:  # noqa: S310 - our own address
                open_checkpoint(answer.read(LONGEST_NOTE).decode(), ours)
        except urllib.error.HTTPError as error:
            if error.code < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise _taken(config, "another server answers there") from error
            time.sleep(0.1)
        except (ValueError, HTTPException) as error:
            raise _taken(config, "another server answers there") from error
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise click.ClickException(f"The pages did not come up at {address}: {config.data / 'serve.log'} says why.")
