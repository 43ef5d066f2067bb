"""Witnessing: a new head is offered to a witness in a process of its own and what it cosigns is kept, against a bare POST to such a server.

The round trip is all of it: the proof of consistency from the tables, HTTP, the witness's checks and its write to disk, the verification of
its answer, and the row beside the checkpoint.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

from bench import Row, assign
from proving import fill

from service.application import Board
from service.cli.running import GUNICORN
from service.desk.coming_in.places import NotAsked, Places
from service.ledger import keys
from service.ledger.witness import cosigning
from service.ledger.witness.memory import Memory
from service.recording.outside.policy import Witness
from service.recording.outside.witnessing import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.config import Config

SMALL, LARGE = 1_000, 1_000_000
ROUNDS = 100


def bare(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Read what is posted, and answer with as much as a witness does."""
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"." * 150]


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Measure the round trip in a small log and in a large one, each interleaved with a bare POST."""
    board, rows = Board(config, keys.load(config)), []
    folder = config.data / "witness"
    key = cosigning.create(folder, "witness.bench.example/1")
    Memory(folder).accept(board.recorder.vkey)
    with _serving(f"service.ledger.witness.server:application({str(folder)!r})") as url, _serving("witnessing:bare") as other:
        for size in (SMALL, LARGE if big else 10 * SMALL):
            fill(board, size)
            witness, ours, theirs = Witness("bench", key.vkey, url), list[float](), list[float]()
            ask(board.recorder, board.recorder.sealers, witness)
            for number in range(ROUNDS):
                assign(board, f"W-{size}-{number}")
                ours.append(_took(lambda: ask(board.recorder, board.recorder.sealers, witness)))  # noqa: B023 - called at once
                theirs.append(_took(lambda: Places(other).ask("POST", other, b"." * 800, {})))
            times = median(ours) / median(theirs)
            note = f"({times:.1f} times a bare POST of {1000 * median(theirs):.2f} ms; slowest of a hundred {1000 * max(ours):.1f} ms)"
            rows.append(Row(f"witness round trip at {size:,} events", 1000 * median(ours), 10, "ms", below=True, note=note))
    board.close()
    return rows


def _took(work: Any) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


@contextmanager
def _serving(application: str) -> Iterator[str]:
    """Serve a WSGI application as Muniment is served; give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = ["--pythonpath", str(Path(__file__).parent)]
    command = [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN), "--bind", f"127.0.0.1:{port}", *here, application]
    child = subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL)  # noqa: S603 - our own interpreter
    try:
        for _ in range(500):
            with suppress(NotAsked):
                Places(f"http://127.0.0.1:{port}").ask("GET", f"http://127.0.0.1:{port}/", None, {})
                break
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        child.terminate()
        child.wait()
