"""From the answer to a command until the views show it."""

from __future__ import annotations

import subprocess
import sys
from os import environ
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import psycopg
from bench import Row, assign
from serving import until_shown

from projections.two_clocks import catch_up
from service.application import Board
from service.ledger import keys

if TYPE_CHECKING:
    from service.config import Config

TIMES, WARM = 300, 20


def visible(config: Config, *, big: bool = False) -> list[Row]:
    """Measure with the views kept by a process of their own, as in service."""
    del big
    board = Board(config, keys.load(config))
    command = [sys.executable, "-m", "service.cli", "work"]
    work = subprocess.Popen(  # noqa: S603 - our own command
        command, env=environ | {"MUNIMENT_DATA": str(config.data)}, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL
    )
    times = []
    try:
        with psycopg.connect(config.conninfo("reader"), autocommit=True) as conn:
            until_shown(conn, 1)
            for n in range(WARM + TIMES):
                done = assign(board, f"V-{n}")
                answered = perf_counter()
                assert catch_up.wait_on(conn, done.positions[-1], 10)
                times.append(perf_counter() - answered)
    finally:
        work.terminate()
        work.wait()
        board.close()
    times = sorted(times[WARM:])
    note = f"(median {1000 * times[len(times) // 2]:.1f} ms)"
    return [Row("command answered, until the view shows it: p99", 1000 * times[int(len(times) * 0.99)], 15, "ms", below=True, note=note)]
