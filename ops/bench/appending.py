"""Recording: a durable append with its receipt, against a raw INSERT and against the library without signatures; and in bulk."""

from __future__ import annotations

import json
import threading
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import psycopg
from bench import ACTION, CALLER, Row, assign
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import StoredEvent

from service.application import Board
from service.database.connection import environment
from service.desk.importer import import_lines
from service.ledger import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.config import Config

SECONDS, ROUNDS = 1.5, 5
BULK, BATCH = 20_000, 500


class Stock(Aggregate):
    """The same act in the library, unsigned."""

    @event("Assigned")
    def __init__(self, said: dict[str, str]) -> None:
        """Keep what the act carries."""
        self.said = said


def append_against_baselines(config: Config, *, big: bool = False) -> list[Row]:
    """Measure with one thread and with eight, interleaved."""
    del big
    rows = []
    for threads, floor_target, stock_target in ((1, 0.25, 1), (8, 0.25, 3)):
        rates = {name: [] for name in ("floor", "stock", "board")}
        makers = _makers(config)
        for _ in range(ROUNDS):
            for name, make in makers.items():
                rates[name].append(_together(make, threads))
        m = {name: median(found) for name, found in rates.items()}
        note = f"({m['board']:.0f}/s, raw INSERT {m['floor']:.0f}/s, library {m['stock']:.0f}/s)"
        rows.append(
            Row(
                f"durable append with its receipt, {threads} thread(s), against a raw INSERT",
                m["board"] / m["floor"],
                floor_target,
                note=note,
            )
        )
        rows.append(Row(f"the same, {threads} thread(s), against the library without signatures", m["board"] / m["stock"], stock_target))
    return rows


def _makers(config: Config) -> dict[str, Callable[[], Callable[[], object]]]:
    """Return, by name, what gives each thread its work."""
    owner = config.conninfo("owner")
    board = Board(config, keys.load(config))
    payload = json.dumps(ACTION).encode() * 6  # as many bytes as an entry with its disclosures has
    with psycopg.connect(owner, autocommit=True) as conn:
        conn.execute("CREATE TABLE IF NOT EXISTS public.floor (id bigserial PRIMARY KEY, bytes bytea NOT NULL)")
        conn.execute("CREATE SCHEMA IF NOT EXISTS stock")
    stock = Application[UUID](environment(owner) | {"POSTGRES_SCHEMA": "stock", "CREATE_TABLE": "yes"})

    def floor() -> Callable[[], object]:
        conn = psycopg.connect(owner, autocommit=True)
        return lambda: conn.execute("INSERT INTO public.floor (bytes) VALUES (%b)", (payload,), prepare=True)

    return {
        "floor": floor,
        "stock": lambda: lambda: stock.save(Stock(ACTION)),
        "board": lambda: lambda: assign(board, f"A-{uuid4()}"),
    }


def _together(make: Callable[[], Callable[[], object]], threads: int) -> float:
    """Return how often a second so many threads do their work."""
    counts, ready = [0] * threads, threading.Barrier(threads)

    def run(number: int) -> None:
        work = make()
        for _ in range(10):
            work()
        ready.wait()
        end = perf_counter() + SECONDS
        while perf_counter() < end:
            work()
            counts[number] += 1

    running = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(counts) / SECONDS


def bulk(config: Config, *, big: bool = False) -> list[Row]:
    """Measure statements that are signed already going into the store, and commands going through the import."""
    del big
    board = Board(config, keys.load(config))
    attest, seen = board.keys.statement.attest, board.recorder.seen()
    events = []
    for _ in range(BULK):
        stream = uuid4()
        events.append(StoredEvent(stream, 1, "action.assigned.v1", attest("action.assigned.v1", str(stream), 1, seen, dict(ACTION))))
    start = perf_counter()
    for first in range(0, BULK, BATCH):
        board.recorder.insert_events(events[first : first + BATCH])
    store = BULK / (perf_counter() - start)
    lines = [
        json.dumps({"do": "assign_action", "ref": f"B-{n}", "by": "board-manager", "occurred_on": None, "fields": ACTION, "key": f"b-{n}"})
        for n in range(BULK // 4)
    ]
    start = perf_counter()
    report = import_lines(board, CALLER, lines, config.data)
    imported = len(lines) / (perf_counter() - start)
    assert report.recorded == len(lines), report
    board.close()
    return [
        Row("bulk: prepared statements into the store", store, 12_000, "/s"),
        Row("bulk: commands through import", imported, 1_500, "/s"),
    ]
