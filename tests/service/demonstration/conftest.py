"""Severnbrook for the tests: its lines, and its record with its views, made once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from projections import action_register
from projections.two_clocks import catch_up, clocks
from service.application import Board
from service.cli.running import source
from service.demonstration import BEGUN, BOARD, ORIGIN, TODAY, tell, write
from service.desk.accounts import Caller
from service.ledger import keys
from service.recording.establishing import establish
from tests.databases import fresh_database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from psycopg import Connection

    from service.desk.importer import Report


@pytest.fixture(scope="package")
def lines(tmp_path_factory) -> list[dict[str, Any]]:
    """Give the lines as they are written."""
    path = write(tmp_path_factory.mktemp("severnbrook"))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class Shown(NamedTuple):
    """Severnbrook on record: its board, the views, and what the import reported."""

    board: Board
    views: Connection[Any]
    report: Report

    def register(self, as_at: date, known_at: date) -> dict[str, action_register.ActionRow]:
        """Return the register by reference."""
        at = clocks.clocks(self.views, as_at=as_at, known_at=known_at, today=TODAY.date())
        return {row.ref: row for row in action_register.register(self.views, as_at=at.as_at, known_at=at.known_at)}


@pytest.fixture(scope="package")
def shown(postgres, tmp_path_factory) -> Iterator[Shown]:
    """Give Severnbrook, imported through the door by which everybody comes, with its views."""
    folder = tmp_path_factory.mktemp("imported")
    with fresh_database(postgres, folder / "data") as config:
        board = Board(config, keys.create(config, origin=ORIGIN), clock=TODAY.timestamp)
        first = {"name": "R. Vale", "contact": "manager@severnbrook.example"}
        establish(board, Ed25519PrivateKey.generate(), board_name=BOARD, **first, demonstration=True, at=BEGUN)
        everybody = Caller(uuid4(), None, "demonstration", speaks_for_all=True)
        told = [json.loads(line) for line in write(folder).read_text(encoding="utf-8").splitlines()]
        report = tell(board, everybody, told, folder)
        with psycopg.connect(config.conninfo("projector"), autocommit=True) as views:
            catch_up.create_all(views)
            catch_up.catch_up(views, source(config))
            yield Shown(board, views, report)
        board.close()
