"""The training programme: which of the framework's formats has a live course, at which levels, and because of which findings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from aggregates.partnership.course import Form
from projections.partnership.programme import CourseRow, courses
from projections.training.sessions import lines

if TYPE_CHECKING:
    from psycopg import Connection

OFFERED = "offered"


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseOfProgramme:
    """A live course: `needs` are the findings that it teaches; how often it was held, and when it is next."""

    ref: str
    title: str
    level: str
    provider: str
    follow_up_owed: bool
    needs: list[str]
    held: int
    next_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatRow:
    """A format that the framework names, with its live courses; `gap` where there is none."""

    format: str
    courses: list[CourseOfProgramme]
    gap: bool


def programme(conn: Connection[Any], *, as_at: date, known_at: int) -> list[FormatRow]:
    """Return every format with its live courses as at a day, as known at a position."""
    at: dict[str, Any] = {"as_at": as_at, "known_at": known_at}
    held, planned = dict[str, int](), dict[str, date]()
    for row in lines(conn, **at):
        if row.delivered_on:
            held[row.course] = held.get(row.course, 0) + 1
        elif row.status == "scheduled":
            planned.setdefault(row.course, row.held_on)
    live = [row for row in courses(conn, **at) if row.status == OFFERED]
    found = []
    for form in get_args(Form):
        of_it = [_course(row, held.get(row.ref, 0), planned.get(row.ref)) for row in live if row.format == form]
        found.append(FormatRow(format=form, courses=of_it, gap=not of_it))
    return found


def _course(row: CourseRow, held: int, next_on: date | None) -> CourseOfProgramme:
    said = {name: getattr(row, name) for name in ("ref", "title", "level", "provider", "follow_up_owed")}
    return CourseOfProgramme(**said, needs=row.because_of, held=held, next_on=next_on)
