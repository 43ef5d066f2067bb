"""What an action is on one day: its promise, how far it is, and what shows it.

Each status is a class with only the attributes that it has (domain B.4). Overdue and escalated lie over them: the first is computed
for a day and never stored, the second is a level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias, assert_never

if TYPE_CHECKING:
    from datetime import date

    from aggregates.action.shown import Check, SignOff, Submission

# A check may come this much before its day and still be the one that was scheduled.
EARLY_DAYS = 31


@dataclass(frozen=True, slots=True)
class Assigned:
    """Somebody was asked, and has not answered."""

    word: ClassVar[str] = "assigned"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The owner took it on."""

    word: ClassVar[str] = "accepted"


@dataclass(frozen=True, slots=True)
class Disputed:
    """The owner says that it is not theirs, or not right."""

    reason: str
    word: ClassVar[str] = "disputed"


@dataclass(frozen=True, slots=True)
class InProgress:
    """The owner reports progress."""

    word: ClassVar[str] = "in progress"


@dataclass(frozen=True, slots=True)
class EvidenceSubmitted:
    """There is evidence to look at."""

    word: ClassVar[str] = "evidence submitted"


@dataclass(frozen=True, slots=True)
class Returned:
    """The evidence was not enough."""

    reason: str
    word: ClassVar[str] = "returned"


@dataclass(frozen=True, slots=True)
class Implemented:
    """The owner says that it is done; nobody has agreed yet."""

    on: date
    statement: str
    word: ClassVar[str] = "implemented"


@dataclass(frozen=True, slots=True)
class Met:
    """A scheduled day, and the day of the check that met it."""

    due_on: date
    on: date

    @property
    def days_late(self) -> int:
        """Return by how many days the check came late."""
        return max(0, (self.on - self.due_on).days)

    @property
    def words(self) -> str:
        """Say how late it came."""
        return f"the check of {self.due_on.day} {self.due_on:%B %Y} came {self.days_late} day{'s' * (self.days_late != 1)} late"


@dataclass(frozen=True, slots=True)
class SignedOff:
    """The overseers agree that it is done."""

    sign_off: SignOff
    word: ClassVar[str] = "signed off"


@dataclass(frozen=True, slots=True)
class Sustaining:
    """It is done, and is looked at again: on `scheduled` days, of which `checks` have met some."""

    sign_off: SignOff
    scheduled: tuple[date, ...]
    checks: tuple[Check, ...] = ()
    word: ClassVar[str] = "sustaining"

    @property
    def met(self) -> tuple[Met, ...]:
        """Return the scheduled days that a check has met: each check meets the earliest that it is not too early for."""
        days, met = sorted(self.scheduled), list[Met]()
        for check in self.checks:
            if len(met) < len(days) and (days[len(met)] - check.on).days <= EARLY_DAYS:
                met.append(Met(days[len(met)], check.on))
        return tuple(met)

    @property
    def outstanding(self) -> tuple[date, ...]:
        """Return the scheduled days that no check has met."""
        return tuple(sorted(self.scheduled)[len(self.met) :])


@dataclass(frozen=True, slots=True)
class Slipped:
    """A check found that the change did not last."""

    sign_off: SignOff
    check: Check
    met: tuple[Met, ...] = ()
    word: ClassVar[str] = "slipped"


@dataclass(frozen=True, slots=True)
class Reopened:
    """It slipped, and is promised again."""

    on: date
    reason: str
    word: ClassVar[str] = "reopened"


@dataclass(frozen=True, slots=True)
class Closed:
    """It lasted."""

    on: date
    reason: str
    sign_off: SignOff
    met: tuple[Met, ...] = ()
    word: ClassVar[str] = "closed"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The Board gave it up, and says why; it stays in the register (INV-16)."""

    on: date
    reason: str
    word: ClassVar[str] = "withdrawn"


@dataclass(frozen=True, slots=True)
class Superseded:
    """Another action took its place."""

    on: date
    by_ref: str
    reason: str
    word: ClassVar[str] = "superseded"


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Its owner left the partnership with it undone, and the Board says so in public (INV-36)."""

    on: date
    reason: str
    word: ClassVar[str] = "outstanding at departure"


Working: TypeAlias = Accepted | InProgress | EvidenceSubmitted | Returned | Reopened
Ended: TypeAlias = Closed | Withdrawn | Superseded | Outstanding
Status: TypeAlias = Assigned | Disputed | Working | Implemented | SignedOff | Sustaining | Slipped | Ended


@dataclass(frozen=True, slots=True)
class State:
    """An action on one day, as the register shows it."""

    ref: str
    title: str
    kind: str
    source: str | None
    owner: str
    owner_office: str | None
    original_owner: str
    overseen_by: str
    success_measure: str
    intended_outcome: str
    assigned_on: date
    due_on: date
    original_due_on: date
    spell_began_on: date  # since when this owner owes it by this date: what was served before says nothing of it (INV-17)
    times_redated: int = 0
    # Days that were late when a late date was varied: the variation does not cure them (INV-15).
    days_late_when_redated: int = 0
    redated_with_reason: str | None = None  # why a variation was recorded late, where one was
    status: Status = Assigned()
    rag: str | None = None
    evidence: tuple[Submission, ...] = ()
    last_check: Check | None = None
    escalation_level: int = 0
    escalated_to: str | None = None
    offered_to: str | None = None  # who is asked to take it over, and has not answered
    inherited_from: str | None = None  # whose it was until it was taken over, or refused
    reminded_before: int | None = None  # days before the due date for which the last reminder of this spell was

    @property
    def sign_off(self) -> SignOff | None:
        """Return the sign-off that stands."""
        match self.status:
            case SignedOff() | Sustaining() | Slipped() | Closed():
                return self.status.sign_off
            case Assigned() | Disputed() | Accepted() | InProgress() | EvidenceSubmitted() | Returned() | Reopened() | Implemented():
                return None
            case Withdrawn() | Superseded() | Outstanding():
                return None
            case never:
                assert_never(never)

    @property
    def discharged(self) -> bool:
        """Say whether nothing is owed any more: it was signed off, or ended."""
        return self.sign_off is not None or isinstance(self.status, Ended)

    @property
    def redated_after_due(self) -> bool:
        """Say whether a date was varied when it had passed already."""
        return self.days_late_when_redated > 0

    def days_uncovered_on(self, day: date) -> int:
        """Return for how many days, up to one day, no date covered this action, whether or not it was still owed."""
        return self.days_late_when_redated + max(0, (day - self.due_on).days)

    def days_overdue_on(self, day: date) -> int:
        """Return for how many days, up to one day, no date covered this action while it was owed; 0 when it is not overdue."""
        return 0 if self.discharged else self.days_uncovered_on(day)

    def overdue_on(self, day: date) -> bool:
        """Say whether it is overdue on a day. A date that passed is not cured by a later one (INV-15)."""
        return self.days_overdue_on(day) > 0

    @property
    def standing_evidence(self) -> tuple[Submission, ...]:
        """Return the evidence that was not returned, and not used up by an earlier round."""
        return tuple(s for s in self.evidence if s.counts)

    @property
    def evidence_received_last(self) -> date | None:
        """Return the day on which evidence came last."""
        return max((s.on for s in self.evidence), default=None)

    @property
    def checks_scheduled(self) -> tuple[date, ...]:
        """Return the days of the checks that are still to be made."""
        return self.status.outstanding if isinstance(self.status, Sustaining) else ()

    @property
    def checks_met(self) -> tuple[Met, ...]:
        """Return the scheduled days that a check has met, also once it slipped or is closed: what was late stays late."""
        return self.status.met if isinstance(self.status, Sustaining | Slipped | Closed) else ()

    @property
    def sustained(self) -> str | None:
        """Return how the last check came out: `held after 6 months`."""
        return self.last_check.words if self.last_check else None

    @property
    def end_reason(self) -> str | None:
        """Return why it was closed, withdrawn or superseded."""
        return self.status.reason if isinstance(self.status, Ended) else None


def against_own_action_rule(sign_off: SignOff | None, owner: str, signers_agency_now: str | None) -> bool:
    """Say whether a sign-off is, as is known now, the owner's own (INV-11): its signer's employer may have been recorded wrongly.

    `signers_agency_now` is the employer, on the day of the sign-off, of the holder of the office that signed, as corrected since.
    """
    return sign_off is not None and owner in {sign_off.by_agency, signers_agency_now}
