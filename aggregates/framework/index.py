"""Which rules speak of an event, so that nobody has to ask a hundred and fifty clauses about each entry of the log."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from aggregates.framework.clauses import OnCalendar, OnEvent, Rule, Standing
from aggregates.framework.matching import event_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from aggregates.entry import Entry
    from aggregates.framework.clauses import Clause, ObligationSet
    from aggregates.framework.matching import Pattern

R = TypeVar("R", bound=Rule)


class Index:
    """The rules of some sets, by what is asked of them."""

    def __init__(self, sets: Iterable[ObligationSet]) -> None:
        """Look at every rule once."""
        self.sets = tuple(sets)
        self.bodies = {code: name for one in self.sets for code, name in one.bodies.items()}  # those that they name, by code
        self.clauses: Mapping[str, Clause] = {name: clause for one in self.sets for name, clause in one.clauses.items()}
        rules = [rule for clause in self.clauses.values() for rule in clause.rules]
        self.rules: Mapping[str, OnEvent | OnCalendar | Standing] = {rule.key: rule for rule in rules}
        self.on_event = {rule.key: rule for rule in rules if isinstance(rule, OnEvent)}
        self.on_calendar = {rule.key: rule for rule in rules if isinstance(rule, OnCalendar)}
        self.standing: dict[str, list[Standing]] = defaultdict(list)
        for rule in rules:
            if isinstance(rule, Standing):
                self.standing[rule.thing].append(rule)
        owed = ((p, r) for r in self.on_event.values() for p in (*r.trigger, *r.discharged_by, *r.ended_by, *r.graded_by))
        self._owed = _by_event(owed)
        self._done = _by_event((p, r) for r in self.on_calendar.values() for p in (*r.discharged_by, *r.ended_by))

    def owed(self, entry: Entry) -> Iterator[tuple[Pattern, OnEvent]]:
        """Give the rules on events that speak of an entry, each with the pattern that does."""
        return _speaking(self._owed, entry)

    def done(self, entry: Entry) -> Iterator[tuple[Pattern, OnCalendar]]:
        """Give the rules of the calendar of which an entry discharges, or ends, a period for somebody."""
        return _speaking(self._done, entry)

    @property
    def undone(self) -> frozenset[str]:
        """Name the events of rules on events by which something is undone, and those of the same things that it undoes."""
        return _undone(self.on_event.values())

    @property
    def undone_again(self) -> frozenset[str]:
        """Name the same of the rules of the calendar."""
        return _undone(self.on_calendar.values())

    @property
    def events_owed(self) -> frozenset[str]:
        """Name the events of which rules on events speak."""
        return frozenset(self._owed)

    @property
    def events_done(self) -> frozenset[str]:
        """Name the events of which rules of the calendar speak."""
        return frozenset(self._done)


def _undone(rules: Collection[OnEvent | OnCalendar]) -> frozenset[str]:
    undo = {undoing.event for rule in rules for undoing in rule.undone_by}
    things = {event.partition(".")[0] for event in undo}
    done = {pattern.event for rule in rules if rule.undone_by for pattern in rule.discharged_by}
    return frozenset(undo | {event for event in done if event.partition(".")[0] in things})


def _by_event(spoken: Iterable[tuple[Pattern, R]]) -> dict[str, list[tuple[Pattern, R]]]:
    found: dict[str, list[tuple[Pattern, R]]] = defaultdict(list)
    for pattern, rule in spoken:
        found[pattern.event].append((pattern, rule))
    return found


def _speaking(by_event: Mapping[str, list[tuple[Pattern, R]]], entry: Entry) -> Iterator[tuple[Pattern, R]]:
    for pattern, rule in by_event.get(event_of(entry.event.TOPIC), ()):
        if pattern.speaks_of(entry.body):
            yield pattern, rule
