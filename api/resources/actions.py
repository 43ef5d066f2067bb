"""Actions: the register on any day as known on any day, one action with its history, and every act that it takes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from marshmallow import fields, validate

from api.access import member
from api.fields import AtClocks, Flag, Number
from api.resources.answering.answers import MOST, Reading, answer_of, next_page, read, schema_of_rows, version_of, versioned
from api.resources.answering.commands import mount
from api.resources.answering.openapi import VERSIONED, Resource
from api.resources.obligations import owing
from api.resources.record import history
from projections import action_register
from projections.action_register import ActionRow, Filters
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Collection

    from flask.typing import ResponseReturnValue

actions = Resource("actions", __name__, description="Who promised what, by when, how far they are, and whether it lasted.")


ActionSchema = schema_of_rows(ActionRow, "Action")


class RegisterArgs(AtClocks):
    """Which actions, in which order."""

    owner = fields.String(validate=validate.Length(1, 64))
    overseen_by = fields.String(validate=validate.Length(1, 64))
    status = fields.String(validate=validate.OneOf(action_register.STATUSES))
    source = fields.String(validate=validate.Length(1, 129), metadata={"description": "A finding, SB-2015-01/F1, or a review, SB-2015-01"})
    overdue = Flag(load_default=False)
    open = Flag(load_default=False)
    sort = fields.String(load_default="due", validate=validate.OneOf(get_args(action_register.Sort)))
    descending = Flag(load_default=False)
    after = fields.String(validate=validate.Length(1, 64), metadata={"description": "The ref of the last row of the page before"})
    limit = Number(load_default=MOST, validate=validate.Range(1, MOST))


@actions.get("")
@actions.arguments(RegisterArgs, location="query")
@actions.response(200, answer_of(ActionSchema, many=True))
@member
def register(args: dict[str, Any]) -> dict[str, Any]:
    """List the actions as at a day, as known at a position."""
    with read(args) as on:
        owing(on, args.get("owner"))
        filters = Filters(
            owner=args.get("owner"),
            overseen_by=args.get("overseen_by"),
            status=args.get("status"),
            source=args.get("source"),
            overdue_only=args["overdue"],
            open_only=args["open"],
        )
        filters = own(filters, on)
        order = {"sort": args["sort"], "descending": args["descending"], "after": args.get("after")}
        rows = action_register.register(on.conn, **on.at, filters=filters, **order, limit=args["limit"] + 1)
        items, more = rows[: args["limit"]], len(rows) > args["limit"]
        following = next_page(args, on.clocks, items[-1].ref) if more else None
        return {"clocks": on.clocks, "items": [row_for(on, row) for row in items], "next": following}


@actions.get("/<ref>", endpoint="read")
@actions.arguments(AtClocks, location="query")
@actions.response(200, answer_of(versioned(ActionSchema)), headers=VERSIONED)
@member
def read_action(args: dict[str, Any], ref: str) -> ResponseReturnValue:
    """Give one action as at a day, as known at a position."""
    with read(args) as on:
        row = one(on, ref)
        version = version_of(on, "action", ref)
        item = row_for(on, row) | {"version": version}
        return {"clocks": on.clocks, "item": item}, 200, {"ETag": f'"{version}"'}


@actions.get("/<ref>/history")
@actions.arguments(history.FeedArgs, location="query")
@actions.response(200, answer_of(history.EntrySchema, many=True))
@member
def history_of(args: dict[str, Any], ref: str) -> dict[str, Any]:
    """Give what was recorded of one action, entry by entry, with what became of each."""
    with read(args) as on:
        one(on, ref)
        return history.answer_for(on, args, "action", ref)


def own(filters: Filters, on: Reading) -> Filters:
    """Narrow a register to its reader's: what is their agency's, is offered to it or was handed over by it; or came of what they lead."""
    return replace(filters, reviews=on.led) if on.scope.leads else replace(filters, concerns=on.scope.agency)


def one(on: Reading, ref: str) -> ActionRow:
    """Return an action that the reader may see, or refuse: whether it is another agency's or nobody's is told to nobody."""
    row = action_register.one(on.conn, ref, **on.at)
    if row is None or not _theirs(on, row):
        raise NotFound(kind="action", ref=ref)
    return row


def came_of(row: ActionRow | None, reviews: Collection[str]) -> bool:
    """Say whether an action came of one of these reviews."""
    return row is not None and (row.source or "").partition("/")[0] in reviews


def _theirs(on: Reading, row: ActionRow) -> bool:
    if (led := on.led) is not None:
        return came_of(row, led)
    return on.scope.agency in {None, row.owner, row.offered_to, row.inherited_from}


def row_for(on: Reading, row: ActionRow) -> dict[str, Any]:
    """Return a row as its reader may see it: evidence is restricted."""
    said = {name: getattr(row, name) for name in ActionSchema().fields}
    return said if not row.evidence or on.opens("action", row.ref) else said | {"evidence": []}


mount(actions, "action")
