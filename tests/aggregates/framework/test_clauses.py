"""Every clause of the framework is decided from events, or says why it is not: one test for each of the 153."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from aggregates.framework.clauses import OnCalendar, OnEvent, Standing
from aggregates.framework.library import CLAUSES, SETS
from aggregates.framework.matching import event_of
from aggregates.framework.wording import ABBREVIATIONS, abbreviated
from tests.aggregates.framework import recurring, returning, reviewing, sent, upholding
from tests.aggregates.framework.telling import ADOPTED_ON, INDEX, Recurring, Told, Upholding, found, met, undone, undone_on, upheld, waived

EXAMPLES = [*sent.EXAMPLES, *reviewing.EXAMPLES, *returning.EXAMPLES, *recurring.EXAMPLES, *upholding.EXAMPLES]
FORMS = {Told: OnEvent, Recurring: OnCalendar, Upholding: Standing}
DAY = timedelta(1)
NEVER_LATE = date(2099, 12, 31)


def decided_on_event(told):
    """Hold that nothing is owed before it is asked; then it is, and late after its day; then it is met, or ended.

    Once the thing that met it takes that back it is owed as before, with the same day; what another thing takes back changes nothing.
    """
    day = told.asked.on

    assert found(told, told.asked, *told.met, by=day - DAY) is None
    asked = found(told, told.asked, *told.beside)
    assert (asked.arose_on, asked.due_on, asked.done_on, asked.ended_on) == (day, told.due, None, None)
    assert not asked.overdue(told.due or NEVER_LATE)
    assert asked.overdue((told.due or date.max - DAY) + DAY) is (told.due is not None)
    done = found(told, told.asked, *told.beside, *told.met)
    assert (done.done_on, done.grade, done.overdue(NEVER_LATE)) == (told.met[0].on, told.grade, False)
    if told.ended:
        ended = found(told, told.asked, told.ended)
        assert (ended.ended_on, ended.done_on, ended.overdue(NEVER_LATE)) == (told.ended.on, None, False)
    for undoing in INDEX.rules[told.rule].undone_by:
        taken = undone(undoing, told.met[-1])
        undone_then = found(told, told.asked, *told.beside, *told.met, taken)
        assert (undone_then.done_on, undone_then.due_on, undone_then.overdue(NEVER_LATE)) == (None, told.due, told.due is not None)
        assert found(told, told.asked, *told.beside, *told.met, taken, by=taken.on - DAY).done_on == told.met[0].on
        elsewhere = replace(taken, stream="another:X1")
        assert found(told, told.asked, *told.beside, *told.met, elsewhere).done_on == told.met[0].on


def decided_by_the_calendar(told):
    """Hold that its period has its last day, that nothing else meets it, and that what does is found with its day and its grade.

    What that thing itself takes back meets it no more.
    """
    period, nothing = met(told, *told.beside)

    assert (period.first, period.due_on, nothing) == (ADOPTED_ON, told.due, None)
    _, answer = met(told, *told.beside, told.met)
    assert (answer.on, answer.grade) == (told.met.on, told.grade)
    for undoing in INDEX.on_calendar[told.rule].undone_by:
        assert met(told, *told.beside, told.met, undone(undoing, told.met))[1] is None
        assert met(told, *told.beside, told.met, replace(undone(undoing, told.met), stream="another:X1"))[1] == answer
    if INDEX.on_calendar[told.rule].ended_by:
        assert met(told, waived(told))[1].ends
        assert not met(told, waived(told), told.met)[1].ends
    if told.late:
        assert met(told, told.late)[1].on == told.late.on > told.due


def decided_by_what_holds(told):
    """Hold that the fact is not asked for where it cannot be, is found lacking by its day, and holds since the event that made it so.

    Without one of the events that its rule names it could not hold: a certificate of absence says so of them. After one that undoes it, it
    does not hold, and says that it did.
    """
    if told.unasked:
        before = upheld(told, told.unasked())
        assert before is None or before.ended_on is not None
    now = upheld(told, told.holding())
    rule = INDEX.rules[told.rule]
    assert (now.holds_since, rule.owner or now.fact.owner) == (told.since, told.owner)
    assert (now.fact.grade, now.fact.until) == (told.grade, told.until)
    happened = {event_of(entry.event.TOPIC) for entry in told.holding().entries}
    assert not rule.discharged_by or happened & {pattern.event for pattern in rule.discharged_by}
    for undoing in rule.undone_by:
        undone_then = upheld(told, told.holding(), undone_on(told.last or now.holds_since, undoing))
        assert (undone_then.holds_since, undone_then.held.since, undone_then.held.at) == (None, told.since, 999)
    lacking = upheld(told, told.lacking()) if told.lacking else None
    assert (lacking or now).fact.due_on == told.due
    assert lacking is None or lacking.holds_since is None


DECIDED = {Told: decided_on_event, Recurring: decided_by_the_calendar, Upholding: decided_by_what_holds}


@pytest.mark.parametrize("clause", CLAUSES)
def test_the_clause_is_decided(clause):
    """Each rule of a clause has an example in which it is owed, not met and then met; what has no rule says so, and why."""
    asked = CLAUSES[clause]
    mine = [told for told in EXAMPLES if INDEX.rules[told.rule].clause == clause]

    assert {told.rule for told in mine} == {rule.key for rule in asked.rules}
    assert bool(mine) is (asked.check in {"M", "P"})
    assert bool(asked.says) >= (asked.check in {"H", "C"} or asked.lost)
    for told in mine:
        assert isinstance(INDEX.rules[told.rule], FORMS[type(told)])
        DECIDED[type(told)](told)
    assert asked.check != "P" or any(told.grade for told in mine)


def test_a_time_limit_of_the_law_that_was_missed_stays_missed():
    """INV-42 and LIF-OBJ-01: a decision that came late is on record as late, also when every later limit was met."""
    told = next(told for told in upholding.EXAMPLES if told.rule == "LIF-OBJ-01")
    late = upheld(told, upholding.decided_late())

    assert late.holds_since > late.fact.due_on == upholding.DECIDE_BY


def test_what_was_done_before_it_was_asked_for_counts_only_where_the_rule_says_so():
    """A poster that was sent before the report was published is there; a meeting of the year before has not received the report."""
    poster = reviewing.sent("poster", "2016-08-01")
    told = next(told for told in reviewing.EXAMPLES if told.rule == "LIF-APPA-BD-08")
    assert found(told, poster, told.asked).done_on == poster.on

    received = next(told for told in reviewing.EXAMPLES if told.rule == "LIF-APPA-BD-01")
    earlier = replace(received.met[0], on=date(2015, 6, 12))
    assert found(received, earlier, received.asked).done_on is None
    assert found(received, received.met[0], received.asked).done_on == received.asked.on


@pytest.mark.parametrize(
    ("rule", "said", "stays"),
    [
        ("LIF-APPA-BD-08", {}, True),
        ("LIF-APPA-BD-08", {"kind": "single_page_briefing"}, False),
        ("LIF-APPA-BD-08", {"source": "review:SB-2016-03"}, False),
        ("LIF-APPA-BD-10", {}, True),
        ("LIF-APPA-BD-10", {"to": ("RIV",), "recipients": ("RIV",)}, False),
    ],
)
def test_what_takes_the_place_of_an_item_counts_by_its_own_sending(rule, said, stays):
    """A poster that another poster replaces is still there; replaced by a briefing, about another review or sent to fewer, it is not."""
    told = next(told for told in reviewing.EXAMPLES if told.rule == rule)
    first, day = told.met[0], told.met[0].on + 200 * DAY
    second = replace(first, on=day, stream="dissemination:D9", said=first.said | said)
    superseded = replace(first, on=day, topic="dissemination.superseded", said={"by_ref": "D9"})

    assert found(told, told.asked, first, second, superseded).done_on == (day if stays else None)


def test_an_action_for_several_agencies_counts_while_the_board_or_a_sub_group_owns_it():
    """LIF-TRN-03: where it goes to a single agency it is owed again, and met anew once it is back."""
    told = next(told for told in reviewing.EXAMPLES if told.rule == "LIF-TRN-03")
    quality, riverside, back = (
        replace(told.met[0], on=told.met[0].on + days * DAY, topic="action.reassigned", said={"owner": owner})
        for days, owner in ((10, "quality"), (20, "RIV"), (30, "quality"))
    )

    assert found(told, told.asked, *told.met, quality).done_on == told.met[0].on
    assert found(told, told.asked, *told.met, quality, riverside).done_on is None
    assert found(told, told.asked, *told.met, quality, riverside, back).done_on == back.on


def test_nobody_is_owed_a_look_by_a_rehearsal():
    """An agency that rehearses an inspection sees its own record: the Board owes an inspector something when one comes (LIF-PRI-11)."""
    told = next(one for one in EXAMPLES if one.rule == "LIF-PRI-11")
    rehearsed = replace(told.asked, said={"purpose": "rehearsal"})

    assert found(told, told.asked)
    assert found(told, rehearsed) is None


def test_all_153_clauses_are_there():
    """99 are decided by events, 43 with a human's grade beside, 2 are for people, 9 are context, and three diagrams are lost."""
    assert Counter(clause.check for clause in CLAUSES.values()) == {"M": 99, "P": 43, "H": 2, "C": 9}
    assert [name for name, clause in CLAUSES.items() if clause.lost] == ["LIF-STK-01", "LIF-CYC-01", "LIF-APPB-02"]


def test_the_set_is_the_one_that_boards_adopt():
    """A Board adopts a set by its hash. One that differed in a letter would be another: what is owed by the adopted one would be gone.

    Before the first Board has adopted it, write the new hash here with the change; afterwards a change is a new file beside it.
    """
    assert list(SETS) == ["de99dd71c70ffe4a14ba26f5e97096e58545a622d324129d3f69c5af96809c3b"]


def test_what_clauses_shorten_is_explained():
    """Whatever a clause shortens or lacks, in its own words or in who owes it to whom, is explained beside it; a plural as its one."""
    said = {name: f"{one.text} {one.owed_by} {one.owed_to} {'' if one.lost else one.says}" for name, one in CLAUSES.items()}
    short = {word for name in ABBREVIATIONS for word in name.split()}
    left = {name: found for name, text in said.items() if (found := set(re.findall(r"\b([A-Z]{2,})s?\b", text)) - short)}

    assert left == {}
    assert abbreviated("SCRs, an SCR and the SGSCB") == [(short, ABBREVIATIONS[short]) for short in ("SCR", "SGSCB")]
    assert all("DIAGRAM LOST" in dict(abbreviated(one.text)) for one in CLAUSES.values() if one.lost)
    assert abbreviated("Nothing is SHORT here") == []
