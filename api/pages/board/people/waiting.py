"""What waits for the data protection officer: requests with the day by which each is answered, and what is due by the schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregates.registry.protection import answer_due
from api.pages.board.people import said
from api.pages.board.people.retention import PATH, falling_due
from api.pages.frame.words import written
from projections import people

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from api.pages.frame import Look


def tasks(seen: Look) -> Iterator[dict[str, str | None]]:
    """Give each, what is to be answered first before the others."""
    waiting = []
    for row in people.people(seen.on.conn, **seen.on.at):
        asked = [("Decide the request to erase", one) for one in row.erasures if one["decided_on"] is None and one["withdrawn_on"] is None]
        asked += [("Answer the request for access", one) for one in row.access_requests if one["answered_on"] is None]
        waiting += [(answer_due(said.day(one["on"])), f"{what} {one['reference']}", f"/subjects/{row.ref}") for what, one in asked]
    for due_on, title, href in sorted(waiting):
        yield {"title": title, "text": _by(due_on, seen.clocks.as_at), "href": href}
    if due := len(falling_due(seen)):
        people_ = f"{due} {'person' if due == 1 else 'people'}"
        yield {"title": "Retention", "text": f"What is kept of {people_} is due, or will be in three months: you decide", "href": PATH}


def _by(due_on: date, today: date) -> str:
    """Return by when somebody is to be answered. LAW UK GDPR Article 12(3)."""
    late = f": {(today - due_on).days} days late" if due_on < today else ""
    return f"By {written(due_on)}, within one month{late}"
