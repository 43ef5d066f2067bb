"""Erasing: one person's key and values, with the entry that lists them, as the log grows; and everybody's keys wrapped by another key."""

from __future__ import annotations

from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
from bench import CALLER, Row, do, each
from proving import fill

from aggregates.authority import Acting
from aggregates.entry.values import Sealed
from aggregates.registry.data_subject import DataSubject
from service.application import Board
from service.desk import screening
from service.desk.submission import Submission
from service.ledger import keys
from service.ledger.sealed import rewrapping
from service.recording import Write

if TYPE_CHECKING:
    from service.config import Config

SMALL, MIDDLE, LARGE = 10_000, 100_000, 1_000_000
ERASED = 9  # people at each size, of whom the median counts
TOGETHER = 500  # registered at once
PEOPLE = 5_000  # with keys of their own, for the wrapping


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Erase people through the whole door at 10⁴ and 10⁵ events, and at 10⁶ when asked for what is big; then change the wrapping key."""
    board = Board(config, keys.load(config))
    officer = str(uuid4())
    do(board, "register_subject", officer, name="The officer", contact=None)
    office = {"title": "Officer", "role": "data protection officer", "body": None, "employer": None, "holder": officer}
    do(board, "appoint_office_holder", "dpo", **office, from_on="2020-01-01", until_on=None)
    _register(board, PEOPLE)
    took = {size: _erasing(board, size) for size in (SMALL, MIDDLE, *([LARGE] if big else []))}
    board.close()
    start = perf_counter()
    wrapped = rewrapping.rewrap(config, screening.rewrap)
    rate, last = wrapped / (perf_counter() - start), max(took)
    return [
        *(Row(f"erasure of one person among {size:,} events", took[size] * 1000, 1_000, "ms", below=True) for size in took),
        Row(f"the same at {last:,} events, against {SMALL:,}", took[last] / took[SMALL], 2, below=True),
        Row("people's keys wrapped by another key", rate, 1_000, "/s"),
    ]


def _register(board: Board, number: int) -> None:
    """Register people, many in a transaction; the verb's own rules apart, which read the names of everybody."""
    for _ in range(0, number, TOGETHER):
        with board.together():
            for _ in range(TOGETHER):
                ref = uuid4()
                told = Sealed(ref, f"Somebody {ref}")
                board.record(DataSubject.register(ref, acting=Acting(), occurred_on=date(2026, 1, 1), name=told), str(ref), Write())


def _erasing(board: Board, size: int) -> float:
    """Return how long it takes to erase somebody at a size of the log, in seconds."""
    fill(board, size)
    with psycopg.connect(board.config.conninfo("owner"), autocommit=True) as conn:
        conn.execute("ANALYZE")  # as the server does by itself, but not within the minute in which this grows
    people = [str(uuid4()) for _ in range(ERASED)]
    for ref in people:
        do(board, "register_subject", ref, name=f"Anybody {ref}", contact="a@bench.example")
        do(board, "request_erasure", ref, reference="DP-1", identity_checked_by="dpo")
        _decide(board, "decide_erasure", ref, outcome="granted", exemption=None, reason="Nothing stands against it")
    return each(lambda ref: _decide(board, "erase_personal_data", ref), people)


def _decide(board: Board, name: str, ref: str, **fields: Any) -> None:
    board.act(CALLER, Submission(name=name, ref=ref, office="dpo", fields=fields))
