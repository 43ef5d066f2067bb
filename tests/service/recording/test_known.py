"""What a process remembers of the partnership is never older than what it has recorded itself."""

from __future__ import annotations

from uuid import uuid4

from aggregates import Agency
from service.recording.known import Known


def test_what_was_read_before_a_change_is_not_remembered_after_it(seeded):
    """A thread that read a thing, and comes to remember it when another has changed it meanwhile, remembers nothing old."""
    known, stream, size = Known(seeded.board.recorder), uuid4(), seeded.board.recorder.head().frontier.size
    known.forget([stream], size + 1)
    known.put(stream, "as it was", size=size)
    assert known.get(stream) is None

    known.put(stream, "as it is", size=size + 1)
    assert known.get(stream) == "as it is"


def test_what_is_recorded_here_is_known_here_at_once(seeded):
    """After a rename nothing in this process answers with the old name, nor before it with the new one."""
    assert seeded.board.load(Agency, "CQH").state.name == "Coombe Quay Hospital"
    seeded.act("board-manager", "rename_agency", "CQH", name="Coombe Quay Trust")

    assert seeded.board.load(Agency, "CQH").state.name == "Coombe Quay Trust"
