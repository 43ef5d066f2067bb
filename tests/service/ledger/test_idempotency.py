"""A command that is sent again is recorded once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.ledger.append import Idempotency
from service.ledger.errors import AlreadyRecorded, OtherRequest

COMMAND = Idempotency("account-1", "key-1", b"hash of what was asked")


def test_done(notes):
    """What was recorded for a command is found again under its key."""
    note = notes.open(idempotency=COMMAND)
    assert notes.recorder.recorded(COMMAND) == range(2, 3)
    assert notes.repository.get(note.id).version == 1


def test_repeated(notes):
    """The same command again records nothing and names what it recorded at first."""
    notes.open(idempotency=COMMAND)
    with pytest.raises(AlreadyRecorded) as known:
        notes.open(idempotency=COMMAND)
    assert (known.value.positions, notes.recorder.max_notification_id()) == (range(2, 3), 2)


def test_other_request(notes):
    """A key that was used for something else is refused, before and in the append."""
    notes.open(idempotency=COMMAND)
    other = Idempotency(COMMAND.caller, COMMAND.key, b"hash of something else")
    with pytest.raises(OtherRequest):
        notes.recorder.recorded(other)
    with pytest.raises(OtherRequest):
        notes.open(idempotency=other)


def test_other_caller(notes):
    """Keys belong to their callers: two may choose the same."""
    notes.open(idempotency=COMMAND)
    notes.open(idempotency=Idempotency("account-2", COMMAND.key, COMMAND.request))
    assert notes.recorder.max_notification_id() == 3


def test_raced(notes):
    """Eight threads send one command at once: one records it, seven are told where it stands."""

    def send(_):
        try:
            notes.open(idempotency=COMMAND)
        except AlreadyRecorded as known:
            return known.positions
        return None

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(send, range(8)))
    assert sorted(answers, key=bool) == [None, *[range(2, 3)] * 7]
    assert notes.recorder.max_notification_id() == 2


def test_refused_command_may_be_sent_again(notes):
    """A command that was refused has not used its key."""
    note = notes.open()
    one, two = (notes.repository.get(note.id) for _ in range(2))
    one.write("first")
    two.write("second")
    notes.save(one)
    with pytest.raises(Exception, match="event_stream_version_key"):
        notes.save(two, idempotency=COMMAND)
    assert notes.recorder.recorded(COMMAND) is None
