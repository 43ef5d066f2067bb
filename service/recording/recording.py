"""How an act becomes part of the record: load, decide, sign, append, receipt. What every verb of `application` stands on."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from eventsourcing.application import AggregateNotFoundError, Application

from aggregates.entry import stream_id
from aggregates.partnership import Agency, Partnership, PartnershipState, SubGroup
from aggregates.partnership.office import Office
from aggregates.registry import Inspection, Ledger
from aggregates.registry.data_subject import DataSubject
from aggregates.review import Review
from service.database.connection import environment
from service.desk.coming_in import held
from service.desk.refusals import (
    AlreadyExists,
    ClockWentBack,
    KeyReused,
    NotADemonstration,
    NotEstablished,
    NotFound,
    StaleVersion,
)
from service.desk.whose import theirs
from service.ledger.append import Idempotency, Leaf
from service.ledger.append import Submission as Part
from service.ledger.errors import AlreadyRecorded, EventKnown, HeadWentBack, OtherRequest, ReceivedWentBack, Refusal
from service.ledger.registry import Registry, key_changes
from service.ledger.sealed import Subjects
from service.ledger.statement import StatementMapper
from service.ledger.store import LedgerRecorder
from service.recording.evidence.bringing import Evidencing
from service.recording.evidence.store import EvidenceStore
from service.recording.known import Known
from service.recording.outside.comparing import Outside
from service.recording.signing import Committing, Preparing, SignedAlready
from service.recording.writing import Done, OfThisThread, Together, Turns, Unsigned, Write

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from eventsourcing.postgres import PostgresFactory

    from service.config import Config
    from service.desk.accounts import Caller
    from service.desk.submission import Submission
    from service.ledger.keys import KeyRing

RECORDED = "SELECT jti, version FROM ledger.event WHERE position BETWEEN %s AND %s ORDER BY position"
SETTLED = frozenset({Ledger, Partnership, Agency, SubGroup, Office, DataSubject, Review, Inspection})  # read far more often than changed


class Recording(Evidencing, Application[UUID]):
    """The log of one board, open for writing. Build it after the worker has forked, never before."""

    name = "board"
    recorder: LedgerRecorder
    mapper: StatementMapper
    _together = OfThisThread()

    def __init__(self, config: Config, keys: KeyRing, *, clock: Callable[[], float] = time.time) -> None:
        """Open the log whose keys these are."""
        self.config, self.keys, self.clock, self.turns = config, keys, clock, Turns()
        self.evidence = EvidenceStore.of(config)
        super().__init__(environment(config.conninfo("writer")))
        self.known, self.outside = Known(self.recorder), Outside(self)
        if config.demonstration_clock and self.recorder.newest() and not self.demonstration:
            raise NotADemonstration

    def construct_recorder(self) -> LedgerRecorder:
        """Give the library our recorder."""
        return LedgerRecorder(self.datastore, self.keys.log, self.subjects, clock=self.clock)

    def construct_mapper(self) -> StatementMapper:
        """Give the library our mapper: what it writes is signed, and what it reads is verified."""
        self.datastore = cast("PostgresFactory", self.factory).datastore
        self.subjects = Subjects(self.datastore, self.keys.wrapping, self.origin, erase_too=partial(held.erase, key=self.keys.wrapping))
        self.registry = Registry(self.datastore, self.origin)
        return StatementMapper(self.keys.statement, self.registry, self.subjects, lambda: self.recorder.seen())  # noqa: PLW0108 - the recorder is built after

    # -- what is on record --------------------------------------------------------------------------------------------

    @property
    def origin(self) -> str:
        """The log's origin: its name for ever, under which it was established, whichever key seals it by now (ADR 0021)."""
        return self.keys.log.log

    @property
    def established(self) -> Ledger:
        """How the log was established; refuses where it is not."""
        found: Ledger | None = self.find(Ledger, "ledger")
        if found is None:
            raise NotEstablished
        return found

    def size(self) -> int:
        """Return how much of the log is known here; within `together`, how much was when that began."""
        return self._together.size if self._together else self.recorder.size

    @property
    def demonstration(self) -> bool:
        """Whether this log was made for show."""
        return bool((state := self.established.state) and state.demonstration)

    @property
    def settings(self) -> PartnershipState:
        """The Board's local settings, and the defaults where it has set nothing."""
        partnership: Partnership = self.load(Partnership, "partnership")
        if (state := partnership.state) is None:
            raise NotEstablished
        return state

    @property
    def fingerprint(self) -> str:
        """The board's fingerprint: the hash of the first leaf, in hexadecimal, in groups of four."""
        with self.datastore.get_connection() as conn:
            row = conn.execute("SELECT leaf FROM ledger.event WHERE position = 1").fetchone()
        if row is None:
            raise NotEstablished
        digits = row["leaf"].hex()
        return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))

    def find(self, kind: type[Any], ref: str | None, *, fresh: bool = False) -> Any:
        """Return the thing of this kind and reference, or None: as last read here, or `fresh` because it is about to change."""
        if ref is None:
            return None
        try:
            stream = UUID(ref) if kind is DataSubject else stream_id(self.origin, kind.TOPIC, ref)
        except ValueError:
            return None
        if self._together and stream in self._together.loaded:
            return self._together.loaded[stream]
        if not fresh and kind in SETTLED and (known := self.known.get(stream)):
            return known
        size = self.recorder.size
        try:
            found: Any = self.repository.get(stream, projector_func=_told)
        except AggregateNotFoundError:
            return None
        if self._together:
            self._together.loaded[stream] = found
        elif not fresh and kind in SETTLED:
            self.known.put(stream, found, size=size)
        return found

    def load(self, kind: type[Any], ref: str, *, fresh: bool = False) -> Any:
        """Return the thing of this kind and reference, or refuse."""
        found = self.find(kind, ref, fresh=fresh)
        if found is None:
            raise NotFound(kind=kind.TOPIC.replace("_", "-"), ref=ref)
        return found

    def moment(self, at: datetime | None) -> int:
        """Return when a command is recorded, in POSIX seconds. Refuses a time of its own but in a demonstration."""
        if at is None:
            return int(self.clock())
        if not self.demonstration:
            raise NotADemonstration
        return int(at.timestamp())

    def answered(self, caller: Caller, it: Submission) -> Done | None:
        """Return what was recorded for this very command before. Refuses a key that was used for another."""
        if it.key is None:
            return None
        try:
            positions = self.recorder.recorded(_idempotency(caller, it))
        except OtherRequest as error:
            raise KeyReused(key=it.key) from error
        return self._recorded(it, positions) if positions else None

    def on_record(self, caller: Caller, keys: Collection[str]) -> set[str]:
        """Return those of the caller's idempotency keys under which something is on record."""
        query = "SELECT key FROM desk.idempotency WHERE caller = %s AND key = ANY(%s)"
        with self.datastore.get_connection() as conn:
            return {row["key"] for row in conn.execute(query, (str(caller.account), list(keys)))}

    def _recorded(self, it: Submission, positions: Sequence[int]) -> Done:
        with self.datastore.get_connection() as conn:
            rows = conn.execute(RECORDED, (positions[0], positions[-1])).fetchall()
        if len(rows) != len(positions):
            raise HeadWentBack(f"this very command was recorded as event {positions[-1]}, which the log no longer holds")
        events = [row["jti"] for row in rows]
        return Done(it.ref, rows[-1]["version"], positions, self.recorder.receipt(positions[-1]), events, repeated=True)

    # -- load, decide, save -------------------------------------------------------------------------------------------

    def _begin(self, ref: str, create: Callable[..., Any], write: Write, /, **said: Any) -> Done:
        """Begin a stream; refuse where its reference is taken."""
        thing = create(self.origin, **said)
        taken = AlreadyExists(kind=thing.TOPIC.replace("_", " "), ref=ref)
        if self._together and thing.id in self._together.loaded:  # otherwise the append finds out
            raise taken
        if isinstance(write.signing, Preparing) and self.find(type(thing), ref):
            raise taken
        try:
            return self.record(thing, ref, write)
        except Refusal as error:
            if type(error) is Refusal:  # another event is the first of this stream
                raise taken from error
            raise

    def _change(self, kind: type[Any], ref: str, decide: Callable[..., None], write: Write, /, **said: Any) -> Done:
        """Load, decide and save; decide again where the stream moved meanwhile, unless what the caller had seen of it has changed."""
        with self.turns.of(kind, ref):
            for tries in range(kind.AT_ONCE, 0, -1):
                thing = self.load(kind, ref, fresh=True)
                if not theirs(said["acting"], thing):
                    raise NotFound(kind=kind.TOPIC.replace("_", "-"), ref=ref)
                if write.expected is not None and thing.moved_since(write.expected, said["acting"]):
                    raise StaleVersion(ref=ref, expected=write.expected, actual=thing.version)
                decide(thing, **said)
                try:
                    return self.record(thing, ref, write)
                except Refusal as error:
                    if type(error) is not Refusal:
                        raise
                    if tries == 1:
                        raise StaleVersion(ref=ref, expected=write.expected, actual="a later version") from error
        raise AssertionError

    def record(self, thing: Any, ref: str, write: Write) -> Done:
        """Append what a thing has decided, with its receipt; within `together`, with the rest of it."""
        self.outside.check(thing)
        version = thing.version
        part = self._part(thing, ref, write)
        if isinstance(part, Unsigned):
            return Done(ref, version, (), unsigned=part)
        events = [leaf.jti for leaf in part.leaves]
        if self._together is not None:
            self._together.loaded[thing.id] = thing
            self._together.parts.append(part)
            self._together.done.append(Done(ref, version, (), events=events))
            return self._together.done[-1]
        try:
            (placed,) = self.recorder.append_together([part])
        except AlreadyRecorded as error:
            return self._recorded(cast("Submission", write.submission), error.positions)
        except OtherRequest as error:
            raise KeyReused(key=error.key) from error
        except EventKnown as error:
            raise SignedAlready(ref=ref) from error
        except ReceivedWentBack as error:
            raise ClockWentBack(at=write.submission.at if write.submission else None, last="that time") from error
        return Done(ref, version, list(placed.positions), placed.receipt(placed.positions[-1]), events)

    def _part(self, thing: Any, ref: str, write: Write) -> Part | Unsigned:
        """Return what a thing has decided as one submission to the ledger, its statements signed; or unsigned, where it is prepared."""
        idempotency = _idempotency(write.caller, write.submission) if write.caller and write.submission and write.submission.key else None
        keys, at = key_changes(thing), int(self.clock()) if write.received is None else write.received
        events = [event for one in (*write.beside, thing) for event in one.collect_events()]
        if isinstance(write.signing, Preparing):
            return write.signing.unsigned(self, events, write, at)
        if isinstance(write.signing, Committing):
            stored = [*write.signing.stored(self, events, ref)]
        else:
            stored = [self.mapper.to_stored_event(event, iat=at) for event in events]
        return Part([Leaf.of(event, at) for event in stored], write.received, idempotency, keys, write.unless, write.erases)

    @contextmanager
    def together(self) -> Iterator[Together]:
        """Let the commands inside share one transaction, one signature and one write to disk: for this thread, for an import or a round.

        A refused command leaves what it had loaded in doubt: leave the context, and go on in a new one. Nothing is recorded
        until the end, where `done` of what this yields is completed with positions and receipts.
        """
        self.recorder.look()
        self._together = together = Together(self.recorder.size)
        try:
            yield together
        finally:
            self._together = None
        if together.parts:
            placed = self.recorder.append_together(together.parts)
            together.done = [
                replace(done, positions=list(where.positions), receipt=where.receipt(where.positions[-1]))
                for done, where in zip(together.done, placed, strict=True)
            ]


def _told(thing: Any, events: Iterable[Any]) -> Any:
    """Return a thing once its events were told to it: as the library does it, which asks of every event whether it can be."""
    for event in events:
        thing = event.mutate(thing)
    return thing


def _idempotency(caller: Caller, it: Submission) -> Idempotency:
    return Idempotency(str(caller.account), str(it.key), it.digest(caller.office))
