"""Every act about a review through the one door: done, refused, repeated and raced; and what only the log as a whole can tell."""

from __future__ import annotations

import threading
import uuid
from collections import Counter

import pytest

from aggregates.errors import Refused
from aggregates.partnership.partnership import RegimeNotInForce
from aggregates.review import Review
from aggregates.review import refusals as r
from service.commands import COMMANDS
from service.desk.refusals import AlreadyExists, KnownByCode, NotAllowed, NotFound, StaleVersion
from tests.boards import assign

HASH, RESPONSE = "ab" * 32, "cd" * 32
PERSON = "11111111-2222-4333-8444-555555555555"
OTHER = "99999999-2222-4333-8444-555555555555"
CASE = {"title": "Cedar", "kind": "serious case review", "regime": "LSCB-WT2015", "referring_agency": "RIV", "notified_on": "2016-09-05"}
FINDING = {
    "number": "F1", "statement": "Calls were not returned", "polarity": "concern", "scope": "multi-agency", "system_factor": "no one rota",
    "themes": [],
}  # fmt: skip
CRITERIA = [{"criterion": "5(2)(a)", "met": True}]
DECLARED = {"affiliations": [], "involved_in_case": False, "declaration_sha256": HASH}
# A serious case review from its referral to its closing: who, what, and what is said.
COURSE = [
    ("chair", "refer_review", CASE),
    ("riv-lead", "notify_incident", {"to_body": "Ofsted", "aware_on": "2016-09-02"}),
    ("quality-chair", "recommend_decision", {"outcome": "conduct", "rationale": "the criteria are met"}),
    ("chair", "decide_review", {
        "outcome": "conduct", "rationale": "the criteria are met", "criteria": CRITERIA,
    }),
    ("board-manager", "notify_decision", {"to_body": "Ofsted"}),
    ("board-manager", "receive_panel_advice", {"from_body": "The panel", "advice_sha256": HASH, "summary": "agrees"}),
    ("chair", "commission_review", {
        "review_kind": "serious case review", "methodology": "systems", "scope": "two years", "proportionality": "one family",
        "organisations": ["RIV"],
    }),
    ("quality-chair", "constitute_review_team", {"members": [{"organisation": "CQH", "role": "named doctor"}]}),
    ("chair", "appoint_lead_reviewer", DECLARED | {"reviewer": PERSON}),
    ("quality-chair", "add_organisation_under_review", {"organisation": "CQH", "reason": "its ward"}),
    ("chair", "record_independence_breach", {"organisations": [], "grounds": "a relative works there"}),
    ("chair", "replace_lead_reviewer", DECLARED | {"reviewer": OTHER, "reason": "not independent"}),
    ("quality-chair", "request_agency_information", {"agency": "CQH", "due_on": "2016-10-14", "request": "a chronology"}),
    ("cqh-lead", "submit_agency_information", {"agency": "CQH", "information_sha256": HASH}),
    ("quality-chair", "invite_practitioners", {"roles": ["nurse"], "count": 11, "how_explained": "by letter"}),
    ("quality-chair", "record_practitioner_contribution", {"roles": ["nurse"], "count": 9, "how": "a day together"}),
    ("quality-chair", "invite_family", {"relations": ["parents"], "count": 2, "how_explained": "at home"}),
    ("quality-chair", "record_family_involvement", {"relations": ["parents"], "outcome": "declined"}),
    ("quality-chair", "record_participant_feedback", {"role": "nurse", "count": 4, "summary": "fair"}),
    ("chair", "note_parallel_process", {"process": "criminal", "note": "charges"}),
    ("chair", "pause_review", {"process": "criminal", "review_by": "2016-12-01", "reason": "witnesses"}),
    ("chair", "resume_review", {"reason": "the trial ended"}),
    ("chair", "extend_timescale", {"until": "2017-06-01", "reason": "the trial"}),
    ("quality-chair", "record_finding", FINDING),
    ("quality-chair", "make_recommendation", {"number": "R1", "to": "CQH", "text": "One rota"}),
    ("board-manager", "present_review_report", {"report_sha256": HASH}),
    ("chair", "formulate_response", {"responses": [{"number": "F1", "response": "accepted", "intended_actions": "One rota"}]}),
    ("chair", "defer_publication", {"reason": "a trial", "review_by": "2016-12-01"}),
    ("chair", "publish_report", {
        "report_sha256": HASH, "response_sha256": RESPONSE, "url": "https://severnbrook.example/cedar", "keep_online_until": "2017-12-01",
    }),
    ("board-manager", "deposit_report", {"repository": "NSPCC", "identifier": "C7000"}),
    ("board-manager", "verify_publication", {"result": "online", "found_sha256": HASH}),
    ("chair", "refer_learning_to_training", {"findings": ["F1"]}),
    ("quality-chair", "consider_training_implications", {
        "agenda_item": "Training 4", "courses": "one revised", "poster": "printed", "briefing_needed": False,
        "briefing_why": "the courses do", "one_page_briefing": "sent",
    }),
    ("board-manager", "evaluate_review_impact", {"year": 2016, "judgement": "calls are returned"}),
    ("chair", "close_review", {"grounds": "all is done"}),
    ("chair", "reopen_review", {"grounds": "too early"}),
    ("chair", "withdraw_report", {"reason": "a hash was wrong"}),
]  # fmt: skip
FIRWOOD = {"title": "Firwood", "kind": "rapid review", "regime": "MASA-WT2018", "referring_agency": "RIV", "notified_on": "2016-09-01"}
ELDER = {"title": "Elder", "kind": "domestic homicide review", "regime": "LSCB-WT2015", "board": "The partnership next door", "year": 2016}
BESIDE = [
    ("SB-RR", "chair", "refer_review", FIRWOOD),
    ("SB-RR", "board-manager", "send_rapid_review", {"to_body": "The Panel", "report_sha256": HASH}),
    ("SB-DHR", "board-manager", "note_external_review", ELDER),
    ("SB-DHR", "board-manager", "decide_relevance", {"relevance": "relevant", "why": "schools were not told"}),
]


def people(it):
    """Register two people who may lead a review."""
    for person, name in ((PERSON, "Philippa Northway"), (OTHER, "Edmund Carrow")):
        it.act("board-manager", "register_subject", person, name=name, contact="x@severnbrook.example")


def kept(it, ref="SB-2016-03"):
    """Assign the Board an action for the finding, and give it up, so that nothing is left open."""
    assign(it, "A9", source=f"{ref}/F1", owner="BOARD", owner_office=None)
    it.act("chair", "withdraw_action", "A9", reason="done otherwise")


def walk(it, until, ref="SB-2016-03"):
    """Take a review as far as the first act of this name, without it."""
    people(it)
    for office, name, said in COURSE:
        if name == until:
            return
        if name == "close_review":
            kept(it, ref)
        it.act(office, name, ref, **said)


def version(it, ref="SB-2016-03"):
    """Say how much is on record of a review."""
    return it.board.load(Review, ref, fresh=True).version


def test_every_act_is_done_once_however_often_it_is_sent(seeded):
    """Every command of a review is carried out, and repeated under its key answers with what was recorded then."""
    people(seeded)
    for ref, office, name, said in [*(("SB-2016-03", *step) for step in COURSE), *BESIDE]:
        if name == "close_review":
            kept(seeded)
        key = f"{ref} {name}"
        done = seeded.act(office, name, ref, **said, key=key)
        again = seeded.act(office, name, ref, **said, key=key)
        assert (list(again.positions), again.version) == (list(done.positions), done.version), name

    walked = {name for _, name, _ in COURSE} | {name for _, _, name, _ in BESIDE}
    assert walked == {command.name for command in COMMANDS.values() if command.kind == "review"}


def test_no_act_is_open_to_whom_it_is_not_for(seeded):
    """A trainer gives no command about a review, a designated lead decides nothing, and nothing is recorded of the attempts."""
    walk(seeded, "close_review")
    before = version(seeded)
    for office, name, said in COURSE[1:]:
        for who in {"trainer", "riv-lead"} - {office}:
            if who == "riv-lead" and "designated lead" in COMMANDS[name].by:
                continue
            with pytest.raises(NotAllowed):
                seeded.act(who, name, "SB-2016-03", **said)

    assert version(seeded) == before


def test_no_act_beside_the_course_is_open_to_whom_it_is_not_for(seeded):
    """A trainer neither refers nor notes a review, and gives no command about one that takes another course."""
    for ref, office, name, said in [("SB-2016-03", *COURSE[0]), *BESIDE]:
        with pytest.raises(NotAllowed):
            seeded.act("trainer", name, ref, **said)
        seeded.act(office, name, ref, **said)


def test_of_several_who_saw_the_same_one_comes_first(seeded):
    """Raced: of three who give a command over the same version one is recorded, whatever the command, and the others are to look again."""
    people(seeded)
    for ref, office, name, said in [*(("SB-2016-03", *step) for step in COURSE), *BESIDE]:
        if name == "close_review":
            kept(seeded)
        creates = COMMANDS[name].creates
        told = at_once(seeded, office, name, ref, 3, **said, seen=None if creates else version(seeded, ref))
        assert told == {"done": 1, AlreadyExists if creates else StaleVersion: 2}, name


def at_once(it, office, name, ref, many, **said):
    """Let several do the same at once, each under a key of their own; count what they are told."""
    told: Counter = Counter()

    def act(number):
        try:
            it.act(office, name, ref, **said, key=f"{ref} {name} {number}")
        except Refused as refused:
            told[type(refused)] += 1
        else:
            told["done"] += 1

    threads = [threading.Thread(target=act, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("appoint_lead_reviewer", r.LeadReviewerThere),
        ("record_finding", r.FindingExists),
        ("publish_report", r.AlreadyPublished),
        ("close_review", r.ReviewEnded),
    ],
)
def test_of_several_at_once_one_is_recorded(seeded, name, refusal):
    """What can be done once is done once, however many try at the same moment; the others are told why not."""
    walk(seeded, name)
    if name == "close_review":
        kept(seeded)
    office, _, said = next(step for step in COURSE if step[1] == name)
    told = at_once(seeded, office, name, "SB-2016-03", 4, **said)

    assert told == {"done": 1, refusal: 3}


def test_whoever_saw_an_older_version_looks_again(seeded):
    """An act that names the version that its maker saw is refused when something was recorded since."""
    walk(seeded, "decide_review")

    with pytest.raises(StaleVersion):
        seeded.act("chair", "decide_review", "SB-2016-03", outcome="conduct", rationale="so", seen=version(seeded) - 1)


def test_a_review_is_there_for_whoever_was_asked_about_it(seeded):
    """A lead whose agency neither referred a review nor was asked knows of none; asked, they may answer, and read it."""
    walk(seeded, "request_agency_information")
    said = {"agency": "CQH", "information_sha256": HASH}
    with pytest.raises(NotFound):
        seeded.act("cqh-lead", "submit_agency_information", "SB-2016-03", **said)
    with pytest.raises(r.NotAsked):
        seeded.act("riv-lead", "submit_agency_information", "SB-2016-03", **said | {"agency": "RIV"})
    seeded.act("quality-chair", "request_agency_information", "SB-2016-03", agency="CQH", due_on="2016-10-14", request="a chronology")
    with pytest.raises(r.NotTheirInformation):
        seeded.act("riv-lead", "submit_agency_information", "SB-2016-03", **said)

    assert seeded.act("cqh-lead", "submit_agency_information", "SB-2016-03", **said).version == version(seeded)


def test_inv_01_the_look_back_is_the_boards_own(seeded):
    """INV-01: how long an affiliation counts is what the Board has set, and the appointment keeps it."""
    walk(seeded, "appoint_lead_reviewer")
    tied = {"organisation": "RIV", "role": "nurse", "from_on": "2000-01-01", "until_on": "2010-01-01"}
    seeded.act("chair", "set_local_setting", "partnership", setting="affiliation_look_back", value="8")
    with pytest.raises(r.NotIndependent, match="8 years"):
        seeded.act("chair", "appoint_lead_reviewer", "SB-2016-03", **DECLARED | {"reviewer": PERSON, "affiliations": [tied]})
    seeded.act("chair", "set_local_setting", "partnership", setting="affiliation_look_back", value="5")

    seeded.act("chair", "appoint_lead_reviewer", "SB-2016-03", **DECLARED | {"reviewer": PERSON, "affiliations": [tied]})
    with pytest.raises(NotFound, match="person"):
        seeded.act("chair", "replace_lead_reviewer", "SB-2016-03", **DECLARED | {"reviewer": str(uuid.uuid4()), "reason": "ill"})


def test_inv_02_the_deputy_stands_in_where_the_register_of_offices_says_so(seeded):
    """INV-02 and INV-44: whose employer is under review, and whether there is a chair, is read from the register on that day."""
    people(seeded)
    seat = {"title": "Deputy", "role": "deputy chair", "holder": str(seeded.people["cqh-lead"]), "employer": "CQH", "from_on": "2016-09-01"}
    seeded.act("board-manager", "appoint_office_holder", "deputy", **seat)
    decide = {"outcome": "conduct", "rationale": "the criteria are met", "criteria": CRITERIA, "on_behalf_of": "deputy"}
    seeded.act("chair", "refer_review", "SB-2016-03", **CASE)
    with pytest.raises(r.NotTheChair):
        seeded.act("board-manager", "decide_review", "SB-2016-03", **decide)
    seeded.act("board-manager", "stand_down_office_holder", "chair", until_on="2016-09-05", reason="moved")
    seeded.clock.advance(days=1)

    assert seeded.act("board-manager", "decide_review", "SB-2016-03", **decide).version == 2


def test_inv_05_what_came_of_a_review_is_read_from_the_log(seeded):
    """INV-05 and INV-07: an action that nobody's view shows yet stops the closing as soon as it is recorded, wherever it came from."""
    walk(seeded, "close_review")
    with pytest.raises(r.CannotClose, match="no action answers F1"):
        seeded.act("chair", "close_review", "SB-2016-03", grounds="done")
    assign(seeded, "A7", source="SB-2016-03/F1")
    assign(seeded, "A8", source="SB-2015-01/F1")
    with pytest.raises(r.CannotClose, match=r"none of its actions is the Board's.*not closed or withdrawn: A7 "):
        seeded.act("chair", "close_review", "SB-2016-03", grounds="done")
    seeded.act("chair", "correct_entry", "A8", about="action", amends=1, corrected={"source": "SB-2016-03/F1"}, reason="wrong review")
    seeded.act("chair", "correct_entry", "A7", about="action", amends=1, corrected={"source": "SB-2015-01/F1"}, reason="wrong review")
    with pytest.raises(r.CannotClose, match="not closed or withdrawn: A8 "):
        seeded.act("chair", "close_review", "SB-2016-03", grounds="done")
    seeded.act("chair", "withdraw_action", "A8", reason="not needed")
    kept(seeded)

    seeded.act("chair", "close_review", "SB-2016-03", grounds="done")


def test_inv_06_nobody_on_record_is_named_in_a_finding(seeded):
    """INV-06: whoever is registered is known by name here, and is not named: not when it is recorded, not by a correction."""
    walk(seeded, "record_finding")
    for field in ("statement", "system_factor"):
        with pytest.raises(r.NamesAPerson, match="Northway"):
            seeded.act("quality-chair", "record_finding", "SB-2016-03", **FINDING | {field: "It was left to Northway"})
    seeded.act("quality-chair", "record_finding", "SB-2016-03", **FINDING)

    with pytest.raises(r.NamesAPerson, match="Edmund Carrow"):
        seeded.act("quality-chair", "correct_entry", "SB-2016-03", about="review", amends=version(seeded),
                   corrected={"statement": "edmund carrow did not ring back"}, reason="clearer")  # fmt: skip
    with pytest.raises(r.NamesAPerson, match="Edmund Carrow"):
        seeded.act("quality-chair", "correct_entry", "SB-2016-03", about="review", amends=version(seeded),
                   corrected={"themes": ["edmund carrow did not ring back"]}, reason="clearer")  # fmt: skip
    said = {"number": "F1", "response": "in part", "reason": "It was left to Northway"}
    with pytest.raises(r.NamesAPerson, match="Northway"):
        seeded.act("chair", "formulate_response", "SB-2016-03", responses=[said])


def test_a_case_is_referred_once(seeded):
    """F.11: the same case of the same agency is refused with the review that it has, as corrected; another agency's is another case."""
    people(seeded)
    case = CASE | {"local_ref": "RIV/0417"}
    seeded.act("chair", "refer_review", "SB-2016-03", **case, key="once")
    with pytest.raises(r.AlreadyReferred, match="RIV has referred RIV/0417 already: it is SB-2016-03"):
        seeded.act("chair", "refer_review", "SB-2016-04", **case)
    with pytest.raises(AlreadyExists):
        seeded.act("chair", "refer_review", "SB-2016-03", **case)
    assert seeded.act("chair", "refer_review", "SB-2016-03", **case, key="once").version == 1
    seeded.act("chair", "refer_review", "SB-2016-05", **case | {"referring_agency": "CQH"})
    seeded.act("chair", "refer_review", "SB-2016-06", **CASE)
    seeded.act("chair", "refer_review", "SB-2016-07", **CASE)

    seeded.act("chair", "correct_entry", "SB-2016-03", about="review", amends=1, corrected={"local_ref": "RIV/0471"}, reason="misread")
    with pytest.raises(r.AlreadyReferred, match="RIV/0471"):
        seeded.act("chair", "refer_review", "SB-2016-04", **case | {"local_ref": "RIV/0471"})
    with seeded.board.together():
        seeded.act("chair", "refer_review", "SB-2016-04", **case)
        with pytest.raises(r.AlreadyReferred, match="SB-2016-04"):
            seeded.act("chair", "refer_review", "SB-2016-08", **case)


def test_inv_01_whom_the_register_has_as_an_employer_is_no_independent_reviewer(seeded):
    """INV-01: an employer that a lead reviewer left unsaid is read from the register of offices; agencies are named by their codes."""
    walk(seeded, "commission_review")
    office, name, said = next(step for step in COURSE if step[1] == "commission_review")
    with pytest.raises(KnownByCode, match="CQH"):
        seeded.act(office, name, "SB-2016-03", **said | {"organisations": ["Coombe Quay  hospital"]})
    seeded.act(office, name, "SB-2016-03", **said | {"organisations": ["CQH"]})
    with pytest.raises(r.NotIndependent, match="CQH"):
        seeded.act("chair", "appoint_lead_reviewer", "SB-2016-03", **DECLARED | {"reviewer": str(seeded.people["trainer"])})
    tied = [{"organisation": "Coombe Quay Hospital", "role": "nurse"}]
    with pytest.raises(KnownByCode):
        seeded.act("chair", "appoint_lead_reviewer", "SB-2016-03", **DECLARED | {"reviewer": PERSON, "affiliations": tied})

    seeded.act("chair", "appoint_lead_reviewer", "SB-2016-03", **DECLARED | {"reviewer": PERSON})


def test_inv_05_what_was_superseded_is_done_when_what_took_its_place_is(seeded):
    """INV-05: an action that another took the place of, or that is outstanding, does not let a review close by itself."""
    walk(seeded, "close_review")
    kept(seeded)
    assign(seeded, "A7", source="SB-2016-03/F1")
    assign(seeded, "A8", source=None)
    seeded.act("board-manager", "supersede_action", "A7", by_ref="A8", reason="one action for both")
    with pytest.raises(r.CannotClose, match="not closed or withdrawn: A7 "):
        seeded.act("chair", "close_review", "SB-2016-03", grounds="done")
    seeded.act("chair", "withdraw_action", "A8", reason="not needed")

    seeded.act("chair", "close_review", "SB-2016-03", grounds="done")


def test_inv_42_a_case_arises_under_the_regime_that_binds_on_the_day_of_its_notification(seeded):
    """INV-42: left out, the regime follows from the Board's own history; another than bound on that day is refused, with both."""
    case = {name: value for name, value in FIRWOOD.items() if name != "regime"}
    seeded.act("chair", "change_regime", "partnership", regime="MASA-WT2018", effective_on="2016-09-07")
    seeded.clock.advance(days=2)
    for regime, day, in_force in (("MASA-WT2018", "2016-09-06", "LSCB-WT2015"), ("LSCB-WT2015", "2016-09-07", "MASA-WT2018")):
        with pytest.raises(RegimeNotInForce, match=f"{regime} did not bind the Board on . September 2016: {in_force} did"):
            seeded.act("chair", "refer_review", "SB-2016-03", **case | {"regime": regime, "notified_on": day})
    seeded.act("chair", "refer_review", "SB-2016-03", **case | {"kind": "serious case review", "notified_on": "2016-09-06"})
    seeded.act("chair", "refer_review", "SB-2016-04", **case | {"notified_on": "2016-09-07"})

    regimes = [seeded.board.load(Review, ref).state.regime for ref in ("SB-2016-03", "SB-2016-04")]
    assert regimes == ["LSCB-WT2015", "MASA-WT2018"]


def test_inv_42_what_was_notified_before_the_record_begins_says_its_regime(seeded):
    """INV-42: of days before the first regime took effect nothing is on record, so an old case keeps what it says; by default the first."""
    old = FIRWOOD | {"notified_on": "2016-08-01"}
    seeded.act("chair", "refer_review", "SB-2016-03", **old)
    seeded.act("chair", "refer_review", "SB-2016-04", **old | {"kind": "serious case review", "regime": None})

    assert [seeded.board.load(Review, ref).state.regime for ref in ("SB-2016-03", "SB-2016-04")] == ["MASA-WT2018", "LSCB-WT2015"]


def test_inv_42_another_bodys_review_may_be_under_another_regime(seeded):
    """INV-42: what binds the Board does not bind its neighbours; left out, the regime is the Board's on the day of the note."""
    seeded.act("board-manager", "note_external_review", "SB-DHR", **ELDER | {"regime": "MASA-WT2018"})
    seeded.act("board-manager", "note_external_review", "SB-DHR-2", **ELDER | {"regime": None})

    assert [seeded.board.load(Review, ref).state.regime for ref in ("SB-DHR", "SB-DHR-2")] == ["MASA-WT2018", "LSCB-WT2015"]
