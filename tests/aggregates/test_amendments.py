"""Nothing is edited: an entry is corrected or retracted by a later one, by whom the rules name."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date

import pytest

from aggregates import errors as e
from aggregates.action import state as s
from aggregates.entry.fields import corrections
from aggregates.registry import Keys
from tests.aggregates.people import (
    CHAIR,
    CHAIR_OF_RIV,
    DAY,
    DEPUTY,
    DUE,
    MANAGER,
    ORIGIN,
    QUALITY,
    QUALITY_OF_RIV,
    RIV,
    SERVICE,
    TRAINING,
    WMP,
    accepted,
    assigned,
    evidenced,
    on,
    signed_off,
    sustaining,
)

LATER = on(84)


def amend(action, amends, who=QUALITY, proposal=None, **corrected):
    """Correct fields of an entry."""
    action.correct(acting=who, occurred_on=LATER, amends=amends, corrected=corrected, reason="typing error", proposal=proposal)


def test_inv_34_a_correction_changes_what_stands_and_keeps_what_was_said():
    """INV-34: the corrected value is what stands; the entry still says what it said."""
    action = assigned()

    amend(action, 1, title="Pathway for injured babies", due_on="2016-12-23")

    assert (action.state.title, action.state.due_on) == ("Pathway for injured babies", date(2016, 12, 23))
    assert action.entries[0].body["title"] == "Pre-mobile injury pathway"


def test_inv_34_of_two_corrections_the_later_wins():
    """INV-34: a field corrected twice has the later value; fields corrected apart have both."""
    action = assigned()
    amend(action, 1, title="First", success_measure="all files")
    amend(action, 1, title="Second")

    assert (action.state.title, action.state.success_measure) == ("Second", "all files")


def test_inv_34_a_correction_can_be_corrected_and_retracted():
    """INV-34, F.10: a correction of a correction says all that it should have said; retracted, the first value stands again."""
    action = assigned()
    amend(action, 1, title="Wrng", due_on=date(2017, 1, 9))
    amend(action, 2, corrected={"title": "Right"})
    assert (action.state.title, action.state.due_on) == ("Right", DUE)

    action.retract(acting=QUALITY, occurred_on=LATER, amends=2, reason="it was right before")

    assert action.state.title == "Pre-mobile injury pathway"


def test_inv_34_a_retraction_undoes_and_can_be_undone():
    """INV-34: a retracted entry does not stand; its retraction retracted, it stands again."""
    action = evidenced()
    action.retract(acting=RIV, occurred_on=LATER, amends=3, reason="wrong file")
    assert (action.state.evidence, action.state.status) == ((), s.Accepted())

    action.retract(acting=RIV, occurred_on=LATER, amends=4, reason="it was the right file")

    assert (len(action.state.evidence), action.state.status) == (1, s.EvidenceSubmitted())


def test_inv_34_a_corrected_day_moves_the_entry():
    """INV-34: `occurred_on` can be corrected, and the entry takes its place by the right day."""
    action = accepted()

    amend(action, 2, who=RIV, occurred_on="2016-10-03")

    assert action.state_on(date(2016, 10, 2)).status == s.Assigned()
    assert action.state_on(date(2016, 10, 3)).status == s.Accepted()


def test_inv_34_an_action_whose_assignment_is_retracted_was_never_assigned():
    """INV-34: retract what came later and then the first entry, and nothing is true of it any more, nor can be recorded of it."""
    action = accepted()
    with pytest.raises(e.RestsOnIt):
        action.retract(acting=QUALITY, occurred_on=LATER, amends=1, reason="wrong reference")
    action.retract(acting=RIV, occurred_on=LATER, amends=2, reason="accepted another")
    action.retract(acting=QUALITY, occurred_on=LATER, amends=1, reason="wrong reference")

    assert (action.state, action.ref) == (None, "A8")
    with pytest.raises(e.Refused):
        action.mark_implemented(acting=RIV, occurred_on=LATER, statement="done")


@pytest.mark.parametrize(
    ("amends", "corrected", "refusal"),
    [
        (1, {"ref": "A9"}, e.IdentifyingField),
        (2, {"amends": 3}, e.IdentifyingField),
        (2, {"proposal": 3}, e.IdentifyingField),
        (1, {"colour": "red"}, e.UnknownField),
        (1, {"originator_version": 7}, e.UnknownField),
        (2, {"corrected_public": {"title": "x"}}, e.UnknownField),
        (2, {"corrected": {"ref": "A9"}}, e.IdentifyingField),
        (2, {"corrected": {"due_on": "soon"}}, e.WrongKindCorrected),
        (2, {"corrected": {}}, e.NothingToCorrect),
        (2, {"corrected": "Right"}, e.WrongKindCorrected),
        (1, {"by_person": None}, e.SealedField),
        (1, {"by_agency": "RIV"}, e.SealedField),
        (1, {"due_on": "16/12/2016"}, e.WrongKindCorrected),
        (1, {"due_on": None}, e.WrongKindCorrected),
        (1, {"kind": "poster"}, e.WrongKindCorrected),
        (1, {}, e.NothingToCorrect),
        (0, {"title": "x"}, e.NothingToAmend),
        (4, {"title": "x"}, e.NothingToAmend),
        (3, {"title": "x"}, e.ProposalIsFixed),
    ],
)
def test_inv_34_what_cannot_be_corrected_is_refused_by_name(amends, corrected, refusal):
    """INV-34: no unknown, identifying, sealed or mistyped field is corrected, nor an entry that is not there; nothing is recorded."""
    action = assigned()
    amend(action, 1, title="Wrng")
    action.propose_amendment(acting=MANAGER, occurred_on=LATER, amends=1, corrected={"title": "Right"}, reason="typing error")

    with pytest.raises(refusal):
        action.correct(acting=QUALITY, occurred_on=LATER, amends=amends, corrected=corrected, reason="typing error")

    assert len(action.entries) == 3


def test_inv_34_what_was_retracted_is_not_amended_again():
    """INV-34: a retracted entry can be neither corrected nor retracted, only its retraction can."""
    action = evidenced()
    action.retract(acting=RIV, occurred_on=LATER, amends=3, reason="wrong file")

    with pytest.raises(e.AlreadyRetracted):
        action.retract(acting=RIV, occurred_on=LATER, amends=3, reason="wrong file")
    with pytest.raises(e.AlreadyRetracted):
        amend(action, 3, who=RIV, narrative="none")


def test_corrected_values_inherit_the_class_of_what_they_correct():
    """Ledger §2: a corrected restricted value is restricted, a public one public, through a correction of a correction too."""
    action = evidenced()
    amend(action, 3, who=RIV, narrative="41 files", occurred_on="2016-10-13")
    amend(action, 4, who=RIV, corrected={"narrative": "42 files", "occurred_on": "2016-10-14"})
    first, second = action.entries[3].body, action.entries[4].body

    assert (first["corrected_public"], first["corrected"], first["corrected_restricted"]) == (
        {"occurred_on": "2016-10-13"}, None, {"narrative": "41 files"},
    )  # fmt: skip
    assert second["corrected_public"] == {"corrected_public": {"occurred_on": "2016-10-14"}}
    assert second["corrected_restricted"] == {"corrected_restricted": {"narrative": "42 files"}}
    assert corrections(first) == {"occurred_on": "2016-10-13", "narrative": "41 files"}
    assert action.state.evidence_received_last == date(2016, 10, 14)


def test_inv_35_a_decision_is_amended_by_the_office_that_made_it():
    """INV-35: another office, another sub-group and the agency that it is about are refused, and the maker is not."""
    action = signed_off()

    for who in (TRAINING, RIV, WMP, CHAIR, SERVICE):
        with pytest.raises(e.NotTheirsToAmend):
            amend(action, 5, who=who, effect="more")
    amend(action, 5, effect="Referrals come the same day, also at weekends")

    assert action.state.sign_off.effect == "Referrals come the same day, also at weekends"


def test_inv_35_never_the_beneficiary_agency_alone():
    """INV-35: the office that decided does not amend the decision while its holder is employed by the owner of the action."""
    action = signed_off()

    with pytest.raises(e.BeneficiaryAlone):
        action.retract(acting=QUALITY_OF_RIV, occurred_on=LATER, amends=5, reason="ours")


def test_inv_35_the_manager_proposes_and_the_chair_makes_it():
    """INV-35, F.10: a proposal changes nothing; the chair's countersignature does, and the action awaits its sign-off again."""
    action = sustaining()
    with pytest.raises(e.CountersignatureNeeded):
        action.retract(acting=MANAGER, occurred_on=LATER, amends=5, reason="signed by the owner's employee")
    action.propose_amendment(acting=MANAGER, occurred_on=LATER, amends=5, reason="signed by the owner's employee")
    assert (action.state.status.word, [p.number for p in action.open_proposals]) == ("sustaining", [8])

    action.retract(acting=CHAIR, occurred_on=LATER, amends=5, reason="signed by the owner's employee", proposal=8)

    assert (action.state.status.word, action.state.sign_off, action.open_proposals) == ("implemented", None, [])


def test_inv_35_a_countersignature_is_a_second_chairs_hand():
    """INV-35: neither the proposer, nor the same person in another office, nor a sub-group, nor the owner's employee makes it."""
    action = signed_off()
    action.propose_amendment(acting=MANAGER, occurred_on=LATER, amends=5, corrected={"effect": "more"}, reason="unclear")
    refused = {
        MANAGER: e.NotTheCountersigner,
        TRAINING: e.NotTheCountersigner,
        replace(CHAIR, person=MANAGER.person): e.OwnProposal,
        CHAIR_OF_RIV: e.BeneficiaryAlone,
    }

    for who, refusal in refused.items():
        with pytest.raises(refusal):
            amend(action, 5, who=who, proposal=6, effect="more")
    amend(action, 5, who=DEPUTY, proposal=6, effect="more")

    assert action.state.sign_off.effect == "more"


def test_inv_35_what_is_made_is_what_was_proposed():
    """INV-35: other values, another entry, a retraction for a correction, or a proposal made or withdrawn before: all refused."""
    action = signed_off()
    action.propose_amendment(acting=MANAGER, occurred_on=LATER, amends=5, corrected={"effect": "more"}, reason="unclear")

    for differently in (
        lambda: amend(action, 5, who=CHAIR, proposal=6, effect="much more"),
        lambda: amend(action, 4, who=CHAIR, proposal=6, statement="more"),
        lambda: action.retract(acting=CHAIR, occurred_on=LATER, amends=5, reason="unclear", proposal=6),
        lambda: amend(action, 5, who=CHAIR, proposal=5, effect="more"),
        lambda: amend(action, 5, who=CHAIR, proposal=99, effect="more"),
    ):
        with pytest.raises(e.NoSuchProposal):
            differently()
    amend(action, 5, who=CHAIR, proposal=6, effect="more")
    with pytest.raises(e.NoSuchProposal):
        amend(action, 5, who=CHAIR, proposal=6, effect="more")


def test_inv_35_a_withdrawn_proposal_is_not_made():
    """INV-35: who proposed may retract the proposal, and then nobody can make it."""
    action = signed_off()
    action.propose_amendment(acting=MANAGER, occurred_on=LATER, amends=5, reason="unclear")
    action.retract(acting=MANAGER, occurred_on=LATER, amends=6, reason="it is clear")

    with pytest.raises(e.NoSuchProposal):
        action.retract(acting=CHAIR, occurred_on=LATER, amends=5, reason="unclear", proposal=6)


def test_inv_35_a_proposal_is_the_managers_or_the_makers():
    """INV-35: an agency does not propose to amend a decision about it."""
    with pytest.raises(e.NotTheirsToAmend):
        signed_off().propose_amendment(acting=RIV, occurred_on=LATER, amends=5, reason="ours")
    signed_off().propose_amendment(acting=QUALITY_OF_RIV, occurred_on=LATER, amends=5, reason="I am employed by the owner")


def test_inv_35_a_submission_is_amended_by_its_agency_or_the_manager():
    """INV-35: an agency's own entry is corrected by the office that made it, whoever holds it then, or by the manager; by no other."""
    successor = replace(RIV, person=WMP.person)
    colleague = replace(RIV, office="riv-lead-2")
    employed = replace(TRAINING, agency="RIV")

    for who in (WMP, QUALITY, employed, colleague):
        with pytest.raises(e.NotTheirsToAmend):
            amend(evidenced(), 3, who=who, narrative="none")
    for who in (RIV, successor, MANAGER):
        amend(evidenced(), 3, who=who, narrative="41 files")


def test_inv_35_an_amendment_is_amended_as_what_it_amends():
    """INV-35: the retraction of a sign-off is a decision about the sign-off: the manager does not undo it alone."""
    action = signed_off()
    action.retract(acting=QUALITY, occurred_on=LATER, amends=5, reason="too early")

    with pytest.raises(e.CountersignatureNeeded):
        action.retract(acting=MANAGER, occurred_on=LATER, amends=6, reason="it was not")
    action.propose_amendment(acting=MANAGER, occurred_on=LATER, amends=6, reason="it was not")
    action.retract(acting=CHAIR, occurred_on=LATER, amends=6, reason="it was not", proposal=7)

    assert action.state.status.word == "signed off"


def test_what_is_recorded_on_behalf_is_the_other_offices():
    """Who records for an office does not make its entry: it is amended by the office in whose name it was made."""
    imported = assigned(acting=replace(QUALITY, person=MANAGER.person, office="manager", on_behalf_of="quality-chair"))

    with pytest.raises(e.CountersignatureNeeded):
        amend(imported, 1, who=MANAGER, title="Right")
    amend(imported, 1, title="Right")


def test_registrations_are_not_amended():
    """Keys are revoked, never corrected, retracted or proposed to be: refused by name."""
    said = {"thumbprint": "t1", "public_key": "k1", "holder": "severnbrook", "purpose": "acts", "proof": "p"}
    keys = Keys.begin(ORIGIN, acting=SERVICE, occurred_on=DAY, **said)

    for amendment in (keys.correct, keys.retract, keys.propose_amendment):
        with pytest.raises(e.NotAmendable):
            amendment(acting=CHAIR, occurred_on=DAY, amends=1, reason="wrong")


def test_a_refusal_keeps_its_facts_wherever_it_is_raised():
    """A refusal crosses a process boundary with its facts, and says its rule and its name."""
    refusal = e.CountersignatureNeeded(ref="A8", amends=5, made_by="quality-chair")

    again = pickle.loads(pickle.dumps(refusal))  # noqa: S301 - our own bytes

    assert (type(again), again.facts, str(again)) == (type(refusal), refusal.facts, str(refusal))
    assert (refusal.code(), str(refusal)) == (
        "countersignature-needed",
        f"Entry 5 of A8 is a decision of quality-chair: propose the amendment, and the chair makes it ({e.RULES['INV-35']}).",
    )
