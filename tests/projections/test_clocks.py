"""Which clocks a reader may ask for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from projections.two_clocks.clocks import Clocks, KnownBeforeAsAt, NotYetHappened, NotYetKnown, clocks, position_at
from tests.logs import Log
from tests.projections.promises import Promise
from tests.projections.views import follow, say

if TYPE_CHECKING:
    import psycopg

TODAY = date(2016, 12, 5)


def recorded(conn: psycopg.Connection[Any], *times: datetime) -> None:
    """Record an entry at each time."""
    log = Log()
    for n, time in enumerate(times):
        say(log, str(n), Promise.Made, time.date() - timedelta(1), at=time)
    follow(conn, log)


@pytest.fixture
def three(conn: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """Give a log with entries of 14 November, 1 December and 5 December 2016."""
    recorded(conn, *(datetime(2016, month, day, 9, tzinfo=UTC) for month, day in ((11, 14), (12, 1), (12, 5))))
    return conn


@pytest.mark.parametrize(
    ("day", "last", "next_day"),
    [
        (date(2016, 1, 4), datetime(2016, 1, 4, 23, 59, 59, tzinfo=UTC), datetime(2016, 1, 5, tzinfo=UTC)),
        (date(2016, 7, 4), datetime(2016, 7, 4, 22, 59, 59, tzinfo=UTC), datetime(2016, 7, 4, 23, tzinfo=UTC)),
        (date(2016, 3, 27), datetime(2016, 3, 27, 22, 59, 59, tzinfo=UTC), datetime(2016, 3, 27, 23, tzinfo=UTC)),
        (date(2016, 10, 30), datetime(2016, 10, 30, 23, 59, 59, tzinfo=UTC), datetime(2016, 10, 31, tzinfo=UTC)),
    ],
    ids=["winter", "summer", "the clocks go forward", "the clocks go back"],
)
def test_a_day_ends_at_midnight_in_london(conn: psycopg.Connection[Any], day: date, last: datetime, next_day: datetime) -> None:
    """What was recorded in the last second of a London day was known at its end; what came at midnight was not."""
    recorded(conn, last, next_day)

    assert [position_at(conn, day + timedelta(n)) for n in (-1, 0, 1)] == [0, 1, 2]


def test_without_a_wish_it_is_now(three: psycopg.Connection[Any]) -> None:
    """A reader who asks for nothing gets today, as known at the newest entry, and is told when that was recorded."""
    assert clocks(three, today=TODAY) == Clocks(TODAY, 3, datetime(2016, 12, 5, 9, tzinfo=UTC), 3)


def test_known_at_a_day_is_its_last_position(three: psycopg.Connection[Any]) -> None:
    """As known on a day means at its end; unless told, as at that day."""
    assert clocks(three, known_at=date(2016, 12, 1), today=TODAY) == Clocks(date(2016, 12, 1), 2, datetime(2016, 12, 1, 9, tzinfo=UTC), 3)
    assert clocks(three, known_at=date(2015, 1, 1), today=TODAY) == Clocks(date(2015, 1, 1), 0, None, 3)


def test_a_position_is_all_that_was_known_until_the_next(three: psycopg.Connection[Any]) -> None:
    """As known at entry 1, one may ask for any day until the one on which entry 2 was recorded, and no later one."""
    assert clocks(three, as_at=date(2016, 12, 1), known_at=1, today=TODAY).known_at == 1
    with pytest.raises(KnownBeforeAsAt):
        clocks(three, as_at=date(2016, 12, 2), known_at=1, today=TODAY)


@pytest.mark.parametrize("known_at", [4, -1, date(2016, 12, 6)])
def test_nothing_is_known_before_it_is_recorded(three: psycopg.Connection[Any], known_at: int | date) -> None:
    """A later position or day is refused: the table would answer, and answer differently tomorrow."""
    with pytest.raises(NotYetKnown):
        clocks(three, known_at=known_at, today=TODAY)


def test_a_day_to_come_is_refused(three: psycopg.Connection[Any]) -> None:
    """The position on a day to come is nobody's to know."""
    with pytest.raises(NotYetHappened, match="6 December 2016 is still to come"):
        clocks(three, as_at=date(2016, 12, 6), today=TODAY)


def test_clocks_in_the_wrong_order_are_explained(three: psycopg.Connection[Any]) -> None:
    """Who asks what was known on a day about a later one is told, in words, which date to change."""
    with pytest.raises(KnownBeforeAsAt, match="On 14 November 2016 nobody could know the position on 1 December 2016"):
        clocks(three, as_at=date(2016, 12, 1), known_at=date(2016, 11, 14), today=TODAY)
