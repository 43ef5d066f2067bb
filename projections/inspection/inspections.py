"""Inspections: for whom the record is open, of which days, until when, and how much of what is restricted they have opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from psycopg.rows import class_row
from psycopg.sql import SQL, Identifier

from aggregates.registry import Inspection, InspectionState
from projections.two_clocks.read_model import AT_CLOCKS
from projections.two_clocks.timeline import OneRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from psycopg import Connection

    from aggregates.entry import Entry


class Inspections(OneRow):
    """The inspection opened last by each office; those before it are in its history."""

    table = "inspections"
    kinds = frozenset({"inspection"})
    columns: ClassVar[Mapping[str, str]] = {
        "body": "text",
        "purpose": "text",
        "agency": "text",
        "covers_from": "date",
        "ceiling": "date",
        "opened_on": "date",
        "expires_on": "date",
        "closed_on": "date",
        "disclosures": "integer",
    }

    def fold(self, entries: Sequence[Entry], before: InspectionState | None = None) -> InspectionState | None:
        """Take the aggregate's own."""
        return Inspection.fold(entries, before)

    def row(self, inspection: InspectionState) -> tuple[Any, ...]:
        """Show all of it, and of what was opened the number."""
        return (*(getattr(inspection, name) for name in self.columns if name != "disclosures"), len(inspection.disclosed))


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionRow:
    """An inspection on a day; `ref` is the office that inspects, `disclosures` how often something restricted was opened."""

    ref: str
    body: str
    purpose: str
    agency: str | None
    covers_from: date
    ceiling: date
    opened_on: date
    expires_on: date
    closed_on: date | None
    disclosures: int


SELECT = SQL("SELECT key AS ref, {} FROM views.inspections WHERE {} ORDER BY opened_on DESC, key").format(
    SQL(", ").join(map(Identifier, Inspections.columns)), AT_CLOCKS
)


def inspections(conn: Connection[Any], *, as_at: date, known_at: int) -> list[InspectionRow]:
    """Return every office's inspection as at a day, as known at a position, the newest first."""
    with conn.cursor(row_factory=class_row(InspectionRow)) as cursor:
        return cursor.execute(SELECT, {"as_at": as_at, "known_at": known_at}).fetchall()
