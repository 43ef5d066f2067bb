"""What others hold of the log is held against it before anything is recorded; a loss is admitted on record, for ever."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from service.application import Board
from service.desk.refusals import NotAllowed
from service.ledger.checkpoint import LogKey
from service.recording.outside.comparing import KeptDamaged, NotWhatOthersHold
from service.recording.outside.recovering import NothingLost, NotThisLogs, admit, lost
from tests.service.ledger.trees import Tree
from tests.service.recording.outside.others import listening, policy_of, witness_of


@pytest.fixture
def opened(seeded):
    """Give what opens the same log again, with other settings, as another process does."""
    boards = []

    def again(config):
        boards.append(Board(config, seeded.board.keys, clock=seeded.clock))
        seeded.board = boards[-1]
        return seeded

    first = seeded.board
    yield again
    seeded.board = first
    for one in boards:
        one.close()


def accept(it):
    """Record something."""
    return it.act("riv-lead", "accept_action", "A1").positions


def test_a_log_that_lacks_what_was_sent_refuses_to_record(seeded, opened, tmp_path):
    """A checkpoint in a folder that the log does not extend, as after a restored backup, stops the first append by name."""
    (tmp_path / "010000.checkpoint").write_text(seeded.board.keys.log.checkpoint(10_000, bytes(32)))
    with pytest.raises(NotWhatOthersHold, match=r"010000\.checkpoint holds 10000 events"):
        accept(opened(replace(seeded.config, checkpoint_to=(str(tmp_path),))))


def test_what_the_log_extends_is_no_hindrance(seeded, opened, tmp_path):
    """A folder holds this log's checkpoints, of sizes that no checkpoint here has too, others', and folders; none is damaged."""
    log, recorder = seeded.board.keys.log, seeded.board.recorder
    (tmp_path / "3.checkpoint").write_text(log.checkpoint(3, recorder.root_at(3)))
    (tmp_path / "2.checkpoint").write_text(Tree(key=LogKey("another.example/log", log.private)).note(2))
    (tmp_path / "1.checkpoint").mkdir()
    config = replace(seeded.config, checkpoint_to=(str(tmp_path),))
    for damaged in (b"", b"\xff", (tmp_path / "3.checkpoint").read_bytes().replace(b"\n3\n", b"\n4\n")):
        (tmp_path / "4.checkpoint").write_bytes(damaged)
        with pytest.raises(KeptDamaged, match=r"4\.checkpoint"):
            accept(opened(config))
    huge = lambda path: (path.touch(), os.truncate(path, 1 << 40))  # noqa: E731 - one of several
    for make in (os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.symlink_to(path), huge):
        (tmp_path / "4.checkpoint").unlink()
        make(tmp_path / "4.checkpoint")
        with pytest.raises(KeptDamaged, match=r"4\.checkpoint"):
            accept(opened(config))
    (tmp_path / "4.checkpoint").unlink()

    assert accept(opened(config))


@pytest.mark.parametrize("size", [3, 1000])
def test_a_witness_that_holds_another_history_stops_recording(seeded, opened, tmp_path, size):
    """It is asked before the first append: of more events, or of others, nothing is recorded on top."""
    own = witness_of(seeded.board.recorder.vkey, tmp_path)
    own.add(Tree(key=seeded.board.keys.log).submission(0, size))
    with listening(own) as url, pytest.raises(NotWhatOthersHold, match=rf"the witness witness\.example/1 holds {size} events"):
        accept(opened(policy_of(seeded.config, tmp_path, (own, url))))


def test_a_witness_that_is_away_or_content_does_not(seeded, opened, tmp_path):
    """An outage never stops recording, and a witness of this very history is no reason to."""
    own = witness_of(seeded.board.recorder.vkey, tmp_path)
    assert accept(opened(policy_of(seeded.config, tmp_path, (own, "http://127.0.0.1:9"))))
    with listening(own) as url:
        it = opened(policy_of(seeded.config, tmp_path, (own, url)))
        assert it.act("riv-lead", "report_progress", "A1", rag="amber", narrative="Half is read").positions


def test_a_loss_is_admitted_on_record(seeded, opened, tmp_path):
    """Only a manager or a chair admits it, once, for what is really missing; then recording goes on, in other processes too."""
    own, recorder = witness_of(seeded.board.recorder.vkey, tmp_path), seeded.board.recorder
    size, other = recorder.head().frontier.size, Tree(key=seeded.board.keys.log)
    own.add(other.submission(0, 1000))
    mailed = {"mailed.checkpoint": other.note(2000)}
    with listening(own) as url:
        config = policy_of(seeded.config, tmp_path, (own, url))
        it = opened(config)
        with pytest.raises(NotAllowed):
            admit(it.board, it.callers["riv-lead"], "The disk failed", {})
        with pytest.raises(NotThisLogs):
            admit(it.board, it.callers["board-manager"], "The disk failed", {"other": "nothing"})
        done = admit(it.board, it.callers["board-manager"], "The disk failed", mailed)
        assert accept(it) == [size + 2]
        assert it.act("riv-lead", "report_progress", "A1", rag="amber", narrative="Half is read").positions
        assert opened(config).act("riv-lead", "report_progress", "A1", rag="amber", narrative="All is read").positions
        with pytest.raises(NothingLost):
            admit(it.board, it.callers["board-manager"], "The disk failed", mailed)

        again = {"mailed.checkpoint": Tree(key=seeded.board.keys.log, fork=5).note(2000)}
        assert [one.size for one in lost(it.board, again)] == [2000]  # of that size, and of that name: yet another history

    losses = it.board.established.state.losses
    assert done.positions == [size + 1]
    assert [(one.place, one.size) for one in losses] == [(own.key.vkey, 1000), ("mailed.checkpoint", 2000)]
