"""What breaks while something is appended: nothing is lost, doubled, forked or told to the wrong caller."""

from __future__ import annotations

import os
import threading
import time
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent

from service.ledger.checkpoint import LogKey
from service.ledger.errors import EntryTooLong, HeadNotOurs, HeadWentBack, ReceivedWentBack, Refusal
from service.ledger.store import BuiltBeforeForkError, LedgerRecorder
from tests.service.ledger.sample import KEY, LOG_KEY, ORIGIN, Sample

HELD_UP = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"


class Lossy:
    """A database whose replies can be lost on the way."""

    def __init__(self, datastore):
        """Take the real one."""
        self._datastore, self.losing = datastore, 0

    def __getattr__(self, name):
        """Be the real one in all else."""
        return getattr(self._datastore, name)

    @contextmanager
    def get_connection(self):
        """Give a connection, and lose what it answered at the end."""
        with self._datastore.get_connection() as conn:
            yield conn
        if self.losing:
            self.losing -= 1
            raise OperationalError("the server closed the connection unexpectedly")


class LossyNotes(Sample):
    """Notes over such a database."""

    def construct_recorder(self) -> LedgerRecorder:
        """Make the recorder over it."""
        self.network = Lossy(self.factory.datastore)
        return LedgerRecorder(self.network, LOG_KEY, self.subjects)


class FailingKey:
    """A signer that can stop signing, as one in other hardware does."""

    def __init__(self, private):
        """Take the key that it signs with."""
        self._private, self.failing = private, False

    def public_key(self):
        """Give the public key."""
        return self._private.public_key()

    def sign(self, data):
        """Sign, or fail."""
        if self.failing:
            raise OSError("the signer does not answer")
        return self._private.sign(data)


def wait_for(condition):
    """Wait until something is so; fail after half a minute."""
    deadline = time.monotonic() + 30
    while not (found := condition()):
        assert time.monotonic() < deadline, "it never came to be so"
        time.sleep(0.005)
    return found


@contextmanager
def lock_held(config):
    """Hold the log's lock."""
    with psycopg.connect(config.conninfo("writer")) as holder:
        holder.execute("SELECT ledger.lock_head()")
        yield


@pytest.mark.parametrize("alone", [False, True])
def test_lost_reply(database, alone):
    """A reply to a commit that is lost is answered by looking, and the command is recorded once."""
    with LossyNotes(database) as app:
        app.establish()
        app.recorder._alone, app.network.losing, receipts = alone, 1, []
        app.open(receipts=receipts)
        assert (app.recorder.max_notification_id(), receipts[0].index) == (2, 1)
        assert str(receipts[0]) == str(app.recorder.receipt(2))


def test_backend_ends(database, notes):
    """A connection that ends in the middle of an append is tried again."""
    with psycopg.connect(database.conninfo("owner"), autocommit=True) as killer, lock_held(database):
        writer = threading.Thread(target=notes.open)
        writer.start()
        killer.execute("SELECT pg_terminate_backend(%s)", wait_for(lambda: killer.execute(HELD_UP).fetchone()))
    writer.join()
    assert notes.recorder.max_notification_id() == 2


@pytest.mark.parametrize("alone", [False, True])
def test_signer_fails(database, alone):
    """A signer that fails leaves nothing behind, and holds no lock."""
    key = FailingKey(Ed25519PrivateKey.from_private_bytes(b"L" * 32))
    with Sample(database, log_key=LogKey(ORIGIN, key)) as app:
        app.establish()
        app.recorder._alone, key.failing = alone, True
        with pytest.raises(OSError, match="the signer does not answer"):
            app.open()
        key.failing = False
        app.open()
        assert app.recorder.max_notification_id() == 2


def cut(database, size):
    """Let the database lose what came after a size, as a restored backup does."""
    with psycopg.connect(database.conninfo("owner")) as conn:
        conn.execute("DELETE FROM ledger.event WHERE position > %s", (size,))
        conn.execute("DELETE FROM ledger.disclosure WHERE position > %s", (size,))
        conn.execute("DELETE FROM ledger.checkpoint WHERE size > %s", (size,))


def test_head_went_back(database, notes):
    """A database that holds less than this process has seen is not built upon."""
    notes.open()
    cut(database, 1)
    for _ in range(2):
        with pytest.raises(HeadWentBack):
            notes.open()


def test_head_replaced(database, notes):
    """Nor is one that holds as much, or more, and something else."""
    notes.open()
    cut(database, 1)
    with Sample(database) as other:
        for _ in range(2):
            other.open()
            with pytest.raises(HeadWentBack):
                notes.open()
            with pytest.raises(HeadWentBack):
                notes.recorder.head()


def test_recomputed_tree(database, notes):
    """Whoever owns the database may compute another tree; without the log's key it is not built upon, nor vouched for."""
    forged = LogKey(ORIGIN, Ed25519PrivateKey.generate())
    head = notes.recorder.head()
    frontier = head.frontier.__class__(1, (b"x" * 32,))
    with psycopg.connect(database.conninfo("owner")) as conn:
        conn.execute("UPDATE ledger.checkpoint SET root = %s, frontier = %s", (frontier.root, frontier.pack()))
    with Sample(database) as restarted, pytest.raises(HeadNotOurs, match="not signed by this log's key"):
        restarted.open()
    with psycopg.connect(database.conninfo("owner")) as conn:
        conn.execute("UPDATE ledger.checkpoint SET note = %s", (forged.checkpoint(1, frontier.root),))
    with Sample(database) as restarted, pytest.raises(HeadNotOurs, match="not signed by this log's key"):
        restarted.open()
    with psycopg.connect(database.conninfo("owner")) as conn:
        conn.execute("UPDATE ledger.checkpoint SET frontier = %s", (b"y" * 32,))
    with Sample(database) as restarted, pytest.raises(HeadNotOurs, match="another tree"):
        restarted.open()


def test_fork(notes):
    """A process that was forked with a recorder in it does not use its parent's connections."""
    notes.open()
    child = os.fork()
    if not child:
        try:
            notes.open()
        except BuiltBeforeForkError:
            os._exit(42)
        except BaseException:  # noqa: BLE001 - the child must not return into the test
            os._exit(2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 42
    notes.open()


def test_conflict_reaches_only_its_caller(database, notes):
    """Of threads that share a transaction, one whose stream moved is refused; the others are recorded."""
    note = notes.open()
    stale = [notes.repository.get(note.id) for _ in range(3)]
    for place, each in enumerate(stale):
        each.write(f"line {place}")
    outcomes = {}

    def save(name, *things):
        try:
            outcomes[name] = len(notes.save(*things))
        except IntegrityError as error:
            outcomes[name] = type(error)

    with lock_held(database), psycopg.connect(database.conninfo("owner"), autocommit=True) as looking:
        leader = threading.Thread(target=save, args=("leader", stale[0]))
        leader.start()
        wait_for(lambda: looking.execute(HELD_UP).fetchone())
        others = [threading.Thread(target=save, args=("stale", stale[1])), threading.Thread(target=notes.open)]
        for other in others:
            other.start()
        wait_for(lambda: len(notes.recorder._group._waiting) == 2)
    for thread in (leader, *others):
        thread.join()
    assert outcomes == {"leader": 1, "stale": Refusal}
    assert notes.recorder.max_notification_id() == 4


def test_several_in_one_transaction(notes):
    """A save of several things is recorded whole or not at all."""
    note = notes.open()
    one, two = (notes.repository.get(note.id) for _ in range(2))
    one.write("first")
    two.write("second")
    notes.save(one)
    other = notes.repository.get(notes.open().id)
    other.write("not to be")
    with pytest.raises(Refusal):
        notes.save(other, two)
    assert notes.recorder.max_notification_id() == 4


def test_entry_too_long(notes):
    """What is longer than a log may hold is refused by name, before anything is tried."""
    stream, topic = uuid4(), "note.opened.v1"
    fields = {f"field_{number}": None for number in range(1200)}
    with pytest.raises(EntryTooLong) as refused:
        notes.recorder.insert_events([StoredEvent(stream, 1, topic, KEY.attest(topic, str(stream), 1, notes.recorder.seen(), fields))])
    assert refused.value.size > 65_535
    assert notes.recorder.max_notification_id() == 1


def test_received_never_goes_back(database):
    """A clock that is set back does not take the log back with it; a time that is given must not be before the last."""
    clock = [2_000_000_000.0]

    class Dated(Sample):
        def construct_recorder(self):
            return LedgerRecorder(self.factory.datastore, LOG_KEY, self.subjects, clock=lambda: clock[0])

    def received():
        with psycopg.connect(database.conninfo("reader")) as conn:
            return [row[0] for row in conn.execute("SELECT received FROM ledger.checkpoint ORDER BY size")]

    with Dated(database) as app:
        app.establish(received=1_000_000_000)
        app.open()
        clock[0] -= 86_400
        app.open()
        with pytest.raises(ReceivedWentBack):
            app.open(received=1_999_999_999)
        app.open(received=2_000_000_001)
    assert received() == [1_000_000_000, 2_000_000_000, 2_000_000_000, 2_000_000_001]


def test_receipts_are_the_same_from_memory_and_from_the_tables(notes):
    """The receipt that answers a command is the one that the tables yield for ever after, also across full tiles."""
    receipts = []
    for _ in range(300):
        notes.open(receipts=receipts)
    for position in (2, 3, 128, 255, 256, 257, 258, 300, 301):
        assert str(notes.recorder.receipt(position)) == str(receipts[position - 2])
