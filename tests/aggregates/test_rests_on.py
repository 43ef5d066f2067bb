"""What a later entry rests on is not amended away under it; what it was without before is not asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregates.action import refusals as r
from aggregates.errors import RestsOnIt
from tests.aggregates.people import CHAIR, MANAGER, QUALITY, RIV, accepted, closed, evidence, evidenced, implemented, on, signed_off
from tests.aggregates.reviews import TRAINING, do
from tests.aggregates.reviews import closed as closed_review

LATE = on(500)


def retract(action, amends, who=RIV):
    """Retract an entry."""
    action.retract(acting=who, occurred_on=LATE, amends=amends, reason="recorded wrongly")


def test_inv_13_evidence_that_came_after_the_day_of_the_sign_off_is_none():
    """INV-13: a file that came on day 50 shows nothing on day 40, whatever day it was handed in for; on day 50 it does."""
    action = accepted()
    late = replace(evidence(), received_at=f"{on(50)}T09:00:00Z")
    action.submit_evidence(acting=RIV, occurred_on=on(30), evidence=(late,))
    action.mark_implemented(acting=RIV, occurred_on=on(31), statement="done")

    with pytest.raises(r.NoEvidence):
        action.sign_off(acting=QUALITY, occurred_on=on(40), effect="seen")
    action.sign_off(acting=QUALITY, occurred_on=on(50), effect="seen")


def test_inv_13_history_is_brought_in_with_its_files():
    """INV-13: where the manager records a sign-off of long ago for the office that made it, its files may come in with it."""
    action = accepted()
    lead, head = (replace(who, office="manager", person=MANAGER.person, on_behalf_of=who.office) for who in (RIV, QUALITY))
    action.submit_evidence(acting=lead, occurred_on=on(30), evidence=(replace(evidence(), received_at="2026-01-05T09:00:00Z"),))
    action.mark_implemented(acting=lead, occurred_on=on(31), statement="done")

    action.sign_off(acting=head, occurred_on=on(40), effect="seen")

    assert action.state.status.word == "signed off"


def test_inv_13_what_the_owner_handed_in_late_is_no_history():
    """INV-13: evidence that the owner's own lead handed in counts from when it came, also where the manager records the sign-off."""
    action = accepted()
    action.submit_evidence(acting=RIV, occurred_on=on(30), evidence=(replace(evidence(), received_at=f"{on(50)}T09:00:00Z"),))
    action.mark_implemented(acting=RIV, occurred_on=on(31), statement="done")

    with pytest.raises(r.NoEvidence):
        action.sign_off(acting=replace(QUALITY, office="manager", on_behalf_of="quality-chair"), occurred_on=on(40), effect="seen")


@pytest.mark.parametrize("amends", [3, 4])
def test_inv_13_what_a_sign_off_rests_on_is_not_taken_back(amends):
    """INV-13: neither the evidence nor the word that it was done, while the sign-off stands; once that is retracted, they may be."""
    action = signed_off()

    with pytest.raises(RestsOnIt) as refused:
        retract(action, amends)
    with pytest.raises(RestsOnIt):
        action.propose_amendment(acting=MANAGER, occurred_on=LATE, amends=amends, reason="not theirs")
    with pytest.raises(RestsOnIt):
        action.correct(acting=RIV, occurred_on=LATE, amends=amends, corrected={"occurred_on": str(on(41))}, reason="it came later")
    assert (refused.value.facts["rests"], action.state.status.word) == (5, "signed off")
    retract(action, 5, QUALITY)
    retract(action, amends)


def test_inv_13_all_that_was_before_the_signer_stays():
    """INV-13: one of two files is not taken back either; what came after the sign-off is."""
    action = evidenced()
    action.submit_evidence(acting=RIV, occurred_on=on(30), evidence=(evidence(name="cd"),))
    action.mark_implemented(acting=RIV, occurred_on=on(31), statement="done")
    action.sign_off(acting=QUALITY, occurred_on=on(40), effect="seen")
    action.submit_evidence(acting=RIV, occurred_on=on(41), evidence=(evidence(name="ef"),))

    for amends in (3, 4):
        with pytest.raises(RestsOnIt):
            retract(action, amends)
    retract(action, 7)


def test_inv_13_a_corrected_day_of_a_sign_off_is_asked_what_its_command_is():
    """INV-13: it is not moved to before the evidence, nor to before it was said to be done; elsewhere it is."""
    action = signed_off()

    for day in (20, 30):
        with pytest.raises(RestsOnIt):
            action.correct(acting=QUALITY, occurred_on=LATE, amends=5, corrected={"occurred_on": str(on(day))}, reason="typed wrongly")
    action.correct(acting=QUALITY, occurred_on=LATE, amends=5, corrected={"occurred_on": str(on(35))}, reason="typed wrongly")

    assert action.state.sign_off.on == on(35)


def test_inv_14_a_check_that_a_closing_rests_on_is_not_taken_back():
    """INV-14: what is closed keeps the checks that held, and they are not corrected to have slipped."""
    action = closed()

    with pytest.raises(RestsOnIt):
        retract(action, 9, QUALITY)
    with pytest.raises(RestsOnIt):
        action.correct(acting=QUALITY, occurred_on=LATE, amends=9, corrected={"result": "slipped"}, reason="typed wrongly")


def test_amendments_bring_nothing_back_that_has_lost_its_ground():
    """INV-34: the retraction of a sign-off is not retracted once its evidence is gone."""
    action = signed_off()
    retract(action, 5, QUALITY)
    retract(action, 3)

    with pytest.raises(RestsOnIt):
        retract(action, 6, QUALITY)


def test_what_begins_a_thing_is_not_corrected_to_after_what_came_of_it():
    """INV-34: an assignment does not come after its acceptance."""
    with pytest.raises(RestsOnIt):
        implemented().correct(acting=QUALITY, occurred_on=LATE, amends=1, corrected={"occurred_on": str(on(2))}, reason="typed wrongly")


def numbers(review, *topics):
    """Return the entries of these topics, by what comes after `review.`."""
    return [entry.number for entry in review.entries if entry.event.TOPIC.split(".")[1] in topics]


WHOLE = {
    "report_published": CHAIR,
    "report_presented": MANAGER,
    "board_response_formulated": CHAIR,
    "training_implications_considered": TRAINING,
}


@pytest.mark.parametrize("topic", WHOLE)
def test_inv_05_a_closed_review_is_not_hollowed_out(topic):
    """INV-05: none of what its closing asked for is retracted while it is closed; reopened, it is."""
    review = closed_review()
    amends = numbers(review, topic)[0]

    with pytest.raises(RestsOnIt) as refused:
        do(review, "retract", 401, WHOLE[topic], amends=amends, reason="recorded wrongly")
    assert (refused.value.facts["rests"], review.state.status.word) == (len(review.entries), "closed")
    do(review, "reopen_review", 402, CHAIR, grounds="The report was the wrong one")
    do(review, "retract", 403, WHOLE[topic], amends=amends, reason="recorded wrongly")


def test_inv_05_a_closed_review_gets_no_concern_that_nothing_answers():
    """INV-05: a finding is not corrected into a concern behind a closing; its words may be put right."""
    review = closed_review()
    amends = numbers(review, "finding_recorded")[0]

    for days, corrected in ((401, {"statement": "Nobody could say what happens hour by hour"}), (402, {"polarity": "good_practice"})):
        do(review, "correct", days, MANAGER, amends=amends, corrected=corrected, reason="recorded wrongly")
    with pytest.raises(RestsOnIt):
        do(review, "correct", 403, MANAGER, amends=amends, corrected={"polarity": "concern"}, reason="recorded wrongly")


def test_inv_34_a_referral_is_not_retracted_under_what_came_of_it():
    """INV-34: a closed review does not go from the register because its first entry is retracted."""
    review = closed_review()
    do(review, "reopen_review", 402, CHAIR, grounds="Another report came")
    who = replace(MANAGER, office=review.entries[0].body["by_office"])

    with pytest.raises(RestsOnIt, match="nothing would have begun"):
        do(review, "retract", 403, who, amends=1, reason="hidden")
