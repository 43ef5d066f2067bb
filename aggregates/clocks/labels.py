"""How periods are written, and which days each means: 2016, 2016-17 (April to March), 2016-H1, 2016-Q3 and 2016-09."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from aggregates.clocks.dates import MONTHS, later

YEAR: Final = re.compile(r"(\d{4})\Z")
ACROSS: Final = re.compile(r"(\d{4})-(\d{2}|\d{4})\Z")
PART: Final = re.compile(r"(\d{4})-?([HQ])([1-4])\Z")
MONTH: Final = re.compile(r"(\d{4})-(0[1-9]|1[0-2])\Z")
APRIL: Final = 4
PARTS: Final = {"H": 6, "Q": 3}


def named(label: str | None) -> date | None:
    """Return the day in the middle of what a label of a period means; None where it is not written as one."""
    days = meant(label)
    return days and days[0] + (days[1] - days[0]) / 2


def covers(label: str | None, day: date) -> bool:
    """Say whether a period has a day in it; of one that cannot be read, no."""
    days = meant(label)
    return days is not None and days[0] <= day <= days[1]


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
