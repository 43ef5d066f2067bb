"""A review, as far as an action's source needs it: findings with a system factor, and a response to each."""

from __future__ import annotations

from datetime import date

import pytest

from aggregates.errors import Blank, NothingNamed
from aggregates.review import Review
from aggregates.review import refusals as r
from aggregates.review.parts import Finding
from tests.aggregates.people import CHAIR, DAY, MANAGER, ORIGIN, QUALITY, on
from tests.aggregates.reviews import SCR, do, under_way

ALDER = {
    "ref": "SB-2015-01", "title": "Alder", "kind": "serious case review", "regime": "LSCB-WT2015", "referring_agency": "SBC-CSC",
    "notified_on": date(2015, 3, 9),
}  # fmt: skip
F1 = {
    "number": "F1", "statement": "Information from adult mental health did not reach children's services", "polarity": "concern",
    "scope": "multi-agency", "system_factor": "Two record systems with no shared prompt", "themes": ("information sharing",),
    "modifiable_factor": None,
}  # fmt: skip
F3 = F1 | {"number": "F3", "statement": "The school persisted", "polarity": "good_practice", "themes": ()}
YES = {"number": "F1", "response": "accepted", "reason": None, "intended_actions": "A joint protocol"}
NO = {"number": "F3", "response": "rejected", "reason": "Not borne out by the files"}


def alder():
    """Give a review with two findings."""
    review = Review.refer(ORIGIN, acting=CHAIR, occurred_on=DAY, **ALDER)
    for finding in (F1, F3):
        review.record_finding(acting=MANAGER, occurred_on=on(10), **finding)
    return review


def respond(review, *responses, day=20):
    """Formulate the Board's response."""
    review.formulate_response(acting=CHAIR, occurred_on=on(day), responses=responses)


def test_findings_are_known_by_their_number():
    """A finding is there from its day on, under a number that no other has; retracted, it is not, and may be recorded anew."""
    review = alder()
    assert (review.ref, review.state.findings[0]) == ("SB-2015-01", Finding(**F1))
    assert [review.has_finding(number) for number in ("F1", "F2", "F3")] == [True, False, True]
    with pytest.raises(r.FindingExists):
        review.record_finding(acting=MANAGER, occurred_on=on(11), **F1)

    review.retract(acting=MANAGER, occurred_on=on(12), amends=2, reason="misheard")

    assert not review.has_finding("F1")
    review.record_finding(acting=MANAGER, occurred_on=on(13), **F1)


def test_inv_06_a_finding_names_a_system_factor():
    """INV-06: a finding that says nothing of the system is refused, and records nothing."""
    review = alder()

    with pytest.raises(r.NoSystemFactor):
        review.record_finding(acting=MANAGER, occurred_on=on(11), **F1 | {"number": "F2", "system_factor": " "})

    assert len(review.entries) == 3


def test_inv_04_the_response_covers_every_finding_exactly_once():
    """INV-04: a finding left out, answered twice or unknown is refused; all of them once is the response."""
    review = alder()

    for responses, refusal in (
        ((YES,), r.NotEveryFinding),
        ((), r.NotEveryFinding),
        ((YES, NO, YES), r.AnsweredTwice),
        ((YES, NO, YES | {"number": "F9"}), r.UnknownFinding),
    ):
        with pytest.raises(refusal):
            respond(review, *responses)
    respond(review, YES, NO)

    assert review.state.status.word == "response formulated"
    assert [(a.number, a.response, a.reason) for a in review.state.answer.responses] == [
        ("F1", "accepted", None),
        ("F3", "rejected", "Not borne out by the files"),
    ]


def test_inv_04_what_is_not_wholly_accepted_is_owed_a_reason():
    """INV-04: rejection and acceptance in part need a reason in words."""
    for response in ("rejected", "in part"):
        for reason in (None, " "):
            with pytest.raises(r.NoReason):
                respond(alder(), YES, {"number": "F3", "response": response, "reason": reason})


@pytest.mark.parametrize("wrong", [{"response": "maybe"}, {"number": None}, {"number": 3}, {"owner": "RIV"}, {"response": None}])
def test_inv_04_a_response_has_the_members_that_it_has(wrong):
    """INV-04: a response that cannot be read is refused, and says why."""
    with pytest.raises(r.UnreadableResponse):
        respond(alder(), YES, NO | wrong)


def test_inv_04_a_later_response_replaces_the_earlier():
    """INV-04: a finding that came after the response is answered by a response to all."""
    review = alder()
    respond(review, YES, NO)
    review.record_finding(acting=QUALITY, occurred_on=on(30), **F1 | {"number": "F4"})

    respond(review, YES, NO, YES | {"number": "F4"}, day=40)

    assert [a.number for a in review.state.answer.responses] == ["F1", "F3", "F4"]
    assert [a.number for a in review.state_on(on(39)).answer.responses] == ["F1", "F3"]


def test_nothing_is_said_of_a_review_before_its_referral():
    """A finding or a response before the day of the referral, or after its retraction, is refused."""
    review = Review.refer(ORIGIN, acting=CHAIR, occurred_on=DAY, **ALDER)
    with pytest.raises(r.NotReferred):
        review.record_finding(acting=MANAGER, occurred_on=on(-1), **F1)
    review.retract(acting=CHAIR, occurred_on=on(1), amends=1, reason="another board's")

    with pytest.raises(r.NotReferred):
        respond(review)
    assert (review.state, review.has_finding("F1")) == (None, False)


def test_a_review_has_a_reference_and_a_title():
    """What names a review is in words."""
    for blank in ({"ref": " "}, {"title": ""}):
        with pytest.raises(Blank):
            Review.refer(ORIGIN, acting=CHAIR, occurred_on=DAY, **ALDER | blank)


@pytest.mark.parametrize(
    ("act", "who", "empty", "said"),
    [
        ("constitute_review_team", MANAGER, "members", {}),
        ("invite_practitioners", SCR, "roles", {"count": 3, "how_explained": "a letter"}),
        ("record_practitioner_contribution", SCR, "roles", {"count": 3, "how": "an event"}),
        ("invite_family", SCR, "relations", {"count": 1, "how_explained": "a visit"}),
        ("record_family_involvement", SCR, "relations", {"outcome": "contributed"}),
    ],
)
def test_an_act_about_nobody_is_refused(act, who, empty, said):
    """A team without seats, or an invitation of nobody, is a form that was sent unfilled: it is refused by its field."""
    review = under_way()
    before = len(review.entries)

    with pytest.raises(NothingNamed, match=empty):
        do(review, act, 120, who, **{empty: ()}, **said)
    assert len(review.entries) == before
