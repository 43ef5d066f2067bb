"""Proving: verification offline against the bare signature, and how receipts and appends hold up as the log grows."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from statistics import harmonic_mean
from time import perf_counter, process_time, sleep
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
SMALL, LARGE, NEW = 10_000, 1_000_000, 1_000
PER_STREAM = 10  # events, about as many as those of an action
PICKS = 100
ROUNDS = 5

Spent = tuple[float, float]  # seconds: by the clock, and of processors' time


def fill(board: Board, until: int) -> None:
    """Fill the log with signed statements up to a size."""
    attest, seen = board.keys.statement.attest, board.recorder.seen()
    size = board.recorder.head().frontier.size
    while size < until:
        events, stream, version = [], uuid4(), 0
        for number in range(min(2000, until - size)):
            stream, version = (uuid4(), 1) if number % PER_STREAM == 0 else (stream, version + 1)
            statement = attest("action.assigned.v1", str(stream), version, seen, _fields(size + number))
            events.append(StoredEvent(stream, version, "action.assigned.v1", statement))
        board.recorder.insert_events(events)
        size += len(events)


def _fields(number: int) -> dict[str, object]:
    """Return what an event says: two values are its own, and the others those of most, as the verifier may remember them."""
    envelope = {"occurred_on": "2026-01-01", "by_person": None, "by_office": None, "by_agency": None, "on_behalf_of": None}
    return {
        **envelope,
        "late_reason": None,
        "source": None,
        "owner_office": None,
        **ACTION,
        "ref": f"A{number}",
        "title": f"{ACTION['title']} ({number})",
    }


def verify(config: Config, *, big: bool = False) -> list[Row]:
    """Measure the verifier over a pack, pinned to one core and free to use both, against nothing but signature checks.

    Against signatures by processor time, the use of both cores by the clock; each at its best, as other work can only add to it.
    """
    board = Board(config, keys.load(config))
    fill(board, EVENTS)
    pack = config.data / "pack"
    write_pack(board.recorder, pack)
    more = _million(config, board) if big else []
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
        *more,
    ]


def _million(config: Config, board: Board) -> list[Row]:
    """Measure the verifier over a large log, whole, and over what is new in it since a checkpoint that was kept."""
    fill(board, LARGE)
    kept, whole, new = (config.data / name for name in ("kept", "whole", "new"))
    kept.write_text(board.recorder.newest() or "")
    size = board.recorder.head().frontier.size
    fill(board, size + NEW)
    write_pack(board.recorder, whole)
    write_pack(board.recorder, new, positions=range(size + 1, size + NEW + 1))
    command = [sys.executable, "-I", str(whole / "verify.py"), "--known", str(kept)]
    (_, busy_new), (busy, memory, limit) = _timed([*command, str(new)]), _watched([*command, str(whole)])
    rate, at = (size + NEW) / busy, f"{LARGE:,}"
    return [
        Row(f"offline verification at {at}, each core against bare Ed25519", rate / limit, 0.55, note=f"({rate:,.0f}/s of {limit:,.0f}/s)"),
        Row(f"its memory at {at}, of all its processes", memory, 300, "MB", below=True),
        Row(f"offline verification of {NEW:,} new events after a checkpoint kept at {at}", busy_new, 2, "s of processors", below=True),
    ]


def _watched(command: list[str]) -> tuple[float, float, float]:
    """Return what a command takes: seconds of processors, and how many MB all its processes hold together, at most.

    And how many signatures a second a core checks meanwhile, from time to time: what else the machine does takes from both alike.
    """
    before, most, rates = resource.getrusage(resource.RUSAGE_CHILDREN), 0, list[float]()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:  # noqa: S603 - our own
        while running.poll() is None:
            most = max(most, sum(map(_kilobytes, _family(running.pid))))
            rates.append(_bare(250))
            sleep(0.5)
    assert running.returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, most / 1024, harmonic_mean(rates)


def _family(pid: int) -> list[int]:
    """Return a process and all that it started, as long as they run."""
    with suppress(OSError):
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *(each for child in started for each in _family(int(child)))]
    return []


def _kilobytes(pid: int) -> int:
    """Return what memory a process holds; what it shares counts for it by its part."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/smaps_rollup").read_text().partition("Pss:")[2].split()[0])
    return 0


def _timed(command: list[str], cores: list[int] | None = None) -> Spent:
    """Return what a command takes."""
    start, before = perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None)  # noqa: S603 - our own
    elapsed, after = perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return elapsed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _bare(times: int = 5000) -> float:
    """Return how many signatures a second of one core checks, when it does nothing else."""
    key, message = Ed25519PrivateKey.generate(), os.urandom(900)
    signature, public = key.sign(message), key.public_key()
    start = process_time()
    for _ in range(times):
        public.verify(signature, message)
    return times / (process_time() - start)


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
