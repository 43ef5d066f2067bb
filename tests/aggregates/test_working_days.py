"""Working days of England are counted by a named version of the calendar (INV-43)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.clocks.working_days import (
    CALENDAR,
    OutsideCalendar,
    UnknownCalendar,
    add_working_days,
    calendars,
    named,
    working_days_between,
)

DAYS = st.dates(date(2014, 1, 1), date(2028, 6, 30))
COUNTS = st.integers(0, 60)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2016, 2, 8), 5, date(2016, 2, 15)),  # a plain week
        (date(2016, 3, 24), 1, date(2016, 3, 29)),  # over Easter
        (date(2020, 5, 7), 1, date(2020, 5, 11)),  # the early May holiday was moved to Friday 8 May
        (date(2022, 6, 1), 1, date(2022, 6, 6)),  # Thursday and Friday of the Jubilee
        (date(2022, 9, 16), 1, date(2022, 9, 20)),  # the State Funeral
        (date(2023, 5, 5), 1, date(2023, 5, 9)),  # the Coronation
        (date(2027, 12, 24), 1, date(2027, 12, 29)),  # Christmas at a weekend has two substitute days
        (date(2020, 1, 18), 0, date(2020, 1, 18)),  # day nought, a Saturday or not
    ],
)
def test_working_days_pass_over_weekends_and_bank_holidays(start, count, end):
    """A number of working days ends on the day on which England's calendar says that it ends."""
    assert add_working_days(start, count) == end


@given(start=DAYS, count=COUNTS)
@settings(max_examples=100, deadline=None)
def test_counting_there_and_back_agrees(start, count):
    """As many working days lie between a day and its end as were added, and the end is a working day."""
    end = add_working_days(start, count)

    assert working_days_between(start, end) == count
    assert count == 0 or named().works(end)


@given(start=DAYS, first=COUNTS, then=COUNTS)
@settings(max_examples=100, deadline=None)
def test_working_days_add_up(start, first, then):
    """Adding some working days and then some more is adding them all at once."""
    assert add_working_days(add_working_days(start, first), then) == add_working_days(start, first + then)


@given(start=DAYS, days=st.integers(0, 90))
@settings(max_examples=100, deadline=None)
def test_a_weekend_or_holiday_never_counts(start, days):
    """Each further day adds one working day or none, and none on a Saturday or Sunday."""
    end = start + timedelta(days=days)
    added = working_days_between(start, end + timedelta(days=1)) - working_days_between(start, end)

    assert added == named().works(end + timedelta(days=1))
    assert not (added and (end + timedelta(days=1)).weekday() in {5, 6})


def test_no_year_is_guessed():
    """A day that the calendar does not cover is refused with the years that it does cover."""
    with pytest.raises(OutsideCalendar) as refused:
        add_working_days(date(2028, 12, 29), 3)

    assert str(refused.value) == (
        "1 January 2029 is outside the calendar of bank holidays england-2026-11, which covers 2014 to 2028 "
        "(working days are those of the pinned calendar)."
    )


def test_a_version_that_is_not_there_is_refused():
    """A calendar is asked for by the name of one that there is."""
    with pytest.raises(UnknownCalendar):
        add_working_days(date(2020, 1, 1), 1, "scotland-2020")


def test_a_version_keeps_what_was_known_when_it_was_pinned():
    """What was computed before the State Funeral was proclaimed keeps the end that it had (INV-43)."""
    start = date(2022, 9, 16)

    assert add_working_days(start, 1, "england-2022-08") == date(2022, 9, 19)
    assert add_working_days(start, 1, CALENDAR) == date(2022, 9, 20)


def test_every_version_lists_only_week_days_of_the_years_that_it_covers():
    """A calendar lists no day at a weekend, eight to ten days in each of its years, and where it is from."""
    for version in calendars().values():
        for year in range(version.first_year, version.last_year + 1):
            days = [day for day in version.days if day.year == year]

            assert 8 <= len(days) <= 10
            assert all(day.weekday() < 5 for day in days)
        assert {day.year for day in version.days} <= set(range(version.first_year, version.last_year + 1))
        assert "gov.uk" in version.source
