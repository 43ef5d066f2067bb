"""Files as large as they may be, and as strangely sent as they can be, against the product as it is served."""

from __future__ import annotations

import http.client
import json
import re
import socket
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

from service.config import MEBIBYTE, Config
from tests.acceptance.boards import CLOCK, line
from tests.acceptance.product import PATIENCE, wait
from tests.acceptance.served import Served, served

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = Config(data=Path()).max_upload
BLOCK = b"0" * MEBIBYTE
SOON = 8  # seconds, of the ten for which the server is patient
GROWTH = 48 * MEBIBYTE  # that the server may need for the largest file, whatever its size
EDGE = "a-boundary-that-no-file-holds"
HEAD = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: text/html\r\n\r\n'
COMMAND = f'--{EDGE}\r\nContent-Disposition: form-data; name="command"\r\n\r\n%s\r\n'
TAIL = f"\r\n--{EDGE}--\r\n".encode()


@pytest.fixture
def site(board) -> Iterator[Served]:
    """Give the small board, served; Riverside has accepted its action."""
    board.brings_in(line("riv-lead", "accept_action", "A1"))
    with served(board, CLOCK) as it:
        yield it


def blocks(size: int) -> Iterator[bytes]:
    """Give a PDF of so many bytes, a piece at a time."""
    begun = b"%PDF-1.7 "[:size]
    yield begun
    for _ in range((size - len(begun)) // MEBIBYTE):
        yield BLOCK
    yield BLOCK[: (size - len(begun)) % MEBIBYTE]


@contextmanager
def uploading(it: Served, size: int, said: Any = None, *, alone: bool = False) -> Iterator[http.client.HTTPConnection]:
    """Begin to send a file of so many bytes, with an act or before one, in a form or alone; whoever asks sends the file itself."""
    begun = "" if alone else (COMMAND % json.dumps(said) if said else "") + HEAD % "scan.pdf"
    connection = http.client.HTTPConnection(it.address.removeprefix("http://"), timeout=PATIENCE)
    connection.putrequest("POST", "/api/v1/actions/A1/submit_evidence" if said else "/api/v1/evidence")
    for header, value in {
        "Authorization": f"Bearer {it.product.settings['MUNIMENT_KEY']}",
        "Idempotency-Key": sha256(f"{size} {said}".encode()).hexdigest(),
        "If-Match": "*",
        "Content-Type": "application/pdf" if alone else f"multipart/form-data; boundary={EDGE}",
        "Content-Length": str(size if alone else len(begun.encode()) + size + len(TAIL)),
    }.items():
        connection.putheader(header, value)
    connection.endheaders(begun.encode())
    yield connection
    connection.close()


def answer(connection: http.client.HTTPConnection) -> tuple[int, dict[str, Any]]:
    """Return the status and the body of an answer."""
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def upload(it: Served, size: int, **how: Any) -> tuple[int, dict[str, Any]]:
    """Send a file of so many bytes, and return what comes of it."""
    with uploading(it, size, **how) as connection:
        for block in blocks(size):
            connection.send(block)
        if not how.get("alone"):
            connection.send(TAIL)
        return answer(connection)


def peak(it: Served) -> int:
    """Return the most memory that any process of the server has had, in bytes. Each has two heaps, whatever its threads are."""
    command = [path for path in Path("/proc").glob("[0-9]*/cmdline") if f"{it.product.data}".encode() in _environment(path.parent)]
    assert all(b"MALLOC_ARENA_MAX=2\0" in _environment(path.parent) for path in command)
    held = [re.search(r"VmHWM:\s+(\d+) kB", (path.parent / "status").read_text()) for path in command]
    return max(int(found[1]) for found in held if found) * 1024


def _environment(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes() if b"gunicorn" in (process / "cmdline").read_bytes() else b""
    except OSError:
        return b""


def incoming(it: Served) -> list[Path]:
    """Return what is on its way in."""
    return list((it.product.data / "evidence" / "incoming").glob("*"))


@contextmanager
def dawdling(it: Served) -> Iterator[list[socket.socket]]:
    """Be somebody elsewhere who opens three times as many lines as the server has threads, and sends on each a little, or nothing."""
    host, _, port = it.address.removeprefix("http://").partition(":")
    form = b"POST /sign-in HTTP/1.1\r\nHost: it\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail="
    lines = [socket.create_connection((host, int(port)), PATIENCE, source_address=("127.0.0.2", 0)) for _ in range(48)]
    for number, one in enumerate(lines):
        one.sendall((b"", b"GET / HTTP/1.1\r\nHost:", form)[number % 3])
    yield lines
    for one in lines:
        one.close()


def test_files_however_they_are_sent(site: Served):
    """The largest file goes through in memory that does not grow with it; slow ones hold nobody up; what is broken off leaves nothing."""
    with dawdling(site) as lines:
        begun = monotonic()
        assert upload(site, 999)[0] == 201
        assert monotonic() - begun < SOON
        sent(site)
        assert [one for one in lines if not cut_off(one)] == []


def test_a_body_comes_in_the_pieces_that_it_says(site: Served):
    """A body in pieces that are none is refused as cut off, whatever it is of; nothing is kept."""
    key = {"Authorization": f"Bearer {site.product.settings['MUNIMENT_KEY']}", "If-Match": "*", "Transfer-Encoding": "chunked"}
    for number, body in enumerate((b"zz\r\n%PDF-\r\n0\r\n\r\n", b"5\r\n%PDF-XX")):
        for kind, path in (("application/pdf", "/api/v1/evidence"), ("application/json", "/api/v1/actions/A1/report_progress")):
            connection = http.client.HTTPConnection(site.address.removeprefix("http://"), timeout=PATIENCE)
            connection.putrequest("POST", path)
            said = {
                "Idempotency-Key": f"{kind}-{number}".replace("/", "-"),
                "Content-Type": kind,
                "Content-Disposition": "attachment; filename=a.pdf",
            }
            for name, value in (key | said).items():
                connection.putheader(name, value)
            connection.endheaders(body)
            status, refused = answer(connection)
            connection.close()

            assert (status, refused["type"], refused["facts"]["why"]) == (400, "/problems/unreadable", "it breaks off"), (kind, body)
    assert not [path for path in (site.product.data / "evidence").rglob("*") if path.is_file()]


def test_a_body_is_as_long_as_it_says(site: Served):
    """A body that ends before its length is refused as cut off, though all of a form or a file may have come; so are words."""
    whole = HEAD.encode() % b"a.pdf" + b"%PDF-1.7 whole" + TAIL
    key = {"Authorization": f"Bearer {site.product.settings['MUNIMENT_KEY']}", "If-Match": "*"}
    kinds = {"application/pdf": b"%PDF-1.7 whole", f"multipart/form-data; boundary={EDGE}": whole, "application/json": b"{}"}
    for kind, body in kinds.items():
        connection = http.client.HTTPConnection(site.address.removeprefix("http://"), timeout=PATIENCE)
        said = {"Idempotency-Key": sha256(body).hexdigest(), "Content-Type": kind, "Content-Length": str(len(body) + 100)}
        path = "/api/v1/actions/A1/report_progress" if kind.endswith("json") else "/api/v1/evidence"
        connection.request("POST", path, body, key | said)
        assert connection.sock is not None
        connection.sock.shutdown(socket.SHUT_WR)
        status, refused = answer(connection)
        connection.close()

        assert (status, refused["type"], refused["facts"]["why"]) == (400, "/problems/unreadable", "it breaks off"), kind
    assert not [path for path in (site.product.data / "evidence").rglob("*") if path.is_file()]


def cut_off(one: socket.socket) -> bool:
    """Wait until a line is closed from the other side, whatever is said before."""
    try:
        while one.recv(4096):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


def sent(site: Served) -> None:
    """Send files of all sizes, in all manners."""
    said = {"office": "riv-lead", "effect": "Seen", "evidence": [{"title": "Scan", "evidence_date": "2016-09-02"}]}
    assert upload(site, 1000)[0] == 201
    before = peak(site)
    status, held = upload(site, LARGEST)
    digest = sha256()
    for block in blocks(LARGEST):
        digest.update(block)
    assert (status, held["sha256"], held["size"]) == (201, digest.hexdigest(), LARGEST)
    assert upload(site, LARGEST, alone=True)[1] == held  # the same content again is the same file
    for alone in (True, False):
        breaks_off(site, alone=alone)
    for size, alone in ((LARGEST + 1, False), (LARGEST + 1, True), (LARGEST + 2 * MEBIBYTE, False)):  # and more than is read at all
        status, refused = upload(site, size, alone=alone)
        assert (status, refused["type"]) == (413, "/problems/too-large")
    assert upload(site, 0)[0] == 422
    assert not incoming(site)
    status, done = upload(site, LARGEST, said=said)
    assert status == 200, done
    read(site, held["sha256"], LARGEST)
    assert peak(site) - before < GROWTH


def breaks_off(site: Served, *, alone: bool) -> None:
    """Send one file slowly, and break off another: the one is kept, and nothing stays of the other."""
    with uploading(site, 2000) as slow, uploading(site, 5 * MEBIBYTE, alone=alone) as broken:
        broken.send(b"%PDF-1.7 " + 3 * BLOCK)  # more than is taken in at once
        for block in (b"%PDF", b"-1.7 "):
            slow.send(block)
            assert upload(site, 1000)[0] == 201  # while another is still at it
        slow.send(BLOCK[:1991] + TAIL)
        assert answer(slow)[0] == 201
        wait(lambda: len(incoming(site)) == 1, "the slow one to be kept, and the broken one to be there")
        assert broken.sock is not None
        broken.sock.shutdown(socket.SHUT_RDWR)
    wait(lambda: not incoming(site), "what was broken off to be gone")


def read(it: Served, digest: str, size: int) -> None:
    """Have a file given back, and see that a browser would run nothing of it, whatever it is called."""
    connection = http.client.HTTPConnection(it.address.removeprefix("http://"), timeout=PATIENCE)
    key = {"Authorization": f"Bearer {it.product.settings['MUNIMENT_KEY']}"}
    wait(lambda: _status(connection, digest, key) == 200, "the views to show what was recorded")
    connection.request("GET", f"/api/v1/evidence/{digest}", headers=key)
    response, found, count = connection.getresponse(), sha256(), 0
    while block := response.read(MEBIBYTE):
        found.update(block)
        count += len(block)
    headers = response.headers
    assert (found.hexdigest(), count, headers["Content-Length"]) == (digest, size, str(size))
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    connection.close()


def _status(connection: http.client.HTTPConnection, digest: str, key: dict[str, str]) -> int:
    connection.request("HEAD", f"/api/v1/evidence/{digest}", headers=key)
    response = connection.getresponse()
    response.read()
    return response.status
