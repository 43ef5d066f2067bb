"""What a witness remembers, in a SQLite file: the logs that it accepts, what it cosigned, and what contradicts that.

Every checkpoint that was cosigned is kept, so that a second history is known at any size and not at the last one alone. Evidence is two
notes that the log's own key signed; nobody needs to believe the witness.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from service.verify import LOG, parse_vkey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE: Final = "memory.db"
MOST_EVIDENCE: Final = 10_000  # of one log: by then everybody knows
PATIENCE: Final = 5.0  # seconds that one submission waits for another
SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS log (origin TEXT PRIMARY KEY, vkey TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS cosigned (
        origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (origin, size)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS evidence (
        origin TEXT NOT NULL, held TEXT NOT NULL, offered TEXT NOT NULL, conclusive INTEGER NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (held, offered)
    ) STRICT, WITHOUT ROWID;"""


class Cosigned(NamedTuple):
    """A checkpoint that was cosigned; `at` is in POSIX seconds."""

    size: int
    root: bytes
    note: str
    at: int


class Evidence(NamedTuple):
    """Two notes by one log: what was cosigned, and what contradicts it. `conclusive`: of one size, and with two roots."""

    origin: str
    held: str
    offered: str
    conclusive: bool
    at: int


class Memory:
    """The file; each use of it is a transaction of its own, on a connection that the thread keeps.

    Whenever nobody has the file open, SQLite clears its journal away, which takes longer than all the rest.
    """

    def __init__(self, folder: Path) -> None:
        """Take the witness's folder, and make the file where there is none."""
        self.path, self._threads = folder / FILE, threading.local()
        self._connection.executescript(f"PRAGMA journal_mode = WAL;{SCHEMA}")

    def accept(self, vkey: str) -> str:
        """Accept a log from now on; return its origin. Raise ValueError where this is no log's key, or its origin has another."""
        origin, _, kind = parse_vkey(vkey)
        with self.turn() as conn:
            conn.execute("INSERT INTO log VALUES (?, ?) ON CONFLICT DO NOTHING", (origin, vkey))
            if kind != LOG or self.logs(conn)[origin] != vkey:
                raise ValueError(f"{vkey} is not a log's key, or {origin} is known by another")
        return origin

    @contextmanager
    def turn(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that nobody else writes beside, and keep what was written there: what is answered afterwards is on disk."""
        conn = self._connection
        conn.execute("BEGIN IMMEDIATE")
        with conn:
            yield conn

    @staticmethod
    def logs(conn: sqlite3.Connection) -> dict[str, str]:
        """Return the accepted logs: keys by origin."""
        return dict(conn.execute("SELECT origin, vkey FROM log ORDER BY origin"))

    @staticmethod
    def cosigned(conn: sqlite3.Connection, origin: str, size: int | None = None) -> Cosigned | None:
        """Return what was cosigned of a log at a size, the last by default."""
        found = "SELECT size, root, note, at FROM cosigned WHERE origin = ? AND coalesce(size = ?, true) ORDER BY size DESC LIMIT 1"
        row = conn.execute(found, (origin, size)).fetchone()
        return Cosigned(*row) if row else None

    @staticmethod
    def keep(conn: sqlite3.Connection, origin: str, new: Cosigned) -> None:
        """Remember what is about to be cosigned; of one size the note stays that was cosigned first."""
        conn.execute(
            "INSERT INTO cosigned VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin, size) DO UPDATE SET at = excluded.at", (origin, *new)
        )

    @staticmethod
    def keep_evidence(conn: sqlite3.Connection, new: Evidence) -> None:
        """Keep evidence, once."""
        (number,) = conn.execute("SELECT count(*) FROM evidence WHERE origin = ?", (new.origin,)).fetchone()
        if number < MOST_EVIDENCE:
            conn.execute("INSERT INTO evidence VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", new)

    @staticmethod
    def evidence(conn: sqlite3.Connection) -> list[Evidence]:
        """Return all evidence, in the order in which it was found."""
        rows = conn.execute("SELECT origin, held, offered, conclusive, at FROM evidence ORDER BY at, origin")
        return [Evidence(origin, held, offered, bool(conclusive), at) for origin, held, offered, conclusive, at in rows]

    @property
    def _connection(self) -> sqlite3.Connection:
        """The one of this thread."""
        if not hasattr(self._threads, "connection"):
            self._threads.connection = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
            self._threads.connection.execute("PRAGMA synchronous = FULL")  # a cosignature that was given is never forgotten
        found: sqlite3.Connection = self._threads.connection
        return found
