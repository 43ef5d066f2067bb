"""What stands where a person's values are not opened: erased, or restricted and not for the purpose of whoever reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aggregates.entry.values import erased_on
from api.worker import worker
from projections.people import protected
from service.commands import OFFICER

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from psycopg import Connection

OWN = "their own"  # what somebody is told of themselves is never restricted


@dataclass(frozen=True, slots=True)
class Closed:
    """What is personal of somebody is not opened: it was erased on a day, or may not be opened for this purpose."""

    erased_on: date | None = None

    def __str__(self) -> str:
        """Return what stands in its place."""
        return erased_on(self.erased_on) if self.erased_on else "[restricted]"


def closed(conn: Connection[Any], people: Collection[UUID], *, purpose: str | None) -> dict[UUID, Closed]:
    """Return, of these people, those whose values are not opened."""
    merged = worker().board.merged()
    last = {one: merged.get(one, one) for one in people}
    found = protected(conn, [*{*last, *last.values()}], today=worker().today)
    told: dict[UUID, Closed] = {}
    for one, survivor in last.items():
        for row in (found.get(one), found.get(survivor)):
            if row and row.erased_on:
                told[one] = Closed(row.erased_on)
            elif row and purpose not in {OFFICER, OWN, *row.open_for}:
                told.setdefault(one, Closed())
    return told
