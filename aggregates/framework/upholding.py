"""Whether facts hold of a thing that is in a state in which they have to: since when each is asked for, and since when it holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aggregates.framework.owing import taken_back

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from aggregates.entry import Entry
    from aggregates.framework.clauses import Standing
    from aggregates.framework.facts import Fact


@dataclass(frozen=True, slots=True)
class Held:
    """That a fact held, since when and by which entry, and the one that undid that."""

    since: date
    by: int
    on: date
    at: int


@dataclass(frozen=True, slots=True)
class Upheld:
    """One fact of one thing on a day. Without `holds_since` it does not hold; once it is not asked for any more it has ended.

    `held` is the last time that it did before that was undone; where only more came to be asked for, nothing was.
    """

    fact: Fact
    arose_on: date
    asked_at: int
    holds_since: date | None = None
    held_at: int | None = None
    ended_on: date | None = None
    ended_at: int | None = None
    held: Held | None = None


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing on a day: its own state, and the facts that are or were asked of it, by the rule."""

    state: Any
    upheld: Mapping[str, Upheld]


def step(
    before: Thing | None, state: Any, entry: Entry, asked: Mapping[str, Callable[[Any], Fact | None]], rules: Mapping[str, Standing]
) -> Thing:
    """Return a thing after an entry, once its own fold has taken it: only facts that changed are new."""
    upheld = before.upheld if before else {}
    found: dict[str, Upheld] = {}
    for rule, fact in asked.items():
        was = upheld.get(rule)
        after = changed(was, None if state is None else fact(state), entry, rules[rule])
        if after is not None and after is not was:
            found[rule] = after
    return Thing(state, {**upheld, **found} if found else upheld)


def changed(was: Upheld | None, now: Fact | None, entry: Entry, rule: Standing) -> Upheld | None:
    """Return a fact as it stands after an entry; what is no longer asked for stays on record as ended."""
    on, at = entry.occurred_on, entry.number
    if was is not None and was.ended_on is None and was.fact == now:
        return was
    if now is None:
        return was if was is None or was.ended_on is not None else replace(was, ended_on=on, ended_at=at)
    if was is None or was.ended_on is not None:
        was = Upheld(now, on, at)
    if not now.holds:
        held = was.held
        if was.holds_since and was.held_at and any(undoes for undoes, _ in taken_back(rule, entry)):
            held = Held(was.holds_since, was.held_at, on, at)
        return replace(was, fact=now, holds_since=None, held_at=None, held=held)
    return replace(was, fact=now, holds_since=was.holds_since or on, held_at=was.held_at or at)
