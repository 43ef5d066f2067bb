"""Forms are read as Werkzeug reads them, though most of a file goes around its decoder; and files are taken from few, and few at once."""

from __future__ import annotations

import io
import json
import random
import re
from contextlib import closing
from errno import EMFILE
from hashlib import sha256
from itertools import product

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser

from api.resources.answering.bodies import MOST_FILES, Parts
from service.config import MEBIBYTE
from service.recording.evidence.incoming import BLOCK, Incoming
from service.recording.evidence.refusals import TooManyFiles

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


WHOLE = form(*[b"x"] * 3)
MANY = form(*[b"x"] * (MOST_FILES + 1))


@pytest.mark.parametrize(
    ("body", "room", "failure"),
    [
        (form(b"x", b"x" * 3 * BLOCK)[:-BLOCK], MOST_FILES, ValueError),
        (MANY, MOST_FILES, TooManyFiles),
        (WHOLE + WHOLE, 2, OSError),
        (form(b"x", b"x") + FIELD % (EDGE, b"x" * 2 * MEBIBYTE), MOST_FILES, RequestEntityTooLarge),
    ],
    ids=["it breaks off", "too many files", "no more can be opened", "too much is typed"],
)
def test_of_a_form_that_fails_nothing_is_held(tmp_path, body, room, failure):
    """A form that is not read to its end brings nothing, whyever that is: each of its files is closed at once, and gone."""
    begun = []

    def begin(**_):
        if len(begun) == room:
            raise OSError(EMFILE, "Too many open files")
        begun.append(Incoming(tmp_path))
        return begun[-1]

    with pytest.raises(failure):
        Parts(begin, **limits()).parse(io.BytesIO(body), EDGE, len(body))

    assert [file.file.closed for file in begun] == [True] * len(begun) != []
    assert list(tmp_path.iterdir()) == []


def test_no_file_of_a_stranger_is_written(ask):
    """Who is not known leaves no file on the disk, wherever they send it; and who is known, only where files are taken."""
    app, incoming = ask.client.application, ask.seeded.config.data / "evidence/incoming"
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]
    open_to_all = {f"/{re.sub('<[^>]+>', '1', rule.rule[1:])}" for rule in posts if app.view_functions[rule.endpoint].access == "public"}
    assert "/sign-in" in open_to_all
    for path in sorted(open_to_all | {"/api/v1/evidence", "/evidence/new", "/actions/A1/submit_evidence"}):
        for size in (100, MEBIBYTE):
            answer = app.test_client().post(path, data={"file": (io.BytesIO(b"x" * size), "a.pdf")}, headers={"Accept": "application/json"})

            assert answer.status_code in ({415} if size == 100 else {413}) | ({401} if path not in open_to_all else set()), (path, size)
    ours = ask.post("/api/v1/actions/A1/accept_action", "riv-lead", data={"command": "{}", "file": (io.BytesIO(b"x"), "a.pdf")})

    assert ours.status_code == 415
    assert not incoming.exists()


def test_few_files_come_at_once(ask):
    """A request brings so many files and no more: one too many is refused by name, when all was heard, and nothing of them stays."""
    ask.seeded.act("riv-lead", "accept_action", "A1")
    for number, status in ((MOST_FILES + 1, 413), (MOST_FILES, 200)):
        said = {"effect": "Seen", "evidence": [{"title": f"Scan {n}", "evidence_date": "2016-09-02"} for n in range(number)]}
        files = [(io.BytesIO(b"%%PDF-1.7 %d" % n + b"x" * BLOCK), f"{n}.pdf") for n in range(number)]
        answer = ask.post("/api/v1/actions/A1/submit_evidence", "riv-lead", data={"command": json.dumps(said), "file": files})

        assert answer.status_code == status
        assert status == 200 or (answer.json["type"], answer.json["facts"]) == ("/problems/too-many-files", {"most": MOST_FILES})
        assert answer.request.environ["wsgi.input"].read() == b""
        assert list((ask.seeded.config.data / "evidence/incoming").iterdir()) == []
