"""Who may record which event of an action, and when: each method checks today's rules, and refuses by name or records one event.

An act has to be possible on the day on which it was true, and still now: what is recorded late may not contradict what is on
record since. Independence is judged by the agency that employed the office's holder on that day (INV-11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from aggregates.action import refusals
from aggregates.action import state as s
from aggregates.action.acts import ANSWERED, OPEN, OWED, Acts, nobody, unsustained
from aggregates.action.fold import spell
from aggregates.authority import CHAIRS, MANAGER
from aggregates.errors import said

if TYPE_CHECKING:
    from datetime import date

    from aggregates.action.acts import HeldBy
    from aggregates.authority import Acting
    from aggregates.entry.values import Evidence

HIGHEST_LEVEL = 9  # of escalation: more than any ladder has


class Decisions(Acts):
    """What can be decided about an action."""

    def accept(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None) -> None:
        """Take it on, for the owner."""
        then = self._on(occurred_on, "accepted", s.Assigned | s.Disputed)
        self._for_the_owner(acting, then)
        self.record("Accepted", occurred_on=occurred_on, late_reason=late_reason, **acting.said)

    def dispute(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reason: str) -> None:
        """Say, for the owner, why it is not theirs or not right."""
        then = self._on(occurred_on, "disputed", s.Assigned | s.Accepted)
        self._for_the_owner(acting, then)
        said(reason=reason)
        self.record("Disputed", occurred_on=occurred_on, late_reason=late_reason, reason=reason, **acting.said)

    def reassign(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, owner: str, owner_office: str | None = None, reason: str
    ) -> None:
        """Ask another owner, unless a chair would free their employer (INV-44). The clock goes on, and the first owner is never lost."""
        then = self._on(occurred_on, "reassigned", OPEN)
        self._overseen(acting, then, or_manager=True)
        if acting.role in CHAIRS and acting.agency == then.owner:
            raise refusals.ChairsEmployer(ref=self.ref, agency=then.owner, role=acting.role, act="give it to another owner")
        said(owner=owner, reason=reason)
        if owner == then.owner:
            raise refusals.SameOwner(ref=self.ref, owner=owner)
        if owner == then.overseen_by:
            raise refusals.OverseesItself(ref=self.ref, owner=owner)
        fields = {"owner": owner, "owner_office": owner_office, "reason": reason}
        self.record("Reassigned", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def vary_due_date(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, due_on: date, reason: str) -> None:
        """Set another date. After the old one has passed this does not cure the lateness: it is overdue and re-dated (INV-15)."""
        then = self._on(occurred_on, "re-dated", OWED)
        self._judged(acting, then, "DueDateVaried")
        said(reason=reason)
        if due_on == then.due_on:
            raise refusals.SameDueDate(ref=self.ref, due_on=due_on)
        self._later(due_on, occurred_on)
        self._check_cured(acting, late_reason, self._with("DueDateVaried", occurred_on, due_on=due_on, late_reason=late_reason))
        self.record("DueDateVaried", occurred_on=occurred_on, late_reason=late_reason, due_on=due_on, reason=reason, **acting.said)

    def report_progress(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        rag: Literal["red", "amber", "green"],
        narrative: str,
    ) -> None:
        """Say, for the owner, how it goes."""
        then = self._on(occurred_on, "reported on", ANSWERED)
        self._for_the_owner(acting, then)
        said(narrative=narrative)
        self.record("ProgressReported", occurred_on=occurred_on, late_reason=late_reason, rag=rag, narrative=narrative, **acting.said)

    def submit_evidence(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        evidence: tuple[Evidence, ...],
        effect: str | None = None,
        narrative: str | None = None,
        held_by: HeldBy = nobody,
    ) -> None:
        """Hand in, for the owner, what shows it. Who signed the action off does not also submit for it (INV-12)."""
        then = self._on(occurred_on, "evidenced", ANSWERED)
        self._for_the_owner(acting, then)
        if not evidence:
            raise refusals.NothingSubmitted(ref=self.ref)
        self._dated_by(occurred_on, evidence)
        if self.state and self.state.sign_off:
            self._another_person(acting, self.state.sign_off, held_by=held_by)
        fields = {"evidence": tuple(evidence), "effect": effect, "narrative": narrative}
        self.record("EvidenceSubmitted", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def return_evidence(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reason: str) -> None:
        """Say what was not enough: what was handed in until then does not count any more."""
        then = self._on(occurred_on, "returned", s.EvidenceSubmitted | s.Implemented)
        self._judged(acting, then, "EvidenceReturned")
        said(reason=reason)
        self.record("EvidenceReturned", occurred_on=occurred_on, late_reason=late_reason, reason=reason, **acting.said)

    def mark_implemented(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, statement: str) -> None:
        """Say, for the owner, that it is done."""
        then = self._on(occurred_on, "implemented", s.Working)
        self._for_the_owner(acting, then)
        said(statement=statement)
        self.record("Implemented", occurred_on=occurred_on, late_reason=late_reason, statement=statement, **acting.said)

    def sign_off(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, effect: str, held_by: HeldBy = nobody) -> None:
        """Agree that it is done, and say what changed: on evidence (INV-13), by another agency (INV-11), another person (INV-12)."""
        then = self._on(occurred_on, "signed off", s.Implemented)
        self._judged(acting, then, "SignedOff")
        if not self.evidence_for(then, occurred_on, on_behalf=acting.on_behalf_of is not None):
            raise refusals.NoEvidence(ref=self.ref, day=occurred_on)
        said(effect=effect)
        self._another_person(acting, *then.evidence, held_by=held_by)
        self.record("SignedOff", occurred_on=occurred_on, late_reason=late_reason, effect=effect, **acting.said)

    def schedule_sustainment_check(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, due_on: date, method: str | None = None
    ) -> None:
        """Set a day on which to look whether it lasted. The service does so at sign-off, by the Board's setting."""
        then = self._on(occurred_on, "checked later", s.SignedOff | s.Sustaining)
        if acting.office is not None:
            self._overseen(acting, then, or_manager=True)
        self._after_sign_off(due_on, then)
        fields = {"due_on": due_on, "method": method}
        self.record("SustainmentCheckScheduled", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def record_sustainment_check(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        method: str,
        evidence: tuple[Evidence, ...] = (),
        result: Literal["held", "slipped", "not testable"],
        unintended_consequences: str | None = None,
    ) -> None:
        """Say whether it lasted. The owner's agency does not check itself (INV-11)."""
        then = self._on(occurred_on, "checked", s.SignedOff | s.Sustaining)
        self._judged(acting, then, "SustainmentChecked")
        said(method=method)
        self._dated_by(occurred_on, evidence)
        self._after_sign_off(occurred_on, then)
        fields = {"method": method, "evidence": tuple(evidence), "result": result, "unintended_consequences": unintended_consequences}
        self.record("SustainmentChecked", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def reopen(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reason: str, due_on: date) -> None:
        """Promise again what slipped (INV-14)."""
        then = self._on(occurred_on, "reopened", s.Slipped)
        self._overseen(acting, then, or_manager=True)
        said(reason=reason)
        self._later(due_on, occurred_on)
        self.record("Reopened", occurred_on=occurred_on, late_reason=late_reason, reason=reason, due_on=due_on, **acting.said)

    def close(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reason: str) -> None:
        """End what lasted: every scheduled check is made, and the last one held (INV-14)."""
        then = self._on(occurred_on, "closed", s.SignedOff | s.Sustaining)
        self._judged(acting, then, "Closed")
        said(reason=reason)
        if then.checks_scheduled:
            raise refusals.ChecksOutstanding(ref=self.ref, due_on=then.checks_scheduled[0])
        if found := unsustained(then):
            raise refusals.NotSustained(ref=self.ref, found=found)
        self.record("Closed", occurred_on=occurred_on, late_reason=late_reason, reason=reason, **acting.said)

    def withdraw(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reason: str) -> None:
        """Give it up, for the Board, and say why in public (INV-16)."""
        then = self._on(occurred_on, "withdrawn", OPEN)
        if acting.role not in CHAIRS:
            raise refusals.NotBoardLevel(ref=self.ref)
        if acting.agency == then.owner:
            raise refusals.ChairsEmployer(ref=self.ref, agency=then.owner, role=acting.role, act="withdraw it")
        said(reason=reason)
        self.record("Withdrawn", occurred_on=occurred_on, late_reason=late_reason, reason=reason, **acting.said)

    def supersede(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, by_ref: str, reason: str) -> None:
        """Let another action take its place."""
        then = self._on(occurred_on, "superseded", OPEN)
        self._judged(acting, then, "Superseded")
        said(by_ref=by_ref, reason=reason)
        if by_ref == self.ref:
            raise refusals.SupersededByItself(ref=self.ref)
        self.record("Superseded", occurred_on=occurred_on, late_reason=late_reason, by_ref=by_ref, reason=reason, **acting.said)

    @property
    def spell(self) -> int:
        """Return the number of the entry since which this owner owes it by this date: what an escalation ladder belongs to (INV-17)."""
        return spell(self.standing)

    def remind(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        days_before: int,
        to_office: str,
        vacant_offices: tuple[str, ...] = (),
        served_late_days: int = 0,
    ) -> None:
        """Remind its owner of the date, once for each day that the Board has set."""
        then = self._on(occurred_on, "reminded of", OWED)
        if then.escalation_level or (then.reminded_before is not None and then.reminded_before <= days_before):
            raise refusals.AlreadyReminded(ref=self.ref, days_before=days_before)
        fields = {"days_before": days_before, "to_office": to_office, "vacant_offices": tuple(vacant_offices)}
        when = {"occurred_on": occurred_on, "late_reason": late_reason, "served_late_days": served_late_days}
        self.record("ReminderIssued", **fields, **when, **acting.said)

    def escalate(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        level: int,
        to_office: str,
        vacant_offices: tuple[str, ...] = (),
        served_late_days: int | None = None,
    ) -> None:
        """Tell somebody higher up that it is overdue; within one spell the level only climbs (INV-17)."""
        then = self._on(occurred_on, "escalated", OWED)
        said(to_office=to_office)
        if occurred_on <= then.due_on:
            raise refusals.NotOverdue(ref=self.ref, day=occurred_on)
        if not then.escalation_level < level <= HIGHEST_LEVEL:
            raise refusals.LevelNotHigher(ref=self.ref, at=then.escalation_level, level=level)
        if acting.office and acting.role not in CHAIRS | {MANAGER} and level > then.escalation_level + 1:
            raise refusals.LevelSkipped(ref=self.ref, at=then.escalation_level, level=level)
        if to_office == then.owner_office:
            raise refusals.EscalatedToOwner(ref=self.ref, to_office=to_office)
        fields = {"level": level, "to_office": to_office, "vacant_offices": tuple(vacant_offices), "served_late_days": served_late_days}
        self.record("Escalated", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)
