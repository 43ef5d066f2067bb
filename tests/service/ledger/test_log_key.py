"""Another log key, under which the same log goes on, as the runbook has it."""

from __future__ import annotations

import json
import os
import re
import shutil
from contextlib import closing
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aggregates.errors import Refused
from service.application import Board
from service.cli import main
from service.ledger import keys
from service.ledger.errors import HeadNotOurs
from service.ledger.pack.auditing.auditing import audit
from service.ledger.pack.writing import write_pack
from service.ledger.sealed import custody, log_key, outside, record
from service.ledger.sealed.rewrapping import StillRunning
from service.ledger.sealed.statement_key import put_public
from service.recording.outside.comparing import KeptDamaged, NotWhatOthersHold
from service.recording.outside.recovering import admit, lost
from service.recording.outside.witnessing import ask
from service.verify import open_checkpoint, verify
from tests.api.conftest import serving
from tests.service.database.test_erased_again import invented
from tests.service.recording.outside.others import listening, named, policy_of, witness_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from tests.boards import Seeded


def opened(it: Seeded, ring: keys.KeyRing | None = None) -> closing[Board]:
    """Open the board with the keys that are in its folder now, or with those that are about to be."""
    return closing(Board(it.config, ring or keys.load(it.config), clock=it.clock))


def succeed(it: Seeded, reason: str, name: str | None = None) -> str:
    """Give the command; return the new key."""
    return log_key.succeed(it.config, lambda ring: opened(it, ring), reason, name)


def assert_told(it: Seeded, first: str, second: str, size: int) -> None:
    """Check that whoever reads the page of integrity is told which name is the log's today and which was, and which key sealed what."""
    with serving(it) as app:
        words = " ".join(re.sub("<[^>]+>", " ", app.test_client().get("/integrity").text).split())
    assert f"Name of the log {second.partition('+')[0]} , since" in words
    assert f"It began as {it.board.origin} , and is that very log" in words
    assert f"Key of the log today {second} Earlier key of the log {first} As {it.board.origin} it sealed {size} events" in words, words
    assert "this key vouched for the next one" in words


def test_a_log_goes_on_under_another_key(seeded, tmp_path):
    """The old key vouches for the new one; receipts and packs from before stay good, and what follows is sealed by the new key alone.

    It is refused while the service runs, for a reason that is not so, under a name that was used, and when it was done just now. Whatever
    it was interrupted after, running it again brings it to its end. Another service that still has the old key records nothing.
    """
    folder, first, size = seeded.config.data / "keys", seeded.board.recorder.vkey, seeded.board.recorder.head().frontier.size
    kept, receipt = seeded.board.recorder.newest(), str(seeded.board.recorder.receipt(5))
    write_pack(seeded.board.recorder, tmp_path / "before")
    with seeded.board.datastore.get_connection() as conn:
        conn.execute("SELECT ledger.keep_policy(%s)", (f"log {first}\nquorum none\n",))
    with pytest.raises(StillRunning):
        succeed(seeded, "planned")
    seeded.board.close()
    shutil.copytree(folder, tmp_path / "old" / "keys")
    for reason, name, refusal in (("lost", None, log_key.NotLost), ("planned", seeded.board.origin, log_key.NameUsed)):
        with pytest.raises(refusal):
            succeed(seeded, reason, name)
    ring = keys.load(seeded.config)
    later = replace(ring, log=replace(ring.log, earlier=((first, size + 9),)))  # as of a database that is older than the succession
    with opened(seeded, later) as seeded.board, pytest.raises(HeadNotOurs, match=f"seals what follows event {size + 9}"):
        seeded.act("riv-lead", "accept_action", "A1")
    second = succeed(seeded, "planned")
    for file in (keys.LOG, keys.PUBLIC):  # as it stood before the last steps: the entry is there, and the files are not
        shutil.copy(folder / file, tmp_path / file)
        shutil.copy(tmp_path / "old/keys" / file, folder / file)
    shutil.copy(tmp_path / keys.LOG, folder / log_key.NEW)
    with pytest.raises(keys.KeyUnreadable, match="succeed-log-key"):
        keys.load(seeded.config)
    assert succeed(seeded, "planned") == second
    shutil.move(folder / keys.LOG, folder / log_key.NEW)  # and before the very last
    assert succeed(seeded, "planned") == second
    with pytest.raises(log_key.SucceededJustNow):
        succeed(seeded, "compromised")

    with opened(seeded) as seeded.board:
        board = seeded.board
        seeded.act("riv-lead", "accept_action", "A1")
        (one,) = board.established.state.successions
        assert (one.replaces, one.log_vkey, one.size, one.reason, one.vouched) == (first, second, size, "planned", True)
        assert board.origin == board.keys.statement.origin == first.partition("+")[0]
        assert open_checkpoint(board.recorder.newest(), second).size == size + 2
        assert outside.keep(board.config, board.recorder, board.recorder.sealers) == []
        write_pack(board.recorder, tmp_path / "after", receipts=[size, size + 2])
        write_pack(board.recorder, tmp_path / "early", size=size)
        assert_told(seeded, first, second, size)
    known = {"checkpoint": kept, "receipt": receipt}
    for pack, key in (("before", first), ("early", first), ("after", first), ("after", second)):
        verdict = verify(tmp_path / pack, key=key, known=known)
        assert verdict.code == 0, (pack, verdict)
    assert audit(tmp_path / "after", key=second).code == 0
    assert custody.check(seeded.config, seeded.config.data) == dict.fromkeys(("log.key", "statement.key", "wrapping.key"), True)
    assert custody.check(seeded.config, tmp_path / "old")["log.key"] is False
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "old/keys", folder)
    with opened(seeded) as seeded.board, pytest.raises(HeadNotOurs):
        seeded.act("riv-lead", "report_progress", "A1", rag="amber", narrative="Half is read")


def test_a_lost_log_key_and_one_that_somebody_else_has(seeded, tmp_path):
    """Without the old key's word the log goes on too. What whoever has the old one signs later is seen, and refused by name.

    A witness that is told which log this succeeds holds it to what it cosigned, and cosigns nothing more under the old name.
    """
    folder, first = seeded.config.data / "keys", seeded.board.recorder.vkey
    with listening(own := witness_of(first, tmp_path)) as url:
        seeded.board.config = policy_of(seeded.config, tmp_path, (own, url))
        seeded.board.outside.check()
        seeded.board.close()
        (folder / keys.LOG).rename(tmp_path / "stolen")
        with pytest.raises(log_key.CannotVouch):
            succeed(seeded, "planned")
        second = succeed(seeded, "lost")
        third = succeed_again(seeded)
        with pytest.raises(ValueError, match="is no log that is witnessed here"):
            own.memory.accept(third, "other.example/log1")
        own.memory.accept(third, first.partition("+")[0])
        with opened(seeded) as seeded.board:
            recorder = seeded.board.recorder
            ask(recorder, recorder.sealers, named(own, url))
            size = recorder.head().frontier.size
            assert third.partition("+")[0] in recorder.published().split("\n— ")[1]
            assert "witness.example/1" in recorder.published()
            write_pack(recorder, tmp_path / "pack")
    stolen = keys.opened(tmp_path / "stolen", keys.read_passphrase(folder / keys.PASSPHRASE))
    forged = keys.LogKey(first.partition("+")[0], stolen).checkpoint(size, bytes(32))
    verdict = verify(tmp_path / "pack", key=third, known={"forged": forged})
    told = f"{first.partition('+')[0]} signed it over {size} events, and after #{size - 1} this log is sealed by {third} alone"
    assert (verdict.code, told in verdict.lines[0]) == (1, True), verdict
    verdict = verify(tmp_path / "pack", key=first)
    assert (verdict.code, f"under {second} (lost), for which {first} did not vouch" in verdict.lines[0]) == (1, True), verdict
    assert verify(tmp_path / "pack", key=third).code == 0


def succeed_again(it: Seeded) -> str:
    """Record something under the second key, and go on under a third."""
    with opened(it) as it.board:
        it.act("riv-lead", "accept_action", "A1")
    return succeed(it, "compromised")


def test_what_refuses_a_succession_refuses_it_before_anything_is_written(seeded, tmp_path, caplog):
    """Keys that are younger than the database, a reason that is not so, and what others hold, leave no half of a new key behind.

    What whoever stole the key signed beyond this log, or damaged of what was kept, does not stop the succession that says so: it is
    named, and stops what would follow.
    A policy may still name the key before; and a new key that was not written whole is dropped.
    """
    folder, first, size = seeded.config.data / "keys", seeded.board.recorder.vkey, seeded.board.recorder.head().frontier.size
    public, passphrase, own = (
        keys.load_public(seeded.config),
        keys.read_passphrase(folder / keys.PASSPHRASE),
        (folder / keys.LOG).read_bytes(),
    )
    (tmp_path / "000900.checkpoint").write_text(seeded.board.keys.log.checkpoint(900, bytes(32)))
    (tmp_path / "policy").write_text(f"log {first}\nquorum none\n")
    seeded.board.close()

    later = keys.LogKey("severnbrook.example/log2", Ed25519PrivateKey.generate(), ((first, size),))  # of what is no more in the database
    keys.put(folder / keys.LOG, keys.sealed(later.private, passphrase))
    put_public(folder, replace(public, log_vkey=later.vkey, earlier=later.earlier))
    with pytest.raises(log_key.KeysOfAnotherAge, match=f"seals this log after event {size}, and the database has {size} events"):
        succeed(seeded, "planned")
    keys.put(folder / keys.LOG, own)
    put_public(folder, public)

    seeded.config = replace(seeded.config, policy=tmp_path / "policy", checkpoint_to=(str(tmp_path),))
    for reason, refusal in (("lost", log_key.NotLost), ("planned", NotWhatOthersHold)):
        (folder / log_key.NEW).touch()
        with pytest.raises(refusal):
            succeed(seeded, reason)
        assert keys.load(seeded.config).log.vkey == first
    (tmp_path / "000800.checkpoint").write_text("nothing that can be read")
    with pytest.raises(KeptDamaged, match=r"000800\.checkpoint"):
        succeed(seeded, "planned")
    second = succeed(seeded, "compromised")
    for told in ("000900.checkpoint holds 900 events under the compromised key", "000800.checkpoint is not the checkpoint that was sent"):
        assert told in caplog.text
    seeded.config = replace(seeded.config, policy=None)
    with opened(seeded) as seeded.board, pytest.raises(KeptDamaged, match=r"000800\.checkpoint"):
        seeded.act("riv-lead", "accept_action", "A1")
    (tmp_path / "000800.checkpoint").unlink()
    with opened(seeded) as seeded.board:
        assert (seeded.board.recorder.vkey, [one.size for one in lost(seeded.board, {})]) == (second, [900])
        with pytest.raises(NotWhatOthersHold):
            seeded.act("riv-lead", "accept_action", "A1")
        assert admit(seeded.board, seeded.callers["board-manager"], "The key was stolen, and signed this", {})
        assert seeded.act("riv-lead", "accept_action", "A1").positions


def by_the_stolen_key(file: Path, it: Seeded) -> None:
    """Put in a line about somebody whom nobody erased, as whoever has the log key can write one."""
    line = invented(it, str(it.people["riv-lead"])) | {"before": sha256(file.read_text().splitlines()[-1].encode()).hexdigest()}
    file.write_text(f"{file.read_text()}{json.dumps(line)}\n")


RECORDS: dict[str, Callable[[Path, Seeded], object]] = {
    "damaged": lambda file, _: file.write_bytes(b"\xff nothing"),
    "gone": lambda *_: None,
    "a pipe": lambda file, _: (file.unlink(), os.mkfifo(file)),
    "a device": lambda file, _: (file.unlink(), file.symlink_to("/dev/zero")),
    "of letters that are not ours": lambda file, _: file.write_text(file.read_text() + '{"before": "\u00e9"}\n', encoding="utf-8"),
    "by the stolen key": by_the_stolen_key,
}


@pytest.mark.parametrize("what", RECORDS)
def test_a_damaged_record_of_who_was_erased_keeps_no_stolen_key_from_being_succeeded(seeded, what):
    """ADR 21: whoever has the log key may have done it. It is named, and stops another succession, and all that follows this one."""
    file = seeded.config.data / "keys" / record.FILE
    if what == "gone":
        file.unlink()
    RECORDS[what](file, seeded)
    seeded.board.close()
    settings = {"MUNIMENT_DATA": str(seeded.config.data), "MUNIMENT_DATABASE_URL": seeded.config.database_url}

    def given(reason: str) -> Result:
        return CliRunner().invoke(main, ["db", "succeed-log-key", "--reason", reason], env=settings)

    first = keys.load_public(seeded.config).log_vkey
    assert (given("planned").exit_code, keys.load_public(seeded.config).log_vkey) == (1, first)
    done = given("compromised")
    assert done.exit_code == 0, done.output
    assert keys.load_public(seeded.config).log_vkey != first
    with pytest.raises(Refused, match=r"erasures\.jsonl|erase-again"):
        outside.check(seeded.config)
