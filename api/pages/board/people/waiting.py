"""What waits for the data protection officer: requests with the day by which each is answered, and what is due by the schedule."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

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

# What is owed to people, in the words of the law, and where they stand.
ANSWERED: Final = ("without undue delay and in any event within one month of receipt of the request", "UK GDPR Article 12(3)")
ERASED: Final = ("the controller shall have the obligation to erase personal data without undue delay", "UK GDPR Article 17(1)")
NO_LONGER: Final = ("for no longer than is necessary for the purposes for which the personal data are processed", "UK GDPR Article 5(1)(e)")


def duties(seen: Look) -> Iterator[Duty]:
    """Give what people have asked for and are still to be answered, what is to be erased by a decision and is not yet, and what is due."""
    into = people.merged(seen.on.conn, **seen.on.at)
    for row in people.people(seen.on.conn, **seen.on.at):
        page = f"/subjects/{into.get(UUID(row.ref), row.ref)}"  # what was asked under a reference that was merged is seen to there
        asked = [] if row.erased_on else [("Decide the request to erase", one) for one in row.erasures if said.waits(one)]
        asked += [("Answer the request for access", one) for one in row.access_requests if one["answered_on"] is None]
        for duty, one in asked:
            on = said.day(one["on"])
            yield Duty(short(row.ref), answer_due(on), on, partial(_laid_out, duty, one["reference"], page, page, ANSWERED))
        if (owed := row.granted) and not row.merged_into:
            title, law = (owed["reference"], ERASED) if owed["reference"] else ("it was due", NO_LONGER)
            due_on, lay_out = owed["due_on"], partial(_laid_out, "Erase what is kept", title, page, f"{page}/erase_personal_data", law)
            yield Duty(short(row.ref), said.day(due_on) if due_on else None, said.day(owed["on"]), lay_out)
    yield from _by_the_schedule(seen)


def _by_the_schedule(seen: Look) -> Iterator[Duty]:
    """Give all that is due by the retention schedule, or soon will be, as one duty, by the first day of it: there can be hundreds."""
    if days := [one.due_on for one in falling_due(seen) if one.due_on and one.person.granted is None]:
        now = sum(day <= seen.clocks.as_at for day in days)
        counts = [(now, "today"), (len(days) - now, "within three months")]
        due = " and ".join(f"of {number:,} {'person' if number == 1 else 'people'} {when}" for number, when in counts if number)
        yield Duty(
            "Retention", days[0], days[0], partial(_laid_out, "Keep on, or have erased", f"what is due {due}", PATH, PATH, NO_LONGER)
        )


def _laid_out(duty: str, title: str, page: str, href: str, law: tuple[str, str]) -> dict[str, Any]:
    words, clause = law
    shown = {"duty": duty, "title": title, "ref_href": page, "href": href, "original_due_on": None}
    return shown | {"basis": "statutory", "words": words, "clause": clause}


def tasks() -> Iterator[dict[str, str | None]]:
    """Give what the officer is to look at besides: the texts of which somebody waits to hear whether they may be recorded."""
    if held := len(worker().board.held.waiting()):
        text = f"{held} {'text looks' if held == 1 else 'texts look'} as if somebody were identified: you say whether it is so"
        yield {"title": "Texts that wait for you", "text": text, "href": "/data-protection#held"}
