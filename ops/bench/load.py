"""A minute of people and programs at once: two workers under wrk (Debian's package), pages and acts mixed.

Nothing may fail, and the memory of who answers stays what it is. `BENCH_SECONDS` makes it shorter.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from contextlib import suppress
from statistics import mean
from string import Template
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import psycopg
from bench import Row, do
from evidence import prepare, upload
from serving import Serving, children, memory, parent, running, serving, until_shown

from aggregates.partnership.office import Office
from api.access import SESSION_COOKIE
from service.application import Board
from service.config import MEBIBYTE
from service.desk import accounts
from service.ledger import keys
from service.recording.establishing import FIRST_OFFICE

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.config import Config

SECONDS = int(os.environ.get("BENCH_SECONDS", "60"))
WARMING = max(3, SECONDS // 6)
CONNECTIONS, THREADS = 16, 2
ACTIONS = 200  # of one agency; evidence is recorded for one after the other, and from the first again
FIRST, NEXT = 0, 100_000  # of the acts: before what is measured, and then
PAGES = ("/", "/actions", "/reviews/R1", "/agencies/RIV", "/public", "/integrity", "/actions/E1", "/reviews")
PAGES_EACH = 4  # for each act
SCRIPT = Template("""
local threads, sent, acts = {}, 0, 0
local pages = {$pages}
local said = {Authorization = "Bearer $key", ["If-Match"] = "*", ["Content-Type"] = "application/json"}

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function request()
    sent = sent + 1
    if sent % ($pages_each + 1) > 0 then
        return wrk.format("GET", pages[sent % #pages + 1], {Cookie = "$cookie"})
    end
    local act = $first + number + $threads * acts
    acts = acts + 1
    said["Idempotency-Key"] = "load-" .. act
    return wrk.format("POST", "/api/v1/actions/E" .. act % $actions .. "/submit_evidence", said, [[$body]])
end

function response(status, _, body)
    if status ~= 200 then io.stderr:write("load: ", status, " ", body:sub(1, 300), "\\n") end
end

function done(summary, latency)
    local failed = summary.errors
    local broken = failed.connect + failed.read + failed.write + failed.timeout
    io.stderr:write(string.format('{"asked": %d, "seconds": %f, "p50": %f, "p99": %f, "refused": %d, "broken": %d}\\n',
        summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, failed.status, broken))
end
""")


def measure(config: Config, *, big: bool = False) -> list[Row]:
    """Ask for a minute, and look at the memory of who answers at its beginning, in its middle and at its end."""
    del big
    key, _ = prepare(config, ACTIONS)
    token, size = _look_in(config)
    said: dict[str, Any] = {
        "key": key,
        "cookie": f"{SESSION_COOKIE}={token}",
        "threads": THREADS,
        "pages_each": PAGES_EACH,
        "actions": ACTIONS,
    }
    said["pages"] = ", ".join(f'"{page}"' for page in PAGES)
    with serving(config, "api.app:create_app()", "--workers", "2") as ours, running(config, "-m", "service.cli", "work"):
        digest = upload(ours.port, {"Authorization": f"Bearer {key}"}, b"%PDF-1.7 an audit")
        item = {"sha256": digest, "title": "Audit of forty contacts", "evidence_date": "2020-01-05"}
        said["body"] = json.dumps({"effect": "In 38 of 40 the steps were taken and timed", "evidence": [item]})
        with psycopg.connect(config.conninfo("reader"), autocommit=True) as conn:
            until_shown(conn, size)
        _ask(config, ours, said | {"first": FIRST}, WARMING)  # what is made at the first use is made
        memories: list[tuple[float, float]] = []
        found = _ask(config, ours, said | {"first": NEXT}, SECONDS, lambda: memories.append((_answering(ours), _database(config))))
    return _rows(found, memories)


def _rows(found: dict[str, Any], memories: list[tuple[float, float]]) -> list[Row]:
    workers, database = zip(*memories, strict=True)
    per, grown = "pages and acts mixed, 2 workers", "memory grows by, from its middle on"
    note = f"({found['asked']:,} in {found['seconds']:.0f} s: {found['asked'] / found['seconds']:.0f}/s, one in {PAGES_EACH + 1} an act;"
    note += f" {found['p50']:.0f} ms, p99 {found['p99']:.0f} ms)"
    return [
        Row(f"{per}: answers other than 200", found["refused"], 0, "answers", below=True, note=note),
        Row(f"{per}: no answer", found["broken"], 0, "requests", below=True),
        Row(f"what a worker's {grown}", workers[-1] - workers[1], 16, "MB", below=True, note=_told(workers)),
        Row(f"what PostgreSQL's {grown}", database[-1] - database[1], 32, "MB", below=True, note=_told(database)),
    ]


def _told(sizes: tuple[float, ...]) -> str:
    return f"({' → '.join(f'{size:.0f}' for size in sizes)} MB)"


def _look_in(config: Config) -> tuple[str, int]:
    """Let the board manager sign in, and refer a review for them to look at; return the token of their session, and the log's size."""
    board = Board(config, keys.load(config))
    do(board, "refer_review", "R1", title="Alder", kind="serious case review", referring_agency="RIV", notified_on="2020-01-05")
    office: Office = board.load(Office, FIRST_OFFICE)
    size = board.size()
    board.close()
    assert office.state
    with psycopg.connect(config.conninfo("owner"), autocommit=True) as conn:
        account = accounts.create_account(conn, "manager@bench.example", None, person=office.state.terms[-1].holder.subject)
        return accounts.open_session(conn, account, FIRST_OFFICE), size


def _ask(config: Config, ours: Serving, said: dict[str, Any], seconds: int, look: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """Ask for so many seconds, looking three times meanwhile; return what wrk tells of it. What it hears that is no 200 it says."""
    wrk, script = shutil.which("wrk"), config.data / "load.lua"
    assert wrk, "apt-get install wrk"
    script.write_text(SCRIPT.substitute(said), encoding="utf-8")
    how = (f"-t{THREADS}", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s", "-s", str(script), f"http://127.0.0.1:{ours.port}")
    begun = monotonic()
    with subprocess.Popen([wrk, *how], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as asking:  # noqa: S603
        for at in (1.0, seconds / 2, seconds - 1.0):
            sleep(max(0.0, begun + at - monotonic()))
            look()
        _, told = asking.communicate()
    *others, last = told.splitlines()
    print(*others[:20], sep="\n", end="\n" if others else "")
    found: dict[str, Any] = json.loads(last)
    return found


def _answering(ours: Serving) -> float:
    """Return the memory of a worker, in MB: on average of both."""
    return mean(memory(worker, "VmRSS") for worker in ours.workers()) / MEBIBYTE


def _database(config: Config) -> float:
    """Return the memory of PostgreSQL's processes, in MB, beside the buffers that they share: those have a size of their own, and fill."""
    with psycopg.connect(config.conninfo("owner")) as conn:
        first = parent(conn.info.backend_pid)
    total = 0
    for process in (first, *children(first)):
        with suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            total += memory(process, "Pss_Anon", of="smaps_rollup")
    return total / MEBIBYTE
