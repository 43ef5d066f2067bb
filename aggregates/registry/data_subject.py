"""A person that the log speaks of: a reference everywhere, and a name only here, sealed under a key of their own (ledger §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, OnRecord
from aggregates.entry.values import Sealed  # noqa: TC001 - as date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from aggregates.authority import Acting


@dataclass(frozen=True, slots=True)
class SubjectState:
    """What is kept of a person; who may, opens it, until it is erased."""

    name: Sealed
    contact: Sealed | None


class DataSubject(OnRecord[SubjectState | None]):
    """A person's stream. Its id is random: nothing of the person is in it."""

    TOPIC = "data_subject"

    class Event(OnRecord.Event):
        """An event about what is kept of a person."""

    class Created(Event, Aggregate.Created):
        """What begins the stream of a person; the library wants it by this name, with a topic of its own."""

        TOPIC = "data_subject.created.v1"

    class SubjectRegistered(Created):
        """A person is known by a reference from here on."""

        TOPIC = "data_subject.subject_registered.v1"
        name: Sealed
        contact: Sealed | None

    @classmethod
    def register(
        cls,
        stream: UUID,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        name: Sealed,
        contact: Sealed | None = None,
    ) -> DataSubject:
        """Register a person under a random id, which is also the subject of the sealed values."""
        when = {"occurred_on": occurred_on, "late_reason": late_reason}
        return cls.open(cls.SubjectRegistered, stream, name=name, contact=contact, **when, **acting.said)

    @staticmethod
    def fold(entries: Iterable[Entry]) -> SubjectState | None:
        """Fold what is on record."""
        for entry in entries:
            if issubclass(entry.event, DataSubject.SubjectRegistered):
                return SubjectState(entry.body["name"], entry.body["contact"])
        return None
