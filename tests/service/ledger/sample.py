"""A small aggregate and its application, for the ledger's own tests."""

from __future__ import annotations

import os
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import StoredEvent

from aggregates.entry import Recorded
from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - fields.py reads the annotations at run time
from aggregates.entry.values import Evidence, Sealed
from service.database.connection import environment
from service.desk.coming_in import held
from service.ledger.checkpoint import LogKey
from service.ledger.registry import Enrolled, Registry
from service.ledger.sealed import Subjects
from service.ledger.statement import StatementKey, StatementMapper
from service.ledger.store import LedgerRecorder
from service.verify import ESTABLISHED, b64url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.config import Config

ORIGIN, HOLDER = "audit.board.example/log1", "muniment.board.example"
LOG_KEY = LogKey(ORIGIN, Ed25519PrivateKey.from_private_bytes(b"L" * 32))
KEY = StatementKey(HOLDER, ORIGIN, Ed25519PrivateKey.from_private_bytes(b"S" * 32))
WRAPPING_KEY = b"W" * 32
DAY = date(2027, 3, 31)


class Note(Recorded[tuple[str, ...]]):
    """A note that people write lines to."""

    TOPIC = "note"

    class Event(Recorded.Event):
        """An event of a note."""

    class Created(Event, Aggregate.Created):
        """What the library wants."""

        TOPIC = "note.created.v1"

    class Opened(Created):
        """A note was opened."""

        TOPIC = "note.opened.v1"
        ref: Identifies[Public[str]]
        title: str

    class PersonNamedFirst(Created):
        """A note was opened about somebody."""

        TOPIC = "note.person_named_first.v1"
        ref: Identifies[Public[str]]
        name: Sealed

    class Written(Event):
        """A line was written."""

        TOPIC = "note.written.v1"
        line: str

    class Evidenced(Event):
        """Files were put to it."""

        TOPIC = "note.evidenced.v1"
        evidence: tuple[Evidence, ...]

    class PersonNamed(Event):
        """A note is about somebody."""

        TOPIC = "note.person_named.v1"
        name: Sealed

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment of a note waits."""

        TOPIC = "note.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """A note was corrected."""

        TOPIC = "note.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """Something in a note does not stand."""

        TOPIC = "note.entry_retracted.v1"

    @staticmethod
    def fold(entries: Iterable[Any]) -> tuple[str, ...]:
        """Return the lines."""
        return tuple(e.body["line"] for e in entries if e.event is Note.Written)

    def write(self, line: str, **said: Any) -> None:
        """Write a line."""
        self.record("Written", line=line, occurred_on=DAY, **said)

    def put(self, *files: Evidence) -> None:
        """Put files to it."""
        self.record("Evidenced", evidence=files, occurred_on=DAY)

    def name_person(self, subject: UUID, name: str) -> None:
        """Say whom it is about."""
        self.record("PersonNamed", name=Sealed(subject, name), occurred_on=DAY)


class Sample(Application[UUID]):
    """Notes over a ledger."""

    def __init__(self, config: Config, *, log_key: LogKey = LOG_KEY, key: StatementKey = KEY, wrapping_key: bytes = WRAPPING_KEY) -> None:
        """Open the ledger of a database."""
        self._keys = log_key, key, wrapping_key
        super().__init__(environment(config.conninfo("writer")))

    @cached_property
    def subjects(self) -> Subjects:
        """The subjects' keys."""
        return Subjects(self.factory.datastore, self._keys[2], ORIGIN, erase_too=held.erase)

    @cached_property
    def registry(self) -> Registry:
        """The keys that the log knows."""
        return Registry(self.factory.datastore, ORIGIN)

    def construct_recorder(self) -> LedgerRecorder:
        """Make the recorder."""
        return LedgerRecorder(self.factory.datastore, self._keys[0], self.subjects)

    def construct_mapper(self) -> StatementMapper:
        """Make the mapper."""
        return StatementMapper(self._keys[1], self.registry, self.subjects, lambda: self.recorder.seen())  # noqa: PLW0108 - the recorder is made after the mapper

    def establish(self, **kwargs: Any) -> None:
        """Record the first event."""
        stream, key = uuid4(), self._keys[1]
        state = key.attest(ESTABLISHED, str(stream), 1, self.recorder.seen(), established(self._keys[0], key))
        enrolled = Enrolled(0, key.holder, key.signer.public, "service-statements")
        self.recorder.insert_events([StoredEvent(stream, 1, ESTABLISHED, state)], keys=[enrolled], **kwargs)

    def open(self, title: str = "Handover to the school nurse", *, person: UUID | None = None, **kwargs: Any) -> Note:
        """Open a note."""
        by = Sealed(person, str(person)) if person else None
        note = Note.open(Note.Opened, uuid4(), ref=os.urandom(4).hex(), title=title, occurred_on=DAY, by_person=by)
        self.save(note, **kwargs)
        return note


def established(log_key: LogKey, key: StatementKey) -> dict[str, object]:
    """Return the fields of the event that establishes a log."""
    said = {
        "occurred_on": DAY.isoformat(),
        "by_person": None,
        "by_office": None,
        "by_agency": None,
        "on_behalf_of": None,
        "late_reason": None,
    }
    own = {"origin": ORIGIN, "log_vkey": log_key.vkey, "statement_key": b64url(key.signer.public), "holder": key.holder}
    return said | own | {"board": "A board", "demonstration": False}
