"""Writers and the database are killed under load; then the whole log is worked out again, with no code of ours but the formats."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from base64 import b64decode
from contextlib import ExitStack
from functools import cache
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest

from service.config import Config
from service.database.migrations import migrate
from service.embedded_postgres import EmbeddedPostgres
from service.verify import open_checkpoint
from tests.service.ledger.sample import LOG_KEY, Sample

ROOT = Path(__file__).parents[3]
WRITERS, SHARED = 3, 12
KILLS = ("writer", "postmaster", "writer", "writer", "postmaster", "writer")
BETWEEN = 60  # answers between two kills


def start_writer(config, out, shared):
    """Start a process that writes."""
    arguments = [sys.executable, "-m", "tests.service.ledger.writers", str(config.data), str(out), *shared]
    with (out / "said").open("a") as said:
        return subprocess.Popen(arguments, cwd=ROOT, stdout=said, stderr=said)


def answered(out):
    """Return the answers that were given, each (index, proof, checkpoint, idempotency key)."""
    lines = [line.split("|") for file in out.glob("*.answers") for line in file.read_text().splitlines()]
    return [line[:4] for line in lines if len(line) == 5]


def wait_for_answers(out, count):
    """Wait until so many more answers have been given."""
    deadline, before = time.monotonic() + 60, len(answered(out))
    while len(answered(out)) < before + count:
        assert time.monotonic() < deadline, f"no progress: {(out / 'said').read_text()[-2000:]}"
        time.sleep(0.05)


def kill(what, config, writers, chance):
    """Kill a writer or the database, as a failing machine does; return the writer that is no more."""
    if what == "postmaster":
        os.kill(int((config.data / "postgres/server/data/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        return None
    victim = chance.randrange(len(writers))
    writers[victim].kill()
    writers[victim].wait()
    return victim


@pytest.fixture
def survived(reachable):
    """Give a log that was written to while everything around it was killed, and the folder of what was answered."""
    config, out, chance = Config(data=reachable), reachable / "out", random.Random(7)  # noqa: S311 - a workload, no secret
    out.mkdir()
    with ExitStack() as stack:
        stack.enter_context(EmbeddedPostgres(reachable))
        migrate(config)
        with Sample(config) as app:
            app.establish()
            shared = [str(app.open().id) for _ in range(SHARED)]
        writers = [start_writer(config, out, shared) for _ in range(WRITERS)]
        stack.callback(lambda: [(writer.kill(), writer.wait()) for writer in writers])
        for what in KILLS:
            wait_for_answers(out, BETWEEN)
            victim = kill(what, config, writers, chance)
            if victim is None:
                stack.enter_context(EmbeddedPostgres(reachable))
            else:
                writers[victim] = start_writer(config, out, shared)
        wait_for_answers(out, BETWEEN)
        for writer in writers:
            writer.kill()
            writer.wait()
        yield config, out


def tree_of(leaves):
    """Return the function (first, stop) → root over these leaves: RFC 6962 §2.1, word for word."""

    @cache
    def root(first, stop):
        if stop - first == 1:
            return leaves[first]
        k = 1
        while k * 2 < stop - first:
            k *= 2
        return sha256(b"\x01" + root(first, first + k) + root(first + k, stop)).digest()

    return root


def path_of(root, index, first, stop):
    """Return the inclusion proof of a leaf: RFC 6962 §2.1.1, word for word."""
    if stop - first == 1:
        return []
    k = 1
    while k * 2 < stop - first:
        k *= 2
    if index - first < k:
        return [*path_of(root, index, first, first + k), root(first + k, stop)]
    return [*path_of(root, index, first + k, stop), root(first, first + k)]


def check_events(conn):
    """Check that positions and streams have no gap and nothing is missing beside an entry; return the leaves."""
    events = conn.execute("SELECT position, stream, version, entry, leaf FROM ledger.event ORDER BY position").fetchall()
    assert [event[0] for event in events] == list(range(1, len(events) + 1)), "positions have a gap"
    leaves = [sha256(b"\0" + event[3]).digest() for event in events]
    assert leaves == [event[4] for event in events], "a stored leaf is not its entry's hash"
    versions = {}
    for _, stream, version, _, _ in events:
        assert version == versions.get(stream, 0) + 1, "a stream has a gap"
        versions[stream] = version
    naked = "SELECT count(*) FROM ledger.event LEFT JOIN ledger.disclosure d USING (position) WHERE d.position IS NULL"
    unsealed = "SELECT count(*) FROM ledger.sealed_field LEFT JOIN sealed.value v USING (position, field) WHERE v.position IS NULL"
    assert [conn.execute(query).fetchone() for query in (naked, unsealed)] == [(0,), (0,)], "an event lost its fields"
    return leaves


def check_checkpoints(conn, root, size):
    """Check that every stored checkpoint is the signed root of its prefix; return the roots."""
    roots, received = {}, 0
    for at, stored, note, when in conn.execute("SELECT size, root, note, received FROM ledger.checkpoint ORDER BY size"):
        opened = open_checkpoint(note, LOG_KEY.vkey)
        assert (opened.size, opened.root, stored) == (at, root(0, at), root(0, at)), f"checkpoint {at} is not the root of its prefix"
        assert when >= received, "the time went back"
        roots[at], received = stored, when
    assert max(roots) == size, "an event is not sealed"
    return roots


def check_tiles(conn, root, size):
    """Check that exactly the full tiles are stored, and hold what they should."""
    tiles = conn.execute("SELECT level, index, hashes, root FROM ledger.tile").fetchall()
    assert {tile[:2] for tile in tiles} == {(level, i) for level in range(3) for i in range(size >> 8 * (level + 1))}
    for level, index, hashes, top in tiles:
        width = 1 << 8 * level
        spans = [(width * (256 * index + i), width * (256 * index + i + 1)) for i in range(256)]
        assert hashes == b"".join(root(*span) for span in spans)
        assert top == root(spans[0][0], spans[-1][1])


@pytest.mark.xdist_group("stress")
def test_nothing_answered_is_lost(survived):
    """After every kill: positions gapless, every checkpoint the root of its prefix, every receipt that was given still true."""
    config, out = survived
    with psycopg.connect(config.conninfo("owner")) as conn:
        leaves = check_events(conn)
        root = tree_of(leaves)
        roots = check_checkpoints(conn, root, len(leaves))
        check_tiles(conn, root, len(leaves))
        commands = {
            key: range(first, first + events) for key, first, events in conn.execute("SELECT key, first, events FROM desk.idempotency")
        }
    answers = answered(out)
    assert len(answers) >= BETWEEN * (len(KILLS) + 1)
    for index, proof, note, key in answers:
        checkpoint = open_checkpoint(b64decode(note).decode(), LOG_KEY.vkey)
        assert roots[checkpoint.size] == checkpoint.root, "a checkpoint was lost, or there are two of one size"
        hashes = [b64decode(each) for each in proof.split(",") if each]
        assert hashes == path_of(root, int(index), 0, checkpoint.size), f"receipt {index} does not lead to its checkpoint"
        assert int(index) + 1 in commands[key], "an answered command is not known under its key"
