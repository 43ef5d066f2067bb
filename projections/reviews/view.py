"""The table of reviews: all that a review is on a day, but for what is restricted.

What depends on the day for which one asks is never stored: the clocks are computed from a review's moments. Persons are only pointers;
affiliations and what a family said are not here. The actions that came of a review are in the register, and are asked for there.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar

from aggregates.review import Review, ReviewState, blockers
from projections.two_clocks.timeline import OneRow, as_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aggregates.entry import Entry

DAYS = {
    "notified_on": "date",
    "decided_on": "date",
    "commissioned_on": "date",
    "presented_on": "date",
    "responded_on": "date",
    "published_on": "date",
    "extended_to": "date",
}
# What a line of the tracker shows, and what only the page of one review does.
SHORT = {
    "title": "text",
    "kind": "text",
    "proposed_kind": "text",
    "regime": "text",
    "referring_agency": "text",
    "status": "text",
    "ended": "boolean",
    **DAYS,
    "running": "jsonb",  # what clocks and blockers are found from: one value, because reading JSON is most of the time of a tracker
}
LONG = dict.fromkeys(
    (
        "source", "recommendation", "decisions", "notices", "advice", "commission", "organisations", "team", "lead", "information",
        "practitioners", "family", "feedback", "processes", "findings", "recommendations", "report", "publication", "deferral", "training",
        "impacts",
    ),
    "jsonb",
)  # fmt: skip


class Reviews(OneRow):
    """Every review."""

    table = "reviews"
    kinds = frozenset({"review"})
    columns: ClassVar[Mapping[str, str]] = SHORT | LONG

    def fold(self, entries: Sequence[Entry], before: ReviewState | None = None) -> ReviewState | None:
        """Take the aggregate's own."""
        return Review.fold(entries, before)

    def row(self, review: ReviewState) -> tuple[Any, ...]:
        """Show all of it that is not restricted."""
        said = {name: getattr(review, name) for name in ("title", "kind", "proposed_kind", "regime", "referring_agency", "ended")}
        days = {name: review.days.get(name.removesuffix("_on")) for name in DAYS} | {"extended_to": review.extended_to}
        own, concerns = plain(blockers.of_the_review(review)), plain(blockers.concerns_of(review))
        running = {"moments": review.moments, "pauses": plain(review.pauses), "blockers": own, "concerns": [] if review.ended else concerns}
        shown = said | {"status": review.status.word} | days | {"running": running} | _long(review)
        return tuple(as_json(shown[name]) if kind == "jsonb" else shown[name] for name, kind in self.columns.items())


def _long(review: ReviewState) -> dict[str, Any]:
    several = ("decisions", "notices", "team", "information", "processes", "recommendations", "impacts")
    one = ("source", "recommendation", "commission", "report", "publication", "deferral", "training", "practitioners")
    shown: dict[str, Any] = {name: plain(getattr(review, name)) for name in several}
    shown |= {name: None if (value := getattr(review, name)) is None else asdict(value) for name in one}
    shown["advice"] = [{"body": advice.body, "on": advice.on, "summary": advice.summary} for advice in review.advice]
    shown["organisations"], shown["feedback"] = review.organisations, review.feedback
    shown["family"] = [{"on": contact.on, "outcome": contact.outcome} for contact in review.family]
    answers = {answer.number: asdict(answer) for answer in review.answer.responses} if review.answer else {}
    unanswered = {"response": None, "reason": None, "intended_actions": None}
    shown["findings"] = [asdict(finding) | unanswered | answers.get(finding.number, {}) for finding in review.findings]
    shown["lead"] = _lead(review)
    return shown


def _lead(review: ReviewState) -> dict[str, Any] | None:
    """Show who leads as a pointer, and whether they are independent; what ties them is restricted."""
    if (lead := review.lead) is None:
        return None
    said = {name: getattr(lead, name) for name in ("appointed_on", "declaration_sha256", "look_back_years", "breached_on")}
    independent = lead.breached_on is None and not review.conflicts
    return {**said, "reviewer": lead.reviewer.subject, "conflicts": review.conflicts, "independent": independent}


def plain(values: Sequence[Any]) -> list[dict[str, Any]]:
    """Return dataclasses as JSON takes them."""
    return [{name: getattr(value, name) for name in value.__slots__} for value in values]
