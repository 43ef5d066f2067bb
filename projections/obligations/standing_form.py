"""What must hold of things while they are in a state: one row for each rule and thing, from the day on which it was asked for.

A thing is folded once, by its own aggregate's fold, and every fact that rules ask of its kind is asked of the state that comes out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from aggregates import AGGREGATES
from aggregates.framework import upholding
from aggregates.framework.facts import FACTS
from projections.obligations.event_form import AS_ASKED, COLUMNS, NOTHING, counting, seeking, stream_of
from projections.obligations.rules import INDEX, fingerprint
from projections.two_clocks.decoded_log import kind_of
from projections.two_clocks.timeline import Projection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from aggregates.entry import Entry
    from aggregates.framework.facts import Fact
    from aggregates.framework.index import Index
    from aggregates.framework.upholding import Thing, Upheld
    from projections.two_clocks.timeline import Row


NOT_HELD: Final = "ended_on IS NULL AND (discharged_on IS NULL OR until_on IS NOT NULL)"
NEVER_HELD: Final = f"({AS_ASKED} AND until_on IS NULL)"


class Standings(Projection):
    """Every fact that has to hold of a thing."""

    table = "standings"
    columns: ClassVar[Mapping[str, str]] = {**COLUMNS, "until_on": "date"}
    indexes: ClassVar[Sequence[str]] = (
        *seeking(NOT_HELD, NEVER_HELD),
        *counting("until_on"),
        "(rule, discharged_on, discharged_at) WHERE discharged_on IS NOT NULL AND ended_on IS NULL",
        "(rule, undone_on) WHERE undone_on IS NOT NULL",
    )

    def __init__(self, index: Index = INDEX, facts: Mapping[str, Mapping[str, Callable[[Any], Fact | None]]] = FACTS) -> None:
        """Fold by these rules and facts."""
        self.index, self.made_of = index, fingerprint(index)
        self.asked = {thing: {rule.key: facts[thing][rule.fact] for rule in rules} for thing, rules in index.standing.items()}
        aggregates: dict[str, Any] = {kind_of(str(vars(aggregate)["TOPIC"])): aggregate for aggregate in AGGREGATES}
        self.folds = {kind: aggregates[kind].fold for kind in index.standing}
        self.rules = {rule.key: rule for rules in index.standing.values() for rule in rules}
        self.kinds = frozenset(index.standing)

    def keys(self, ref: str, entry: Entry) -> Iterable[str]:
        """Name the thing."""
        return (stream_of(ref, entry),)

    def fold(self, entries: Sequence[Entry], before: Thing | None = None) -> Thing | None:
        """Fold the thing itself, and ask it the facts after each entry."""
        now = before
        for entry in entries:
            kind = kind_of(entry.event.TOPIC)
            now = upholding.step(now, self.folds[kind]([entry], now and now.state), entry, self.asked[kind], self.rules)
        return now

    def rows(self, key: str, state: Thing) -> Mapping[str, Row]:
        """Show each fact that is, or was, asked for."""
        return {f"{name}|{key}": self._row(name, key, it) for name, it in state.upheld.items() if self.owner_of(name, it)}

    def owner_of(self, name: str, it: Upheld) -> str:
        """Return whose it is: the rule says, or the fact."""
        return self.rules[name].owner or it.fact.owner

    def _row(self, name: str, key: str, it: Upheld) -> Row:
        rule = self.rules[name]
        asked = (name, rule.clause, self.owner_of(name, it), key, it.arose_on, it.asked_at, it.fact.due_on)
        held = (it.held.since, it.held.by, it.held.on, it.held.at) if it.held else (*NOTHING, *NOTHING)
        return (*asked, it.holds_since, it.held_at, it.ended_on, it.ended_at, *held, it.fact.grade or None, it.fact.until)
