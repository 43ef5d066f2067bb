"""What somebody has typed of an answer and not recorded yet: kept for their office, so that a lost session loses nothing.

Working data, not history: nothing here is on record, and it is forgotten once it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
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


def spelling(conn: Connection[Any], words: Iterable[str]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Return return, office and what was typed of each draft in which any of these words is, whole or within another."""
    like = ["%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%" for word in words]
    query = "SELECT ref, office, said FROM desk.return_draft WHERE said::text ILIKE ANY (%s) ORDER BY ref, office"
    return conn.execute(query, (like,)).fetchall()


def forget(conn: Connection[Any], ref: str, office: str) -> None:
    """Forget it: it is recorded now."""
    conn.execute("DELETE FROM desk.return_draft WHERE ref = %s AND office = %s", (ref, office))
