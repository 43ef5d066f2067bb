"""The report of a year as data: as it stands, for who sees the whole Board's record; and what was signed, for anybody."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from aggregates.returns.report import canonical, digest
from api.access import member, needs
from api.fields import AtClocks, IsoDate, Whole, YesOrNo
from api.resources.answering.answers import read
from api.resources.answering.openapi import ClocksSchema, Resource
from projections import returns

reports = Resource("reports", __name__, description="The report that the Board publishes of a year.")


class ReportSchema(Schema):
    """A report with the SHA-256 of its data: whoever signs it names that, so that they sign what they have seen."""

    clocks = fields.Nested(ClocksSchema, required=True)
    report_sha256 = fields.String(required=True)
    report = fields.Dict(required=True, metadata={"description": "Section by section; each number with the positions behind it"})


class EditionSchema(Schema):
    """One edition, as it was signed. Its data are at `/public/reports/<period>/<edition>/data.json`."""

    period = fields.String(required=True)
    edition = Whole(required=True)
    on = IsoDate(required=True)
    as_at = IsoDate(required=True)
    known_at = Whole(required=True)
    sha256 = fields.String(required=True)
    made_by = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True, metadata={"description": "Why it takes the place of the one before it"})
    event = Whole(required=True)
    newest = YesOrNo(required=True)


class EditionsSchema(Schema):
    """Every edition, the newest first."""

    clocks = fields.Nested(ClocksSchema, required=True)
    items = fields.List(fields.Nested(EditionSchema), required=True)


@reports.get("")
@reports.arguments(AtClocks, location="query")
@reports.response(200, EditionsSchema)
@member
def editions(args: dict[str, Any]) -> dict[str, Any]:
    """List what was published."""
    with read(args) as on:
        return {"clocks": on.clocks, "items": returns.editions(on.conn, **on.at)}


@reports.get("/<period>")
@reports.arguments(AtClocks, location="query")
@reports.response(200, ReportSchema)
@needs("report drafts")
def draft(args: dict[str, Any], period: str) -> dict[str, Any]:
    """Give the report of a year as it stands at two clocks, with what is missing of it."""
    with read(args) as on:
        report = returns.report_of(on.conn, period, **on.at)
        return {"clocks": on.clocks, "report": report, "report_sha256": digest(canonical(report))}
