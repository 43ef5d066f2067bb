"""What a review is on one day: where it stands, what was decided, who looked, what was found, answered and published.

Each status is a class with only the attributes that it has (domain B.4). `parts` has what a review is made of.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from aggregates.review import parts as p

if TYPE_CHECKING:
    from datetime import date

# The kinds whose report is published (statutory C.1 and C.5): all that INV-05 asks is asked of these.
PUBLISHED_KINDS: Final = frozenset({"serious case review", "local child safeguarding practice review"})


@dataclass(frozen=True, slots=True)
class Referred:
    """The case was put before the Board; nobody has decided."""

    word: ClassVar[str] = "referred"


@dataclass(frozen=True, slots=True)
class Declined:
    """It was decided not to conduct a review."""

    on: date
    word: ClassVar[str] = "decided not to conduct"


@dataclass(frozen=True, slots=True)
class Decided:
    """It was decided to conduct a review; nothing is commissioned."""

    on: date
    word: ClassVar[str] = "decided"


@dataclass(frozen=True, slots=True)
class Commissioned:
    """It was commissioned; nobody has begun to ask."""

    on: date
    word: ClassVar[str] = "commissioned"


@dataclass(frozen=True, slots=True)
class InProgress:
    """Information is gathered and people are heard."""

    word: ClassVar[str] = "in progress"


@dataclass(frozen=True, slots=True)
class Paused:
    """It waits for another process, which is named, until a day on which the pause is looked at (INV-10)."""

    pause: p.Pause
    word: ClassVar[str] = "paused"


@dataclass(frozen=True, slots=True)
class ReportPresented:
    """The Board has the report."""

    on: date
    word: ClassVar[str] = "report presented"


@dataclass(frozen=True, slots=True)
class ResponseFormulated:
    """The Board answered."""

    on: date
    word: ClassVar[str] = "response formulated"


@dataclass(frozen=True, slots=True)
class Published:
    """The report and the response are there for everybody to read."""

    on: date
    word: ClassVar[str] = "published"


@dataclass(frozen=True, slots=True)
class PublicationDeferred:
    """The Board decided not to publish yet, and when to look at that again."""

    on: date
    review_by: date
    word: ClassVar[str] = "publication deferred"


@dataclass(frozen=True, slots=True)
class Monitoring:
    """The learning is followed through."""

    since: date
    word: ClassVar[str] = "monitoring"


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing is left to do."""

    on: date
    grounds: str
    word: ClassVar[str] = "closed"


@dataclass(frozen=True, slots=True)
class Reopened:
    """It was closed too early."""

    on: date
    grounds: str
    word: ClassVar[str] = "reopened"


@dataclass(frozen=True, slots=True)
class Noted:
    """Somebody else's review came to notice; nobody has said whether it is relevant here."""

    word: ClassVar[str] = "noted"


@dataclass(frozen=True, slots=True)
class Relevant:
    """Somebody else's review has something to say to this Board."""

    word: ClassVar[str] = "relevant"


@dataclass(frozen=True, slots=True)
class NotRelevant:
    """Somebody else's review has nothing to say to this Board."""

    word: ClassVar[str] = "not relevant"


Working: TypeAlias = Commissioned | InProgress | Paused
Answering: TypeAlias = ReportPresented | ResponseFormulated
Following: TypeAlias = Published | PublicationDeferred | Monitoring
External: TypeAlias = Noted | Relevant | NotRelevant
Ended: TypeAlias = Declined | Closed | NotRelevant
Status: TypeAlias = Referred | Declined | Decided | Working | Answering | Following | Closed | Reopened | External


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewState:
    """A review on one day. `kind` is what was decided on, `proposed_kind` what was proposed; `source` is set where it is another's."""

    ref: str
    title: str
    kind: str
    proposed_kind: str
    regime: str
    referring_agency: str | None
    notified_on: date
    status: Status
    source: p.Source | None = None
    aware_on: date | None = None
    local_ref: str | None = None
    recommendation: p.Recommended | None = None
    decisions: tuple[p.Decision, ...] = ()
    notices: tuple[p.Notice, ...] = ()
    advice: tuple[p.Advice, ...] = ()
    commission: p.Commission | None = None
    organisations: tuple[str, ...] = ()
    team: tuple[p.Member, ...] = ()
    lead: p.Lead | None = None
    information: tuple[p.Information, ...] = ()
    practitioners: p.Practitioners = field(default_factory=p.Practitioners)
    family: tuple[p.FamilyContact, ...] = ()
    feedback: int = 0
    processes: tuple[p.Process, ...] = ()
    pauses: tuple[p.Pause, ...] = ()
    extended_to: date | None = None
    findings: tuple[p.Finding, ...] = ()
    recommendations: tuple[p.Recommendation, ...] = ()
    report: p.Report | None = None
    answer: p.Answer | None = None
    publication: p.Publication | None = None
    deferral: p.Deferral | None = None
    training: p.Training = field(default_factory=p.Training)
    impacts: tuple[p.Impact, ...] = ()

    @property
    def ended(self) -> bool:
        """Say whether nothing more is to be done."""
        return isinstance(self.status, Ended)

    @property
    def publishes(self) -> bool:
        """Say whether its report is to be published."""
        return self.source is None and self.kind in PUBLISHED_KINDS

    @property
    def decision(self) -> p.Decision | None:
        """Return the decision that stands: the last."""
        return self.decisions[-1] if self.decisions else None

    @property
    def agencies(self) -> frozenset[str | None]:
        """Return the agencies that the review is there for: the referring one, and those that were asked for information."""
        return frozenset({self.referring_agency, *(asked.agency for asked in self.information)})

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Return the organisations under review to which the lead reviewer is not independent, while nobody has said so (INV-01)."""
        if self.lead is None or self.lead.breached_on is not None:
            return ()
        return self.lead.conflicts_with(self.organisations)

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Return the findings that the Board has not answered."""
        answered = {response.number for response in self.answer.responses} if self.answer else set()
        return tuple(finding.number for finding in self.findings if finding.number not in answered)

    @property
    def published(self) -> p.Publication | None:
        """Return the publication that stands: nothing that was withdrawn."""
        return self.publication if self.publication and self.publication.withdrawn_on is None else None

    @property
    def moments(self) -> dict[str, date]:
        """Return the days that start and stop clocks: none of another body's review, for which no time limit binds the Board."""
        return {} if self.source else self.days

    @property
    def days(self) -> dict[str, date]:
        """Return what was when, by the names that the regimes have for it."""
        first, last = (self.decisions[0], self.decisions[-1]) if self.decisions else (None, None)
        said: dict[str, date | None] = {
            "aware": self.aware_on,
            "notified": self.notified_on,
            "decided": first.on if first else None,
            "initiated": last.on if last and last.outcome != "not conduct" else None,
            "declined": last.on if last and last.outcome != "conduct" else None,
            "decision_notified": self._told("decision", last.on) if last else None,
            "rapid_review_sent": self._told("rapid review", None),
            "commissioned": self.commission.on if self.commission else None,
            "presented": self.report.on if self.report else None,
            "responded": self.answer.on if self.answer else None,
            "published": self.published.on if self.published else None,
            "closed": self.status.on if isinstance(self.status, Closed) else None,
        }
        return {name: day for name, day in said.items() if day is not None}

    @property
    def stretches(self) -> tuple[tuple[date, date | None], ...]:
        """Return the pauses as the clocks take them: from, and until the day on which it went on."""
        return tuple((pause.start, pause.end) for pause in self.pauses)

    def _told(self, what: str, since: date | None) -> date | None:
        days = (notice.on for notice in self.notices if notice.what == what and (since is None or notice.on >= since))
        return min(days, default=None)
