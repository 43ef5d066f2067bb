"""What one worker process holds: the board, open for writing, and the connections of those who read and of the front desk.

All of it is opened at the first use in the process that uses it (opened before a fork, its sockets would be shared) and closed
when the process ends.
"""

from __future__ import annotations

import atexit
import os
import select
import threading
import time
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
from flask import current_app
from psycopg import Connection
from psycopg_pool import ConnectionPool

from aggregates.clocks.dates import LONDON, london
from projections.two_clocks import tracking
from service.application import Board
from service.ledger import keys
from service.ledger.sealed import custody, outside

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from service.config import Config

Pool = ConnectionPool[Connection[Any]]
MOST_CONNECTIONS = 16  # of each kind, in one process: as many as it has threads
PATIENCE = 5.0  # seconds for which a request waits for a connection


class Worker:
    """The board and the connections of this process."""

    def __init__(self, config: Config, board: Callable[[Config], Board]) -> None:
        """Take the settings, and what opens the board."""
        self.config = config
        self._open_board = board
        self._lock = threading.Lock()
        self._process: int | None = None
        self._board: Board | None = None
        self._pools: dict[str, Pool] = {}
        self._shown: tracking.Shown | None = None

    @property
    def board(self) -> Board:
        """Return the board, opened at the first use."""
        with self._lock:
            self._ours()
            if self._board is None:
                self._board = self._open_board(self.config)
            return self._board

    def reader(self) -> AbstractContextManager[Connection[Any]]:
        """Give a connection that reads the views and the log; each statement is its own transaction."""
        return self._pool("reader").connection()

    def desk(self) -> AbstractContextManager[Connection[Any]]:
        """Give a connection for accounts and sessions; each statement is its own transaction, so a counted attempt stays counted."""
        return self._pool("writer").connection()

    def shown(self, position: int, timeout: float) -> bool:
        """Wait until every view shows a position; say whether it came within `timeout` seconds."""
        with self._lock:
            self._ours()
            if self._shown is None:
                self._shown = tracking.Shown(partial(psycopg.connect, self.config.conninfo("reader"), autocommit=True))
            shown = self._shown
        if shown.wait(position, timeout):
            return True
        with self.reader() as conn:  # whatever kept it from being heard
            try:
                return tracking.head(conn) >= position
            except psycopg.errors.UndefinedTable:  # nobody has kept the views yet
                return False

    @property
    def today(self) -> date:
        """Return the day that the board's clock shows, in London."""
        return london(self.board.clock())

    def told(self, moment: datetime) -> datetime:
        """Return a moment of the machine's clock, in London, as the board's own clock tells it: a demonstration has a time of its own."""
        return (moment + timedelta(seconds=round(self.board.clock() - time.time()))).astimezone(LONDON)

    def close(self) -> None:
        """Close whatever is open, in the process that opened it."""
        with self._lock:
            if self._process != os.getpid():
                return
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()
            if self._shown is not None:
                self._shown.close()
                self._shown = None
            if self._board is not None:
                self._board.close()
                self._board = None

    def _pool(self, role: str) -> Pool:
        with self._lock:
            self._ours()
            if role not in self._pools:
                conninfo = self.config.conninfo("reader" if role == "reader" else "writer")
                self._pools[role] = ConnectionPool(
                    conninfo,
                    min_size=1,
                    max_size=MOST_CONNECTIONS,
                    timeout=PATIENCE,
                    open=True,
                    check=_check,
                    kwargs={"autocommit": True, "connect_timeout": int(PATIENCE)},
                )
            return self._pools[role]

    def _ours(self) -> None:
        """Forget what was opened before a fork: its sockets are the parent's."""
        if self._process != os.getpid():
            self._board, self._pools, self._shown, self._process = None, {}, None, os.getpid()
            atexit.register(self.close)


def _check(conn: Connection[Any]) -> None:
    """Ask the server only where something came in since: a connection that was closed says so, and costs no round trip until then."""
    socket = select.poll()
    socket.register(conn.fileno(), select.POLLIN)
    if socket.poll(0):
        ConnectionPool.check_connection(conn)


def open_board(config: Config) -> Board:
    """Open the board with the keys of its data directory; refuse one in which somebody is back who was erased, or that they do not open."""
    outside.check(config)
    custody.check_opens(config)
    return Board(config, keys.load(config), clock=config.clock())


def worker() -> Worker:
    """Return what this process holds."""
    found: Worker = current_app.extensions["muniment"]
    return found
