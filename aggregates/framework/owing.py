"""An obligation that an event asked for: since when it is owed, by when, and what discharged or ended it. A pure fold, as everywhere.

    asked → discharged | ended → asked again …

What was done on the day counts, in whatever order it was recorded; what was done earlier counts where the rule takes it `early`: the
poster was sent, and then the review was published. While it is open, to be asked again changes nothing; once it is discharged or
ended, it is owed again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from aggregates.clocks.dates import MONTHS, later
from aggregates.entry.fields import fields_by_name
from aggregates.framework.matching import event_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from aggregates.entry import Entry
    from aggregates.framework.clauses import Due, OnEvent, Span
    from aggregates.framework.matching import Pattern

Does: TypeAlias = Literal["discharges", "ends", "grades", "asks"]
ROLES: Final[tuple[tuple[Does, str], ...]] = (
    ("discharges", "discharged_by"),
    ("ends", "ended_by"),
    ("grades", "graded_by"),
    ("asks", "trigger"),  # last: an entry that does several of these settles what was open, and asks anew
)


@dataclass(frozen=True, slots=True)
class Moment:
    """What one entry does to one obligation: by which pattern of its rule, and what it says of the due date or the grade."""

    does: Does
    pattern: int
    on: date
    at: int
    due_on: date | None
    grade: str
    asks_too: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What discharged it."""

    on: date
    at: int
    grade: str


@dataclass(frozen=True, slots=True)
class Owing:
    """An obligation on a day. `arose_on` is None while nobody has asked; `so_far` has the patterns met of those of which all are needed."""

    arose_on: date | None = None
    asked_at: int | None = None
    due_on: date | None = None
    done: Done | None = None
    ended_on: date | None = None
    ended_at: int | None = None
    so_far: frozenset[int] = frozenset()

    @property
    def over(self) -> bool:
        """Say whether nothing is owed any more."""
        return self.done is not None or self.ended_on is not None


def moments(rule: OnEvent, entry: Entry, owner: str, subject: str, stream: str) -> list[Moment]:
    """Return what an entry does to what an owner owes by a rule about a subject; nothing where the rule does not speak of it."""
    found: list[tuple[Does, int]] = [
        (does, number)
        for does, patterns in ROLES
        for number, pattern in enumerate(getattr(rule, patterns))
        if _meant(pattern, entry, owner, subject, stream)
    ]
    asks_too = any(does == "asks" for does, _ in found)
    due_on, grade = due(rule.due, entry) if asks_too else None, graded(entry, rule.graded)
    return [Moment(does, number, entry.occurred_on, entry.number, due_on, grade, asks_too) for does, number in found]


def _meant(pattern: Pattern, entry: Entry, owner: str, subject: str, stream: str) -> bool:
    if pattern.event != event_of(entry.event.TOPIC) or not pattern.speaks_of(entry.body):
        return False
    return owner in pattern.owner.of(entry.body, stream) and subject in pattern.subject.of(entry.body, stream)


def fold(happened: Iterable[Moment], rule: OnEvent, before: Owing | None = None) -> Owing:
    """Fold what happened to one obligation, in the order in which it was true."""
    now = before or Owing()
    for moment in happened:
        now = FOLDS[moment.does](now, moment, rule)
    return now


def _asked(now: Owing, moment: Moment, rule: OnEvent) -> Owing:
    if now.arose_on is not None and not now.over:
        return now
    done = now.done.on if now.done else moment.on
    kept = now if now.arose_on is None and (rule.early or done == moment.on) else Owing()
    return replace(kept, arose_on=moment.on, asked_at=moment.at, due_on=moment.due_on)


def _discharged(now: Owing, moment: Moment, rule: OnEvent) -> Owing:
    if now.over or (moment.asks_too and now.arose_on is None):  # what an entry itself asks for, it does not discharge
        return now
    so_far = now.so_far | {moment.pattern}
    whole = len(so_far) == len(rule.discharged_by) or not rule.all_of
    return replace(now, so_far=so_far, done=Done(moment.on, moment.at, moment.grade) if whole else None)


def _ended(now: Owing, moment: Moment, rule: OnEvent) -> Owing:  # noqa: ARG001 - every fold takes the rule
    return now if now.over or now.arose_on is None else replace(now, ended_on=moment.on, ended_at=moment.at)


def _graded(now: Owing, moment: Moment, rule: OnEvent) -> Owing:  # noqa: ARG001 - as above
    return replace(now, done=replace(now.done, grade=moment.grade)) if now.done and moment.grade else now


FOLDS: Final[Mapping[Does, Callable[[Owing, Moment, OnEvent], Owing]]] = {
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
