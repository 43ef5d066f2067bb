"""Something that is due today and that the service does by itself: whatever the cause, it is listed and done in the same way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from projections.falling_due import Seats
from projections.partnership import offices

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from psycopg import Connection

    from service.application import Board


@dataclass(frozen=True, kw_only=True)
class Pending:
    """One thing to do. `issue` does it once, and is refused where it is not, or not any more, what is due.

    `to_office` is None where nobody holds an office that could be told: then it waits.
    """

    ref: str
    owner: str
    due_on: date | None
    notice: str
    to_office: str | None
    vacant_offices: tuple[str, ...] = ()
    served_late_days: int = 0
    issue: Callable[[Board], object]


@dataclass(frozen=True)
class Look:
    """A look at what is due on a day, as known at a position."""

    conn: Connection[Any]
    board: Board
    today: date
    known_at: int

    @cached_property
    def seats(self) -> Seats:
        """Who holds which office."""
        return Seats(offices(self.conn, as_at=self.today, known_at=self.known_at), self.today)
