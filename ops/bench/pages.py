"""How long the server takes for a page: the five heaviest of all that the board manager comes to, on the demonstration.

`MUNIMENT_DATA=FOLDER python ops/bench pages` asks a board that is there already, such as a demonstration times a hundred; nothing is
recorded in it, but a session is opened. Pages are found as people find them: by the links of each page, a few of every kind.
"""

from __future__ import annotations

import gc
import re
from collections import Counter
from contextlib import contextmanager
from html import unescape
from os import environ
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Final

import psycopg
from bench import Row, cpu
from obligations import demonstration

from api import access
from api.app import create_app
from service.config import Config
from service.demonstration import TODAY
from service.desk import accounts
from service.embedded_postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

HEAVIEST, ROUNDS = 5, 9
OF_A_KIND: Final = 3  # pages of one kind that are asked for once, to find the heaviest of all
TARGET, LARGE, TARGET_OF_LARGE = 100, 100_000, 250  # ms; events from which on a board is a large one; ms
HOLDER = """
    SELECT (term ->> 'holder')::uuid FROM views.offices, jsonb_array_elements(terms) AS term
     WHERE key = %s AND upper_inf(known) AND upper_inf(valid) AND (term ->> 'until_on') IS NULL"""
LINK: Final = re.compile(r'href="(/[^"#]*)')
EXPORT: Final = re.compile(r"[?&]format=|\.(csv|json)\b")  # a whole table as a file, as long as it is
NO_PAGES: Final = ("/api/", "/log/", "/static/", "/sign-out", "/enter/")
BACKENDS: Final = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Measure the heaviest pages as the test client of Flask asks for them: all that the server does, without the network."""
    del config, big
    with _board() as made, psycopg.connect(made.conninfo("owner"), autocommit=True) as owner:
        (events,) = owner.execute("SELECT coalesce(max(position), 0) FROM ledger.event").fetchone() or (0,)
        app = create_app(made)
        client = signed_in(app, owner, "board-manager")
        found = sorted(_every(app, client, owner), reverse=True)
        gc.collect()
        gc.freeze()  # as each worker does (ops/gunicorn.conf.py)
        target = TARGET_OF_LARGE if events >= LARGE else TARGET
        rows = [_row(client, owner, path, target, f"{events:,} events") for path in _kinds(app, found)[:HEAVIEST]]
        app.extensions["muniment"].close()
    return rows


@contextmanager
def _board() -> Iterator[Config]:
    """Give the board whose folder is named, served by its own database, or a demonstration made for this."""
    if "MUNIMENT_DATA" in environ:
        config = Config.from_environment()
        with EmbeddedPostgres(config.data):
            yield config
        return
    with demonstration() as made:
        access.create_secret(made)
        made.clock_file.write_text(TODAY.isoformat(), encoding="ascii")
        yield Config.from_environment({"MUNIMENT_DATA": str(made.data)})


def signed_in(app: Flask, owner: psycopg.Connection[Any], office: str) -> FlaskClient:
    """Return somebody at a browser who is signed in as the holder of an office; their account is made where they have none."""
    (holder,) = owner.execute(HOLDER, (office,)).fetchone() or (None,)
    row = owner.execute("SELECT id FROM desk.account WHERE person = %s", (holder,)).fetchone()
    account = row[0] if row else accounts.create_account(owner, f"{office}@bench.example", "correct horse battery staple", person=holder)
    client = app.test_client()
    client.set_cookie(access.SESSION_COOKIE, accounts.open_session(owner, account, office))
    return client


def _every(app: Flask, client: FlaskClient, owner: psycopg.Connection[Any]) -> Iterator[tuple[float, str]]:
    """Give what each page took of the processors, asked for a second time, and its address: those that links from home lead to."""
    waiting, asked, kinds = ["/"], {"/"}, Counter[str]()
    while waiting:
        path = waiting.pop(0)
        kinds[kind := _kind(app, path)] += 1
        if not kind or kinds[kind] > OF_A_KIND:
            continue
        answer = client.get(path, headers={"Accept": "text/html"})
        start = process_time() + _of_the_database(owner)
        client.get(path, headers={"Accept": "text/html"})
        yield process_time() + _of_the_database(owner) - start, path
        if answer.mimetype == "text/html":
            links = [unescape(link) for link in LINK.findall(answer.get_data(as_text=True))]
            new = [link for link in dict.fromkeys(links) if link not in asked and not link.startswith(NO_PAGES) and not EXPORT.search(link)]
            waiting += new
            asked.update(new)


def _kind(app: Flask, path: str) -> str:
    """Return which kind of page an address leads to; nothing where to none."""
    matched = app.url_map.bind("localhost").test(path.partition("?")[0], method="GET")
    return str(app.url_map.bind("localhost").match(path.partition("?")[0])[0]) if matched else ""


def _kinds(app: Flask, found: list[tuple[float, str]]) -> list[str]:
    """Return the address that took longest of each kind of page, the longest first."""
    heaviest: dict[str, str] = {}
    for _, path in found:
        heaviest.setdefault(_kind(app, path), path)
    return list(heaviest.values())


def _row(client: FlaskClient, owner: psycopg.Connection[Any], path: str, target: float, of: str) -> Row:
    times, before, size = list[float](), process_time() + _of_the_database(owner), 0
    for _ in range(ROUNDS):
        start = perf_counter()
        size = len(client.get(path, headers={"Accept": "text/html"}).get_data())
        times.append(perf_counter() - start)
    used = (process_time() + _of_the_database(owner) - before) / ROUNDS
    note = f"({1000 * used:.0f} ms of CPU, with the database's; {size // 1024} KB; {of})"
    return Row(f"the page {path}", 1000 * median(times), target, "ms", below=True, note=note)


def _of_the_database(owner: psycopg.Connection[Any]) -> float:
    """Return the processor time of the database's processes for this board, in seconds."""
    return sum(cpu(pid) for (pid,) in owner.execute(BACKENDS))
