"""One endpoint for each declared command, made in one loop: nothing can be declared that cannot be asked for over HTTP.

`POST /api/v1/<resource>` creates, `POST /api/v1/<resource>/<ref>/<command>` does something to what exists. A command that takes
evidence may bring the files with it (multipart), or name what was uploaded before.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import current_app, g, jsonify, make_response, request, url_for

from aggregates.entry.fields import to_json
from api.access import View, member, signed_in
from api.errors import IdempotencyKeyMissing, IfMatchMissing, Unreadable
from api.fields import read_json, schema_of
from api.resources.answering.bodies import FORM, MOST_FILES, takes_files
from api.resources.answering.openapi import (
    ETAG,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    PREPARE,
    THUMBPRINT,
    WRITTEN,
    DoneSchema,
    Resource,
    UnsignedSchema,
)
from api.worker import worker
from service.commands import AMENDABLE, AMENDMENTS, COMMANDS, KINDS, Command, find
from service.commands.asking import ENVELOPE, ONE_OF_ITS_KIND, RESOURCES, body_of, rule_of
from service.desk import authority
from service.desk.coming_in import signed_requests
from service.desk.refusals import WrongKind
from service.desk.submission import KEY, Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from flask import Response
    from flask.typing import ResponseReturnValue
    from marshmallow import Schema

    from aggregates.authority import Acting
    from service.recording import Done
    from service.recording.writing import Unsigned

PREPARED: Final = 202
DONE, UNSIGNED = DoneSchema(), UnsignedSchema()


def declared(kind: str) -> Iterator[Command]:
    """Give the commands of a kind of thing, the amendments last."""
    yield from (command for command in COMMANDS.values() if command.kind == kind)
    if kind in AMENDABLE:
        yield from (command for name in AMENDMENTS if (command := find(name, kind)))


def mount(resource: Resource, kind: str) -> None:
    """Give every command of a kind its endpoint."""
    for command in declared(kind):
        _mount(resource, command)


def _mount(resource: Resource, command: Command) -> None:
    schema, reading = schema_of(command), cache(schema_of(command))

    @resource.response(201 if command.creates else 200, DONE, headers=WRITTEN)
    @resource.alt_response(PREPARED, schema=UNSIGNED, description="It is prepared, and not recorded", success=True)
    @resource.doc(
        operationId=command.name if command.name in COMMANDS else f"{command.name}_of_{command.kind}",
        summary=command.title,
        parameters=[IDEMPOTENCY_KEY, *([] if command.creates else [IF_MATCH]), PREPARE],
        requestBody={"required": True, "content": _content(schema, files=command.takes_files)},
    )
    @gives(command)
    @member
    def view(ref: str | None = None) -> ResponseReturnValue:
        body = _body(command, reading(), ref)
        return carry_out(command, body.pop("ref", None) or ref or command.kind, body)

    view.__name__ = view.__qualname__ = command.name
    view.__doc__ = f"{command.title}."
    resource.route(rule_of(command), methods=["POST"], endpoint=command.name)(view)


def gives(command: Command) -> Callable[[View], View]:
    """Declare the command that a view gives: who may is the command's own to say, and whether files come with it."""

    def declare(view: View) -> View:
        view.command = command  # type: ignore[attr-defined]  # functions carry what is declared of them
        return takes_files(view) if command.takes_files else view

    return declare


def _content(schema: type[Any], *, files: bool) -> dict[str, Any]:
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if files:
        file = {"type": "array", "maxItems": MOST_FILES, "items": {"type": "string", "format": "binary"}}
        parts = {"command": schema, "file": file}
        said = {"type": "object", "required": ["command", "file"], "properties": parts, "additionalProperties": False}
        content[FORM] = {"schema": said, "encoding": {"command": {"contentType": "application/json"}}}
    return content


def _body(command: Command, schema: Schema, ref: str | None) -> dict[str, Any]:
    """Read a command's body: JSON, or a form whose part `command` is that JSON and whose parts `file` are its evidence, in order."""
    if command.takes_files and request.mimetype == FORM:
        sent = read_json(request.form.get("command", "").encode())
        if not isinstance(sent, dict):
            raise Unreadable(where="command", why="an object of JSON is expected")
        office = sent.get("office")
        check_reach(command, ref, office=office if isinstance(office, str) else None)  # before any file is taken in
        return dict(schema.load({**sent, "evidence": _received(command, sent.get("evidence"))}))
    return dict(schema.load(Resource.ARGUMENTS_PARSER.body(request)))


def _received(command: Command, said: Any) -> list[Any]:
    """Take in the files of a form; what is said of each stands in `evidence`, in the same order."""
    files = request.files.getlist("file")
    if not isinstance(said, list) or len(said) != len(files) or not all(isinstance(one, dict) for one in said):
        why = "say of each part `file`, in order, at least its title and its evidence_date"
        raise WrongKind(act=command.title, field="evidence", why=why)
    cited = []
    for file, words in zip(files, said, strict=True):
        name = file.filename or "file"
        held = worker().board.receive(file.stream, name, signed_in())
        cited.append({"filename": name, "media_type": file.mimetype, **words, "sha256": held.sha256})
    return cited


def carry_out(command: Command, ref: str, body: Mapping[str, Any]) -> ResponseReturnValue:
    """Have a command carried out, and answer with what was recorded once the views show it, or after two seconds."""
    held, who = worker(), signed_in()
    key = idempotency_key()
    expected = None if command.creates else _if_match(ref)
    said = {name: value for name, value in body.items() if name not in {*ENVELOPE, "signed"}}
    around: dict[str, Any] = {name: body.get(name) for name in ENVELOPE}
    fields = to_json(command.event, said)
    how: dict[str, Any] = {"key": key, "expected": expected, "prepare": prepares(), "signed": body["signed"]}
    it = Submission(name=command.name, kind=command.kind, ref=ref, fields=fields, **how, **around)
    done = held.board.act(who, it)
    if done.unsigned is None:
        keep_request(done.positions)
        return _answer(command, done)
    return make_response(jsonify(UNSIGNED.dump(unsigned(command, it, done, done.unsigned))), PREPARED)


def keep_request(positions: Sequence[int]) -> None:
    """Keep the request that asked for entries with them, where it was signed; where others' stand between them, with none."""
    nonce, found = g.get("signed"), sorted(positions)
    if nonce and found and found[-1] - found[0] + 1 == len(found):
        with worker().desk() as conn:
            signed_requests.came_to(conn, signed_in(), g.pop("signed"), found)


def forget_request(response: Response) -> Response:
    """Forget what a signed request said for which nothing was recorded, before its answer goes out.

    Where the service failed, it may be that something was: that request stays until nobody can ask any more.
    """
    nonce = g.pop("signed", None)
    if nonce and response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        with worker().desk() as conn:
            signed_requests.came_to_nothing(conn, signed_in(), nonce)
    return response


def unsigned(command: Command, it: Submission, done: Done, waiting: Unsigned) -> dict[str, Any]:
    """Say what is to be signed, and with which command it is sent back."""
    return prepared(done, waiting) | {"command": body_of(command, it)}


def prepared(done: Done, waiting: Unsigned) -> dict[str, Any]:
    """Say what is to be signed, on what it rests and until when."""
    statements = [{"unsigned": one.unsigned, "disclosures": [*one.disclosures.values()]} for one in waiting.statements]
    rests_on = {"size": waiting.size, "version": done.version, "kinds": [kind.replace("_", "-") for kind in waiting.rests_on]}
    return {"statements": statements, "rests_on": rests_on, "until": datetime.fromtimestamp(waiting.until, UTC)}


def acting_as(on_behalf_of: str | None = None, *, office: str | None = None) -> Acting:
    """Return as whom the caller acts today, themselves or on behalf of another office; refuse what is not theirs."""
    who, held = signed_in(), worker()
    return authority.acting(held.board, who, office or who.office, on_behalf_of, occurred_on=held.today, today=held.today)


def check_reach(command: Command, ref: str | None, *, office: str | None = None) -> None:
    """Refuse at once what `Board.act` would refuse whatever else is said.

    A role that can never give this command; and another agency's record, which does not exist for a designated lead (journey F.3).
    """
    acting = acting_as(office=office)
    check_open(command, acting)
    if ref is not None:
        worker().board.reach(acting, KINDS[command.kind], ref)


def check_open(command: Command, who: Acting) -> None:
    """Refuse a command to a role that can never give it, and to a program whose API key was not made for it."""
    authority.check_program(signed_in(), command)
    if not command.open_to(who.role):
        authority.allow(command, who)


def idempotency_key() -> str:
    """Return the request's idempotency key, or refuse."""
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.match(key):
        raise IdempotencyKeyMissing
    return key


def prepares() -> str | None:
    """Return the thumbprint of the key for whose signature an act is to be prepared, or None; refuse what is none."""
    named = request.args.get("prepare")
    if named is not None and not re.fullmatch(THUMBPRINT, named):
        raise Unreadable(where="prepare", why="the thumbprint of a key is expected: 43 letters, digits, hyphens and underscores")
    return named


def _if_match(ref: str) -> int | None:
    """Return the version that the caller saw; None where they say that any will do."""
    sent = request.headers.get("If-Match")
    if not sent:
        raise IfMatchMissing(ref=ref)
    if sent.strip() == "*":
        return None
    if not (found := ETAG.match(sent.strip())):
        raise Unreadable(where="If-Match", why='one ETag is expected, such as "7"')
    return int(found[1])


def _answer(command: Command, done: Done) -> ResponseReturnValue:
    said = said_of(done, shown=shown(done.positions))
    began = command.creates and done.version == len(done.positions)
    headers = {"ETag": f'"{done.version}"', "Location": location(command.kind, done.ref)}
    return make_response(said, 201 if began else 200, headers)


def shown(positions: Sequence[int], *, waiting: bool = True) -> bool:
    """Say whether the views show all of these; where it is worth waiting for, once they do or after two seconds."""
    return worker().shown(max(positions), current_app.config["WAIT_FOR_VIEWS"] if waiting else 0.0)


def said_of(done: Done, *, shown: bool) -> dict[str, Any]:
    """Say what was recorded, and whether the views show it."""
    return {
        "ref": done.ref,
        "version": done.version,
        "positions": list(done.positions),
        "events": list(done.events),
        "receipt": str(done.receipt),
        "repeated": done.repeated,
        "shown": shown,
    }


def location(kind: str, ref: str) -> str:
    """Return the address of a thing."""
    endpoint = f"{RESOURCES[kind]}.read"
    return url_for(endpoint) if kind in ONE_OF_ITS_KIND else url_for(endpoint, ref=ref)
