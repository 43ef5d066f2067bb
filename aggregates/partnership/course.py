"""A course of the Board's programme: what it is to teach, because of what, how that changes, and when it is given up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, Recorded, stream_id
from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - as date
from aggregates.errors import Refused, said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Acting

Level: TypeAlias = Literal["basic", "core", "specialist", "managers", "all"]
Form: TypeAlias = Literal["e-learning", "3 hour", "1 day", "multi-day", "conference"]


class NotInTheProgramme(Refused):
    """What is not on offer is neither revised nor withdrawn."""

    text = "{ref} is not on offer on {day}"


class NothingToLearn(Refused):
    """A course is for something: skills, knowledge or values."""

    source, text = "framework, page 8", "{ref} says nothing of the skills, the knowledge or the values that it is to bring"


@dataclass(frozen=True, slots=True)
class Revision:
    """What was changed in a course, and because of what."""

    on: date
    what: str
    because_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """It is in the programme."""

    word: ClassVar[str] = "offered"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """It was in the programme until a day."""

    on: date
    reason: str
    word: ClassVar[str] = "withdrawn"


@dataclass(frozen=True, slots=True)
class CourseState:
    """A course on one day. `because_of` names the findings that it teaches, its revisions' included."""

    ref: str
    title: str
    level: str
    format: str
    provider: str
    skills: str | None
    knowledge: str | None
    values: str | None
    follow_up_owed: bool
    because_of: tuple[str, ...]
    offered_on: date
    revisions: tuple[Revision, ...] = ()
    status: Offered | Withdrawn = Offered()


class Course(Recorded[CourseState | None]):
    """One course."""

    TOPIC = "course"

    class Event(Recorded.Event):
        """An event of a course."""

    class Created(Event, Aggregate.Created):
        """What begins the stream of a course; the library wants it by this name, with a topic of its own."""

        TOPIC = "course.created.v1"

    class CourseOffered(Created):
        """It comes into the programme. `follow_up_owed`: after three months its participants are asked again."""

        TOPIC = "course.offered.v1"
        ref: Identifies[Public[str]]
        title: Public[str]
        level: Public[Level]
        format: Public[Form]
        provider: Public[str]
        skills: Public[str | None]
        knowledge: Public[str | None]
        values: Public[str | None]
        follow_up_owed: Public[bool]
        because_of: Public[tuple[str, ...]]

    class CourseContentRevised(Event):
        """Its content changes."""

        TOPIC = "course.content_revised.v1"
        what: Public[str]
        because_of: Public[tuple[str, ...]]

    class CourseWithdrawn(Event):
        """It goes out of the programme."""

        TOPIC = "course.withdrawn.v1"
        reason: Public[str]

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "course.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "course.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "course.entry_retracted.v1"

    @classmethod
    def offer(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        ref: str,
        title: str,
        level: Level,
        format: Form,  # noqa: A002 - the field's own word
        provider: str,
        skills: str | None = None,
        knowledge: str | None = None,
        values: str | None = None,
        follow_up_owed: bool,
        because_of: tuple[str, ...] = (),
    ) -> Course:
        """Take a course into the programme, and say what it is to bring."""
        said(ref=ref, title=title, provider=provider, skills=skills, knowledge=knowledge, values=values)
        if not (skills or knowledge or values):
            raise NothingToLearn(ref=ref)
        fields = {"ref": ref, "title": title, "level": level, "format": format, "provider": provider, "because_of": tuple(because_of)}
        outcomes = {"skills": skills, "knowledge": knowledge, "values": values, "follow_up_owed": follow_up_owed}
        when = {"occurred_on": occurred_on, "late_reason": late_reason}
        return cls.open(cls.CourseOffered, stream_id(origin, "course", ref), **fields, **outcomes, **when, **acting.said)

    def revise(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, what: str, because_of: tuple[str, ...] = ()
    ) -> None:
        """Say what changes in it, and because of which findings."""
        self._on_offer(occurred_on)
        said(what=what)
        fields = {"what": what, "because_of": tuple(because_of)}
        self.record("CourseContentRevised", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def withdraw(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reason: str) -> None:
        """Take it out of the programme."""
        self._on_offer(occurred_on)
        said(reason=reason)
        self.record("CourseWithdrawn", occurred_on=occurred_on, late_reason=late_reason, reason=reason, **acting.said)

    def _on_offer(self, day: date) -> None:
        for at in (self.state, self.state_on(day)):
            if at is None or isinstance(at.status, Withdrawn):
                raise NotInTheProgramme(ref=self.ref, day=day)

    @staticmethod
    def fold(entries: Iterable[Entry], before: CourseState | None = None) -> CourseState | None:
        """Fold what stands."""
        now = before
        for entry in entries:
            body = entry.body
            if issubclass(entry.event, Course.CourseOffered):
                known = {name: body[name] for name in AS_SAID}
                now = CourseState(**known, offered_on=entry.occurred_on)
            elif now and issubclass(entry.event, Course.CourseContentRevised):
                revision = Revision(entry.occurred_on, body["what"], body["because_of"])
                because = tuple(dict.fromkeys((*now.because_of, *body["because_of"])))
                now = replace(now, revisions=(*now.revisions, revision), because_of=because)
            elif now and issubclass(entry.event, Course.CourseWithdrawn):
                now = replace(now, status=Withdrawn(entry.occurred_on, body["reason"]))
        return now


AS_SAID = ("ref", "title", "level", "format", "provider", "skills", "knowledge", "values", "follow_up_owed", "because_of")
