"""Training: the sessions with their five points, each draw with all that is needed to draw it again, and the programme they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields

from api.access import member
from api.fields import AtClocks
from api.resources.answering.answers import answer_of, read, schema_of_rows, version_of, versioned
from api.resources.answering.commands import mount
from api.resources.answering.openapi import VERSIONED, Resource
from api.resources.record import history
from api.resources.record.training import SessionsSeen
from projections import training as views
from projections.training import CourseEvaluation, FormatRow, PointRow, SessionRow
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from api.resources.answering.answers import Reading

sessions = Resource("sessions", __name__, description="Training sessions: who was there by number, and the five points of evaluation.")
programme = Resource("programme", __name__, description="The training programme, and how each course was evaluated.")

NOT_SHOWN = ("participants", "agencies", "held_on", "returned", "there")  # whose numbers they are, and what is reckoned from the rest
RowSchema = schema_of_rows(SessionRow, "SessionRow", *NOT_SHOWN)


class SessionSchema(RowSchema):  # type: ignore[valid-type,misc]  # a schema that is made from the row
    """A training session, with the five points by which it is evaluated."""

    points = fields.List(fields.Nested(schema_of_rows(PointRow, "Point")), required=True)


class ProgrammeSchema(Schema):
    """Which formats have a live course, and how the courses that were held were evaluated."""

    formats = fields.List(fields.Nested(schema_of_rows(FormatRow, "Format")), required=True)
    courses = fields.List(fields.Nested(schema_of_rows(CourseEvaluation, "CourseEvaluation")), required=True)


def visible(on: Reading, ref: str | None = None) -> list[dict[str, Any]]:
    """Return the sessions, or one, each as far as the reader may see it: of others' participants an agency is shown nothing."""
    names = SessionSchema().fields.keys() - {"points"}
    found = [(row, points) for row, points in SessionsSeen(on).shown(*([ref] if ref else ()))]
    return [{name: getattr(row, name) for name in names} | {"points": points} for row, points in found]


@sessions.get("", endpoint="all")
@sessions.arguments(AtClocks, location="query")
@sessions.response(200, answer_of(SessionSchema, many=True))
@member
def every(args: dict[str, Any]) -> dict[str, Any]:
    """List the training sessions as at a day, as known at a position; an agency's lead is shown their own participants."""
    with read(args) as on:
        return {"clocks": on.clocks, "items": visible(on), "next": None}


@sessions.get("/<ref>", endpoint="read")
@sessions.arguments(AtClocks, location="query")
@sessions.response(200, answer_of(versioned(SessionSchema)), headers=VERSIONED)
@member
def read_session(args: dict[str, Any], ref: str) -> ResponseReturnValue:
    """Give one session: its five points, who was asked and answered, and each draw with its population, checkpoint and order."""
    with read(args) as on:
        found = visible(on, ref)
        if not found:
            raise NotFound(kind="session", ref=ref)
        version = version_of(on, "session", ref)
        item = found[0] | {"version": version}
        return {"clocks": on.clocks, "item": item}, 200, {"ETag": f'"{version}"'}


@sessions.get("/<ref>/history")
@sessions.arguments(history.FeedArgs, location="query")
@sessions.response(200, answer_of(history.EntrySchema, many=True))
@member
def history_of(args: dict[str, Any], ref: str) -> dict[str, Any]:
    """Give what was recorded of one session, entry by entry, as far as the reader may see it."""
    with read(args) as on:
        return history.answer_for(on, args, "session", ref)


@programme.get("", endpoint="all")
@programme.arguments(AtClocks, location="query")
@programme.response(200, answer_of(ProgrammeSchema))
@member
def read_programme(args: dict[str, Any]) -> dict[str, Any]:
    """Give the programme as at a day, as known at a position: the formats, their live courses, and impact apart from satisfaction.

    How courses were evaluated an agency's lead is told of the sessions to which their own staff came, and of those staff alone.
    """
    with read(args) as on:
        evaluated = views.evaluated_courses(SessionsSeen(on).held())
        return {"clocks": on.clocks, "item": {"formats": views.programme(on.conn, **on.at), "courses": evaluated}}


mount(sessions, "session")
