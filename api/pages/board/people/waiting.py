"""What waits for the data protection officer: requests with the day by which each is answered, and what is due by the schedule."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from aggregates.registry.subject_state import answer_due
from api.pages.board.people import said
from api.pages.board.people.retention import PATH, falling_due
from api.pages.frame.entries import short
from api.pages.obligations.summary import Duty
from api.worker import worker
from projections import people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.pages.frame import Look


def duties(seen: Look) -> Iterator[Duty]:
    """Give what people have asked for and are still to be answered. LAW UK GDPR Article 12(3)."""
    for row in people.people(seen.on.conn, **seen.on.at):
        asked = [("Decide the request to erase", one) for one in row.erasures if one["decided_on"] is None and one["withdrawn_on"] is None]
        asked += [("Answer the request for access", one) for one in row.access_requests if one["answered_on"] is None]
        for duty, one in asked:
            on = said.day(one["on"])
            yield Duty(short(row.ref), answer_due(on), on, partial(_laid_out, duty, one["reference"], f"/subjects/{row.ref}"))


def _laid_out(duty: str, title: str, href: str) -> dict[str, Any]:
    words = "without undue delay and in any event within one month of receipt of the request"
    return {
        "duty": duty,
        "title": title,
        "ref_href": href,
        "href": href,
        "original_due_on": None,
        "basis": "statutory",
        "words": words,
        "clause": "UK GDPR Article 12(3)",
    }


def tasks(seen: Look) -> Iterator[dict[str, str | None]]:
    """Give what the officer is to look at besides: first the texts of which somebody waits to hear whether they may be recorded."""
    if held := len(worker().board.held.waiting()):
        text = f"{held} {'text looks' if held == 1 else 'texts look'} as if somebody were identified: you say whether it is so"
        yield {"title": "Texts that wait for you", "text": text, "href": "/data-protection#held"}
    if due := len(falling_due(seen)):
        people_ = f"{due} {'person' if due == 1 else 'people'}"
        yield {"title": "Retention", "text": f"What is kept of {people_} is due, or will be in three months: you decide", "href": PATH}
