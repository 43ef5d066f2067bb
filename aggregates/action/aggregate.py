"""The events of an action, and how it begins; `decisions` has what can be decided afterwards."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, ClassVar, Literal

from eventsourcing.domain import Aggregate

from aggregates.action import refusals
from aggregates.action.departing import Departing
from aggregates.action.fold import fold as fold_action
from aggregates.action.history import check_history
from aggregates.entry import Entry, Recorded, stream_id
from aggregates.entry.fields import Identifies, Public, Restricted  # noqa: TC001 - as date
from aggregates.entry.values import Evidence  # noqa: TC001 - as date
from aggregates.errors import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aggregates.action.state import State
    from aggregates.authority import Act, Acting


class Action(Departing):
    """One improvement promised by one owner (an agency, a sub-group or the Board), overseen by another."""

    TOPIC = "action"

    class Event(Recorded.Event):
        """An event of an action."""

    class Created(Event, Aggregate.Created):
        """What begins the stream of an action; the library wants it by this name, with a topic of its own."""

        TOPIC = "action.created.v1"

    class Assigned(Created):
        """The Board, or a sub-group, asks for an improvement by a date. `source` names what it comes from: `SB-2015-01/F1`."""

        TOPIC, CLASS = "action.assigned.v1", "D"
        ref: Identifies[Public[str]]
        title: Public[str]
        kind: Public[Literal["policy", "procedure", "training", "practice", "resource"]]
        source: Public[str | None]
        owner: Public[str]
        owner_office: Public[str | None]
        overseen_by: Public[str]
        due_on: Public[date]
        success_measure: Public[str]
        intended_outcome: Public[str]

    class Accepted(Event):
        """The owner takes it on."""

        TOPIC = "action.accepted.v1"

    class Disputed(Event):
        """The owner says why it is not theirs, or not right."""

        TOPIC = "action.disputed.v1"
        reason: str

    class Reassigned(Event):
        """Another owner is asked. The clock does not stop."""

        TOPIC, CLASS = "action.reassigned.v1", "D"
        owner: Public[str]
        owner_office: Public[str | None]
        reason: str

    class DueDateVaried(Event):
        """The overseers set another date; the original is never lost (INV-15)."""

        TOPIC, CLASS = "action.due_date_varied.v1", "D"
        due_on: Public[date]
        reason: str

    class ProgressReported(Event):
        """The owner says how it goes."""

        TOPIC = "action.progress_reported.v1"
        rag: Public[Literal["red", "amber", "green"]]
        narrative: Restricted[str]

    class EvidenceSubmitted(Event):
        """The owner hands in what shows it."""

        TOPIC = "action.evidence_submitted.v1"
        evidence: Restricted[tuple[Evidence, ...]]
        effect: Restricted[str | None]
        narrative: Restricted[str | None]

    class EvidenceReturned(Event):
        """The overseers say what was not enough."""

        TOPIC, CLASS = "action.evidence_returned.v1", "D"
        reason: Restricted[str]

    class Implemented(Event):
        """The owner says that it is done."""

        TOPIC = "action.implemented.v1"
        statement: str

    class SignedOff(Event):
        """The overseers agree, and say what changed for children or in practice."""

        TOPIC, CLASS = "action.signed_off.v1", "D"
        effect: str

    class SustainmentCheckScheduled(Event):
        """A day on which to look whether it lasted."""

        TOPIC, CLASS = "action.sustainment_check_scheduled.v1", "C"
        due_on: Public[date]
        method: str | None

    class SustainmentChecked(Event):
        """Somebody looked whether it lasted."""

        TOPIC, CLASS = "action.sustainment_checked.v1", "D"
        method: str
        evidence: Restricted[tuple[Evidence, ...]]
        result: Public[Literal["held", "slipped", "not testable"]]
        unintended_consequences: str | None

    class Reopened(Event):
        """It slipped, and is promised again by a date."""

        TOPIC, CLASS = "action.reopened.v1", "D"
        reason: str
        due_on: Public[date]

    class Closed(Event):
        """It lasted: nothing is left to do."""

        TOPIC, CLASS = "action.closed.v1", "D"
        reason: str

    class Withdrawn(Event):
        """The Board gives it up, and says why in public (INV-16)."""

        TOPIC, CLASS = "action.withdrawn.v1", "D"
        reason: Public[str]

    class Superseded(Event):
        """Another action takes its place."""

        TOPIC, CLASS = "action.superseded.v1", "D"
        by_ref: Public[str]
        reason: str

    class ObligationTransferred(Event):
        """The Board asks another agency to take it over as it stands; until that answers, it stays with its owner (INV-36)."""

        TOPIC, CLASS = "action.obligation_transferred.v1", "D"
        successor: Public[str]
        reason: str

    class ObligationTransferAccepted(Event):
        """The successor takes it over. The clock is that of the promise, and the original owner stays on show."""

        TOPIC = "action.obligation_transfer_accepted.v1"
        owner_office: Public[str | None]

    class ObligationTransferRefused(Event):
        """The successor does not take it over: it stays with the Board."""

        TOPIC = "action.obligation_transfer_refused.v1"
        reason: str

    class OutstandingDeclared(Event):
        """Its owner leaves with it undone, and the Board says why in public (INV-36)."""

        TOPIC, CLASS = "action.outstanding_declared.v1", "D"
        reason: Public[str]

    class ReminderIssued(Event):
        """The owner is reminded of the date. `vacant_offices` are those that nobody holds, so that another is told in their place."""

        TOPIC, CLASS = "action.reminder_issued.v1", "C"
        days_before: Public[int]
        to_office: Public[str]
        vacant_offices: Public[tuple[str, ...]]
        served_late_days: Public[int]

    class Escalated(Event):
        """It is overdue, and somebody higher up is told. What the service told by itself says how late it was served."""

        TOPIC, CLASS = "action.escalated.v1", "C"
        COMPUTED: ClassVar[frozenset[str]] = frozenset({"vacant_offices", "served_late_days"})
        level: Public[int]
        to_office: Public[str]
        vacant_offices: Public[tuple[str, ...]]
        served_late_days: Public[int | None]

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "action.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "action.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "action.entry_retracted.v1"

    @classmethod
    def assign(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        ref: str,
        title: str,
        kind: Literal["policy", "procedure", "training", "practice", "resource"],
        source: str | None = None,
        owner: str,
        owner_office: str | None = None,
        overseen_by: str,
        due_on: date,
        success_measure: str,
        intended_outcome: str,
    ) -> Action:
        """Ask an owner for an improvement by a date, and name who oversees it."""
        said(ref=ref, title=title, owner=owner, overseen_by=overseen_by, success_measure=success_measure, intended_outcome=intended_outcome)
        if due_on <= occurred_on:
            raise refusals.DueBeforeItBegins(ref=ref, due_on=due_on, day=occurred_on)
        if owner == overseen_by:
            raise refusals.OverseesItself(ref=ref, owner=owner)
        fields = {"ref": ref, "title": title, "kind": kind, "source": source, "owner": owner, "owner_office": owner_office}
        measures = {"overseen_by": overseen_by, "due_on": due_on, "success_measure": success_measure, "intended_outcome": intended_outcome}
        when = {"occurred_on": occurred_on, "late_reason": late_reason}
        return cls.open(cls.Assigned, stream_id(origin, "action", ref), **when, **fields, **measures, **acting.said)

    def check_corrected(self, entry: Entry) -> None:
        """Refuse to be due before it begins, and to be superseded by itself."""
        body = entry.body
        if "due_on" in body and body["due_on"] <= body["occurred_on"]:
            raise refusals.DueBeforeItBegins(ref=self.ref, due_on=body["due_on"], day=body["occurred_on"])
        if entry.event is Action.Superseded and body["by_ref"] == self.ref:
            raise refusals.SupersededByItself(ref=self.ref)

    def check_amended(self, act: Act, after: Sequence[Entry]) -> None:
        """Refuse also what no commands could have led to: that it oversees itself, or that an escalation goes down."""
        super().check_amended(act, after)
        check_history(self.ref, self.standing, after, act["acting"])

    @staticmethod
    def fold(entries: Iterable[Entry], before: State | None = None) -> State | None:
        """Fold what stands into what is true of the action; None where it was not assigned."""
        return fold_action(entries, before)
