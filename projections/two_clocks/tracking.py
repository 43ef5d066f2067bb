"""How far each view has come, and where one of them had to stop.

A view's rows and its position change in one transaction, or neither. A reader takes the position that every view has reached
(`head`) and asks for what was known at it: no later catch-up changes that answer.
"""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import psycopg
from psycopg.rows import class_row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from psycopg import Connection

CHANNEL = "views"  # carries the position that every view has reached
LOOK_EVERY: Final = 1.0  # seconds, whatever was heard


class Halted(NamedTuple):
    """A view, the position of the entry that it cannot apply, and why."""

    projection: str
    position: int
    reason: str
    at: datetime


def create(conn: Connection[Any]) -> None:
    """Create the tables, where they are not there yet."""
    conn.execute("""
        CREATE TABLE IF NOT EXISTS views.tracking (projection text PRIMARY KEY, position bigint NOT NULL, shape text NOT NULL);
        CREATE TABLE IF NOT EXISTS views.halted (projection text PRIMARY KEY, position bigint NOT NULL, reason text NOT NULL,
                                                 at timestamptz NOT NULL DEFAULT now())""")


def begin(conn: Connection[Any], projection: str, shape: str) -> None:
    """Put a view before the first entry, unless it is under way; `shape` says how its table is made."""
    conn.execute("INSERT INTO views.tracking VALUES (%s, 0, %s) ON CONFLICT DO NOTHING", [projection, shape])


def shape_of(conn: Connection[Any], projection: str) -> str | None:
    """Return how a view's table was made; None if it has none."""
    row = conn.execute("SELECT shape FROM views.tracking WHERE projection = %s", [projection]).fetchone()
    return None if row is None else str(row[0])


def reached(conn: Connection[Any], projection: str) -> int:
    """Return a view's position, and keep others from moving it until this transaction ends."""
    row = conn.execute("SELECT position FROM views.tracking WHERE projection = %s FOR UPDATE", [projection]).fetchone()
    if row is None:
        raise LookupError(projection)
    return int(row[0])


def reached_of(conn: Connection[Any], projection: str, source: str) -> tuple[int, int]:
    """Return the same, and the position of the view from which it is built."""
    row = conn.execute(
        """
        SELECT position, (SELECT position FROM views.tracking WHERE projection = %s)
          FROM views.tracking WHERE projection = %s FOR UPDATE""",
        [source, projection],
    ).fetchone()
    if row is None:
        raise LookupError(projection)
    return int(row[0]), int(row[1])


def position_of(conn: Connection[Any], projection: str) -> int:
    """Return a view's position, without holding anybody off."""
    row = conn.execute("SELECT position FROM views.tracking WHERE projection = %s", [projection]).fetchone()
    if row is None:
        raise LookupError(projection)
    return int(row[0])


def advance(conn: Connection[Any], projection: str, position: int, shape: str | None = None) -> None:
    """Move a view's position, and say how its table is made now where that changed."""
    conn.execute(
        "UPDATE views.tracking SET position = %s, shape = coalesce(%s, shape) WHERE projection = %s",
        [position, shape, projection],
    )


def pass_over(conn: Connection[Any], projections: Sequence[str], done: int, position: int) -> set[str]:
    """Move views that have nothing to do with the entries after `done`, and return those that were there to be moved."""
    moved = conn.execute(
        "UPDATE views.tracking SET position = %s WHERE projection = ANY(%s) AND position = %s RETURNING projection",
        [position, list(projections), done],
    )
    return {name for (name,) in moved}


def head(conn: Connection[Any]) -> int:
    """Return the position that every view has reached: the newest at which a reader may ask."""
    row = conn.execute("SELECT coalesce(min(position), 0) FROM views.tracking").fetchone()
    return int(row[0]) if row else 0


def announce(conn: Connection[Any], position: int) -> None:
    """Wake whoever waits for the views to reach a position, and forget that any view was halted."""
    conn.execute("WITH passed AS (DELETE FROM views.halted) SELECT pg_notify(%s, %s)", [CHANNEL, str(position)])


def halt(conn: Connection[Any], projection: str, position: int, reason: str) -> None:
    """Put on show that a view cannot apply an entry."""
    conn.execute(
        """
        INSERT INTO views.halted (projection, position, reason) VALUES (%s, %s, %s)
        ON CONFLICT (projection) DO UPDATE SET position = EXCLUDED.position, reason = EXCLUDED.reason, at = EXCLUDED.at""",
        [projection, position, reason],
    )


def halted(conn: Connection[Any]) -> list[Halted]:
    """Return the views that had to stop, for the page that shows the service's health."""
    with conn.cursor(row_factory=class_row(Halted)) as cursor:
        return cursor.execute("SELECT projection, position, reason, at FROM views.halted ORDER BY projection").fetchall()


class Shown:
    """How far the views are, as one connection hears it for all who wait for them in a process.

    Each of them listening for itself would cost every act five statements. The connection is the reader's, in autocommit.
    """

    def __init__(self, connect: Callable[[], Connection[Any]]) -> None:
        """Take what connects; nothing is connected before somebody waits."""
        self._connect, self._moved, self._ended = connect, threading.Condition(), threading.Event()
        self._reached, self._listening = 0, False

    def wait(self, position: int, timeout: float) -> bool:
        """Wait until it is heard that every view has reached a position; say whether it was within `timeout` seconds."""
        with self._moved:
            if timeout > 0 and not self._listening:
                self._listening = True
                threading.Thread(target=self._listen, name="views", daemon=True).start()
            return self._moved.wait_for(lambda: self._reached >= position, timeout)

    def close(self) -> None:
        """Let go of the connection, a moment later."""
        self._ended.set()

    def _listen(self) -> None:
        while not self._ended.is_set():
            try:
                with closing(self._connect()) as conn:
                    conn.execute(f"LISTEN {CHANNEL}")
                    while not self._ended.is_set():
                        self._reach(head(conn))
                        for notice in conn.notifies(timeout=LOOK_EVERY):
                            self._reach(int(notice.payload))
            except psycopg.Error:
                self._ended.wait(LOOK_EVERY)

    def _reach(self, position: int) -> None:
        with self._moved:
            self._reached = position
            self._moved.notify_all()
