"""One fold serves the aggregate and both clocks: over late, corrected and retracted entries of one review (INV-37)."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregates.entry import standing
from aggregates.entry.fields import shape
from aggregates.errors import Refused
from aggregates.review import Review, blockers, state
from aggregates.review.blockers import Promise
from aggregates.review.clocks import clocks_of
from tests.aggregates.people import CHAIR, MANAGER, QUALITY, TRAINING
from tests.aggregates.reviews import (
    ACCEPTED,
    COMMISSION,
    CRITERIA,
    CSC,
    FINDING,
    HASH,
    IMPLICATIONS,
    LEAD,
    LEADS,
    PUBLISHED,
    SCR,
    SHORTER,
    B,
    after,
    closed,
    noted,
    paused,
    published,
    referred,
)
from tests.aggregates.test_one_fold import recorded, tried

LAST = 900
PEOPLE = {"count": 3}
# Each act by who gives it, and what it says on a day so many days after the referral.
ACTS = {
    "decide_relevance": (MANAGER, lambda n: {"relevance": ("relevant", "not relevant")[n % 2], "why": "schools"}),
    "notify_incident": (CSC, lambda n: {"to_body": "Ofsted", "aware_on": after(n - 3)}),
    "send_rapid_review": (MANAGER, lambda _: {"to_body": "The Panel", "report_sha256": HASH}),
    "recommend_decision": (SCR, lambda _: {"outcome": "conduct", "rationale": "the criteria are met"}),
    "decide_review": (
        CHAIR,
        lambda n: {"outcome": ("conduct", "not conduct")[n % 5 == 0], "rationale": "so", "why_late": "slow", "criteria": CRITERIA},
    ),
    "notify_decision": (MANAGER, lambda _: {"to_body": "Ofsted", "explanation": "the criteria"}),
    "receive_panel_advice": (MANAGER, lambda _: {"from_body": "The panel", "advice_sha256": HASH, "summary": "agrees"}),
    "commission_review": (SCR, lambda _: COMMISSION),
    "add_organisation_under_review": (SCR, lambda n: {"organisation": ("NGH", "WMP", "CFC")[n % 3], "reason": "its ward"}),
    "constitute_review_team": (SCR, lambda _: {"members": ({"organisation": "AVM", "role": "police"},)}),
    "appoint_lead_reviewer": (SCR, lambda _: LEADS),
    "record_independence_breach": (SCR, lambda _: {"organisations": ("NGH",), "grounds": "a post until 2013"}),
    "replace_lead_reviewer": (SCR, lambda _: LEADS | {"reviewer": B, "affiliations": (), "reason": "tied"}),
    "request_agency_information": (SCR, lambda n: {"agency": "SBC-CSC", "due_on": after(n + 28), "request": "a chronology"}),
    "submit_agency_information": (CSC, lambda _: {"agency": "SBC-CSC", "information_sha256": HASH}),
    "invite_practitioners": (SCR, lambda _: PEOPLE | {"roles": ("nurse",), "how_explained": "by letter"}),
    "record_practitioner_contribution": (SCR, lambda _: PEOPLE | {"roles": ("nurse",), "how": "a day together"}),
    "invite_family": (SCR, lambda _: PEOPLE | {"relations": ("parents",), "how_explained": "at home"}),
    "record_family_involvement": (SCR, lambda _: {"relations": ("parents",), "outcome": "declined"}),
    "record_participant_feedback": (SCR, lambda _: PEOPLE | {"role": "nurse", "summary": "fair"}),
    "note_parallel_process": (SCR, lambda _: {"process": "criminal", "note": "charges"}),
    "pause_review": (SCR, lambda n: {"process": "criminal", "review_by": after(n + 90), "reason": "witnesses"}),
    "resume_review": (SCR, lambda _: {"reason": "the trial ended"}),
    "extend_timescale": (SCR, lambda n: {"until": after(n + 200), "reason": "the trial"}),
    "record_finding": (SCR, lambda n: FINDING | {"number": f"F{n % 4}"}),
    "make_recommendation": (SCR, lambda n: {"number": f"R{n % 4}", "to": "RIV", "text": "One pathway"}),
    "present_review_report": (MANAGER, lambda _: {"report_sha256": HASH}),
    "formulate_response": (CHAIR, lambda _: {"responses": ()}),  # to every finding there is, as `act` says
    "defer_publication": (CHAIR, lambda n: {"reason": "a trial", "review_by": after(n + 60)}),
    "publish_report": (
        CHAIR,
        lambda n: PUBLISHED | {"keep_online_until": after(n + 400), "report_sha256": (HASH, SHORTER)[n % 2], "redaction_of": HASH},
    ),
    "deposit_report": (MANAGER, lambda _: {"repository": "NSPCC"}),
    "verify_publication": (MANAGER, lambda _: {"result": "online"}),
    "withdraw_report": (CHAIR, lambda _: {"reason": "an error"}),
    "refer_learning_to_training": (SCR, lambda _: {"findings": ()}),
    "consider_training_implications": (TRAINING, lambda _: IMPLICATIONS),
    "evaluate_review_impact": (MANAGER, lambda n: {"year": 2016 + n % 3, "judgement": "calls are returned"}),
    "close_review": (CHAIR, lambda _: {"grounds": "done"}),
    "reopen_review": (CHAIR, lambda _: {"grounds": "too early"}),
}
CORRECTIONS = (
    {"notified_on": "2016-01-20"}, {"reason": "said better"}, {"organisations": ["NGH", "RIV"]}, {"affiliations": []},
    {"report_sha256": SHORTER}, {"count": 4}, {"outcome": "alternative"}, {"responses": []}, {"review_by": "2019-01-01"},
)  # fmt: skip
MAKERS = (SCR, CSC, MANAGER, CHAIR, LEAD, TRAINING, QUALITY)

acts = st.tuples(st.sampled_from(sorted(ACTS)), st.integers(1, LAST))
amendments = st.tuples(st.sampled_from(["correct", "redate", "retract", "countersigned"]), st.integers(1, 40))


def act(review, name, days):
    """Record an act where the rules let it."""
    who, say = ACTS[name]
    said = dict(say(days))
    if name == "formulate_response" and review.state:
        said["responses"] = tuple(ACCEPTED | {"number": finding.number} for finding in review.state.findings)
    if name == "close_review" and review.state:
        said["promises"] = [Promise("A1", finding.number, "BOARD", ended=True) for finding in review.state.findings]
    getattr(review, name)(acting=who, occurred_on=after(days), **said)


def amend(review, how, number):
    """Amend an entry where the rules let it: each maker tries."""
    said = {"amends": (number - 1) % len(review.entries) + 1, "reason": "wrong", "occurred_on": after(LAST)}
    if how == "countersigned":
        review.propose_amendment(acting=MANAGER, **said)
        review.retract(acting=CHAIR, proposal=len(review.entries), **said)
        return
    if how != "retract":
        said["corrected"] = {"occurred_on": after(number * 9).isoformat()} if how == "redate" else CORRECTIONS[number % len(CORRECTIONS)]
    for who in MAKERS:
        try:
            (review.retract if how == "retract" else review.correct)(acting=who, **said)
        except Refused:
            continue
        return


def history(begin, steps):
    """Grow one review by acts, late or not, and by amendments."""
    review = begin()
    for what, number in steps:
        tried(*((act, review, what, number) if what in ACTS else (amend, review, what, number)))
    return review


BEGINNINGS = (referred, paused, published, closed, noted, lambda: noted(relevance="relevant"))
histories = st.builds(history, st.sampled_from(BEGINNINGS), st.lists(acts | amendments, max_size=25))


@settings(max_examples=80, deadline=None)
@given(histories, st.randoms(use_true_random=False), st.integers(0, LAST))
def test_one_fold_says_what_a_review_is(review, chance, days):
    """Read back from JSON, in any order of arrival, on any day: what stands says what the review is, and every field is accounted for."""
    read = [recorded(entry) for entry in review.entries]
    shuffled = list(review.entries)
    chance.shuffle(shuffled)

    assert read == review.entries
    assert Review.fold(standing(read)) == review.state == Review.fold(standing(shuffled))
    assert review.state_on(after(days)) == Review.fold([e for e in standing(review.entries) if e.occurred_on <= after(days)])
    assert all(entry.body.keys() == {f.name for f in shape(entry.event)} for entry in read)


@settings(max_examples=80, deadline=None)
@given(histories, st.lists(st.booleans(), min_size=200, max_size=200))
def test_the_fold_of_a_review_is_total(review, kept):
    """Whatever entries are missing: the fold answers, its parts hold together, and clocks and blockers can be asked for."""
    now = Review.fold(standing([entry for entry, keep in zip(review.entries, kept, strict=False) if keep]))

    if now is not None:
        paused_now = isinstance(now.status, state.Paused)
        assert paused_now == any(pause.end is None for pause in now.pauses)
        assert (now.published is None) == ("published" not in now.moments)
        assert all(clock.due_on is None or clock.due_on >= clock.started_on for clock in clocks_of(now, after(LAST)))
        assert bool(blockers.of_the_review(now)) <= (not now.ended)
        assert set(now.conflicts) <= set(now.organisations)


@settings(max_examples=60, deadline=None)
@given(histories, st.integers(0, LAST))
def test_a_review_goes_on_from_what_it_was(review, days):
    """A fold that goes on from the state of a day is the fold from the beginning."""
    stand = standing(review.entries)
    before = Review.fold([e for e in stand if e.occurred_on <= after(days)])

    assert Review.fold([e for e in stand if e.occurred_on > after(days)], before) == review.state


def test_the_histories_of_reviews_reach_every_event_and_every_status():
    """The properties above are about something: together their histories hold every event of a review and every status."""
    chance = random.Random(20160208)  # noqa: S311 - a fixed draw of histories, not a secret
    events, statuses = set(), set()
    for n in range(400):
        steps = sorted(((chance.choice(sorted(ACTS)), chance.randint(1, LAST)) for _ in range(25)), key=lambda step: step[1])
        steps.insert(15, (chance.choice(["correct", "redate", "countersigned", "retract"]), chance.randint(1, 30)))
        begin = BEGINNINGS[n // 2 % len(BEGINNINGS)] if n % 2 else lambda: referred(regime="MASA-WT2018", kind="rapid review")
        review = history(begin, steps)
        events |= {entry.event for entry in review.entries}
        known = (Review.fold(standing(review.entries[:number])) for number in range(1, len(review.entries) + 1))
        statuses |= {type(now.status) for now in known if now}

    declared = {e for e in vars(Review).values() if isinstance(e, type) and issubclass(e, Review.Event)} - {Review.Event, Review.Created}
    assert declared - events == set()
    assert statuses == set(get_args(state.Status))


def test_what_is_recorded_late_takes_its_place_in_time():
    """An earlier notice that is recorded later comes first; what the later one said of the incident still stands."""
    review = referred()
    act(review, "notify_incident", 9)
    first = review.state
    act(review, "notify_incident", 5)

    assert (first.aware_on, review.state.aware_on) == (after(6), after(6))
    assert review.state.notices[0].on == after(9) - timedelta(days=4)
