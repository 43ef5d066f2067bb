"""What was true on a day, as the log knew it at a position.

A projection supplies a pure fold and rows. What is hard about history is here, once, and is pure too: an entry recorded late, a
correction or a retraction re-folds the entries of one key in the order in which they were true, from the first day that changed.

Only entries of one key are ever folded together. Keys are short (an action, an office), so that costs little. As a rule an entry is
filed under one key, the thing in whose stream it is, and a key shows one row; either may be more (ADR 0012).
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from aggregates.entry import Entry, Recorded, standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

Row = tuple[Any, ...]
BEFORE = 0  # the position of no entry: what the table already holds
_encode = json.JSONEncoder(default=str, sort_keys=True, check_circular=False, ensure_ascii=False, separators=(",", ":")).encode


def as_json(value: Any) -> str:
    """Write the value of a jsonb column: always in the same way, because a row is another when a text in it is."""
    return _encode(value)


class Projection(ABC):
    """What a read model supplies: its table, the kinds of things whose entries it reads, and how they become rows.

    `columns` are the table's own, with their SQL types; the value of a jsonb column is JSON text (`as_json`). `indexes` are what its
    questions need besides those of the clocks. `made_of` changes with rules that are data, as the columns change with the code. Of the
    events that are `together`, without their version, all of one stream are filed under every key of any of them: one of them may undo
    another.
    """

    table: str
    kinds: frozenset[str]
    columns: ClassVar[Mapping[str, str]]
    indexes: ClassVar[Sequence[str]] = ()
    made_of: str = ""
    together: frozenset[str] = frozenset()

    def keys(self, ref: str, entry: Entry) -> Iterable[str]:  # noqa: ARG002 - any entry of the stream
        """Name all that an entry of the stream `ref` says something of: as a rule, the thing whose stream it is."""
        return (ref,)

    def under(self, key: str, ref: str, entry: Entry) -> Entry | None:
        """Return an entry as it reads under one of its keys, as the fold then takes it; None where, as corrected, it is about others."""
        return entry if key in self.keys(ref, entry) else None

    @abstractmethod
    def fold(self, entries: Sequence[Entry], before: Any = None) -> Any:
        """Return the state after standing entries of one key, going on from the state `before`; None shows no row. Total."""

    @abstractmethod
    def rows(self, key: str, state: Any) -> Mapping[str, Row]:
        """Return the values of `columns` of each row of a key, by the key that it has itself in the table and that no other shows."""


class OneRow(Projection):
    """A projection that shows one row of a key, as most do."""

    def rows(self, key: str, state: Any) -> Mapping[str, Row]:
        """Return the one row."""
        return {key: self.row(state)}

    @abstractmethod
    def row(self, state: Any) -> Row:
        """Return the values of `columns`."""


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


class _Life:
    """One key's entries so far: which of them stand, the state that each left, and what was true from when to when."""

    def __init__(self, projection: Projection, key: str, life: Sequence[tuple[str, Entry]]) -> None:
        self.projection, self.key = projection, key
        self.refs = {entry.number: ref for ref, entry in life}
        self.entries = [entry for _, entry in life]
        self.stand = self._standing()
        self.states: list[Any] = []
        self.spans: dict[tuple[str, date], tuple[int, Span]] = {}  # each with the position since which the log says so
        self.closes: list[Close] = []
        self.versions: list[Version] = []
        if self.stand:
            self._refold(0, self.stand[0].occurred_on, BEFORE)

    def add(self, ref: str, entry: Entry) -> None:
        """Put one more entry on record. Only an amendment can change what stands of those before it."""
        self.refs[entry.number] = ref
        self.entries.append(entry)
        if issubclass(entry.event, (Recorded.EntryCorrected, Recorded.EntryRetracted)):
            before, self.stand = self.stand, self._standing()
            if before != self.stand:
                self._refold(*_first_changed(before, self.stand), entry.number)
        elif read := self._read(entry.newest):
            at = bisect_left(self.stand, _in_order(read), key=_in_order)
            self.stand.insert(at, read)
            self._refold(at, read.occurred_on, entry.number)

    def _standing(self) -> list[Entry]:
        return [read for entry in standing(self.entries) if (read := self._read(entry))]

    def _read(self, entry: Entry) -> Entry | None:
        """Return an entry as it reads under this key."""
        return self.projection.under(self.key, self.refs[entry.number], entry)

    def _refold(self, at: int, first: date, number: int) -> None:
        """Fold again what stands from a place on, as the entry of this number says; what was true before the `first` day stays."""
        del self.states[at:]
        for entry in self.stand[at:]:
            self.states.append(self.projection.fold([entry], self.states[-1] if self.states else None))
        again = {place: said for place, said in self.spans.items() if said[1].end is None or said[1].end >= first}
        now = {place: span._replace(end=None) if span.end else span for place, (_, span) in again.items() if span.start < first}
        shown = {key: span for (key, _), span in now.items()}
        start = bisect_left(self.stand, first, key=lambda entry: entry.occurred_on)
        earlier = self.states[start - 1] if start else None
        days = [entry.occurred_on for entry in self.stand[start:]]
        for day, following, state in zip(days, [*days, None][1:], self.states[start:], strict=True):
            if day == following:
                continue  # the last entry of a day decides it
            if state is not earlier:
                _show(day, now, shown, {} if state is None else self.projection.rows(self.key, state))
            earlier = state
        self._say(number, again, now)

    def _say(self, number: int, again: Mapping[tuple[str, date], tuple[int, Span]], now: Mapping[tuple[str, date], Span]) -> None:
        """Say from an entry on what is true `now`, where it is other than what was said before."""
        for place, (since, span) in again.items():
            if now.get(place) == span:
                continue
            del self.spans[place]
            if since:
                self.versions.append(Version(place[0], since, number, span))
            else:
                self.closes.append(Close(*place, number))
        self.spans |= {place: (number, span) for place, span in now.items() if place not in self.spans}


def _in_order(entry: Entry) -> tuple[date, int]:
    return entry.occurred_on, entry.number


def _first_changed(before: Sequence[Entry], after: Sequence[Entry]) -> tuple[int, date]:
    """Return the first place at which other entries stand, and the first day on which that shows."""
    at = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after)))
    return at, min(entries[at].occurred_on for entries in (before, after) if len(entries) > at)


def _show(day: date, now: dict[tuple[str, date], Span], shown: dict[str, Span], rows: Mapping[str, Row]) -> None:
    """Show other rows from a day on, where they are others."""
    for key, span in list(shown.items()):
        if rows.get(key) != span.row:
            now[key, span.start] = span._replace(end=day)
            del shown[key]
    for key, row in rows.items():
        if key not in shown:
            now[key, day] = shown[key] = Span(day, None, row)


def revisions(projection: Projection, key: str, life: Sequence[tuple[str, Entry]], done: int) -> tuple[list[Close], list[Version]]:
    """Return what the entries after `done` change, one entry at a time, so that no batch size shows in the result.

    The life of a key is its entries in the order of the log, each with the reference of its stream.
    """
    old = bisect_right(life, done, key=lambda placed: placed[1].number)
    lived = _Life(projection, key, life[:old])
    for ref, entry in life[old:]:
        lived.add(ref, entry)
    still = [Version(place[0], since, None, span) for place, (since, span) in lived.spans.items() if since]
    return lived.closes, lived.versions + still
