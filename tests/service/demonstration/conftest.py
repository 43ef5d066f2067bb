"""Severnbrook for the tests: its lines, and its record with its views, made once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
import pytest

from projections import action_register
from projections.two_clocks import clocks
from service.application import Board
from service.demonstration import TODAY, write
from service.ledger import keys
from tests.acceptance import boards

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from psycopg import Connection

    from tests.acceptance.product import Ran


@pytest.fixture(scope="package")
def lines(tmp_path_factory) -> list[dict[str, Any]]:
    """Give the lines as they are written."""
    path = write(tmp_path_factory.mktemp("severnbrook"))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Shown(NamedTuple):
    """Severnbrook on record: its board, the views, and what the command said that recorded it."""

    board: Board
    views: Connection[Any]
    said: Ran

    def register(self, as_at: date, known_at: date) -> dict[str, action_register.ActionRow]:
        """Return the register by reference."""
        at = clocks.clocks(self.views, as_at=as_at, known_at=known_at, today=TODAY.date())
        return {row.ref: row for row in action_register.register(self.views, as_at=at.as_at, known_at=at.known_at)}


@pytest.fixture(scope="package")
def shown(postgres, tmp_path_factory) -> Iterator[Shown]:
    """Give Severnbrook with its views as `muniment demo` makes it, once a run: a copy for these tests."""
    _, said = boards.told()
    with boards.demonstration(postgres).copy(tmp_path_factory.mktemp("told") / "severnbrook", postgres) as product:
        board = Board(product.config, keys.load(product.config), clock=TODAY.timestamp)
        with psycopg.connect(product.config.conninfo("projector"), autocommit=True) as views:
            yield Shown(board, views, said)
        board.close()
