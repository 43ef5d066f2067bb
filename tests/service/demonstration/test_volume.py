"""How much of everything there is in Severnbrook (dataset E.5), and that it is as uneven as a real partnership's record."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

pytestmark = pytest.mark.xdist_group("severnbrook")  # with the others that need its lines


@pytest.fixture(scope="module")
def done(lines):
    """Give how often each command is in the lines."""
    return Counter(line["do"] for line in lines)


def fields(lines, *do):
    """Return the fields of the lines that do one of these, each with its reference."""
    return [line["fields"] | {"ref": line["ref"], "by": line.get("by")} for line in lines if line["do"] in do]


def test_who_takes_part(done, lines):
    """24 agencies, each with a lead, 5 sub-groups, two trainers, a policy and practice manager and a data protection officer."""
    assert (done["join_agency"], done["constitute_sub_group"], done["offer_course"]) == (24, 5, 12)
    roles = {line["ref"]: line["fields"]["role"] for line in lines if line["do"] == "appoint_office_holder"}
    held = Counter(roles.values())
    assert (held["designated lead"], held["trainer"], held["policy and practice manager"]) == (23, 2, 1)
    assert held["data protection officer"] == 1


def test_reviews_findings_and_the_national_register(done):
    """Six reviews with 17 findings, 42 actions, one of them from a section 11 return; the national register has six entries beside them."""
    assert done["refer_review"] + done["note_external_review"] == 6 + 6
    assert (done["record_finding"], done["assign_action"]) == (17, 42)


def test_two_of_the_register_are_relevant_and_were_sent_out(lines):
    """Six published elsewhere are known by their title; two are relevant here, and became items of learning."""
    entries = [one["ref"] for one in fields(lines, "note_external_review") if one["ref"].startswith("NAT-")]
    relevant = {one["ref"] for one in fields(lines, "decide_relevance") if one["relevance"] == "relevant"} & set(entries)
    sent = {one["source"] for one in fields(lines, "produce_material") if one["kind"] == "national_scr"}

    assert (len(entries), len(relevant)) == (6, 2)
    assert sent == {f"review:{ref}" for ref in relevant}


def test_disseminations_and_acknowledgements(lines):
    """15 items to 23 recipients each, about 345 acknowledgements owed, and 12 of them never given: most by the same few."""
    items = fields(lines, "issue_dissemination")
    owed = sum(len(one["to"]) for one in items)
    given = Counter(one["by"] for one in fields(lines, "acknowledge_dissemination"))

    assert (len(items), {len(one["to"]) for one in items}) == (15, {23})
    assert (owed, owed - given.total()) == (345, 12)
    assert {office for office, times in given.items() if times < 15} == {
        f"lead-{code}" for code in ("FAR", "FTH", "STE", "SBC-HOU", "CRC-S")
    }


def test_every_kind_of_item_is_there(lines):
    """Reports, one page, a poster, slides, newsletters, policies: each kind was sent at least once, and one page is one page."""
    kinds = Counter(one["kind"] for one in fields(lines, "produce_material"))

    assert len(kinds) == 10
    assert [one["pages"] for one in fields(lines, "produce_material") if one["kind"] == "single_page_briefing"] == [1]


def test_housing_never_talked_about_alder_in_supervision(lines):
    """F.1: the cell SBC-HOU, Alder, supervision has no event that discharges it; most others have one."""
    about = {one["ref"] for one in fields(lines, "produce_material") if one["source"] == "review:SB-2015-01"}
    spoke = {one["by"] for one in fields(lines, "record_discussion") if one["ref"] in about and one["forum"] == "supervision"}

    assert "lead-SBC-HOU" not in spoke
    assert len(spoke) > 15


def test_training(lines, done):
    """31 sessions with 430 there, some who booked and did not come, 12 observations, 9 samples; one session was cancelled."""
    assert (done["deliver_session"], done["record_attendance"], done["cancel_session"]) == (31, 430, 1)
    assert (done["draw_telephone_sample"], done["observe_delivery"]) == (9, 12)
    outcomes = Counter(one["outcome"] for one in fields(lines, "lapse_booking"))
    assert set(outcomes) == {"no-show", "cancelled", "release-refused"}
    assert 0.1 < outcomes.total() / 430 < 0.2


def test_follow_ups(lines, done):
    """Everybody is asked after three months; of the 180 for whom the framework wants an answer, 61 in a hundred gave one."""
    owed = {one["ref"] for one in fields(lines, "offer_course") if one["follow_up_owed"]}
    course = {one["ref"]: one["course"] for one in fields(lines, "schedule_session")}
    there = [one for one in fields(lines, "record_attendance") if course[one["ref"]] in owed]
    answers = {(one["ref"], one["number"]) for one in fields(lines, "return_follow_up") if course[one["ref"]] in owed}

    assert done["issue_follow_up"] == 430
    assert (len(there), round(100 * len(answers) / len(there))) == (180, 61)


def test_the_session_of_journey_f5(lines):
    """AIACP-2016-11: 14 came and two did not, one of them kept back; 9 of 14 answered; 4.6 of 5; three telephoned; watched by Westmoor."""
    ref = "AIACP-2016-11"

    def of(do):
        return [one for one in fields(lines, do) if one["ref"] == ref]

    satisfied = [one["satisfaction"] for one in of("give_feedback")]
    assert (len(of("record_attendance")), {one["outcome"] for one in of("lapse_booking")}) == (14, {"no-show", "release-refused"})
    assert len({one["number"] for one in of("return_follow_up")}) == 9
    assert round(sum(satisfied) / len(satisfied), 1) == 4.6
    assert [one["observer"] for one in of("observe_delivery")] == ["lead-WMP"]
    assert len({one["number"] for one in of("record_telephone_call") if one["outcome"] == "reached"}) == 3


def test_trainers_own_learning(lines):
    """14 returns of the trainers on their own learning, two of them late."""
    due = {one["ref"]: one["due_on"] for one in fields(lines, "request_return") if one["kind"] == "trainer_cpd"}
    came = {line["ref"]: line["occurred_on"] for line in lines if line["do"] == "submit_return" and line["ref"] in due}

    assert len(came) == len(due) == 14
    assert sum(came[ref] > day for ref, day in due.items()) == 2


def test_section_11(lines):
    """Three rounds of 21 bodies and 8 standards; one body was silent in 2016; where the panel's grade differs it says why."""
    asked = [one for one in fields(lines, "request_return") if one["kind"] == "s11"]
    graded = [one["grades"] for one in fields(lines, "moderate_return") if one["ref"].startswith("s11-")]
    answered = {line["ref"] for line in lines if line["do"] == "submit_return"}

    assert Counter(one["period"] for one in asked) == {"2014": 21, "2016": 21, "2018": 21}
    assert {len(grades) for grades in graded} == {8}
    assert {one["ref"] for one in asked} - answered == {"s11-2016-SBC-HOU"}


def test_knowledge_audits_and_cycles(lines):
    """Six half-years of what practitioners know, and three yearly cycles; Riverside and Housing as journey F.6 has them."""
    asked = fields(lines, "request_return")
    half_years = {one["period"] for one in asked if one["kind"] == "knowledge_audit"}
    right = {
        one["ref"]: next(answer["answer"] for answer in one["answers"] if answer["question"] == "correct")
        for one in fields(lines, "submit_return")
        if one["ref"].startswith("knowledge_audit-2017-H1")
    }

    assert len(half_years) == 6
    assert {one["period"] for one in asked if one["kind"] == "workforce_training"} == {"2016-17", "2017-18", "2018-19"}
    assert (right["knowledge_audit-2017-H1-RIV"], right["knowledge_audit-2017-H1-SBC-HOU"]) == (71, 48)


def test_meetings(lines):
    """The Board and each sub-group meet about every quarter, with attendance and minutes; Policy is the worst attended, as everywhere."""
    held = fields(lines, "hold_meeting")
    of_body = Counter(one["body"] for one in held)
    there = {body: [a["attendance"] == "present" for one in held if one["body"] == body for a in one["attendance"]] for body in of_body}

    assert of_body["BOARD"] == 29
    assert all(26 <= times <= 29 for times in of_body.values())
    assert min(there, key=lambda body: sum(there[body]) / len(there[body])) == "policy"


def test_how_much_there_is(shown):
    """Between 6,500 and 7,500 events are on record."""
    assert 6_500 <= shown.board.recorder.head().frontier.size <= 7_500


def test_the_years(lines):
    """Something happened in every month from September 2014 to September 2021."""
    months = {line["occurred_on"][:7] for line in lines}
    day, every = date(2014, 9, 1), set()
    while day <= date(2021, 9, 30):
        every.add(f"{day:%Y-%m}")
        day += timedelta(27)

    assert every - months == set()


def test_people_who_asked_about_their_own_data(lines):
    """Two asked for erasure: one is granted in part, to somebody who was at two courses; one is refused, because a hold stands."""
    decided = {one["ref"]: one for one in fields(lines, "decide_erasure")}
    granted = next(ref for ref, one in decided.items() if one["outcome"] == "granted-in-part")
    refused = next(one for one in decided.values() if one["outcome"] == "refused")

    assert len(decided) == 2
    assert sum(one["participant"] == granted for one in fields(lines, "record_attendance")) == 2
    assert refused["exemption"] == "legal claims"


def test_the_gap_that_was_argued_about(lines):
    """F.12: Castle Quay graded itself 3 for training, the panel 2; challenged and answered, the grade stands and an action came of it."""
    ref = "s11-2016-CQH"
    graded = [{one["standard"]: one["grade"] for one in line["grades"]} for line in fields(lines, "moderate_return") if line["ref"] == ref]
    raised = [one["ref"] for one in fields(lines, "raise_challenge") if one["about"] == f"return:{ref}"]

    assert [grades["5"] for grades in graded] == [2]
    assert raised == [one["ref"] for one in fields(lines, "answer_challenge") if one["ref"] in raised] == ["CH-2017-2"]
    assert [one["owner"] for one in fields(lines, "assign_action") if one["source"] == f"return:{ref}/5"] == ["CQH"]


def test_what_was_done_again(lines):
    """A return amended after its moderation is moderated again; an item has another in its place; one person had two references."""
    (amended,) = fields(lines, "amend_return")
    (superseded,) = fields(lines, "supersede_dissemination")
    (merged,) = fields(lines, "merge_subjects")
    there = {one["participant"] for one in fields(lines, "record_attendance")}

    assert [one["ref"] for one in fields(lines, "moderate_return")].count(amended["ref"]) == 2
    assert superseded["by_ref"] in {one["ref"] for one in fields(lines, "issue_dissemination")}
    assert {merged["ref"], merged["into"]} <= there
