"""What the Board puts first in a period, which office leads on each priority, and what was learned that made it one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, ClassVar

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, Opening, Recorded, stream_id
from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - as date
from aggregates.errors import Refused, said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Acting


class PriorityTwice(Refused):
    """A priority is set once in a period."""

    text = "{priority} is a priority of {period} already"


@dataclass(frozen=True, slots=True)
class Priority:
    """One priority; `informed_by` names the findings behind it."""

    priority: str
    lead_office: str
    informed_by: tuple[str, ...]
    set_on: date


@dataclass(frozen=True, slots=True)
class PrioritiesState:
    """The priorities of a period."""

    period: str
    priorities: tuple[Priority, ...]


class Priorities(Recorded[PrioritiesState | None]):
    """What the Board puts first in one period."""

    TOPIC = "priorities"

    class Event(Recorded.Event):
        """An event of a period's priorities."""

        CLASS: ClassVar[str] = "D"

    class Created(Event, Aggregate.Created):
        """What begins the stream of a period; the library wants it by this name, with a topic of its own."""

        TOPIC = "priorities.created.v1"

    class PrioritiesSet(Event, Opening):
        """The Board sets a priority, the period's first or another."""

        TOPIC = "priorities.set.v1"
        period: Identifies[Public[str]]
        priority: Public[str]
        lead_office: Public[str]
        informed_by: Public[tuple[str, ...]]

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "priorities.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "priorities.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "priorities.entry_retracted.v1"

    @classmethod
    def begin(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        period: str,
        priority: str,
        lead_office: str,
        informed_by: tuple[str, ...] = (),
    ) -> Priorities:
        """Set the first priority of a period: what `add` does for the next."""
        said(period=period, priority=priority)
        fields = {"period": period, "priority": priority, "lead_office": lead_office, "informed_by": tuple(informed_by)}
        stream = stream_id(origin, "priorities", period)
        return cls.open(cls.PrioritiesSet, stream, occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def add(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        priority: str,
        lead_office: str,
        informed_by: tuple[str, ...] = (),
    ) -> None:
        """Set another priority of the period."""
        said(priority=priority)
        for known in self.state.priorities if self.state else ():
            if known.priority.casefold().split() == priority.casefold().split():
                raise PriorityTwice(period=self.ref, priority=priority)
        fields = {"period": self.ref, "priority": priority, "lead_office": lead_office, "informed_by": tuple(informed_by)}
        self.record("PrioritiesSet", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    @staticmethod
    def fold(entries: Iterable[Entry], before: PrioritiesState | None = None) -> PrioritiesState | None:
        """Fold what stands."""
        now = before
        for entry in entries:
            body = entry.body
            if issubclass(entry.event, Priorities.PrioritiesSet):
                now = now or PrioritiesState(body["period"], ())
                another = Priority(body["priority"], body["lead_office"], body["informed_by"], entry.occurred_on)
                now = replace(now, priorities=(*now.priorities, another))
        return now
