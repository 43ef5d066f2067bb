"""What somebody has typed of an answer and not recorded yet: kept for their office, so that a lost session loses nothing.

Working data, not history: nothing here is on record, and it is forgotten once it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.rows import tuple_row

from aggregates.entry.values import says
from aggregates.review.names import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from psycopg import Connection

SAVE = """
    INSERT INTO desk.return_draft (ref, office, said, saved_at) VALUES (%s, %s, %s, %s)
        ON CONFLICT (ref, office) DO UPDATE SET said = excluded.said, saved_at = excluded.saved_at"""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, by the name of its field, and when it was kept."""

    said: Mapping[str, Any]
    saved_at: datetime


def save(conn: Connection[Any], ref: str, office: str, said: Mapping[str, Any], *, now: datetime) -> None:
    """Keep what was typed in an office about a return, in the place of what was kept before."""
    conn.execute(SAVE, (ref, office, json.dumps(said), now))


def find(conn: Connection[Any], ref: str, office: str) -> Draft | None:
    """Return what was kept, or None."""
    row = conn.execute("SELECT said, saved_at FROM desk.return_draft WHERE ref = %s AND office = %s", (ref, office)).fetchone()
    return Draft(*row) if row else None


def of_office(conn: Connection[Any], office: str) -> dict[str, datetime]:
    """Return of which returns something is kept for an office, and since when."""
    return dict(conn.execute("SELECT ref, saved_at FROM desk.return_draft WHERE office = %s ORDER BY saved_at DESC", (office,)).fetchall())


def every(conn: Connection[Any]) -> list[tuple[str, str, Mapping[str, Any], datetime]]:
    """Return return, office, what was typed and when it was kept, of each draft."""
    query = "SELECT ref, office, said, saved_at FROM desk.return_draft ORDER BY ref, office"
    return conn.cursor(row_factory=tuple_row).execute(query).fetchall()


def take_out(conn: Connection[Any], goes: Callable[[Any], bool]) -> None:
    """Take out of every draft each text of which this says that it goes; one of which nothing is left is forgotten.

    What somebody types meanwhile waits for it, and is not lost.
    """
    rows = conn.cursor(row_factory=tuple_row).execute("SELECT ref, office, said FROM desk.return_draft FOR UPDATE").fetchall()
    for ref, office, said in rows:
        if (left := _without(said, goes)) == said:
            continue
        if any(map(says, texts(left))):
            conn.execute("UPDATE desk.return_draft SET said = %s WHERE ref = %s AND office = %s", (json.dumps(left), ref, office))
        else:
            forget(conn, ref, office)


def _without(said: Any, goes: Callable[[Any], bool]) -> Any:
    if isinstance(said, str):
        return "" if goes(said) else said
    if isinstance(said, list):
        return [_without(one, goes) for one in said]
    return {name: _without(one, goes) for name, one in said.items()} if isinstance(said, dict) else said


def forget(conn: Connection[Any], ref: str, office: str) -> None:
    """Forget it: it is recorded now."""
    conn.execute("DELETE FROM desk.return_draft WHERE ref = %s AND office = %s", (ref, office))
