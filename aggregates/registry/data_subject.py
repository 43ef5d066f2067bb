"""A person that the log speaks of: a reference everywhere, and a name only here, sealed under a key of their own (ledger §6).

What is asked and decided about a person's data is in their stream: requests, restrictions, legal holds, and the erasure itself. The
refusals of the law are in `protection`; whom a reference is one with, and what would be erased, the caller finds out.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Unpack
from uuid import UUID  # noqa: TC003 - as date

from eventsourcing.domain import Aggregate

from aggregates import errors
from aggregates.entry import Entry, Recorded, steps
from aggregates.entry.fields import Public, Restricted  # noqa: TC001 - as date
from aggregates.entry.values import Sealed  # noqa: TC001 - as date
from aggregates.errors import said
from aggregates.registry import protection as law
from aggregates.registry.subject_acts import SubjectActs
from aggregates.registry.subject_fold import after, exempted, lacks
from aggregates.registry.subject_state import Exemption, OpenFor, Outcome, Retention, SubjectState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregates.authority import Act, Acting


class DataSubject(SubjectActs, Recorded[SubjectState | None]):
    """A person's stream. Its id is random: nothing of the person is in it."""

    TOPIC = "data_subject"

    class Event(Recorded.Event):
        """An event about what is kept of a person."""

    class Created(Event, Aggregate.Created):
        """What begins the stream of a person; the library wants it by this name, with a topic of its own."""

        TOPIC = "data_subject.created.v1"

    class SubjectRegistered(Created):
        """A person is known by a reference from here on."""

        TOPIC, STANDS = "data_subject.subject_registered.v1", True
        name: Sealed
        contact: Sealed | None

    class SubjectsMerged(Event):
        """Two references are of one person: the other goes on for both."""

        TOPIC, CLASS = "data_subject.subjects_merged.v1", "D"
        into: UUID
        reason: Restricted[str]

    class RestrictionApplied(Event):
        """What is kept is not opened any more, but for the purposes named."""

        TOPIC, CLASS = "data_subject.restriction_applied.v1", "D"
        open_for: tuple[OpenFor, ...]
        reason: Restricted[str]

    class RestrictionLifted(Event):
        """It is opened again as before."""

        TOPIC, CLASS = "data_subject.restriction_lifted.v1", "D"
        reason: Restricted[str]

    class LegalHoldPlaced(Event):
        """Nothing is erased until this matter is over."""

        TOPIC, CLASS = "data_subject.legal_hold_placed.v1", "D"
        matter: Restricted[str]
        reason: Restricted[str]

    class LegalHoldReleased(Event):
        """The matter is over."""

        TOPIC, CLASS = "data_subject.legal_hold_released.v1", "D"
        matter: Restricted[str]
        reason: Restricted[str]

    class ErasureRequested(Event):
        """Somebody asks that what is kept about them be erased: the request's own reference, and the office that saw who they are."""

        TOPIC = "data_subject.erasure_requested.v1"
        reference: Restricted[str]
        identity_checked_by: Restricted[str]

    class ErasureRequestWithdrawn(Event):
        """Whoever asked wants it no more: nothing is decided, and nothing erased."""

        TOPIC = "data_subject.erasure_request_withdrawn.v1"
        reason: Restricted[str]

    class ErasureDecided(Event):
        """The data protection officer decides; a refusal names the exemption."""

        TOPIC, CLASS = "data_subject.erasure_decided.v1", "D"
        outcome: Outcome
        exemption: Restricted[Exemption | None]
        reason: Restricted[str]

    class PersonalDataErased(Event):
        """The key of somebody is destroyed, and with it all that it sealed: nothing brings it back. `erased` names what went, by digest."""

        TOPIC, CLASS, STANDS = "data_subject.personal_data_erased.v1", "C", True
        COMPUTED: ClassVar[frozenset[str]] = frozenset({"erased"})
        erased: Public[tuple[dict[str, Any], ...]]

    class RecipientNotified(Event):
        """Somebody outside, to whom what is erased had been disclosed on a day, was told of the erasure."""

        TOPIC, CLASS = "data_subject.recipient_notified.v1", "D"
        recipient: Restricted[str]
        disclosed_on: date
        how: Restricted[str]

    class RetentionDecided(Event):
        """What is due by the retention schedule is kept on until a day, or is to be erased, by a person and for a reason."""

        TOPIC, CLASS = "data_subject.retention_decided.v1", "D"
        outcome: Retention
        kept_until: date | None
        reason: Restricted[str]

    class AccessRequested(Event):
        """Somebody asks what is kept about them: the request's own reference, and the office that saw who they are."""

        TOPIC = "data_subject.access_requested.v1"
        reference: Restricted[str]
        identity_checked_by: Restricted[str]

    class AccessRequestAnswered(Event):
        """Somebody asked what is kept about them, and was answered."""

        TOPIC, CLASS = "data_subject.access_request_answered.v1", "D"
        reference: Restricted[str]
        received_on: date
        outcome: Literal["given", "given-in-part", "refused"]
        exemption: Restricted[str | None]

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "data_subject.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "data_subject.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "data_subject.entry_retracted.v1"

    @classmethod
    def register(
        cls,
        stream: UUID,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        name: Sealed,
        contact: Sealed | None = None,
    ) -> DataSubject:
        """Register a person under a random id, which is also the subject of the sealed values."""
        when = {"occurred_on": occurred_on, "late_reason": late_reason}
        return cls.open(cls.SubjectRegistered, stream, name=name, contact=contact, **when, **acting.said)

    def merge(self, *, into: UUID, reason: str, **act: Unpack[Act]) -> None:
        """Go on under another reference of the same person."""
        now = self._kept()
        said(reason=reason)
        if into == self.id:
            raise law.MergedWithItself(ref=self.ref)
        if now.granted:
            raise law.ErasureAsked(ref=self.ref, on=now.granted.on)
        self._record("SubjectsMerged", act, into=into, reason=reason)

    def restrict(self, *, open_for: tuple[OpenFor, ...] = (), reason: str, **act: Unpack[Act]) -> None:
        """Open nothing of what is kept any more, but for these purposes."""
        now = self._kept()
        said(reason=reason)
        if now.restriction:
            raise law.AlreadyRestricted(ref=self.ref, on=now.restriction.on)
        self._record("RestrictionApplied", act, open_for=open_for, reason=reason)

    def lift(self, *, reason: str, **act: Unpack[Act]) -> None:
        """Open it again as before."""
        now = self._kept()
        said(reason=reason)
        if now.restriction is None or act["occurred_on"] < now.restriction.on:
            raise law.NotRestricted(ref=self.ref, day=act["occurred_on"])
        self._record("RestrictionLifted", act, reason=reason)

    def hold(self, *, matter: str, reason: str, **act: Unpack[Act]) -> None:
        """Keep everything until a matter is over."""
        now = self._kept()
        said(matter=matter, reason=reason)
        if standing := next((one for one in now.holds if one.matter == matter and one.released_on is None), None):
            raise law.AlreadyHeld(ref=self.ref, matter=matter, on=standing.on)
        self._record("LegalHoldPlaced", act, matter=matter, reason=reason)

    def release(self, *, matter: str, reason: str, **act: Unpack[Act]) -> None:
        """End a hold, in person; also one that was placed on a reference before it was merged away."""
        now = self._kept(merged=True)
        self._in_person(act["acting"])
        said(matter=matter, reason=reason)
        if not any(one.matter == matter and one.released_on is None and one.on <= act["occurred_on"] for one in now.holds):
            raise law.NoHold(ref=self.ref, matter=matter, day=act["occurred_on"])
        self._record("LegalHoldReleased", act, matter=matter, reason=reason)

    def _kept(self, *, merged: bool = False) -> SubjectState:
        """Return what is true now; refuse to go on with what was erased or, but where its survivor's erasure says so, merged away."""
        now = self.state
        if now is None:
            raise errors.NotAmendable(ref=self.ref)  # registrations always stand
        if now.erased_on is not None:
            raise law.Gone(ref=self.ref, on=now.erased_on)
        if now.merged_into is not None and not merged:
            raise law.MergedAway(ref=self.ref, into=now.merged_into)
        return now

    def _in_person(self, acting: Acting) -> None:
        """Refuse what cannot be undone from whoever records it for the officer: it is for the officer alone to decide (domain B.6)."""
        if acting.on_behalf_of is not None:
            raise law.InPersonAlone(ref=self.ref, office=acting.on_behalf_of)

    def _record(self, name: str, act: Act, /, **fields: Any) -> None:
        self.record(name, occurred_on=act["occurred_on"], late_reason=act.get("late_reason"), **fields, **act["acting"].said)

    def check_corrected(self, entry: Entry) -> None:
        """Refuse a decision that its command would have refused, a merging into itself, and an answer to a request of another day."""
        if issubclass(entry.event, DataSubject.AccessRequestAnswered):
            self._check_received(entry.body["reference"], entry.body["received_on"], self.entries[entry.number - 1].body["received_on"])
        if issubclass(entry.event, DataSubject.ErasureDecided):
            exempted(entry.body["outcome"], entry.body["exemption"])
        if issubclass(entry.event, DataSubject.SubjectsMerged) and entry.body["into"] != self.entries[entry.number - 1].body["into"]:
            raise errors.IdentifyingField(ref=self.ref, amends=entry.number, fields={"into"})

    def _check_received(self, reference: str, received_on: date, recorded: date) -> None:
        """Refuse to answer, as corrected, a request of another day than its own; of one that nobody brought in stands what was recorded."""
        requests = [one.on for one in self.state.access_requests if one.reference == reference] if self.state else []
        if received_on != recorded and received_on not in requests:
            raise law.ReceivedAnotherDay(reference=reference, on=next(iter(requests), recorded), received_on=received_on)

    def lacking(self, stands: Sequence[Entry]) -> dict[int, frozenset[str]]:
        """Say what was decided without having been asked, erased without a decision, or ended without having begun."""
        found = super().lacking(stands)
        for entry, before in steps(stands, self.fold):
            if before and (words := lacks(entry, before)):
                found[entry.number] = frozenset({words})
        return found

    def _parts(self, amends: int, corrected: Mapping[str, Any] | None) -> dict[str, dict[str, Any] | None]:
        parts = super()._parts(amends, corrected)
        event = self.entries[amends - 1].event
        if issubclass(event, DataSubject.SubjectRegistered):
            raise errors.NotAmendable(ref=self.ref)
        if issubclass(event, DataSubject.PersonalDataErased):
            raise law.ErasureStands(ref=self.ref, amends=amends)
        return parts

    @staticmethod
    def fold(entries: Iterable[Entry], before: SubjectState | None = None) -> SubjectState | None:
        """Fold what stands."""
        now = before
        for entry in entries:
            if issubclass(entry.event, DataSubject.SubjectRegistered):
                now = SubjectState(entry.body["name"], entry.body["contact"], entry.occurred_on)
            elif now is not None:
                now = after(now, entry)
        return now
