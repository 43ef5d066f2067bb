"""A training session: held, attended, asked about, sampled, observed and evaluated; and what of it can be put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from aggregates.errors import Blank, NothingNamed, NotTheirsToAmend, RestsOnIt
from aggregates.training_session import draw, refusals
from aggregates.training_session import state as s
from tests.aggregates.people import CHAIR, MANAGER, RIV, SERVICE, WMP
from tests.aggregates.sessions import (
    ANSWER,
    ASKED,
    CHAIRS,
    HELD,
    IN_DATE,
    OTHER_TRAINER,
    ROOT,
    TRAINED_BY,
    TRAINER,
    asked,
    attended,
    call,
    closed,
    delivered,
    drawn,
    evaluate,
    observed,
    person,
    ready,
    scheduled,
)  # fmt: skip


def test_inv_23_a_follow_up_is_due_three_calendar_months_after_attendance_clamped():
    """INV-23: 30 November → 28 February, in a leap year 29; not a day earlier, and the return is counted from the day of issue."""
    for held, due in (
        (date(2016, 11, 30), date(2017, 2, 28)),
        (date(2019, 11, 30), date(2020, 2, 29)),
        (date(2016, 1, 31), date(2016, 4, 30)),
    ):
        who = s.Attendee("1", person(1), "RIV", "nurses", held)
        assert who.follow_up_due == due

    session = closed(1)
    with pytest.raises(refusals.FollowUpNotDue, match="28 February 2017"):
        session.issue_follow_up(acting=SERVICE, occurred_on=ASKED - timedelta(1), number="1", window=28)
    session.issue_follow_up(acting=SERVICE, occurred_on=ASKED + timedelta(3), number="1", window=28)
    found = session.state.follow_up("1")
    assert (found.fell_due_on, found.issued_on, found.due_on, found.owed) == (ASKED, date(2017, 3, 3), date(2017, 3, 31), True)
    with pytest.raises(refusals.FollowUpIssuedAlready):
        session.issue_follow_up(acting=SERVICE, occurred_on=ASKED + timedelta(3), number="1", window=28)


def test_inv_24_the_sample_is_drawn_again_from_what_is_on_record():
    """INV-24: from the population, the checkpoint and the number of the draw anybody finds the same order; its first are selected."""
    session = closed()
    found = drawn(session)
    population = draw.population_hash("AIACP-2016-11", found.population)

    assert found.order == draw.order(ROOT, population, "1", [str(n) for n in range(1, 15)])
    assert (found.selected, found.sample_size, found.setting) == (found.order[:3], 3, "10% min 3")
    assert (found.population_sha256, session.state.closing.population_sha256) == (population, population)
    assert draw.order("5b" * 32, population, "1", found.population) != found.order
    assert draw.order(ROOT, population, "2", found.population) != found.order


def test_inv_24_only_the_next_of_the_order_takes_a_place():
    """INV-24: who declines or does not answer three times is replaced by the next in the drawn order, and by nobody else."""
    session = closed()
    first, second, third, fourth, fifth = drawn(session).order[:5]
    for number in (fourth, fifth):
        with pytest.raises(refusals.NotDrawn):
            call(session, number)
    call(session, first, "not-reached")
    call(session, first, "not-reached")
    with pytest.raises(refusals.NotDrawn):
        call(session, fourth)
    call(session, first, "not-reached")
    with pytest.raises(refusals.CallsEnded, match="not reached in 3 calls"):
        call(session, first)
    call(session, fourth, "declined")
    call(session, fifth)
    for number in (second, third):
        call(session, number)
    with pytest.raises(refusals.CallsEnded, match="they were reached"):
        call(session, second)

    made = session.state.draws[0]
    assert (set(made.reached), made.waiting) == ({second, third, fifth}, ())
    assert [(c.number, c.attempt) for c in made.calls[:3]] == [(first, 1), (first, 2), (first, 3)]
    with pytest.raises(refusals.NothingAnswered):
        call(closed_and_drawn(), drawn(closed()).selected[0], answers=" ")


def closed_and_drawn():
    """Give a session with a draw."""
    session = closed()
    drawn(session)
    return session


def test_inv_24_a_draw_that_was_retracted_is_one_that_the_next_says_why_after():
    """INV-24: who takes a draw back and draws again says why, and does not take that reason back."""
    session = closed_and_drawn()
    amends = len(session.entries)
    session.retract(acting=CHAIRS, occurred_on=ASKED, amends=amends, reason="The list was lost")
    with pytest.raises(refusals.NoReasonToDrawAgain, match="was drawn on 28 February 2017"):
        drawn(session)
    assert drawn(session, reason="The list was lost").draw == "2"
    again = {"acting": CHAIRS, "occurred_on": ASKED, "amends": len(session.entries), "reason": "typed wrongly"}
    with pytest.raises(refusals.NoReasonToDrawAgain):
        session.correct(**again, corrected={"reason": " "})
    session.correct(**again, corrected={"reason": "The telephone list was lost"})


def test_inv_24_a_draw_waits_for_the_closing_and_a_second_says_why():
    """INV-24: without a closed attendance nothing is drawn; a second draw needs a reason, and both stay on show."""
    for session in (delivered(), attended()):
        with pytest.raises(refusals.NothingToDrawFrom):
            drawn(session)
    session = closed()
    drawn(session)
    with pytest.raises(refusals.NoReasonToDrawAgain):
        drawn(session)
    with pytest.raises(refusals.NoReasonToDrawAgain):
        drawn(session, reason=" ")
    drawn(session, reason="The telephone list was lost")
    one, two = session.state.draws

    assert (one.draw, two.draw, two.reason) == ("1", "2", "The telephone list was lost")
    assert one.order != two.order
    with pytest.raises(refusals.NotTheNewestDraw):
        call(session, one.selected[0], draw="1")
    with pytest.raises(refusals.AttendanceIsClosed):
        session.record_attendance(acting=TRAINER, occurred_on=HELD, participant=person(30), agency="RIV", staff_group="nurses")


def test_inv_25_an_observer_did_not_train_in_it():
    """INV-25: neither a trainer's office nor a trainer in another office observes; nor, where the Board has set so, a colleague of one."""
    for other in ({"observer": "trainer-avm"}, {"watched_by": TRAINER.person}, {"acting": replace(CHAIRS, person=TRAINER.person)}):
        with pytest.raises(refusals.TrainerInvolved):
            observed(closed(), **other)
    colleague = {"observer": "avm-lead", "watched_by": UUID(int=77), "observer_agency": "AVM"}
    observed(closed(), **colleague)
    with pytest.raises(refusals.ObserverOfTheProvider, match="AVM"):
        observed(closed(), **colleague, another_employer=True)
    session = closed()
    observed(session, another_employer=True)

    assert [(seen.observer, seen.observer_agency, seen.grade) for seen in session.state.observations] == [("wmp-lead", "WMP", "good")]
    with pytest.raises(refusals.TrainerInvolved):
        session.correct(
            acting=CHAIRS, occurred_on=ASKED, amends=len(session.entries), corrected={"observer": "trainer-avm"}, reason="it was him"
        )


def test_inv_26_nothing_is_evaluated_with_a_point_neither_done_nor_explained():
    """INV-26: each of the five points is done by what is on record or explained; CPD is looked for of every trainer."""
    for session, point in (
        (asked(), "follow-up"), (delivered(), "feedback"), (closed(), "calls"), (closed(), "observation"),
    ):  # fmt: skip
        with pytest.raises(refusals.PointOpen, match=point):
            evaluate(session, evidence_of_impact=(), impact_practice="not known")
    both = {"trainers": ("trainer-avm", "trainer-wd")}
    with pytest.raises(refusals.PointOpen, match="trainer CPD"):
        evaluate(ready(), in_date={})
    assert asked(**both).state.done(IN_DATE)["trainer CPD"] is False
    with pytest.raises(refusals.PointNotDone):
        evaluate(ready(), in_date={}, points=({"point": "trainer CPD", "done": True},))
    session = ready()
    evaluate(session, in_date={}, points=({"point": "trainer CPD", "explanation": "On sick leave since May"},))

    assert isinstance(session.state.status, s.Evaluated)
    assert [(one.point, one.done) for one in session.state.evaluation.points] == [(p, p != "trainer CPD") for p in s.POINTS]
    for points in (
        ({"point": "lunch"},),
        ({"point": "calls"}, {"point": "calls"}),
        ({"point": "calls", "ok": 1},),
        ({"point": "calls", "done": 1},),
    ):
        with pytest.raises(refusals.UnreadablePoint):
            evaluate(ready(), points=points)


def test_inv_27_satisfaction_never_stands_in_for_impact():
    """INV-27: an impact names follow-ups, calls or observations that there are; feedback is none, and not knowing needs nothing."""
    for named in ((), ("feedback:1",), ("follow-up:14",), ("call:1/99",), ("observation:chair",), ("follow-up:1", "feedback:2")):
        with pytest.raises(refusals.ImpactUnproven):
            evaluate(ready(), evidence_of_impact=named)
    session = ready()
    evaluate(session, evidence_of_impact=("follow-up:1", f"call:1/{session.state.draws[0].reached[0]}", "observation:wmp-lead"))
    found = session.state.evaluation

    assert (found.satisfaction, found.learning) == ("4.7", "4.0")
    assert (found.impact_practice, found.impact_management) == ("some", "not known")
    evaluate(ready(), evidence_of_impact=(), impact_practice="not known")
    with pytest.raises(refusals.ImpactUnproven):
        session.correct(
            acting=CHAIRS, occurred_on=ASKED + timedelta(41), amends=len(session.entries), corrected={"evidence_of_impact": []}, reason="x"
        )


def test_inv_27_an_impact_is_one_that_somebody_told_of():
    """INV-27: some or marked impact names at least one answer that says so itself, a call in words, or a good observation."""
    for impact, answered, by_manager, enough in (
        ("some", "none", True, False), ("some", "some", False, True), ("marked", "some", False, False), ("marked", "marked", False, True),
        ("some", None, True, True), ("none", "none", False, True),
    ):  # fmt: skip
        for judged in ({"impact_practice": impact}, {"impact_practice": "not known", "impact_management": impact}):
            session = ready()
            back = {"occurred_on": ASKED + timedelta(30), "number": "11"}
            if answered:
                session.return_follow_up(acting=SERVICE, **back, **ANSWER | {"impact": answered})
            if by_manager:
                session.return_follow_up(acting=RIV, **back | {"number": "11" if answered else "13"}, manager_view="She asks more")
            named = (f"follow-up:{11 if answered else 13}",)
            if enough:
                evaluate(session, evidence_of_impact=named, **judged)
                continue
            with pytest.raises(refusals.ImpactNotSaid, match=impact):
                evaluate(session, evidence_of_impact=named, **judged)
    session = asked()
    first = drawn(session).selected[0]
    call(session, first, answers="-")
    observed(session, grade="inadequate")
    for named in (f"call:1/{first}", "observation:wmp-lead"):
        explained = tuple({"point": point, "explanation": "x"} for point in s.POINTS)
        with pytest.raises(refusals.ImpactNotSaid):
            evaluate(session, evidence_of_impact=(named,), points=explained)


def test_a_managers_view_says_something():
    """APPC-AG-05: a dash is no view of what the training brought, nor is one made of it by a correction."""
    session = asked(1)
    back = {"acting": RIV, "occurred_on": ASKED + timedelta(9)}
    for view in ("-", "...", "5/5"):
        with pytest.raises(refusals.ViewWithoutWords):
            session.return_follow_up(**back, number="1", manager_view=view)
    session.return_follow_up(**back, number="1", manager_view="She asks more")
    with pytest.raises(refusals.ViewWithoutWords):
        session.correct(**back, amends=len(session.entries), corrected={"manager_view": "-"}, reason="x")


def test_a_session_is_scheduled_delivered_or_cancelled_once():
    """B.4: a trainer schedules their own; who was called off is not held, and what was held is not called off."""
    for wrong, said in ((NothingNamed, {"trainers": ()}), (refusals.NoPlaces, {"capacity": 0}), (Blank, {"course": " "})):
        with pytest.raises(wrong):
            scheduled(**said)
    assert scheduled(trainers=(), format="e-learning").state.trainers == ()
    with pytest.raises(refusals.NotTheirSession):
        scheduled(acting=OTHER_TRAINER)
    with pytest.raises(refusals.NotTheirSession):
        scheduled().deliver(acting=OTHER_TRAINER, occurred_on=HELD)
    with pytest.raises(refusals.NotScheduled):
        scheduled().deliver(acting=TRAINER, occurred_on=HELD - timedelta(31))
    off = scheduled()
    off.cancel(acting=MANAGER, occurred_on=HELD - timedelta(3), reason="Snow")
    assert off.state.status == s.Cancelled(HELD - timedelta(3), "Snow")
    for session in (off, delivered()):
        for act, said in ((session.deliver, {}), (session.cancel, {"reason": "Snow"})):
            with pytest.raises(refusals.WrongSessionStage):
                act(acting=MANAGER, occurred_on=HELD, **said)
    with pytest.raises(refusals.WrongSessionStage):
        attended_by(off, 1)


def attended_by(session, number, **other):
    """Record that somebody came."""
    said = {"participant": person(number), "agency": "RIV", "staff_group": "nurses", "acting": TRAINER, "occurred_on": HELD}
    session.record_attendance(**said | other)


def test_everybody_who_was_there_has_a_number_of_their_own():
    """Numbers are given once, also where an entry was retracted; nobody has two, and attendance is of the days of the session."""
    session = delivered(planned_on=HELD - timedelta(1))
    attended_by(session, 1, occurred_on=HELD - timedelta(1))
    for day in (HELD - timedelta(2), HELD + timedelta(1)):
        with pytest.raises(refusals.NotTheDayOfIt):
            attended_by(session, 2, occurred_on=day)
    with pytest.raises(refusals.HasANumber):
        attended_by(session, 1)
    attended_by(session, 2)
    session.retract(acting=TRAINER, occurred_on=HELD, amends=len(session.entries), reason="It was somebody else")
    attended_by(session, 3)
    gone = {"participant": person(4), "agency": "RIV", "staff_group": "nurses", "acting": TRAINER, "occurred_on": HELD}
    with pytest.raises(refusals.NoReasonForRefusal):
        session.lapse_booking(**gone, outcome="release-refused")
    session.lapse_booking(**gone, outcome="release-refused", reason="Nobody could cover")
    with pytest.raises(refusals.HasANumber):
        attended_by(session, 4)

    assert session.state.population == ("1", "3")
    assert [(one.number, one.outcome) for one in session.state.lapsed] == [("4", "release-refused")]
    session.close_attendance(acting=TRAINER, occurred_on=HELD)
    assert (session.state.closing.number_attended, session.state.agencies) == (2, {"AVM", "RIV"})
    with pytest.raises(refusals.AttendanceIsClosed):
        session.close_attendance(acting=TRAINER, occurred_on=HELD)
    evaluated = ready()
    evaluate(evaluated)
    with pytest.raises(refusals.WrongSessionStage):
        evaluated.lapse_booking(**gone, outcome="no-show")


def test_what_a_participant_says_is_said_by_somebody_who_was_there_and_once():
    """Feedback and a plan come once, with scores from 1 to 5; the words are sealed under the participant."""
    session = closed(2)
    said = {"acting": SERVICE, "occurred_on": HELD, "number": "1", "satisfaction": 5, "learning": 4, "comment": "More on fathers"}
    for wrong, other in (
        (refusals.NobodyOfThisNumber, {"number": "9"}), (refusals.ScoreOutOfRange, {"satisfaction": 6}),
        (refusals.ScoreOutOfRange, {"confidence_after": 0}), (Blank, {"comment": " "}),
    ):  # fmt: skip
        with pytest.raises(wrong):
            session.give_feedback(**said | other)
    session.give_feedback(**said)
    session.record_action_plan(acting=SERVICE, occurred_on=HELD, number="1", plan="Ask")
    plan = {"acting": SERVICE, "occurred_on": HELD, "number": "1", "plan": "Ask"}
    for again in (lambda: session.give_feedback(**said), lambda: session.record_action_plan(**plan)):
        with pytest.raises(refusals.AlreadySaid):
            again()

    assert session.entries[-1].body["plan"] == person(1)
    assert session.state.feedback[0].comment == person(1)
    assert isinstance(session.state.status, s.Evaluating)
    with pytest.raises(refusals.ScoreOutOfRange):
        session.correct(acting=MANAGER, occurred_on=HELD, amends=len(session.entries) - 1, corrected={"learning": 7}, reason="x")


def test_a_follow_up_is_answered_late_or_again_and_a_manager_adds_their_view():
    """F.5: the later answer takes the place of the earlier, late ones count; a lead speaks for their own staff, and of their own view."""
    session = asked(2)
    back = {"acting": SERVICE, "occurred_on": ASKED + timedelta(60), "number": "1"}
    with pytest.raises(refusals.AnswerIncomplete, match="impact"):
        session.return_follow_up(**back, used_in_practice=True, shared_with_colleagues=True)
    session.return_follow_up(**back, **ANSWER, effect_on_children="They are heard")
    session.return_follow_up(**back, **ANSWER | {"impact": "marked"})
    theirs = {"occurred_on": ASKED + timedelta(61), "number": "1"}
    for who, said, wrong in (
        (WMP, {"manager_view": "She asks more"}, refusals.NotTheirParticipant), (RIV, ANSWER, refusals.NotTheirAnswer),
        (RIV, {}, refusals.AnswerIncomplete),
    ):  # fmt: skip
        with pytest.raises(wrong):
            session.return_follow_up(acting=who, **theirs, **said)
    session.return_follow_up(acting=RIV, **theirs, manager_view="She asks more")
    with pytest.raises(refusals.NotAskedYet):
        session.return_follow_up(acting=SERVICE, occurred_on=ASKED - timedelta(1), number="1", **ANSWER)

    found = session.state.follow_up("1")
    assert (found.answer.impact, found.answer.times, found.manager_view) == ("marked", 2, "She asks more")
    assert (found.overdue(date(2018, 1, 1)), session.state.follow_up("2").overdue(date(2018, 1, 1))) == (False, True)
    assert not asked(1, follow_up_owed=False).state.follow_up("1").overdue(date(2018, 1, 1))
    evaluated = ready()
    evaluate(evaluated)
    evaluated.return_follow_up(acting=SERVICE, occurred_on=ASKED + timedelta(99), number="14", **ANSWER)
    assert evaluated.state.follow_up("14").answer.on == ASKED + timedelta(99)


def test_who_trained_in_it_has_no_hand_in_judging_it():
    """B.6: whatever other office a trainer holds, they neither draw, nor call, nor evaluate."""
    as_chair = replace(CHAIRS, person=TRAINER.person)
    for act in (
        lambda: drawn(closed(), acting=as_chair), lambda: call(closed_and_drawn(), "1", acting=as_chair),
        lambda: evaluate(ready(), acting=as_chair), lambda: drawn(closed(), acting=replace(CHAIRS, stands_for=TRAINER.person)),
    ):  # fmt: skip
        with pytest.raises(refusals.TrainerInvolved):
            act()


def test_of_few_answers_no_mean_is_told():
    """Of fewer than five everybody would know whose they are; halves are rounded upwards."""
    assert (s.mean([5, 5, 5, 5]), s.mean([4, 4, 4, 4, 5]), s.mean([4] * 15 + [5]), s.mean([4] * 19 + [5])) == (None, "4.2", "4.1", "4.1")


def test_nobody_is_taken_out_of_a_population_that_was_drawn_from():
    """INV-24: what later entries were reckoned from is not amended away: a closing, an attendance, its agency, its day, the course."""
    session = ready()
    there = next(e.number for e in session.entries if e.body.get("number") == "14")
    closing = next(e.number for e in session.entries if "population_sha256" in e.body)
    amended = {"acting": MANAGER, "occurred_on": ASKED + timedelta(50), "reason": "wrong"}
    with pytest.raises((refusals.AttendanceFrozen, RestsOnIt)):
        session.retract(**amended, amends=there)
    with pytest.raises(RestsOnIt):
        session.retract(**amended, amends=closing)
    for number, corrected in ((there, {"agency": "AVM"}), (1, {"course": "IACP"})):
        with pytest.raises(refusals.TrainingFixed):
            session.correct(**amended, amends=number, corrected=corrected)
    with pytest.raises(refusals.NotTheDayOfIt):
        session.correct(**amended, amends=there, corrected={"occurred_on": "2016-11-20"})
    days = ready_over_two_days()
    with pytest.raises(refusals.TrainingFixed, match="follow-up of number 1"):
        days.correct(**amended, amends=3, corrected={"occurred_on": "2016-11-20"})
    with pytest.raises(refusals.NoPlaces):
        session.correct(**amended, amends=1, corrected={"capacity": 0})
    fresh = closed(3)
    by_two(fresh, amends=3, reason="He was not there")
    with pytest.raises(refusals.PopulationMoved):
        drawn(fresh)
    fresh.close_attendance(acting=TRAINER, occurred_on=HELD)
    assert drawn(fresh).population == ("2", "3")
    with pytest.raises(refusals.AttendanceFrozen):
        fresh.retract(acting=TRAINER, occurred_on=HELD, amends=4, reason="Nor he")


def by_two(session, **said):
    """Retract an entry: the board manager proposes it, and the chair makes it."""
    session.propose_amendment(acting=MANAGER, occurred_on=HELD, **said)
    session.retract(acting=CHAIR, occurred_on=HELD, proposal=len(session.entries), **said)


def test_inv_24_nobody_moves_alone_what_a_sample_is_drawn_from():
    """INV-24: a closing, who was there, and the retraction of a closing are amended by two; the rest as ever."""
    session = closed(3)
    closing, amended = len(session.entries), {"occurred_on": HELD, "reason": "closed too early"}
    for who in (TRAINER, MANAGER, CHAIR):
        with pytest.raises((refusals.PopulationForTwo, NotTheirsToAmend)):
            session.retract(acting=who, amends=closing, **amended)
    with pytest.raises(refusals.PopulationForTwo, match=f"propose the amendment of entry {closing}"):
        session.retract(acting=MANAGER, amends=closing, **amended)
    with pytest.raises(refusals.PopulationForTwo):
        session.correct(acting=TRAINER, amends=closing, corrected={"occurred_on": str(HELD + timedelta(1))}, **amended)
    with pytest.raises(refusals.PopulationForTwo):
        session.retract(acting=TRAINER, amends=3, **amended)
    session.correct(acting=TRAINER, amends=3, corrected={"staff_group": "teachers"}, **amended)

    by_two(session, amends=closing, reason="closed too early")
    back = len(session.entries)
    with pytest.raises((refusals.PopulationForTwo, NotTheirsToAmend)):
        session.retract(acting=CHAIR, amends=back, **amended)
    session.retract(acting=TRAINER, amends=3, **amended)  # while it is open
    session.close_attendance(acting=TRAINER, occurred_on=HELD)
    assert drawn(session).population == ("2", "3")


def ready_over_two_days():
    """Give a session of ten days at whose end somebody is asked what came of it."""
    session = closed(1, planned_on=HELD - timedelta(10))
    session.issue_follow_up(acting=SERVICE, occurred_on=ASKED, number="1", window=28)
    return session


def test_a_call_rests_on_its_draw_and_an_evaluation_on_what_it_names():
    """INV-34: neither is left standing without what it rests on."""
    session = ready()
    evaluate(session)
    draws = next(e.number for e in session.entries if "checkpoint_root" in e.body)
    answer = next(e.number for e in session.entries if e.body.get("answered_by") == "participant" and e.body["number"] == "2")
    named = next(e.number for e in session.entries if e.body.get("answered_by") == "participant" and e.body["number"] == "1")
    view = next(e.number for e in session.entries if e.body.get("answered_by") == "manager")
    amended = {"occurred_on": ASKED + timedelta(50), "reason": "wrong"}
    with pytest.raises(RestsOnIt):
        session.retract(acting=CHAIRS, amends=draws, **amended)
    session.retract(acting=MANAGER, amends=answer, **amended)
    session.retract(acting=RIV, amends=view, **amended)
    with pytest.raises(RestsOnIt, match="follow-up:1"):
        session.retract(acting=MANAGER, amends=named, **amended)


def test_the_sample_is_so_many_in_a_hundred_and_at_least_so_many():
    """phone_sample: rounded up, at least the least, and never more than there are."""
    assert [draw.sample_size(n, 10, 3) for n in (1, 3, 14, 30, 31, 40)] == [1, 3, 3, 3, 4, 4]


def test_the_documented_example_of_the_draw_holds():
    """The docstring of `draw` is the specification, and its example is run."""
    import doctest  # noqa: PLC0415 - for this alone

    assert doctest.testmod(draw) == (0, 1)


@pytest.mark.parametrize("who", [CHAIR, MANAGER])
def test_an_evaluation_comes_after_the_session(who):
    """What is not over is neither closed nor evaluated, and nobody watched it before it began."""
    session = attended(5)
    with pytest.raises(refusals.WrongSessionStage):
        session.close_attendance(acting=who, occurred_on=HELD - timedelta(1))
    with pytest.raises(refusals.WrongSessionStage):
        evaluate(ready(), occurred_on=HELD - timedelta(1))
    with pytest.raises(refusals.WrongSessionStage):
        observed(closed(), occurred_on=HELD - timedelta(1), trained_by=TRAINED_BY)
