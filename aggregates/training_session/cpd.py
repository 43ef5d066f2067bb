"""Which days a trainer's yearly CPD covers: those of the period that they were asked about, and of the year from it (framework L122)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from aggregates.clocks.dates import MONTHS, later

# As returns write their periods: 2016, 2016-17 (April to March), 2016-H2, 2016-Q3, or a day, from which a year counts.
PERIOD: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<ends>\d{2})|H(?P<half>[12])|Q(?P<quarter>[1-4])|(?P<month>\d{2})-(?P<day>\d{2})))?\Z"
)
APRIL: Final = 4


def covers(period: str, day: date) -> bool:
    """Say whether a period has a day in it; of one that cannot be read, no."""
    found = PERIOD.match(period)
    try:
        first, months = _span(found) if found else (day + timedelta(1), 0)
    except ValueError:
        return False
    return first <= day < later(first, months=months)


def _span(found: re.Match[str]) -> tuple[date, int]:
    """Return the first day of a period, and how many months it has."""
    year = int(found["year"])
    if found["ends"]:
        return date(year, APRIL, 1), MONTHS
    if found["half"]:
        return date(year, 1 if found["half"] == "1" else 7, 1), 6
    if found["quarter"]:
        return date(year, 3 * int(found["quarter"]) - 2, 1), 3
    if found["day"]:
        return date(year, int(found["month"]), int(found["day"])), MONTHS
    return date(year, 1, 1), MONTHS
