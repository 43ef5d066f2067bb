"""How the views of the partnership are read: the rows of a table as at a day, as known at a position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from psycopg import Connection

T = TypeVar("T")


def rows(conn: Connection[Any], row: type[T], projection: Any, *, as_at: date, known_at: int, keys: Sequence[str] | None = None) -> list[T]:
    """Return every row of a projection, or those of some keys, as at a day, as known at a position; `row` has `ref` and the columns."""
    query = SQL("SELECT key AS ref, {} FROM {} WHERE {} AND (%(keys)s::text[] IS NULL OR key = ANY(%(keys)s::text[])) ORDER BY key")
    selected = query.format(SQL(", ").join(map(Identifier, projection.columns)), Identifier("views", projection.table), AT_CLOCKS)
    with conn.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(selected, {"as_at": as_at, "known_at": known_at, "keys": list(keys) if keys else None}).fetchall()
