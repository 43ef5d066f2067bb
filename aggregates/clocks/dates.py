"""Dates as the Board counts them: in London, calendar months clamped to the month's end."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
MONTHS = 12


def day_of(text: Any) -> date:
    """Return the day that a text names as `2016-11-14`; `ValueError` for whatever else.

    Python would read `20161114` and `2016-W46-1` too: two texts for one day, of which whoever compares texts sees one.
    """
    if isinstance(text, str) and (day := _day(text)):
        return day
    raise ValueError(f"{text!r} is no date as 2016-11-14 is one")


@lru_cache(10_000)  # what is on record says the same few thousand days again and again
def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def london(seconds: float) -> date:
    """Return the day in London at a POSIX time."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(LONDON).date()


@lru_cache(10_000)
def later(day: date, *, months: int) -> date:
    """Return the same day some calendar months later, clamped to the end of the month (INV-23: 30 November → 28 February).

    And to the last day, and the first, that a calendar has: whatever is on record can be read.
    """
    year, month = divmod(day.year * MONTHS + day.month - 1 + months, MONTHS)
    if not date.min.year <= year <= date.max.year:
        return date.max if months > 0 else date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
