"""Which references are of one person, on any day as known on any day: before their merging was recorded they are two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.sql import SQL

from aggregates.registry.merging import survivors
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from psycopg import Connection

MERGED = SQL("SELECT key::uuid, merged_into FROM views.people WHERE {} AND merged_into IS NOT NULL").format(AT_CLOCKS)


def merged(conn: Connection[Any], *, as_at: date, known_at: int) -> Mapping[UUID, UUID]:
    """Return each reference that was merged away, with the one that goes on for it."""
    return survivors(dict(conn.execute(MERGED, {"as_at": as_at, "known_at": known_at}).fetchall()))
