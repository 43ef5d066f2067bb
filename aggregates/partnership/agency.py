"""An agency: a member of the partnership from a day, under a name that may change, until it leaves."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.authority import CHAIRS
from aggregates.entry import Entry, Opening, Recorded, steps, stream_id
from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - as date
from aggregates.errors import said
from aggregates.partnership.membership import (
    AlreadyAMember,
    ChairsOwnAgency,
    NotAMember,
    NotOwed,
    OpenObligations,
    SameName,
    Spell,
    SucceedsItself,
    check_in_sight,
    why_not_leaving,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from aggregates.authority import Acting

# By what an agency answers for its safeguarding: section 11 of the Children Act 2004, section 175 of the Education Act 2002,
# an agreement with the Board, or nothing.
Section11: TypeAlias = Literal["yes", "s.175", "local", "no"]


@dataclass(frozen=True, slots=True)
class Accounted:
    """What became of one thing that an agency owed when it left: `item` is `action:A17` or `challenge:CH-1`, `to` who owes it now."""

    item: str
    became: str
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """It takes part."""

    word: ClassVar[str] = "member"


@dataclass(frozen=True, slots=True)
class Left:
    """It took part until a day. What it did stays its own, under its name at the time."""

    on: date
    reason: str
    successor: str | None
    accounted: tuple[Accounted, ...] = ()
    word: ClassVar[str] = "left"


@dataclass(frozen=True, slots=True)
class AgencyState:
    """An agency on one day, in its latest membership; `earlier` are those before it.

    `leaves_on` is the day on which it has announced to leave, `outstanding` what was declared outstanding at its departure:
    `review:SB-2016-03` (what it was asked for) or `challenge:CH-1`. An action says so of itself.
    """

    code: str
    name: str
    category: str
    section_11: str
    joined_on: date
    status: Member | Left = Member()
    leaves_on: date | None = None
    outstanding: tuple[str, ...] = ()
    earlier: tuple[Spell, ...] = ()


class Agency(Recorded[AgencyState | None]):
    """An agency's membership."""

    TOPIC = "agency"

    class Event(Recorded.Event):
        """An event of an agency's membership."""

        CLASS: ClassVar[str] = "D"

    class Created(Event, Aggregate.Created):
        """What begins the stream of an agency; the library wants it by this name, with a topic of its own."""

        TOPIC = "agency.created.v1"

    class AgencyJoined(Event, Opening):
        """It becomes a member, for the first time or again."""

        TOPIC = "agency.joined.v1"
        code: Identifies[Public[str]]
        name: Public[str]
        category: Public[str]
        section_11: Public[Section11]

    class AgencyRenamed(Event):
        """It goes on under another name: the same agency."""

        TOPIC = "agency.renamed.v1"
        name: Public[str]

    class DepartureAnnounced(Event):
        """It will leave. Nothing ends by this; what it owes can be handed over, or declared outstanding."""

        TOPIC = "agency.departure_announced.v1"
        leaves_on: Public[date]
        reason: Public[str]

    class ObligationOutstanding(Event):
        """Of what it owes beside its actions, one thing will be left undone: `review:SB-2016-03` or `challenge:CH-1` (INV-36)."""

        TOPIC = "agency.obligation_outstanding.v1"
        item: Public[str]
        reason: Public[str]

    class AgencyLeft(Event):
        """It is a member no more. `accounted` says of what it owed and did not do, item by item, what became of it (INV-36)."""

        TOPIC = "agency.left.v1"
        COMPUTED: ClassVar[frozenset[str]] = frozenset({"accounted"})
        reason: Public[str]
        successor: Public[str | None]
        accounted: Public[tuple[dict[str, Any], ...]]

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "agency.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "agency.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "agency.entry_retracted.v1"

    @classmethod
    def join(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        code: str,
        name: str,
        category: str,
        section_11: Section11,
    ) -> Agency:
        """Let an agency become a member, on the day on which this occurred."""
        said(code=code, name=name, category=category)
        fields = {"code": code, "name": name, "category": category, "section_11": section_11}
        stream = stream_id(origin, "agency", code)
        return cls.open(cls.AgencyJoined, stream, occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def rejoin(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, name: str, category: str, section_11: Section11
    ) -> None:
        """Let it become a member again, after it left or after its joining was retracted."""
        if any(at and isinstance(at.status, Member) for at in (self.state_on(occurred_on), self.state)):
            raise AlreadyAMember(ref=self.ref)
        said(name=name, category=category)
        fields = {"code": self.ref, "name": name, "category": category, "section_11": section_11}
        self.record("AgencyJoined", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def rename(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, name: str) -> None:
        """Let it go on under another name."""
        said(name=name)
        if self._member(occurred_on).name == name:
            raise SameName(ref=self.ref, name=name)
        self.record("AgencyRenamed", occurred_on=occurred_on, late_reason=late_reason, name=name, **acting.said)

    def announce_departure(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, leaves_on: date, reason: str
    ) -> None:
        """Say that it will leave, and when. A later announcement takes the place of an earlier one."""
        self._member(occurred_on)
        said(reason=reason)
        check_in_sight(self.ref, occurred_on, leaves_on)
        fields = {"leaves_on": leaves_on, "reason": reason}
        self.record("DepartureAnnounced", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def declare_obligation_outstanding(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        item: str,
        reason: str,
        owed: Collection[str] = (),
    ) -> None:
        """Say in public that it leaves with one thing undone. The caller names what is `owed`, as `item` names it."""
        if refused := why_not_leaving(self.ref, self._member(occurred_on).leaves_on, acting.judged_on(occurred_on, late_reason)):
            raise refused
        if acting.role in CHAIRS and acting.agency == self.ref:
            raise ChairsOwnAgency(ref=self.ref, role=acting.role)
        said(reason=reason)
        if item not in owed:
            raise NotOwed(ref=self.ref, item=item, open_items=", ".join(owed) or "there is nothing")
        fields = {"item": item, "reason": reason}
        self.record("ObligationOutstanding", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def leave(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        reason: str,
        successor: str | None = None,
        open_obligations: Sequence[str] = (),
        accounted: Sequence[Accounted] = (),
    ) -> None:
        """Let it leave, unless it still holds what is open: the caller names that, item by item, and what became of the rest (INV-36)."""
        self._member(occurred_on)
        said(reason=reason)
        if successor == self.ref:
            raise SucceedsItself(ref=self.ref)
        if open_obligations:
            raise OpenObligations(ref=self.ref, obligations=tuple(open_obligations))
        fields = {"reason": reason, "successor": successor, "accounted": tuple(asdict(one) for one in accounted)}
        self.record("AgencyLeft", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def _member(self, day: date) -> AgencyState:
        then, now = self.state_on(day), self.state
        if then is None or now is None or isinstance(then.status, Left) or isinstance(now.status, Left):
            raise NotAMember(ref=self.ref, day=day)
        return then

    def check_corrected(self, entry: Entry) -> None:
        """Refuse a joining within a membership, a departure that could not have been announced so, and to be its own successor."""
        body = entry.body
        if entry.event is Agency.AgencyJoined:
            then = self.fold(e for e in self.standing if e.number != entry.number and e.occurred_on <= entry.occurred_on)
            if then and isinstance(then.status, Member):
                raise AlreadyAMember(ref=self.ref)
        elif entry.event is Agency.DepartureAnnounced:
            check_in_sight(self.ref, body["occurred_on"], body["leaves_on"])
        elif entry.event is Agency.AgencyLeft and body["successor"] == self.ref:
            raise SucceedsItself(ref=self.ref)

    def lacking(self, stands: Sequence[Entry]) -> dict[int, frozenset[str]]:
        """Say what is said of it outside of its membership, or outstanding at a departure that was not announced (INV-36)."""
        found = super().lacking(stands)
        for entry, before in steps(stands, self.fold):
            if before is None or issubclass(entry.event, (Agency.AgencyJoined, Agency.AmendmentProposed)):
                continue
            if isinstance(before.status, Left):
                found[entry.number] = frozenset({"it would have left before that"})
            elif issubclass(entry.event, Agency.ObligationOutstanding) and why_not_leaving(self.ref, before.leaves_on, entry.occurred_on):
                found[entry.number] = frozenset({"no departure would be announced for that day or later"})
        return found

    @staticmethod
    def fold(entries: Iterable[Entry], before: AgencyState | None = None) -> AgencyState | None:
        """Fold what stands."""
        now = before
        for entry in entries:
            body = entry.body
            if issubclass(entry.event, Agency.AgencyJoined):
                said_of_it = (body["code"], body["name"], body["category"], body["section_11"])
                now = AgencyState(*said_of_it, entry.occurred_on, earlier=_earlier(now))
            elif now and issubclass(entry.event, Agency.AgencyRenamed):
                now = replace(now, name=body["name"])
            elif now and issubclass(entry.event, Agency.DepartureAnnounced):
                now = replace(now, leaves_on=body["leaves_on"])
            elif now and issubclass(entry.event, Agency.ObligationOutstanding):
                now = replace(now, outstanding=(*now.outstanding, body["item"]))
            elif now and issubclass(entry.event, Agency.AgencyLeft):
                now = replace(now, status=_left(entry.occurred_on, body))
        return now


def _earlier(before: AgencyState | None) -> tuple[Spell, ...]:
    if before is None or not isinstance(before.status, Left):
        return ()
    return (*before.earlier, Spell(before.joined_on, before.status.on, before.category, before.section_11))


def _left(day: date, body: Mapping[str, Any]) -> Left:
    accounted = tuple(Accounted(str(one.get("item", "")), str(one.get("became", "")), one.get("to")) for one in body["accounted"])
    return Left(day, body["reason"], body["successor"], accounted)
