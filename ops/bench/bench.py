"""What the measurements share: a row of the table, a fresh board to measure on, and medians."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.application import Board
from service.config import Config
from service.database import migrations
from service.desk.accounts import Caller
from service.desk.submission import Submission
from service.embedded_postgres import EmbeddedPostgres
from service.ledger import keys
from service.recording.establishing import establish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import psycopg

CALLER = Caller(uuid4(), None, "benchmark", "board-manager", speaks_for_all=True)


@dataclass(frozen=True)
class Row:
    """One line of the table: `value` and `target` in the same unit; more is better unless `below`."""

    work: str
    value: float
    target: float
    unit: str = "times"
    below: bool = False
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.value <= self.target if self.below else self.value >= self.target

    def __str__(self) -> str:
        """Return it as a line of text."""
        wanted = f"{'at most' if self.below else 'at least'} {self.target:,g}"
        return f"{'met   ' if self.met else 'missed'} {self.work}: {self.value:,.2f} {self.unit} ({wanted}) {self.note}"

    def as_table(self) -> str:
        """Return it as a line of a table."""
        sign = "≤" if self.below else "≥"
        return f"| {self.work} | {self.value:,.2f} {self.unit} {self.note} | {sign} {self.target:,g} | {'met' if self.met else 'missed'} |"


@contextmanager
def fresh_board(folder: Path) -> Iterator[Config]:
    """Give an established demonstration log in a database of its own, with an agency, a sub-group and an office."""
    os.chmod(folder, 0o755)  # noqa: PTH101,S103 - root's server runs as nobody, who has to reach it
    config = Config(data=folder / "data")
    with EmbeddedPostgres(config.data):
        migrations.migrate(config)
        ring = keys.create(config, origin="log.bench.example/1")
        board = Board(config, ring)
        establish(board, Ed25519PrivateKey.generate(), board_name="Bench", name="N", contact="n@bench.example", demonstration=True)
        do(board, "join_agency", "RIV", name="Riverside", category="health provider", section_11="yes")
        do(board, "constitute_sub_group", "QUAL", name="Quality", terms_of_reference="To see that it lasts")
        board.close()
        yield config
    shutil.rmtree(config.data, ignore_errors=True)


def do(board: Board, name: str, ref: str, /, *, key: str | None = None, **fields: Any) -> Any:
    """Carry out one command as the board manager."""
    return board.act(CALLER, Submission(name=name, ref=ref, fields=fields, key=key))


def assign(board: Board, ref: str) -> Any:
    """Assign an action: the command that the measurements use, with an idempotency key as a program would send it."""
    return do(board, "assign_action", ref, key=f"k-{ref}", **ACTION)


ACTION = {
    "title": "Share the learning from the review with every school in the area",
    "kind": "training",
    "owner": "RIV",
    "overseen_by": "QUAL",
    "due_on": "2030-03-31",
    "success_measure": "Every school's designated lead has read it and says what changed",
    "intended_outcome": "Children are asked, and heard, sooner",
}


def rate(work: Callable[[], object], seconds: float) -> float:
    """Return how often a second some work is done."""
    done, start = 0, perf_counter()
    while perf_counter() - start < seconds:
        work()
        done += 1
    return done / (perf_counter() - start)


def cost(conn: psycopg.Connection[Any], work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return how long a piece of work takes, the median of its rounds, and its processor time on average, with the server's: in seconds.

    Processor time says more than the clock of a machine that does other things too.
    """
    work()
    times, before = [], process_time() + cpu(conn.info.backend_pid)
    for _ in range(rounds):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return median(times), (process_time() + cpu(conn.info.backend_pid) - before) / rounds


def cpu(process: int) -> float:
    """Return the processor time of another process, in seconds."""
    user, system = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def each(work: Callable[[Any], object], inputs: list[Any]) -> float:
    """Return the median time of one piece of work, in seconds."""
    times = []
    for one in inputs:
        start = perf_counter()
        work(one)
        times.append(perf_counter() - start)
    return median(times)
