"""A meeting of the Board or of a sub-group: who was there, whether that was a quorum, what was on the agenda, and the minutes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, Any, ClassVar, Final

from eventsourcing.domain import Aggregate

from aggregates.authority import BOARD, CHAIRS, MANAGER
from aggregates.entry import Entry, Recorded, stream_id
from aggregates.entry.fields import Identifies, Public, Restricted  # noqa: TC001 - as date
from aggregates.entry.values import Evidence  # noqa: TC001 - as date
from aggregates.errors import Refused, said
from aggregates.partnership.membership import NotAMember
from aggregates.partnership.settings import read

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from fractions import Fraction

    from aggregates.authority import Acting

ATTENDANCE: Final = ("present", "apologies", "absent")


class NotTheirMeeting(Refused):
    """A meeting is put on record by those whose it was."""

    text = "{ref} was a meeting of {body}: it is recorded by its chair, or for the Board"


class UnreadableAttendance(Refused):
    """Attendance names each agency once, and says whether it was there."""

    text = "The attendance at {ref} says of each agency once whether it was present, absent or sent apologies: {why}"


class UnreadableAgenda(Refused):
    """An agenda has items, each with an id of its own."""

    text = "The agenda of {ref} has items of an id, a title and what they are about, each id once: {why}"


class NotHeld(Refused):
    """Nothing is filed of a meeting on a day before it was held."""

    text = "{ref} had not been held on {day}"


class NoMinutes(Refused):
    """Minutes are a file."""

    source, text = "framework, page 12", "Bring the file with the minutes of {ref}"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an agenda; `about` names what it was about: `review:SB-2016-03`."""

    id: str
    title: str
    about: str | None = None


@dataclass(frozen=True, slots=True)
class MeetingState:
    """A meeting. `attendance` has each agency that was named; who is not named of `members` was not there."""

    ref: str
    body: str
    held_on: date
    attendance: tuple[tuple[str, str], ...]
    agenda: tuple[Item, ...]
    members: int
    quorum: str
    minutes: tuple[Evidence, ...] = ()

    @property
    def present(self) -> int:
        """Return how many agencies were there."""
        return sum(how == "present" for _, how in self.attendance)

    @property
    def quorate(self) -> bool:
        """Say whether they were enough, by the quorum that held on the day."""
        share = read("quorum", self.quorum)
        return share is not None and quorate(self.present, self.members, share)

    def item(self, number: str) -> Item | None:
        """Return an item of the agenda by its id."""
        return next((item for item in self.agenda if item.id == number), None)


def quorate(present: int, members: int, quorum: Fraction) -> bool:
    """Say whether those present are at least the share of the members that a quorum is; of none there is no quorum."""
    return members > 0 and present >= quorum * members


class Meeting(Recorded[MeetingState | None]):
    """One meeting."""

    TOPIC = "meeting"

    class Event(Recorded.Event):
        """An event of a meeting."""

    class Created(Event, Aggregate.Created):
        """What begins the stream of a meeting; the library wants it by this name, with a topic of its own."""

        TOPIC = "meeting.created.v1"

    class MeetingHeld(Created):
        """It was held, on the day on which this occurred.

        `attendance` has objects of `agency` and `attendance`, `agenda` of `id`, `title` and `about`; `evidence` are the minutes.
        """

        TOPIC, CLASS = "meeting.held.v1", "D"
        COMPUTED: ClassVar[frozenset[str]] = frozenset({"members", "quorum", "quorate"})
        ref: Identifies[Public[str]]
        body: Public[str]
        attendance: Public[tuple[dict[str, Any], ...]]
        agenda: tuple[dict[str, Any], ...]
        evidence: Restricted[tuple[Evidence, ...]]
        members: Public[int]
        quorum: Public[str]
        quorate: Public[bool]

    class MinutesFiled(Event):
        """The minutes, as they were agreed."""

        TOPIC = "meeting.minutes_filed.v1"
        evidence: Restricted[tuple[Evidence, ...]]

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "meeting.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "meeting.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "meeting.entry_retracted.v1"

    @classmethod
    def hold(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        ref: str,
        body: str,
        attendance: tuple[dict[str, Any], ...],
        agenda: tuple[dict[str, Any], ...] = (),
        evidence: tuple[Evidence, ...] = (),
        members: Collection[str],
        quorum: Fraction,
    ) -> Meeting:
        """Put a meeting on record. `members` are the agencies that are members on the day: at the Board, all of them count.

        Of a sub-group those count whom its attendance names.
        """
        said(ref=ref, body=body)
        if acting.body != body and acting.role not in CHAIRS | {MANAGER}:
            raise NotTheirMeeting(ref=ref, body=body)
        there = _attendance(ref, attendance)
        if others := [agency for agency, _ in there if agency not in members]:
            raise NotAMember(ref=others[0], day=occurred_on)
        _agenda(ref, agenda)
        count = len(members) if body == BOARD else len(there)
        present = sum(how == "present" for _, how in there)
        found = {"members": count, "quorum": f"{quorum.numerator}/{quorum.denominator}", "quorate": quorate(present, count, quorum)}
        fields = {"ref": ref, "body": body, "attendance": tuple(attendance), "agenda": tuple(agenda), "evidence": tuple(evidence)}
        when = {"occurred_on": occurred_on, "late_reason": late_reason}
        return cls.open(cls.MeetingHeld, stream_id(origin, "meeting", ref), **fields, **found, **when, **acting.said)

    def file_minutes(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, evidence: tuple[Evidence, ...]) -> None:
        """File the minutes, when they are agreed."""
        then = self.state_on(occurred_on)
        if self.state is None or then is None:
            raise NotHeld(ref=self.ref, day=occurred_on)
        if acting.body != then.body and acting.role not in CHAIRS | {MANAGER}:
            raise NotTheirMeeting(ref=self.ref, body=then.body)
        if not evidence:
            raise NoMinutes(ref=self.ref)
        self.record("MinutesFiled", occurred_on=occurred_on, late_reason=late_reason, evidence=tuple(evidence), **acting.said)

    def check_corrected(self, entry: Entry) -> None:
        """Refuse an attendance or an agenda that could not have been recorded."""
        if entry.event is Meeting.MeetingHeld:
            _attendance(self.ref, entry.body["attendance"])
            _agenda(self.ref, entry.body["agenda"])

    @staticmethod
    def fold(entries: Iterable[Entry], before: MeetingState | None = None) -> MeetingState | None:
        """Fold what stands. Whether it was quorate follows from the attendance as corrected."""
        now = before
        for entry in entries:
            body = entry.body
            if issubclass(entry.event, Meeting.MeetingHeld):
                there = tuple((str(one.get("agency", "")), str(one.get("attendance", ""))) for one in body["attendance"])
                agenda = tuple(Item(str(one.get("id", "")), str(one.get("title", "")), one.get("about")) for one in body["agenda"])
                counted = (body["members"], body["quorum"])
                now = MeetingState(body["ref"], body["body"], entry.occurred_on, there, agenda, *counted, body["evidence"])
            elif now and issubclass(entry.event, Meeting.MinutesFiled):
                now = replace(now, minutes=(*now.minutes, *body["evidence"]))
        return now


def _attendance(ref: str, given: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return who was there and how, or refuse what cannot be read so."""
    for one in given:
        if one.keys() != {"agency", "attendance"} or not all(isinstance(value, str) for value in one.values()):
            raise UnreadableAttendance(ref=ref, why="an agency and its attendance are needed, and nothing else")
        if one["attendance"] not in ATTENDANCE:
            raise UnreadableAttendance(ref=ref, why=f"{one['agency']} cannot be {one['attendance']}")
    if not given:
        raise UnreadableAttendance(ref=ref, why="nobody is named")
    if twice := _twice(one["agency"] for one in given):
        raise UnreadableAttendance(ref=ref, why=f"{twice} is named more than once")
    return [(one["agency"], one["attendance"]) for one in given]


def _agenda(ref: str, given: Sequence[Mapping[str, Any]]) -> None:
    for one in given:
        texts = {name: value for name, value in one.items() if value is not None}
        if one.keys() - {"id", "title", "about"} or not all(isinstance(value, str) and value.strip() for value in texts.values()):
            raise UnreadableAgenda(ref=ref, why="an item has these texts and no others")
        if not texts.keys() >= {"id", "title"}:
            raise UnreadableAgenda(ref=ref, why="an item needs an id and a title")
    if twice := _twice(one["id"] for one in given):
        raise UnreadableAgenda(ref=ref, why=f"{twice} is there more than once")


def _twice(names: Iterable[str]) -> str | None:
    return next((name for name, times in Counter(names).items() if times > 1), None)
