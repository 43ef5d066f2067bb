"""Every process is killed in the middle of its work, PostgreSQL too: what was answered stays, and the tree never has a seam."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from service.desk import accounts
from service.embedded_postgres import EmbeddedPostgres
from service.verify import EMPTY_ROOT, leaf_hash, node_hash, open_checkpoint, parse_receipt, root_from_inclusion
from tests.acceptance import boards
from tests.acceptance.boards import CLOCK, assigned, line, person, progress
from tests.acceptance.product import PATIENCE, Product, free_port, verify, wait
from tests.databases import reachable_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.starting import Started

pytestmark = pytest.mark.xdist_group("crash")
CLIENTS = 3


@dataclass
class Answered:
    """What a client was told: its key, and what was recorded under it."""

    key: str
    body: dict[str, Any]


@dataclass
class Storm:
    """The product under load: those who ask, what they were answered, and the processes that will be killed."""

    product: Product
    server: EmbeddedPostgres
    api_key: str
    port: int
    answers: list[Answered] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    running: dict[str, Started] = field(default_factory=dict)

    def start(self, name: str, *arguments: object) -> None:
        """Start a command of the product, under a name."""
        with (self.product.data / f"{name}.log").open("a") as log:
            self.running[name] = self.product.start_alone(*arguments, stdout=log)

    def serve(self) -> None:
        """Start the web and what keeps the views."""
        self.start("serve", "serve", "--port", self.port)
        self.start("work", "work")

    def kill(self, name: str) -> None:
        """Kill a command, and whatever it started."""
        os.killpg(self.running[name].pid, signal.SIGKILL)
        self.running[name].wait(PATIENCE)

    def ask(self, client: int) -> None:
        """Report progress over and over, each time under a key of its own; without an answer, ask again under the same."""
        number, action = 0, f"C{client}"
        while not self.over.is_set():
            key = f"client {client} letter {number}".replace(" ", "-")
            if body := self._post(action, key):
                self.answers.append(Answered(key, body))
                number += 1

    def _post(self, action: str, key: str) -> dict[str, Any] | None:
        headers = {"Authorization": f"Bearer {self.api_key}", "Idempotency-Key": key, "If-Match": "*", "Content-Type": "application/json"}
        said = json.dumps({"rag": "amber", "narrative": f"Written under {key}"}).encode()
        address = f"http://127.0.0.1:{self.port}/api/v1/actions/{action}/report_progress"
        try:
            with urllib.request.urlopen(urllib.request.Request(address, said, headers), timeout=PATIENCE) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            if error.code < 500:
                self.refused.append(error.read().decode())
                self.over.set()
        except (OSError, HTTPException, ValueError):
            self.over.wait(0.05)  # nobody answers at the moment, or whoever did was killed in the middle of it
        return None

    def goes_on(self, answers: int) -> None:
        """Wait until so many more commands were answered."""
        enough = len(self.answers) + answers
        wait(lambda: len(self.answers) >= enough or self.over.is_set(), f"answers, having had {len(self.answers)}")
        assert self.refused == []


@pytest.fixture(scope="module")
def storm() -> Iterator[Storm]:
    """Let a storm pass over a board of its own, on a server that writes to disk before it answers; give what is left of it."""
    folder = reachable_folder()
    server = EmbeddedPostgres(folder)
    with server:
        key = boards.establish(Product(folder, settings=CLOCK), "--demonstration")
        product = Product(folder, settings=CLOCK | {"MUNIMENT_KEY": key})
        actions = [assigned(f"C{n}") for n in range(CLIENTS)] + [assigned(f"B{n}") for n in range(40)]
        accepted = [line("riv-lead", "accept_action", one["ref"]) for one in actions]
        ran = product.brings_in(*boards.beginnings(), *actions, *accepted)
        assert ran.code == 0, ran
        storm = Storm(product, server, _api_key(product), free_port())
        storm.serve()
        clients = [threading.Thread(target=storm.ask, args=(n,)) for n in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            _blow(storm)
            yield storm
        finally:
            storm.over.set()
            for client in clients:
                client.join()
            for process in storm.running.values():
                process.terminate()
                process.wait(PATIENCE)
    shutil.rmtree(folder)


def _api_key(product: Product) -> str:
    with psycopg.connect(product.config.conninfo("writer"), autocommit=True) as desk:
        account = accounts.create_account(desk, "riv@severnbrook.example", boards.PASSWORD, person=person("riv-lead"))
        return accounts.create_api_key(desk, account, "riv-lead", "clients")


def _blow(storm: Storm) -> None:
    """Kill everything in turn, under load; and in the end all of it at once."""
    product = storm.product
    lines = [progress(f"B{n % 40}", key=f"letter {n}", narrative=f"Record {n} is read") for n in range(400)]
    (product.data / "bulk.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    storm.goes_on(20)
    before = product.size
    storm.start("import", "import", product.data / "bulk.jsonl")
    wait(lambda: product.size > before + 200, "the import's first batch")
    storm.kill("import")
    for _ in range(3):
        os.kill(_writer(storm), signal.SIGKILL)
        storm.goes_on(10)
    storm.kill("work")
    storm.goes_on(10)
    storm.start("work", "work")
    _kill_postgres(storm)
    storm.goes_on(20)
    for name in ("serve", "work"):
        storm.kill(name)
    _kill_postgres(storm)
    storm.serve()
    storm.goes_on(20)
    storm.over.set()
    ran = product.run("import", product.data / "bulk.jsonl")
    assert (ran.code, ran.out.endswith(" 0 refused.\n")) == (0, True), ran


def _writer(storm: Storm) -> int:
    """Find the process of gunicorn that writes: the child of the child of `serve`."""
    found: list[int] = []

    def look() -> bool:
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                pid, rest = stat.read_text().split(" ", 1)
                parents[int(pid)] = int(rest.rpartition(")")[2].split()[1])
            except OSError:
                continue  # it has ended meanwhile
        found[:] = [pid for pid, parent in parents.items() if parents.get(parent) == storm.running["serve"].pid]
        return bool(found)

    wait(look, "the writer")
    return found[0]


def _kill_postgres(storm: Storm) -> None:
    """Kill the server: whatever serves or works starts it again."""
    os.kill(int((storm.product.data / "postgres/server/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)


# -- what is left --------------------------------------------------------------------------------------------------------


def test_positions_have_no_gap(storm):
    """Whatever was killed, the log's positions run from 1 without a gap, and so do the versions of every stream."""
    rows = storm.product.ask("SELECT position, stream, version FROM ledger.event ORDER BY position")
    assert [position for position, _, _ in rows] == list(range(1, len(rows) + 1))
    versions: Counter[Any] = Counter()
    for _, stream, version in rows:
        versions[stream] += 1
        assert version == versions[stream]


def test_every_checkpoint_is_the_root_of_its_prefix(storm):
    """Every checkpoint that was ever stored is signed, and is the root of the entries before it, computed plainly from their bytes."""
    leaves = [leaf_hash(bytes(entry)) for (entry,) in storm.product.ask("SELECT entry FROM ledger.event ORDER BY position")]

    @cache
    def root(first: int, stop: int) -> bytes:
        if stop - first < 2:
            return leaves[first] if first < stop else EMPTY_ROOT
        split = first + (1 << (stop - first - 1).bit_length() - 1)
        return node_hash(root(first, split), root(split, stop))

    checkpoints = storm.product.ask("SELECT size, root, note FROM ledger.checkpoint ORDER BY size")
    assert checkpoints[-1][0] == len(leaves)
    for size, stored, note in checkpoints:
        sealed = open_checkpoint(note, storm.product.key)
        assert (sealed.size, sealed.root, bytes(stored)) == (size, root(0, size), root(0, size))


def test_no_answered_command_is_lost(storm):
    """Every command that was answered is in the log, at the place that its receipt proves."""
    entries = [bytes(entry) for (entry,) in storm.product.ask("SELECT entry FROM ledger.event ORDER BY position")]
    ids = dict(storm.product.ask("SELECT position, jti FROM ledger.event"))
    assert len(storm.answers) > 80
    for answer in storm.answers:
        index, proof, note = parse_receipt(answer.body["receipt"])
        sealed = open_checkpoint(note, storm.product.key)
        assert root_from_inclusion(index, sealed.size, leaf_hash(entries[index]), proof) == sealed.root
        assert [ids[position] for position in answer.body["positions"]] == answer.body["events"]
        assert answer.body["positions"][-1] == index + 1


def test_no_command_is_recorded_twice(storm):
    """A command that was asked for again, because nobody answered, is on record once; and so is each line of the import."""
    keys = Counter(key for (key,) in storm.product.ask("SELECT key FROM desk.idempotency"))
    assert max(keys.values()) == 1
    assert {answer.key for answer in storm.answers} <= set(keys)
    assert sum(key.startswith("letter ") for key in keys) == 400
    told = storm.product.ask("SELECT count(*) FROM ledger.event WHERE topic = 'action.progress_reported.v1'")
    asked = sum(key.startswith(("letter ", "client-")) for key in keys)
    assert told == [(asked,)]


def test_everything_runs_again(storm):
    """The views catch up with the log, and `status` finds nothing wrong; rebuilt from nothing they are the same."""
    product = storm.product
    wait(lambda: product.ask("SELECT min(position) FROM views.tracking") == [(product.size,)], "the views")
    assert product.run("status").code == 0
    rows = "SELECT * FROM views.action_register ORDER BY key, known, valid"
    before = product.ask(rows)
    product.does("rebuild", "action_register")
    assert product.ask(rows) == before


def test_the_trail_verifies(storm):
    """The whole trail verifies offline, and so do receipts from before each crash against it."""
    some = storm.answers[:: max(1, len(storm.answers) // 8)]
    known = []
    for answer in some:
        (path := storm.product.data / f"{answer.key}.receipt").write_text(answer.body["receipt"])
        known += ["--known", path]
    ran = verify(storm.product.pack(), "--key", storm.product.key, *known)
    assert ran.code == 0, ran
