"""What stops a review closing (INV-05), each with its rule and its words: of the review itself, and of the actions that came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregates.action import state as actions
from aggregates.authority import BOARD
from aggregates.clocks.dates import later
from aggregates.review import state as s
from aggregates.review.parts import DEFERRAL_MONTHS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class Blocker:
    """One thing that is missing. It stops the review closing from `from_on`, or all the time."""

    code: str
    rule: str
    text: str
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class Concern:
    """A finding that the Board accepted as a concern: something has to be promised for it.

    INV-05 asks an action of every accepted finding. Accepted good practice is left out, because it asks for no improvement: an action
    would have to be invented for it, and its owner reminded of what is done already.
    """

    number: str
    multi_agency: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """As much of an action as matters here: whose it is, for which finding, and whether it has ended."""

    ref: str
    finding: str
    owner: str
    ended: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an action stands, in its word, and which other took its place, if any did."""

    word: str
    superseded_by: str | None


def ended(now: Standing | None, standing: Callable[[str], Standing | None]) -> bool:
    """Say whether an action is closed or withdrawn; one that was superseded is so when what took its place is.

    `standing` says where another stands, None where there is none. What is outstanding was not done, and a circle ends nowhere.
    """
    met: set[str] = set()
    while now is not None and now.superseded_by is not None and now.superseded_by not in met:
        met.add(now.superseded_by)
        now = standing(now.superseded_by)
    return now is not None and now.word in {actions.Closed.word, actions.Withdrawn.word}


def of_the_review(now: s.ReviewState) -> tuple[Blocker, ...]:
    """Return what is missing in the review itself; nothing where it has ended."""
    return () if now.ended else tuple(_missing(now))


def concerns_of(now: s.ReviewState) -> tuple[Concern, ...]:
    """Return the concerns for which actions are owed."""
    accepted = {response.number for response in now.answer.responses if response.response == "accepted"} if now.answer else set()
    concerns = (finding for finding in now.findings if finding.polarity == "concern" and finding.number in accepted)
    return tuple(Concern(finding.number, finding.scope == "multi-agency") for finding in concerns)


def of_its_actions(concerns: Sequence[Concern], promises: Collection[Promise], agencies: Collection[str] = ()) -> tuple[Blocker, ...]:
    """Return what is missing in the actions. Whoever is none of the `agencies` is a sub-group or the Board (INV-07)."""
    return tuple(_promised(concerns, promises, agencies))


def on(day: date, blockers: Sequence[Blocker]) -> tuple[Blocker, ...]:
    """Return those that stand on a day."""
    return tuple(blocker for blocker in blockers if blocker.from_on is None or day >= blocker.from_on)


def _missing(now: s.ReviewState) -> Iterator[Blocker]:
    if isinstance(now.status, s.Noted):
        yield Blocker("relevance-undecided", "", "nobody has decided whether it is relevant here")
        return
    if now.source is None and now.decision is None and not now.findings:
        yield Blocker("undecided", "INV-02", "the chair has not decided whether to conduct it")
        return
    if now.conflicts:
        yield Blocker("breach-not-recorded", "INV-01", f"the lead reviewer is not independent of {', '.join(now.conflicts)}")
    if now.answer is None:
        yield Blocker("no-response", "INV-04", "the Board has not responded to its findings")
    elif now.unanswered:
        yield Blocker("findings-unanswered", "INV-04", f"the Board's response says nothing of {', '.join(now.unanswered)}")
    if now.publishes:
        yield from _unconducted(now)
        yield from _unpublished(now)
        if not any(contact.settles for contact in now.family):
            yield Blocker("family-not-invited", "INV-05", "no invitation of the family is on record, nor why there was none")
        if now.training.unanswered:
            words = ", ".join(now.training.unanswered)
            yield Blocker("training-unanswered", "INV-05", f"of the implications for training these are not answered: {words}")


def _unconducted(now: s.ReviewState) -> Iterator[Blocker]:
    """Find what a review that nobody conducted would lack: somebody who led it, something that was found, and a report of it."""
    if now.lead is None:
        yield Blocker("no-lead-reviewer", "INV-01", "nobody independent led it")
    if not now.findings:
        yield Blocker("no-findings", "INV-05", "nothing was found")
    if now.report is None:
        yield Blocker("no-report", "INV-05", "no report was presented")


def _unpublished(now: s.ReviewState) -> Iterator[Blocker]:
    if now.published is not None:
        if now.published.response_sha256 is None:
            yield Blocker("response-not-published", "INV-05", "the Board's response is not published")
        return
    if now.deferral is None:
        yield Blocker("not-published", "INV-05", "neither are report and response published, nor is publication deferred")
        return
    until = min(now.deferral.review_by, later(now.deferral.on, months=DEFERRAL_MONTHS))
    words = f"publication was deferred on {_words(now.deferral.on)}, and that was to be looked at again by {_words(until)}"
    yield Blocker("deferral-not-reviewed", "INV-05", words, from_on=_next(until))


def _promised(concerns: Sequence[Concern], promises: Collection[Promise], agencies: Collection[str]) -> Iterator[Blocker]:
    """Find what is promised by nobody, or not kept yet."""
    promised = {promise.finding for promise in promises}
    if without := [concern.number for concern in concerns if concern.number not in promised]:
        yield Blocker("finding-without-action", "INV-05", f"no action answers {', '.join(without)}")
    for concern in concerns:
        owners = {promise.owner for promise in promises if promise.finding == concern.number}
        if concern.multi_agency and owners and all(owner in agencies and owner != BOARD for owner in owners):
            words = f"{concern.number} concerns several agencies, and none of its actions is the Board's or a sub-group's"
            yield Blocker("no-board-action", "INV-07", words)
    if still := sorted(p.ref for p in promises if not p.ended):
        yield Blocker("actions-open", "INV-05", f"not closed or withdrawn: {', '.join(still)}")


def _next(day: date) -> date:
    return day.fromordinal(day.toordinal() + 1)


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
