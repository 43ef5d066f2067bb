"""Returns over the API: rounds, whose they are to read, what they keep from happening, and the register at two clocks."""

from __future__ import annotations

import time

import pytest

from tests.api.acts.returns import ANSWER, REF, REQUEST

ROUND = {"kind": "learning_needs", "period": "2016-17", "due_on": "2016-12-16"}


def asks(ask, respondents, key="round"):
    """Ask a round."""
    return ask.post("/api/v1/returns/rounds", "chair", ROUND | {"respondents": respondents}, version=None, key=key)


def test_a_round_is_one_act_for_each_and_asks_nobody_twice(ask):
    """Each has its own event and receipt, all in one transaction; the same round again is answered with the same, however long its key."""
    longest = "r" * 255
    first, second = (asks(ask, ["RIV", "CQH", "QEG"], longest).json["items"] for _ in range(2))

    assert [item["done"]["positions"] for item in first] == [item["done"]["positions"] for item in second]
    assert [item["ref"] for item in first] == [f"learning_needs-2016-17-{code}" for code in ("RIV", "CQH", "QEG")]
    assert {item["done"]["receipt"].splitlines()[-1] for item in first} == {first[0]["done"]["receipt"].splitlines()[-1]}


def test_a_round_waits_for_the_views_once(ask):
    """However many are asked, the answer waits for the views as long as that of one act, and says of each whether they show it."""
    ask.client.application.config["WAIT_FOR_VIEWS"] = 1.0
    began = time.monotonic()
    behind = asks(ask, ["RIV", "CQH", "QEG"]).json["items"]
    took = time.monotonic() - began
    ask.seeded.catch_up()
    caught_up = asks(ask, ["RIV", "CQH", "QEG"]).json["items"]

    assert [item["done"]["shown"] for item in behind + caught_up] == [False] * 3 + [True] * 3
    assert 1.0 <= took < 2.0


def test_who_cannot_be_asked_is_told_apart(ask):
    """A round in which one is unknown asks the others all the same, and says why not the one."""
    items = asks(ask, ["RIV", "NOBODY"]).json["items"]

    assert [item["done"] is not None for item in items] == [True, False]
    assert items[1]["problem"]["type"] == "/problems/not-found"


def test_a_round_is_asked_by_who_may_ask(ask):
    """A designated lead asks nobody."""
    response = ask.post("/api/v1/returns/rounds", "riv-lead", ROUND | {"respondents": ["RIV"]}, version=None)

    assert (response.status_code, response.json["type"]) == (403, "/problems/not-allowed")


def test_the_address_of_rounds_is_no_return(routes):
    """It takes what is asked of many, and says so: there is no return of that name to be read."""
    bound = routes.url_map.bind("localhost")
    methods = [set(bound.allowed_methods(f"/api/v1/returns/{name}")) for name in ("rounds", "rounds-2016-RIV")]

    assert methods == [{"POST", "OPTIONS"}, {"GET", "HEAD", "OPTIONS"}]


def test_a_trainer_answers_for_themselves(ask):
    """The yearly questionnaire is asked of a trainer's own office, and of no agency; the trainer reads and answers their own alone."""
    said = {"kind": "trainer_cpd", "period": "2016", "due_on": "2016-12-16"}
    refused = ask.post("/api/v1/returns", "quality-chair", said | {"ref": "trainer_cpd-2016-RIV", "respondent": "RIV"}, version=None)
    assert refused.json["type"] == "/problems/not-a-trainer"
    ref = "trainer_cpd-2016-trainer"
    ask.post("/api/v1/returns", "quality-chair", said | {"ref": ref, "respondent": "trainer"}, version=None)
    ask.post("/api/v1/returns", "chair", REQUEST, version=None)
    answers = [{"question": name, "answer": value} for name, value in (("learned", "Neglect"), ("hours", 12), ("delivered", 3))]
    done = ask.post(f"/api/v1/returns/{ref}/submit_return", "trainer", {"answers": answers})
    ask.seeded.catch_up()

    assert done.status_code == 200, done.json
    assert [row["ref"] for row in ask.get("/api/v1/returns", "trainer").json["items"]] == [ref]
    assert ask.get(f"/api/v1/returns/{ref}", "trainer").json["item"]["answers"]["hours"] == 12
    assert ask.get(f"/api/v1/returns/{REF}", "trainer").status_code == 404


def test_an_unanswered_return_keeps_an_agency_from_leaving(ask):
    """INV-36: it is named among what is open, until it is answered or declared outstanding."""
    ask.post("/api/v1/agencies", "board-manager", {"ref": "NEW", "name": "New", "category": "health", "section_11": "yes"}, version=None)
    ask.post("/api/v1/returns", "chair", REQUEST | {"respondent": "NEW", "ref": "knowledge_audit-2016-H2-NEW"}, version=None)
    leaving = ("/api/v1/agencies/NEW/leave_agency", "board-manager", {"reason": "dissolved"})
    refused = ask.post(*leaving)
    assert refused.json["facts"]["obligations"] == ["the return knowledge_audit-2016-H2-NEW"]
    ask.post("/api/v1/agencies/NEW/announce_departure", "board-manager", {"leaves_on": "2016-09-05", "reason": "dissolved"})
    item = {"item": "return:knowledge_audit-2016-H2-NEW", "reason": "Nobody is left"}
    declared = ask.post("/api/v1/agencies/NEW/declare_obligation_outstanding", "chair", item)

    assert declared.status_code == 200, declared.json
    assert ask.post(*leaving).status_code == 200


def test_inv_42_a_change_of_regime_relabels_no_return(ask):
    """What was asked before the change keeps its date, its right and its questions, as at any day."""
    ask.post("/api/v1/returns", "chair", REQUEST, version=None)
    ask.seeded.catch_up()
    before = ask.get(f"/api/v1/returns/{REF}").json["item"]
    ask.post("/api/v1/partnership/change_regime", "chair", {"regime": "MASA-WT2018", "effective_on": "2016-09-05"})
    ask.seeded.catch_up()

    assert ask.get(f"/api/v1/returns/{REF}").json["item"] == before


def test_the_register_of_returns_at_two_clocks(ask):
    """Before it was answered it was owed, and as known then it still was: what came late is known from its recording on."""
    ask.post("/api/v1/returns", "chair", REQUEST, version=None)
    ask.seeded.clock.advance(days=130)
    known = ask.seeded.catch_up()
    ask.post(f"/api/v1/returns/{REF}/submit_return", "riv-lead", ANSWER | {"occurred_on": "2017-01-05"})
    ask.seeded.catch_up()
    now = ask.get(f"/api/v1/returns/{REF}", query_string={"as_at": "2017-01-10"}).json["item"]
    then = ask.get(f"/api/v1/returns/{REF}", query_string={"as_at": "2017-01-10", "known_at": known}).json["item"]

    assert (now["status"], now["late_days"], then["status"], then["late_days"]) == ("submitted", 5, "requested", 10)


@pytest.mark.parametrize("office", ["quality-chair", "riv-lead"])
def test_the_answers_are_for_who_may_read_them(ask, office):
    """The list has no answers; one return gives them to those who read what is restricted."""
    ask.post("/api/v1/returns", "chair", REQUEST, version=None)
    ask.post(f"/api/v1/returns/{REF}/submit_return", "riv-lead", ANSWER)
    ask.seeded.catch_up()

    assert "answers" not in ask.get("/api/v1/returns", office).json["items"][0]
    assert ask.get(f"/api/v1/returns/{REF}", office).json["item"]["answers"]["correct"] == 85


def test_no_agency_answers_for_the_board(ask):
    """What the Board and its sub-groups report of themselves is not asked of an agency, which could otherwise discharge what they owe."""
    said = {"kind": "cdop_annual_report", "period": "2016", "due_on": "2016-12-16"}
    refused = ask.post("/api/v1/returns", "chair", said | {"ref": "cdop_annual_report-2016-RIV", "respondent": "RIV"}, version=None)
    asked = ask.post("/api/v1/returns", "chair", said | {"ref": "cdop_annual_report-2016-QEG", "respondent": "QEG"}, version=None)

    assert ((refused.status_code, refused.json["type"]), asked.status_code) == ((422, "/problems/not-for-an-agency"), 201)
