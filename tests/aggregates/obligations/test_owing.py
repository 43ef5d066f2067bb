"""What an event asks for is owed until another discharges or ends it; nothing else changes it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from aggregates.entry import Entry
from aggregates.framework import owing
from aggregates.framework.clauses import Due, OnEvent, Span
from aggregates.framework.matching import Pattern, Selector, Undoing
from aggregates.framework.matching import Test as Asks
from aggregates.framework.owing import Owing
from tests.projections.promises import Promise

DAY = date(2016, 11, 30)
OWNER = Selector(field="owner")
MADE, PASSED = Pattern("promise.made", (), OWNER, Selector(stream=True)), Pattern("promise.passed", (), OWNER, Selector(stream=True))
KEPT = Pattern("promise.kept", (), Selector(always="A"), Selector(stream=True))
DROPPED = Pattern("promise.dropped", (), Selector(always="A"), Selector(stream=True))


def rule(**how: Any) -> OnEvent:
    """Make a rule: what is made is to be passed on."""
    return OnEvent(**{"clause": "P-1", "trigger": (MADE,), "discharged_by": (PASSED,), "ended_by": (DROPPED,)} | how)


def happened(by: OnEvent, *what: tuple[Any, ...], owner: str = "A") -> Owing:
    """Let things happen, each so many days after the first, to promise `a` or to another that is named; return what is owed by A."""
    now = None
    for number, (event, after, *more) in enumerate(what, 1):
        body = {"owner": owner, "due_on": DAY + timedelta(60), "title": "t"} | (more[1] if more[1:] else {})
        entry = Entry(number, DAY + timedelta(after), event, body)
        now = owing.fold(owing.moments(by, entry, "A", "promise:a", f"promise:{more[0] if more else 'a'}"), by, now)
    return now or Owing()


def test_it_is_owed_from_the_asking_until_it_is_discharged():
    """Who is asked owes it; the first event that discharges it stays the one that did."""
    it = happened(rule(), (Promise.Made, 0), (Promise.Passed, 3), (Promise.Passed, 9))

    assert (it.arose_on, it.asked_at) == (DAY, 1)
    assert it.done
    assert (it.since, it.done.on, it.done.at) == (DAY + timedelta(3), DAY + timedelta(3), 2)


def test_who_is_not_meant_owes_nothing():
    """An event that names another owner asks nothing of this one."""
    assert happened(rule(), (Promise.Made, 0), owner="B") == Owing()


def test_asked_again_while_it_is_open_nothing_changes():
    """The first asking counts, with its due date; once it is discharged or ended, another asking makes it owed anew."""
    again = happened(rule(), (Promise.Made, 0), (Promise.Made, 4))
    anew = happened(rule(), (Promise.Made, 0), (Promise.Passed, 1), (Promise.Made, 4))
    after_the_end = happened(rule(), (Promise.Made, 0), (Promise.Dropped, 1), (Promise.Made, 4))

    assert again.arose_on == DAY
    assert (anew.arose_on, anew.done) == (DAY + timedelta(4), None)
    assert (after_the_end.arose_on, after_the_end.ended) == (DAY + timedelta(4), None)


def test_what_ends_it_does_not_discharge_it():
    """A thing that is withdrawn asks for nothing more, and nothing of it counts as done; an end of what nobody asked for is none."""
    ended = happened(rule(), (Promise.Made, 0), (Promise.Dropped, 2), (Promise.Passed, 3))

    assert ended.ended
    assert (ended.ended.on, ended.done) == (DAY + timedelta(2), None)
    assert happened(rule(), (Promise.Dropped, 0)) == Owing()


@pytest.mark.parametrize(("early", "done"), [(True, True), (False, False)])
def test_what_was_done_before_counts_where_the_rule_says_so(early, done):
    """A poster may be made before the report is published; a meeting of last year did not receive this year's report."""
    it = happened(rule(early=early), (Promise.Passed, -5), (Promise.Made, 0))

    assert (it.done is not None) is done
    assert happened(rule(), (Promise.Passed, 0), (Promise.Made, 0)).done is not None  # on the very day it counts


def test_all_of_several_may_be_needed():
    """Where a rule asks for each of several events, the last of them discharges it."""
    by = rule(discharged_by=(PASSED, KEPT), all_of=True)

    assert happened(by, (Promise.Made, 0), (Promise.Passed, 1)).done is None
    done = happened(by, (Promise.Made, 0), (Promise.Passed, 1), (Promise.Kept, 2)).done
    assert done
    assert (done.on, done.at) == (DAY + timedelta(2), 3)


ANYTHING = Selector(always="promise:a")
TAKEN_BACK = {
    "discharged_by": (Pattern("promise.passed", (), OWNER, ANYTHING),),
    "ended_by": (),
    "due": Due("due_on"),
    "undone_by": (Undoing("promise.dropped"),),
}


def test_what_is_taken_back_discharges_nothing_any_more():
    """It is owed again from that day, by the same due date, and says what had discharged it; another thing that is taken back is not it."""
    by = rule(**TAKEN_BACK)
    undone = happened(by, (Promise.Made, 0), (Promise.Passed, 3, "b"), (Promise.Dropped, 9, "b"))

    assert happened(by, (Promise.Made, 0), (Promise.Passed, 3, "b"), (Promise.Dropped, 9, "c")).done
    assert (undone.done, undone.since, undone.over, undone.arose_on, undone.due_on) == (None, None, False, DAY, DAY + timedelta(60))
    assert undone.undone
    assert (undone.undone.since, undone.undone.was.at, undone.undone.on, undone.undone.at) == (DAY + timedelta(3), 2, DAY + timedelta(9), 3)


def test_it_stays_met_while_something_stands_and_is_met_anew_by_what_comes_later():
    """What took the place of another in time was never late; after a gap it is discharged on the day of what fills it."""
    by = rule(**TAKEN_BACK)
    first = ((Promise.Made, 0), (Promise.Passed, 3, "b"))
    replaced = happened(by, *first, (Promise.Passed, 7, "c"), (Promise.Dropped, 9, "b"))
    on_the_day = happened(by, *first, (Promise.Dropped, 9, "b"), (Promise.Passed, 9, "c"))
    anew = happened(by, *first, (Promise.Dropped, 9, "b"), (Promise.Passed, 11, "c"))

    for it, since, at in ((replaced, 3, 3), (on_the_day, 3, 4), (anew, 11, 4)):
        assert it.done
        assert it.undone
        assert (it.since, it.done.at, it.undone.was.at) == (DAY + timedelta(since), at, 2)


def test_what_was_taken_back_before_it_was_asked_for_was_never_done():
    """A poster that was withdrawn before the report was published is none."""
    by = rule(**TAKEN_BACK, early=True)

    assert happened(by, (Promise.Passed, -5, "b"), (Promise.Made, 0)).done
    assert not happened(by, (Promise.Passed, -5, "b"), (Promise.Dropped, -3, "b"), (Promise.Made, 0)).done


def test_what_was_asked_no_more_is_not_owed_again():
    """Where nothing is asked any more and what had been done is taken back, it has ended."""
    by = rule(**TAKEN_BACK | {"ended_by": (KEPT,)})
    met = happened(by, (Promise.Made, 0), (Promise.Passed, 3, "b"), (Promise.Kept, 5))
    undone = happened(by, (Promise.Made, 0), (Promise.Passed, 3, "b"), (Promise.Kept, 5), (Promise.Dropped, 9, "b"))

    assert (met.done is not None, met.ended) == (True, None)
    assert undone.done is None
    assert undone.ended
    assert undone.ended.on == DAY + timedelta(5)


def test_what_goes_to_another_and_comes_back_discharges_it_anew():
    """An undoing that asks what a field says is itself undone by the next event of its kind that says otherwise."""
    away = {"undone_by": (Undoing("promise.passed", (Asks("owner", frozenset({"A"}), never=True),)),)}
    by = rule(**TAKEN_BACK | {"discharged_by": (Pattern("promise.kept", (), Selector(always="A"), ANYTHING),)} | away)
    gone = ((Promise.Made, 0), (Promise.Kept, 3, "b"), (Promise.Passed, 5, "b", {"owner": "B"}))
    back = happened(by, *gone, (Promise.Passed, 8, "b", {"owner": "A"}))

    assert happened(by, *gone).done is None
    assert back.done
    assert (back.since, back.done.at) == (DAY + timedelta(8), 4)


def test_an_event_does_not_discharge_what_it_asks_for_itself():
    """An event that both discharges and asks settles what was open, and asks anew."""
    by = rule(discharged_by=(MADE,))

    assert happened(by, (Promise.Made, 0)).done is None
    assert happened(by, (Promise.Made, 0), (Promise.Made, 5)).arose_on == DAY + timedelta(5)


def test_a_grade_is_what_somebody_decided():
    """A later event may say how well it was done, and discharges nothing by that; of a restricted field only that it is there."""
    by = rule(graded="owner", graded_by=(KEPT,))

    assert happened(by, (Promise.Made, 0), (Promise.Kept, 1)).done is None
    done = happened(by, (Promise.Made, 0), (Promise.Passed, 1)).done
    assert done is not None
    assert done.grade == "A"


DUE = {
    "none is stated": (None, None),
    "on the same day": (Due(span=Span("days", 0)), DAY),
    "after days": (Due(span=Span("days", 28)), date(2016, 12, 28)),
    "after months, clamped to the month's end": (Due(span=Span("months", 3)), date(2017, 2, 28)),
    "after years": (Due(span=Span("years", 3)), date(2019, 11, 30)),
    "by the day that it names": (Due("due_on"), date(2017, 1, 29)),
    "after the day that it names": (Due("due_on", Span("months", 1)), date(2017, 2, 28)),
    "by a setting, which is read with the Board's": (Due(span=Span("days", setting="ack_window")), None),
}


@pytest.mark.parametrize("by", DUE)
def test_inv_23_by_when_it_is_due(by):
    """A due date is the day that the event names, or a span after it, months clamped to their end; nothing is invented."""
    due, expected = DUE[by]

    assert happened(rule(due=due), (Promise.Made, 0)).due_on == expected


TESTS = {
    "one of several values": (Asks("kind", frozenset({"a", "b"})), {"kind": "b"}, {"kind": "c"}),
    "one of a field of several": (Asks("kind", frozenset({"a"})), {"kind": ("x", "a")}, {"kind": ()}),
    "said": (Asks("why"), {"why": "so"}, {"why": None}),
    "not said": (Asks("why", never=True), {"why": ""}, {"why": "so"}),
    "not a value": (Asks("why", frozenset({"a"}), never=True), {"why": "b"}, {"why": "a"}),
    "how a text begins": (Asks("source", begins="review:"), {"source": "review:R1"}, {"source": "D1"}),
    "of objects": (Asks("there.agency", frozenset({"RIV"})), {"there": ({"agency": "RIV"},)}, {"there": ({"agency": "CQH"},)}),
    "a truth": (Asks("met", frozenset({True})), {"met": True}, {"met": False}),
}


@pytest.mark.parametrize("what", TESTS)
def test_what_a_field_has_to_say(what):
    """A rule speaks of an event whose fields say what it asks, and of no other."""
    test, good, bad = TESTS[what]

    assert test.passes(good)
    assert not test.passes(bad)


SELECTED = {
    "the stream": (Selector(stream=True), ["review:R1"]),
    "an item of it": (Selector(stream=True, field="number"), ["review:R1/F1"]),
    "each of several": (Selector(field="to"), ["A", "B"]),
    "what stands before a mark": (Selector(field="source", prefix="review:", before="/"), ["review:R2"]),
    "members of objects": (Selector(field="there.agency", where=(Asks("was", frozenset({"present"})),)), ["A"]),
    "nothing that is not said": (Selector(field="unsaid"), []),
}


@pytest.mark.parametrize("what", SELECTED)
def test_what_an_event_names(what):
    """Who owes, and about what, is read off the event that asks, discharges or ends."""
    selector, expected = SELECTED[what]
    there = ({"agency": "A", "was": "present"}, {"agency": "B", "was": "absent"})

    assert list(selector.of({"number": "F1", "to": ("A", "B"), "source": "R2/F3", "there": there}, "review:R1")) == expected
