"""Forms are read as Werkzeug reads them, wherever their parts end, though most of a file goes around its decoder."""

from __future__ import annotations

import io
import random
from contextlib import closing
from hashlib import sha256
from itertools import product

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser

from api.resources.answering.bodies import Parts
from service.config import MEBIBYTE
from service.recording.evidence.incoming import BLOCK, Incoming

EDGE = b"an-edge"
END = b"\r\n--" + EDGE
FILE = b'--%b\r\nContent-Disposition: form-data; name="%b"; filename="%b.pdf"\r\n\r\n'
FIELD = b'--%b\r\nContent-Disposition: form-data; name="said"\r\n\r\n%b\r\n'
NEARLY = (b"", b"\r", b"\r\n", b"\r\n-", END[:-1], END[1:-1] + b"\r", END[:-1] + b"x", b"\n--an-edg", b"--" + EDGE + b"x", b"\r\n" * 40)


def form(*files: bytes) -> bytes:
    """Return a form of files, with something typed after each."""
    parts = [FILE % (EDGE, b"%d" % n, b"%d" % n) + content + b"\r\n" + FIELD % (EDGE, b"after %d" % n) for n, content in enumerate(files)]
    return b"".join(parts) + b"--" + EDGE + b"--\r\n"


def read(parser, body: bytes):
    """Return what is typed in a form, and of each file its name, its hash and how it was hashed as it came in."""
    fields, files = parser.parse(io.BytesIO(body), EDGE, len(body))
    found = []
    for name, file in files.items(multi=True):
        with closing(file.stream):
            content = file.stream.read()
            came = file.stream.sha256 if isinstance(file.stream, Incoming) else sha256(content).hexdigest()
            found.append((name, file.filename, sha256(content).hexdigest(), came, len(content)))
    return MultiDict(fields), found


def limits(most: int = MEBIBYTE) -> dict:
    """Return what may be typed."""
    return {"max_form_memory_size": most, "max_form_parts": 100}


def same(folder, body: bytes) -> bool:
    """Return whether we read a form as Werkzeug does."""
    ours = read(Parts(lambda **_: Incoming(folder), **limits()), body)
    return ours == read(MultiPartParser(lambda **_: io.BytesIO(), **limits()), body)


def test_a_form_is_read_as_werkzeug_reads_it(tmp_path):
    """Whatever a file holds, and wherever that and its end lie, the parts are the same, and each file is hashed as it is."""
    head, plain = len(FILE % (EDGE, b"0", b"0")), random.Random(1).randbytes(3 * BLOCK).translate(None, b"\r\n")  # noqa: S311 - no secret
    bodies = {"small": form(b"", b"x", b"\r\n"), "large": form(plain, plain, b"x", plain)}
    for nearly, short in product(NEARLY, range(-2, len(END) + 3, 2)):
        begun = plain[: 2 * BLOCK - head - short - len(nearly)]  # what follows lies about the end of the second block
        bodies |= {
            ("end", nearly, short): form(begun + nearly, nearly + b"x"),
            ("middle", nearly, short): form(begun + nearly + plain[:BLOCK]),
        }

    assert [which for which, body in bodies.items() if not same(tmp_path, body)] == []


def test_what_is_typed_is_held_in_memory_no_further_than_people_write():
    """A form whose fields are together longer than that is refused, however they are cut."""
    for fields in ([b"x" * 90], [b"x" * 30] * 3):
        body = b"".join(FIELD % (EDGE, field) for field in fields) + b"--" + EDGE + b"--\r\n"
        with pytest.raises(RequestEntityTooLarge):
            Parts(**limits(80)).parse(io.BytesIO(body), EDGE, len(body))


def test_a_form_that_breaks_off_is_none(tmp_path):
    """A form without its end brings nothing, and its file is gone."""
    body = FILE % (EDGE, b"a", b"a") + b"x" * 3 * BLOCK
    with pytest.raises(ValueError, match="Invalid form-data"):
        Parts(lambda **_: Incoming(tmp_path), **limits()).parse(io.BytesIO(body), EDGE, len(body))

    assert list(tmp_path.iterdir()) == []
