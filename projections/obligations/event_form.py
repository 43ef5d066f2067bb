"""What events ask for: one row for each clause, owner and subject, from the day on which it was asked for. Only positions, no texts.

An entry is filed under each obligation of which it speaks: a report sent to thirty agencies asks several things of each of them. What
is overdue is not stored: it is found from the day for which somebody asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from aggregates.entry import Entry
from aggregates.framework import owing
from aggregates.framework.clauses import OnEvent  # noqa: TC001 - of the state
from aggregates.framework.owing import Owing  # noqa: TC001 - as above
from projections.obligations.rules import INDEX, fingerprint
from projections.two_clocks.decoded_log import kind_of
from projections.two_clocks.timeline import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aggregates.framework.index import Index
    from projections.two_clocks.timeline import Row

UNDONE: Final[Mapping[str, str]] = {  # that it was discharged, and what took that back
    "was_discharged_on": "date",
    "was_discharged_at": "bigint",
    "undone_on": "date",
    "undone_at": "bigint",
}
COLUMNS: Final[Mapping[str, str]] = {
    "rule": "text",
    "clause": "text",
    "owner": "text",
    "subject": "text",
    "arose_on": "date",
    "asked_at": "bigint",
    "due_on": "date",
    "discharged_on": "date",
    "discharged_at": "bigint",
    "ended_on": "date",
    "ended_at": "bigint",
    **UNDONE,
    "grade": "text",
}
NOTHING: Final = (None, None)
STILL_OPEN: Final = "discharged_on IS NULL AND ended_on IS NULL"
# What is open is as a rule as it was asked for, true and known ever since: an index of two numbers finds it, where ranges are slow to read.
AS_ASKED: Final = """
    (discharged_on IS NULL AND undone_on IS NULL AND upper_inf(valid) AND lower(valid) = arose_on
     AND upper_inf(known) AND lower(known) = asked_at)"""
# What is settled is only counted, rule by rule: the indexes have all that this takes, and the table is not read. As a rule it was
# discharged and nothing has changed since, and so it is true from the day of that, and known from its entry.
SETTLED: Final = "(discharged_on IS NOT NULL OR ended_on IS NOT NULL)"
UNCHANGED: Final = """
    (ended_on IS NULL AND upper_inf(valid) AND lower(valid) = discharged_on AND upper_inf(known) AND lower(known) = discharged_at)"""


def seeking(still: str, as_asked: str) -> tuple[str, ...]:
    """Return the indexes by which open obligations are found: those that stand as they were asked for, and the others."""
    return (
        f"(owner, rule, arose_on, asked_at) INCLUDE (due_on) WHERE {still} AND {as_asked} IS TRUE",
        f"USING gist (owner, valid, known) WHERE {still} AND {as_asked} IS NOT TRUE",
    )


def counting(*more: str) -> tuple[str, ...]:
    """Return the indexes by which settled obligations are counted: those that nothing has changed since, and the others."""
    days = ", ".join(("arose_on", "due_on", "ended_on", *more))
    return (
        f"(rule, owner, discharged_on, discharged_at) INCLUDE ({days}) WHERE {UNCHANGED} IS TRUE",
        f"(rule, owner) INCLUDE (discharged_on, {days}, valid, known) WHERE {SETTLED} AND {UNCHANGED} IS NOT TRUE",
    )


class State(NamedTuple):
    """What is owed by a rule."""

    rule: OnEvent
    owing: Owing


class Obligations(Projection):
    """Every obligation that an event asked for."""

    table = "obligations"
    columns: ClassVar[Mapping[str, str]] = COLUMNS
    indexes: ClassVar[Sequence[str]] = (
        *seeking(STILL_OPEN, AS_ASKED),
        *counting(),
        "(clause)",
    )

    def __init__(self, index: Index = INDEX) -> None:
        """Fold by these rules."""
        self.index = index
        self.kinds = frozenset(map(kind_of, index.events_owed))
        self.made_of = fingerprint(index)
        self.together = index.undone

    def keys(self, ref: str, entry: Entry) -> Iterator[str]:
        """Name the obligations of which an entry speaks."""
        stream = stream_of(ref, entry)
        for pattern, rule in self.index.owed(entry):
            subjects = list(pattern.subject.of(entry.body, stream))
            yield from (f"{rule.key}|{owner}|{subject}" for owner in pattern.owner.of(entry.body, stream) for subject in subjects)

    def under(self, key: str, ref: str, entry: Entry) -> Entry | None:
        """Return what an entry does to one obligation."""
        name, owner, subject = key.split("|", 2)
        rule = self.index.on_event[name]
        moments = owing.moments(rule, entry, owner, subject, stream_of(ref, entry))
        said = {"rule": rule, "moments": moments}
        return Entry(entry.number, entry.occurred_on, entry.event, said) if moments else None

    def fold(self, entries: Sequence[Entry], before: State | None = None) -> State | None:
        """Fold what happened to one obligation."""
        now = before
        for entry in entries:
            rule: OnEvent = entry.body["rule"]
            now = State(rule, owing.fold(entry.body["moments"], rule, now and now.owing))
        return now

    def rows(self, key: str, state: State) -> Mapping[str, Row]:
        """Show what was asked for, and what became of it."""
        it = state.owing
        if it.arose_on is None:
            return {}
        name, owner, subject = key.split("|", 2)
        asked = (name, state.rule.clause, owner, subject, it.arose_on, it.asked_at, it.due_on)
        done = (it.since, it.done.at) if it.done else NOTHING
        ended = (it.ended.on, it.ended.at) if it.ended else NOTHING
        undone = (it.undone.since, it.undone.was.at, it.undone.on, it.undone.at) if it.undone else (*NOTHING, *NOTHING)
        return {key: (*asked, *done, *ended, *undone, (it.done.grade or None) if it.done else None)}


def stream_of(ref: str, entry: Entry) -> str:
    """Name an entry's stream as rules do: `dissemination:D12`."""
    return f"{kind_of(entry.event.TOPIC)}:{ref}"
