"""The server alone, under applications that need no database: what one address may have of it, and what becomes of more."""

from __future__ import annotations

import gc
import os
import re
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from io import BytesIO
from select import select
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest

from api import access
from service.config import Config
from tests.acceptance.product import PATIENCE, ROOT, free_port, wait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    Line = Callable[[str], socket.socket]

HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
OURS, ANY = "api.app:create_app()", f"{__name__}:application"
IN_TURN, SILENT = 256, 128  # what the server lets wait of one address, and be silent
SOON = 5  # seconds, of the ten for which the server is patient
ASK = b"GET %s HTTP/1.1\r\nHost: it\r\n\r\n"
GO = threading.Event()


def application(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    """Be an application that knows nothing of Muniment: it answers at once, or when somebody says so."""
    if environ["PATH_INFO"] == "/go":
        GO.set()
    if environ["PATH_INFO"] == "/wait":
        GO.wait(PATIENCE)
    if environ["PATH_INFO"] == "/echo":
        body = BytesIO()
        there = bytearray(1000)
        while got := environ["wsgi.input"].readinto(there):
            body.write(there[:got])
        start("200 OK", [("Content-Length", str(body.tell()))])
        return [body.getvalue()]
    start("200 OK" if gc.isenabled() else "500 Nobody looks for garbage", [("Content-Length", "0")])
    return []


@contextmanager
def serving(what: str, *settings: str, **environ: str) -> Iterator[Line]:
    """Serve an application as the product is served; give what opens a line to it from an address."""
    port = free_port()
    command = ("-m", "gunicorn", "--config", str(ROOT / "ops/gunicorn.conf.py"), "--bind", f"{HERE}:{port}", *settings, what)
    with subprocess.Popen([sys.executable, *command], env=os.environ | environ, cwd=ROOT) as child, ExitStack() as lines:

        def line(address: str) -> socket.socket:
            return lines.enter_context(socket.create_connection((HERE, port), PATIENCE, source_address=(address, 0)))

        try:
            wait(lambda: _listens(port), "the server")
            yield line
        finally:
            lines.close()
            child.terminate()


def _listens(port: int) -> bool:
    try:
        socket.create_connection((HERE, port)).close()
    except ConnectionRefusedError:
        return False
    return True


def said(line: socket.socket) -> bytes:
    """Return what comes first of an answer."""
    return line.recv(4096)


def ask(line: socket.socket, path: bytes) -> bytes:
    """Ask for something, and return what comes first of the answer."""
    line.sendall(ASK % path)
    return said(line)


def test_any_application_is_served():
    """The worker asks nothing of an application: one that is not Muniment is answered for, with fewer threads than are kept free too.

    By then it looks for garbage, as it does not while it reads what it needs.
    """
    with serving(ANY, "--threads", "2") as line:
        assert ask(line(HERE), b"/").startswith(b"HTTP/1.1 200 OK")


def test_a_body_is_read_to_its_end_and_no_further():
    """What is read straight from the line is the body, whether it comes with its head or after it, whole or in chunks; not what follows."""
    body = bytes(range(256)) * 700
    sized, chunked = b"Content-Length: %d\r\n\r\n%s" % (len(body), body), b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
    with serving(ANY) as line:
        for form in (sized, chunked % (len(body), body)):
            one = line(HERE)
            one.sendall(b"POST /echo HTTP/1.1\r\nHost: it\r\n" + form + ASK % b"/")
            with one.makefile("rb") as answers:
                for expected in (body, b""):
                    assert answers.readline().startswith(b"HTTP/1.1 200 OK")
                    while answers.readline() != b"\r\n":
                        pass
                    assert answers.read(len(expected)) == expected


def test_too_many_in_turn_are_told_so():
    """Whoever asks when too much of one address waits already hears 503 and when to ask again; the rest, and others, are answered."""
    with serving(ANY, "--threads", "5") as line:
        lines = [line(HERE) for _ in range(1 + IN_TURN + 3)]
        for one in lines:
            one.sendall(ASK % b"/wait")
        turned_away: set[socket.socket] = set()
        wait(lambda: turned_away.update(select(lines, [], [], 0)[0]) or len(turned_away) >= 3, "three to be turned away")
        for one in turned_away:
            answer = said(one)
            assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\n")
            assert b"application/problem+json" in answer
            assert said(one) == b""  # the end, and no reset
        assert ask(line(ELSEWHERE), b"/go").startswith(b"HTTP/1.1 200 OK")
        assert {said(one)[:12] for one in lines if one not in turned_away} == {b"HTTP/1.1 200"}
        assert len(turned_away) == 3


def test_silent_lines_of_one_address_are_few():
    """Whoever opens more lines than they use loses the oldest, whether they never asked or ask no more; lines from elsewhere stay."""
    with serving(ANY, "--keep-alive", "60") as line:
        other = line(ELSEWHERE)
        assert ask(other, b"/").startswith(b"HTTP/1.1 200 OK")
        used = line(HERE)
        assert ask(used, b"/").startswith(b"HTTP/1.1 200 OK")
        lines = [used, *(line(HERE) for _ in range(SILENT))]
        for number in range(3):  # one too many each time, which is closed long before its time
            closed = select(lines, [], [], PATIENCE)[0]
            assert [said(one) for one in closed] == [b""]
            assert lines.index(closed[0]) < SILENT // 2, number  # of the oldest
            lines.remove(closed[0])
            lines.append(line(HERE))
        assert ask(lines[-1], b"/").startswith(b"HTTP/1.1 200 OK")
        assert ask(other, b"/").startswith(b"HTTP/1.1 200 OK")


@pytest.mark.parametrize("proxies", [0, 1])
def test_the_share_of_one_address(proxies: int, tmp_path: Path):
    """A client who speaks too slowly leaves threads to others; behind a proxy, where all clients are one, nobody's share is counted."""
    (tmp_path / "keys").mkdir()
    access.create_secret(Config(data=tmp_path))
    with serving(OURS, "--threads", "6", MUNIMENT_DATA=str(tmp_path), MUNIMENT_PROXIES=str(proxies)) as line:
        assert ask(line(HERE), b"/health/live").startswith(b"HTTP/1.1 200")  # it is up
        begun = monotonic()
        for _ in range(5 if proxies else 2):  # all but one, or the whole share
            line(HERE).sendall(ASK[:-4] % b"/health/live")
        assert ask(line(HERE if proxies else ELSEWHERE), b"/health/live").startswith(b"HTTP/1.1 200")
        assert monotonic() - begun < SOON


def test_room_for_lines():
    """The unit lets the server have as many files open as it has lines, twice over: a line too many would stop it."""
    unit = (ROOT / "ops/systemd/muniment-serve.service").read_text()
    found = re.search(r"^LimitNOFILE=(\d+)$", unit, re.MULTILINE)
    assert found is not None
    assert int(found[1]) == 8192
