"""Sealed packs: the part of the log that the reader may see, or a scope of it, with all that it takes to check it offline.

To take one is on record, with its recipient, its scope and what it was, to the byte: before it goes out (INV-41).
"""

from __future__ import annotations

import shutil
import tempfile
from os import SEEK_END
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response, send_file
from marshmallow import Schema, fields, validate

from api.access import needs, signed_in
from api.fields import IsoDate, KnownAt, Whole
from api.resources.answering.answers import read
from api.resources.answering.commands import idempotency_key
from api.resources.answering.openapi import IDEMPOTENCY_KEY, Resource
from api.resources.record.parts import part_of, read_in
from api.worker import worker
from projections.inspection.scopes import PackScope
from service.desk import authority
from service.desk.refusals import NotFound
from service.ledger.pack import PackSummary, write_pack

if TYPE_CHECKING:
    from api.resources.answering.answers import Reading

packs = Resource("packs", __name__, description="The record, sealed, to be checked offline.")


class PackArgs(Schema):
    """Of what the pack is to be: as much of these as is given; all that the reader may see where nothing is."""

    from_ = IsoDate(data_key="from", metadata={"description": "The first day; with `to`"})
    to = IsoDate(metadata={"description": "The last day; with `from`"})
    agency = fields.String(validate=validate.Length(1, 64), metadata={"description": "What names this agency"})
    review = fields.String(validate=validate.Length(1, 64), metadata={"description": "This review, and what names it"})
    event = Whole(validate=validate.Range(1, 2**31 - 1), metadata={"description": "This event, with its receipt"})
    for_ = fields.String(
        data_key="for",
        validate=validate.Length(1, 64),
        metadata={"description": "Hand it to whoever holds this office; for who manages the Board"},
    )
    known_at = KnownAt(metadata={"description": "As known at an event's number, or at the end of a day in London; without it, now"})


@packs.post("")
@packs.doc(operationId="take_pack", parameters=[IDEMPOTENCY_KEY])
@packs.arguments(PackArgs)
@packs.response(200, {"type": "string", "format": "binary"}, content_type="application/zip")
@needs("packs")
def take(args: dict[str, Any]) -> Response:
    """Give a sealed pack of what the reader may see. That they took it is recorded, once for each pack.

    As known at the same event it is the same pack, to the byte.
    """
    idempotency_key()
    known_at, office = args.pop("known_at", None), args.pop("for_", None)
    with read({"known_at": known_at}) as on:
        return hand_over(on, scope_of(args), office)


def scope_of(args: dict[str, Any]) -> PackScope:
    """Return what is asked for."""
    return PackScope(args.get("from_"), args.get("to"), args.get("agency"), args.get("review"), args.get("event"))


def hand_over(on: Reading, scope: PackScope, to: str | None = None) -> Response:
    """Seal a pack of a scope, as far as the reader may see it; put on record that they took it; and give it.

    Whoever manages the Board may take it for whoever holds another office (`to`): it is what these may see, and they were handed it.
    """
    office, known_at = to or str(signed_in().office), on.clocks.known_at
    if on.scope.agency and scope.agency not in {None, on.scope.agency}:
        raise NotFound(kind="agency", ref=str(scope.agency))
    part = part_of(_read_in(on, to) if to else on, scope)
    folder, held = Path(tempfile.mkdtemp(prefix=".pack-", dir=worker().config.data)), worker()  # beside the evidence: not in memory
    try:
        out = folder / "pack.zip"
        pack = write_pack(
            held.board.recorder,
            out,
            disclosing=part.disclosing,
            positions=part.positions,
            receipts=[scope.event] if scope.event else [],
            evidence=held.board.evidence,
            size=known_at,
            about=part.about,
        )
        _record(pack, office, str(part.scope), part.disclosing.classes)
        file = out.open("rb")
    finally:
        shutil.rmtree(folder)
    response = send_file(file, mimetype="application/zip", as_attachment=True, download_name=f"pack-{pack.size}.zip", etag=pack.sha256)
    response.content_length = file.seek(0, SEEK_END)
    file.seek(0)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _read_in(on: Reading, office: str) -> Reading:
    """Return what an office is handed, as known at the same event; refuse whoever hands over no packs."""
    authority.check(worker().board, signed_in(), "handing over packs", today=on.today)
    return read_in(worker().board, on.conn, office, on.clocks.known_at, on.today)


def _record(pack: PackSummary, office: str, scope: str, classes: frozenset[str]) -> None:
    held, who = worker(), signed_in()
    acting = authority.acting(held.board, who, who.office, None, occurred_on=held.today, today=held.today)
    held.board.seal_pack(pack, acting=acting, occurred_on=held.today, office=office, scope=scope, disclosed=classes)
