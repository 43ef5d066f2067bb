"""What a witness remembers, in a SQLite file: the logs that it accepts, what it cosigned, and what contradicts that.

Every checkpoint that was cosigned is kept, so that a second history is known at any size and not at the last one alone. Evidence is two
notes that the log's own key signed and that cannot both be true; nobody needs to believe the witness. What proves nothing is not kept.
"""

from __future__ import annotations

import errno
import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from service.verify import LOG, parse_vkey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE: Final = "memory.db"
MOST_FORKS: Final = 100  # of one log, at one size: a flood of them there leaves the first ones, and those at other sizes
PATIENCE: Final = 5.0  # seconds that one submission waits for another
SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS log (origin TEXT PRIMARY KEY, vkey TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS succeeded (origin TEXT PRIMARY KEY, by TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS cosigned (
        origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (origin, size)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS fork (
        origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, held TEXT NOT NULL, offered TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (origin, size, root)
    ) STRICT, WITHOUT ROWID;"""


class MemoryUnusable(OSError):  # noqa: N818 - a refusal, as everywhere in the product
    """A witness that cannot remember cosigns nothing, and accuses nobody."""

    def __init__(self, file: Path, why: str) -> None:
        """Take the file, and what is the matter with it."""
        super().__init__(errno.EIO, f"what this witness remembers cannot be used ({why}), and nothing is cosigned", str(file))


def origin_of(note: str) -> str:
    """Return the name of the log that a note is of."""
    return note.partition("\n")[0]


class Cosigned(NamedTuple):
    """A checkpoint that was cosigned; `at` is in POSIX seconds."""

    size: int
    root: bytes
    note: str
    at: int


class Fork(NamedTuple):
    """Two histories that one log signed: what was cosigned, and what was offered of another.

    `size` and `root` are of what was offered: a checkpoint of the same size; or one of a larger with its proof, a whole submission, which
    leads to that root, and from another one than was cosigned.
    """

    origin: str
    size: int
    root: bytes
    held: str
    offered: str
    at: int


class Memory:
    """The file; each use of it is a transaction of its own, on a connection that the thread keeps.

    Whenever nobody has the file open, SQLite clears its journal away, which takes longer than all the rest.
    """

    def __init__(self, folder: Path) -> None:
        """Take the witness's folder, and make the file where there is none."""
        self.path, self._threads = folder / FILE, threading.local()
        with self._naming():
            self._connection.executescript(f"PRAGMA journal_mode = WAL;{SCHEMA}")

    def accept(self, vkey: str, succeeds: str | None = None) -> str:
        """Accept a log from now on; return its origin.

        Raise ValueError where this is no log's key, its origin has another, or another name has succeeded it.
        """
        origin, _, kind = parse_vkey(vkey)
        with self.turn() as conn:
            if after := self.successor(conn, origin):
                raise ValueError(f"{origin} was succeeded by {after}, and nothing is cosigned under its name any more")
            conn.execute("INSERT INTO log VALUES (?, ?) ON CONFLICT DO NOTHING", (origin, vkey))
            if kind != LOG or self.logs(conn)[origin] != vkey:
                raise ValueError(f"{vkey} is not a log's key, or {origin} is known by another")
            if succeeds is not None:
                self._succeed(conn, origin, succeeds)
        return origin

    def _succeed(self, conn: sqlite3.Connection, origin: str, before: str) -> None:
        """Hold a log to all that was cosigned under its name before; under that one nothing is cosigned any more."""
        if origin == before or before not in self.logs(conn) or self.cosigned(conn, origin):
            raise ValueError(f"{before} is no log that is witnessed here, or {origin} was cosigned already")
        conn.execute("INSERT INTO cosigned SELECT ?, size, root, note, at FROM cosigned WHERE origin = ?", (origin, before))
        conn.execute("DELETE FROM log WHERE origin = ?", (before,))
        conn.execute("INSERT INTO succeeded VALUES (?, ?)", (before, origin))

    @contextmanager
    def turn(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that nobody else writes beside, and keep what was written there: what is answered afterwards is on disk."""
        with self._naming():
            conn = self._connection
            conn.execute("BEGIN IMMEDIATE")
            with conn:
                yield conn

    @staticmethod
    def logs(conn: sqlite3.Connection) -> dict[str, str]:
        """Return the accepted logs: keys by origin."""
        return dict(conn.execute("SELECT origin, vkey FROM log ORDER BY origin"))

    @staticmethod
    def successor(conn: sqlite3.Connection, origin: str) -> str | None:
        """Return the name under which a log goes on, where it does under another."""
        row = conn.execute("SELECT by FROM succeeded WHERE origin = ?", (origin,)).fetchone()
        return row[0] if row else None

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
    def keep_fork(conn: sqlite3.Connection, new: Fork) -> None:
        """Keep what proves two histories, the first time that it does: two notes under two names are of two keys, and convict neither."""
        if origin_of(new.held) != new.origin:
            return
        found = conn.execute("SELECT count(*) FROM fork WHERE origin = ? AND size = ?", (new.origin, new.size)).fetchone()
        if found < (MOST_FORKS,):
            conn.execute("INSERT INTO fork VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", new)

    @staticmethod
    def forks(conn: sqlite3.Connection) -> list[Fork]:
        """Return all that proves two histories, in the order in which it was found."""
        return [Fork(*row) for row in conn.execute("SELECT origin, size, root, held, offered, at FROM fork ORDER BY at, origin, size")]

    @contextmanager
    def _naming(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise MemoryUnusable(self.path, str(error)) from error

    @property
    def _connection(self) -> sqlite3.Connection:
        """The one of this thread."""
        if not hasattr(self._threads, "connection"):
            opened = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
            opened.execute("PRAGMA synchronous = FULL")  # a cosignature that was given is never forgotten
            self._threads.connection = opened
        found: sqlite3.Connection = self._threads.connection
        return found
