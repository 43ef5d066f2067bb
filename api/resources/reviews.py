"""Reviews: where each stands, which clock runs, what was found and answered, and what stops it closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.access import member
from api.fields import AtClocks
from api.resources.answering.answers import answer_of, read, schema_of_rows, version_of, versioned
from api.resources.answering.commands import mount
from api.resources.answering.openapi import VERSIONED, Resource
from api.resources.record import history
from api.resources.record.visible import Visible
from projections import reviews as views
from projections.reviews import ReviewRow, Tracked
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

reviews = Resource("reviews", __name__, description="What was referred, what was found, and what the Board answered.")

NOT_SHOWN = ("as_at", "moments", "stretches")  # what the clocks are computed from
TrackedSchema = schema_of_rows(Tracked, "TrackedReview", *NOT_SHOWN)
ReviewSchema = schema_of_rows(ReviewRow, "Review", *NOT_SHOWN)


@reviews.get("", endpoint="all")
@reviews.arguments(AtClocks, location="query")
@reviews.response(200, answer_of(TrackedSchema, many=True))
@member
def every(args: dict[str, Any]) -> dict[str, Any]:
    """List where the reviews stand as at a day, as known at a position; for a designated lead, those that concern their agency."""
    with read(args) as on:
        may_see = Visible(on)
        found = [row for row in views.tracker(on.conn, **on.at) if may_see.review(row)]
        return {"clocks": on.clocks, "items": found, "next": None}


@reviews.get("/<ref>", endpoint="read")
@reviews.arguments(AtClocks, location="query")
@reviews.response(200, answer_of(versioned(ReviewSchema)), headers=VERSIONED)
@member
def read_review(args: dict[str, Any], ref: str) -> ResponseReturnValue:
    """Give one review: who was told and heard, its findings with the Board's response, its clocks, and what stops it closing."""
    with read(args) as on:
        row = views.review(on.conn, ref, **on.at)
        if row is None or not Visible(on).review(row):
            raise NotFound(kind="review", ref=ref)
        version = version_of(on, "review", ref)
        item = {name: getattr(row, name) for name in ReviewSchema().fields} | {"version": version}
        return {"clocks": on.clocks, "item": item}, 200, {"ETag": f'"{version}"'}


@reviews.get("/<ref>/history")
@reviews.arguments(history.FeedArgs, location="query")
@reviews.response(200, answer_of(history.EntrySchema, many=True))
@member
def history_of(args: dict[str, Any], ref: str) -> dict[str, Any]:
    """Give what was recorded of one review, entry by entry, with what became of each."""
    with read(args) as on:
        return history.answer_for(on, args, "review", ref)


mount(reviews, "review")
