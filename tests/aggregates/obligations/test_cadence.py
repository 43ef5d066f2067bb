"""What comes again is laid out from a day on, and each period is met by what was done for it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.clocks.labels import meant, named
from aggregates.framework.cadence import Answer, Period, answered, counted, periods
from aggregates.framework.clauses import Span

HALF, YEAR = (Span("months", 6), 6), (Span("years", 1), 1)
BEGINS = date(2016, 8, 31)


def test_periods_follow_each_other_without_a_gap_and_without_drifting():
    """Each period begins on the day after the one before; from the end of a month they stay at the end of the month."""
    laid = periods(BEGINS, lambda _: HALF, date(2018, 1, 1))

    assert [(p.first, p.last) for p in laid] == [
        (date(2016, 8, 31), date(2017, 2, 27)),
        (date(2017, 2, 28), date(2017, 8, 30)),
        (date(2017, 8, 31), date(2018, 2, 27)),
    ]


def test_another_length_holds_from_the_next_period_on():
    """When the Board sets another interval, the period that runs keeps the one it began with."""
    laid = periods(date(2016, 9, 16), lambda day: YEAR if day < date(2017, 9, 1) else HALF, date(2018, 4, 1))

    assert [p.first for p in laid] == [date(2016, 9, 16), date(2017, 9, 16), date(2018, 3, 16)]


def test_laying_out_periods_ends():
    """At the last day that a calendar has there is an end, whatever is set."""
    assert len(periods(date(9990, 1, 1), lambda _: YEAR, date.max)) == 10


LABELS = {
    "2016": (date(2016, 1, 1), date(2016, 12, 31)),
    "2016-17": (date(2016, 4, 1), date(2017, 3, 31)),
    "2016-H2": (date(2016, 7, 1), date(2016, 12, 31)),
    "2016-Q3": (date(2016, 7, 1), date(2016, 9, 30)),
    "2016-09": (date(2016, 9, 1), date(2016, 9, 30)),
    "2016-H3": None,
    "2016-19": None,
    "soon": None,
    "": None,
}


@pytest.mark.parametrize("label", LABELS)
def test_what_a_label_means(label):
    """The labels of periods that returns carry are read as the days that they mean; what is none means nothing."""
    assert meant(label) == LABELS[label]


def test_a_late_answer_meets_the_period_that_it_names():
    """An answer that says for which period it is meets that one, however late; one that does not say, the period in which it came."""
    laid = periods(date(2016, 7, 1), lambda _: HALF, date(2017, 6, 30))
    naming = Answer(date(2017, 2, 1), 7, named("2016-H2"))
    other = Answer(date(2017, 2, 1), 8, None)

    assert [answer for _, answer in answered(laid, [naming])] == [naming, None]
    assert [answer for _, answer in answered(laid, [other])] == [None, other]


def test_the_first_answer_of_a_period_is_the_one():
    """What is done twice in a period is done once for it, and never counts for the next."""
    laid = periods(date(2016, 7, 1), lambda _: HALF, date(2017, 6, 30))
    first, second = Answer(date(2016, 9, 1), 3, None), Answer(date(2016, 10, 1), 4, None)

    assert [answer for _, answer in answered(laid, [second, first])] == [first, None]


def test_grace_reaches_back_where_nothing_was_done_yet():
    """Within the grace of a period an answer counts for it, if it has none."""
    laid = periods(date(2016, 7, 1), lambda _: HALF, date(2017, 6, 30), grace=(Span("days", 28), 28))
    late = Answer(date(2017, 1, 20), 5, None)

    assert laid[0].due_on == date(2017, 1, 28)
    assert [answer for _, answer in answered(laid, [late])] == [late, None]


DAYS = st.dates(date(2016, 6, 25), date(2016, 7, 10))
ANSWERS = st.lists(st.builds(Answer, DAYS, st.integers(1, 99), st.none() | DAYS, st.none(), st.booleans()), unique_by=lambda one: one.at)


@given(ANSWERS, st.integers(1, 6), st.integers(0, 6))
def test_what_is_not_kept_counts_for_nothing(answers, length, grace):
    """Periods are met by the answers that a view keeps exactly as they are by all that were ever given."""
    laid = periods(date(2016, 6, 28), lambda _: (Span("days", length), length), date(2016, 7, 9), grace=(Span("days", grace), grace))
    kept = {}
    for answer in sorted(answers):
        group = (answer.names, answer.day)
        kept[group] = counted(kept.get(group, ()), answer)

    assert answered(laid, (answer for group in kept.values() for answer in group)) == answered(laid, answers)


# -- early, in time, late ------------------------------------------------------------------------------------------------

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
