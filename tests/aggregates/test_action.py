"""An action's invariants, each a test, and its states."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from aggregates.action import refusals as r
from aggregates.action import state as s
from aggregates.action.state import against_own_action_rule
from aggregates.errors import Blank
from tests.aggregates.people import (
    CHAIR,
    CHAIR_OF_RIV,
    DAY,
    DEPUTY,
    DUE,
    MANAGER,
    QUALITY,
    QUALITY_OF_RIV,
    RIV,
    SERVICE,
    TRAINING,
    WMP,
    accepted,
    assigned,
    checked,
    closed,
    evidence,
    evidenced,
    implemented,
    on,
    signed_off,
    slipped,
    somebody,
    sustaining,
)

JUDGED = {
    "sign off": (implemented, lambda a, who: a.sign_off(acting=who, occurred_on=on(40), effect="seen")),
    "vary": (accepted, lambda a, who: a.vary_due_date(acting=who, occurred_on=on(5), due_on=date(2017, 1, 9), reason="panel moved")),
    "return": (evidenced, lambda a, who: a.return_evidence(acting=who, occurred_on=on(32), reason="sample too small")),
    "check": (sustaining, lambda a, who: checked(a, 222, acting=who)),
}


@pytest.mark.parametrize("act", JUDGED)
def test_inv_11_the_owner_does_not_judge_its_own_action(act):
    """INV-11: an office whose holder the owner employs cannot sign off, vary, return or check, and nothing is recorded."""
    begin, judge = JUDGED[act]
    action = begin()
    before = len(action.entries)

    for who in (QUALITY_OF_RIV, RIV):
        with pytest.raises(r.OwnAction) as refused:
            judge(action, who)

    assert (refused.value.rule, len(action.entries)) == ("INV-11", before)
    assert refused.value.message.startswith("RIV owns A8, so it cannot ")


@pytest.mark.parametrize("act", JUDGED)
def test_inv_11_another_agency_of_the_overseeing_sub_group_does(act):
    """INV-11: the same act is recorded when the chair of the overseeing sub-group is employed elsewhere."""
    begin, judge = JUDGED[act]
    action = begin()
    before = len(action.entries)

    judge(action, QUALITY)

    assert len(action.entries) == before + 1


def test_inv_11_is_judged_by_the_owner_of_the_day():
    """INV-11: who owned the action on the day of the act decides, not who owned it before."""
    action = accepted()
    action.reassign(acting=MANAGER, occurred_on=on(10), owner="WMP", reason="the team moved")

    action.vary_due_date(acting=QUALITY_OF_RIV, occurred_on=on(11), due_on=date(2017, 1, 9), reason="new team")
    with pytest.raises(r.OwnAction):
        action.vary_due_date(acting=QUALITY_OF_RIV, occurred_on=on(9), due_on=date(2017, 1, 16), reason="recorded late")


def test_inv_11_what_a_sub_group_or_the_board_owns_it_does_not_judge():
    """INV-11: an action that a sub-group or the Board owns is judged by others, and is not overseen by its owner."""
    own = replace(TRAINING, agency=None)
    theirs = assigned(owner="TRAINING")
    theirs.accept(acting=own, occurred_on=on(1))
    boards = assigned(owner="BOARD")
    boards.accept(acting=MANAGER, occurred_on=on(1))

    for action, who in ((theirs, own), (boards, CHAIR)):
        with pytest.raises(r.OwnAction):
            action.vary_due_date(acting=who, occurred_on=on(5), due_on=date(2017, 1, 9), reason="late")
    with pytest.raises(r.OverseesItself):
        assigned(owner="QUALITY")


def test_inv_11_a_sign_off_shows_as_the_owners_own_once_the_employer_is_right():
    """INV-11, F.10: a sign-off that the record of the day allowed is seen to be the owner's when the employer is corrected."""
    sign_off = signed_off().state.sign_off

    assert not against_own_action_rule(sign_off, "RIV", "CQH")
    assert against_own_action_rule(sign_off, "RIV", "RIV")
    assert not against_own_action_rule(None, "RIV", "RIV")


def test_inv_12_nobody_signs_off_what_they_submitted():
    """INV-12: the same person cannot submit and sign off, even in two offices; their evidence retracted, they can."""
    action = implemented()
    twice = replace(QUALITY, person=RIV.person)

    with pytest.raises(r.SamePerson):
        action.sign_off(acting=twice, occurred_on=on(40), effect="seen")
    action.submit_evidence(acting=replace(RIV, person=UUID(int=66)), occurred_on=on(33), evidence=(evidence(),))
    action.retract(acting=RIV, occurred_on=on(34), amends=3, reason="not hers to hand in")
    action.sign_off(acting=twice, occurred_on=on(40), effect="seen")

    assert action.state.status.word == "signed off"


def test_inv_12_nobody_submits_for_what_they_signed_off():
    """INV-12: it holds in the other order too."""
    action = signed_off()

    with pytest.raises(r.SamePerson):
        action.submit_evidence(acting=replace(RIV, person=QUALITY.person), occurred_on=on(41), evidence=(evidence(),))


def test_inv_12_compares_people_not_who_records_for_them():
    """INV-12: the board manager may record history on behalf of both, but not a sign-off of what the manager submitted."""
    action = accepted()
    lead = replace(RIV, person=MANAGER.person, office="manager", on_behalf_of="riv-lead")
    head = replace(QUALITY, person=MANAGER.person, office="manager", on_behalf_of="quality-chair")
    action.submit_evidence(acting=lead, occurred_on=on(30), evidence=(evidence(),))
    action.mark_implemented(acting=lead, occurred_on=on(31), statement="done")

    action.sign_off(acting=head, occurred_on=on(40), effect="seen")

    assert (action.state.sign_off.by_office, action.state.sign_off.by_agency) == ("quality-chair", "CQH")
    boards = assigned(owner="BOARD")
    boards.accept(acting=MANAGER, occurred_on=on(1))
    boards.submit_evidence(acting=MANAGER, occurred_on=on(30), evidence=(evidence(),))
    boards.mark_implemented(acting=MANAGER, occurred_on=on(31), statement="done")
    with pytest.raises(r.SamePerson):
        boards.sign_off(acting=head, occurred_on=on(40), effect="seen")


def test_inv_12_whoever_holds_both_offices_does_not_sign_off_by_another_hand():
    """INV-12: what the manager recorded for somebody is theirs: they do not sign it off, in person or through the manager."""
    both = QUALITY.person
    lead = replace(RIV, person=MANAGER.person, office="manager", on_behalf_of="riv-lead", stands_for=both)
    head = replace(QUALITY, person=MANAGER.person, office="manager", on_behalf_of="quality-chair", stands_for=both)
    held = {"riv-lead": both, "quality-chair": both}
    action = accepted()
    action.submit_evidence(acting=lead, occurred_on=on(30), evidence=(evidence(),))
    action.mark_implemented(acting=lead, occurred_on=on(31), statement="done")

    for who in (QUALITY, head):
        with pytest.raises(r.SamePerson):
            action.sign_off(acting=who, occurred_on=on(40), effect="seen", held_by=lambda office, _: held[office])
    action.sign_off(acting=head, occurred_on=on(40), effect="seen", held_by=lambda *_: RIV.person)

    with pytest.raises(r.SamePerson):
        action.submit_evidence(acting=lead, occurred_on=on(41), evidence=(evidence(),), held_by=lambda office, _: held[office])


def test_inv_13_sign_off_needs_evidence_that_counts():
    """INV-13: evidence that was retracted, returned, or came after the day of the sign-off is no evidence for it."""
    bare = accepted()
    bare.mark_implemented(acting=RIV, occurred_on=on(2), statement="done")
    retracted, returned = implemented(), implemented()
    retracted.retract(acting=RIV, occurred_on=on(32), amends=3, reason="wrong file")
    returned.return_evidence(acting=QUALITY, occurred_on=on(32), reason="sample too small")
    returned.mark_implemented(acting=RIV, occurred_on=on(33), statement="it is done")
    bare.submit_evidence(acting=RIV, occurred_on=on(41), evidence=(evidence(),))

    for action in (bare, retracted, returned):
        with pytest.raises(r.NoEvidence):
            action.sign_off(acting=QUALITY, occurred_on=on(40), effect="seen")
    bare.sign_off(acting=QUALITY, occurred_on=on(41), effect="seen")


def test_inv_13_sign_off_needs_an_effect():
    """INV-13: the sign-off says what changed."""
    with pytest.raises(Blank):
        implemented().sign_off(acting=QUALITY, occurred_on=on(40), effect=" \n")


def test_inv_13_evidence_brings_something_and_not_from_the_future():
    """A submission has at least one item, dated no later than the day on which it was handed in."""
    action = accepted()

    with pytest.raises(r.NothingSubmitted):
        action.submit_evidence(acting=RIV, occurred_on=on(2), evidence=())
    with pytest.raises(r.EvidenceNotYetThere):
        action.submit_evidence(acting=RIV, occurred_on=on(2), evidence=(evidence(on(3)),))


def test_inv_14_closing_needs_every_check_and_the_last_one_held():
    """INV-14: an action closes when its scheduled checks are made and the last one held, not before."""
    unchecked, action, untestable = signed_off(), sustaining(), sustaining()
    checked(action, 222)
    checked(untestable, 222)
    checked(untestable, 405, "not testable")

    with pytest.raises(r.NotSustained):
        unchecked.close(acting=QUALITY, occurred_on=on(41), reason="done")
    with pytest.raises(r.ChecksOutstanding):
        action.close(acting=QUALITY, occurred_on=on(223), reason="done")
    with pytest.raises(r.NotSustained):
        untestable.close(acting=QUALITY, occurred_on=on(406), reason="done")
    assert isinstance(closed().state.status, s.Closed)
    assert (closed().state.end_reason, closed().state.checks_met) == ("It lasted", (s.Met(on(222), on(222)), s.Met(on(405), on(405))))


def test_inv_14_a_check_long_before_its_day_is_not_the_one_that_was_scheduled():
    """INV-14: two looks in the first month do not stand for those after six and twelve; a month early is early enough."""
    hasty, early = sustaining(), sustaining()
    for days in (50, 60):
        checked(hasty, days)
    checked(early, 222 - s.EARLY_DAYS)

    assert hasty.state.checks_scheduled == (on(222), on(405))
    assert early.state.checks_scheduled == (on(405),)


def test_inv_14_a_check_comes_after_the_sign_off():
    """INV-14: whether it lasted cannot be seen on the day on which it was signed off, nor be scheduled for it."""
    action = signed_off()

    with pytest.raises(r.NoCheckAfterSignOff):
        checked(action, 40)
    with pytest.raises(r.NoCheckAfterSignOff):
        action.schedule_sustainment_check(acting=SERVICE, occurred_on=on(40), due_on=on(40))


def test_inv_14_what_slipped_is_promised_again():
    """INV-14: a slip reopens: a new date, fresh evidence and another sign-off are needed, and the first date is not lost."""
    action = slipped()
    with pytest.raises(r.WrongState):
        action.close(acting=QUALITY, occurred_on=on(406), reason="done")
    action.reopen(acting=MANAGER, occurred_on=on(410), reason="the form fell out of use", due_on=on(500))
    action.mark_implemented(acting=RIV, occurred_on=on(450), statement="done again")

    with pytest.raises(r.NoEvidence):
        action.sign_off(acting=QUALITY, occurred_on=on(451), effect="seen")
    assert (action.state.original_due_on, action.state.due_on, action.state.times_redated) == (DUE, on(500), 0)
    assert action.state.sustained == "slipped after 12 months"


def test_inv_15_the_original_date_is_never_lost():
    """INV-15: both dates and the number of variations stay; one that was recorded late takes its place by its day."""
    action = accepted()
    action.vary_due_date(acting=QUALITY, occurred_on=on(60), due_on=date(2017, 3, 1), reason="panel moved")
    action.vary_due_date(acting=QUALITY, occurred_on=on(30), due_on=date(2017, 1, 9), reason="recorded late")

    now = action.state
    assert (now.original_due_on, now.due_on, now.times_redated, now.redated_after_due) == (DUE, date(2017, 3, 1), 2, False)


def test_inv_15_a_late_variation_does_not_cure():
    """INV-15, F.7: re-dated ten days after its date it stays overdue ten days, and counts on when the new date passes."""
    action = accepted()
    late = date(2016, 12, 26)
    action.vary_due_date(acting=QUALITY, occurred_on=late, due_on=date(2017, 1, 31), reason="no capacity")

    now = action.state
    assert (now.redated_after_due, now.overdue_on(late), now.days_overdue_on(date(2017, 1, 31))) == (True, True, 10)
    assert now.days_overdue_on(date(2017, 2, 3)) == 13
    assert action.state_on(date(2016, 12, 25)).days_overdue_on(date(2016, 12, 25)) == 9
    action.vary_due_date(acting=QUALITY, occurred_on=date(2017, 2, 3), due_on=date(2017, 3, 1), reason="still none")
    assert action.state.days_overdue_on(date(2017, 2, 20)) == 13


@pytest.mark.parametrize("claimed", [date(2016, 12, 1), DUE, date(2016, 12, 20)])
def test_inv_15_a_variation_that_is_recorded_late_cures_nothing_in_silence(claimed):
    """INV-15, F.7: ten days after the date no variation takes a day off, whatever day it claims, unless it says why it comes so late."""
    action, today = accepted(), date(2016, 12, 26)
    late = replace(QUALITY, today=today)
    varied = {"occurred_on": claimed, "due_on": date(2017, 3, 1), "reason": "agreed before"}

    for why in (None, " "):
        with pytest.raises(r.CuredInRetrospect) as refused:
            action.vary_due_date(acting=late, **varied, late_reason=why)
    assert (refused.value.rule, action.state.days_overdue_on(today)) == ("INV-15", 10)
    action.vary_due_date(acting=late, **varied, late_reason="The minutes of 1 December came late")

    assert action.state.days_overdue_on(today) == max(0, (claimed - DUE).days)
    assert action.state.redated_with_reason == "The minutes of 1 December came late"


def test_inv_15_a_variation_in_time_may_be_recorded_some_days_later():
    """INV-15: while the date has not passed nothing is cured, and nobody is asked why."""
    action = accepted()

    action.vary_due_date(acting=replace(QUALITY, today=DUE), occurred_on=on(60), due_on=date(2017, 3, 1), reason="panel moved")

    assert (action.state.due_on, action.state.redated_with_reason) == (date(2017, 3, 1), None)


def test_inv_15_an_amendment_cures_nothing_in_silence():
    """INV-15: nor does a correction of the day of a variation, or of the date that was promised, nor a retraction."""
    today = date(2016, 12, 26)
    late = {"acting": replace(QUALITY, today=today), "occurred_on": DUE, "reason": "typed wrongly"}
    varied, promised, hastened = accepted(), accepted(), accepted()
    varied.vary_due_date(acting=QUALITY, occurred_on=today, due_on=date(2017, 3, 1), reason="no capacity")
    hastened.vary_due_date(acting=QUALITY, occurred_on=on(5), due_on=date(2016, 11, 1), reason="it is urgent")
    amendments = (
        (varied, lambda **why: varied.correct(amends=3, corrected={"occurred_on": "2016-12-15"}, **late, **why)),
        (promised, lambda **why: promised.correct(amends=1, corrected={"due_on": "2017-03-01"}, **late, **why)),
        (hastened, lambda **why: hastened.retract(amends=3, **late, **why)),
    )

    for action, amend in amendments:
        before = action.state.days_overdue_on(today)
        with pytest.raises(r.CuredInRetrospect):
            amend()
        amend(late_reason="The minutes say so")
        assert action.state.days_overdue_on(today) < before


def test_inv_15_overdue_is_computed_for_a_day():
    """An action is overdue from the day after its date until it is signed off, whatever day one asks for."""
    assert not accepted().state.overdue_on(DUE)
    assert accepted().state.days_overdue_on(date(2016, 12, 17)) == 1
    assert implemented().state.overdue_on(date(2016, 12, 17))
    assert not signed_off().state.overdue_on(date(2020, 1, 1))


def test_inv_15_a_date_is_another_and_a_later_one():
    """A variation changes the date, and no date lies before the day on which it is set."""
    action = accepted()

    with pytest.raises(r.SameDueDate):
        action.vary_due_date(acting=QUALITY, occurred_on=on(5), due_on=DUE, reason="the same")
    for set_date in (
        lambda: action.vary_due_date(acting=QUALITY, occurred_on=on(5), due_on=on(5), reason="now"),
        lambda: assigned(due_on=DAY),
        lambda: slipped().reopen(acting=QUALITY, occurred_on=on(410), due_on=on(400), reason="slipped"),
    ):
        with pytest.raises(r.DueBeforeItBegins):
            set_date()


def test_inv_16_a_promise_is_given_up_by_the_board_and_stays_in_the_register():
    """INV-16: the chair or the deputy withdraws, with a reason that stays; no sub-group, agency or manager does."""
    action = accepted()

    for who in (QUALITY, RIV, MANAGER):
        with pytest.raises(r.NotBoardLevel):
            action.withdraw(acting=who, occurred_on=on(5), reason="no longer needed")
    with pytest.raises(Blank):
        action.withdraw(acting=CHAIR, occurred_on=on(5), reason="")
    action.withdraw(acting=CHAIR, occurred_on=on(5), reason="The service was decommissioned")

    assert (action.state.status.word, action.state.end_reason) == ("withdrawn", "The service was decommissioned")


def test_inv_17_escalation_only_climbs_within_a_spell():
    """INV-17: nothing is escalated before its date passes, and then each level is higher than the last."""
    action = accepted()
    with pytest.raises(r.NotOverdue):
        action.escalate(acting=SERVICE, occurred_on=DUE, level=1, to_office="quality-chair")
    action.escalate(acting=SERVICE, occurred_on=date(2016, 12, 30), level=1, to_office="quality-chair")

    with pytest.raises(r.LevelNotHigher):
        action.escalate(acting=SERVICE, occurred_on=date(2017, 1, 2), level=1, to_office="quality-chair")
    action.escalate(acting=SERVICE, occurred_on=date(2017, 1, 13), level=2, to_office="chair")

    assert (action.state.escalation_level, action.state.escalated_to) == (2, "chair")


def test_inv_17_variation_reassignment_and_discharge_reset_it():
    """INV-17: the ladder begins anew after a variation, a reassignment and a sign-off, and history keeps its rungs."""
    late = date(2016, 12, 30)

    def escalated():
        action = implemented()
        action.escalate(acting=SERVICE, occurred_on=late, level=2, to_office="chair")
        return action

    varied, moved, done = escalated(), escalated(), escalated()
    varied.vary_due_date(acting=QUALITY, occurred_on=late, due_on=date(2017, 1, 31), reason="no capacity")
    moved.reassign(acting=QUALITY, occurred_on=late, owner="WMP", reason="the team moved")
    done.sign_off(acting=QUALITY, occurred_on=late, effect="seen")

    assert [a.state.escalation_level for a in (varied, moved, done)] == [0, 0, 0]
    moved.escalate(acting=SERVICE, occurred_on=late, level=1, to_office="quality-chair")


def test_inv_44_the_chair_does_not_judge_what_the_chairs_employer_owes():
    """INV-44: the deputy decides in the place of a chair whom the owner employs."""
    action = implemented()

    for decide in (
        lambda: action.sign_off(acting=CHAIR_OF_RIV, occurred_on=on(40), effect="seen"),
        lambda: action.withdraw(acting=CHAIR_OF_RIV, occurred_on=on(40), reason="no longer needed"),
        lambda: accepted().reassign(acting=CHAIR_OF_RIV, occurred_on=on(40), owner="CQH", reason="they can do it better"),
    ):
        with pytest.raises(r.ChairsEmployer) as refused:
            decide()
    assert refused.value.rule == "INV-44"
    action.sign_off(acting=DEPUTY, occurred_on=on(40), effect="seen")


def test_own_acts_are_the_owners_alone():
    """Only the owner accepts, disputes, reports, submits and says that it is done."""
    for own in (
        lambda: assigned().accept(acting=WMP, occurred_on=on(1)),
        lambda: assigned().dispute(acting=QUALITY, occurred_on=on(1), reason="not theirs"),
        lambda: accepted().report_progress(acting=WMP, occurred_on=on(2), rag="green", narrative="going well"),
        lambda: accepted().submit_evidence(acting=MANAGER, occurred_on=on(2), evidence=(evidence(),)),
        lambda: accepted().mark_implemented(acting=CHAIR, occurred_on=on(2), statement="done"),
    ):
        with pytest.raises(r.NotOwner):
            own()


def test_judging_is_for_those_who_oversee_this_action():
    """Another sub-group's chair judges nothing here; the board manager reassigns, checks, reopens and supersedes, and no more."""
    for judge in (
        lambda: implemented().sign_off(acting=TRAINING, occurred_on=on(40), effect="seen"),
        lambda: implemented().sign_off(acting=MANAGER, occurred_on=on(40), effect="seen"),
        lambda: accepted().reassign(acting=TRAINING, occurred_on=on(5), owner="WMP", reason="moved"),
        lambda: signed_off().schedule_sustainment_check(acting=TRAINING, occurred_on=on(41), due_on=on(222)),
        lambda: slipped().reopen(acting=WMP, occurred_on=on(410), due_on=on(500), reason="slipped"),
    ):
        with pytest.raises(r.NotOverseeing):
            judge()
    checked(sustaining(), 222, acting=replace(MANAGER, agency=None))
    accepted().supersede(acting=MANAGER, occurred_on=on(5), by_ref="A9", reason="one pathway for all")


def test_the_states_follow_one_another():
    """B.4: from assigned to closed, each act leads to its state, and the register says when evidence came last."""
    words = [action().state.status.word for action in (assigned, accepted, evidenced, implemented, signed_off, sustaining, slipped, closed)]
    action = accepted()
    action.report_progress(acting=RIV, occurred_on=on(3), rag="amber", narrative="half the teams")

    expected = "assigned, accepted, evidence submitted, implemented, signed off, sustaining, slipped, closed"
    assert ", ".join(words) == expected
    assert (action.state.status, action.state.rag) == (s.InProgress(), "amber")
    assert evidenced().state.evidence_received_last == on(30)


def test_a_disputed_action_waits_for_another_owner_or_for_acceptance():
    """B.4: a dispute names its reason; a reassignment asks the new owner, and the first one is never lost."""
    action = assigned()
    action.dispute(acting=RIV, occurred_on=on(1), reason="It is the hospital's")
    assert action.state.status == s.Disputed("It is the hospital's")
    with pytest.raises(r.SameOwner):
        action.reassign(acting=QUALITY, occurred_on=on(2), owner="RIV", reason="no")
    with pytest.raises(r.OverseesItself):
        action.reassign(acting=QUALITY, occurred_on=on(2), owner="QUALITY", reason="ours")

    action.reassign(acting=QUALITY, occurred_on=on(2), owner="WMP", reason="agreed")
    action.accept(acting=WMP, occurred_on=on(3))

    assert (action.state.owner, action.state.original_owner, action.state.due_on) == ("WMP", "RIV", DUE)


def test_what_is_signed_off_keeps_its_sign_off_under_another_owner():
    """F.9: a reassignment of what is done moves the promise to sustain it; nobody has to do it again."""
    action = sustaining()

    action.reassign(acting=MANAGER, occurred_on=on(50), owner="WMP", reason="Riverside left")

    assert (action.state.status.word, action.state.owner, action.state.original_owner) == ("sustaining", "WMP", "RIV")


def test_what_rests_on_a_sign_off_says_nothing_without_it():
    """F.10: with the sign-off retracted, its checks and its closing do not stand either."""
    action = closed()
    action.retract(acting=QUALITY, occurred_on=on(410), amends=5, reason="too early")

    now = action.state
    assert (now.status.word, now.sign_off, now.last_check, now.checks_scheduled) == ("implemented", None, None, ())


def test_returned_evidence_is_said_to_be_returned():
    """B.4: what was not enough goes back with its reason, and comes again."""
    action = implemented()
    action.return_evidence(acting=QUALITY, occurred_on=on(32), reason="sample too small")
    assert action.state.status == s.Returned("sample too small")

    action.submit_evidence(acting=RIV, occurred_on=on(33), evidence=(evidence(),))

    assert [e.counts for e in action.state.evidence] == [False, True]
    assert action.state.status == s.EvidenceSubmitted()


def test_what_was_repeated_is_refused():
    """Accepting, disputing, signing off, closing and the like are said once: the second time the state says no."""
    for again in (
        lambda: accepted().accept(acting=RIV, occurred_on=on(2)),
        lambda: implemented().mark_implemented(acting=RIV, occurred_on=on(32), statement="done"),
        lambda: signed_off().sign_off(acting=QUALITY, occurred_on=on(41), effect="seen"),
        lambda: accepted().return_evidence(acting=QUALITY, occurred_on=on(2), reason="nothing there"),
        lambda: assigned().report_progress(acting=RIV, occurred_on=on(2), rag="green", narrative="fine"),
        lambda: sustaining().reopen(acting=QUALITY, occurred_on=on(50), due_on=on(90), reason="again"),
    ):
        with pytest.raises(r.WrongState):
            again()


def test_what_ended_takes_nothing_but_amendments():
    """B.4: closed, withdrawn and superseded actions refuse every act, and can still be amended."""
    withdrawn, superseded = accepted(), accepted()
    withdrawn.withdraw(acting=CHAIR, occurred_on=on(5), reason="no longer needed")
    superseded.supersede(acting=QUALITY, occurred_on=on(5), by_ref="A9", reason="one pathway for all")

    for action in (closed(), withdrawn, superseded):
        with pytest.raises(r.ActionEnded):
            action.submit_evidence(acting=RIV, occurred_on=on(500), evidence=(evidence(),))
        with pytest.raises(r.ActionEnded):
            action.escalate(acting=SERVICE, occurred_on=on(500), level=1, to_office="chair")
    superseded.retract(acting=QUALITY, occurred_on=on(6), amends=3, reason="A9 is another matter")
    assert superseded.state.status == s.Accepted()


def test_a_late_act_has_to_fit_its_day_and_what_came_since():
    """A late entry is refused where it was not possible then, or contradicts what is on record since."""
    action = signed_off()

    with pytest.raises(r.NotAssigned):
        action.submit_evidence(acting=RIV, occurred_on=date(2016, 9, 11), evidence=(evidence(date(2016, 9, 1)),))
    with pytest.raises(r.WrongState):
        action.submit_evidence(acting=RIV, occurred_on=DAY, evidence=(evidence(),))
    with pytest.raises(r.WrongState):
        action.sign_off(acting=QUALITY, occurred_on=on(35), effect="recorded late")
    action.submit_evidence(acting=RIV, occurred_on=on(20), evidence=(evidence(),))
    assert action.state_on(on(25)).status == s.EvidenceSubmitted()


def test_an_action_is_superseded_by_another():
    """Nothing takes its own place."""
    with pytest.raises(r.SupersededByItself):
        accepted().supersede(acting=QUALITY, occurred_on=on(5), by_ref="A8", reason="itself")


def test_reasons_and_texts_are_in_words():
    """A reason, a statement or a title that is blank is refused by the name of its field."""
    somebody_else = somebody(9, "chair", "chair")
    for blank in (
        lambda: assigned(title=" "),
        lambda: assigned().dispute(acting=RIV, occurred_on=on(1), reason=""),
        lambda: accepted().vary_due_date(acting=QUALITY, occurred_on=on(2), due_on=on(99), reason="\t"),
        lambda: accepted().report_progress(acting=RIV, occurred_on=on(2), rag="red", narrative=""),
        lambda: accepted().mark_implemented(acting=RIV, occurred_on=on(2), statement=""),
        lambda: evidenced().return_evidence(acting=QUALITY, occurred_on=on(31), reason=""),
        lambda: accepted().withdraw(acting=somebody_else, occurred_on=on(2), reason=" "),
    ):
        with pytest.raises(Blank):
            blank()


def test_how_long_it_lasted_is_said_from_sign_off_to_the_last_look():
    """The register says `held after 6 months`, counted from the sign-off."""
    half_a_year, days, month = sustaining(), sustaining(), sustaining()
    checked(half_a_year, 222)
    checked(days, 45, "not testable")
    checked(month, 70)

    assert [a.state.sustained for a in (half_a_year, days, month)] == [
        "held after 6 months",
        "not testable after 5 days",
        "held after 1 month",
    ]
