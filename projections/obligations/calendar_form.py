"""What comes again with the calendar: one row for each thing that an owner did for a rule, as far as it can count for a period.

The periods are not here: they follow from the day on which the framework was adopted or the owner joined, and from the settings of the
Board, and are laid beside what was done when somebody asks (`periods`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from aggregates.clocks.labels import named
from aggregates.entry import Entry
from aggregates.framework.cadence import Answer, Given, counted, given_back, undone
from aggregates.framework.matching import event_of
from aggregates.framework.owing import graded, taken_back
from projections.obligations.event_form import stream_of
from projections.obligations.rules import INDEX, fingerprint
from projections.two_clocks.decoded_log import kind_of
from projections.two_clocks.timeline import Projection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from aggregates.framework.clauses import OnCalendar
    from aggregates.framework.index import Index
    from projections.two_clocks.timeline import Row


class Cadences(Projection):
    """The answers to what comes again: of all that name one period, or were given on one day, those that can count."""

    table = "cadences"
    columns: ClassVar[Mapping[str, str]] = {
        "rule": "text",
        "owner": "text",
        "names": "date",
        "done_on": "date",
        "done_at": "bigint",
        "grade": "text",
        "ends": "boolean",
        "undone_on": "date",
        "undone_at": "bigint",
    }
    indexes: ClassVar[Sequence[str]] = ("(owner)",)

    def __init__(self, index: Index = INDEX) -> None:
        """Fold by these rules."""
        self.index = index
        self.kinds = frozenset(map(kind_of, index.events_done))
        self.made_of = fingerprint(index)
        self.together = index.undone_again

    def keys(self, ref: str, entry: Entry) -> Iterator[str]:
        """Name what an entry is an answer to."""
        stream = stream_of(ref, entry)
        for pattern, rule in self.index.done(entry):
            yield from (_key(rule, owner, entry) for owner in pattern.owner.of(entry.body, stream))

    def under(self, key: str, ref: str, entry: Entry) -> Entry | None:
        """Return an entry as an answer: when, for which period, and how well, if that was said; or as what takes one back."""
        name, owner = _read(key)
        stream, rule = stream_of(ref, entry), self.index.on_calendar[name]
        event, patterns = event_of(entry.event.TOPIC), (*rule.discharged_by, *rule.ended_by)
        done = [pattern for pattern in patterns if pattern.event == event and pattern.means(entry.body, stream, owner)]
        said: dict[str, Any] = {"rule": rule, "thing": stream, "answer": None, "undoings": taken_back(rule, entry)}
        if done and _key(rule, owner, entry) == key:
            ends, grade = all(pattern in rule.ended_by for pattern in done), graded(entry, rule.graded) or None
            said["answer"] = Answer(entry.occurred_on, entry.number, _names(rule, entry), grade, ends)
        elif not said["undoings"]:
            return None
        return Entry(entry.number, entry.occurred_on, entry.event, said)

    def fold(self, entries: Sequence[Entry], before: tuple[Given, ...] | None = None) -> tuple[Given, ...] | None:
        """Keep what can count; all of it, where it may be taken back."""
        given = before or ()
        for entry in entries:
            thing, answer = entry.body["thing"], entry.body["answer"]
            for undoes, number in entry.body["undoings"]:
                given = undone(given, thing, number, entry) if undoes else given_back(given, thing, number)
            if answer and (entry.body["rule"].undone_by or _counts(given, answer)):
                given = (*given, Given(answer, thing))
        return given or None

    def rows(self, key: str, state: tuple[Given, ...]) -> Mapping[str, Row]:
        """Show each answer that can count, and each that was taken back."""
        name, owner = _read(key)
        shown: tuple[Answer, ...] = ()
        for answer, *_ in state:
            shown = (*shown, answer) if answer.undone_on else counted(shown, answer)
        return {f"{key}|{it.at}": (name, owner, it.names, it.on, it.at, it.grade, it.ends, it.undone_on, it.undone_at) for it in shown}


def _counts(given: Sequence[Given], answer: Answer) -> bool:
    kept = tuple(one.answer for one in given)
    return counted(kept, answer) is not kept


def _key(rule: OnCalendar, owner: str, entry: Entry) -> str:
    """Name all the answers that name what an entry names, or were given on the same day."""
    names = _names(rule, entry)
    return f"{rule.key}|{owner}|{f'for {names}' if names else f'on {entry.occurred_on}'}"


def _read(key: str) -> tuple[str, str]:
    """Return the rule and the owner that a key names."""
    name, _, rest = key.partition("|")
    return name, rest.rpartition("|")[0]


def _names(rule: OnCalendar, entry: Entry) -> date | None:
    return named(entry.body.get(rule.period)) if rule.period else None
