"""The ladder of reminders and escalations: which rung is due on a day, and which acts an action refuses (INV-17)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.action import Action
from aggregates.action import refusals as r
from aggregates.clocks.ladder import Ladder, Rung, notice_due
from aggregates.partnership.settings import SettingUnreadable, check, read
from tests.aggregates.people import CHAIR, DUE, QUALITY, SERVICE, assigned

LADDER = Ladder((7, 0), (14, 28))
ladders = st.builds(
    Ladder,
    st.lists(st.integers(0, 60), min_size=1, max_size=3, unique=True).map(tuple),
    st.lists(st.integers(1, 90), min_size=1, max_size=3, unique=True).map(tuple),
)


def serve(action, ladder, today):
    """Serve what is due, as the service does; return the notice."""
    if action.state.discharged or not (notice := notice_due(action.state, ladder, today)):
        return None
    if notice.level:
        action.escalate(acting=SERVICE, occurred_on=today, level=notice.level, to_office="chair", served_late_days=notice.served_late_days)
    else:
        action.remind(acting=SERVICE, occurred_on=today, days_before=-notice.days, to_office="riv-lead")
    return notice


def test_the_rungs_ascend():
    """The settings come in any order; the ladder is climbed from the first reminder to the last escalation."""
    assert Ladder((0, 7), (28, 14)).rungs == (Rung(-7, 0), Rung(0, 0), Rung(14, 1), Rung(28, 2))


@settings(max_examples=100, deadline=None)
@given(ladders, st.lists(st.integers(0, 200), min_size=1, max_size=12))
def test_each_rung_is_served_at_most_once_and_only_upwards(ladder, days):
    """On whatever days somebody looks, and however often, rungs are served upwards, each once, none before its day; then all is served."""
    action = assigned()
    first = DUE - timedelta(days=70)
    served = [notice for day in sorted(days) if (notice := serve(action, ladder, first + timedelta(days=day)))]

    climbed = [notice.days for notice in served]
    assert climbed == sorted(set(climbed))
    assert all(notice.served_late_days >= 0 for notice in served)
    assert serve(action, ladder, first + timedelta(days=max(days))) is None
    standing = [entry.occurred_on for entry in action.entries[1:]]
    assert all(day >= DUE + timedelta(days=notice.days) for day, notice in zip(standing, served, strict=True))


def test_what_is_assigned_within_a_reminder_is_reminded_of_without_being_late():
    """An action assigned three days before it is due is reminded of at once: nobody was late, because there was nothing before."""
    action = assigned(occurred_on=DUE - timedelta(days=3))
    notice = notice_due(action.state, LADDER, DUE - timedelta(days=3))

    assert (notice.days, notice.fell_due_on, notice.served_late_days) == (-7, DUE - timedelta(days=3), 0)


def test_a_reminder_is_refused_where_it_was_issued_or_overtaken():
    """No reminder is issued twice in a spell, or after a later one, or after an escalation; after a reassignment it is."""
    action = assigned()
    said = {"acting": SERVICE, "to_office": "riv-lead"}
    action.remind(days_before=7, occurred_on=DUE - timedelta(days=7), **said)
    with pytest.raises(r.AlreadyReminded):
        action.remind(days_before=7, occurred_on=DUE - timedelta(days=6), **said)
    action.remind(days_before=0, occurred_on=DUE, **said)
    with pytest.raises(r.AlreadyReminded):
        action.remind(days_before=3, occurred_on=DUE, **said)
    action.reassign(acting=QUALITY, occurred_on=DUE, owner="WMP", reason="moved")
    action.remind(days_before=0, occurred_on=DUE, **said)
    action.escalate(acting=SERVICE, occurred_on=DUE + timedelta(days=14), level=1, to_office="chair")

    with pytest.raises(r.AlreadyReminded):
        action.remind(days_before=0, occurred_on=DUE + timedelta(days=15), **said)


def test_what_ended_is_not_reminded_of():
    """A withdrawn action takes no reminder."""
    action = assigned()
    action.withdraw(acting=CHAIR, occurred_on=DUE, reason="decommissioned")

    with pytest.raises(r.ActionEnded):
        action.remind(acting=SERVICE, occurred_on=DUE, days_before=0, to_office="riv-lead")


def test_each_spell_has_a_number_of_its_own():
    """Assignment, reassignment and variation each begin a spell; reminders do not; a retracted variation leaves the one before."""
    action = assigned()
    spells = [action.spell]
    action.remind(acting=SERVICE, occurred_on=DUE, days_before=0, to_office="riv-lead")
    spells.append(action.spell)
    action.vary_due_date(acting=QUALITY, occurred_on=DUE, due_on=DUE + timedelta(days=30), reason="no capacity")
    spells.append(action.spell)
    action.reassign(acting=QUALITY, occurred_on=DUE, owner="WMP", reason="moved")
    spells.append(action.spell)
    action.retract(acting=QUALITY, occurred_on=DUE, amends=4, reason="it was not moved")
    spells.append(action.spell)

    assert spells == [1, 1, 3, 4, 3]
    assert Action.fold([]) is None


@pytest.mark.parametrize(("setting", "value"), [("reminder_days", "0, 7"), ("reminder_days", "7; 0"), ("escalation_days", "0, 14")])
def test_days_are_written_as_they_are_climbed(setting, value):
    """Reminders are days before the due date, descending; escalations days after it, ascending: anything else is refused."""
    assert (read("reminder_days", "14, 7, 0"), read("escalation_days", "10, 20")) == ((14, 7, 0), (10, 20))
    with pytest.raises(SettingUnreadable):
        check(setting, value)
