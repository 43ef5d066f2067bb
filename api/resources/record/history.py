"""The log as it was recorded: a feed of events, each event down to its signed statement, and its receipt."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64decode
from typing import TYPE_CHECKING, Any

from flask import Response
from marshmallow import Schema, fields, validate

from aggregates.entry.fields import fields_by_name
from aggregates.entry.topics import event_type
from api.access import member, own_office
from api.fields import AtClocks, Number, Whole
from api.resources.answering.answers import MOST, Reading, answer_of, next_page, read
from api.resources.answering.openapi import ClocksSchema, Resource
from api.resources.record.visible import Visible, untold
from api.worker import worker
from projections.inspection import history as inspection_history
from service.desk.coming_in import signed_requests
from service.desk.refusals import NotFound
from service.ledger import tree
from service.verify import b64url

if TYPE_CHECKING:
    from projections.inspection.history import HistoryEntry


events = Resource("events", __name__, description="What was recorded, entry by entry, with its proof.")


class DisputeSchema(Schema):
    """Why a statement is disputed, and whether its holder stands by it."""

    by = Whole(required=True, metadata={"description": "The position of the entry that declares its key compromised"})
    answer = fields.String(required=True, allow_none=True, metadata={"description": "affirmed or repudiated, by its holder"})
    answered_by = Whole(required=True, allow_none=True)


class EntrySchema(Schema):
    """An entry as it was recorded, and what became of it."""

    position = Whole(required=True, metadata={"description": "In the log, from 1"})
    event = fields.String(required=True, metadata={"description": "The event's id"})
    topic = fields.String(required=True)
    kind = fields.String(required=True)
    ref = fields.String(required=True)
    version = Whole(required=True, metadata={"description": "In its stream; amendments name it"})
    occurred_on = fields.Date(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    late = Whole(required=True, metadata={"description": "Days between the two"})
    late_reason = fields.String(required=True, allow_none=True)
    assurance = fields.String(required=True, metadata={"description": "Whose key signed: actor-signed or service-attested"})
    holder = fields.String(required=True)
    thumbprint = fields.String(required=True)
    by_office = fields.String(required=True, allow_none=True)
    by_agency = fields.String(required=True, allow_none=True)
    on_behalf_of = fields.String(required=True, allow_none=True)
    fields_ = fields.Dict(keys=fields.String(), data_key="fields", attribute="fields", required=True)
    withheld = fields.List(fields.String(), required=True, metadata={"description": "Fields that are not for this reader"})
    leaf = fields.String(required=True, metadata={"description": "base64"})
    status = fields.String(required=True, metadata={"description": "stands, corrected or retracted, as known at the clocks"})
    said = fields.Dict(keys=fields.String(), required=True, metadata={"description": "What it says as corrected"})
    since = fields.Date(required=True, metadata={"description": "The day from which it is then true"})
    amends = Whole(required=True, allow_none=True, metadata={"description": "The position of what it amends"})
    corrected_by = fields.List(Whole(), required=True)
    retracted_by = Whole(required=True, allow_none=True)
    proposals = fields.List(Whole(), required=True)
    dispute = fields.Nested(DisputeSchema, required=True, allow_none=True)
    before_inspection = fields.Boolean(
        required=True,
        metadata={"description": "Of a day before those that the reader's inspection covers, shown to explain what came of it"},
    )


class SealedEntrySchema(EntrySchema):
    """An entry with what is needed to check it."""

    statement = fields.String(required=True, metadata={"description": "The signed statement, a compact SD-JWT"})
    entry = fields.String(required=True, metadata={"description": "The sealed bytes, whose hash is the leaf"})
    disclosures = fields.List(fields.String(), required=True, metadata={"description": "Of the fields that this reader may see"})
    receipt = fields.String(required=True, metadata={"description": "tlog-proof"})


class FeedSchema(Schema):
    """Events in the order of recording, under a signed checkpoint that covers them."""

    clocks = fields.Nested(ClocksSchema, required=True)
    items = fields.List(fields.Nested(EntrySchema), required=True)
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "The address of the next page, at the same clocks: it never changes"}
    )
    checkpoint = fields.String(required=True, metadata={"description": "A signed note over a tree that holds all of these"})
    tiles = fields.List(
        fields.String(), required=True, metadata={"description": "Addresses of the tiles of hashes that lead from each leaf to its root"}
    )


class FeedArgs(AtClocks):
    """Where in the feed."""

    after = Number(load_default=0, metadata={"description": "The position after which to begin"})
    limit = Number(load_default=MOST, validate=validate.Range(1, MOST))


def shown(on: Reading, entry: HistoryEntry) -> dict[str, Any]:
    """Return an entry as its reader may see it. A correction's values are of the class of what they correct."""
    kinds = fields_by_name(event_type(entry.topic))
    hidden = {name for name, f in kinds.items() if f.sensitivity == "restricted" or name == "corrected"}
    says = any(entry.body.get(name) or entry.said.get(name) for name in hidden)  # what was recorded, or what it says as corrected
    if not says or on.opens(entry.kind, entry.ref):
        hidden = untold(on, entry)
    names = EntrySchema().fields.keys() - {"event", "leaf", "fields_", "said", "withheld", "before_inspection"}
    return {name: getattr(entry, name) for name in names} | {
        "event": entry.jti,
        "leaf": b64encode(entry.leaf).decode(),
        "fields": {name: value for name, value in entry.body.items() if name not in hidden},
        "said": {name: value for name, value in entry.said.items() if name not in hidden},
        "withheld": sorted(hidden & entry.body.keys()),
        "before_inspection": before(on, entry),
    }


def before(on: Reading, entry: HistoryEntry) -> bool:
    """Say whether an entry is of a day before those that the reader's inspection covers."""
    return on.scope.period is not None and entry.occurred_on < on.scope.period[0]


@events.get("")
@events.unless_held
@events.arguments(FeedArgs, location="query")
@events.response(200, FeedSchema)
@member
def feed(args: dict[str, Any]) -> dict[str, Any]:
    """Give the events in the order of recording, from the one after a position; with as_at, those that were true by that day."""
    with read(args) as on:
        found, last = page(on, after=args["after"], limit=args["limit"], as_at=args.get("as_at"))
        more = next_page(args, on.clocks, last) if last is not None else None
        items = [shown(on, entry) for entry in found]
        size, note = _checkpoint(on)
        return {"clocks": on.clocks, "items": items, "next": more, "checkpoint": note, "tiles": _tiles(found, size)}


def page(on: Reading, *, after: int, limit: int, **which: Any) -> tuple[list[HistoryEntry], int | None]:
    """Return the next entries that the reader may see, of a thing or of all, and the position at which to go on; None at the end."""
    visible, found = Visible(on), list[inspection_history.HistoryEntry]()
    may_see = visible if "ref" in which else visible.happened
    while True:
        entries = inspection_history.history(on.conn, known_at=on.clocks.known_at, after=after, limit=MOST, **which)
        for entry in filter(may_see, entries):
            if len(found) == limit:
                return found, found[-1].position
            found.append(entry)
        if len(entries) < MOST:
            return found, None
        after = entries[-1].position


@events.get("/<int:position>")
@events.arguments(AtClocks, location="query")
@events.response(200, answer_of(SealedEntrySchema))
@member
def read_event(args: dict[str, Any], position: int) -> dict[str, Any]:
    """Give one event: what it says, what became of it, the statement that was signed and the receipt."""
    with read(args) as on:
        entry = _entry(on, position)
        said = shown(on, entry)
        row = on.conn.execute(
            "SELECT e.entry, d.disclosures FROM ledger.event e LEFT JOIN ledger.disclosure d USING (position) WHERE position = %s",
            (position,),
        ).fetchone()
        sealed, disclosures = (bytes(row[0]).decode(), row[1] or "") if row else ("", "")
        proof = {
            "entry": sealed,
            "statement": json.loads(sealed)["stmt"],
            "disclosures": [d for d in disclosures.split("~") if d and _name(d) not in said["withheld"]],
            "receipt": str(worker().board.recorder.receipt(position)),
        }
        return {"clocks": on.clocks, "item": said | proof}


@events.get("/<int:position>/receipt")
@events.response(200, {"type": "string"}, content_type="text/plain")
@member
def receipt(position: int) -> Response:
    """Give an event's receipt as a file to keep: it shows anyone, without us, that the event was in the log."""
    with read({}) as on:
        _entry(on, position)
    response = Response(str(worker().board.recorder.receipt(position)), content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="event-{position}.tlog-proof"'
    return response


class SignedRequestSchema(Schema):
    """The request by which a program asked for an event, as it signed it (RFC 9421)."""

    base = fields.String(required=True, metadata={"description": "What was signed, byte for byte; it has the digest of the body"})
    signature = fields.String(required=True, metadata={"description": "base64url, Ed25519"})
    public_key = fields.String(required=True, metadata={"description": "base64url; of the API key with which it came"})
    body = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "base64url; null of a file, and where somebody is or was named: its digest is signed"},
    )


@events.get("/<int:position>/request")
@events.response(200, SignedRequestSchema)
@member
def request_of(position: int) -> dict[str, Any]:
    """Give the signed request by which an event came about, to those who may read all of the event."""
    with read({}) as on:
        entry = _entry(on, position)
        theirs = on.scope.protects or entry.by_office in {own_office()} - {None}
        shown = theirs and not untold(on, entry) and on.opens(entry.kind, entry.ref)  # whoever has the digest can try every small count
    with worker().desk() as conn:
        kept = signed_requests.of_event(conn, position) if shown else None
    if kept is None:
        raise NotFound(kind="signed request of event", ref=position)
    return {
        "base": kept.base,
        "signature": b64url(kept.signature),
        "public_key": b64url(kept.public_key),
        "body": None if kept.body is None else b64url(kept.body),
    }


def _entry(on: Reading, position: int) -> HistoryEntry:
    entry = inspection_history.entry(on.conn, position, known_at=on.clocks.known_at)
    if entry is None or not Visible(on)(entry):
        raise NotFound(kind="event", ref=position)
    return entry


def _name(disclosure: str) -> str:
    padded = disclosure + "=" * (-len(disclosure) % 4)
    return str(json.loads(urlsafe_b64decode(padded))[1])


def _checkpoint(on: Reading) -> tuple[int, str]:
    covering = "SELECT size, note FROM ledger.checkpoint WHERE size >= %s ORDER BY size LIMIT 1"
    row = on.conn.execute(covering, (on.clocks.known_at,)).fetchone()
    return (int(row[0]), str(row[1])) if row else (0, "")


def _tiles(entries: list[HistoryEntry], size: int) -> list[str]:
    """Return where the hashes are that prove these entries in the tree of this size: published, and no entry's content."""
    ranges = [one for entry in entries for one in tree.inclusion_ranges(entry.position - 1, size)]
    wanted = sorted(tree.tiles_of(ranges, size).items())
    return [f"/log/tile/{level}/{tree.tile_name(index, width)}" for (level, index), width in wanted]


def answer_for(on: Reading, args: dict[str, Any], kind: str, ref: str) -> dict[str, Any]:
    """Answer with the history of one thing; `NotFound` where the reader knows of none."""
    found, last = page(on, after=args["after"], limit=args["limit"], as_at=args.get("as_at"), kind=kind, ref=ref)
    if not found and not args["after"]:
        raise NotFound(kind=kind, ref=ref)
    more = next_page(args, on.clocks, last) if last is not None else None
    return {"clocks": on.clocks, "items": [shown(on, entry) for entry in found], "next": more}
