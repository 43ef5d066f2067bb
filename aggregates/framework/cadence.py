"""The periods of an obligation that comes again: from a day on, one after the other; each is met by what was done for it, or in it.

A label such as 2016, 2016-17 (from April), 2016-H1, 2016-Q3 or 2016-09 says for which days something was done: then a late answer meets
its own period, and not the one in which it came. Without a label, the day on which it was done decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from aggregates.clocks.dates import MONTHS, later
from aggregates.framework.owing import after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from aggregates.framework.clauses import Span

YEAR: Final = re.compile(r"(\d{4})\Z")
ACROSS: Final = re.compile(r"(\d{4})-(\d{2}|\d{4})\Z")
PART: Final = re.compile(r"(\d{4})-?([HQ])([1-4])\Z")
MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])\Z")
APRIL: Final = 4
PARTS: Final = {"H": 6, "Q": 3}
MOST: Final = 10_000  # periods of one owner: beyond any framework


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, its last included, and the day by which what it asks for is due."""

    first: date
    last: date
    due_on: date


@dataclass(frozen=True, slots=True)
class Answer:
    """Something that was done: when, by which entry, for which days if it says so, and how well if somebody graded it."""

    on: date
    at: int
    meant: tuple[date, date] | None
    grade: str = ""


def periods(begins: date, every: Span, count: int, until: date, *, grace: tuple[Span, int] | None = None) -> Iterator[Period]:
    """Give the periods that begin from a day on, up to the one in which another day is."""
    first = begins
    for number in range(1, MOST):
        if first > until or count < 1:
            return
        following = after(begins, every, count * number)
        last = following - timedelta(1)
        yield Period(first, last, after(last, *grace) if grace else last)
        first = following


def met_by(period: Period, answers: Iterable[Answer]) -> Answer | None:
    """Return the first thing that was done for a period."""
    mine = [answer for answer in answers if _is_for(answer, period)]
    return min(mine, key=lambda answer: (answer.on, answer.at), default=None)


def _is_for(answer: Answer, period: Period) -> bool:
    if answer.meant is None:
        return period.first <= answer.on <= period.due_on
    first, last = answer.meant
    middle = first + (last - first) / 2  # of days that overlap two periods, those in which most of them are
    return period.first <= middle <= period.last


def meant(label: str | None) -> tuple[date, date] | None:
    """Return the days that a label of a period means; None where it is not written as one."""
    said = (label or "").strip().upper()
    if found := YEAR.match(said):
        return _stretch(int(found[1]), 1, MONTHS)
    if found := PART.match(said):
        months, number = PARTS[found[2]], int(found[3])
        return _stretch(int(found[1]), (number - 1) * months + 1, months) if number * months <= MONTHS else None
    if (found := ACROSS.match(said)) and int(found[2][-2:]) == (int(found[1]) + 1) % 100:
        return _stretch(int(found[1]), APRIL, MONTHS)
    if found := MONTH.match(said):
        return _stretch(int(found[1]), int(found[2]), 1)
    return None


def _stretch(year: int, month: int, months: int) -> tuple[date, date] | None:
    if not date.min.year <= year < date.max.year:
        return None
    first = date(year, month, 1)
    return first, later(first, months=months) - timedelta(1)


def unanswered(owed: Sequence[Period], answers: Sequence[Answer]) -> list[Period]:
    """Return the periods for which nothing was done."""
    return [period for period in owed if met_by(period, answers) is None]
