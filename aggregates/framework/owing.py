"""An obligation that an event asked for: since when it is owed, by when, and what discharged or ended it. A pure fold, as everywhere.

    asked → discharged | ended → asked again …
            discharged → undone, and owed as before → discharged by something else …

What was done on the day counts, in whatever order it was recorded; what was done earlier counts where the rule takes it `early`: the
poster was sent, and then the review was published. While it is open, to be asked again changes nothing; once it is discharged or
ended, it is owed again.

Whatever discharges it is kept, because what does may be taken back. While any of it stands it is met, since the first day from which
something stood without a break: who replaces a poster has not put one up late.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias

from aggregates.clocks.dates import MONTHS, later
from aggregates.entry.fields import fields_by_name
from aggregates.framework.matching import event_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from aggregates.entry import Entry
    from aggregates.framework.clauses import Due, OnEvent, Rule, Span

Does: TypeAlias = Literal["undoes", "gives back", "discharges", "ends", "grades", "asks"]
ROLES: Final[tuple[tuple[Does, str], ...]] = (  # after what an entry takes back, or gives back
    ("discharges", "discharged_by"),
    ("ends", "ended_by"),
    ("grades", "graded_by"),
    ("asks", "trigger"),  # last: an entry that does several of these settles what was open, and asks anew
)


class Moment(NamedTuple):
    """What one entry does to one obligation: by which pattern of its rule, and what it says of the due date or the grade.

    `thing` is the entry's own stream: what it did is taken back there, and nowhere else.
    """

    does: Does
    pattern: int
    on: date
    at: int
    due_on: date | None
    grade: str
    asks_too: bool
    thing: str


class Done(NamedTuple):
    """What discharged it, or did one thing of those of which all are needed. `taken_back` by which of the rule's undoings, if by any."""

    on: date
    at: int
    grade: str
    pattern: int
    thing: str
    taken_back: int | None = None


class Undone(NamedTuple):
    """That it was discharged, since when, and what took that back."""

    was: Done
    since: date
    on: date
    at: int


class Owing(NamedTuple):
    """An obligation on a day. `arose_on` is None while nobody has asked.

    `done` is the first of all that was `done_so_far` with which it is discharged and that stands, and `since` the day from which
    something stood without a break. `undone` is the last time that this was taken back. It has `ended` where it is not discharged.
    """

    arose_on: date | None = None
    asked_at: int | None = None
    due_on: date | None = None
    done_so_far: tuple[Done, ...] = ()
    done: Done | None = None
    since: date | None = None
    undone: Undone | None = None
    asked_no_more: Moment | None = None

    @property
    def ended(self) -> Moment | None:
        """Return what ended it."""
        return None if self.done else self.asked_no_more

    @property
    def over(self) -> bool:
        """Say whether nothing is owed any more."""
        return self.done is not None or self.asked_no_more is not None


def moments(rule: OnEvent, entry: Entry, owner: str, subject: str, stream: str) -> list[Moment]:
    """Return what an entry does to what an owner owes by a rule about a subject; nothing where the rule does not speak of it."""
    found: list[tuple[Does, int]] = [("undoes" if undoes else "gives back", number) for undoes, number in taken_back(rule, entry)]
    event = event_of(entry.event.TOPIC)
    found += [
        (does, number)
        for does, patterns in ROLES
        for number, pattern in enumerate(getattr(rule, patterns))
        if pattern.event == event and pattern.means(entry.body, stream, owner) and subject in pattern.subject.of(entry.body, stream)
    ]
    asks_too = any(does == "asks" for does, _ in found)
    due_on, grade = due(rule.due, entry) if asks_too else None, graded(entry, rule.graded)
    return [Moment(does, number, entry.occurred_on, entry.number, due_on, grade, asks_too, stream) for does, number in found]


def taken_back(rule: Rule, entry: Entry) -> list[tuple[bool, int]]:
    """Return by which undoings of a rule an entry takes back what was done in its stream, or gives back what one of them had taken."""
    event = event_of(entry.event.TOPIC)
    return [(undoing.speaks_of(entry.body), number) for number, undoing in enumerate(rule.undone_by) if undoing.event == event]


def fold(happened: Iterable[Moment], rule: OnEvent, before: Owing | None = None) -> Owing:
    """Fold what happened to one obligation, in the order in which it was true."""
    now = before or Owing()
    for moment in happened:
        now = FOLDS[moment.does](now, moment, rule)
    return now


def _asked(now: Owing, moment: Moment, rule: OnEvent) -> Owing:
    if now.arose_on is not None and not now.over:
        return now
    kept = Owing()
    if now.arose_on is None:
        kept = now if rule.early else _of_the_day(now, moment.on, rule)
    return kept._replace(arose_on=moment.on, asked_at=moment.at, due_on=moment.due_on)


def _of_the_day(now: Owing, day: date, rule: OnEvent) -> Owing:
    """Leave what was done before a day, which counts for nothing that is asked on it."""
    so_far = tuple(one for one in now.done_so_far if one.on == day)
    done = _first(so_far, rule)
    return Owing(done_so_far=so_far, done=done, since=day if done else None)


def _discharged(now: Owing, moment: Moment, rule: OnEvent) -> Owing:
    if now.asked_no_more or (moment.asks_too and now.arose_on is None):  # what an entry itself asks for, it does not discharge
        return now
    done = Done(moment.on, moment.at, moment.grade, moment.pattern, moment.thing)
    return _settled(now, (*now.done_so_far, done), moment, rule)


def _undone(now: Owing, moment: Moment, rule: OnEvent) -> Owing:
    so_far = tuple(
        one._replace(taken_back=moment.pattern) if one.thing == moment.thing and one.taken_back is None else one for one in now.done_so_far
    )
    return now if so_far == now.done_so_far else _settled(now, so_far, moment, rule)


def _given_back(now: Owing, moment: Moment, rule: OnEvent) -> Owing:
    """Let what was taken back discharge it anew, by the entry that gives it back."""
    back = [one for one in now.done_so_far if one.thing == moment.thing and one.taken_back == moment.pattern]
    if not back:
        return now
    again = (one._replace(on=moment.on, at=moment.at, taken_back=None) for one in back)
    return _settled(now, (*(one for one in now.done_so_far if one not in back), *again), moment, rule)


def _settled(now: Owing, so_far: tuple[Done, ...], moment: Moment, rule: OnEvent) -> Owing:
    """Say what discharges it of all that was done, and since when without a break: on one day, one thing may take another's place."""
    done, since, undone = _first(so_far, rule), now.since, now.undone
    if now.done and now.since and (done is None or done.at != now.done.at):
        undone = Undone(now.done, now.since, moment.on, moment.at)
    if done is None or since is None:
        from_then = undone.since if undone and undone.on == moment.on else moment.on
        since = from_then if done else None
    return now._replace(done_so_far=so_far, done=done, since=since, undone=undone)


def _first(so_far: Iterable[Done], rule: OnEvent) -> Done | None:
    """Return that with which it is discharged: the first that stands, or the first with which each of all that are needed does."""
    met: set[int] = set()
    for one in so_far:
        if one.taken_back is None:
            met.add(one.pattern)
            if not rule.all_of or len(met) == len(rule.discharged_by):
                return one
    return None


def _ended(now: Owing, moment: Moment, rule: OnEvent) -> Owing:  # noqa: ARG001 - every fold takes the rule
    return now if now.asked_no_more or now.arose_on is None else now._replace(asked_no_more=moment)


def _graded(now: Owing, moment: Moment, rule: OnEvent) -> Owing:  # noqa: ARG001 - as above
    if now.done is None or not moment.grade:
        return now
    graded = now.done._replace(grade=moment.grade)
    return now._replace(done=graded, done_so_far=tuple(graded if one == now.done else one for one in now.done_so_far))


FOLDS: Final[Mapping[Does, Callable[[Owing, Moment, OnEvent], Owing]]] = {
    "undoes": _undone,
    "gives back": _given_back,
    "asks": _asked,
    "discharges": _discharged,
    "ends": _ended,
    "grades": _graded,
}


def due(said: Due | None, entry: Entry) -> date | None:
    """Return the day by which an entry asks for something; None where none is stated, or only a setting of the Board says."""
    if said is None:
        return None
    day = entry.body.get(said.field) if said.field else entry.occurred_on
    if not isinstance(day, date) or said.span is None:
        return day if isinstance(day, date) else None
    return None if said.span.setting else after(day, said.span, said.span.count)


def after(day: date, span: Span, count: int) -> date:
    """Return the day that is a span of so many of its units after another, months clamped to their end (INV-23)."""
    if span.unit == "days":
        return day + timedelta(min(count, (date.max - day).days))
    return later(day, months=count if span.unit == "months" else count * MONTHS)


def graded(entry: Entry, field: str) -> str:
    """Return the grade that somebody decided, in words: of several, each with what it is of; of what is restricted, that it is there."""
    said = entry.body.get(field) if field else None
    if said in (None, "", ()):
        return ""
    if (declared := fields_by_name(entry.event).get(field)) is None or declared.sensitivity not in {"public", "partners"}:
        return "recorded"
    return ", ".join(_grade(one) for one in said) if isinstance(said, (list, tuple)) else str(said)


def _grade(one: Any) -> str:
    if not isinstance(one, dict):
        return str(one)
    of = one.get("standard") or one.get("point") or ""
    return f"{of}: {one.get('grade', '')}" if of else str(one.get("grade", ""))
