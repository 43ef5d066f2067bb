"""Another agency's record does not exist for a designated lead: neither to read nor to act upon (journey F.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from projections.training import SessionRow, of_trainer
from tests.service.test_training import COURSE, HELD, attends

READS = ("/api/v1/actions/A1", "/api/v1/actions/A1/history", "/api/v1/events/21", "/api/v1/events/21/receipt")


def test_rights_follow_the_office_from_its_first_day_to_its_last(ask):
    """Whoever is appointed reads their agency's record from the first day of their term to the last, and another agency's on none."""
    ask.seeded.join("riv-deputy", "designated lead", "RIV", "RIV", from_on="2016-09-06", until_on="2016-09-07")
    ask.seeded.catch_up()
    seen = []
    for _ in range(4):
        seen.append([ask.get(f"/api/v1/actions/{ref}", "riv-deputy").status_code for ref in ("A1", "A2")])
        ask.seeded.clock.advance(days=1)

    assert seen == [[403, 403], [200, 404], [200, 404], [403, 403]]


@pytest.mark.parametrize("path", READS)
def test_what_is_anothers_is_answered_as_what_is_nobodys(shared, path):
    """The lead of another agency is told the very words that they are told of what is not there."""
    theirs, nobodys = shared.get(path, "cqh-lead"), shared.get(path.replace("A1", "A9").replace("21", "9999"), "cqh-lead")
    words = [answer.get_data(as_text=True).replace("A9", "A1").replace("9999", "21") for answer in (theirs, nobodys)]

    assert shared.get(path, "riv-lead").status_code == 200
    assert shared.get(path, "chair").status_code == 200
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert words[0] == words[1]


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("accept_action", {}),
        ("dispute_action", {"reason": "Not ours"}),
        ("report_progress", {"rag": "green", "narrative": "Well"}),
        ("correct_entry", {"amends": 1, "corrected": {"title": "x"}, "reason": "x"}),
        ("correct_entry", {"amends": 99, "corrected": {"title": "x"}, "reason": "x"}),
    ],
)
def test_an_act_upon_what_is_anothers_is_an_act_upon_nothing(shared, command, body):
    """The lead of another agency cannot find out by trying that an action is there, not even that it is not theirs to do."""
    theirs = shared.post(f"/api/v1/actions/A1/{command}", "cqh-lead", body)
    nobodys = shared.post(f"/api/v1/actions/A9/{command}", "cqh-lead", body)

    stale = shared.post(f"/api/v1/actions/A1/{command}", "cqh-lead", body, version=7)

    assert (theirs.status_code, nobodys.status_code, stale.status_code) == (404, 404, 404)
    assert theirs.json["detail"].replace("A1", "A9") == nobodys.json["detail"]


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("correct_entry", {"amends": 1, "corrected": {"title": "x"}, "reason": "x"}),
        ("correct_entry", {"amends": 1, "corrected": {"evidence": []}, "reason": "x"}),
        ("retract_entry", {"amends": 1, "reason": "x"}),
        ("retract_entry", {"amends": 99, "reason": "x"}),
        ("propose_amendment", {"amends": 1, "reason": "x"}),
    ],
)
@pytest.mark.parametrize(("kind", "ref"), [("reviews", "SB-2016-02"), ("actions", "A1")])
def test_an_amendment_of_what_is_anothers_is_one_of_nothing(ask, kind, ref, command, body):
    """A review that another agency referred is as absent as its actions, whatever is asked, and whatever rule would forbid it besides."""
    alder = {"kind": "serious case review", "regime": "LSCB-WT2015", "referring_agency": "RIV", "notified_on": "2016-09-01"}
    ask.seeded.act("chair", "refer_review", "SB-2016-02", title="Birch", **alder)
    theirs, nobodys = (ask.post(f"/api/v1/{kind}/{asked}/{command}", "cqh-lead", body) for asked in (ref, "X9"))

    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.json["detail"].replace(ref, "X9") == nobodys.json["detail"]


def test_a_review_is_there_for_whoever_referred_it(ask):
    """A lead reads and puts right what they referred, also where it names no agency; the lead of another knows nothing of it."""
    said = {"ref": "SB-2016-02", "title": "Brich", "kind": "serious case review", "regime": "LSCB-WT2015", "notified_on": "2016-09-01"}
    referred = ask.post("/api/v1/reviews", "cqh-lead", said, version=None)
    amendment = {"amends": 1, "corrected": {"title": "Birch"}, "reason": "A slip"}
    corrected = ask.post("/api/v1/reviews/SB-2016-02/correct_entry", "cqh-lead", amendment)
    ask.seeded.catch_up()
    paths = ("/api/v1/reviews/SB-2016-02", "/api/v1/reviews/SB-2016-02/history", f"/api/v1/events/{referred.json['positions'][0]}")

    assert (referred.status_code, corrected.status_code) == (201, 200), (referred.json, corrected.json)
    assert [ask.get(path, "cqh-lead").status_code for path in paths] == [200] * 3
    assert [ask.get(path, "riv-lead").status_code for path in paths] == [404] * 3


def test_a_register_lists_what_is_the_readers(shared):
    """A lead's register is their agency's, whatever they ask for; the Board's offices see all of it."""

    def refs(office: str, query: str = "") -> list[str]:
        return [item["ref"] for item in shared.get(f"/api/v1/actions{query}", office).json["items"]]

    assert refs("chair") == ["A1", "A2"]
    assert refs("riv-lead") == ["A1"]
    assert refs("riv-lead", "?owner=CQH") == []
    assert refs("cqh-lead") == ["A2"]


def test_a_feed_holds_what_is_the_readers(shared):
    """A lead's feed has the events of their actions and of how the Board is made up, and no others; pages are full all the same."""
    ours = {event["position"] for event in shared.get("/api/v1/events").json["items"]}
    theirs, address = [], "/api/v1/events?limit=3"
    while address:
        page = shared.get(address, "cqh-lead").json
        theirs += page["items"]
        address = page["next"]

    assert {event["ref"] for event in theirs if event["kind"] == "action"} == {"A2"}
    assert {event["kind"] for event in theirs} == {"ledger", "keys", "partnership", "agency", "sub-group", "office", "review", "action"}
    assert ours - {event["position"] for event in theirs} >= {21}


def test_a_person_is_known_to_the_boards_offices_alone(shared):
    """Who a registered person is is told to the Board's offices, and to a designated lead not even that there is one."""
    path = f"/api/v1/subjects/{shared.seeded.people['riv-lead']}"

    assert shared.get(path).json["item"]["name"] == "The riv-lead"
    assert shared.get(path, "cqh-lead").status_code == 404


def test_what_is_restricted_is_withheld_by_name(ask):
    """Who may not read a restricted field is told that it is there and withheld, without its disclosure."""
    seeded = ask.seeded
    seeded.act("riv-lead", "accept_action", "A1")
    done = seeded.act("riv-lead", "report_progress", "A1", rag="amber", narrative="The clinic is short of staff")
    seeded.act("board-manager", "reassign_action", "A1", owner="CQH", owner_office=None, reason="The clinic moved")
    seeded.catch_up()
    path = f"/api/v1/events/{done.positions[0]}"
    lead, trainer = (ask.get(path, office).json["item"] for office in ("cqh-lead", "trainer"))

    assert lead["fields"]["narrative"] == "The clinic is short of staff"
    assert ("narrative" in trainer["fields"], trainer["withheld"]) == (False, ["narrative"])
    assert len(lead["disclosures"]) == len(trainer["disclosures"]) + 1


@pytest.mark.parametrize("office", ["operator", "nobody"])
def test_an_account_without_an_office_reads_nothing(shared, office):
    """Who runs the service, or holds no office, reads nothing of the Board's record."""
    assert {shared.get(path, office).status_code for path in ("/api/v1/actions", "/api/v1/events", "/api/v1/agencies", *READS)} == {403}


def test_how_courses_were_evaluated_is_told_of_the_readers_own(ask):
    """B.6: a lead is told of their own staff alone, a trainer of the sessions in which they train, the Board of all; on the page too."""
    it = ask.seeded
    it.act("board-manager", "offer_course", "C-S1", **COURSE)
    for ref, there in (("S1", ("RIV", "RIV", "CQH")), ("S2", ("CQH", "CQH"))):
        it.act("trainer", "schedule_session", ref, course="C-S1", planned_on=str(HELD), trainers=["trainer"], capacity=16)
        it.act("trainer", "deliver_session", ref)
        for number, agency in enumerate(there):
            attends(it, ref, f"Participant {number} of {ref}", agency)
    it.catch_up()

    told = {"chair": (2, 5), "trainer": (2, 5), "riv-lead": (1, 2), "cqh-lead": (2, 3)}
    for office, counted in told.items():
        (course,) = ask.get("/api/v1/programme", office).json["item"]["courses"]
        page = ask.get("/programme", office).get_data(as_text=True)
        assert (course["held"], course["attended"]) == counted, office
        assert (f"{counted[0]} held" in page, f"{counted[1]} attended" in page) == (True, True), office


def test_a_trainer_is_told_what_came_of_a_session_and_not_who_answered_what():
    """B.6: of follow-ups a trainer has the answers without whose they are, in another order, and of fewer than five none at all."""
    answers = [
        {
            "number": str(n), "agency": "RIV", "returned_on": "2016-12-09", "used_in_practice": True, "shared_with_colleagues": n < 3,
            "impact": impact,
        }
        for n, impact in enumerate(("none", "some", "some", "marked", "marked"))
    ]  # fmt: skip
    row = SessionRow(
        ref="S1", course="C1", format="1 day", follow_up_owed=True, planned_on=HELD, delivered_on=HELD, trainers=["trainer"],
        trainer_agencies=["RIV"], capacity=16, status="evaluating", attendees=[], lapsed=[], closing=None, feedback={}, plans=[],
        follow_ups=answers, unasked=[], draws=[], observations=[], evaluation=None, participants={},
    )  # fmt: skip
    told = of_trainer(row).follow_ups
    few = of_trainer(replace(row, follow_ups=answers[1:])).follow_ups

    assert sorted(one["impact"] for one in told) == sorted(one["impact"] for one in answers)
    assert {name for one in told for name in one} == answers[0].keys() - {"number", "agency"}
    assert {one["impact"] for one in few} == {None}
    assert of_trainer(replace(row, follow_ups=answers[::-1])).follow_ups == told
