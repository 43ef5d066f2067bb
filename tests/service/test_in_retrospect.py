"""What is recorded after the event: it neither cures lateness in silence, nor takes away what later entries rest on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest

from aggregates.action import Action, refusals
from aggregates.dissemination import Dissemination
from aggregates.errors import RestsOnIt
from aggregates.returns.refusals import AcceptanceRests, HandedInByYou
from tests.api.acts.returns import ANSWER, GRADES, REF, REQUEST
from tests.boards import assign
from tests.service.test_disseminations import produced


def file(it, words=b"an audit", office="riv-lead"):
    """Hand in a file; return how it is cited."""
    received = it.board.receive(BytesIO(words), "audit.txt", it.callers[office])
    return [{"sha256": received.sha256, "title": "An audit", "evidence_date": "2016-09-05"}]


def state(it, ref="A1"):
    """Return an action as it is now."""
    return it.board.load(Action, ref, fresh=True).state


def test_inv_15_a_variation_that_claims_to_have_been_in_time_says_why_it_comes_late(seeded):
    """INV-15, F.7: ten days after the date a variation for the day before it is refused, and with its reason is shown with it."""
    seeded.clock.advance(days=112)
    varied = {"due_on": "2017-03-01", "reason": "agreed before", "occurred_on": date(2016, 12, 15)}

    with pytest.raises(refusals.CuredInRetrospect, match="was due on 16 December 2016, and on 26 December 2016"):
        seeded.act("quality-chair", "vary_due_date", "A1", **varied)
    assert state(seeded).overdue_on(date(2016, 12, 26))
    seeded.act("quality-chair", "vary_due_date", "A1", **varied, late_reason="The minutes were approved on the 26th")

    assert (state(seeded).days_overdue_on(date(2016, 12, 26)), state(seeded).redated_with_reason) == (
        0, "The minutes were approved on the 26th",
    )  # fmt: skip


def test_inv_15_a_correction_does_not_cure_either(seeded):
    """INV-15: neither the promised date nor the day of a variation is corrected so, not even by a correction that is dated back."""
    seeded.clock.advance(days=112)
    seeded.act("quality-chair", "vary_due_date", "A1", due_on="2017-03-01", reason="no capacity")

    for office, amends, corrected in (("chair", 1, {"due_on": "2017-01-31"}), ("quality-chair", 2, {"occurred_on": "2016-12-15"})):
        said = {"amends": amends, "corrected": corrected, "reason": "typed wrongly", "occurred_on": date(2016, 12, 15)}
        with pytest.raises(refusals.CuredInRetrospect):
            seeded.act(office, "correct_entry", "A1", about="action", **said)

    assert state(seeded).days_overdue_on(date(2016, 12, 26)) == 10


def test_inv_12_what_the_manager_records_for_somebody_they_do_not_sign_off(seeded):
    """INV-12: who holds the owner's office and the overseers' signs off nothing that was recorded for them, by whichever hand."""
    term = {"title": "Second lead", "role": "designated lead", "body": "RIV", "employer": "RIV", "from_on": "2016-09-01", "until_on": None}
    seeded.act("chair", "appoint_office_holder", "riv-second", **term, holder=str(seeded.people["quality-chair"]))
    theirs = {"on_behalf_of": "riv-second"}
    seeded.act("board-manager", "accept_action", "A1", **theirs)
    seeded.act("board-manager", "submit_evidence", "A1", evidence=file(seeded), **theirs)
    seeded.act("board-manager", "mark_implemented", "A1", statement="done", **theirs)

    with pytest.raises(refusals.SamePerson):
        seeded.act("quality-chair", "sign_off_action", "A1", effect="seen")
    with pytest.raises(refusals.SamePerson):
        seeded.act("board-manager", "sign_off_action", "A1", effect="seen", on_behalf_of="quality-chair")
    seeded.act("chair", "sign_off_action", "A1", effect="seen")

    assert state(seeded).status.word == "sustaining"


def test_inv_13_a_sign_off_of_a_day_rests_on_what_had_come_by_then(seeded):
    """INV-13: evidence that came in on 25 September for the 7th shows nothing on the 9th; on the 25th it does."""
    seeded.clock.advance(days=20)
    seeded.act("riv-lead", "accept_action", "A1", occurred_on=date(2016, 9, 6))
    seeded.act("riv-lead", "submit_evidence", "A1", evidence=file(seeded), occurred_on=date(2016, 9, 7))
    seeded.act("riv-lead", "mark_implemented", "A1", statement="done", occurred_on=date(2016, 9, 8))

    with pytest.raises(refusals.NoEvidence):
        seeded.act("quality-chair", "sign_off_action", "A1", effect="seen", occurred_on=date(2016, 9, 9))
    seeded.act("quality-chair", "sign_off_action", "A1", effect="seen")


def test_inv_13_the_owner_does_not_take_back_what_a_sign_off_rests_on(seeded):
    """INV-13: nor does the manager; and the sign-off is not dated to before it."""
    seeded.clock.advance(days=10)
    seeded.act("riv-lead", "accept_action", "A1")
    seeded.act("riv-lead", "submit_evidence", "A1", evidence=file(seeded))
    seeded.act("riv-lead", "mark_implemented", "A1", statement="done")
    seeded.act("quality-chair", "sign_off_action", "A1", effect="seen")

    for office, amends in (("riv-lead", 3), ("riv-lead", 4), ("board-manager", 3)):
        with pytest.raises(RestsOnIt):
            seeded.act(office, "retract_entry", "A1", about="action", amends=amends, reason="a mistake")
    with pytest.raises(RestsOnIt, match="no evidence would have been received by 6 September 2016"):
        seeded.act(
            "quality-chair", "correct_entry", "A1", about="action", amends=5, corrected={"occurred_on": "2016-09-06"}, reason="typed"
        )


def test_inv_34_what_has_begun_is_not_retracted_from_under_what_came_of_it(seeded):
    """INV-34: an accepted action and a review with findings stay in their registers."""
    seeded.act("riv-lead", "accept_action", "A1")

    with pytest.raises(RestsOnIt, match="nothing would have begun"):
        seeded.act("chair", "retract_entry", "A1", about="action", amends=1, reason="a mistake")
    seeded.act("chair", "retract_entry", "A2", about="action", amends=1, reason="assigned twice")

    assert (state(seeded).status.word, state(seeded, "A2")) == ("accepted", None)


def test_what_is_decided_of_a_day_is_held_to_what_was_set_by_then(seeded):
    """B.2: an item that was sent before the Board set another window is due by the one that held; what is set later changes no such day."""
    seeded.clock.advance(days=40)
    seeded.act("chair", "set_local_setting", "partnership", setting="ack_window", value="7")
    before, after = date(2016, 10, 3), date(2016, 10, 15)
    for ref, day in (("D1", before), ("D2", after)):
        produced(seeded, ref, occurred_on=date(2016, 9, 20), late_reason="Entered from the minutes")
        seeded.act("chair", "issue_dissemination", ref, occurred_on=day, late_reason="Entered from the minutes")
    due = [seeded.board.load(Dissemination, ref).state.item.issued.acknowledgement_due for ref in ("D1", "D2")]

    assert due == [before + timedelta(28), after + timedelta(7)]


def test_inv_30_an_acceptance_keeps_the_action_that_it_rests_on(seeded):
    """INV-30: the one action for a gap is neither retracted nor given another source once the return was accepted with it."""
    asked = {name: value for name, value in REQUEST.items() if name != "ref"}
    seeded.act("chair", "request_return", REF, **asked)
    seeded.act("riv-lead", "submit_return", REF, **ANSWER)
    seeded.act("quality-chair", "moderate_return", REF, grades=GRADES, panel="Quality panel")
    assign(seeded, "A7", source=f"return:{REF}/2")
    seeded.act("quality-chair", "accept_return", REF)
    for command, said in (("retract_entry", {}), ("correct_entry", {"corrected": {"source": "SB-2015-01/F1"}})):
        with pytest.raises(AcceptanceRests):
            seeded.act("chair", command, "A7", about="action", amends=1, reason="It was for something else", **said)

    assign(seeded, "A8", source=f"return:{REF}/2")
    assert seeded.act("chair", "correct_entry", "A7", about="action", amends=1, reason="As above", corrected={"source": "SB-2015-01/F1"})


def test_inv_29_nobody_judges_what_they_handed_in_themselves(seeded):
    """INV-29: one person in two offices, whoever employs them in the other, neither moderates nor accepts their own answer."""
    asked = {name: value for name, value in REQUEST.items() if name != "ref"}
    seeded.act("chair", "request_return", REF, **asked)
    seeded.act("riv-lead", "submit_return", REF, **ANSWER)
    said = {"title": "Vice chair", "role": "sub-group chair", "body": "QEG", "holder": str(seeded.people["riv-lead"]), "employer": "CQH"}
    seeded.act("board-manager", "appoint_office_holder", "vice-chair", **said, from_on="2016-09-01", until_on=None)
    seeded.callers["vice-chair"] = replace(seeded.callers["riv-lead"], office="vice-chair")
    with pytest.raises(HandedInByYou):
        seeded.act("vice-chair", "moderate_return", REF, grades=GRADES, panel="Quality panel")
    seeded.act("quality-chair", "moderate_return", REF, grades=GRADES, panel="Quality panel")
    for command, said in (("decide_no_action", {"standard": "2", "reason": "Enough"}), ("accept_return", {})):
        with pytest.raises(HandedInByYou):
            seeded.act("vice-chair", command, REF, **said)
