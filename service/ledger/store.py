"""The recorder: an append, its place in the tree and the checkpoint that seals it, in one transaction (ledger.md §1).

A process that wrote last builds on the head that it remembers and appends in one round trip; otherwise it reads the head under the
lock and needs two. Threads that append at the same time share a transaction. A lost reply is answered by looking, under the lock,
for this very statement.
"""

from __future__ import annotations

import os
from base64 import b64encode
from itertools import accumulate, islice
from time import monotonic, sleep, time
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import psycopg
from eventsourcing.persistence import InterfaceError, OperationalError, PersistenceError
from eventsourcing.postgres import PostgresApplicationRecorder

from service.database.group import Group
from service.ledger.append import APPEND, Append, Head, Leaf, Submission, check_apart
from service.ledger.errors import (
    IDEMPOTENCY_KEY_KNOWN,
    SQLSTATES,
    AlreadyRecorded,
    HeadNotOurs,
    HeadWentBack,
    KeyInUse,
    MovedMeanwhile,
    NotAStatement,
    OtherRequest,
    Refusal,
    SubjectKeyTaken,
)
from service.ledger.reading import NEWEST, Proofs
from service.ledger.registry import Enrolled
from service.verify import parse_vkey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

    from eventsourcing.persistence import StoredEvent
    from eventsourcing.postgres import PostgresDatastore
    from psycopg import Connection
    from psycopg.rows import DictRow

    from service.ledger.append import Idempotency, Unless
    from service.ledger.checkpoint import LogKey, Receipt
    from service.ledger.registry import KeyChange
    from service.ledger.sealed import Subjects
    from service.verify import Sealer

PATIENCE, PAUSE = 10.0, 0.25  # seconds: longer than PostgreSQL needs to recover from a crash
LOCK = "SELECT * FROM ledger.lock_head(%s)"
SINCE = "SELECT FROM ledger.event WHERE position > %s AND split_part(topic, '.', 1) = ANY(%s) LIMIT 1"
LOOK = f"SELECT newest.*, (SELECT root FROM ledger.checkpoint WHERE size = %s) AS known_root FROM ({NEWEST}) newest"  # noqa: S608 - our own text


class BuiltBeforeForkError(RuntimeError):
    """The recorder belongs to a parent process: its connections and its lock are not this process's."""


class Placed(NamedTuple):
    """Where one submission's events stand, and how to make their receipts."""

    positions: range
    receipt: Callable[[int], Receipt]


class LedgerRecorder(Proofs, PostgresApplicationRecorder):
    """The library's recorder over the ledger: it appends only through `ledger.append`, and reads through a view."""

    def __init__(self, datastore: PostgresDatastore, log_key: LogKey, subjects: Subjects, *, clock: Callable[[], float] = time) -> None:
        """Take the database as the writer, the key that signs checkpoints, the subjects' keys, and the time. Build it after forking."""
        super().__init__(datastore, events_table_name="stored_events")
        self.sql_create_statements.clear()  # migrations create what there is
        self._log_key, self._subjects, self._clock, self._process = log_key, subjects, clock, os.getpid()
        self._head = Head()
        self.others = 0  # how often the head was found to have moved without us
        self.appended: Callable[[Iterable[UUID | str], int], None] | None = None  # told of streams and kinds, before the size is known
        self._ours_from, self._last = 0, dict[str, int]()  # since which size all is this process's own; by which it last recorded each kind
        self._alone = False  # whether this process wrote last: then the head that it remembers is likely the head
        self._group: Group[Sequence[Submission], Sequence[Placed]] = Group(self._append, Refusal)

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        receipts: list[Receipt] | None = None,
        received: int | None = None,
        idempotency: Idempotency | None = None,
        keys: Sequence[KeyChange] = (),
        **_: Any,
    ) -> Sequence[int]:
        """Append the events, all or none, and return their positions; their receipts are added to `receipts`.

        `received` is the time of recording in POSIX seconds, for demonstration logs alone (the caller sees to that). `keys` are the
        changes that these events make to the registry of keys. Raise a `Refusal`, or `LedgerDamaged`, having written nothing.
        """
        if not stored_events:
            return []
        at = int(self._clock()) if received is None else received
        leaves = [Leaf.of(event, at) for event in stored_events]
        (placed,) = self.append_together([Submission(leaves, received, idempotency, keys)])
        if receipts is not None:
            receipts.extend(map(placed.receipt, placed.positions))
        return list(placed.positions)

    def append_together(self, parts: Sequence[Submission]) -> Sequence[Placed]:
        """Append several submissions, all or none, and return where each stands. Raises as `insert_events` does."""
        if os.getpid() != self._process:
            raise BuiltBeforeForkError("this recorder was built before a fork: its connections belong to the parent process")
        if other := {leaf.audience for part in parts for leaf in part.leaves} - {self._log_key.log}:
            raise NotAStatement(f"a statement for another log: {', '.join(other)}")
        own = {parse_vkey(each.vkey)[1] for each in self.sealers}
        if any(isinstance(change, Enrolled) and change.public_key in own for part in parts for change in part.keys):
            raise KeyInUse("the log's own key signs checkpoints, and nothing else")
        return self._group.submit(parts)

    def recorded(self, idempotency: Idempotency) -> range | None:
        """Return the positions of what was recorded for this very command, None where nothing was; raise OtherRequest."""
        with self.datastore.get_connection() as conn:
            row = conn.execute(
                "SELECT request, first, events FROM desk.idempotency WHERE caller = %s AND key = %s",
                (idempotency.caller, idempotency.key),
                prepare=True,
            ).fetchone()
        if row is not None and row["request"] != idempotency.request:
            raise OtherRequest(idempotency.caller, idempotency.key)
        return range(row["first"], row["first"] + row["events"]) if row else None

    # -- one transaction ------------------------------------------------------------------------------------------

    def _append(self, batch: Sequence[Sequence[Submission]]) -> Sequence[Sequence[Placed]]:
        check_apart(batch)
        parts = [part for together in batch for part in together]
        try:
            first, receipt = self._append_surely(parts)
        except PersistenceError as error:
            self._refuse(error, parts if len(batch) == 1 else ())
        lengths = [len(part.leaves) for part in parts]
        starts = accumulate(lengths, initial=first)
        placed = (Placed(range(start, start + length), receipt) for start, length in zip(starts, lengths, strict=False))
        return [list(islice(placed, len(together))) for together in batch]

    def _append_surely(self, batch: Sequence[Submission]) -> tuple[int, Callable[[int], Receipt]]:
        """Return the first position, and how to make receipts. A lost reply is answered by looking, not by an error."""
        deadline, again = monotonic() + PATIENCE, False
        while True:
            try:
                known = self._alone and all(not part.erases and (part.unless is None or self._remembers(part.unless)) for part in batch)
                done = (self._append_to_known_head(batch) if known else None) or self._append_under_lock(batch, again=again)
            except (OperationalError, InterfaceError):
                self._alone, again = False, True
                if monotonic() > deadline:
                    raise
                sleep(PAUSE)
            except PersistenceError as error:
                if SQLSTATES.get(_sqlstate(error)) is not SubjectKeyTaken:
                    raise
                self._subjects.give_way(_subjects_of(batch))
            else:
                return (done, self.receipt) if isinstance(done, int) else (done.first, done.receipt)

    def _append_to_known_head(self, batch: Sequence[Submission]) -> Append | None:
        """One round trip: seal on top of the remembered head. None: it has moved, and nothing was written."""
        self._alone = False
        append = self._seal(self._head, batch)
        with self.datastore.get_connection() as conn:
            row = conn.execute(APPEND, append.parameters(), prepare=True).fetchone()
        if row is None or not row["appended"]:
            return None
        self._alone = True
        self._done(append)
        return append

    def _append_under_lock(self, batch: Sequence[Submission], *, again: bool) -> Append | int:
        """Two round trips: lock and read the head; append and commit. An earlier try that did commit: its first position."""
        known = self._head
        with self.datastore.get_connection() as conn, conn.pipeline(), conn.transaction():
            head = self._checked(known, conn.execute(LOCK, (known.frontier.size,), prepare=True).fetchone())
            if again and (first := _position_of(conn, batch[0].leaves[0])):
                return first
            if head != known:
                self._ours_from = head.frontier.size
            for part in batch:
                if part.unless and not self._remembers(part.unless):
                    _check_unmoved(conn, part.unless)
            append = self._seal(head, batch)
            conn.execute(APPEND, append.parameters(), prepare=True)  # true: the lock is ours, so the head is too
            self._subjects.destroy(conn, erases := [part.erases for part in batch if part.erases])
        self._alone = head == known
        self.others += head != known
        self._done(append)
        self._subjects.forget(erases)
        return append

    def _remembers(self, unless: Unless) -> bool:
        """Say whether all that was recorded since is this process's own. Refuse where that moved what a decision rests on."""
        if any(self._last.get(kind, 0) > unless.size for kind in unless.kinds):
            raise MovedMeanwhile(str(unless))
        return unless.size >= self._ours_from

    def _learn(self, head: Head) -> None:
        """Take a head that others may have made for the one to build on."""
        if head != self._head:
            self._ours_from, self._head = head.frontier.size, head

    def _done(self, append: Append) -> None:
        if self.appended:
            self.appended((name for leaf in append.leaves for name in (leaf.event.originator_id, leaf.kind)), append.head.frontier.size)
        self._last |= dict.fromkeys((leaf.kind for leaf in append.leaves), append.head.frontier.size)
        self._head = append.head
        if append.subjects:
            self._subjects.stored(append.subjects)

    def _seal(self, head: Head, batch: Sequence[Submission]) -> Append:
        pointers = [self._subjects.sealed_again(pointer) for part in batch for leaf in part.leaves for pointer in leaf.pointers]
        subjects = self._subjects.unstored(subject for _, subject, _, _ in pointers)
        return Append.on(head, batch, self._log_key, now=int(self._clock()), pointers=pointers, subjects=subjects)

    def _checked(self, known: Head, row: DictRow | None) -> Head:
        """Return the stored head; raise unless it extends what this process had seen, and is this log's own."""
        if known.frontier.size and (row is None or row["known_root"] != known.root):
            raise HeadWentBack(f"the database does not hold the checkpoint of size {known.frontier.size} that was seen here")
        head = Head.of(row)
        # Ed25519 signs deterministically, so signing again is the cheapest way to check our own signature.
        if row is not None and head != known and not head.sealed_by(self._log_key, row["note"]):
            raise HeadNotOurs(f"the stored checkpoint of size {head.frontier.size} was not signed by the log key that seals it")
        return head

    def _refuse(self, error: PersistenceError, parts: Sequence[Submission]) -> NoReturn:
        """Raise the refusal that PostgreSQL's error stands for, or the error itself. Without parts, they are tried one by one."""
        state, cause = _sqlstate(error), error.__cause__
        if state not in SQLSTATES or not isinstance(cause, psycopg.Error):
            raise error
        for idempotency in (part.idempotency for part in parts if state == IDEMPOTENCY_KEY_KNOWN and part.idempotency):
            if positions := self.recorded(idempotency):
                raise AlreadyRecorded(idempotency.caller, idempotency.key, positions) from error
        enrolling = (cause.diag.constraint_name or "").startswith("signing_key")
        raise (KeyInUse if enrolling else SQLSTATES[state])(cause.diag.message_primary) from error

    # -- what the tables prove ------------------------------------------------------------------------------------

    @property
    def vkey(self) -> str:
        """The key that signs this log's checkpoints, as C2SP publishes it."""
        return self._log_key.vkey

    @property
    def sealers(self) -> tuple[Sealer, ...]:
        """Whose keys seal this log, in their order."""
        return self._log_key.sealers

    @property
    def size(self) -> int:
        """The size of the log as far as this process knows it."""
        return self._head.frontier.size

    def seen(self) -> tuple[int, str]:
        """Return size and base64 root of the last checkpoint that this process has verified, as a statement names it."""
        if not self._head.frontier.size:
            self._learn(self.head())
        return self._head.frontier.size, b64encode(self._head.root).decode()

    def head(self) -> Head:
        """Return the stored head, checked to be this log's own and to extend what was seen."""
        known = self._head  # before looking: other threads go on appending
        with self.datastore.get_connection() as conn:
            return self._checked(known, conn.execute(LOOK, (known.frontier.size,)).fetchone())

    def look(self) -> None:
        """Find out whether others have appended since this process last did; `others` then says so."""
        with self.datastore.get_connection() as conn:
            row = conn.execute("SELECT max(size) AS size FROM ledger.checkpoint", prepare=True).fetchone()
        if row is not None and (row["size"] or 0) > self._head.frontier.size:
            self.others += 1
            self._learn(self.head())


def _check_unmoved(conn: Connection[DictRow], unless: Unless) -> None:
    """Refuse where something was recorded, by whomever, that moves what a decision rests on."""
    if conn.execute(SINCE, (unless.size, sorted(unless.kinds)), prepare=True).fetchone() is not None:
        raise MovedMeanwhile(str(unless))


def _position_of(conn: Connection[DictRow], leaf: Leaf) -> int | None:
    """Where this very statement stands, if it does: its random id makes it like no other."""
    row = conn.execute("SELECT position, entry FROM ledger.event WHERE jti = %s", (leaf.jti,)).fetchone()
    return int(row["position"]) if row and b'"%s"' % leaf.statement in row["entry"] else None


def _subjects_of(batch: Sequence[Submission]) -> list[dict[str, str]]:
    return [{"subject": subject} for part in batch for leaf in part.leaves for _, subject, _, _ in leaf.pointers]


def _sqlstate(error: BaseException) -> str:
    cause = error.__cause__
    return (cause.sqlstate or "") if isinstance(cause, psycopg.Error) else ""
