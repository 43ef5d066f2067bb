"""What the Board does between reviews, on any day as known on any day: its meetings, priorities, courses and resources."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date  # noqa: TC003 - the schemas of the API read the annotations of rows at run time
from typing import TYPE_CHECKING, Any, ClassVar

from aggregates.partnership import Course, CourseState, Meeting, MeetingState, Priorities, PrioritiesState, Resource, ResourceState
from aggregates.partnership.course import Withdrawn
from projections.partnership.rows import rows
from projections.two_clocks.timeline import OneRow, as_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection

    from aggregates.entry import Entry


class Meetings(OneRow):
    """Every meeting."""

    table = "meetings"
    kinds = frozenset({"meeting"})
    columns: ClassVar[Mapping[str, str]] = {
        "body": "text",
        "held_on": "date",
        "attendance": "jsonb",
        "present": "integer",
        "members": "integer",
        "quorum": "text",
        "quorate": "boolean",
        "agenda": "jsonb",
        "minutes": "jsonb",
    }

    def fold(self, entries: Sequence[Entry], before: MeetingState | None = None) -> MeetingState | None:
        """Take the aggregate's own."""
        return Meeting.fold(entries, before)

    def row(self, meeting: MeetingState) -> tuple[Any, ...]:
        """Show all of it."""
        attendance = as_json([{"agency": agency, "attendance": how} for agency, how in meeting.attendance])
        counted = (meeting.present, meeting.members, meeting.quorum, meeting.quorate)
        return (meeting.body, meeting.held_on, attendance, *counted, _each(meeting.agenda), _each(meeting.minutes))


class PrioritiesOfPeriods(OneRow):
    """The priorities of every period."""

    table = "priorities"
    kinds = frozenset({"priorities"})
    columns: ClassVar[Mapping[str, str]] = {"priorities": "jsonb"}

    def fold(self, entries: Sequence[Entry], before: PrioritiesState | None = None) -> PrioritiesState | None:
        """Take the aggregate's own."""
        return Priorities.fold(entries, before)

    def row(self, period: PrioritiesState) -> tuple[Any, ...]:
        """Show all of them."""
        return (_each(period.priorities),)


class Courses(OneRow):
    """Every course that was ever offered."""

    table = "courses"
    kinds = frozenset({"course"})
    columns: ClassVar[Mapping[str, str]] = {
        "title": "text",
        "level": "text",
        "format": "text",
        "provider": "text",
        "skills": "text",
        "knowledge": "text",
        "values": "text",
        "follow_up_owed": "boolean",
        "because_of": "jsonb",
        "offered_on": "date",
        "revisions": "jsonb",
        "status": "text",
        "withdrawn_on": "date",
        "withdrawn_because": "text",
    }

    def fold(self, entries: Sequence[Entry], before: CourseState | None = None) -> CourseState | None:
        """Take the aggregate's own."""
        return Course.fold(entries, before)

    def row(self, course: CourseState) -> tuple[Any, ...]:
        """Show all of it."""
        said = (course.title, course.level, course.format, course.provider, course.skills, course.knowledge, course.values)
        more = (course.follow_up_owed, as_json(course.because_of), course.offered_on, _each(course.revisions))
        withdrawn = course.status if isinstance(course.status, Withdrawn) else None
        return (*said, *more, course.status.word, withdrawn and withdrawn.on, withdrawn and withdrawn.reason)


class Resources(OneRow):
    """Every resource that was ever listed."""

    table = "resources"
    kinds = frozenset({"resource"})
    columns: ClassVar[Mapping[str, str]] = {
        "title": "text",
        "url": "text",
        "kind": "text",
        "check_every": "integer",
        "listed_on": "date",
        "checked_on": "date",
        "reachable": "boolean",
        "check_due": "date",
        "feedback": "jsonb",
    }

    def fold(self, entries: Sequence[Entry], before: ResourceState | None = None) -> ResourceState | None:
        """Take the aggregate's own."""
        return Resource.fold(entries, before)

    def row(self, resource: ResourceState) -> tuple[Any, ...]:
        """Show all of it."""
        said = (resource.title, resource.url, resource.kind, resource.check_every, resource.listed_on)
        return (*said, resource.checked_on, resource.reachable, resource.check_due, _each(resource.feedback))


def _each(things: Any) -> str:
    return as_json([asdict(one) for one in things])


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRow:
    """A meeting: `attendance` has `agency` and `attendance`, `agenda` `id`, `title` and `about`; `quorum` is a share of `members`."""

    ref: str
    body: str
    held_on: date
    attendance: list[dict[str, Any]]
    present: int
    members: int
    quorum: str
    quorate: bool
    agenda: list[dict[str, Any]]
    minutes: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrioritiesRow:
    """The priorities of a period, which is their `ref`: `priority`, `lead_office`, `informed_by` and `set_on` of each."""

    ref: str
    priorities: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRow:
    """A course on a day; `revisions` have `on`, `what` and `because_of`, and `because_of` gathers all findings that it teaches."""

    ref: str
    title: str
    level: str
    format: str
    provider: str
    skills: str | None
    knowledge: str | None
    values: str | None
    follow_up_owed: bool
    because_of: list[str]
    offered_on: date
    revisions: list[dict[str, Any]]
    status: str
    withdrawn_on: date | None
    withdrawn_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRow:
    """A resource on a day: what the last look found, by when it is looked at again, and what people say of it."""

    ref: str
    title: str
    url: str
    kind: str
    check_every: int
    listed_on: date
    checked_on: date | None
    reachable: bool | None
    check_due: date
    feedback: list[dict[str, Any]]


def meetings(conn: Connection[Any], *, as_at: date, known_at: int) -> list[MeetingRow]:
    """Return the meetings held by a day, as known at a position, the earliest first."""
    return sorted(rows(conn, MeetingRow, Meetings, as_at=as_at, known_at=known_at), key=lambda row: row.held_on)


def priorities(conn: Connection[Any], *, as_at: date, known_at: int) -> list[PrioritiesRow]:
    """Return the priorities set by a day, as known at a position, by period."""
    return rows(conn, PrioritiesRow, PrioritiesOfPeriods, as_at=as_at, known_at=known_at)


def courses(conn: Connection[Any], *, as_at: date, known_at: int) -> list[CourseRow]:
    """Return the courses offered by a day, as known at a position."""
    return rows(conn, CourseRow, Courses, as_at=as_at, known_at=known_at)


def resources(conn: Connection[Any], *, as_at: date, known_at: int) -> list[ResourceRow]:
    """Return the resources listed by a day, as known at a position."""
    return rows(conn, ResourceRow, Resources, as_at=as_at, known_at=known_at)
