"""Whose statements the log takes: the registry that stands beside the entries, as known at a position."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row

if TYPE_CHECKING:
    from datetime import date

    from psycopg import Connection

KEYS = """
    SELECT k.thumbprint, k.holder, k.purpose, k.enrolled_at, x.ended_at, h.occurred_on AS enrolled_on
      FROM ledger.signing_key k
      LEFT JOIN views.inspection_history h ON h.position = k.enrolled_at
      LEFT JOIN ledger.signing_key_end x ON x.thumbprint = k.thumbprint AND x.ended_at <= %(known_at)s
     WHERE k.enrolled_at <= %(known_at)s ORDER BY k.enrolled_at, k.thumbprint"""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key that may sign after the entry that enrolled it, up to the one that ended it; 0 for the key that established the log."""

    thumbprint: str
    holder: str
    purpose: str
    enrolled_at: int
    ended_at: int | None
    enrolled_on: date | None  # whoever held its office on this day uses it; None for the key that established the log


def keys(conn: Connection[Any], *, known_at: int) -> list[KeyRow]:
    """Return every key that was enrolled by a position."""
    with conn.cursor(row_factory=class_row(KeyRow)) as cursor:
        return cursor.execute(KEYS, {"known_at": known_at}).fetchall()
