"""Proving: verification offline against the bare signature, and how receipts and appends hold up as the log grows."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from time import perf_counter, process_time
from typing import TYPE_CHECKING
from uuid import uuid4

from bench import ACTION, Row, assign, each
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.persistence import StoredEvent

from service.application import Board
from service.ledger import keys
from service.ledger.pack import write_pack

if TYPE_CHECKING:
    from service.config import Config

EVENTS = 20_000
SMALL, LARGE = 10_000, 1_000_000
PICKS = 100
ROUNDS = 5

Spent = tuple[float, float]  # seconds: by the clock, and of processors' time


def fill(board: Board, until: int) -> None:
    """Fill the log with signed statements up to a size."""
    attest, seen = board.keys.statement.attest, board.recorder.seen()
    size = board.recorder.head().frontier.size
    while size < until:
        events = []
        for _ in range(min(2000, until - size)):
            stream = uuid4()
            events.append(StoredEvent(stream, 1, "action.assigned.v1", attest("action.assigned.v1", str(stream), 1, seen, _fields())))
        board.recorder.insert_events(events)
        size += len(events)


def _fields() -> dict[str, object]:
    envelope = {"occurred_on": "2026-01-01", "by_person": None, "by_office": None, "by_agency": None, "on_behalf_of": None}
    return {**envelope, "late_reason": None, "ref": "A", "source": None, "owner_office": None, **ACTION}


def verify(config: Config, *, big: bool = False) -> list[Row]:
    """Measure the verifier over a pack, pinned to one core and free to use both, against nothing but signature checks.

    Against signatures by processor time, the use of both cores by the clock; each at its best, as other work can only add to it.
    """
    del big
    board = Board(config, keys.load(config))
    fill(board, EVENTS)
    pack = config.data / "pack"
    write_pack(board.recorder, pack)
    board.close()
    command = [sys.executable, "-I", str(pack / "verify.py"), str(pack)]
    cores = sorted(os.sched_getaffinity(0))
    limit, starting, alone, both = 0.0, list[Spent](), list[Spent](), list[Spent]()
    for _ in range(ROUNDS):
        limit = max(limit, _bare())
        starting.append(_timed([*command[:-1], "--help"]))
        alone.append(_timed(command, cores[:1]))
        both.append(_timed(command, cores))
    (clock, busy), (clock_alone, busy_alone), (clock_both, _) = (map(min, zip(*each, strict=True)) for each in (starting, alone, both))
    rate = EVENTS / (busy_alone - busy)
    return [
        Row("offline verification on one core, against bare Ed25519", rate / limit, 0.55, note=f"({rate:,.0f}/s of {limit:,.0f}/s)"),
        Row(f"offline verification on {len(cores)} cores, against one", (clock_alone - clock) / (clock_both - clock), 1.8),
    ]


def _timed(command: list[str], cores: list[int] | None = None) -> Spent:
    """Return what a command takes."""
    start, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None)  # noqa: S603 - our own
    elapsed, after = perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _bare() -> float:
    """Return how many signatures a second of one core checks, when it does nothing else."""
    key, message = Ed25519PrivateKey.generate(), os.urandom(900)
    signature, public = key.sign(message), key.public_key()
    start = process_time()
    for _ in range(5000):
        public.verify(signature, message)
    return 5000 / (process_time() - start)


def growth(config: Config, *, big: bool = False) -> list[Row]:
    """Measure receipts from the tables, and appends, in a small log and in a large one."""
    board = Board(config, keys.load(config))
    chance, sizes = random.Random(1), (SMALL, LARGE if big else SMALL * 10)
    receipts, appends = [], []
    for size in sizes:
        fill(board, size)
        picks = [chance.randrange(1, size) for _ in range(PICKS)]
        receipts.append(1000 * each(board.recorder.receipt, picks))
        appends.append(each(lambda ref: assign(board, ref), [f"G-{size}-{n}" for n in range(200)]))
    board.close()
    return [
        Row(f"receipt from the tables at {sizes[1]:,}", receipts[1], 1, "ms", below=True, note=f"(at {sizes[0]:,}: {receipts[0]:.2f} ms)"),
        Row(f"append at {sizes[1]:,} events against at {sizes[0]:,}", appends[1] / appends[0], 1.1, below=True),
    ]
