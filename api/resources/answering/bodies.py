"""What is sent to us: files, in forms or alone, which go straight to where they will stay, and nothing else longer than people write.

Files are taken by views that are declared to take them (`takes_files`), from whoever is known, and few at once: nobody else has any
written to a disk.

A form is read by Werkzeug's decoder, but for what can only be the middle of a file: nearly all of a large one. Through the decoder each
byte would be copied five times, into memory that the system has to give and take back each time.
"""

from __future__ import annotations

import re
from contextlib import ExitStack, closing
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, Final, cast

from flask import Request, current_app
from werkzeug.datastructures import FileStorage, ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser, MultiPartParser
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData
from werkzeug.utils import cached_property
from werkzeug.wsgi import LimitedStream

from api.access import View, caller
from api.errors import UnsupportedKind
from api.worker import worker
from service.recording.evidence.incoming import Incoming, blocks
from service.recording.evidence.kinds import KINDS
from service.recording.evidence.refusals import TooManyFiles

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

FORM: Final = "multipart/form-data"
FILES: Final = "evidence.receive"  # where a program sends files
MOST_FILES: Final = 20  # in one request
ALONE: Final = ("application/octet-stream", *KINDS)  # what a file that comes alone may be called; what it is, is in it
PIECE: Final = 1 << 16  # bytes that the decoder is given at once
LINE_END: Final = re.compile(b"[\r\n]")


def takes_files(view: View) -> View:
    """Declare a view that files may be sent to."""
    view.takes_files = True  # type: ignore[attr-defined]  # functions carry what is declared of them
    return view


class Parts(MultiPartParser):
    """The parts of one form, as they come."""

    part: Field | File
    into: BytesIO | Incoming
    in_a_file = False  # whether there is more of it

    def parse(
        self, stream: IO[bytes], boundary: bytes, content_length: int | None
    ) -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
        """Read a form to its end; return its fields and its files by their names. Raises ValueError where it is none.

        Of one that is not read to its end, for whatever reason, every file is closed at once.
        """
        self.length, self.fields, self.files, self.typed = content_length, list[Any](), list[Any](), 0
        with ExitStack() as self.begun:
            self._read(stream, boundary)
            self.begun.pop_all()
        return self.cls(self.fields), self.cls(self.files)

    def _read(self, stream: IO[bytes], boundary: bytes) -> None:
        decoder = MultipartDecoder(boundary, self.max_form_memory_size, max_parts=self.max_form_parts)
        mark, longest = b"--" + boundary, len(b"\r\n--" + boundary)
        for block in blocks(stream):
            if self.in_a_file and not (decoder.buffer or mark in block or LINE_END.search(block, len(block) - longest)):
                self.into.write(block)  # nothing ends in it, nor does any end begin
                continue
            for start in range(0, len(block), PIECE):
                self._take(decoder, block[start : start + PIECE])
        self._take(decoder, None)

    def _take(self, decoder: MultipartDecoder, piece: bytearray | None) -> None:
        decoder.receive_data(cast("bytes | None", piece))
        while not isinstance(event := decoder.next_event(), (Epilogue, NeedData)):
            if isinstance(event, (Field, File)):
                self.part = event
                self.into = self._begin(event) if isinstance(event, File) else BytesIO()
            elif isinstance(event, Data):
                self._add(event)

    def _begin(self, event: File) -> Incoming:
        if len(self.files) == MOST_FILES:
            raise TooManyFiles(most=MOST_FILES)
        return self.begun.enter_context(closing(cast("Incoming", self.start_file_streaming(event, self.length))))

    def _add(self, event: Data) -> None:
        """Add to a part, and keep it where it ends. What is typed is held in memory: all of it together is as long as people write."""
        self.into.write(event.data)
        self.in_a_file = event.more_data and isinstance(self.part, File)
        if isinstance(self.into, BytesIO):
            self.typed += len(event.data)
            if self.max_form_memory_size is not None and self.typed > self.max_form_memory_size:
                raise RequestEntityTooLarge
            if not event.more_data:
                said = self.into.getvalue().decode(self.get_part_charset(self.part.headers), "replace")
                self.fields.append((self.part.name, said))
        elif not event.more_data and isinstance(self.part, File):
            self.into.seek(0)
            kept = FileStorage(cast("IO[bytes]", self.into), self.part.filename, self.part.name, headers=self.part.headers)
            self.files.append((self.part.name, kept))


class Form(FormDataParser):
    """Werkzeug's, but for how the parts are read."""

    def _parse_multipart(self, stream: IO[bytes], _: str, length: int | None, options: dict[str, str]) -> Any:
        if not (boundary := options.get("boundary", "").encode("ascii")):
            raise ValueError("a form without a boundary")
        limits: dict[str, Any] = {"max_form_memory_size": self.max_form_memory_size, "max_form_parts": self.max_form_parts}
        return stream, *Parts(self.stream_factory, cls=self.cls, **limits).parse(stream, boundary, length)


class Upload(Request):
    """A request whose files are written to where they will stay as they come in, and hashed: once, and held in memory nowhere.

    A file may come in a form, or alone as the whole body of a request to the address that takes files (RFC 9110 §8): it is found in
    `files` either way.
    """

    form_data_parser_class = Form

    @property
    def takes_files(self) -> bool:
        """Whether files may come with it, which is asked before any of it is read."""
        view = current_app.view_functions.get(self.endpoint or "")
        return getattr(view, "takes_files", False) and caller() is not None

    @property
    def is_file(self) -> bool:
        """Whether the body is a file and nothing else."""
        return self.endpoint == FILES and self.mimetype in ALONE

    @cached_property
    def stream(self) -> IO[bytes]:
        """Give the body, which is as long as it was said to be: one that ends before was cut off, though a form's last mark may have come.

        What brings no files is taken into memory whole, so it is no longer than people write.
        """
        if not (self.takes_files and (self.mimetype == FORM or self.is_file)):
            self.max_content_length = self.max_form_memory_size
        stream = super().stream
        return stream if self.content_length is None else cast("IO[bytes]", LimitedStream(stream, self.content_length))

    def _load_form_data(self) -> None:
        if not self.is_file:
            super()._load_form_data()
        elif "files" not in self.__dict__:
            named = parse_options_header(self.headers.get("Content-Disposition"))[1].get("filename")
            file = worker().board.evidence.begin()
            alone = FileStorage(cast("IO[bytes]", file), named, "file", self.mimetype)
            self.__dict__ |= {"form": ImmutableMultiDict(), "files": ImmutableMultiDict({"file": alone})}  # it is closed with the request
            file.fill(self.stream, worker().config.max_upload)
            file.seek(0)

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        if not self.takes_files:
            raise UnsupportedKind(takes="forms without files", sent="one with a file")
        return cast("IO[bytes]", worker().board.evidence.begin())
