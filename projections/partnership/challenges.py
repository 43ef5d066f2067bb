"""The challenge log: who challenged whom about what, and what changed; on any day as known on any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - the schemas of the API read the annotations of rows at run time
from typing import TYPE_CHECKING, Any, ClassVar

from aggregates.partnership.challenge import Answered, Challenge, ChallengeState
from projections.partnership.rows import rows
from projections.two_clocks.timeline import OneRow, as_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection

    from aggregates.entry import Entry


class Challenges(OneRow):
    """Every challenge."""

    table = "challenges"
    kinds = frozenset({"challenge"})
    columns: ClassVar[Mapping[str, str]] = {
        "about": "text",
        "put_to": "text",
        "summary": "text",
        "statement": "text",
        "raised_on": "date",
        "raised_by": "text",
        "concerns": "jsonb",
        "status": "text",
        "answered_on": "date",
        "answered_by": "text",
        "answer": "text",
        "what_changed": "text",
    }

    def fold(self, entries: Sequence[Entry], before: ChallengeState | None = None) -> ChallengeState | None:
        """Take the aggregate's own."""
        return Challenge.fold(entries, before)

    def row(self, it: ChallengeState) -> tuple[Any, ...]:
        """Show all of it."""
        said = (it.about, it.to, it.summary, it.statement, it.raised_on, it.raised_by, as_json(it.concerns), it.status.word)
        if not isinstance(it.status, Answered):
            return (*said, None, None, None, None)
        return (*said, it.status.on, it.status.by_office, it.status.answer, it.status.what_changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChallengeRow:
    """A challenge on a day. `put_to` is who is to answer; `concerns` are the bodies whose it is."""

    ref: str
    about: str
    put_to: str
    summary: str
    statement: str
    raised_on: date
    raised_by: str | None
    concerns: list[str]
    status: str
    answered_on: date | None
    answered_by: str | None
    answer: str | None
    what_changed: str | None


def challenges(conn: Connection[Any], *, as_at: date, known_at: int) -> list[ChallengeRow]:
    """Return the challenges raised by a day, as known at a position, the earliest first."""
    return sorted(rows(conn, ChallengeRow, Challenges, as_at=as_at, known_at=known_at), key=lambda row: row.raised_on)
