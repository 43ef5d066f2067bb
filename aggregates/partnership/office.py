"""An office: who holds it from when to when, employed by whom. Everything signed is signed in an office (INV-32).

`answering_office` says who answers when one is vacant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Protocol, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, Opening, Recorded, stream_id
from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - as date
from aggregates.entry.values import Sealed  # noqa: TC001 - as date
from aggregates.errors import Refused, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregates.authority import Acting

Role: TypeAlias = Literal[
    "chair",
    "deputy chair",
    "board manager",
    "sub-group chair",
    "designated lead",
    "chief officer",
    "data protection officer",
    "policy and practice manager",
    "trainer",
    "lead reviewer",
    "inspector",
    "auditor",
]

# Who answers where an office is vacant, one after the other (journey F.7). Of a sub-group there is one chair, of the Board one of each.
NEXT_OFFICES: Final = ("sub-group chair", "deputy chair", "chair", "board manager")


class TermsOverlap(Refused):
    """An office has one holder at a time."""

    rule, text = "INV-32", "The office {ref} is filled from {from_on} until {until_on}: the terms would overlap"


class NobodyInOffice(Refused):
    """Nobody can be stood down from an empty office."""

    rule, text = "INV-32", "Nobody holds the office {ref} on {day}"


class LeadOfNobody(Refused):
    """A designated lead leads in an agency: what they see and answer for is that agency's."""

    rule, text = "INV-32", "{ref} is the office of a designated lead: say of which agency (body or employer)"


class TermEndsFirst(Refused):
    """A term ends after it begins."""

    rule, text = "INV-32", "A term in the office {ref} cannot end on {until_on}, before it begins on {from_on}"


@dataclass(frozen=True, slots=True)
class Holder:
    """One person's term in an office, its last day included. `employer` is an agency's code; as corrected, like all else."""

    title: str
    role: str
    body: str | None
    holder: Sealed
    employer: str | None
    from_on: date
    until_on: date | None

    @property
    def of(self) -> str | None:
        """Return whose office it is: the sub-group's or the agency's, of a lead without either the employer's; None for the Board's."""
        return self.body or (self.employer if self.role == "designated lead" else None)

    def serves_on(self, day: date) -> bool:
        """Say whether the term covers a day."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class OfficeState:
    """An office with every term in it that is on record."""

    office: str
    terms: tuple[Holder, ...]

    def holder_on(self, day: date) -> Holder | None:
        """Return who holds it on a day. Where corrections make terms overlap, the one that began last."""
        return max((t for t in self.terms if t.serves_on(day)), key=lambda t: t.from_on, default=None)


class Office(Recorded[OfficeState | None]):
    """An office and those who held it."""

    TOPIC = "office"

    class Event(Recorded.Event):
        """An event of an office."""

        CLASS: ClassVar[str] = "D"

    class Created(Event, Aggregate.Created):
        """What begins the stream of an office; the library wants it by this name, with a topic of its own."""

        TOPIC = "office.created.v1"

    class OfficeHolderAppointed(Event, Opening):
        """Somebody takes the office, for a term. `body` is the sub-group or the agency whose office it is."""

        TOPIC = "office.holder_appointed.v1"
        office: Identifies[Public[str]]
        title: Public[str]
        role: Public[Role]
        body: Public[str | None]
        holder: Sealed
        employer: Public[str | None]
        from_on: Public[date]
        until_on: Public[date | None]

    class OfficeHolderStoodDown(Event):
        """Whoever holds the office leaves it; `until_on` is the last day."""

        TOPIC = "office.holder_stood_down.v1"
        until_on: Public[date]
        reason: str

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "office.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "office.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "office.entry_retracted.v1"

    @classmethod
    def begin(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        office: str,
        title: str,
        role: Role,
        body: str | None = None,
        holder: Sealed,
        employer: str | None = None,
        from_on: date,
        until_on: date | None = None,
    ) -> Office:
        """Appoint the first holder of an office: what `appoint` does for the next."""
        said(office=office, title=title)
        _in_order(office, from_on, until_on)
        _of_somebody(office, role, body, employer)
        fields = {"office": office, "title": title, "role": role, "body": body, "holder": holder, "employer": employer}
        term = {"from_on": from_on, "until_on": until_on, "occurred_on": occurred_on, "late_reason": late_reason}
        return cls.open(cls.OfficeHolderAppointed, stream_id(origin, "office", office), **fields, **term, **acting.said)

    def appoint(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        title: str,
        role: Role,
        body: str | None = None,
        holder: Sealed,
        employer: str | None = None,
        from_on: date,
        until_on: date | None = None,
    ) -> None:
        """Appoint the next holder, for a term that overlaps no other."""
        said(title=title)
        _in_order(self.ref, from_on, until_on)
        _of_somebody(self.ref, role, body, employer)
        for term in self.state.terms if self.state else ():
            if term.from_on <= (until_on or date.max) and from_on <= (term.until_on or date.max):
                raise TermsOverlap(ref=self.ref, from_on=term.from_on, until_on=term.until_on or "further notice")
        fields = {"office": self.ref, "title": title, "role": role, "body": body, "holder": holder, "employer": employer}
        term_said = {"from_on": from_on, "until_on": until_on, "occurred_on": occurred_on, "late_reason": late_reason}
        self.record("OfficeHolderAppointed", **fields, **term_said, **acting.said)

    def stand_down(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, until_on: date, reason: str) -> None:
        """End the term of whoever holds the office on the last day that is given."""
        said(reason=reason)
        if self.holder_on(until_on) is None:
            raise NobodyInOffice(ref=self.ref, day=until_on)
        fields = {"until_on": until_on, "reason": reason}
        self.record("OfficeHolderStoodDown", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def holder_on(self, day: date) -> Holder | None:
        """Return who holds the office on a day, as far as is on record now."""
        return self.state.holder_on(day) if self.state else None

    def check_corrected(self, entry: Entry) -> None:
        """Refuse a term that would end before it begins, or a lead of no agency."""
        body = entry.body
        if entry.event is Office.OfficeHolderAppointed:
            _in_order(self.ref, body["from_on"], body["until_on"])
            _of_somebody(self.ref, body["role"], body["body"], body["employer"])

    @staticmethod
    def fold(entries: Iterable[Entry], before: OfficeState | None = None) -> OfficeState | None:
        """Fold what stands; a standing-down that no term answers to says nothing."""
        now = before
        for entry in entries:
            body = entry.body
            if issubclass(entry.event, Office.OfficeHolderAppointed):
                term = Holder(**{name: body[name] for name in Holder.__slots__})
                now = OfficeState(body["office"], (*(now.terms if now else ()), term))
            elif now and issubclass(entry.event, Office.OfficeHolderStoodDown) and (serving := now.holder_on(body["until_on"])):
                ended = replace(serving, until_on=body["until_on"])
                now = replace(now, terms=tuple(ended if t is serving else t for t in now.terms))
        return now


def _of_somebody(office: str, role: str, *bodies: str | None) -> None:
    if role in {"designated lead", "chief officer"} and not any(bodies):
        raise LeadOfNobody(ref=office)


def _in_order(office: str, from_on: date, until_on: date | None) -> None:
    if until_on is not None and until_on < from_on:
        raise TermEndsFirst(ref=office, from_on=from_on, until_on=until_on)


class Seated(Protocol):
    """A term, as far as it says what the office is: the aggregate's `Holder`, or a read model's row."""

    @property
    def role(self) -> str:
        """Return the role."""

    @property
    def body(self) -> str | None:
        """Return the sub-group or the agency whose office it is."""


class Seat(Protocol):
    """An office that says who holds it: the aggregate's `OfficeState`, or a read model's row."""

    @property
    def terms(self) -> Sequence[Seated]:
        """Return every term in it, in the order of recording."""

    def holder_on(self, day: date) -> Seated | None:
        """Return who holds it on a day."""


def answering_office(asked: str | None, offices: Mapping[str, Seat], *, overseen_by: str | None, day: date) -> str | None:
    """Return the office that answers on a day: the one that is asked where somebody holds it, otherwise the next that is held.

    The next are the chair of the overseeing sub-group, the deputy chair, the chair and the board manager. What an office of the
    Board itself is asked does not go down to a sub-group. None where nobody holds any of them.
    """
    seat = offices.get(asked or "")
    if seat is not None and seat.holder_on(day) is not None:
        return asked
    of_the_board = seat is not None and bool(seat.terms) and seat.terms[-1].role in NEXT_OFFICES[1:]
    held = [(code, term) for code, office in sorted(offices.items()) if (term := office.holder_on(day))]
    for role in NEXT_OFFICES[of_the_board:]:
        for code, term in held:
            if term.role == role and (role != NEXT_OFFICES[0] or term.body == overseen_by):
                return code
    return None
