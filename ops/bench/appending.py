"""Recording: a durable append with its receipt, against a raw INSERT and against the library without signatures; and in bulk."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import psycopg
from bench import ACTION, CALLER, Row, assign
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import StoredEvent

from aggregates.clocks.dates import london
from service import commands
from service.application import Board
from service.database.connection import environment
from service.desk import authority
from service.desk.bringing_in.importer import import_lines
from service.desk.submission import Submission, read_fields
from service.ledger import keys
from service.recording import Write

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
    """Measure with one thread and with eight, interleaved: the verb (decide, sign, seal, append), and the whole door before it."""
    del big
    rows = []
    makers = _makers(config)
    for threads, floor_target, stock_target in ((1, 0.25, 1), (8, 0.25, 3)):
        rates = {name: [] for name in makers}
        for _ in range(ROUNDS):
            for name, make in makers.items():
                rates[name].append(_together(make, threads))
        m = {name: median(found) for name, found in rates.items()}
        per = f", {threads} thread{'s' if threads > 1 else ''}"
        for name, work in (
            ("verb", "durable append with its receipt"),
            ("door", "the same through the whole door"),
        ):
            note = f"({m[name]:.0f}/s, raw INSERT {m['floor']:.0f}/s, library {m['stock']:.0f}/s)"
            rows.append(Row(f"{work}{per}, against a raw INSERT", m[name] / m["floor"], floor_target, note=note))
            rows.append(Row(f"{work}{per}, against the library without signatures", m[name] / m["stock"], stock_target))
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

    today = london(board.moment(None))
    who = authority.acting(board, CALLER, CALLER.office, None, occurred_on=today, today=today)

    said = {"acting": who, "occurred_on": today, "late_reason": None, **read_fields(commands.COMMANDS["assign_action"], "A", ACTION)}

    def verb() -> object:
        it = Submission(name="assign_action", ref=f"A-{uuid4()}", fields=ACTION, key=str(uuid4()))
        return board.assign_action(it.ref, write=Write(caller=CALLER, submission=it), **said | {"ref": it.ref})

    return {
        "floor": floor,
        "stock": lambda: lambda: stock.save(Stock(ACTION)),
        "verb": lambda: verb,
        "door": lambda: lambda: assign(board, f"A-{uuid4()}"),
    }


def _together(make: Callable[[], Callable[[], object]], threads: int) -> float:
    """Return how often a second so many threads do their work."""
    ready = threading.Barrier(threads)

    def run(_: int) -> int:
        work, count = make(), 0
        for _ in range(10):
            work()
        ready.wait()
        end = perf_counter() + SECONDS
        while perf_counter() < end:
            work()
            count += 1
        return count

    with ThreadPoolExecutor(threads) as running:  # which raises what a thread raised: one that died would pass for a slow one
        return sum(running.map(run, range(threads))) / SECONDS


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
