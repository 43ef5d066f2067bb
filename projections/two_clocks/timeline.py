"""What was true on a day, as the log knew it at a position.

A projection supplies a pure fold and a row. What is hard about history is here, once, and is pure too: an entry recorded late, a
correction or a retraction re-folds the entries of one key in the order in which they were true, from the first day that changed.

Only entries of one key are ever folded together. Keys are short (an action, an office), so that costs little. An entry may be filed
under many keys (`UnderManyKeys`), and a key may show several rows (`OfManyRows`); most projections need neither.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import insort
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from aggregates.entry import Entry, Recorded, standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

S = TypeVar("S")
Row = tuple[Any, ...]
BEFORE = 0  # the position of no entry: what the table already holds


class Projection(Protocol[S]):
    """What a read model supplies."""

    @property
    def table(self) -> str:
        """Name its table."""

    @property
    def kinds(self) -> frozenset[str]:
        """Name the kinds of aggregates whose entries it reads."""

    @property
    def columns(self) -> Mapping[str, str]:
        """Give the table's own columns with their SQL types. The value of a jsonb column is JSON text."""

    def key(self, ref: str, entry: Entry) -> str | None:
        """Name what an entry of the stream `ref` is about, by identifying fields alone; None if it is none of ours."""

    def fold(self, entries: Sequence[Entry], before: S | None = None) -> S | None:
        """Return the state after standing entries of one key, going on from the state `before`; None shows no row. Total."""

    def row(self, state: S) -> Row:
        """Return the values of `columns`."""


class ByReference:
    """A projection of whole streams: what has a reference has a row."""

    def key(self, ref: str, entry: Entry) -> str | None:  # noqa: ARG002 - any entry of the stream
        """Name what an entry is about."""
        return ref


class OfManyRows(ABC):
    """A projection that shows several rows of one key, each under a key of its own that no other shows: what is asked of one review."""

    @abstractmethod
    def rows(self, key: str, state: Any) -> Mapping[str, Row]:
        """Return the values of `columns` of each row of a key, by the key that it has itself in the table."""

    def row(self, *_: Any) -> Row:
        """Refuse: a key has many, and whoever asks for one has not looked at what kind of projection this is."""
        raise TypeError(f"{type(self).__name__} has many rows of a key")


class UnderManyKeys(ABC):
    """A projection that files one entry under many keys: a report that is sent to thirty agencies asks something of each.

    Each key is still folded alone, over the entries as they read `under` it. A correction may make an entry say something of another
    key, or nothing of this one any more: then it is filed under that one too, and read again under both.
    """

    @abstractmethod
    def keys(self, ref: str, entry: Entry) -> Iterable[str]:
        """Name all that an entry says something of."""

    def key(self, *_: Any) -> str | None:
        """Refuse: an entry has many, as above."""
        raise TypeError(f"{type(self).__name__} files an entry under many keys")

    @abstractmethod
    def under(self, key: str, ref: str, entry: Entry) -> Entry | None:
        """Return an entry as it reads under one of the keys, as the fold then takes it; None where it says nothing of it."""


class Span(NamedTuple):
    """A row and the days on which it was true: from `start` until the day before `end`."""

    start: date
    end: date | None
    row: Row


class Version(NamedTuple):
    """A span and the positions between which the log said so."""

    key: str
    since: int
    until: int | None
    span: Span


class Close(NamedTuple):
    """The end of what the log said, until `until`, was true from `start`."""

    key: str
    start: date
    until: int


class MovedError(Exception):
    """An amendment would give an entry another key, which no command allows."""

    def __init__(self, table: str, key: str, entry: Entry) -> None:
        """Say where, and which entry."""
        super().__init__(f"{table}: entry {entry.number} of {key}, as corrected, would be about something else")
        self.table, self.key, self.position = table, key, entry.number


class _Life:
    """One key's entries so far: what stands of them, the state that each day ended with, and what was true from when to when."""

    def __init__(self, projection: Projection[Any], key: str, refs: Mapping[int, str], entries: list[Entry]) -> None:
        self.projection, self.key, self.refs = projection, key, refs
        self.entries = entries
        self.stand = self._standing()
        self.days: dict[date, Any] = {}
        self.spans: dict[tuple[str, date], Span] = {}
        self._refold(0)

    def add(self, entry: Entry) -> None:
        """Put one more entry on record. Only an amendment can change what stands of those before it."""
        self.entries.append(entry)
        before = self.stand
        if issubclass(entry.event, (Recorded.EntryCorrected, Recorded.EntryRetracted)):
            self.stand = self._standing()
        elif read := self._read(entry.newest):
            self.stand = [*before]
            insort(self.stand, read, key=lambda e: (e.occurred_on, e.number))
        pairs = zip(before, self.stand, strict=False)
        self._refold(next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(before), len(self.stand))), before)

    def _standing(self) -> list[Entry]:
        return [read for entry in standing(self.entries) if (read := self._read(entry))]

    def _read(self, entry: Entry) -> Entry | None:
        """Return an entry as it reads under this key."""
        ref = self.refs[entry.number]
        if isinstance(self.projection, UnderManyKeys):
            return self.projection.under(self.key, ref, entry)
        proposes = issubclass(entry.event, Recorded.AmendmentProposed)  # filed with what it would amend, and says nothing yet
        if not proposes and self.projection.key(ref, entry) != self.key:
            raise MovedError(self.projection.table, self.key, entry)
        return entry

    def _refold(self, same: int, before: Sequence[Entry] = ()) -> None:
        """Fold again from the first day on which what stands is no longer the `same`; what was true before it stays."""
        changed = [entries[same].occurred_on for entries in (before, self.stand) if len(entries) > same]
        if not changed:
            return
        first = min(changed)
        self.days = {day: state for day, state in self.days.items() if day < first}
        self.spans = {place: span for place, span in self.spans.items() if span.start < first}
        state, shown = next(reversed(self.days.values()), None), self._reopened(first)
        again = (entry for entry in self.stand if entry.occurred_on >= first)
        for day, entries in groupby(again, key=lambda entry: entry.occurred_on):
            earlier, state = state, self.projection.fold(list(entries), state)
            self.days[day] = state
            if state is not earlier:
                self._show(day, shown, {} if state is None else self._rows(state))

    def _rows(self, state: Any) -> Mapping[str, Row]:
        if isinstance(self.projection, OfManyRows):
            return self.projection.rows(self.key, state)
        return {self.key: self.projection.row(state)}

    def _reopened(self, first: date) -> dict[str, Span]:
        """Return what is shown as a day begins, without an end until one is found again."""
        last = {key: span for (key, _), span in self.spans.items()}  # of each row the latest
        shown = {key: span._replace(end=None) for key, span in last.items() if span.end is None or span.end >= first}
        self.spans |= {(key, span.start): span for key, span in shown.items()}
        return shown

    def _show(self, day: date, shown: dict[str, Span], rows: Mapping[str, Row]) -> None:
        """Show other rows from a day on, where they are others."""
        for key, span in list(shown.items()):
            if rows.get(key) != span.row:
                self.spans[key, span.start] = span._replace(end=day)
                del shown[key]
        for key, row in rows.items():
            if key not in shown:
                self.spans[key, day] = shown[key] = Span(day, None, row)


def revisions(
    projection: Projection[Any], key: str, refs: Mapping[int, str], entries: Sequence[Entry], done: int
) -> tuple[list[Close], list[Version]]:
    """Return what the entries after `done` change, one entry at a time, so that no batch size shows in the result.

    `refs` has the reference of each entry's stream, by its number.
    """
    closes: list[Close] = []
    versions: list[Version] = []
    old = [entry for entry in entries if entry.number <= done]
    life = _Life(projection, key, refs, old)
    said = {place: (BEFORE, span) for place, span in life.spans.items()}
    for entry in entries[len(old) :]:
        life.add(entry)
        now = life.spans
        for place, (since, span) in list(said.items()):
            if now.get(place) != span:
                del said[place]
                if since:
                    versions.append(Version(place[0], since, entry.number, span))
                else:
                    closes.append(Close(*place, entry.number))
        said |= {place: (entry.number, span) for place, span in now.items() if place not in said}
    return closes, versions + [Version(place[0], since, None, span) for place, (since, span) in said.items() if since]
