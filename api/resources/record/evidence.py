"""Evidence files: taken in by their content, and given out only to those who may read an entry that cites them."""

from __future__ import annotations

from base64 import b64encode
from os import SEEK_END
from typing import TYPE_CHECKING, Final, cast

from flask import request, send_file
from marshmallow import Schema, fields

from api.access import member, needs, signed_in
from api.errors import Unreadable, UnsupportedKind
from api.fields import Whole
from api.resources.answering.answers import Reading, read
from api.resources.answering.bodies import ALONE, FORM, takes_files
from api.resources.answering.commands import idempotency_key
from api.resources.answering.openapi import IDEMPOTENCY_KEY, Resource
from api.resources.record.visible import Visible
from api.worker import worker
from projections.inspection import history as inspection_history
from service.desk.coming_in.refusals import NotForThisKey
from service.desk.refusals import NotFound
from service.desk.roles import BRINGING
from service.recording.evidence.refusals import NotWhatWasSent

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import FileStorage

    from api.resources.answering.bodies import Upload
    from service.recording.evidence.incoming import Incoming

evidence = Resource("evidence", __name__, description="Files that support what is recorded.")

BINARY: Final = {"type": "string", "format": "binary"}
PARTS: Final = {"type": "object", "required": ["file"], "properties": {"file": BINARY}}
TAKES: Final = """A form with one part `file`, or the file alone, under its own type or application/octet-stream: what it is, is in it.

With a file that comes alone, `Content-Digest: sha-256=:…:` (RFC 9530) sees to it that nothing else is taken in. A program that signs its
requests sends files so."""
NAMED: Final = {
    "in": "header",
    "name": "Content-Disposition",
    "description": 'The name of a file that comes alone, such as attachment; filename="audit.pdf" (RFC 6266)',
    "schema": {"type": "string"},
}


class FileSchema(Schema):
    """A file that was received; name it by its hash where you cite it."""

    sha256 = fields.String(required=True)
    size = Whole(required=True)
    media_type = fields.String(required=True, metadata={"description": "What it is, by what is in it"})
    checked = fields.Boolean(required=True, metadata={"description": "Whether malware was looked for, and none found"})


@evidence.post("")
@evidence.doc(
    operationId="receive_evidence",
    parameters=[IDEMPOTENCY_KEY, NAMED],
    requestBody={"required": True, "description": TAKES, "content": {ALONE[0]: {"schema": BINARY}, FORM: {"schema": PARTS}}},
)
@evidence.response(201, FileSchema, headers={"Location": {"description": "The file", "schema": {"type": "string"}}})
@needs("files")
@takes_files
def receive() -> ResponseReturnValue:
    """Take a file in. The same content sent again is the same file; it is on record once a command cites it."""
    idempotency_key()
    _check_program()
    asked = cast("Upload", request)
    if not asked.is_file and asked.mimetype != FORM:
        raise UnsupportedKind(takes=f"{FORM} or {ALONE[0]}", sent=asked.mimetype or "nothing")
    file = asked.files.get("file")
    if file is None:
        raise Unreadable(where="file", why="a form with one part `file` is expected")
    if asked.is_file:
        _check_digest(file)
    held = worker().board.receive(file.stream, file.filename or "file", signed_in())
    return held._asdict(), 201, {"Location": f"{request.path}/{held.sha256}"}


def _check_digest(file: FileStorage) -> None:
    """Refuse a file that is not the one whose digest was sent with it."""
    said = request.headers.get("Content-Digest")
    found = f"sha-256=:{b64encode(bytes.fromhex(cast('Incoming', file.stream).sha256)).decode()}:"
    if said is not None and said.strip() != found:
        raise NotWhatWasSent(filename=file.filename or "file", found=found, said=said)


def _check_program() -> None:
    """Refuse a file by a key that was made for no command which carries evidence."""
    program = signed_in().program
    if program and program.acts is not None and program.acts.isdisjoint(command.name for command in BRINGING):
        raise NotForThisKey(act="bring evidence", acts=program.acts or "reading alone")


@evidence.get("/<sha256>", endpoint="read")
@evidence.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
@member
def download(sha256: str) -> Response:
    """Give a file as an attachment, to those who may read an entry that cites it."""
    with read({}) as on:
        name = _name(on, sha256)
    file = worker().board.give(sha256, signed_in())
    # Never the kind that it is said to be: a browser is given nothing that it would run or show.
    response = send_file(file, mimetype="application/octet-stream", as_attachment=True, download_name=name, etag=sha256)
    response.content_length = file.seek(0, SEEK_END)
    file.seek(0)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _name(on: Reading, sha256: str) -> str:
    """Return the name under which a file was handed in, in an entry that the reader may see; refuse where there is none."""
    entries = inspection_history.citing(on.conn, sha256=sha256, known_at=on.clocks.known_at)
    may_see = Visible(on)
    names = [item["filename"] for entry in entries if may_see(entry) for item in entry.body["evidence"] if item["sha256"] == sha256]
    if not names or not on.opens("file", sha256):
        raise NotFound(kind="file", ref=sha256)
    return str(names[-1])
