"""Every checkpoint is offered to the witnesses; what they cosign is verified and kept, and so is what they hold against the log."""

from __future__ import annotations

import threading
from dataclasses import replace

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from werkzeug.wrappers import Response

from service.config import BadSetting
from service.ledger.checkpoint import LogKey, Receipt
from service.ledger.witness.cosigning import WitnessKey
from service.ledger.witness.server import Witness
from service.recording.outside import policy
from service.recording.outside.offering import Diverged, NotWitnessed
from service.recording.outside.witnessing import ask, witnessing
from service.verify import Sealer, open_checkpoint, parse_vkey
from tests.acceptance.product import wait
from tests.service.ledger.trees import Tree
from tests.service.recording.outside.others import listening, named, policy_of, witness_of

OTHER = WitnessKey("witness.example/1", Ed25519PrivateKey.generate())


class Forger(Witness):
    """It signs something else."""

    def add(self, it):
        """Answer with its signature over another checkpoint."""
        return Response(self.key.cosign(it.text.replace("\n", "\n1", 1), int(self.clock())))


class Impostor(Witness):
    """It has another key under the same name."""

    def add(self, it):
        """Answer with that key's signature."""
        return Response(OTHER.cosign(it.text, int(self.clock())))


class Dreamer(Witness):
    """Its clock is years behind."""

    def add(self, it):
        """Answer with a time before the log began."""
        return Response(self.key.cosign(it.text, 1))


class Babbler(Witness):
    """It says something."""

    def add(self, _):
        """Answer with no signature."""
        return Response("good\n")


class Contrary(Witness):
    """It is never where it is said to be."""

    def add(self, it):
        """Deny what was asked."""
        return Response(f"{it.old}\n" if it.old else "1\n", 409)


def asked(board, query, *values):
    """Ask the database of a board."""
    with psycopg.connect(board.config.conninfo("reader")) as conn:
        return conn.execute(query, values).fetchall()


def failed(board) -> str | None:
    """Return why nothing came of the last asking."""
    with psycopg.connect(board.config.conninfo("writer")) as conn:
        return (conn.execute("SELECT failed FROM desk.asked_outside").fetchone() or (None,))[0]


def test_a_cosignature_is_kept_beside_its_checkpoint(seeded, tmp_path):
    """The published checkpoint carries it, with the witness's time, and the receipts of all that it covers do."""
    recorder, own = seeded.board.recorder, witness_of(seeded.board.recorder.vkey, tmp_path)
    before = recorder.receipt(3).checkpoint
    with listening(own) as url:
        ask(recorder, recorder.sealers, named(own, url))
        seeded.act("riv-lead", "accept_action", "A1")
        ask(recorder, recorder.sealers, named(own, url))

    newest = open_checkpoint(recorder.published(), recorder.vkey)
    covered = open_checkpoint(Receipt.parse(str(recorder.receipt(3))).checkpoint, recorder.vkey)
    assert newest.size == recorder.size
    assert all(one.signed_by(*parse_vkey(own.key.vkey)) for one in (newest, covered))
    assert not open_checkpoint(before, recorder.vkey).signed_by(*parse_vkey(own.key.vkey))
    assert failed(seeded.board) is None
    assert len(asked(seeded.board, "SELECT FROM ledger.cosignature")) == 2


def test_a_witness_that_was_told_by_another_process_is_found_where_it_is(seeded, tmp_path):
    """It says how far it is, and is offered the proof from there: nothing is remembered but what it cosigned."""
    recorder, own = seeded.board.recorder, witness_of(seeded.board.recorder.vkey, tmp_path)
    with listening(own) as url:
        ask(recorder, recorder.sealers, named(own, url))
        seeded.act("riv-lead", "accept_action", "A1")
        with psycopg.connect(seeded.config.conninfo("owner")) as conn:
            conn.execute("DELETE FROM ledger.cosignature")
        ask(recorder, recorder.sealers, named(own, url))

    assert asked(seeded.board, "SELECT size FROM ledger.cosignature") == [(recorder.size,)]


@pytest.mark.parametrize(
    ("liar", "why"),
    [
        (Forger, "a signature is wrong"),
        (Impostor, "another key than the policy names"),
        (Dreamer, "a time that cannot be"),
        (Babbler, "not lines of signatures"),
        (Contrary, "contradicts itself"),
    ],
)
def test_a_witness_that_lies_is_refused_and_shown(seeded, tmp_path, liar, why):
    """Nothing of it is kept but what was wrong with it; and recording goes on."""
    recorder, own = seeded.board.recorder, witness_of(seeded.board.recorder.vkey, tmp_path, liar)
    with listening(own) as url, pytest.raises(NotWitnessed, match=why):
        ask(recorder, recorder.sealers, named(own, url))

    assert why in failed(seeded.board)
    assert asked(seeded.board, "SELECT FROM ledger.cosignature UNION ALL SELECT FROM ledger.divergence") == []
    assert seeded.act("riv-lead", "accept_action", "A1").positions


def test_a_witness_that_does_not_know_the_log_is_told_of_with_what_to_do(seeded, tmp_path):
    """404: whoever runs it accepts the log's key first; and after a change of that key, as the one under which the log went on."""
    recorder, second = seeded.board.recorder, LogKey("log.severnbrook.example/2", Ed25519PrivateKey.generate())
    own, first = witness_of(second.vkey, tmp_path), parse_vkey(recorder.vkey)[0]
    with listening(own) as url:
        with pytest.raises(NotWitnessed, match=rf"does not know {first} \(404\): whoever runs {url} accepts the key"):
            ask(recorder, recorder.sealers, named(own, url))
        assert failed(seeded.board).endswith(f"accepts the key {recorder.vkey} first")
        with pytest.raises(NotWitnessed, match=f"as that under which {first} went on: `muniment witness accept FOLDER "):
            ask(recorder, (*recorder.sealers, Sealer(second.vkey, recorder.size)), named(own, url))

    assert failed(seeded.board).endswith(f"'{second.vkey}' --succeeds {first}`")


def test_a_witness_that_is_away_holds_nothing_up(seeded, tmp_path):
    """An outage is shown; what is recorded meanwhile is witnessed once it is back."""
    recorder, own = seeded.board.recorder, witness_of(seeded.board.recorder.vkey, tmp_path)
    with pytest.raises(NotWitnessed, match="does not answer"):
        ask(recorder, recorder.sealers, named(own, "http://127.0.0.1:9"))
    assert seeded.act("riv-lead", "accept_action", "A1").positions
    with listening(own) as url:
        ask(recorder, recorder.sealers, named(own, url))

    assert asked(seeded.board, "SELECT size FROM ledger.cosignature") == [(recorder.size,)]
    assert failed(seeded.board) is None


@pytest.mark.parametrize("size", [3, 1000])
def test_a_second_history_is_kept_as_evidence(seeded, tmp_path, size):
    """A witness that was shown another history, shorter or longer, is believed by the note that it shows, which our own key signed."""
    recorder, own = seeded.board.recorder, witness_of(seeded.board.recorder.vkey, tmp_path)
    other = Tree(key=seeded.board.keys.log)
    assert own.add(other.submission(0, size)).status_code == 200
    with listening(own) as url, pytest.raises(Diverged):
        ask(recorder, recorder.sealers, named(own, url))

    ((witness, held, note, offered),) = asked(seeded.board, "SELECT witness, held, note, offered FROM ledger.divergence")
    assert (witness, held, note) == (own.key.vkey, size, other.note(size))
    assert open_checkpoint(offered, recorder.vkey).size == recorder.head().frontier.size
    with own.memory.turn() as conn:
        assert len(own.memory.forks(conn)) == (size == 3)


def test_the_loop_offers_every_witness_what_is_recorded(seeded, tmp_path):
    """Each new head is offered as it comes, to each witness by itself: one that is away holds up no other; the policy is kept."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    vkey = seeded.board.recorder.vkey
    here, away = witness_of(vkey, tmp_path / "a"), witness_of(vkey, tmp_path / "b", name="witness.example/2")
    stop, cosigned = threading.Event(), "SELECT max(size) FROM ledger.cosignature"
    with listening(here) as url:
        config = policy_of(seeded.config, tmp_path, (here, url), (away, "http://127.0.0.1:9"))
        loop = threading.Thread(target=witnessing, args=(config, stop))
        loop.start()
        try:
            for ref, office in (("A1", "riv-lead"), ("A2", "cqh-lead")):
                seeded.act(office, "accept_action", ref)
                wait(lambda: asked(seeded.board, cosigned) == [(seeded.board.recorder.size,)], "the new head to be witnessed")
        finally:
            stop.set()
            loop.join()

    assert set(asked(seeded.board, "SELECT witness FROM ledger.cosignature")) == {(here.key.vkey,)}
    ((text,),) = asked(seeded.board, "SELECT text FROM ledger.policy")
    assert text == f"log {vkey}\n{config.policy.read_text()}"


def test_a_policy_that_cannot_be_used_is_refused(seeded, tmp_path):
    """Another log's, one that names a key twice, that gives a witness no address, or that is none, is refused by its setting's name."""
    vkey, own = seeded.board.recorder.vkey, witness_of(seeded.board.recorder.vkey, tmp_path)
    other = LogKey("other.example/log", Ed25519PrivateKey.generate()).vkey
    witness = f"witness w1 {own.key.vkey} https://w.example\n"
    config = replace(seeded.config, policy=tmp_path / "policy")
    for text in (
        f"log {other}\n{witness}quorum w1\n",
        f"{witness}witness w2 {own.key.vkey} https://w.example\nquorum w1\n",
        f"witness w1 {own.key.vkey}\nquorum w1\n",
        f"witness w1 {own.key.vkey} gopher://w.example\nquorum w1\n",
        "quorum\n",
        "",
    ):
        (tmp_path / "policy").write_text(text)
        with pytest.raises(BadSetting, match=r"MUNIMENT_POLICY"):
            policy.read(config, vkey)
    with pytest.raises(BadSetting, match="No such file"):
        policy.read(replace(config, policy=tmp_path / "nowhere"), vkey)
    assert policy.read(seeded.config, vkey) == policy.Witnesses(f"log {vkey}\nquorum none\n", ())
