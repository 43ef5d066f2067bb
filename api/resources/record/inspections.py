"""Inspections: for whom the record is open, and what of it they have opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.access import member, signed_in
from api.fields import AtClocks
from api.resources.answering.answers import Reading, answer_of, read, schema_of_rows, version_of, versioned
from api.resources.answering.commands import mount
from api.resources.answering.openapi import VERSIONED, Resource
from api.resources.record import history
from api.worker import worker
from projections.inspection import inspections as views
from projections.inspection.inspections import InspectionRow
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

inspections = Resource("inspections", __name__, description="For whom the record is open, and what of it they have opened.")

InspectionSchema = schema_of_rows(InspectionRow, "Inspection")


@inspections.get("", endpoint="all")
@inspections.arguments(AtClocks, location="query")
@inspections.response(200, answer_of(InspectionSchema, many=True))
@member
def every(args: dict[str, Any]) -> dict[str, Any]:
    """List the inspections as at a day, as known at a position; an inspector, their own."""
    with read(args) as on:
        return {"clocks": on.clocks, "items": visible(on), "next": None}


@inspections.get("/<ref>", endpoint="read")
@inspections.arguments(AtClocks, location="query")
@inspections.response(200, answer_of(versioned(InspectionSchema)), headers=VERSIONED)
@member
def read_inspection(args: dict[str, Any], ref: str) -> ResponseReturnValue:
    """Give the inspection opened last by an office."""
    with read(args) as on:
        row = next((row for row in visible(on) if row.ref == ref), None)
        if row is None:
            raise NotFound(kind="inspection", ref=ref)
        version = version_of(on, "inspection", ref)
        item = {name: getattr(row, name) for name in InspectionRow.__dataclass_fields__} | {"version": version}
        return {"clocks": on.clocks, "item": item}, 200, {"ETag": f'"{version}"'}


@inspections.get("/<ref>/history")
@inspections.arguments(history.FeedArgs, location="query")
@inspections.response(200, answer_of(history.EntrySchema, many=True))
@member
def history_of(args: dict[str, Any], ref: str) -> dict[str, Any]:
    """Give what was recorded of the inspections by an office: each opening of what is restricted, too."""
    with read(args) as on:
        if all(row.ref != ref for row in visible(on)):
            raise NotFound(kind="inspection", ref=ref)
        return history.answer_for(on, args, "inspection", ref)


def visible(on: Reading) -> list[InspectionRow]:
    """Return the inspections that the reader may know of: the Board's offices of all, an inspector of their own, a lead of a rehearsal."""
    at = on.at
    if on.scope.inspection:  # on today's authority: the days that they may ask for can all lie before the inspection itself
        at = {"as_at": worker().today, "known_at": on.clocks.head}
    rows = views.inspections(on.conn, **at)
    every = on.scope.inspection is None and on.scope.agency is None
    return rows if every else [row for row in rows if row.ref == signed_in().office]


mount(inspections, "inspection")
