"""What was true on a day, as the log knew it at a position.

A projection supplies a pure fold and a row. What is hard about history is here, once, and is pure too: an entry recorded late, a
correction or a retraction re-folds the entries of one key in the order in which they were true, from the first day that changed.

Only entries of one key are ever folded together. Keys are short (an action, an office), so that costs little.
"""

from __future__ import annotations

from bisect import insort
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from aggregates.entry import Entry, Recorded, standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

S = TypeVar("S")
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

    def row(self, state: S) -> tuple[Any, ...]:
        """Return the values of `columns`."""


class ByReference:
    """A projection of whole streams: what has a reference has a row."""

    def key(self, ref: str, entry: Entry) -> str | None:  # noqa: ARG002 - any entry of the stream
        """Name what an entry is about."""
        return ref


Row = tuple[Any, ...]


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

    def __init__(self, projection: Projection[Any], key: str, ref: str, entries: list[Entry]) -> None:
        self.projection, self.key, self.ref = projection, key, ref
        self.entries = entries
        self.stand = self._standing()
        self.days: dict[date, Any] = {}
        self.spans: dict[date, Span] = {}
        self._refold(0)

    def add(self, entry: Entry) -> None:
        """Put one more entry on record. Only an amendment can change what stands of those before it."""
        self.entries.append(entry)
        before = self.stand
        if issubclass(entry.event, (Recorded.EntryCorrected, Recorded.EntryRetracted)):
            self.stand = self._standing()
        else:
            self.stand = [*before]
            insort(self.stand, entry, key=lambda e: (e.occurred_on, e.number))
        pairs = zip(before, self.stand, strict=False)
        self._refold(next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(before), len(self.stand))), before)

    def _standing(self) -> list[Entry]:
        stand = standing(self.entries)
        for entry in stand:
            if self.projection.key(self.ref, entry) != self.key:
                raise MovedError(self.projection.table, self.key, entry)
        return stand

    def _refold(self, same: int, before: Sequence[Entry] = ()) -> None:
        """Fold again from the first day on which what stands is no longer the `same`; what was true before it stays."""
        changed = [entries[same].occurred_on for entries in (before, self.stand) if len(entries) > same]
        if not changed:
            return
        first = min(changed)
        self.days = {day: state for day, state in self.days.items() if day < first}
        self.spans = {start: span for start, span in self.spans.items() if start < first}
        state, shown = next(reversed(self.days.values()), None), self._reopened(first)
        again = (entry for entry in self.stand if entry.occurred_on >= first)
        for day, entries in groupby(again, key=lambda entry: entry.occurred_on):
            earlier, state = state, self.projection.fold(list(entries), state)
            self.days[day] = state
            if state is not earlier:
                shown = self._show(day, shown, None if state is None else self.projection.row(state))

    def _reopened(self, first: date) -> Span | None:
        """Return what is shown as a day begins, without an end until one is found again."""
        last = next(reversed(self.spans.values()), None)
        if last is None or (last.end is not None and last.end < first):
            return None
        self.spans[last.start] = last = last._replace(end=None)
        return last

    def _show(self, day: date, shown: Span | None, row: Row | None) -> Span | None:
        """Show another row from a day on, if it is another; return what is then shown."""
        if row == (shown and shown.row):
            return shown
        if shown:
            self.spans[shown.start] = shown._replace(end=day)
        if row is None:
            return None
        self.spans[day] = opened = Span(day, None, row)
        return opened


def revisions(projection: Projection[Any], key: str, ref: str, entries: Sequence[Entry], done: int) -> tuple[list[Close], list[Version]]:
    """Return what the entries after `done` change, one entry at a time, so that no batch size shows in the result."""
    closes: list[Close] = []
    versions: list[Version] = []
    old = [entry for entry in entries if entry.number <= done]
    life = _Life(projection, key, ref, old)
    said = {start: (BEFORE, span) for start, span in life.spans.items()}
    for entry in entries[len(old) :]:
        life.add(entry)
        now = life.spans
        for start, (since, span) in list(said.items()):
            if now.get(start) != span:
                del said[start]
                if since:
                    versions.append(Version(key, since, entry.number, span))
                else:
                    closes.append(Close(key, start, entry.number))
        said |= {start: (entry.number, span) for start, span in now.items() if start not in said}
    return closes, versions + [Version(key, since, None, span) for since, span in said.values() if since]
