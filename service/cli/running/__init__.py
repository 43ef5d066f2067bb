"""Running: serve (the web), work (the views and what goes out by itself), status, and a witness for another organisation."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import click
import psycopg

import service
from service.cli.opening import check_established, database, kept_up
from service.ledger import keys
from service.ledger.sealed import custody, outside
from service.recording.outside import policy

GUNICORN = Path(service.__file__).parents[1] / "ops" / "gunicorn.conf.py"
# The C library gives each thread a heap of its own and keeps in each what was ever needed at once: a worker grew by megabytes a minute,
# of which Python held none. Two heaps are as fast, for one thread at a time runs Python; and what is free at their ends is given back.
ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}


@click.command()
@click.option("--host", help="The address to listen on (MUNIMENT_HOST, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="The port (MUNIMENT_PORT, 8765).")
def serve(host: str | None, port: int | None) -> None:
    """Serve the pages and the API. `muniment work` has to run beside it.

    Example: muniment serve --port 8080
    """
    with database() as config, kept_up(config):
        check_established(config)
        with suppress(psycopg.OperationalError):  # away for now: each worker asks again before it opens the board
            outside.check(config)
            custody.check_opens(config)
        if config.policy:
            policy.read(config, keys.load_public(config).log_vkey)  # what cannot be used is said here, and not to whoever records first
        bind = f"{host or config.host}:{port or config.port}"
        click.echo(f"Serving on http://{bind} - stop with Ctrl-C.")
        sys.exit(gunicorn(bind, "api.app:create_app()"))


def gunicorn(bind: str, application: str) -> int:
    """Serve a WSGI application as long as it lasts; return what gunicorn ended with, and pass on what asks us to stop."""
    command = [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN), "--bind", bind, application]
    child = subprocess.Popen(command, env=ALLOCATOR | os.environ)  # noqa: S603 - our own interpreter
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: child.terminate())
    while True:
        try:
            return child.wait()
        except KeyboardInterrupt:
            continue  # the terminal has told the child too
