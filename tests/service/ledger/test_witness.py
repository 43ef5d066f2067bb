"""The witness answers exactly as C2SP tlog-witness says, remembers before it answers, and keeps what contradicts itself."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import Client

from service.ledger.checkpoint import LogKey
from service.ledger.keys import KeysExist, KeysMissing, KeyUnreadable
from service.ledger.tree import EMPTY_ROOT, roots_from_consistency
from service.ledger.witness import cosigning
from service.ledger.witness.memory import MOST_FORKS, Memory, MemoryUnusable
from service.ledger.witness.server import Witness
from service.ledger.witness.submission import MOST_BYTES, Submission, parse_cosignatures
from service.verify import WITNESS, open_checkpoint, parse_vkey
from tests.service.ledger.sample import LOG_KEY
from tests.service.ledger.trees import Tree

NOW = 1_700_000_000


@pytest.fixture
def witness(tmp_path) -> Witness:
    """Give a witness that accepts one log."""
    it = Witness(tmp_path, cosigning.create(tmp_path, "witness.example/1"), clock=lambda: NOW)
    it.memory.accept(LOG_KEY.vkey)
    return it


def ask(witness, body: object):
    """Submit something."""
    return Client(witness).post("/add-checkpoint", data=body if isinstance(body, bytes) else str(body).encode())


def evidence(witness):
    """Return the forks that a witness has kept."""
    with witness.memory.turn() as conn:
        return witness.memory.forks(conn)


def test_a_checkpoint_is_cosigned_with_the_time(witness):
    """200: the answer is one line, by which an auditor's verifier finds the witness's time on the very checkpoint."""
    it = Tree().submission(0, 5)
    answer = ask(witness, it)
    (line,) = parse_cosignatures(answer.data, witness.key.vkey)
    checkpoint = open_checkpoint(it.note + line, LOG_KEY.vkey)

    assert answer.status_code == 200
    assert parse_vkey(witness.key.vkey)[2] == WITNESS
    assert checkpoint.signed_by(*parse_vkey(witness.key.vkey)) == [NOW]


@pytest.mark.parametrize(("old", "size"), [(1, 1), (1, 2), (3, 7), (4, 8), (6, 300), (256, 257), (255, 512), (7, 7)])
def test_what_extends_it_is_cosigned(witness, old, size):
    """200 for every consistent growth, and for the same size again."""
    assert ask(witness, Tree().submission(0, old)).status_code == 200
    assert ask(witness, Tree().submission(old, size)).status_code == 200


def test_the_empty_log_is_cosigned_and_grows(witness):
    """Size 0 has the root of the empty tree, and no other."""
    other = Submission(0, [], LOG_KEY.checkpoint(0, bytes(32)))
    empty = Submission(0, [], LOG_KEY.checkpoint(0, EMPTY_ROOT))

    assert [ask(witness, it).status_code for it in (other, empty, Tree().submission(0, 3))] == [409, 200, 200]


def test_another_old_size_is_told_the_last_one(witness):
    """409 with the size in its own media type, and nothing else: a log that has lost its memory asks for it so."""
    asked = ask(witness, Tree().submission(2, 5))
    ask(witness, Tree().submission(0, 5))
    again = ask(witness, Tree().submission(0, 9))

    assert [(it.status_code, it.data, it.content_type) for it in (asked, again)] == [
        (409, b"0\n", "text/x.tlog.size"),
        (409, b"5\n", "text/x.tlog.size"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n\n",
        b"old 00\n\n" + Tree().note(5).encode(),
        b"old -1\n\n" + Tree().note(5).encode(),
        b"old 0\n" + Tree().note(5).encode(),
        b"old 0\r\n\r\n" + Tree().note(5).encode(),
        b"old 0\n\n" + Tree().note(5).encode()[:-1],
        b"old 1\n" + b"A" * 43 + b"=\n" * 64 + b"\n" + Tree().note(5).encode(),
        b"old 1\n" + b"\xff" * 44 + b"\n\n" + Tree().note(5).encode(),
        b"old 1\n" + b"A" * 42 + b"B=\n\n" + Tree().note(5).encode(),
        str(replace(Tree().submission(2, 5), old=6)).encode(),
    ],
)
def test_what_is_not_a_submission_is_refused(witness, body):
    """400, also where the old size is larger than the checkpoint's."""
    assert ask(witness, body).status_code == 400


def test_a_log_that_is_not_accepted_is_refused(witness):
    """404 for an origin that nobody accepted, whoever signed."""
    other = LogKey("other.example/log", Ed25519PrivateKey.generate())

    assert ask(witness, Tree(key=other).submission(0, 5)).status_code == 404


def test_a_checkpoint_that_the_log_did_not_sign_is_refused(witness):
    """403 for the log's name under another key, and under its own key over another text."""
    forged = Tree(key=LogKey(LOG_KEY.origin, Ed25519PrivateKey.generate())).submission(0, 5)
    changed = replace(Tree().submission(0, 5), note=Tree().note(5).replace("\n5\n", "\n6\n"))

    assert [ask(witness, it).status_code for it in (forged, changed)] == [403, 403]


def test_a_proof_that_leads_elsewhere_is_refused(witness):
    """422: a fork, no proof, and one where none may be; a fork is kept, once, with its proof, and what proves nothing is not."""
    ask(witness, Tree().submission(0, 5))
    fork, right = Tree(fork=4).submission(5, 9), Tree().submission(5, 9)
    wrong = [replace(right, proof=[]), replace(right, proof=right.proof[:-1]), replace(Tree().submission(5, 5), proof=[bytes(32)])]
    wrong += [replace(right, proof=[*right.proof[:-1], bytes(32)]), replace(fork, proof=right.proof)]

    assert {ask(witness, it).status_code for it in wrong} == {422}
    assert evidence(witness) == []
    assert [ask(witness, it).status_code for it in (fork, fork)] == [422, 422]
    assert [(it.size, it.held, it.offered) for it in evidence(witness)] == [(9, Tree().note(5), str(fork))]
    kept = Submission.parse(evidence(witness)[0].offered.encode())
    assert roots_from_consistency(5, 9, bytes(32), kept.proof) == (Tree(fork=4).frontier(5).root, Tree(fork=4).frontier(9).root)
    assert ask(witness, right).status_code == 200


def test_a_flood_of_forks_hides_none(witness):
    """Of more forks at one size than anybody needs the first stay, and one at another size is kept as before."""
    for old, size in ((0, 5), (5, 9)):
        ask(witness, Tree().submission(old, size))
    for fork in range(MOST_FORKS + 5):
        ask(witness, Submission(0, [], LOG_KEY.checkpoint(5, bytes([fork] * 32))))
    ask(witness, Tree(fork=4).submission(0, 9))

    assert [(it.size, it.root[:1]) for it in evidence(witness)][:2] == [(5, b"\0"), (5, b"\1")]
    assert [it.size for it in evidence(witness)].count(5) == MOST_FORKS
    assert [it.offered for it in evidence(witness) if it.size == 9] == [Tree(fork=4).note(9)]


def test_what_cannot_be_used_is_named(witness, tmp_path):
    """A damaged public key, another's, and a memory that is locked or no database are refused by name; nothing is cosigned meanwhile."""
    public = tmp_path / "public.vkey"
    other = cosigning.create(tmp_path / "other", "witness.example/1")
    for damaged in (b"", b"\xff", b"nonsense", LOG_KEY.vkey.encode(), other.vkey.encode()):
        public.write_bytes(damaged)
        with pytest.raises(KeyUnreadable, match=r"public\.vkey"):
            cosigning.load(tmp_path)
    locked = sqlite3.connect(tmp_path / "memory.db", isolation_level=None)
    locked.execute("BEGIN IMMEDIATE")
    witness.memory._connection.execute("PRAGMA busy_timeout = 1")
    assert [ask(witness, Tree().submission(0, 5)).status_code, Client(witness).get("/").status_code] == [503, 503]
    locked.close()
    (tmp_path / "other/memory.db").write_bytes(b"no database" * 100)
    with pytest.raises(MemoryUnusable, match=r"file is not a database.*memory\.db"):
        Memory(tmp_path / "other")


def test_a_first_checkpoint_has_no_proof(witness):
    """422 where a proof comes with the old size 0."""
    assert ask(witness, replace(Tree().submission(0, 5), proof=[bytes(32)])).status_code == 422


def test_two_histories_of_one_size_are_evidence(witness):
    """409 where the size is known with another root, now or long ago; the two notes, both signed by the log, prove it to anybody."""
    for old, size in ((0, 5), (5, 9)):
        ask(witness, Tree().submission(old, size))
    now, before = Tree(fork=4).submission(9, 9), Tree(fork=4).submission(0, 5)
    now = replace(now, proof=[])

    assert [ask(witness, it).status_code for it in (now, before)] == [409, 409]
    assert {(it.held, it.offered) for it in evidence(witness)} == {(Tree().note(9), now.note), (Tree().note(5), before.note)}
    roots = [{open_checkpoint(note, LOG_KEY.vkey).root for note in (it.held, it.offered)} for it in evidence(witness)]
    assert [len(pair) for pair in roots] == [2, 2]


def test_what_two_names_of_a_log_signed_convicts_nobody(witness):
    """What a thief had cosigned under the old name is in the new one's way, and is no evidence; the old name is refused from then on."""
    second = LogKey("successor.example/log", Ed25519PrivateKey.generate())
    ask(witness, Tree().submission(0, 4))
    ask(witness, Tree(fork=4).submission(4, 5))
    witness.memory.accept(second.vkey, LOG_KEY.origin)
    same_size, beyond = Tree(key=second).submission(4, 5), Tree(key=second).submission(5, 9)

    assert [ask(witness, it).status_code for it in (same_size, beyond)] == [409, 422]
    assert evidence(witness) == []
    assert ask(witness, Tree(fork=4, key=second).submission(5, 9)).status_code == 200
    assert ask(witness, Tree(key=second).submission(0, 9)).status_code == 409
    assert [(it.origin, it.size) for it in evidence(witness)] == [(second.origin, 9)]
    old = ask(witness, Tree().submission(5, 9))
    assert (old.status_code, old.text) == (404, f"The log {LOG_KEY.origin} was succeeded by {second.origin}\n")
    with pytest.raises(ValueError, match=f"{LOG_KEY.origin} was succeeded by {second.origin}"):
        witness.memory.accept(LOG_KEY.vkey)


def test_of_two_at_once_from_one_size_one_wins(witness):
    """Two submissions at the same time cannot both be cosigned from the same old size, whichever histories they tell."""
    ask(witness, Tree().submission(0, 5))
    others = [Tree().submission(5, 8), *(Tree(fork=fork).submission(5, 9) for fork in (5, 6, 7, 8))]
    gate = Barrier(len(others))

    def submit(it):
        gate.wait()
        return ask(witness, it).status_code

    with ThreadPoolExecutor(len(others)) as pool:
        statuses = sorted(pool.map(submit, others))

    assert statuses == [200, 409, 409, 409, 409]


def test_it_remembers_in_another_process(witness, tmp_path):
    """What was cosigned is on disk before it is answered: another process over the same folder goes on from there."""
    ask(witness, Tree().submission(0, 5))
    again = Witness(tmp_path, cosigning.load(tmp_path))

    assert ask(again, Tree().submission(0, 9)).data == b"5\n"
    assert ask(again, Tree().submission(5, 9)).status_code == 200
    assert again.key.vkey == witness.key.vkey


def test_other_addresses_and_large_bodies_are_refused(witness):
    """404, 405 and 413, in words; the front page says who it is and the last checkpoint of each log."""
    ask(witness, Tree().submission(0, 5))
    client = Client(witness)

    assert client.get("/add-checkpoint").status_code == 405
    assert client.get("/other").status_code == 404
    assert ask(witness, b"o" * (MOST_BYTES + 1)).status_code == 413
    assert client.get("/").text == f"A witness of transparency logs (c2sp.org/tlog-witness)\n{witness.key.vkey}\n\n{Tree().note(5)}"


def test_its_key_is_encrypted_and_never_overwritten(witness, tmp_path):
    """The key does not open with another passphrase, no second one is made in its place, and a folder without one says so."""
    (tmp_path / "other").write_text("another\n")

    assert (tmp_path / "witness.key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeyUnreadable):
        cosigning.load(tmp_path, tmp_path / "other")
    with pytest.raises(KeysExist):
        cosigning.create(tmp_path, "witness.example/1")
    with pytest.raises(KeysMissing):
        cosigning.published(tmp_path / "nowhere")
    with pytest.raises(cosigning.NotAKeyName):
        cosigning.create(tmp_path / "new", "a name+")


def test_only_a_logs_key_is_accepted(witness):
    """A witness's key is no log's, and an origin has one key."""
    other = LogKey(LOG_KEY.origin, Ed25519PrivateKey.generate())
    for vkey in (witness.key.vkey, other.vkey, "nonsense"):
        with pytest.raises(ValueError, match=r".+"):
            witness.memory.accept(vkey)
    with witness.memory.turn() as conn:
        assert Memory.logs(conn) == {LOG_KEY.origin: LOG_KEY.vkey}


@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda tail: str(Tree().submission(2, 5)).encode()[:-40] + tail))
def test_no_body_is_more_than_refused(body):
    """Whatever is read is one submission in its one form, and whatever is not raises ValueError."""
    try:
        it = Submission.parse(body)
    except ValueError:
        return
    assert str(it).encode() == body
