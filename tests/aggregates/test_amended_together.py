"""An amendment is judged by what the entry would then say, with all other amendments of it that stand."""

from __future__ import annotations

from datetime import date

import pytest

from aggregates import errors as e
from aggregates.action.refusals import (
    DueBeforeItBegins,
    EscalatedToOwner,
    LevelNotHigher,
    LevelSkipped,
    NotOverdue,
    OverseesItself,
    SameOwner,
    SupersededByItself,
)
from aggregates.review import refusals as r
from tests.aggregates.people import CHAIR, MANAGER, QUALITY, assigned, on
from tests.aggregates.reviews import ACCEPTED, FINDING, OTHER_HASH, SCR, answered, do, led

LATER = on(84)
SOON = {"due_on": "2016-09-20"}
PAST_IT = {"occurred_on": "2016-09-26"}


def correct(action, amends, corrected, who=QUALITY, proposal=None):
    """Correct fields of an entry."""
    action.correct(acting=who, occurred_on=LATER, amends=amends, corrected=corrected, reason="recorded wrongly", proposal=proposal)


def retract(action, amends):
    """Retract an entry."""
    action.retract(acting=QUALITY, occurred_on=LATER, amends=amends, reason="recorded wrongly")


def propose(action, amends, corrected=None):
    """Propose an amendment."""
    action.propose_amendment(acting=MANAGER, occurred_on=LATER, amends=amends, corrected=corrected, reason="recorded wrongly")


def brought_forward(*corrections):
    """Assign an action that is due soon, and correct it further."""
    action = assigned()
    for corrected in (SOON, *corrections):
        correct(action, 1, corrected)
    return action


@pytest.mark.parametrize("order", [(SOON, PAST_IT), (PAST_IT, SOON)])
def test_two_corrections_cannot_say_together_what_one_could_not(order):
    """INV-34: each of the two would pass alone; the second is refused, whichever it is, and nothing is recorded of it."""
    action = assigned()
    correct(action, 1, order[0])

    with pytest.raises(DueBeforeItBegins):
        correct(action, 1, order[1])

    assert len(action.entries) == 2


def test_a_correction_may_mend_what_an_earlier_one_needs():
    """INV-34: what would be refused of the entry as first recorded passes where an earlier correction makes room for it."""
    action = assigned(due_on=date(2016, 9, 20))
    correct(action, 1, {"due_on": "2016-12-16"})

    correct(action, 1, PAST_IT)

    assert action.state_on(date(2016, 9, 25)) is None


def test_a_correction_of_a_correction_is_judged_by_what_the_entry_then_says():
    """INV-34, F.10: what the first correction should have said is held against what else was corrected."""
    action = brought_forward({"occurred_on": "2016-09-13"})

    with pytest.raises(DueBeforeItBegins):
        correct(action, 3, {"corrected": PAST_IT})
    with pytest.raises(DueBeforeItBegins):
        correct(action, 2, {"corrected": {"due_on": "2016-09-12"}})
    correct(action, 3, {"corrected": {"occurred_on": "2016-09-14"}})

    assert action.state_on(date(2016, 9, 13)) is None


def test_a_correction_of_a_correction_of_a_correction_too():
    """INV-34: however deep it lies, the entry itself is judged."""
    action = brought_forward({"occurred_on": "2016-09-13"})
    correct(action, 3, {"corrected": {"occurred_on": "2016-09-14"}})

    with pytest.raises(DueBeforeItBegins):
        correct(action, 4, {"corrected": {"corrected": PAST_IT}})


def test_a_correction_that_another_one_needs_is_not_retracted():
    """INV-34: take the later day away first; then the earlier one may go, and the entry says what it said."""
    action = assigned(due_on=date(2016, 9, 20))
    correct(action, 1, {"due_on": "2016-12-16"})
    correct(action, 1, PAST_IT)

    with pytest.raises(DueBeforeItBegins):
        retract(action, 2)
    retract(action, 3)
    retract(action, 2)

    assert action.state.due_on == date(2016, 9, 20)


def test_an_entry_is_retracted_whatever_it_says():
    """INV-34: what no longer stands says nothing, so nothing is held against it; and it comes back as it was."""
    action = brought_forward()
    retract(action, 1)
    assert action.state is None

    retract(action, 3)

    assert action.state.due_on == date(2016, 9, 20)


def test_inv_35_a_proposal_is_judged_when_it_is_proposed_and_when_it_is_made():
    """INV-35: a proposal that would be refused is not proposed; one that was overtaken is not made."""
    action = brought_forward()
    with pytest.raises(DueBeforeItBegins):
        propose(action, 1, PAST_IT)
    propose(action, 1, {"occurred_on": "2016-09-15"})
    correct(action, 1, {"due_on": "2016-09-14"})

    with pytest.raises(DueBeforeItBegins):
        correct(action, 1, {"occurred_on": "2016-09-15"}, who=CHAIR, proposal=3)

    assert [proposal.number for proposal in action.open_proposals] == [3]


def test_inv_35_the_retraction_of_a_correction_is_not_proposed_where_it_is_refused():
    """INV-35: a proposed retraction is judged as the retraction would be."""
    action = assigned(due_on=date(2016, 9, 20))
    correct(action, 1, {"due_on": "2016-12-16"})
    correct(action, 1, PAST_IT)

    with pytest.raises(DueBeforeItBegins):
        propose(action, 2)


def test_who_may_not_amend_is_told_so_first():
    """INV-35: whether a value would pass is told to nobody who may not amend the entry."""
    with pytest.raises(e.CountersignatureNeeded):
        correct(brought_forward(), 1, PAST_IT, who=MANAGER)


def test_inv_04_a_correction_of_a_response_is_not_taken_back_while_its_finding_stands():
    """INV-04: a response that was corrected to answer a second finding keeps that answer."""
    review = answered()
    number = len(review.entries)
    do(review, "record_finding", 161, SCR, **FINDING | {"number": "F2"})
    both = [ACCEPTED, {"number": "F2", "response": "accepted"}]
    do(review, "correct", 162, CHAIR, amends=number, corrected={"responses": both}, reason="one was found late")

    with pytest.raises(r.NotEveryFinding):
        do(review, "retract", 163, CHAIR, amends=number + 2, reason="it was right before")


def test_inv_01_affiliations_that_were_corrected_are_not_asked_for_again():
    """INV-01: after the breach that a correction led to, another field of the declaration can still be corrected."""
    review = led()
    number = len(review.entries)
    tied = {"organisation": "NGH", "role": "consultant", "from_on": "2015-01-01"}
    do(review, "correct", 33, SCR, amends=number, corrected={"affiliations": [tied]}, reason="left unsaid")
    do(review, "add_organisation_under_review", 34, SCR, organisation="NGH", reason="its ward")
    do(review, "record_independence_breach", 35, SCR, organisations=("NGH",), grounds="a consultant there")

    do(review, "correct", 36, SCR, amends=number, corrected={"declaration_sha256": OTHER_HASH}, reason="the wrong file")

    assert review.state.lead.declaration_sha256 == OTHER_HASH


def test_inv_11_no_amendment_lets_who_owns_an_action_oversee_it():
    """INV-11: neither the owner of any time nor the overseers are corrected so that the two are one."""
    action = assigned()
    action.reassign(acting=CHAIR, occurred_on=on(1), owner="TRAINING", reason="theirs")
    for amends, who, corrected in (
        (1, QUALITY, {"overseen_by": "TRAINING"}),
        (1, QUALITY, {"overseen_by": "RIV"}),
        (1, QUALITY, {"owner": "QUALITY"}),
        (2, CHAIR, {"owner": "QUALITY"}),
    ):
        with pytest.raises(OverseesItself):
            correct(action, amends, corrected, who=who)
    with pytest.raises(SameOwner):
        correct(action, 2, {"owner": "RIV"}, who=CHAIR)

    correct(action, 1, {"overseen_by": "SCR"})
    assert (action.state.owner, action.state.overseen_by) == ("TRAINING", "SCR")


def test_inv_36_a_transfer_is_corrected_to_whom_it_could_have_been_offered():
    """INV-36: not to its owner, nor to those who oversee it."""
    action = assigned()
    action.transfer_obligation(acting=CHAIR, occurred_on=on(1), successor="WMP", reason="dissolved")
    with pytest.raises(SameOwner):
        correct(action, 2, {"successor": "RIV"}, who=CHAIR)
    with pytest.raises(OverseesItself):
        correct(action, 2, {"successor": "QUALITY"}, who=CHAIR)
    correct(action, 2, {"successor": "CQH"}, who=CHAIR)

    assert action.state.offered_to == "CQH"


def test_an_action_is_not_superseded_by_itself_after_a_correction():
    """What takes its place is another action."""
    action = assigned()
    action.supersede(acting=CHAIR, occurred_on=on(1), by_ref="A9", reason="the same")
    with pytest.raises(SupersededByItself):
        correct(action, 2, {"by_ref": "A8"}, who=CHAIR)
    correct(action, 2, {"by_ref": "A10"}, who=CHAIR)

    assert action.state.status.by_ref == "A10"


def escalated(*levels):
    """Escalate an overdue action to these levels."""
    action = assigned(due_on=date(2016, 9, 20))
    for days, level in enumerate(levels, start=20):
        action.escalate(acting=QUALITY, occurred_on=on(days), level=level, to_office="chair")
    return action


@pytest.mark.parametrize("level", [-3, 0, 2, 3, 10, 1000])
def test_inv_17_a_level_is_corrected_to_one_that_could_have_been_the_next(level):
    """INV-17: above the one before, below the one after, and none that no ladder has."""
    action = escalated(1, 2)
    with pytest.raises(LevelNotHigher):
        correct(action, 2, {"level": level}, who=MANAGER)

    assert action.state.escalation_level == 2


def test_inv_17_a_correction_skips_a_level_only_for_those_who_could_have():
    """INV-17: who may not skip a level may not correct one into a skipped one; the Board's own offices may."""
    action = escalated(1)
    with pytest.raises(LevelSkipped):
        correct(action, 2, {"level": 3})
    correct(action, 2, {"level": 3}, who=MANAGER)

    assert action.state.escalation_level == 3


def test_inv_17_an_escalation_is_corrected_to_a_day_and_an_office_that_it_could_have_had():
    """INV-17: to a day on which it was overdue, to an office above its owner's."""
    action = escalated(1)
    with pytest.raises(NotOverdue):
        correct(action, 2, {"occurred_on": "2016-09-20"})
    with pytest.raises(EscalatedToOwner):
        correct(action, 2, {"to_office": "riv-lead"})
    correct(action, 2, {"to_office": "deputy", "occurred_on": "2016-09-21"})

    assert action.state.escalated_to == "deputy"


def test_an_amendment_is_not_held_to_what_was_there_before_it():
    """INV-34: retractions may leave levels as no commands would have; another entry can still be corrected then."""
    action = escalated(1, 2)
    action.vary_due_date(acting=QUALITY, occurred_on=on(30), due_on=date(2016, 10, 20), reason="agreed")
    action.escalate(acting=QUALITY, occurred_on=on(40), level=1, to_office="chair")
    retract(action, 4)

    correct(action, 5, {"to_office": "deputy"})

    assert action.state.escalated_to == "deputy"
