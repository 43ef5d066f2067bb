"""The record as the public may have it: what stands as known at a position, of what had happened by a day, in its public fields alone."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from aggregates.action import Action
from aggregates.authority import BOARD
from aggregates.clocks.labels import meant
from aggregates.clocks.regimes import regime
from aggregates.dissemination import Dissemination
from aggregates.entry import Recorded, standing
from aggregates.partnership import Agency, Course, Partnership, Priorities, SubGroup
from aggregates.partnership.challenge import Challenge
from aggregates.registry import Ledger
from aggregates.returns import Return
from aggregates.returns.report.public import OnLog, public
from aggregates.review import Review
from aggregates.training_session import TrainingSession

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from aggregates.action.state import State
    from aggregates.clocks.regimes import Regime
    from aggregates.entry import Entry

# What a report is made of. Nothing in it is about one person alone: whoever attends or answers is counted where their session is.
READ: Final[tuple[Any, ...]] = (
    Ledger.Established, Partnership.Established, Partnership.RegimeChanged,
    Agency.AgencyJoined, Agency.AgencyRenamed, SubGroup.SubGroupConstituted,
    Action.Assigned, Action.Accepted, Action.Disputed, Action.Reassigned, Action.DueDateVaried, Action.ProgressReported,
    Action.EvidenceSubmitted,
    Action.EvidenceReturned, Action.Implemented, Action.SignedOff, Action.SustainmentCheckScheduled, Action.SustainmentChecked,
    Action.Reopened, Action.ObligationTransferred, Action.ObligationTransferAccepted, Action.ObligationTransferRefused,
    Action.OutstandingDeclared, Action.Closed, Action.Withdrawn, Action.Superseded,
    Review.Referred, Review.ExternalNoted, Review.ExternalRelevanceDecided, Review.Decided, Review.Commissioned, Review.ReportPresented,
    Review.BoardResponseFormulated, Review.ReportPublished, Review.ReportWithdrawn, Review.ImpactEvaluated, Review.Closed,
    Review.Reopened,
    Return.Requested, Return.Submitted, Return.Waived, Return.SectionExplained, Return.Published,
    Dissemination.MaterialProduced, Dissemination.Issued, Dissemination.CaughtUp, Dissemination.Acknowledged, Dissemination.Withdrawn,
    Dissemination.Superseded,
    TrainingSession.Scheduled, TrainingSession.Delivered, TrainingSession.AttendanceClosed, TrainingSession.BookingLapsed,
    TrainingSession.FollowUpIssued, TrainingSession.FollowUpReturned, TrainingSession.Evaluated,
    Course.CourseOffered, Course.CourseContentRevised, Challenge.ChallengeRaised, Challenge.ChallengeAnswered, Priorities.PrioritiesSet,
)  # fmt: skip
AMENDED: Final[tuple[Any, ...]] = tuple(
    getattr(kind, made)
    for kind in (Partnership, Agency, SubGroup, Action, Review, Return, Dissemination, TrainingSession, Course, Challenge, Priorities)
    for made in ("EntryCorrected", "EntryRetracted")
)
AMENDMENTS: Final = (Recorded.EntryCorrected, Recorded.EntryRetracted)
NAMES_READ: Final = frozenset(event.TOPIC.rpartition(".")[0] for event in READ)
# What a public pack leaves out whole: the versions in a session's stream would tell how many people were in it, and few are recognised.
COUNTS_PEOPLE: Final = f"{TrainingSession.TOPIC}."
OF_ACTIONS: Final = tuple(event for event in READ if event.TOPIC.startswith("action."))
NAMES: Final = sorted(event.TOPIC.rpartition(".")[0] for event in (*READ, *AMENDED))
TOPICS: Final = rf"^({'|'.join(map(re.escape, NAMES))})\.v[0-9]+$"  # of every shape that they ever had


def is_read(topic: str) -> bool:
    """Say whether a report is made of such events, in whichever shape: amendments apart."""
    return topic.rpartition(".")[0] in NAMES_READ


@dataclass(frozen=True, slots=True)
class Said:
    """What stands of one entry, with the thing that it is of."""

    ref: str
    entry: Entry

    @property
    def at(self) -> int:
        """Return its position in the log."""
        return self.entry.number

    @property
    def on(self) -> date:
        """Return the day on which it happened."""
        return self.entry.occurred_on

    def __getitem__(self, field: str) -> Any:
        """Return what one of its fields says."""
        return self.entry.body[field]


class Record:
    """The record as at a day; `entries` are those known, in the order of the log."""

    def __init__(self, entries: Iterable[OnLog], *, as_at: date) -> None:
        """Take what is known; what is said is what stands of it."""
        self.as_at = as_at
        self.on_log = {one.entry.number: one for one in entries}
        self._by_topic: dict[str, list[Said]] = defaultdict(list)
        self._folded: dict[date, dict[str, State]] = {}
        for (_, ref), each in _streams(self.on_log.values()):
            for entry in standing(each):
                self._by_topic[entry.event.TOPIC].append(Said(ref, public(entry)))

    def ever(self, *events: Any) -> list[Said]:
        """Return what stands of some kinds of events, whenever it happened: what the Board says of its year it says afterwards."""
        return sorted((said for event in events for said in self._by_topic[event.TOPIC]), key=lambda said: (said.on, said.at))

    def by(self, day: date, *events: Any) -> list[Said]:
        """Return what had happened by a day."""
        return [said for said in self.ever(*events) if said.on <= day]

    def so_far(self, *events: Any) -> list[Said]:
        """Return what had happened by the day of the report."""
        return self.by(self.as_at, *events)

    def last_of(self, *events: Any) -> dict[str, Said]:
        """Return, by the thing, the last that had happened of some kinds of events by the day of the report."""
        return {said.ref: said for said in self.so_far(*events)}

    def actions_on(self, day: date) -> dict[str, State]:
        """Return every action as it was on a day, folded from its public fields."""
        if day not in self._folded:
            lives: dict[str, list[Entry]] = defaultdict(list)
            for said in self.by(day, *OF_ACTIONS):
                lives[said.ref].append(said.entry)
            self._folded[day] = {ref: state for ref, life in lives.items() if (state := Action.fold(life))}
        return self._folded[day]

    @property
    def actions(self) -> dict[str, State]:
        """Return every action as at the day of the report."""
        return self.actions_on(self.as_at)

    @cached_property
    def bodies(self) -> dict[str, str]:
        """Return what organisations and sub-groups were called on the day of the report, by their codes."""
        named = self.so_far(Agency.AgencyJoined, Agency.AgencyRenamed, SubGroup.SubGroupConstituted)
        return {BOARD: "The Board"} | {said.ref: said["name"] for said in named}

    def body(self, code: str) -> str:
        """Return what an organisation is called, with its code."""
        return f"{self.bodies[code]} ({code})" if code in self.bodies and code != BOARD else self.bodies.get(code, code)


class Year(Record):
    """The record of a year, from `first` to `last`, as at a day."""

    def __init__(self, entries: Iterable[OnLog], *, period: str, days: tuple[date, date], as_at: date) -> None:
        """Take what is known; `end` is up to when there is anything to say of the year."""
        super().__init__(entries, as_at=as_at)
        self.period, (self.first, self.last) = period, days
        self.end = min(self.last, as_at)

    def within(self, *events: Any) -> list[Said]:
        """Return what happened in the year, as far as it had by the day of the report."""
        return [said for said in self.so_far(*events) if self.first <= said.on <= self.last]

    @cached_property
    def regime(self) -> Regime:
        """Return the regime that bound the Board at the end of the year (INV-42)."""
        changes = self.ever(Partnership.Established, Partnership.RegimeChanged)
        in_effect = [said["regime"] for said in changes if said["effective_on"] <= self.last] or [changes[0]["regime"]]
        return regime(in_effect[-1])

    def reported(self) -> list[tuple[str, date, date, int]]:
        """Return the earlier years of which a report was published, each with its days.

        And up to which position that report, and those of the years since, tell what was put right of it.
        """
        told: dict[tuple[date, date, str], int] = {}
        for said in self.ever(Return.Published):
            if (days := meant(said["period"])) and days[1] < self.first:
                year = (*days, said["period"])
                told[year] = max(told.get(year, 0), said["known_at"])
        return [(year[2], year[0], year[1], max(at for other, at in told.items() if other >= year)) for year in sorted(told)]

    def moved_since(self, known_at: int, events: Collection[Any]) -> Iterator[tuple[Said, Said | None, tuple[int, ...]]]:
        """Give each entry of some events that after a position was given another day, or retracted.

        With what stands of it now, None where nothing does, and with the positions of what amended it.
        """
        for (_, ref), each in _streams(self.on_log.values()):
            since = [entry for entry in each if entry.number > known_at and issubclass(entry.event, AMENDMENTS)]
            if since:
                now = {entry.number: Said(ref, public(entry)) for entry in standing(each)}
                for entry in standing(entry for entry in each if entry.number <= known_at):
                    stands = now.get(entry.number)
                    if entry.event in events and (stands is None or stands.on != entry.occurred_on):
                        yield Said(ref, public(entry)), stands, _amending(entry, since)

    def amendments(self) -> list[OnLog]:
        """Return the corrections and retractions that were recorded in the year, of what a report is made of."""
        return [
            one for one in self.on_log.values() if issubclass(one.entry.event, AMENDMENTS) and self.first <= one.recorded_on <= self.last
        ]


def _amending(entry: Entry, amendments: Sequence[Entry]) -> tuple[int, ...]:
    """Return the positions of those that amend an entry, or an amendment of it."""
    about = {entry.number}
    for amendment in amendments:
        if amendment.body["amends"] in about:
            about.add(amendment.number)
    return tuple(sorted(about - {entry.number}))


def _streams(entries: Iterable[OnLog]) -> Iterator[tuple[tuple[str, str], Sequence[Entry]]]:
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for one in entries:
        found[one.kind, one.ref].append(one.entry)
    yield from found.items()
