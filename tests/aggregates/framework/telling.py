"""How an example of a clause is told: what happened on which day, and what an engine without any database makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from aggregates import EVENTS
from aggregates.clocks.labels import named
from aggregates.entry import Entry
from aggregates.entry.fields import fields_by_name, typed
from aggregates.framework.cadence import Answer, Period, answered, periods
from aggregates.framework.facts import FACTS
from aggregates.framework.index import Index
from aggregates.framework.library import SETS
from aggregates.framework.matching import event_of
from aggregates.framework.owing import after, fold, graded, moments, taken_back
from aggregates.framework.upholding import step
from aggregates.partnership.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from aggregates.framework.matching import Pattern, Undoing

INDEX = Index(SETS.values())
ADOPTED_ON = date(2016, 9, 14)
NEWEST = {event_of(topic): event for topic, event in sorted(EVENTS.items())}


@dataclass(frozen=True)
class Happened:
    """One event of the log, in its stream."""

    on: date
    stream: str
    topic: str
    said: dict[str, Any] = field(default_factory=dict)

    def entry(self, number: int) -> Entry:
        """Return it as a fold sees it: every field that it says is of the kind that its event declares."""
        event = NEWEST[self.topic]
        kinds = fields_by_name(event)
        said = {name: typed(kinds[name], value) for name, value in self.said.items()}
        return Entry(number, self.on, event, dict.fromkeys(kinds) | said | {"occurred_on": self.on})


def at(day: str, stream: str, topic: str, **said: Any) -> Happened:
    """Tell of an event."""
    return Happened(date.fromisoformat(day), stream, topic, said)


@dataclass(frozen=True)
class Told:
    """An example of a rule on events: what asks, what else happens that changes nothing, what discharges, and what ends."""

    rule: str
    owner: str
    subject: str
    asked: Happened
    met: tuple[Happened, ...]
    due: date | None = None
    grade: str = ""
    beside: tuple[Happened, ...] = ()
    ended: Happened | None = None


@dataclass(frozen=True)
class Recurring:
    """An example of a rule of the calendar: who owes it, by when the first time, and what meets it; `late` meets it after its day."""

    rule: str
    owner: str
    due: date
    met: Happened
    grade: str = ""
    beside: tuple[Happened, ...] = ()
    late: Happened | None = None


@dataclass(frozen=True)
class Upholding:
    """An example of a standing rule: a thing in a state in which the fact has to hold and does not, and one in which it does.

    `last` is the last day on which something was recorded of it that a later entry could still undo, where that is not the first of all.
    """

    rule: str
    lacking: Callable[[], Any] | None
    holding: Callable[[], Any]
    owner: str = "BOARD"
    due: date | None = None
    since: date | None = None
    grade: str = ""
    unasked: Callable[[], Any] | None = None
    until: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Found:
    """What the engine makes of it on a day."""

    arose_on: date
    due_on: date | None
    done_on: date | None = None
    grade: str = ""
    ended_on: date | None = None

    def overdue(self, day: date) -> bool:
        """Say whether it is open and late on a day."""
        return self.done_on is None and self.ended_on is None and self.due_on is not None and day > self.due_on


def found(told: Told, *happened: Happened, by: date = date.max) -> Found | None:
    """Return what is owed after all that happened by a day; None where nothing is."""
    rule = INDEX.on_event[told.rule]
    log = [(one, one.entry(number)) for number, one in enumerate(happened, 1)]
    log = sorted((pair for pair in log if pair[0].on <= by), key=lambda pair: (pair[0].on, pair[1].number))
    owing = fold((m for one, entry in log for m in moments(rule, entry, told.owner, told.subject, one.stream)), rule)
    if owing.arose_on is None:
        return None
    due_on = owing.due_on
    if due_on is None and rule.due and rule.due.span and rule.due.span.setting:
        due_on = after(owing.arose_on, rule.due.span, SETTINGS[rule.due.span.setting].holds)
    done = owing.done
    return Found(owing.arose_on, due_on, done and done.on, done.grade if done else "", owing.ended.on if owing.ended else None)


def met(told: Recurring, *happened: Happened) -> tuple[Period, Answer | None]:
    """Return the first period after the adoption, and what meets it of all that happened."""
    every = INDEX.on_calendar[told.rule].every
    count = SETTINGS[every.setting].holds if every.setting else every.count
    laid = periods(ADOPTED_ON, lambda _: (every, count), date(2030, 1, 1))
    return answered(laid, answers(told, *happened))[0]


def answers(told: Recurring, *happened: Happened) -> list[Answer]:
    """Return what the owner did of what the rule asks for."""
    rule = INDEX.on_calendar[told.rule]
    found: list[Answer] = []
    streams: dict[int, str] = {}
    for number, one in enumerate(happened, 1):
        entry = one.entry(number)
        found = [a for a in found if not (taken_back(rule, entry) and streams[a.at] == one.stream)]
        streams[number] = one.stream
        done = [pattern for pattern in (*rule.discharged_by, *rule.ended_by) if _of(pattern, told.owner, one, entry)]
        if done:
            names = named(entry.body[rule.period]) if rule.period else None
            found.append(Answer(one.on, number, names, graded(entry, rule.graded), all(pattern in rule.ended_by for pattern in done)))
    return found


def _of(pattern: Pattern, owner: str, one: Happened, entry: Entry) -> bool:
    return pattern.event == one.topic and pattern.speaks_of(entry.body) and owner in pattern.owner.of(entry.body, one.stream)


def upheld(told: Upholding, thing: Any, *more: Entry) -> Any:
    """Return how the fact stands after all that happened to a thing, and more."""
    kind, name = next((rule.thing, rule.fact) for rules in INDEX.standing.values() for rule in rules if rule.key == told.rule)
    state = now = None
    for entry in sorted((*thing.standing, *more), key=lambda entry: (entry.occurred_on, entry.number)):
        state = type(thing).fold([entry], state)
        now = step(now, state, entry, {told.rule: FACTS[kind][name]}, INDEX.rules)
    return now.upheld.get(told.rule) if now else None


def waived(told: Recurring) -> Happened:
    """Tell that the Board does not ask for a return of that period any more."""
    said = {name: value for name, value in told.met.said.items() if name in {"kind", "respondent", "period"}}
    return replace(told.met, topic="return.waived", said=said)


def undone(undoing: Undoing, did: Happened) -> Happened:
    """Tell, half a year after something was done, that its own stream takes it back."""
    said = {test.field: "RIV" if test.never else next(iter(test.values)) for test in undoing.where}
    return Happened(did.on + timedelta(183), did.stream, undoing.event, said)


def undone_on(day: date, undoing: Undoing) -> Entry:
    """Tell that a thing itself takes back, at the end of a day, what held of it."""
    said = {test.field: "slipped" if test.never else next(iter(test.values)) for test in undoing.where}
    event = NEWEST[undoing.event]
    needed: dict[str, Any] = {"due_on": date(2019, 1, 1), "organisation": "NGH"}  # where the lead reviewer of the examples worked
    return Entry(999, day, event, {name: needed.get(name) for name in fields_by_name(event)} | said | {"occurred_on": day})


def of_another(one: Happened) -> Happened:
    """Tell of the same, done by another agency: it does nothing for the first."""
    who = {"agency", "respondent"} & one.said.keys()
    return replace(one, said=one.said | dict.fromkeys(who, "CQH"))
