"""Working days of England: neither Saturdays and Sundays nor bank holidays, by a version of the calendar that is named (INV-43)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from itertools import accumulate
from typing import Final

from aggregates.errors import Refused

CALENDAR: Final = "england-2026-11"  # what is computed now is computed with this version, and says so
SATURDAY: Final = 5
ONE_DAY: Final = timedelta(days=1)


class OutsideCalendar(Refused):
    """Nobody knows the bank holidays of every year: a day outside the calendar is not guessed at."""

    rule, text = "INV-43", "{day} is outside the calendar of bank holidays {calendar}, which covers {first_year} to {last_year}"


class UnknownCalendar(Refused):
    """A clock names a version of the calendar that there is."""

    rule, text = "INV-43", "There is no calendar of bank holidays {calendar}: there are {calendars}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """One version of England's bank holidays, its source, and the years that it covers."""

    name: str
    source: str
    first_year: int
    last_year: int
    days: frozenset[date]

    def works(self, day: date) -> bool:
        """Say whether a day is a working day; refuses what the calendar does not cover."""
        if not self.first_year <= day.year <= self.last_year:
            raise OutsideCalendar(day=day, calendar=self.name, first_year=self.first_year, last_year=self.last_year)
        return day.weekday() < SATURDAY and day not in self.days


def named(name: str = CALENDAR) -> Calendar:
    """Return a version of the calendar by its name."""
    known = calendars()
    if name not in known:
        raise UnknownCalendar(calendar=name, calendars=sorted(known))
    return known[name]


@cache
def calendars() -> dict[str, Calendar]:
    """Return every version that was ever shipped, by its name."""
    said = tomllib.loads(resources.files("aggregates.clocks").joinpath("bank_holidays.toml").read_text("utf-8"))
    return {name: Calendar(**{**version, "name": name, "days": frozenset(version["days"])}) for name, version in said.items()}


def add_working_days(day: date, count: int, calendar: str = CALENDAR) -> date:
    """Return the working day on which a number of working days after a day ends; the day itself is day nought."""
    version = named(calendar)
    for _ in range(count):
        day = _next(day, version)
    return day


def working_days_between(start: date, end: date, calendar: str = CALENDAR) -> int:
    """Count the working days after one day, up to and including another; none where that is not later."""
    if end <= start:
        return 0
    version = named(calendar)
    for day in (start + ONE_DAY, end):
        version.works(day)  # refuses what the calendar does not cover
    first, worked = _worked(calendar)
    return worked[end.toordinal() - first] - worked[start.toordinal() - first]


@cache
def _worked(calendar: str) -> tuple[int, list[int]]:
    """Return the day before a calendar begins, as an ordinal, and how many working days there were up to each day from then on."""
    version = named(calendar)
    first, last = date(version.first_year, 1, 1), date(version.last_year, 12, 31)
    days = (first + ONE_DAY * n for n in range((last - first).days + 1))
    return first.toordinal() - 1, [0, *accumulate(int(version.works(day)) for day in days)]


def _next(day: date, version: Calendar) -> date:
    day += ONE_DAY
    while not version.works(day):
        day += ONE_DAY
    return day
