"""A small aggregate and its view, for what every two-clock view promises whatever it is about."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from eventsourcing.domain import Aggregate

from aggregates.entry import Recorded
from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - as date
from projections.two_clocks.timeline import OneRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from aggregates.entry import Entry


class State(NamedTuple):
    """A promise on one day."""

    title: str
    owner: str
    due_on: date
    status: str = "made"


class Promise(Recorded[State | None]):
    """Somebody promises something by a day."""

    TOPIC = "promise.v1"

    class Event(Recorded.Event):
        """An event of a promise."""

    class Created(Event, Aggregate.Created):
        """The library wants one of this name; nothing triggers it."""

        TOPIC = "promise.created.v1"

    class Made(Created):
        """It is made."""

        TOPIC = "promise.made.v1"
        ref: Identifies[Public[str]]
        title: Public[str]
        owner: Public[str]
        due_on: Public[date]

    class Passed(Event):
        """Another takes it on."""

        TOPIC = "promise.passed.v1"
        owner: Public[str]

    class Kept(Event):
        """It is kept."""

        TOPIC = "promise.kept.v1"

    class Dropped(Event):
        """Nobody speaks of it any more."""

        TOPIC = "promise.dropped.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """An entry was wrong."""

        TOPIC = "promise.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An entry should not stand."""

        TOPIC = "promise.entry_retracted.v1"

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "promise.amendment_proposed.v1"

    @staticmethod
    def fold(entries: Iterable[Entry], before: State | None = None) -> State | None:
        """Fold what stands."""
        state = before
        for entry in entries:
            if issubclass(entry.event, Promise.Made):
                state = State(entry.body["title"], entry.body["owner"], entry.body["due_on"])
            elif state is None:
                continue
            elif issubclass(entry.event, Promise.Passed):
                state = state._replace(owner=entry.body["owner"])
            elif issubclass(entry.event, Promise.Kept):
                state = state._replace(status="kept")
            elif issubclass(entry.event, Promise.Dropped):
                state = None
        return state


class Promises(OneRow):
    """Every promise, on any date, as known at any position."""

    table = "promises"
    kinds = frozenset({"promise"})
    columns: ClassVar[Mapping[str, str]] = {"title": "text", "owner": "text", "due_on": "date", "status": "text"}

    def fold(self, entries: Sequence[Entry], before: State | None = None) -> State | None:
        """Take the aggregate's own."""
        return Promise.fold(entries, before)

    def row(self, state: State) -> tuple[Any, ...]:
        """Show all of it."""
        return tuple(state)
