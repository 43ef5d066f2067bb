"""One signed event, down to its statement, its leaf and its receipt."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64decode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, Response

from aggregates.clocks.dates import LONDON
from aggregates.entry.fields import fields_by_name
from aggregates.entry.topics import event_type
from aggregates.entry.values import Evidence, Sealed
from api.access import member
from api.pages.acting import possible
from api.pages.frame import Look, log_of_page, look, receipt_for, render
from api.pages.frame.entries import timeline
from api.pages.frame.telling import answers_in_words, name_in, with_code
from api.pages.record.witnessed import between
from api.resources.answering.closed import closed
from api.resources.record.visible import Visible, untold
from api.worker import worker
from projections.inspection import history as inspection_history
from projections.people import gone_on
from service.desk.coming_in import signed_requests
from service.desk.refusals import NotFound
from service.verify import digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aggregates.entry.fields import Field
    from api.resources.answering.closed import Closed
    from projections.inspection.history import HistoryEntry

pages = Blueprint("entry", __name__)

SEALED = """
    SELECT e.entry, coalesce(d.disclosures, ''), (SELECT max(size) FROM ledger.checkpoint)
      FROM ledger.event e LEFT JOIN ledger.disclosure d USING (position) WHERE position = %s"""


@pages.get("/events/<int:position>")
@member
def entry(position: int) -> Response:
    """Show one event."""
    with look() as seen:
        found = visible(seen, position)
        sealed, disclosures, _ = seen.on.conn.execute(SEALED, (position,)).fetchone() or (b"", "", 0)
        now = possible.with_entry(seen, found) if seen.clocks.is_now else possible.Possible([], [])
        return render(
            "record/entry.html",
            look=seen,
            entry=timeline(seen, [found], about=True)[0]
            | (proof := _proof(found, bytes(sealed).decode()))
            | {"fields": _fields(seen, found, disclosures)},
            between=between(seen.on.conn, position, proof["seen"]["size"]),
            can=now.can,
            cannot=now.cannot,
            previous_href=_beside(seen, position - 1),
            next_href=_beside(seen, position + 1),
            receipt_href=f"/api/v1/events/{position}/receipt",
            request_href=None if untold(seen.on, found) else _request(position),
            receipt=receipt_for(seen, found.stream),
            log=log_of_page(seen.on.conn),
        )


def _request(position: int) -> str | None:
    """Return where the signed request is by which a program asked for an event; None where it came otherwise."""
    with worker().desk() as conn:
        return f"/api/v1/events/{position}/request" if signed_requests.of_event(conn, position) else None


def visible(seen: Look, position: int) -> HistoryEntry:
    """Return an entry that the reader may see, or refuse."""
    found = inspection_history.entry(seen.on.conn, position, known_at=seen.clocks.known_at)
    if found is None or not Visible(seen.on)(found):
        raise NotFound(kind="event", ref=position)
    return found


def _beside(seen: Look, position: int) -> str | None:
    found = inspection_history.entry(seen.on.conn, position, known_at=seen.clocks.known_at)
    return seen.link(f"/events/{position}") if found and Visible(seen.on).happened(found) else None


def _proof(found: HistoryEntry, sealed: str) -> dict[str, Any]:
    """Return what was signed and how it is sealed; it was verified when the views took it in."""
    statement = json.loads(sealed)["stmt"]
    claims = json.loads(_decoded(statement.split(".")[1]))
    return {
        "topic": found.topic,
        "event_id": found.jti,
        "stream": found.stream,
        "version": found.version,
        "claimed_at": datetime.fromtimestamp(claims["iat"], UTC).astimezone(LONDON),
        "holder": found.holder,
        "key_thumbprint": found.thumbprint,
        "seen": claims["seen"],
        "statement": statement,
        "sealed": sealed,
        "leaf_hash": b64encode(found.leaf).decode(),
    }


def _fields(seen: Look, found: HistoryEntry, disclosures: str) -> list[dict[str, Any]]:
    """Return every field of an event: shown, empty, withheld from this reader, or erased."""
    sealed_as = {_name(one): digest(one) for one in disclosures.split("~") if one}
    personal = "SELECT field, digest FROM ledger.sealed_field WHERE position = %s"
    sealed_as |= dict(seen.on.conn.execute(personal, (found.position,)).fetchall())
    held = worker().board.subjects.reveal_all([found.position]) if seen.on.opens(found.kind, found.ref) else {}
    kinds = fields_by_name(event_type(found.topic))
    about = {UUID(value["sealed"]) for name, value in found.body.items() if kinds[name].kind is Sealed and value}
    shut = closed(seen.on.conn, about, purpose=seen.on.scope.purpose)
    went = gone_on(seen.on.conn, found.position)
    fields = [field for name, field in kinds.items() if name in found.body]
    return [_field(seen, found, field, held, shut, went=went) | {"digest": sealed_as.get(field.name, "")} for field in fields]


def _field(
    seen: Look,
    found: HistoryEntry,
    field: Field,
    held: Mapping[tuple[int, str], str],
    shut: Mapping[UUID, Closed],
    *,
    went: Mapping[str, date],
) -> dict[str, Any]:
    value, personal = found.body[field.name], field.kind is Sealed
    closed_to = shut.get(UUID(value["sealed"])) if personal and value else None
    state = "shown"
    if field.name in went and not personal:
        state = "erased"
    elif value is None or value == []:
        state = "empty"
    elif not seen.on.scope.restricted and (personal or field.sensitivity == "restricted"):
        state = "withheld"
    elif personal and ((found.position, field.name) not in held or (closed_to and closed_to.erased_on)):
        state = "erased"
    elif closed_to:
        state = "restricted"
    elif field.name in event_type(found.topic).WORDS or field.name in untold(seen.on, found):
        state = "withheld"  # what one participant wrote is read among five or more, on the page of the session; so is a count of few
    return {
        "name": field.name,
        "label": name_in(found.topic, field.name),
        "value": _value(seen, found, field, held) if state == "shown" else None,
        "state": state,
        "sensitivity": field.sensitivity,
        "erased_on": closed_to.erased_on if closed_to else went.get(field.name),
    }


def _value(seen: Look, found: HistoryEntry, field: Field, held: Mapping[tuple[int, str], str]) -> str:
    value = found.body[field.name]
    if field.kind is Sealed:
        told = held[found.position, field.name]
        name = None if found.kind == "subject" else seen.words.person(UUID(value["sealed"]))  # whose value it is, there
        return name or seen.words.held_name(told) or told
    if field.kind is Evidence:
        return "\n".join(f"{item['title']} ({item['filename']}), SHA-256 {item['sha256']}" for item in value)
    if field.name == "answers" and found.kind == "return":
        return answers_in_words(found.ref, value)
    return with_code(seen.words, field, value, found.body)


def _name(disclosure: str) -> str:
    return str(json.loads(_decoded(disclosure))[1])


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
