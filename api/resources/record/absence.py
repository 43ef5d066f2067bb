"""Certificates of absence: that somebody was asked for something by a day and did not do it, signed. To ask for one writes nothing."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields, validate

from api.access import member
from api.fields import AtClocks, IsoDate
from api.resources.answering.answers import read
from api.resources.answering.openapi import Resource
from api.resources.obligations import instance
from api.worker import worker
from projections.falling_due import silence
from service.desk.refusals import NotFound

absence = Resource("absence", __name__, description="Signed proof that something was asked for and not done.")

PARTS = 3  # of the key of an obligation


class AbsenceArgs(AtClocks):
    """Of which obligation, and from which day; the last day is that as at which it is asked."""

    obligation = fields.String(
        required=True, validate=validate.Length(1, 400), metadata={"description": "Its key: rule|owner|subject, as in the list"}
    )
    from_ = IsoDate(data_key="from", metadata={"description": "The first day of the silence; without it, the day on which it was due"})


@absence.get("")
@absence.arguments(AbsenceArgs, location="query")
@absence.response(200, {"type": "string"}, content_type="application/jose")
@member
def certificate(args: dict[str, Any]) -> Response:
    """Give a certificate that nothing up to known_at discharges an obligation by the day as_at; refused where something does."""
    key = args["obligation"].split("|", PARTS - 1)
    if len(key) != PARTS:
        raise NotFound(kind="obligation", ref=args["obligation"])
    with read(args) as on:
        it, board = instance(on, *key), worker().board
        known_at, until = on.clocks.known_at, on.clocks.as_at
        named = (it.rule, it.owner, it.subject)
        said = silence(on.conn, board.stream_of, *named, start=args.get("from_"), until=until, known_at=known_at)
    response = Response(board.certify_absence(said, known_at=on.clocks.known_at), content_type="application/jose")
    name = f"absence-{it.rule}-{it.owner}-{on.clocks.as_at}.jws"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
