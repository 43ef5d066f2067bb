"""What can be written and cannot be meant: counts of nobody, years that are not over, a period that runs backwards, days out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregates.clocks.dates import MONTHS, later
from aggregates.errors import Refused

if TYPE_CHECKING:
    from datetime import date

MOST_PEOPLE: Final = 10_000  # who could be invited to one review, or heard in it
YEARS_AHEAD: Final = 10  # for which somebody can promise to look at a review again, or to be done with it


class NotACount(Refused):
    """People are counted, from one, and no more of them than there can be."""

    text = "{field} is {number}: it counts people, so it is a number from 1 to {most}"


class NotItsYear(Refused):
    """A year is one in which it can have been."""

    text = "{year} is not a year for {ref}: it is one from {first} to {last}"


class PeriodRunsBackwards(Refused):
    """A period begins before it ends."""

    text = "The period under review of {ref} begins on {period_from}, after its end on {period_until}"


class TooFarAhead(Refused):
    """What is promised for a day is promised for one that somebody will see."""

    text = "{field} of {ref} is {day}: choose a day until {latest}"


def check_count(field: str, number: int) -> None:
    """Refuse a count of nobody, and of more people than there can be."""
    if not 1 <= number <= MOST_PEOPLE:
        raise NotACount(field=field, number=number, most=MOST_PEOPLE)


def check_year(ref: str, year: int, *, first: date, last: date) -> None:
    """Refuse a year before that of the first day or after that of the last."""
    if not first.year <= year <= last.year:
        raise NotItsYear(ref=ref, year=year, first=first.year, last=last.year)


def check_period(ref: str, period_from: date | None, period_until: date | None) -> None:
    """Refuse a period that ends before it begins; either end may be open."""
    if period_from is not None and period_until is not None and period_from > period_until:
        raise PeriodRunsBackwards(ref=ref, period_from=period_from, period_until=period_until)


def check_ahead(ref: str, occurred_on: date, **days: date | None) -> None:
    """Refuse a day that is too far from the day of the act."""
    latest = later(occurred_on, months=MONTHS * YEARS_AHEAD)
    for field, day in days.items():
        if day is not None and day > latest:
            raise TooFarAhead(ref=ref, field=field, day=day, latest=latest)
