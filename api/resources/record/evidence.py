"""Evidence files: taken in by their content, and given out only to those who may read an entry that cites them."""

from __future__ import annotations

from io import BufferedReader
from os import SEEK_END
from typing import IO, TYPE_CHECKING, Any, cast

from flask import Request, request, send_file
from marshmallow import Schema, fields
from werkzeug.formparser import FormDataParser, MultiPartParser
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream

from api.access import member, needs, signed_in
from api.errors import Unreadable
from api.fields import Whole
from api.resources.answering.answers import Reading, read
from api.resources.answering.commands import idempotency_key
from api.resources.answering.openapi import IDEMPOTENCY_KEY, Resource
from api.resources.record.visible import Visible
from api.worker import worker
from projections.inspection import history as inspection_history
from service.config import MEBIBYTE
from service.desk.coming_in.refusals import NotForThisKey
from service.desk.refusals import NotFound
from service.desk.roles import BRINGING

if TYPE_CHECKING:
    from io import RawIOBase

    from flask import Response
    from flask.typing import ResponseReturnValue

evidence = Resource("evidence", __name__, description="Files that support what is recorded.")

PIECE = 1 << 18  # bytes that are taken in at once: as many as stay near the processor until they are hashed and written
FORM = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}


class Form(FormDataParser):
    """Werkzeug's, which asks for a quarter of such a piece at once, and copies as often."""

    def _parse_multipart(self, stream: IO[bytes], _: str, length: int | None, options: dict[str, str]) -> Any:
        if not (boundary := options.get("boundary", "").encode("ascii")):
            raise ValueError("a form without a boundary")
        limits: dict[str, Any] = {"max_form_memory_size": self.max_form_memory_size, "max_form_parts": self.max_form_parts}
        parser = MultiPartParser(self.stream_factory, cls=self.cls, buffer_size=PIECE, **limits)
        return stream, *parser.parse(stream, boundary, length)


class Upload(Request):
    """A request whose files are written to where they will stay as they come in, and hashed: once, and held in memory nowhere."""

    form_data_parser_class = Form

    @cached_property
    def stream(self) -> IO[bytes]:
        """Read the body ahead: asking the server for a little at a time would cost as much as all that is done with it.

        What brings no files is taken into memory whole, so it is no longer than people write.
        """
        if self.mimetype != "multipart/form-data":
            self.max_content_length = self.max_form_memory_size
        found = super().stream
        large = isinstance(found, LimitedStream) and (self.content_length or MEBIBYTE) >= MEBIBYTE
        return BufferedReader(cast("RawIOBase", found), PIECE) if large else found

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return cast("IO[bytes]", worker().board.evidence.begin())


class FileSchema(Schema):
    """A file that was received; name it by its hash where you cite it."""

    sha256 = fields.String(required=True)
    size = Whole(required=True)
    media_type = fields.String(required=True, metadata={"description": "What it is, by what is in it"})
    checked = fields.Boolean(required=True, metadata={"description": "Whether malware was looked for, and none found"})


@evidence.post("")
@evidence.doc(
    operationId="receive_evidence",
    parameters=[IDEMPOTENCY_KEY],
    requestBody={"required": True, "content": {"multipart/form-data": {"schema": FORM}}},
)
@evidence.response(201, FileSchema, headers={"Location": {"description": "The file", "schema": {"type": "string"}}})
@needs("files")
def receive() -> ResponseReturnValue:
    """Take a file in. The same content sent again is the same file; it is on record once a command cites it."""
    idempotency_key()
    _check_program()
    file = request.files.get("file")
    if file is None:
        raise Unreadable(where="file", why="a form with one part `file` is expected")
    held = worker().board.receive(file.stream, file.filename or "file", signed_in())
    return held._asdict(), 201, {"Location": f"{request.path}/{held.sha256}"}


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
