"""Odd values of a review: what can be written and cannot be meant is refused, when it is recorded and when it is corrected."""

from __future__ import annotations

import pytest

from aggregates.errors import NothingNamed, WrongKindCorrected
from aggregates.review import limits
from aggregates.review import refusals as r
from aggregates.review.decisions.deciding import KnownAhead, SameDecision
from tests.aggregates.people import CHAIR, MANAGER, TRAINING
from tests.aggregates.reviews import (
    COMMISSION,
    CRITERIA,
    CSC,
    IMPLICATIONS,
    SCR,
    after,
    answered,
    commissioned,
    decided,
    do,
    led,
    monitored,
    noted,
    paused,
    referred,
    under_way,
)

BACKWARDS = {"period_from": after(-10), "period_until": after(-11)}
IN_ORDER = {"period_from": after(-11), "period_until": after(-11)}
INVITED = {"roles": ("nurse",), "how_explained": "by letter"}
PAUSE = {"process": "criminal", "reason": "witnesses"}
JUDGED = {"judgement": "calls are returned"}


def waiting():
    """Let a process be noted beside it."""
    review = under_way()
    do(review, "note_parallel_process", 101, process="criminal", note="charges")
    return review


def declined():
    """Decide against it."""
    return decided(outcome="not conduct")


# What comes before, who records which act how many days after the referral, what is said rightly, what instead, and its refusal.
ODD = [
    (decided, SCR, "commission_review", 30, COMMISSION | IN_ORDER, BACKWARDS, limits.PeriodRunsBackwards),
    (led, SCR, "invite_practitioners", 40, INVITED | {"count": 1}, {"count": 0}, limits.NotACount),
    (led, SCR, "invite_practitioners", 40, INVITED | {"count": 10_000}, {"count": 10_001}, limits.NotACount),
    (led, SCR, "record_practitioner_contribution", 40, {"roles": ("nurse",), "count": 4, "how": "met"}, {"count": -4}, limits.NotACount),
    (led, SCR, "invite_family", 40, {"relations": ("aunt",), "count": 1, "how_explained": "met"}, {"count": -1}, limits.NotACount),
    (led, SCR, "record_participant_feedback", 40, {"role": "nurse", "count": 1, "summary": "fair"}, {"count": 2**31 - 1}, limits.NotACount),
    (monitored, MANAGER, "evaluate_review_impact", 400, JUDGED | {"year": 2016}, {"year": 2015}, limits.NotItsYear),
    (monitored, MANAGER, "evaluate_review_impact", 400, JUDGED | {"year": 2017}, {"year": 2018}, limits.NotItsYear),
    (answered, MANAGER, "evaluate_review_impact", 400, JUDGED | {"year": 2017}, {"year": -1}, limits.NotItsYear),
    (waiting, SCR, "pause_review", 110, PAUSE | {"review_by": after(200)}, {"review_by": after(366 * 11)}, limits.TooFarAhead),
    (led, SCR, "extend_timescale", 110, {"until": after(200), "reason": "trial"}, {"until": after(366 * 11)}, limits.TooFarAhead),
    (led, SCR, "extend_timescale", 110, {"until": after(200), "reason": "trial"}, {"until": after(110)}, r.NotLater),
]
UNSAID = [
    (referred, CSC, "notify_incident", 4, {"to_body": "Ofsted", "aware_on": after(4)}, {"aware_on": after(5)}, KnownAhead),
    (declined, MANAGER, "notify_decision", 30, {"to_body": "The panel", "explanation": "why"}, {"explanation": None}, r.NoExplanation),
    (
        led, SCR, "request_agency_information", 40, {"agency": "SBC-CSC", "due_on": after(60), "request": "a chronology"},
        {"due_on": after(40)}, r.NotLater,
    ),
    (
        led, SCR, "record_family_involvement", 40, {"relations": ("aunt",), "outcome": "not approached", "reason": "unwell"},
        {"reason": None}, r.NoReasonGiven,
    ),
    (led, SCR, "record_family_involvement", 40, {"relations": ("aunt",), "outcome": "declined"}, {"relations": ()}, NothingNamed),
    (led, SCR, "constitute_review_team", 40, {"members": ({"organisation": "AVM", "role": "police"},)}, {"members": ()}, NothingNamed),
    (decided, SCR, "commission_review", 30, COMMISSION, {"organisations": ()}, NothingNamed),
    (answered, SCR, "refer_learning_to_training", 170, {"findings": ("F1",)}, {"findings": ("F9",)}, r.UnknownFinding),
    (answered, TRAINING, "consider_training_implications", 170, IMPLICATIONS, {"briefing_why": None}, r.NoReasonGiven),
    (
        referred, CHAIR, "decide_review", 20, {"outcome": "conduct", "rationale": "met", "criteria": CRITERIA}, {"outcome": "alternative"},
        r.AlternativeWithoutKind,
    ),
]  # fmt: skip


def as_json(values):
    """Give values as a correction takes them."""
    return {name: list(v) if isinstance(v, tuple) else v.isoformat() if hasattr(v, "isoformat") else v for name, v in values.items()}


@pytest.mark.parametrize(("before", "who", "act", "days", "said", "odd", "refusal"), [*ODD, *UNSAID])
def test_what_cannot_be_meant_is_refused_and_cannot_be_corrected_to(before, who, act, days, said, odd, refusal):  # noqa: PLR0917 - one row
    """The odd value is refused by name and the right one recorded; the correction of the one to the other is refused by the same name."""
    review = before()
    number = len(review.entries) + 1
    with pytest.raises(refusal):
        do(review, act, days, who, **said | odd)
    do(review, act, days, who, **said)

    with pytest.raises(refusal):
        do(review, "correct", days + 1, who, amends=number, corrected=as_json(odd), reason="recorded wrongly")

    assert len(review.entries) == number


@pytest.mark.parametrize("year", [1899, 2017, 0, -2016])
def test_another_bodys_review_is_of_a_year_that_has_come(year):
    """The year of a review that was noted is one of a calendar, and not after the note; it is corrected to no other."""
    with pytest.raises(limits.NotItsYear):
        noted(year=year)
    with pytest.raises(limits.NotItsYear):
        do(noted(), "correct", 9, MANAGER, amends=1, corrected={"year": year}, reason="a slip")


def test_a_period_may_be_open_at_either_end():
    """A period under review that has only a beginning or only an end runs no way."""
    for end, day in IN_ORDER.items():
        assert getattr(commissioned(**{end: day}).state.commission, end) == day


def test_an_affiliation_ends_after_it_begins():
    """What ties a lead reviewer to an organisation has an end after its beginning, or none."""
    tied = {"organisation": "NGH", "role": "nurse", "from_on": "2013-06-30", "until_on": "2010-01-01"}

    with pytest.raises(r.UnreadableItem, match="it ends before it begins"):
        led(affiliations=(tied,))


def test_a_correction_to_blanks_is_a_correction_to_nothing():
    """What may be left out is corrected to nothing by blanks, and is asked for as if it were; what may not is refused."""
    review = declined()
    do(review, "notify_decision", 30, MANAGER, to_body="The panel", explanation="why")
    blank = {"amends": len(review.entries), "reason": "a slip"}

    with pytest.raises(r.NoExplanation):
        do(review, "correct", 31, MANAGER, corrected={"explanation": "  "}, **blank)
    with pytest.raises(WrongKindCorrected):
        do(review, "correct", 31, MANAGER, corrected={"to_body": "  "}, **blank)


def test_an_explanation_is_owed_for_what_was_decided_on_that_day():
    """INV-03: a notice of a decision to conduct keeps without explanation when the decision is reversed, and can be corrected."""
    review = decided()
    do(review, "notify_decision", 21, MANAGER, to_body="Ofstead")
    do(review, "decide_review", 25, CHAIR, outcome="not conduct", rationale="the criteria are not met", criteria=CRITERIA)

    do(review, "correct", 26, MANAGER, amends=3, corrected={"to_body": "Ofsted"}, reason="a slip")

    assert [notice.body for notice in review.state.notices] == ["Ofsted"]


def test_a_pause_is_looked_at_again_within_sight():
    """INV-10: a pause until the end of the calendar is no pause that anybody looks at again, also where it is corrected to that."""
    review = paused()

    with pytest.raises(limits.TooFarAhead):
        do(review, "correct", 111, SCR, amends=len(review.entries), corrected={"review_by": "2199-12-31"}, reason="a slip")


def test_a_decision_by_the_law_says_which_criteria_are_met():
    """B.3: whether to conduct a serious case review is decided criterion by criterion; without any it is refused."""
    review = referred()
    with pytest.raises(NothingNamed):
        do(review, "decide_review", 20, CHAIR, outcome="conduct", rationale="it is plain", criteria=())


def test_what_is_decided_is_not_decided_again():
    """F.11: a decision may be reversed, and both are kept; the same decision once more is none."""
    review = decided()
    with pytest.raises(SameDecision):
        do(review, "decide_review", 26, CHAIR, outcome="conduct", rationale="the criteria are met", criteria=CRITERIA)
    do(review, "decide_review", 26, CHAIR, outcome="not conduct", rationale="the criteria are not met", criteria=CRITERIA)

    assert [decision.outcome for decision in review.state.decisions] == ["conduct", "not conduct"]
