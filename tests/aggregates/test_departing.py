"""What becomes of an action whose owner leaves the partnership (INV-36)."""

from __future__ import annotations

import pytest

from aggregates.action import refusals, state
from aggregates.errors import Blank
from aggregates.partnership import Agency
from aggregates.partnership.agency import Accounted, Left
from aggregates.partnership.membership import SucceedsItself
from tests.aggregates.people import (
    CHAIR,
    CHAIR_OF_RIV,
    DAY,
    DUE,
    MANAGER,
    ORIGIN,
    QUALITY,
    RIV,
    WMP,
    accepted,
    closed,
    evidenced,
    on,
    signed_off,
    slipped,
)  # fmt: skip


def offered(action=None):
    """Give an action that Westmoor is asked to take over from Riverside."""
    action = action or evidenced()
    action.transfer_obligation(acting=MANAGER, occurred_on=on(32), successor="WMP", reason="Riverside is dissolved")
    return action


def test_inv_36_what_is_taken_over_stays_what_was_promised():
    """F.9: the successor answers for it as it stands; its dates, its evidence and its original owner stay on show."""
    action = offered()
    assert (action.state.owner, action.state.offered_to) == ("RIV", "WMP")

    action.accept_transfer(acting=WMP, occurred_on=on(35), owner_office="wmp-lead")

    now = action.state
    assert (now.owner, now.owner_office, now.original_owner, now.inherited_from, now.offered_to) == ("WMP", "wmp-lead", "RIV", "RIV", None)
    assert (now.due_on, now.original_due_on, now.assigned_on, now.times_redated) == (DUE, DUE, DAY, 0)
    assert (now.status, len(now.standing_evidence)) == (state.EvidenceSubmitted(), 1)
    assert action.state_on(on(34)).owner == "RIV"


def test_inv_36_what_nobody_had_answered_is_accepted_with_its_transfer():
    """Who takes over what was only assigned has accepted it."""
    action = accepted()
    action.dispute(acting=RIV, occurred_on=on(2), reason="we are dissolved")
    offered(action).accept_transfer(acting=WMP, occurred_on=on(35))

    assert action.state.status == state.Accepted()


def test_inv_36_a_transfer_that_is_refused_leaves_it_with_the_board():
    """F.9: a successor that refuses says why, and the Board owns it: overdue on the same day as before, and asked anew."""
    action = offered()
    action.refuse_transfer(acting=WMP, occurred_on=on(35), reason="we do not run that service")

    now = action.state
    assert (now.owner, now.inherited_from, now.offered_to, now.due_on) == ("BOARD", "RIV", None, DUE)
    assert now.status == state.Assigned()
    action.accept(acting=CHAIR, occurred_on=on(36))
    assert action.state.status == state.Accepted()


def test_inv_36_a_late_promise_is_late_after_its_transfer():
    """The clock does not stop: what was overdue with its first owner is overdue by as many days with its next."""
    action = accepted()
    late = DUE.replace(month=12, day=26)
    action.transfer_obligation(acting=CHAIR, occurred_on=late, successor="WMP", reason="dissolved")
    action.accept_transfer(acting=WMP, occurred_on=late)

    assert action.state.days_overdue_on(late) == 10


def test_inv_36_only_who_is_asked_answers():
    """Nobody takes over, or refuses, what was not offered to them; what was answered is not answered again."""
    for act in ("accept_transfer", "refuse_transfer"):
        said = {"reason": "no"} if act == "refuse_transfer" else {}
        with pytest.raises(refusals.NotOffered):
            getattr(evidenced(), act)(acting=WMP, occurred_on=on(35), **said)
        with pytest.raises(refusals.NotOffered):
            getattr(offered(), act)(acting=RIV, occurred_on=on(35), **said)
        with pytest.raises(refusals.NotOffered):
            getattr(offered(), act)(acting=WMP, occurred_on=on(31), **said)
        action = offered()
        action.accept_transfer(acting=WMP, occurred_on=on(35))
        with pytest.raises(refusals.NotOffered):
            getattr(action, act)(acting=WMP, occurred_on=on(36), **said)


def test_inv_36_a_transfer_is_made_by_the_overseers_to_another_who_is_not_asked_already():
    """An action is offered by those who oversee it, to another agency, once; another can be asked instead of one that is silent."""
    action = offered()
    with pytest.raises(refusals.NotOverseeing):
        action.transfer_obligation(acting=RIV, occurred_on=on(33), successor="AVM", reason="dissolved")
    for successor, refusal in (("RIV", refusals.SameOwner), ("WMP", refusals.AlreadyOffered), ("QUALITY", refusals.OverseesItself)):
        with pytest.raises(refusal):
            action.transfer_obligation(acting=QUALITY, occurred_on=on(33), successor=successor, reason="dissolved")
    with pytest.raises(Blank):
        action.transfer_obligation(acting=QUALITY, occurred_on=on(33), successor="AVM", reason=" ")
    with pytest.raises(refusals.ActionEnded):
        offered(closed())

    action.transfer_obligation(acting=QUALITY, occurred_on=on(33), successor="AVM", reason="Westmoor is silent")

    assert action.state.offered_to == "AVM"
    with pytest.raises(refusals.NotOffered):
        action.accept_transfer(acting=WMP, occurred_on=on(35))


def test_inv_36_what_is_outstanding_at_departure_says_so_and_is_no_more_asked_for():
    """An action that nobody takes over ends under a name of its own, with a public reason, and is counted neither as done nor overdue."""
    action = offered()
    action.declare_outstanding(acting=CHAIR, occurred_on=on(40), reason="No successor runs the service", leaves_on=on(60))

    now = action.state
    assert (now.status.word, now.end_reason, now.owner) == ("outstanding at departure", "No successor runs the service", "RIV")
    assert (now.sign_off, now.overdue_on(on(900)), now.offered_to) == (None, False, None)
    with pytest.raises(refusals.ActionEnded):
        action.accept(acting=RIV, occurred_on=on(41))


def test_inv_36_done_work_is_not_outstanding_and_what_slipped_is():
    """What was signed off was done; what slipped since is owed again, and can be declared outstanding."""
    with pytest.raises(refusals.WrongState):
        signed_off().declare_outstanding(acting=CHAIR, occurred_on=on(41), reason="dissolved", leaves_on=on(500))
    action = slipped()
    action.declare_outstanding(acting=CHAIR, occurred_on=on(410), reason="dissolved", leaves_on=on(500))

    assert action.state.status.word == "outstanding at departure"


def test_inv_44_the_chair_writes_nothing_off_for_the_chairs_own_employer():
    """INV-44: what the chair's employer owes is declared outstanding by the deputy."""
    with pytest.raises(refusals.ChairsEmployer):
        evidenced().declare_outstanding(acting=CHAIR_OF_RIV, occurred_on=on(40), reason="dissolved", leaves_on=on(500))


def test_inv_17_the_ladder_begins_anew_with_a_new_owner():
    """INV-17: who takes an overdue action over, or is left with it, is escalated from the first rung."""
    late = DUE.replace(month=12, day=26)
    for answer, who, said in (("accept_transfer", WMP, {}), ("refuse_transfer", WMP, {"reason": "not ours"})):
        action = accepted()
        action.escalate(acting=CHAIR, occurred_on=late, level=2, to_office="chair")
        action.transfer_obligation(acting=CHAIR, occurred_on=late, successor="WMP", reason="dissolved")
        assert action.state.escalation_level == 2
        before = action.spell
        getattr(action, answer)(acting=who, occurred_on=late, **said)
        assert (action.state.escalation_level, action.spell > before) == (0, True)


def test_inv_36_who_left_left_a_list():
    """An agency's departure says what became of each thing that it had not done; nobody is their own successor."""
    joined = {"code": "CRC-S", "name": "Severn CRC", "category": "probation", "section_11": "yes"}
    agency = Agency.join(ORIGIN, acting=MANAGER, occurred_on=DAY, **joined)
    with pytest.raises(SucceedsItself):
        agency.leave(acting=MANAGER, occurred_on=on(20), reason="dissolved", successor="CRC-S")
    accounted = (Accounted("action:A17", "transferred", "NPS-S"), Accounted("action:A18", "outstanding at departure"))
    agency.leave(acting=MANAGER, occurred_on=on(20), reason="dissolved", successor="NPS-S", accounted=accounted)

    assert agency.state.status == Left(on(20), "dissolved", "NPS-S", accounted)
