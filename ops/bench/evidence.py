"""Evidence over HTTP, as it is served: the largest file against copying it, and the act that cites one against the least that could."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
import threading
from contextlib import ExitStack
from hashlib import file_digest
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
from bench import ACTION, CALLER, Row, do
from serving import Serving, running, serving

from api import access
from service.application import Board
from service.config import MEBIBYTE
from service.desk import accounts
from service.desk.submission import Submission
from service.ledger import keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from service.config import Config

CONNECTIONS, EACH, ROUNDS, COPIES = 16, 40, 5, 5
EDGE = b"a-boundary-that-no-file-holds"
HEAD = b'--%b\r\nContent-Disposition: form-data; name="file"; filename="scan.pdf"\r\nContent-Type: application/pdf\r\n\r\n' % EDGE
TAIL = b"\r\n--%b--\r\n" % EDGE
BLOCK = b"0" * MEBIBYTE
PER = f"evidence recorded over HTTP with its receipt, {CONNECTIONS} connections, against a bare endpoint"
SHOWN = "the least that signs, seals and shows such an event (ADR 0022), against a bare endpoint"
SEALED = "the least that signs and seals such an event (ADR 0022), against a bare endpoint"


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Measure with the server, and what keeps the views, as processes of their own."""
    del big
    key, refs = prepare(config, 2 * CONNECTIONS * EACH * (ROUNDS + 1))
    with ExitStack() as all_of_it:
        ours = all_of_it.enter_context(serving(config, "api.app:create_app()"))
        bare = all_of_it.enter_context(serving(config, "bare:create_app()"))
        sealed = all_of_it.enter_context(serving(config, "least:create_app()"))
        shown = all_of_it.enter_context(serving(config, "least:create_shown()"))
        all_of_it.enter_context(running(config, "-m", "service.cli", "work"))
        asking = {"Authorization": f"Bearer {key}", "If-Match": "*", "Content-Type": "application/json"}
        upload(ours.port, asking, b"%PDF-1.7 the first of all")
        rows = _large(config, ours, asking)
        digest = upload(ours.port, asking, b"%PDF-1.7 an audit")
        item = {"sha256": digest, "title": "Audit of forty contacts", "evidence_date": "2020-01-05"}
        body = json.dumps({"effect": "In 38 of 40 the steps were taken and timed", "evidence": [item]}).encode()
        rows += _recorded(PER, ours, bare, refs, asking=asking, body=body)
        rows += _recorded(SHOWN, shown, bare, refs, asking=asking, body=body)
        return [*rows, *_recorded(SEALED, sealed, bare, itertools.repeat("E"), asking=asking, body=body)]  # no view reads it: last


def prepare(config: Config, count: int) -> tuple[str, Iterator[str]]:
    """Let a lead of Riverside take office with a key, and accept as many actions as evidence will be recorded for."""
    access.create_secret(config)
    board = Board(config, keys.load(config))
    person = str(uuid4())
    do(board, "register_subject", person, name="A lead", contact="lead@bench.example")
    said = {"title": "Lead", "role": "designated lead", "body": "RIV", "employer": "RIV", "from_on": "2020-01-01"}
    do(board, "appoint_office_holder", "lead", holder=person, until_on=None, **said)
    with psycopg.connect(config.conninfo("owner"), autocommit=True) as conn:
        account = accounts.create_account(conn, "lead@bench.example", "a password of the bench", person=UUID(person))
        key = accounts.create_api_key(conn, account, "lead", "bench")
        conn.execute("CREATE TABLE public.bare (id bigserial PRIMARY KEY, ref text NOT NULL, said jsonb NOT NULL)")
    refs = [f"E{n}" for n in range(count)]
    for first in range(0, count, 500):
        with board.together():
            for ref in refs[first : first + 500]:
                do(board, "assign_action", ref, **ACTION)
                board.act(CALLER, Submission(name="accept_action", ref=ref, fields={}, office="lead"))
    board.close()
    return key, iter(refs)


# -- the largest file -----------------------------------------------------------------------------------------------------


def _large(config: Config, ours: Serving, asking: dict[str, str]) -> list[Row]:
    """Send the largest file alone and in a form, and copy it on the same disk, and as whoever keeps it under its hash has to read it.

    What each leaves is removed before the next: memory that was used before is given more quickly than any other.
    """
    size, source, copy = config.max_upload, config.data / "source", config.data / "copy"
    with source.open("wb") as file:
        file.write(b"%PDF-1.7 ")
        file.writelines(BLOCK for _ in range(size // MEBIBYTE - 1))
    before = ours.peak()
    ways: dict[str, Callable[[], object]] = {
        "copied": lambda: _copy(source, copy),
        "copied and hashed": lambda: _hashed(source, copy),
        "uploaded": lambda: upload(ours.port, asking, source),
        "uploaded in a form": lambda: upload(ours.port, asking, source, in_a_form=True),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _, (name, work) in itertools.product(range(COPIES), ways.items()):
        with source.open("r+b") as file:  # each is another file
            file.seek(10)
            file.write(uuid4().bytes)
        start = perf_counter()
        work()
        times[name].append(perf_counter() - start)
        for left in (copy, *(config.data / "evidence").glob("??/*")):
            left.unlink(missing_ok=True)
    source.unlink()
    m = {name: median(found) for name, found in times.items()}
    note = f"({', '.join(f'{name} in {took:.2f} s' for name, took in m.items())})"
    what, grown = f"{size // MEBIBYTE} MB uploaded", (ours.peak() - before) / MEBIBYTE
    return [
        Row(f"{what}, against copying the file", m["copied"] / m["uploaded"], 0.5, note=note),
        Row(f"{what}, against copying and hashing it", m["copied and hashed"] / m["uploaded"], 0.5),
        Row(f"{what} in a form, against copying and hashing it", m["copied and hashed"] / m["uploaded in a form"], 0.5),
        Row(f"what the server's memory grows by for {size // MEBIBYTE} MB", grown, 32, "MB", below=True),
    ]


def _copy(source: Path, copy: Path) -> None:
    shutil.copyfile(source, copy)
    with copy.open("rb") as file:
        os.fsync(file.fileno())


def _hashed(source: Path, copy: Path) -> None:
    with source.open("rb") as file:
        file_digest(file, "sha256")
    _copy(source, copy)


def upload(port: int, asking: dict[str, str], content: Path | bytes, *, in_a_form: bool = False) -> str:
    """Send a file, alone as `muniment submit` does or in a form as a page does, and return its hash."""
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    head, tail = (HEAD, TAIL) if in_a_form else (b"", b"")
    sent = {"Content-Type": f"multipart/form-data; boundary={EDGE.decode()}" if in_a_form else "application/octet-stream"}
    sent |= {"Content-Length": str(len(head) + size + len(tail)), "Idempotency-Key": uuid4().hex}
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    connection.putrequest("POST", "/api/v1/evidence")
    for name, value in (asking | sent).items():
        connection.putheader(name, value)
    connection.endheaders(head)
    if isinstance(content, bytes):
        connection.send(content)
    else:
        with content.open("rb") as file:
            assert connection.sock.sendfile(file) == size
    connection.send(tail)
    response = connection.getresponse()
    said = json.loads(response.read())
    assert response.status == 201, said
    connection.close()
    return str(said["sha256"])


# -- the act --------------------------------------------------------------------------------------------------------------


def _recorded(work: str, ours: Serving, bare: Serving, refs: Iterator[str], **sent: Any) -> list[Row]:
    """Record evidence over as many connections as there are threads, in turns with the least that could."""
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    slowest: dict[str, list[float]] = {"ours": [], "bare": []}
    for number in range(ROUNDS + 1):
        for name, each in (("bare", bare), ("ours", ours)):
            batch = [[next(refs) if name == "ours" else f"B{n}" for n in range(EACH)] for _ in range(CONNECTIONS)]
            rate, times = _load(each.port, batch, **sent)
            if number:  # the first one warms up
                rates[name].append(rate)
                slowest[name] += times
    m, p99 = ({name: median(found) for name, found in rates.items()}, {name: sorted(t)[len(t) * 99 // 100] for name, t in slowest.items()})
    slow = f"({1000 * p99['ours']:.0f} ms, bare {1000 * p99['bare']:.0f} ms)"
    return [
        Row(work, m["ours"] / m["bare"], 0.7, note=f"({m['ours']:.0f}/s, bare {m['bare']:.0f}/s)"),
        Row(f"{work}: p99", p99["ours"] / p99["bare"], 2, below=True, note=slow),
    ]


def _load(port: int, batches: list[list[str]], *, asking: dict[str, str], body: bytes) -> tuple[float, list[float]]:
    """Send a batch over each connection at the same time; return how many a second were answered, and how long each took."""
    times: list[float] = []
    ready = threading.Barrier(len(batches) + 1)
    head = "".join(f"{name}: {value}\r\n" for name, value in (asking | {"Host": "bench", "Content-Length": str(len(body))}).items())
    asked = [[_request(ref, head, body) for ref in refs] for refs in batches]
    threads = [threading.Thread(target=_send, args=(port, each, ready, times)) for each in asked]
    for thread in threads:
        thread.start()
    ready.wait()
    start = perf_counter()
    for thread in threads:
        thread.join()
    took = perf_counter() - start
    assert len(times) == sum(map(len, batches))
    return len(times) / took, times


def _request(ref: str, head: str, body: bytes) -> bytes:
    return f"POST /api/v1/actions/{ref}/submit_evidence HTTP/1.1\r\n{head}Idempotency-Key: {ref}\r\n\r\n".encode() + body


def _send(port: int, asked: list[bytes], ready: threading.Barrier, times: list[float]) -> None:
    """Send over one connection, with as little work of our own as can be: the two share the machine with what is measured."""
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as answers:
        ready.wait()
        for request in asked:
            start = perf_counter()
            connection.sendall(request)
            status, size = answers.readline(), 0
            while (line := answers.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    size = int(line.split(b":")[1])
            said = answers.read(size)
            times.append(perf_counter() - start)
            assert b" 200 " in status, said
