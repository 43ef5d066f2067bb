"""The events behind what a review's page says: each fact, clock, finding and row leads to the entry that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.review.clocks import rules_of
from api.pages.frame.thing import to_event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from api.pages.frame import Look
    from projections.inspection.history import HistoryEntry
    from projections.reviews import ClockRow, ReviewRow

# What brought about a moment that starts or stops a clock.
BEHIND: Final[Mapping[str, tuple[str, ...]]] = {
    "aware": ("referred", "incident_notified"),
    "notified": ("referred", "external_noted"),
    "decided": ("decided",),
    "initiated": ("decided",),
    "declined": ("decided",),
    "decision_notified": ("decision_notified",),
    "rapid_review_sent": ("rapid_review_sent",),
    "commissioned": ("commissioned",),
    "presented": ("report_presented",),
    "responded": ("board_response_formulated",),
    "published": ("report_published",),
    "closed": ("closed",),
}


class Sources:
    """Finds the entries of one review that stand at the clocks of a page."""

    def __init__(self, seen: Look, entries: Sequence[HistoryEntry]) -> None:
        """Take what was recorded of the review."""
        self._seen = seen
        self._stand = sorted((e for e in entries if not e.retracted_by and not e.amends), key=lambda e: (e.since, e.position))

    def of(self, *names: str, on: date | None = None, **said: Any) -> list[dict[str, Any]]:
        """Return a link to each event of these kinds (`decided`), of a day if one is given, that says this much."""
        return [self._link(entry) for entry in self._named(names, on) if said.items() <= {n: entry.said.get(n) for n in said}.items()]

    def day(self, *names: str) -> date | None:
        """Return the day of the last of these events; None where there is none."""
        return max((entry.since for entry in self._named(names, None)), default=None)

    def last(self, *names: str, on: date | None = None) -> list[dict[str, Any]]:
        """Return a link to the last of these events."""
        return [self._link(entry) for entry in self._named(names, on)[-1:]]

    def each(self, said: Sequence[dict[str, Any]], *names: str) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
        """Return what a page lists with the event that said it: the fold takes each of these events in turn, and so does this.

        Where more is on record than is listed (a pause that paused nothing), each row leads to the events of its day.
        """
        events = self._named(names, None)
        if len(events) == len(said):
            return [(one, [self._link(event)]) for one, event in zip(said, events, strict=True)]
        days = [one.get("on") or one.get("start") for one in said]
        found = [[self._link(event) for event in events if event.since.isoformat() == day] for day in days]
        return list(zip(said, found, strict=True))

    def of_clock(self, row: ReviewRow, clock: ClockRow) -> list[dict[str, Any]]:
        """Return links to what started a clock, and to what stopped it."""
        rule = next(rule for rule in rules_of(row.regime, row.proposed_kind, row.kind) if rule.name == clock.name)
        ends = [(rule.starts_with, clock.started_on), *([(rule.stops_with, clock.stopped_on)] if clock.stopped_on else [])]
        found = [one for moment, day in ends for one in self.last(*BEHIND[moment], on=day) or self.last(*BEHIND[moment])]
        return list({one["text"]: one for one in found}.values())

    def _named(self, names: tuple[str, ...], on: date | None) -> list[HistoryEntry]:
        topics = {f"review.{name}.v1" for name in names}
        return [entry for entry in self._stand if entry.topic in topics and on in (None, entry.since)]

    def _link(self, entry: HistoryEntry) -> dict[str, Any]:
        return to_event(self._seen, entry.position)
