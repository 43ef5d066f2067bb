"""An inspection: what an inspector or an auditor may see, of which days, until when; and every opening of what is not for everybody.

An inspection is opened for an office, whose holder inspects, and may be opened again for the same office when it has ended. What
they open of restricted or personal data is on record once for each object and day (INV-41, ledger §2).

A rehearsal is one that nobody comes for: an agency's lead, or who manages the Board, sees what an inspector would see (domain B.8). It is
on record that it took place, and no more: what they open in it is open to them every day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, Opening, Recorded, steps, stream_id
from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - as date
from aggregates.errors import Refused, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregates.authority import Acting

Purpose: TypeAlias = Literal["inspection", "audit", "rehearsal"]


class InspectionOpen(Refused):
    """An office inspects once at a time."""

    rule, text = "INV-41", "An inspection by {office} is open until {expires_on}: close it before another is opened"


class NoInspectionOpen(Refused):
    """Nothing is closed, or disclosed, that is not open."""

    rule, text = "INV-41", "No inspection by {office} is open on {day}: the chair or the board manager opens one"


class NoRehearsalOpen(NoInspectionOpen):
    """Nobody is in a rehearsal that was not begun."""

    text = "No rehearsal by {office} is open on {day}: whoever holds the office begins one, or the chair or the board manager does"


class InspectionEnded(NoInspectionOpen):
    """After its last day, or once it was closed, an inspection opens nothing to whoever inspected."""

    text = "Your inspection ended on {ended_on}, so the record is closed to you: ask the chair or the board manager, who can open another"


class RehearsalEnded(InspectionEnded):
    """After its last day, or once it was closed, a rehearsal shows nothing; whoever leaves it has their own work as before."""

    text = "Your rehearsal ended on {ended_on}: leave it to go on with your own work, or to begin another"


class AlreadyDisclosed(Refused):
    """An opening is on record once for each object and day."""

    rule, text = "INV-41", "What {office} opened on {day} is on record already"


class OpeningStands(Refused):
    """That something was opened is never amended: it is the record of the record being read."""

    rule, text = "INV-41", "Entry {amends} says what {office} opened, and is never amended"


class PeriodBackwards(Refused):
    """An inspection covers days in their order, and ends after it is opened."""

    rule = "INV-41"
    text = "An inspection by {office} cannot cover {covers_from} to {ceiling} and end on {expires_on}: give the dates in order"


class OpensBefore(Refused):
    """One inspection by an office follows another."""

    rule, text = "INV-41", "The last inspection by {office} was open until {ended_on}: another cannot begin on {day}, before that"


@dataclass(frozen=True, slots=True)
class InspectionState:
    """An inspection on one day: whose, of what, and what was opened in it, as (object, day)."""

    office: str
    body: str
    purpose: str
    agency: str | None
    covers_from: date
    ceiling: date
    opened_on: date
    expires_on: date
    closed_on: date | None = None
    disclosed: tuple[tuple[str, date], ...] = ()

    @property
    def ended_on(self) -> date:
        """Return the last day on which it is open, or on which it was closed."""
        return self.closed_on or self.expires_on

    def open_on(self, day: date) -> bool:
        """Say whether it is open on a day, the last one included."""
        return self.opened_on <= day <= self.expires_on and self.closed_on is None


class Inspection(Recorded[InspectionState | None]):
    """What one office inspects."""

    TOPIC = "inspection"

    class Event(Recorded.Event):
        """An event of an inspection."""

        CLASS: ClassVar[str] = "D"

    class Created(Event, Aggregate.Created):
        """What begins its stream; the library wants it by this name, with a topic of its own."""

        TOPIC = "inspection.created.v1"

    class InspectionOpened(Event, Opening):
        """The Board opens its record to an office: days from `covers_from` to `ceiling`, of one `agency` or of all, until `expires_on`."""

        TOPIC = "inspection.opened.v1"
        office: Identifies[Public[str]]
        body: Public[str]
        purpose: Identifies[Public[Purpose]]  # another, or of another agency, is another inspection
        agency: Identifies[Public[str | None]]
        covers_from: Public[date]
        ceiling: Public[date]
        expires_on: Public[date]

    class InspectionClosed(Event):
        """It ends before its last day."""

        TOPIC = "inspection.closed.v1"
        reason: Public[str]

    class EvidenceDisclosed(Event):
        """Restricted or personal data of an object (`action:A13`, `file:<sha256>`) were opened on this day."""

        TOPIC, CLASS, STANDS = "inspection.evidence_disclosed.v1", "C", True
        object: Public[str]

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "inspection.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "inspection.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "inspection.entry_retracted.v1"

    @classmethod
    def begin(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        office: str,
        body: str,
        purpose: Purpose,
        agency: str | None = None,
        covers_from: date,
        ceiling: date,
        expires_on: date,
    ) -> Inspection:
        """Open the first inspection by an office: what `open_again` does for the next."""
        said(body=body)
        _in_order(office, covers_from, ceiling, occurred_on, expires_on)
        fields = {"office": office, "body": body, "purpose": purpose, "agency": agency}
        days = {"covers_from": covers_from, "ceiling": ceiling, "expires_on": expires_on, "occurred_on": occurred_on}
        stream = stream_id(origin, "inspection", office)
        return cls.open(cls.InspectionOpened, stream, **fields, **days, late_reason=late_reason, **acting.said)

    def open_again(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        body: str,
        purpose: Purpose,
        agency: str | None = None,
        covers_from: date,
        ceiling: date,
        expires_on: date,
    ) -> None:
        """Open another inspection by the same office, once the one before has ended."""
        said(body=body)
        _in_order(self.ref, covers_from, ceiling, occurred_on, expires_on)
        if self.state and self.state.open_on(occurred_on):
            raise InspectionOpen(office=self.ref, expires_on=self.state.expires_on)
        if self.state and occurred_on < self.state.ended_on:
            raise OpensBefore(office=self.ref, ended_on=self.state.ended_on, day=occurred_on)
        fields = {"office": self.ref, "body": body, "purpose": purpose, "agency": agency}
        days = {"covers_from": covers_from, "ceiling": ceiling, "expires_on": expires_on, "occurred_on": occurred_on}
        self.record("InspectionOpened", **fields, **days, late_reason=late_reason, **acting.said)

    def close(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reason: str) -> None:
        """End it before its last day."""
        self._open(occurred_on)
        said(reason=reason)
        self.record("InspectionClosed", occurred_on=occurred_on, late_reason=late_reason, reason=reason, **acting.said)

    def disclose(self, *, acting: Acting, occurred_on: date, opened: Iterable[str]) -> None:
        """Put on record what was opened: once for each object and day. Refuse where all of it is on record."""
        new = self.undisclosed(opened, occurred_on)
        if not new:
            raise AlreadyDisclosed(office=self.ref, day=occurred_on)
        for one in new:
            self.record("EvidenceDisclosed", occurred_on=occurred_on, object=one, **acting.said)

    def undisclosed(self, opened: Iterable[str], day: date) -> list[str]:
        """Return what of these objects was not opened on this day before; refuse where no inspection is open."""
        known = self._open(day).disclosed
        return [one for one in opened if (one, day) not in known]

    def _open(self, day: date) -> InspectionState:
        if self.state is None or not self.state.open_on(day):
            raise NoInspectionOpen(office=self.ref, day=day)
        return self.state

    def check_corrected(self, entry: Entry) -> None:
        """Refuse days that could not have been given."""
        body = entry.body
        if entry.event is Inspection.InspectionOpened:
            _in_order(self.ref, body["covers_from"], body["ceiling"], body["occurred_on"], body["expires_on"])

    def lacking(self, stands: Sequence[Entry]) -> dict[int, frozenset[str]]:
        """Say what was opened while no inspection was open, and which inspection began within another."""
        found = super().lacking(stands)
        for entry, before in steps(stands, self.fold):
            day = entry.occurred_on
            if issubclass(entry.event, Inspection.InspectionOpened) and before and day < before.ended_on:
                found[entry.number] = frozenset({f"the one before would have been open until {before.ended_on}"})
            if issubclass(entry.event, Inspection.EvidenceDisclosed) and not (before and before.open_on(day)):
                found[entry.number] = frozenset({"no inspection would have been open when something was opened in it"})
        return found

    def _parts(self, amends: int, corrected: Mapping[str, Any] | None) -> dict[str, dict[str, Any] | None]:
        parts = super()._parts(amends, corrected)
        if issubclass(self.entries[amends - 1].event, Inspection.EvidenceDisclosed):
            raise OpeningStands(office=self.ref, amends=amends)
        return parts

    @staticmethod
    def fold(entries: Iterable[Entry], before: InspectionState | None = None) -> InspectionState | None:
        """Fold what stands: the inspection opened last, and what was opened in it."""
        now = before
        for entry in entries:
            body, day = entry.body, entry.occurred_on
            if issubclass(entry.event, Inspection.InspectionOpened):
                named = {n: body[n] for n in ("office", "body", "purpose", "agency", "covers_from", "ceiling", "expires_on")}
                now = InspectionState(**named, opened_on=day)
            elif now and issubclass(entry.event, Inspection.InspectionClosed):
                now = replace(now, closed_on=day)
            elif now and issubclass(entry.event, Inspection.EvidenceDisclosed):
                now = replace(now, disclosed=(*now.disclosed, (body["object"], day)))
        return now


def _in_order(office: str, covers_from: date, ceiling: date, opened_on: date, expires_on: date) -> None:
    if not (covers_from <= ceiling and opened_on <= expires_on):
        raise PeriodBackwards(office=office, covers_from=covers_from, ceiling=ceiling, expires_on=expires_on)
