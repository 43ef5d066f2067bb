"""What was told of each obligation in its latest spell; on any day as known on any day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from psycopg.sql import SQL

from aggregates.framework.telling.notices import Obligation, Told
from projections.two_clocks.read_model import AT_CLOCKS
from projections.two_clocks.timeline import OneRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from psycopg import Connection

    from aggregates.entry import Entry

TOLD = SQL("SELECT key, due_on, spell_began_on, reminded_before, escalation_level, told_on FROM views.notices WHERE {}").format(AT_CLOCKS)


class Notices(OneRow):
    """What was told of every instance of which anything was."""

    table = "notices"
    kinds = frozenset({"obligation"})
    columns: ClassVar[Mapping[str, str]] = {
        "due_on": "date",
        "spell_began_on": "date",
        "reminded_before": "integer",
        "escalation_level": "integer",
        "told_on": "date",
    }

    def fold(self, entries: Sequence[Entry], before: Told | None = None) -> Told | None:
        """Take the aggregate's own."""
        return Obligation.fold(entries, before)

    def row(self, it: Told) -> tuple[Any, ...]:
        """Show all of it."""
        return (it.due_on, it.spell_began_on, it.reminded_before, it.escalation_level, it.told_on)


def told(conn: Connection[Any], *, as_at: date, known_at: int) -> dict[str, Told]:
    """Return what was told by a day, as known at a position, by `clause|owner|subject`."""
    rows = conn.execute(TOLD, {"as_at": as_at, "known_at": known_at})
    return {key: Told(*said) for key, *said in rows}
