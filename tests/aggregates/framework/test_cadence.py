"""What comes again: for which period something counts that was done early, in time or late."""

from __future__ import annotations

from datetime import date

from aggregates.framework.cadence import Answer, Period, answered, named

HALVES = [
    Period(date(2016, 9, 16), date(2017, 3, 15), date(2017, 3, 15)),
    Period(date(2017, 3, 16), date(2017, 9, 15), date(2017, 9, 15)),
    Period(date(2017, 9, 16), date(2018, 3, 15), date(2018, 3, 15)),
]


def met_on(*done):
    """Return the day on which each half was met, by what was done on which day for which label."""
    answers = [Answer(day, at, named(label)) for at, (day, label) in enumerate(done, 1)]
    return [answer and answer.on for _, answer in answered(HALVES, answers)]


def test_what_came_before_its_own_period_counts_for_the_one_in_which_it_came():
    """LIF-RBM-03: an audit of the first half of 2017, handed in on 6 March, is an audit in the six months that end on 15 March."""
    assert met_on((date(2017, 3, 6), "2017-H1")) == [date(2017, 3, 6), None, None]


def test_what_came_early_counts_for_its_own_period_where_the_one_in_which_it_came_was_met():
    """One audit meets one period."""
    first, second = date(2016, 12, 1), date(2017, 3, 6)
    assert met_on((first, "2016-H2"), (second, "2017-H1")) == [first, second, None]


def test_what_came_late_counts_for_the_period_that_it_names():
    """A late audit meets its own period, late, and not the one in which it came."""
    late = date(2017, 5, 2)
    assert met_on((late, "2016-H2")) == [late, None, None]


def test_what_comes_later_takes_no_period_from_what_came_before():
    """What met a period goes on meeting it: an answer of a later day changes nothing that was said until then."""
    early, late = date(2017, 3, 6), date(2017, 5, 2)
    assert met_on((early, "2017-H1"), (late, "2016-H2"))[0] == early


def test_what_was_done_twice_for_one_label_counts_once():
    """Asking two agencies early for the same half-year is asking for one half-year."""
    assert met_on((date(2017, 3, 6), "2017-H1"), (date(2017, 3, 7), "2017-H1")) == [date(2017, 3, 6), None, None]
