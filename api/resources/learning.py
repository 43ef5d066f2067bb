"""What the Board learns from and how it comes together: the learning library, attendance at meetings, and what was told to whom."""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from marshmallow import Schema, fields

from aggregates.authority import BOARD
from api.access import member
from api.fields import AtClocks, IsoDate
from api.resources.answering.answers import Reading, answer_of, read, schema_of_rows
from api.resources.answering.openapi import Resource
from api.resources.obligations import own
from api.resources.record.visible import Visible
from projections import learning, partnership

if TYPE_CHECKING:
    from collections.abc import Mapping

    from projections.learning import Attended, EscalationRow, NoticeRow
    from projections.partnership import MeetingRow
    from projections.reviews import ReviewRow

library = Resource(
    "library", __name__, description="What was found, by theme and by factor of the system; what others found; where to read on."
)
attendance = Resource("attendance", __name__, description="Who came to meetings in a period, agency by agency.")
escalations = Resource("escalations", __name__, description="What was told further up because it was overdue, and what came of it.")
notices = Resource("notices", __name__, description="What was told of what falls due in a period: reminders and escalations.")
YEAR: Final = 365  # days


class LibrarySchema(Schema):
    """The learning library on a day."""

    findings = fields.List(fields.Nested(schema_of_rows(learning.Found, "LibraryFinding")), required=True)
    themes = fields.List(fields.Nested(schema_of_rows(learning.Theme, "LibraryTheme")), required=True)
    system_factors = fields.List(fields.Nested(schema_of_rows(learning.Theme, "LibraryTheme")), required=True)
    reviews_elsewhere = fields.List(fields.Nested(schema_of_rows(learning.Noted, "ReviewElsewhere")), required=True)
    resources = fields.List(fields.Nested(schema_of_rows(partnership.ResourceRow, "Resource")), required=True)


class PeriodArgs(AtClocks):
    """A period; without one, the year up to the day."""

    first = IsoDate(metadata={"description": "The first day of the period"})
    last = IsoDate(metadata={"description": "The last day of the period"})

    @staticmethod
    def of(on: Reading, args: Mapping[str, Any] = MappingProxyType({})) -> tuple[date, date]:
        """Return the first and the last day that are asked for, or those of the year up to the day."""
        last = args.get("last") or on.clocks.as_at
        return args.get("first") or date.fromordinal(max(last.toordinal() - YEAR, 1)), last


@library.get("", endpoint="read")
@library.arguments(AtClocks, location="query")
@library.response(200, answer_of(LibrarySchema))
@member
def read_library(args: dict[str, Any]) -> dict[str, Any]:
    """Give the learning library as at a day, as known at a position."""
    with read(args) as on:
        rows = reviews_of(on)
        findings = learning.found(rows)
        item = {
            "findings": findings,
            "themes": learning.themes(findings),
            "system_factors": learning.themes(findings, "system_factor"),
            "reviews_elsewhere": learning.noted(rows),
            "resources": partnership.resources(on.conn, **on.at),
        }
        return {"clocks": on.clocks, "item": item}


def reviews_of(on: Reading) -> list[ReviewRow]:
    """Return the reviews from which the reader may learn."""
    may_see = Visible(on)
    return [row for row in learning.library(on.conn, **on.at) if row.source or may_see.review(row)]


@attendance.get("", endpoint="read")
@attendance.arguments(PeriodArgs, location="query")
@attendance.response(200, answer_of(schema_of_rows(learning.Attended, "MeetingAttendance"), many=True))
@member
def read_attendance(args: dict[str, Any]) -> dict[str, Any]:
    """Say how often each agency came to each body's meetings of a period."""
    with read(args) as on:
        return {"clocks": on.clocks, "items": attended(on, *PeriodArgs.of(on, args))[1], "next": None}


def attended(on: Reading, first: date, last: date) -> tuple[list[MeetingRow], list[Attended]]:
    """Return the meetings of a period that the reader may see, and who came to them; to a lead, their own agency."""
    may_see = Visible(on)
    met = [row for row in learning.held(on.conn, first=first, last=last, **on.at) if may_see.meeting(row)]
    came = learning.attendance(met, learning.terms(on.conn, **on.at), board=BOARD)
    return met, [row for row in came if on.scope.agency in {None, row.agency}]


@escalations.get("", endpoint="read")
@escalations.arguments(AtClocks, location="query")
@escalations.response(200, answer_of(schema_of_rows(learning.EscalationRow, "Escalation"), many=True))
@member
def read_escalations(args: dict[str, Any]) -> dict[str, Any]:
    """List the escalations that were issued, the newest first, and where what they are about stands."""
    with read(args) as on:
        return {"clocks": on.clocks, "items": issued(on), "next": None}


def issued(on: Reading) -> list[EscalationRow]:
    """Return the escalations that the reader may see: those of what their agency and its offices owe, or all."""
    mine = own(on)
    return [row for row in learning.escalations(on.conn, **on.at) if mine is None or row.owner in mine]


@notices.get("", endpoint="read")
@notices.arguments(PeriodArgs, location="query")
@notices.response(200, answer_of(schema_of_rows(learning.NoticeRow, "Notice"), many=True))
@member
def read_notices(args: dict[str, Any]) -> dict[str, Any]:
    """List the reminders and escalations of a period, the newest first."""
    with read(args) as on:
        return {"clocks": on.clocks, "items": told(on, *PeriodArgs.of(on, args)), "next": None}


def told(on: Reading, first: date, last: date) -> list[NoticeRow]:
    """Return the notices of a period that the reader may see: those of what their agency and its offices owe, or all."""
    mine = own(on)
    last = min(last, on.clocks.as_at)
    found = learning.notices(on.conn, first=first, as_at=last, known_at=on.clocks.known_at)
    return [row for row in found if mine is None or row.owner in mine]
