"""A return: asked once, answered by whom it is asked of, judged by somebody else, and never written over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from aggregates.errors import NotTheirsToAmend, RestsOnIt
from aggregates.returns import Return, refusals
from aggregates.returns.answers import brought_forward
from aggregates.returns.events import Kind
from aggregates.returns.questions import Library
from aggregates.returns.state import Accepted, Amended, Moderated, Requested, Submitted, Waived
from tests.aggregates.people import CHAIR, CHAIR_OF_RIV, DAY, DEPUTY, MANAGER, ORIGIN, QUALITY, QUALITY_OF_RIV, RIV, WMP, on, somebody

LIBRARY = Library()
S11 = LIBRARY.named("s11-2016", "s11")
STRATEGY = LIBRARY.named("training-strategy", "training_strategy")
TRAINING = somebody(5, "training-chair", "sub-group chair", "TRAINING", "AVM")
ASKED = {"ref": "s11-2016-RIV", "kind": "s11", "respondent": "RIV", "period": "2016", "due_on": on(90), "asked": S11}
THEIRS = frozenset({"RIV"})


def answers(asked=S11, status=None, **instead):
    """Answer every question that has to be; `status` says of each that it was reviewed."""
    plain = {"text": "The training matrix", "number": 3, "date": "2017-01-31", "grade": 2, "counts": {}}
    said = {one.id: one.choices[0] if one.choices else plain[one.answer] for one in asked.questions if one.required}
    more = {"status": status} if status else {}
    return tuple({"question": number, "answer": answer} | more for number, answer in (said | instead).items())


def graded(reasons=False, **instead):
    """Grade all eight standards, 3 unless said otherwise."""
    return tuple(
        {"standard": n, "grade": instead.get(f"_{n}", 3)} | ({"reason": "Half the files"} if reasons and f"_{n}" in instead else {})
        for n in S11.standards
    )


def requested(**other):
    """Let the chair ask Riverside for its section 11 audit."""
    return Return.request(ORIGIN, **{"acting": CHAIR, "occurred_on": DAY} | ASKED | other)


def submitted(day=60, **other):
    """Let Riverside answer."""
    it = requested()
    said = {"acting": RIV, "occurred_on": on(day), "answers": answers(), "self_grades": graded(), "asked": S11}
    it.submit(**said | other)
    return it


def moderated(**grades):
    """Let the Quality chair moderate it, with a reason wherever a grade is another than Riverside's."""
    it = submitted()
    it.moderate(acting=QUALITY, occurred_on=on(70), grades=graded(reasons=True, **grades), asked=S11, theirs=THEIRS)
    return it


def accept(it, day=80, **other):
    """Accept it."""
    said = {"acting": QUALITY, "occurred_on": on(day), "asked": S11, "theirs": THEIRS, "threshold": 2, "acted_on": ()}
    it.accept(**said | other)


def test_a_return_goes_from_a_request_to_its_acceptance():
    """B.4: requested, submitted, moderated, accepted; each day has its status, and it can be put before a meeting afterwards."""
    it = moderated()
    accept(it)
    it.present(acting=MANAGER, occurred_on=on(85), meeting="B-2017-01", agenda_item="4")

    assert [type(it.state_on(on(day)).status) for day in (0, 60, 70, 80)] == [Requested, Submitted, Moderated, Accepted]
    assert (it.ref, it.state.presented[0].meeting, it.state.late_days_on(on(999))) == ("s11-2016-RIV", "B-2017-01", 0)


def test_every_event_says_whose_return_it_is():
    """A rule that looks at one event alone knows what was asked of whom, and for when."""
    it = moderated(_5=1)
    it.decide_no_action(acting=QUALITY, occurred_on=on(75), standard="5", reason="Next year", threshold=2, theirs=THEIRS)
    accept(it)

    assert {tuple(e.body[name] for name in ("kind", "respondent", "period")) for e in it.entries} == {("s11", "RIV", "2016")}


def test_inv_28_one_return_for_a_kind_a_respondent_and_a_period():
    """Its reference says all three; it is asked again only where the request was retracted."""
    with pytest.raises(refusals.NotItsReference):
        requested(ref="s11-2016-WMP")
    it = requested()
    again = {"acting": CHAIR, "occurred_on": on(1), **ASKED}
    with pytest.raises(refusals.AlreadyRequested):
        it.request_again(**again)
    it.retract(acting=CHAIR, occurred_on=on(1), amends=1, reason="The wrong round")
    assert it.state is None
    it.request_again(**again)

    assert (it.state.requested_on, it.ref) == (on(1), "s11-2016-RIV")


def test_inv_28_a_late_answer_is_accepted_and_shown_late():
    """Ten days after the date it is taken, and stays ten days late whatever comes after; until then it is later every day."""
    it = submitted(day=100)

    assert (it.state_on(on(95)).late_days_on(on(95)), it.state.late_days_on(on(400))) == (5, 10)
    with pytest.raises(refusals.LatenessRemoved):
        it.correct(
            acting=replace(CHAIR, today=on(120)), occurred_on=on(120), amends=1, corrected={"due_on": on(110).isoformat()}, reason="typed",
        )  # fmt: skip


@pytest.mark.parametrize("who", [QUALITY_OF_RIV, replace(QUALITY, recorder_agency="RIV"), RIV])
def test_inv_29_nobody_moderates_their_own_agencys_return(who):
    """Neither a chair whom the respondent employs, nor a manager whom it does, nor its lead."""
    it = submitted()
    with pytest.raises(refusals.OwnReturn):
        it.moderate(acting=who, occurred_on=on(70), grades=graded(), asked=S11, theirs=THEIRS)


def test_inv_29_another_grade_needs_a_reason_and_the_self_grade_stays():
    """A grade that differs says why; both stand side by side, and what Riverside graded is never written over."""
    it = submitted()
    with pytest.raises(refusals.GradeWithoutReason) as refused:
        it.moderate(acting=QUALITY, occurred_on=on(70), grades=graded(_5=2), asked=S11, theirs=THEIRS)
    assert refused.value.facts["standard"] == "5"
    it.moderate(acting=QUALITY, occurred_on=on(70), grades=graded(reasons=True, _5=2), asked=S11, theirs=THEIRS)

    assert (it.state.self_grades["5"], it.state.moderation.by_standard["5"].grade) == (3, 2)
    lower = [dict(one, grade=1) if one["standard"] == "1" else one for one in graded()]
    with pytest.raises(RestsOnIt):
        it.correct(acting=RIV, occurred_on=on(75), amends=2, corrected={"self_grades": lower}, reason="We were too kind")


def test_inv_30_a_gap_has_an_action_or_a_decision_before_acceptance():
    """Below the threshold something follows: an action, or a decision not to act, with its reason."""
    it = moderated(_5=1, _6=0)
    with pytest.raises(refusals.GapsUnanswered) as refused:
        accept(it)
    assert refused.value.facts["standards"] == ["5", "6"]
    with pytest.raises(refusals.NotBelowThreshold):
        it.decide_no_action(acting=QUALITY, occurred_on=on(75), standard="1", reason="Fine", threshold=2, theirs=THEIRS)
    it.decide_no_action(acting=QUALITY, occurred_on=on(75), standard="6", reason="It merges", threshold=2, theirs=THEIRS)
    accept(it, acted_on={"5"})
    assert isinstance(it.state.status, Accepted)
    with pytest.raises(RestsOnIt):
        it.retract(acting=QUALITY, occurred_on=on(81), amends=4, reason="It does not merge")


def test_inv_31_the_question_set_is_pinned_when_asked_for(tmp_path):
    """A revision in the middle of a round leaves what was asked as it was; its hash says which questions they are."""
    own = tmp_path / "s11-2016.toml"
    own.write_text(
        'id = "s11-2016"\nrevision = 2\nkind = "s11"\ntitle = "Revised"\nsince = 2016-01-01\n[standards]\n1 = "One"\n'
        '[[questions]]\nid = "new"\nwords = "New?"\nanswer = "text"\n'
    )
    revised = Library(tmp_path)
    asked_before = requested().state

    assert revised.named("s11-2016", "s11").title == "Revised"
    assert revised.pinned("s11-2016", asked_before.question_set_sha256) == S11
    with pytest.raises(refusals.PinnedQuestions):
        requested().correct(acting=CHAIR, occurred_on=on(1), amends=1, corrected={"question_set": "s11-2018"}, reason="The newer one")
    with pytest.raises(refusals.QuestionsLost):
        LIBRARY.pinned("s11-2016", revised.named("s11-2016", "s11").sha256)


def test_inv_31_what_is_brought_forward_is_reviewed_before_it_is_handed_in():
    """Answers to questions that are asked again come with their new numbers, and each is to be reviewed first."""
    before = LIBRARY.named("s11-2014", "s11")
    carried = brought_forward(S11, before, {"4.evidence": "The matrix of 2014", "4.improve": "Night staff", "4.by": "2014-12-01"})
    assert carried == {"5.evidence": "The matrix of 2014", "5.improve": "Night staff"}
    it = requested(carried_forward_from="s11-2014-RIV")
    said = {"acting": RIV, "occurred_on": on(60), "self_grades": graded(), "asked": S11, "carried": carried}
    with pytest.raises(refusals.AnswersToReview) as refused:
        it.submit(answers=answers(), **said)
    assert refused.value.facts["questions"] == ["5.evidence"]
    it.submit(answers=answers(status="reviewed"), **said)

    assert isinstance(it.state.status, Submitted)


def test_inv_31_periods_are_compared_by_a_mapping_and_never_by_their_numbers():
    """Standard 5 of 2016 is standard 4 of 2014; a question that no mapping names is compared with none."""
    before = LIBRARY.named("s11-2014", "s11")

    assert (S11.mapped(before)["5"], S11.mapped(before).get("5.by")) == ("4", None)
    assert before.mapped(S11) == {}


def test_inv_42_a_return_keeps_what_it_was_asked_by():
    """Nothing that a later regime brings re-dates or relabels a return: it has its own date, right and questions."""
    it = requested(legal_basis="Children Act 2004, section 11")

    assert {it.state_on(on(day)).legal_basis for day in (0, 2000)} == {"Children Act 2004, section 11"}
    assert {(it.state_on(on(day)).due_on, it.state_on(on(day)).question_set) for day in (0, 2000)} == {(on(90), "s11-2016")}


def test_inv_44_the_chair_waives_nothing_of_their_employers():
    """Neither the chair nor the deputy waives what is owed by the organisation that employs them; another chair does, in public."""
    it = requested()
    for who in (CHAIR_OF_RIV, replace(DEPUTY, agency="RIV")):
        with pytest.raises(refusals.EmployersReturn):
            it.waive(acting=who, occurred_on=on(10), reason="The team was dissolved", theirs=THEIRS)
    it.waive(acting=DEPUTY, occurred_on=on(10), reason="The team was dissolved", theirs=THEIRS)

    assert it.state.status == Waived(on(10), "The team was dissolved")
    with pytest.raises(refusals.ReturnEnded):
        it.submit(acting=RIV, occurred_on=on(11), answers=answers(), self_grades=graded(), asked=S11)


@pytest.mark.parametrize(
    ("kind", "respondent", "theirs", "others"),
    [
        ("s11", "RIV", RIV, (WMP, QUALITY_OF_RIV, MANAGER)),
        ("subgroup_learning_needs", "TRAINING", TRAINING, (QUALITY, MANAGER, CHAIR)),
        ("board_annual_report", "BOARD", MANAGER, (QUALITY, RIV)),
        ("trainer_cpd", "trainer-1", somebody(9, "trainer-1", "trainer", None, "AVM"), (somebody(8, "trainer-2", "trainer"), TRAINING)),
    ],
)
def test_only_the_respondents_own_office_answers(kind, respondent, theirs, others):
    """B.6: an agency's lead, a sub-group's chair, a trainer for themselves, the manager for the Board; nobody else."""
    asked = LIBRARY.named(None, kind, date(2016, 9, 12))
    said = {"kind": kind, "respondent": respondent, "ref": f"{kind}-2016-{respondent}", "asked": asked}
    grades = tuple({"standard": number, "grade": 2} for number in asked.standards)
    answer = {"occurred_on": on(5), "answers": answers(asked), "self_grades": grades, "asked": asked}
    for who in others:
        with pytest.raises(refusals.NotTheRespondent):
            requested(**said).submit(acting=who, **answer)
    it = requested(**said)
    it.submit(acting=theirs, **answer)

    assert isinstance(it.state.status, Submitted)


def test_an_amendment_after_moderation_opens_it_again():
    """F.12: what was moderated is moderated anew; the earlier answer and the earlier moderation stay on record."""
    it = moderated(_5=1)
    it.decide_no_action(acting=QUALITY, occurred_on=on(75), standard="5", reason="Next year", threshold=2, theirs=THEIRS)
    it.amend(acting=RIV, occurred_on=on(76), answers=answers(), self_grades=graded(_5=2), asked=S11, reason="A file was found")

    assert (type(it.state.status), it.state.moderation, it.state.no_action) == (Amended, None, ())
    assert (len(it.state.given), len(it.state.moderations), dict(it.state.given[0].grades)["5"]) == (2, 1, 3)
    with pytest.raises(refusals.NothingModerated):
        accept(it)


def test_a_return_without_standards_is_accepted_as_it_was_answered():
    """A strategy has no grades: whoever accepts it judges it by that."""
    it = requested(kind="training_strategy", respondent="TRAINING", ref="training_strategy-2016-TRAINING", asked=STRATEGY)
    it.submit(acting=TRAINING, occurred_on=on(5), answers=answers(STRATEGY), asked=STRATEGY)
    accept(it, asked=STRATEGY, theirs=frozenset({"TRAINING"}))

    assert isinstance(it.state.status, Accepted)


def test_a_challenged_return_is_accepted_once_that_is_answered():
    """An open challenge about it keeps it open."""
    with pytest.raises(refusals.StillChallenged):
        accept(moderated(), challenges={"C1"})


@pytest.mark.parametrize(
    ("instead", "refusal"),
    [
        ({"nonsense": "x"}, refusals.UnknownQuestion),
        ({"5.evidence": " "}, refusals.NotEveryQuestion),
        ({"5.matrix": "perhaps"}, refusals.UnreadableAnswer),
        ({"5.by": "soon"}, refusals.UnreadableAnswer),
    ],
)
def test_answers_are_read_strictly(instead, refusal):
    """What was not asked, is missing or is of another kind is refused by name."""
    with pytest.raises(refusal):
        submitted(answers=answers(**instead))


@pytest.mark.parametrize("grades", [(), graded()[:-1], (*graded(), {"standard": "9", "grade": 1}), graded(_5=4), graded(_5=True)])
def test_each_standard_is_graded_once_from_0_to_3(grades):
    """Nothing less, nothing more, and no other grade."""
    with pytest.raises((refusals.NotEveryStandard, refusals.UnreadableGrade)):
        submitted(self_grades=grades)


def test_counts_of_a_staff_group_agree_with_each_other():
    """More in date than trained, or more trained than there are, is a slip of the pen, and is said so."""
    asked = LIBRARY.named(None, "workforce_training")
    row = {"headcount": 10, "trained": 9, "in_date": 8, "due_90": 2, "lapsed": 1}
    it = requested(kind="workforce_training", ref="workforce_training-2016-RIV", asked=asked)
    said = {"acting": RIV, "occurred_on": on(5), "asked": asked}
    with pytest.raises(refusals.CountsDisagree):
        it.submit(answers=answers(asked, counts={"Nurses": row | {"in_date": 11}}), **said)
    it.submit(answers=answers(asked, counts={"Nurses": row}), **said)

    assert dict(it.state.answer.answers)["counts"] == {"Nurses": row}


def test_there_is_a_question_set_for_every_kind():
    """Each of the 21 kinds is asked by a set of its own; a mapping names only what both sets have."""
    sets = LIBRARY.every()
    by_id = {found.id: found for found in sets}

    assert {found.kind for found in sets} == set(get_args(Kind))
    for found in sets:
        for earlier, pairs in found.came_from.items():
            then = by_id[earlier]
            assert set(pairs) <= {*found.by_id, *found.standards}
            assert set(pairs.values()) <= {*then.by_id, *then.standards}


def test_the_training_report_asks_for_all_four_analyses():
    """LIF-APPC-BD-02: evaluation forms, action plans, three-month questionnaires and telephone calls; none may be left out."""
    asked = LIBRARY.named(None, "training_annual_report").by_id

    assert all(asked[number].required for number in ("forms", "plans", "follow_ups", "calls"))


def test_an_answer_is_corrected_by_whoever_gave_it():
    """Riverside corrects what it said, and nobody else does."""
    it = submitted()
    with pytest.raises(NotTheirsToAmend):
        it.correct(acting=WMP, occurred_on=on(61), amends=2, corrected={"staff_n": 4}, reason="It was four")
    it.correct(acting=RIV, occurred_on=on(61), amends=2, corrected={"staff_n": 4}, reason="It was four")

    assert it.state.answer.staff_n == 4


def test_how_many_staff_took_part_is_part_of_an_answer_where_it_is_asked():
    """LIF-APPC-PR-06: a return is answered once, so what the framework counts of it is not left out."""
    asked = LIBRARY.named(None, "learning_needs")
    it = requested(ref="learning_needs-2016-RIV", kind="learning_needs", asked=asked)
    said = {"acting": RIV, "occurred_on": on(60), "answers": answers(asked), "asked": asked}
    with pytest.raises(refusals.StaffNotCounted):
        it.submit(**said)

    it.submit(**said, staff_n=12)
    assert it.state.answer.staff_n == 12


@pytest.mark.parametrize("period", ["2016-01-01", "2016-99", "0000", "2016-02-30", "2016-H3", "next year!"])
def test_inv_28_a_period_is_written_in_one_way(period):
    """INV-28: what is asked for once a period has a period that means days; a year written otherwise is not another one."""
    with pytest.raises(refusals.OddPeriod):
        requested(ref=f"s11-{period}-RIV", period=period)
