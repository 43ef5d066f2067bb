"""Clocks run by the rules of the regime under which a review arose (INV-42), and say by what right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from aggregates.clocks.clock import due, run
from aggregates.clocks.dates import day_of
from aggregates.clocks.regimes import MOMENTS, REGIMES, WORDS, Basis, Unit, UnknownRegime, regime
from aggregates.clocks.working_days import calendars
from aggregates.review import Kind
from aggregates.review import Regime as RegimeId

LSCB, MASA = regime("LSCB-WT2015"), regime("MASA-WT2018")
SCR, LCSPR = "serious case review", "local child safeguarding practice review"


def rule(name, kind=SCR, under=LSCB):
    """Return one rule of a kind of review."""
    return next(rule for rule in under.rules_for(kind) if rule.name == name)


def test_a_decision_on_day_38_is_nine_days_late():
    """Cedar was decided 38 days after notification: the month was up on 8 March, and the chair was nine days late (journey F.11)."""
    clock = run(rule("decide"), {"notified": date(2016, 2, 8), "decided": date(2016, 3, 17)}, as_at=date(2016, 4, 1), regime=LSCB)

    assert (clock.due_on, clock.gross_days, clock.state(date(2016, 4, 1)), clock.days_late(date(2016, 4, 1))) == (
        date(2016, 3, 8), 38, "late", 9,
    )  # fmt: skip
    assert clock.source.startswith("Working Together 2015")
    assert [clock.state(day) for day in (date(2016, 3, 8), date(2016, 3, 9))] == ["running", "overdue"]


def test_a_bank_holiday_inside_five_working_days_moves_their_end():
    """Good Friday and Easter Monday do not count to the five working days, and do count to fourteen calendar days."""
    clock = run(rule("incident_notify"), {"aware": date(2016, 3, 23)}, as_at=date(2016, 3, 24), regime=LSCB)

    assert clock.due_on == date(2016, 4, 1)
    assert due(rule("notify_no"), date(2016, 3, 23), LSCB.calendar) == date(2016, 4, 6)


def test_a_decision_not_to_conduct_has_a_clock_of_its_own():
    """Beech was told to the panel ten days after the decision not to conduct a review: within the fourteen (INV-03)."""
    moments = {"decided": date(2015, 6, 30), "declined": date(2015, 6, 30), "decision_notified": date(2015, 7, 10)}
    clocks = [run(found, moments, as_at=date(2015, 8, 1), regime=LSCB) for found in LSCB.rules_for(SCR)]
    (clock,) = [clock for clock in clocks if clock]

    assert (clock.name, clock.gross_days, clock.state(date(2015, 8, 1))) == ("notify_no", 10, "met")


def test_a_pause_is_shown_and_does_not_stop_the_clock_of_the_law():
    """Alder took 490 days, 266 without its pause, and was late by the six months of the law however it is counted (INV-10)."""
    moments = {"commissioned": date(2015, 5, 11), "published": date(2016, 9, 12)}
    pause = (date(2015, 7, 20), date(2016, 2, 29))
    complete = rule("complete")

    done = run(complete, moments, [pause], as_at=date(2016, 10, 1), regime=LSCB)
    then = run(complete, moments, [pause], extended_to=date(2016, 6, 30), as_at=date(2015, 12, 1), regime=LSCB)

    assert (done.due_on, done.gross_days, done.net_days, done.state(date(2016, 10, 1))) == (date(2015, 11, 11), 490, 266, "late")
    assert (then.due_on, then.extended_to, then.stopped_on, then.gross_days, then.net_days) == (
        date(2015, 11, 11), date(2016, 6, 30), None, 204, 70,
    )  # fmt: skip
    assert [then.state(day) for day in (date(2015, 7, 19), date(2015, 7, 20), date(2015, 12, 1))] == ["running", "paused", "overdue"]


def test_overlapping_pauses_count_once():
    """A day is paused once, however many proceedings it waits for, and an open pause lasts until the day of computing."""
    moments, complete = {"commissioned": date(2016, 1, 1)}, rule("complete")
    pauses = [
        (date(2016, 1, 11), date(2016, 1, 21)),
        (date(2016, 1, 16), None),
        (date(2015, 1, 1), date(2016, 1, 3)),
        (date(2016, 3, 1), None),
    ]

    clock = run(complete, moments, pauses, as_at=date(2016, 1, 31), regime=LSCB)

    assert (clock.gross_days, clock.net_days) == (30, 30 - 2 - 20)


def test_a_clock_that_has_not_started_is_none():
    """Before the moment that starts it, as at a day before it or without it at all, there is no clock."""
    assert run(rule("decide"), {}, as_at=date(2016, 4, 1), regime=LSCB) is None
    assert run(rule("decide"), {"notified": date(2016, 2, 8)}, as_at=date(2016, 2, 7), regime=LSCB) is None


def test_the_successor_regime_runs_a_rapid_review_clock():
    """Under the safeguarding partners the same incident has fifteen working days for a rapid review: Firwood took seventeen (F.11)."""
    moments = {"aware": date(2020, 1, 14), "notified": date(2020, 1, 20), "rapid_review_sent": date(2020, 2, 12)}
    clocks = {found.name: run(found, moments, as_at=date(2020, 3, 1), regime=MASA) for found in MASA.rules_for(LCSPR)}

    assert clocks["incident_notify"].state(date(2020, 3, 1)) == "met"
    assert clocks["incident_notify"].gross_days == 4
    rapid = clocks["rapid_review"]
    assert (rapid.due_on, rapid.gross_days, rapid.state(date(2020, 3, 1)), rapid.days_late(date(2020, 3, 1))) == (
        date(2020, 2, 10), 17, "late", 2,
    )  # fmt: skip
    assert MASA.report == "Yearly report"


def test_each_regime_says_what_its_report_must_have_and_where_that_stands():
    """Each regime's report has its mandatory sections as data, each with its place in the law; what a section is missing without, too."""
    for found in REGIMES.values():
        assert found.report_sent_to
        assert [section.id for section in found.report_sections if not section.source or not section.label] == []
        assert [n for s in found.report_sections for n in s.needs if n.figure not in {*s.figures, WORDS}] == []
    assert {s.id for s in LSCB.report_sections} == {"assessment", "weaknesses", "reviews", "resources"}


def test_a_new_regime_dates_nothing_anew():
    """A review begun under Working Together 2015 keeps its clocks and its labels after the partnership changed regime (INV-42)."""
    moments = {"notified": date(2018, 6, 1)}
    before = run(rule("decide"), moments, as_at=date(2018, 6, 20), regime=LSCB)
    after = run(rule("decide"), moments, as_at=date(2019, 12, 1), regime=LSCB)

    assert (after.regime, after.due_on, after.label, after.source) == (before.regime, before.due_on, before.label, before.source)
    assert not any(found.name == "decide" for kind in MASA.rules for found in MASA.rules_for(kind))


def test_a_clock_names_the_calendar_that_it_was_computed_with():
    """Two versions of the calendar give two ends, and each clock says which version is its own (INV-43)."""
    moments, notify = {"aware": date(2022, 9, 14)}, rule("incident_notify", LCSPR, MASA)
    then = run(notify, moments, as_at=date(2022, 9, 15), regime=replace(MASA, calendar="england-2022-08"))
    now = run(notify, moments, as_at=date(2022, 9, 15), regime=MASA)

    assert (then.calendar, then.due_on) == ("england-2022-08", date(2022, 9, 21))
    assert (now.calendar, now.due_on) == ("england-2026-11", date(2022, 9, 22))


def test_a_clock_outside_the_calendar_says_so():
    """A clock whose bank holidays nobody knows has no end and says why, so that a page can show it."""
    clock = run(rule("incident_notify"), {"aware": date(2011, 1, 3)}, as_at=date(2016, 1, 1), regime=LSCB)

    assert (clock.due_on, clock.gross_days, clock.state(date(2016, 1, 1)), clock.days_late(date(2016, 1, 1))) == (
        None, None, "outside the calendar", 0,
    )  # fmt: skip


def test_every_regime_is_whole():
    """Each regime that an event may name has its file, and each rule of it names moments, units, kinds and sources that there are."""
    assert set(REGIMES) == set(get_args(RegimeId))
    for found in REGIMES.values():
        assert set(found.review_kinds) <= set(get_args(Kind))
        assert found.calendar in calendars()
        assert found.decides.role in found.roles
        for kind, rules in found.rules.items():
            assert len({rule.name for rule in rules}) == len(rules), kind
            for each in rules:
                assert {each.starts_with, each.stops_with} <= set(MOMENTS)
                assert each.unit in get_args(Unit)
                assert each.basis in get_args(Basis)
                assert each.count > 0
                assert each.source


def test_an_unknown_regime_is_refused():
    """A regime that is not there is refused with those that are."""
    with pytest.raises(UnknownRegime) as refused:
        regime("WT2006")

    assert "LSCB-WT2015" in str(refused.value)


@pytest.mark.parametrize(
    "text", ["20161114", "2016-W46-1", "2016-11-4", "2016-02-30", " 2016-11-14", "2016-11-14\n", "2016-11-1\u0664", "", None, 20161114]
)
def test_a_day_has_one_spelling(text):
    """A day is written as 2016-11-14: whatever else Python would read as one is two texts for one day, and no day to us."""
    assert day_of("2016-11-14") == date(2016, 11, 14)
    with pytest.raises(ValueError, match="is no date as 2016-11-14 is one"):
        day_of(text)
