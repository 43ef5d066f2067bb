"""Witnesses from outside: processes of their own, what they hold against a board, and what a board does then."""

from __future__ import annotations

import shutil
import signal
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.verify import NOTE, open_checkpoint, parse_vkey
from tests.acceptance.boards import progress
from tests.acceptance.product import PATIENCE, Product, free_port, verify, wait
from tests.databases import fresh_database
from tests.service.ledger.sample import LOG_KEY
from tests.service.ledger.trees import Tree

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Outside:
    """Another organisation that witnesses: its folder, its public key, and where it is asked."""

    folder: Path
    vkey: str
    address: str

    def ask(self, body: str) -> tuple[int, str]:
        """Submit something, as any log does."""
        request = urllib.request.Request(f"{self.address}/add-checkpoint", body.encode(), method="POST")  # noqa: S310 - our own address
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def says(self) -> str:
        """Return what its front page says; nothing while it is not there."""
        try:
            with urllib.request.urlopen(f"{self.address}/", timeout=PATIENCE) as answer:  # noqa: S310
                return answer.read().decode()
        except OSError:
            return ""


@contextmanager
def witnessing(folder: Path, log: str, name: str = "witness.outside.example/1", port: int | None = None):
    """Run a witness that accepts a log, in a process of its own; the same folder goes on where it was."""
    runs, port = Product(folder.parent), port or free_port()
    if not folder.exists():
        runs.does("witness", "init", folder, "--name", name)
        runs.does("witness", "accept", folder, log)
    with (folder.parent / f"{folder.name}.log").open("w") as said:
        child = runs.start_alone("witness", "serve", folder, "--port", port, stdout=said)
        it = Outside(folder, (folder / "public.vkey").read_text().strip(), f"http://127.0.0.1:{port}")
        try:
            wait(lambda: child.poll() is not None or it.says(), "the witness to come up")
            yield it
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(PATIENCE)


def witnessed_by(board: Product, it: Outside) -> dict[str, str]:
    """Return the settings by which a board asks a witness."""
    (board.data / "policy").write_text(f"witness outside {it.vkey} {it.address}\nquorum outside\n")
    return {"MUNIMENT_POLICY": str(board.data / "policy")}


def test_a_witness_runs_by_itself_and_remembers(folder):
    """With a folder and a log's key it cosigns; started again it goes on from there; two histories are shown as evidence."""
    with witnessing(folder / "witness", LOG_KEY.vkey) as it:
        status, line = it.ask(str(Tree().submission(0, 5)))
        assert status == 200
        assert open_checkpoint(Tree().note(5) + line, LOG_KEY.vkey).signed_by(*parse_vkey(it.vkey))
        assert Product(folder).does("witness", "show", it.folder).splitlines()[1].startswith(f"{LOG_KEY.origin}: 5 events, cosigned ")
    with witnessing(folder / "witness", LOG_KEY.vkey) as it:
        assert it.ask(str(Tree(fork=3).submission(0, 5))) == (409, "5\n")
        assert it.ask(str(Tree().submission(5, 9)))[0] == 200
    shown = Product(folder).run("witness", "show", it.folder)
    assert (shown.code, "two roots for one size" in shown.out) == (1, True)
    said = Product(folder).does("witness", "evidence", it.folder)
    assert Tree().note(5) in said
    assert Tree(fork=3).note(5) in said
    again = Product(folder).run("witness", "init", it.folder, "--name", "witness.outside.example/2")
    assert (again.code, "never overwritten" in again.err) == (2, True)
    for refused in ("nonsense", it.vkey):
        assert Product(folder).run("witness", "accept", it.folder, refused).code == 1


def test_what_is_recorded_is_witnessed_and_an_outage_is_said(board, folder):
    """`work` has each new head cosigned: packs then meet the policy (0). With the witness away recording goes on, and packs say so (3)."""
    with witnessing(folder / "witness", board.key) as it:
        settings = witnessed_by(board, it)
        working = board.start("work", **settings)
        cosigned = "SELECT max(size) = (SELECT max(size) FROM ledger.checkpoint) FROM ledger.cosignature"
        try:
            assert board.brings_in(progress(), **settings).code == 0
            wait(lambda: board.ask(cosigned) == [(True,)], "the newest head to be witnessed")
        finally:
            working.terminate()
            working.wait(PATIENCE)
    ran = verify(board.pack("witnessed"), "--policy", board.data / "witnessed/policy")
    assert (ran.code, "witness: outside cosigned at" in ran.out) == (0, True)
    assert open_checkpoint(board.does("checkpoint"), board.key).signed_by(*parse_vkey(it.vkey))
    assert board.brings_in(progress(narrative="All is read"), **settings).code == 0
    ran = verify(board.pack("unwitnessed"))
    assert (ran.code, "QUORUM NOT MET: outside has not cosigned the checkpoint" in ran.out) == (3, True)
    said = board.run("status", **settings).out
    assert "The witness outside has cosigned " in said
    assert "does not answer" in said


def test_an_old_backup_is_refused_until_its_loss_is_admitted(board, folder, postgres):
    """ops/runbooks/restore.md: what was restored refuses to record, the loss is admitted on record, and nobody can unsee it."""
    with witnessing(folder / "witness", board.key) as it, fresh_database(postgres, folder, template="template0") as empty:
        settings = witnessed_by(board, it)
        board.does("db", "dump", dump := folder / "old.dump")
        left = board.size
        for what in ("Half is read", "All is read"):  # whoever records the second has the first witnessed
            assert board.brings_in(progress(narrative=what), **settings).code == 0
        (first := folder / "first.checkpoint").write_text(board.does("checkpoint", **settings))
        restored = Product(folder / "restored", empty.database_url, board.settings)
        shutil.copytree(board.data / "keys", restored.data / "keys")
        restored.does("db", "restore", dump)
        restored.does("rebuild")

        ran = restored.brings_in(progress(), **settings)
        assert (ran.code, restored.size) == (1, left)
        assert f"the witness witness.outside.example/1 holds {left + 1} events of this log" in ran.err
        assert "ops/runbooks/restore.md" in ran.err
        assert "follow ops/runbooks/restore.md" in restored.run("status", **settings).out

        said = restored.does("recover", "--reason", "The disk failed", "--known", first, "--yes", **settings)
        assert f"the witness witness.outside.example/1 holds {left + 1} events; here are {left}." in said
        assert f"On record as event {left + 1}" in said
        again = restored.run("recover", "--reason", "The disk failed", "--known", first, **settings)  # and nobody is asked
        assert (again.code, "nothing to admit" in again.err) == (1, True)
        assert restored.brings_in(progress(), **settings).code == 0
        held = NOTE.search(it.says())[0]
        pack, known = restored.pack(), folder / "held.checkpoint"
        known.write_text(held)
        assert verify(pack, "--key", board.key).code == 0
        for lost in (known, first):  # to whoever holds a checkpoint of the first history, the second is none
            ran = verify(pack, "--known", lost)
            assert (ran.code, "are not those that it seals" in ran.out or "this pack ends after" in ran.out) == (1, True)
        restored.does("rebuild")
        ((body,),) = restored.ask("SELECT body FROM views.inspection_history WHERE topic = 'ledger.integrity_failed.v1'")
        assert (body["size"], body["reason"]) == (left, "The disk failed")
        assert [(one["size"], one["checkpoint"]) for one in body["held"]] == [(left + 1, held), (left + 2, first.read_text())]


def test_two_inspectors_find_out_that_they_were_shown_two_histories(board, folder, postgres):
    """A board that shows one history to one inspector and another to the other is found out as soon as they compare checkpoints."""
    with board.copy(folder / "twin", postgres) as twin:
        packs, kept = [], []
        for product, note in ((board, "Half the teams are trained"), (twin, "All the teams are trained")):
            assert product.brings_in(progress(narrative=note)).code == 0
            packs.append(product.pack())
            kept.append(product.data / "kept.checkpoint")
            kept[-1].write_text(product.does("checkpoint"))
    for mine, theirs in ((0, 1), (1, 0)):
        assert verify(packs[mine], "--key", board.key, "--known", kept[mine]).code == 0
        ran = verify(packs[mine], "--key", board.key, "--known", kept[theirs])
        assert (ran.code, "are not those that it seals" in ran.out) == (1, True)
