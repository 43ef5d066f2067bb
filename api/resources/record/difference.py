"""What changed in the register between two days: in one sentence, in numbers, and action by action."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from api.access import member
from api.fields import AtClocks, IsoDate, KnownAt, Whole, YesOrNo
from api.resources.answering.answers import read
from api.resources.answering.openapi import ClocksSchema, Resource
from api.worker import worker
from projections import action_register
from projections.two_clocks.clocks import clocks

difference = Resource("difference", __name__, description="What changed in the register between two days.")


class DifferenceArgs(AtClocks):
    """From which clocks to which; without `from_known_at` the earlier day is shown as it is known at the later clocks."""

    from_as_at = IsoDate(required=True, metadata={"description": "The earlier day"})
    from_known_at = KnownAt(metadata={"description": "What was known of the earlier day: at the end of a day, or at a position"})


class StandingSchema(Schema):
    """How the register shows an action."""

    status = fields.String(required=True)
    owner = fields.String(required=True)
    due_on = IsoDate(required=True)
    sustained = fields.String(required=True, allow_none=True)
    overdue = YesOrNo(required=True)


class ChangeSchema(Schema):
    """An action that is shown differently; `what` became of it may be several things."""

    ref = fields.String(required=True)
    title = fields.String(required=True)
    what = fields.List(fields.String(), required=True)
    before = fields.Nested(StandingSchema, required=True, allow_none=True)
    after = fields.Nested(StandingSchema, required=True, allow_none=True)


class DifferenceSchema(Schema):
    """The difference, with both pairs of clocks."""

    from_clocks = fields.Nested(ClocksSchema, required=True)
    clocks = fields.Nested(ClocksSchema, required=True)
    sentence = fields.String(required=True)
    counts = fields.Dict(keys=fields.String(), values=Whole(), required=True)
    unchanged = Whole(required=True)
    items = fields.List(fields.Nested(ChangeSchema), required=True)


@difference.get("")
@difference.arguments(DifferenceArgs, location="query")
@difference.response(200, DifferenceSchema)
@member
def between(args: dict[str, Any]) -> dict[str, Any]:
    """Compare the register at two pairs of clocks; a designated lead, their agency's actions."""
    with read(args) as on:
        known = on.clocks.known_at if args.get("from_known_at") is None else args["from_known_at"]
        before = clocks(on.conn, as_at=args["from_as_at"], known_at=known, today=worker().today, period=on.scope.period)
        action_register.difference_in_order(before.as_at, on.clocks.as_at)
        points = ((before.as_at, before.known_at), (on.clocks.as_at, on.clocks.known_at))
        found = action_register.difference(on.conn, *points, **on.whose)
        said = {name: getattr(found, name) for name in ("sentence", "counts", "unchanged")}
        return {"from_clocks": before, "clocks": on.clocks, "items": found.changes, **said}
