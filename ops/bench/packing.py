"""How long a pack of the demonstration takes, made and verified: of eighteen months and of all of it, against a copy of its bytes."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING, Final

import psycopg
from bench import Row
from obligations import demonstration

from projections.inspection.scopes import PackScope, positions
from projections.two_clocks import tracking
from service.application import Board
from service.ledger import keys
from service.ledger.pack import write_pack
from service.ledger.pack.auditing import audit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from service.config import Config

WINDOW: Final = PackScope(date(2015, 7, 1), date(2017, 1, 30))  # of the inspector of journey F.1
ROUNDS: Final = 3  # each at its best: other work can only add to it


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Measure packs of eighteen months, and of the whole record: made as a zip, copied, verified by itself, audited."""
    del big
    with demonstration() as made:
        board = Board(made, keys.load(made))
        with psycopg.connect(made.conninfo("reader")) as reader:
            within = positions(reader, WINDOW, known_at=tracking.head(reader))
        rows = [row for name, some in (("18 months", within), ("the whole", None)) for row in _of(board, config.data / "packs", name, some)]
        board.close()
    return rows


def _of(board: Board, folder: Path, name: str, within: frozenset[int] | None) -> list[Row]:
    folder.mkdir(exist_ok=True)
    out, copy = folder / "pack.zip", folder / "copy"
    summary = write_pack(board.recorder, folder / "pack", positions=within, evidence=board.evidence)

    def seal() -> None:
        out.unlink(missing_ok=True)
        write_pack(board.recorder, out, positions=within, evidence=board.evidence)

    def copied() -> None:
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder / "pack", copy)

    check = [sys.executable, "-I", folder / "pack" / "verify.py", out]
    sealed, bare = _best(seal, perf_counter), _best(copied, perf_counter)
    verified = _best(lambda: subprocess.run(check, check=True, capture_output=True), _busy)  # noqa: S603 - our own
    audited = _best(lambda: audit(out), _busy)
    each = 1000 * sealed / summary.entries
    shutil.rmtree(folder)
    of = f"pack of {name} of the demonstration"
    return [
        Row(f"{of}, made", sealed, 5, "s", below=True, note=f"({summary.entries:,} events, {summary.files} files, {each:.2f} ms an event)"),
        Row(f"{of}, made, against copying its files", sealed / bare, 30, below=True),
        Row(f"{of}, verified", verified, 2, "s", below=True, note="(of processors' time)"),
        Row(f"{of}, audited", audited, 5, "s", below=True, note="(of processors' time)"),
    ]


def _best(work: Callable[[], object], clock: Callable[[], float]) -> float:
    taken = []
    for _ in range(ROUNDS):
        start = clock()
        work()
        taken.append(clock() - start)
    return min(taken)


def _busy() -> float:
    """Return the seconds that processors have worked for this process and those that it started."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
