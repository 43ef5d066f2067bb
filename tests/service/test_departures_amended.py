"""An agency that left is given nothing back by amendments, and none loses days of its membership that it owes in (INV-36)."""

from __future__ import annotations

from datetime import date

import pytest

from aggregates import Action, Agency
from aggregates.errors import RestsOnIt
from aggregates.partnership.membership import (
    AlreadyAMember,
    DeclarationsRest,
    DeparturePassed,
    HeldForTheDeparted,
    LeavesBefore,
    LeavesTooLate,
    MembershipRests,
    NotAMember,
    NotOwed,
    OpenObligations,
    OwedByTheDeparted,
    SucceedsItself,
)
from service.desk.refusals import NotFound
from tests.boards import assign
from tests.service.test_leaving import LEAVES, TODAY, asked_and_challenged, handed_over, left

DISSOLVED = {"reason": "Coombe Quay is dissolved"}


def retract(it, office, kind, ref, amends):
    """Retract an entry in an office."""
    it.act(office, "retract_entry", ref, about=kind, amends=amends, reason="recorded wrongly")


def correct(it, office, kind, ref, amends, **corrected):
    """Correct an entry in an office."""
    it.act(office, "correct_entry", ref, about=kind, amends=amends, corrected=corrected, reason="recorded wrongly")


def announced(it, leaves_on="2016-09-30"):
    """Announce that Coombe Quay will leave."""
    it.act("board-manager", "announce_departure", "CQH", leaves_on=leaves_on, **DISSOLVED)


def stood_down(it):
    """Let the lead of Coombe Quay stand down."""
    it.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on=str(TODAY), **DISSOLVED)


def owner(it, ref="A2"):
    """Return whose an action is."""
    return it.board.load(Action, ref, fresh=True).state.owner


def member(it, ref="CQH"):
    """Return an agency as it is now."""
    return it.board.load(Agency, ref, fresh=True).state


def test_inv_36_what_was_taken_over_does_not_go_back_to_who_left(seeded):
    """INV-36: the successor cannot retract that it took the action over, nor be corrected away as the one that was asked."""
    left(seeded)
    with pytest.raises(OwedByTheDeparted):
        retract(seeded, "riv-lead", "action", "A2", 3)
    with pytest.raises(OwedByTheDeparted):
        retract(seeded, "board-manager", "action", "A2", 2)

    assert owner(seeded) == "RIV"


def test_inv_36_while_its_first_owner_is_a_member_a_taking_over_can_be_taken_back(seeded):
    """INV-36: before anybody has left, the action goes back, and keeps its owner from leaving."""
    handed_over(seeded)
    retract(seeded, "riv-lead", "action", "A2", 3)

    assert owner(seeded) == "CQH"
    assert "action A2 (offered to RIV, which has not answered)" in seeded.board.open_obligations(seeded.board.load(Agency, "CQH"), TODAY)


@pytest.mark.parametrize(("command", "said"), [("declare_outstanding", DISSOLVED), ("withdraw_action", DISSOLVED)])
def test_inv_36_what_was_ended_for_a_departure_is_not_open_again_after_it(seeded, command, said):
    """INV-36: the chair's declaration, or withdrawal, stands when its owner has left; before that it can be taken back."""
    announced(seeded)
    seeded.act("chair", command, "A2", **said)
    retract(seeded, "chair", "action", "A2", 2)
    seeded.act("chair", command, "A2", **said)
    stood_down(seeded)
    seeded.act("board-manager", "leave_agency", "CQH", **LEAVES)

    with pytest.raises(OwedByTheDeparted):
        retract(seeded, "chair", "action", "A2", 4)


def test_inv_36_an_answer_to_a_challenge_is_not_taken_back_after_a_departure(seeded):
    """INV-36: what an agency answered before it left stays answered, and what it was excused stays excused."""
    asked_and_challenged(seeded)
    seeded.act("cqh-lead", "answer_challenge", "CH-1", answer="Two files were lost", what_changed="They are copied at once")
    announced(seeded)
    seeded.act("chair", "declare_obligation_outstanding", "CQH", item="review:SB-2015-01", reason="The records are gone")
    stood_down(seeded)
    key = seeded.board.open_obligations(seeded.board.load(Agency, "CQH"), TODAY)[0]
    seeded.act("board-manager", "revoke_signing_key", "keys", thumbprint=key.split()[3], reason="Retired at the departure")
    seeded.act("board-manager", "leave_agency", "CQH", **LEAVES)

    with pytest.raises(OwedByTheDeparted):
        seeded.act("board-manager", "propose_amendment", "CH-1", about="challenge", amends=2, reason="recorded wrongly")
    with pytest.raises(OwedByTheDeparted):
        retract(seeded, "chair", "agency", "CQH", 3)


def test_inv_36_nobody_acts_again_for_an_agency_that_left(seeded):
    """INV-36: neither by retracting that its lead stood down nor by another last day; an earlier one can be recorded."""
    left(seeded)
    seeded.clock.advance(days=3)
    with pytest.raises(HeldForTheDeparted):
        retract(seeded, "board-manager", "office", "cqh-lead", 2)
    with pytest.raises(HeldForTheDeparted):
        correct(seeded, "board-manager", "office", "cqh-lead", 2, until_on="2016-09-06")

    correct(seeded, "board-manager", "office", "cqh-lead", 2, until_on="2016-09-04")


def test_inv_36_a_lead_is_their_employers_where_their_office_names_no_other(seeded):
    """INV-36: an office of a lead that names the employer alone keeps that agency from leaving, and is not held for it afterwards."""
    told = {"title": "Lead", "role": "designated lead", "employer": "CQH", "holder": str(seeded.people["nobody"])}
    seeded.act("board-manager", "register_subject", told["holder"], name="L. Ead")
    seeded.act("board-manager", "appoint_office_holder", "second-lead", **told, from_on=str(TODAY))
    handed_over(seeded)
    stood_down(seeded)
    with pytest.raises(OpenObligations) as refused:
        seeded.act("board-manager", "leave_agency", "CQH", **LEAVES)
    assert refused.value.facts["obligations"] == ("office second-lead",)
    seeded.act("board-manager", "stand_down_office_holder", "second-lead", until_on=str(TODAY), **DISSOLVED)
    seeded.act("board-manager", "leave_agency", "CQH", **LEAVES)

    with pytest.raises(HeldForTheDeparted):
        retract(seeded, "board-manager", "office", "second-lead", 2)
    with pytest.raises(NotAMember):
        seeded.act("board-manager", "appoint_office_holder", "third-lead", **told, from_on=str(TODAY))
    with pytest.raises(HeldForTheDeparted):
        correct(seeded, "board-manager", "office", "riv-lead", 1, body="CQH")


def test_inv_36_a_joining_is_not_retracted_or_moved_while_the_agency_owes(seeded):
    """INV-36: an agency is not made one that was never there, or not yet, while it has something to do; an earlier day is no matter."""
    with pytest.raises(MembershipRests) as refused:
        retract(seeded, "board-manager", "agency", "CQH", 1)
    assert refused.value.facts["obligations"] == ("action A2", "office cqh-lead")
    seeded.clock.advance(days=3)
    with pytest.raises(MembershipRests):
        correct(seeded, "board-manager", "agency", "CQH", 1, occurred_on="2016-09-07")
    correct(seeded, "board-manager", "agency", "CQH", 1, occurred_on="2016-09-02")

    assert member(seeded).joined_on == date(2016, 9, 2)


def test_what_never_joined_is_given_nothing(seeded):
    """INV-36: an agency whose joining was retracted owns nothing, and has no office, until it joins."""
    seeded.act("board-manager", "join_agency", "NEW", name="Newly joined", category="health", section_11="yes")
    retract(seeded, "board-manager", "agency", "NEW", 1)
    told = {"title": "Lead", "role": "designated lead", "body": "NEW", "holder": str(seeded.people["cqh-lead"]), "from_on": str(TODAY)}
    for act in (
        lambda: assign(seeded, "A9", owner="NEW", owner_office=None),
        lambda: seeded.act("chair", "reassign_action", "A1", owner="NEW", reason="moved"),
        lambda: seeded.act("chair", "transfer_obligation", "A1", successor="NEW", reason="moved"),
        lambda: seeded.act("board-manager", "appoint_office_holder", "new-lead", **told),
        lambda: correct(seeded, "chair", "action", "A1", 1, owner="NEW"),
    ):
        with pytest.raises(NotAMember):
            act()
    seeded.act("board-manager", "join_agency", "NEW", name="Newly joined", category="health", section_11="yes")
    assign(seeded, "A9", owner="NEW", owner_office=None)


def test_inv_36_a_departure_is_not_made_to_stand_again_over_what_came_since(seeded):
    """INV-36: a retraction of the retraction of a departure is a departure, and is refused while the agency owes something."""
    left(seeded)
    retract(seeded, "board-manager", "agency", "CQH", 2)
    assign(seeded, "A9", owner="CQH", owner_office=None)

    with pytest.raises(MembershipRests):
        retract(seeded, "board-manager", "agency", "CQH", 3)


def test_inv_36_a_departure_is_corrected_to_what_could_have_been_recorded(seeded):
    """INV-36: not to before the agency joined or while its offices were held, and not to be its own successor."""
    seeded.clock.advance(days=3)
    handed_over(seeded)
    seeded.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on="2016-09-07", **DISSOLVED)
    seeded.act("board-manager", "leave_agency", "CQH", **LEAVES)
    for refusal, corrected in (
        (RestsOnIt, {"occurred_on": "2016-08-31"}),
        (MembershipRests, {"occurred_on": "2016-09-06"}),
        (SucceedsItself, {"successor": "CQH"}),
        (NotFound, {"successor": "NONE"}),
    ):
        with pytest.raises(refusal):
            correct(seeded, "board-manager", "agency", "CQH", 2, **corrected)
    correct(seeded, "board-manager", "agency", "CQH", 2, occurred_on="2016-09-07")

    assert member(seeded).status.on == date(2016, 9, 7)


def test_who_came_back_did_not_come_back_before_it_left(seeded):
    """A second joining is not moved into the first membership."""
    seeded.clock.advance(days=3)
    left(seeded)
    seeded.clock.advance(days=3)
    seeded.act("board-manager", "join_agency", "CQH", name="Coombe Quay", category="health", section_11="yes")
    with pytest.raises(AlreadyAMember):
        correct(seeded, "board-manager", "agency", "CQH", 3, occurred_on="2016-09-06")
    correct(seeded, "board-manager", "agency", "CQH", 3, occurred_on="2016-09-10")


def test_inv_36_a_departure_is_announced_for_a_day_in_sight(seeded):
    """INV-36: not for a day long after everybody has forgotten it, nor for one before; not by a correction either."""
    with pytest.raises(LeavesTooLate):
        announced(seeded, "2199-01-01")
    announced(seeded, "2018-09-05")
    with pytest.raises(LeavesTooLate):
        correct(seeded, "board-manager", "agency", "CQH", 2, leaves_on="2018-09-06")
    with pytest.raises(LeavesBefore):
        correct(seeded, "board-manager", "agency", "CQH", 2, leaves_on="2016-09-04")


def test_inv_36_nothing_is_declared_outstanding_after_the_announced_day(seeded):
    """INV-36: who announced to leave and stayed owes what it owes, until it announces anew."""
    asked_and_challenged(seeded)
    assign(seeded, "A9", owner="CQH", owner_office=None)
    announced(seeded)
    seeded.clock.advance(days=26)
    undone = {"item": "challenge:CH-1", "reason": "Nobody is left to answer"}
    with pytest.raises(DeparturePassed):
        seeded.act("chair", "declare_outstanding", "A9", reason="Nobody runs the service")
    with pytest.raises(DeparturePassed):
        seeded.act("chair", "declare_obligation_outstanding", "CQH", **undone)
    with pytest.raises(DeparturePassed):  # nor by claiming an earlier day, without saying why that is recorded so late
        seeded.act("chair", "declare_outstanding", "A9", reason="Nobody runs the service", occurred_on=date(2016, 9, 30))

    announced(seeded, "2016-10-31")
    seeded.act("chair", "declare_outstanding", "A9", reason="Nobody runs the service")
    seeded.act("chair", "declare_obligation_outstanding", "CQH", **undone)


def test_inv_36_an_announcement_is_not_taken_back_under_what_was_declared(seeded):
    """INV-36: what was excused for a departure is owed again before the departure is not announced any more."""
    announced(seeded)
    seeded.act("chair", "declare_outstanding", "A2", reason="Nobody runs the service")
    with pytest.raises(DeclarationsRest) as refused:
        retract(seeded, "board-manager", "agency", "CQH", 2)
    assert refused.value.facts["items"] == ["action A2"]
    seeded.clock.advance(days=2)
    with pytest.raises(DeclarationsRest):
        correct(seeded, "board-manager", "agency", "CQH", 2, occurred_on="2016-09-06")

    retract(seeded, "chair", "action", "A2", 2)
    retract(seeded, "board-manager", "agency", "CQH", 2)
    assert (owner(seeded), member(seeded).leaves_on) == ("CQH", None)


def test_inv_36_nor_under_what_was_declared_beside_its_actions(seeded):
    """INV-36: the same holds of a challenge; and what was declared is corrected only to something that is owed."""
    asked_and_challenged(seeded)
    announced(seeded)
    seeded.act("chair", "declare_obligation_outstanding", "CQH", item="challenge:CH-1", reason="Nobody is left to answer")
    with pytest.raises(RestsOnIt):
        retract(seeded, "board-manager", "agency", "CQH", 2)
    with pytest.raises(NotOwed):
        correct(seeded, "chair", "agency", "CQH", 3, item="challenge:CH-2")
    correct(seeded, "chair", "agency", "CQH", 3, item="review:SB-2015-01")

    retract(seeded, "chair", "agency", "CQH", 3)
    retract(seeded, "board-manager", "agency", "CQH", 2)
    assert member(seeded).outstanding == ()


def test_nothing_is_asked_of_an_agency_for_a_day_before_it_joined(seeded):
    """INV-36: an action is assigned or passed on to who was a member on that day; a sub-group and the Board were there."""
    before = {"occurred_on": date(2016, 9, 4)}
    with pytest.raises(NotAMember):
        assign(seeded, "A9", owner="CQH", owner_office=None, **before)
    assign(seeded, "A9", owner="BOARD", owner_office=None, **before)
    with pytest.raises(NotAMember):
        seeded.act("chair", "reassign_action", "A9", owner="CQH", reason="moved", **before)
    with pytest.raises(NotAMember):
        correct(seeded, "chair", "action", "A2", 1, occurred_on="2016-09-04")

    seeded.act("chair", "reassign_action", "A9", owner="CQH", reason="moved")


def test_inv_34_what_a_correction_names_is_on_record(seeded):
    """INV-34: neither the office above, nor what takes an action's place, nor its owner is corrected to one that nobody knows."""
    assign(seeded, "A9")
    seeded.act("chair", "supersede_action", "A9", by_ref="A1", reason="the same")
    seeded.clock.advance(days=130)
    seeded.act("chair", "escalate_action", "A1", level=1, to_office="chair")
    for kind, ref, amends, corrected in (
        ("action", "A1", 2, {"to_office": "nowhere"}),
        ("action", "A9", 2, {"by_ref": "A99"}),
        ("action", "A1", 1, {"owner": "GHOST"}),
    ):
        with pytest.raises(NotFound):
            correct(seeded, "chair", kind, ref, amends, **corrected)

    correct(seeded, "chair", "action", "A9", 2, by_ref="A2")
