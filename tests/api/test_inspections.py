"""Inspections (INV-41): who inspects reads what is opened to them, until it ends, and every opening of what is restricted is on record."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from aggregates.registry.inspection import InspectionOpen, NoInspectionOpen, OpeningStands, PeriodBackwards
from aggregates.training_session import TrainingSession
from service.desk.refusals import NotAllowed, NotAnInspector
from tests.api.acts import ACTS, HELD
from tests.api.acts.returns import ANSWER, REF, REQUEST

REPORT = {"rag": "amber", "narrative": "Two of three wards"}


@pytest.fixture
def inspected(ask):
    """Give a board with an open inspection, and an action with something restricted in it."""
    ask.seeded.open_inspection()
    ask.seeded.act("riv-lead", "accept_action", "A1")
    ask.seeded.act("riv-lead", "report_progress", "A1", **REPORT)
    ask.seeded.catch_up()
    return ask


def openings(ask):
    """Return what is on record as opened."""
    ask.seeded.catch_up()
    entries = ask.get("/api/v1/inspections/inspector/history").json["items"]
    return [(e["fields"]["object"], e["by_office"]) for e in entries if e["topic"] == "inspection.evidence_disclosed.v1"]


def test_an_inspector_reads_nothing_until_an_inspection_is_opened(ask):
    """An office is not enough: without an open inspection every read is refused, with the way to one."""
    ask.seeded.join("inspector", "inspector")

    answer = ask.get("/api/v1/actions", "inspector")

    assert (answer.status_code, answer.json["rule"]) == (403, "INV-41")
    assert "opens one" in answer.json["detail"]


def test_every_opening_of_restricted_data_is_on_record_once_an_object_and_day(inspected):
    """INV-41: what is restricted is shown to an inspector, and that it was shown is an event: once for each object and day."""
    for _ in range(2):
        said = inspected.get("/api/v1/actions/A1/history", "inspector").json["items"]
        assert any(e["fields"].get("narrative") == REPORT["narrative"] for e in said)
    inspected.get("/api/v1/actions/A2/history", "inspector")  # nothing restricted is in it
    assert openings(inspected) == [("action:A1", "inspector")]

    inspected.seeded.clock.advance(days=1)
    inspected.get("/api/v1/actions/A1/history", "inspector")
    assert openings(inspected) == [("action:A1", "inspector")] * 2


def test_what_became_restricted_by_a_correction_is_opened_like_all_else(inspected):
    """INV-41: an entry that said nothing restricted, and does as corrected, is shown with its correction: that is on record too."""
    for name in (*HELD, "close_attendance", "observe_delivery"):
        office, path, said, *_ = ACTS[name]
        who = {"participant": str(inspected.seeded.people["riv-lead"])} if "participant" in said else {}
        assert inspected.post(f"/api/v1/{path}", office, said | who).status_code in {200, 201}, name
    session = inspected.seeded.board.load(TrainingSession, "S1")
    right = {"about": "session", "amends": session.version, "corrected": {"notes": "A father was not heard"}, "reason": "Left out"}
    inspected.seeded.act("quality-chair", "correct_entry", "S1", **right)
    inspected.seeded.catch_up()
    observed = next(e for e in inspected.get("/api/v1/sessions/S1/history").json["items"] if e["topic"].endswith("delivery_observed.v1"))

    said = inspected.get(f"/api/v1/events/{observed['position']}", "inspector").json["item"]["said"]
    assert (said["notes"], openings(inspected)) == ("A father was not heard", [("session:S1", "inspector")])


def test_what_was_answered_before_is_shown_of_the_days_of_the_inspection_and_on_record(inspected):
    """INV-41: what a return brings forward is what an earlier one said on those days; that an inspector reads it there is an event."""
    it, first, again = inspected.seeded, REF.replace("H2", "H1"), REF
    answers = ANSWER["answers"]
    later = [one | {"answer": "Nobody rings"} if one["question"] == "implemented" else one for one in answers]
    request = {name: said for name, said in REQUEST.items() if name != "ref"}
    it.act("chair", "request_return", first, **request | {"period": "2016-H1"})
    it.act("riv-lead", "submit_return", first, **ANSWER)
    it.act("chair", "request_return", again, **request)
    it.clock.advance(days=1)
    it.act("riv-lead", "amend_return", first, **ANSWER | {"answers": later, "reason": "It was not so"})
    it.catch_up()

    def brought(office):
        asked = inspected.get(f"/api/v1/returns/{again}/questions", office).json["questions"]
        return next(one["brought_forward"] for one in asked if one["id"] == "implemented")

    assert (brought("riv-lead"), brought("inspector")) == ("Nobody rings", answers[-1]["answer"])
    assert openings(inspected) == [(f"return:{first}", "inspector")]


def test_two_openings_at_once_are_one_event(inspected):
    """Raced: however many requests open the same thing at once, each is answered, and one event says so."""
    app = inspected.client.application

    def read(_):
        return app.test_client().get("/api/v1/actions/A1/history", headers=inspected.headers("inspector")).status_code

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(read, range(8))) == {200}
    assert openings(inspected) == [("action:A1", "inspector")]


def test_the_openings_of_others_are_no_events(inspected):
    """Who reads by right of their office, and not of an inspection, leaves no such event."""
    for office in ("chair", "riv-lead", "board-manager"):
        inspected.get("/api/v1/actions/A1/history", office)

    assert openings(inspected) == []


def test_an_inspector_is_shown_the_days_of_the_inspection(inspected):
    """Without a date the answer is as at the ceiling; a day beyond it, or before the first, is refused."""
    inspected.seeded.clock.advance(days=3)

    assert inspected.get("/api/v1/actions", "inspector").json["clocks"]["as_at"] == "2016-09-05"
    for day in ("2016-09-06", "2015-06-30"):
        answer = inspected.get(f"/api/v1/actions?as_at={day}", "inspector")
        assert (answer.status_code, answer.json["facts"]["ceiling"]) == (403, "2016-09-05")


def test_what_happened_after_the_ceiling_is_not_shown(inspected):
    """An entry of a later day is absent for the inspector, also in the feed and by its own address."""
    inspected.seeded.clock.advance(days=2)
    done = inspected.seeded.act("riv-lead", "report_progress", "A1", rag="green", narrative="All wards")
    inspected.seeded.catch_up()

    assert inspected.get(f"/api/v1/events/{done.positions[0]}", "inspector").status_code == 404
    assert inspected.get(f"/api/v1/events/{done.positions[0]}").status_code == 200
    assert done.positions[0] not in [e["position"] for e in inspected.get("/api/v1/events", "inspector").json["items"]]


def test_what_happened_before_the_first_day_is_shown_only_to_explain_what_stood_on_it(ask):
    """The feed and the meetings begin with the first day; an action that stands shows its earlier entries, each marked."""
    ask.seeded.act(
        "chair", "hold_meeting", "B-1", body="BOARD", attendance=[{"agency": "RIV", "attendance": "present"}], agenda=[], evidence=[]
    )
    ask.seeded.clock.advance(days=2)
    ask.seeded.open_inspection(covers_from="2016-09-06", ceiling="2016-09-30")
    ask.seeded.act("riv-lead", "accept_action", "A1")
    ask.seeded.catch_up()
    feed = ask.get("/api/v1/events", "inspector").json["items"]
    told = ask.get("/api/v1/actions/A1/history", "inspector").json["items"]

    assert {e["occurred_on"] for e in feed} == {"2016-09-07"}
    assert "action.accepted.v1" in {e["topic"] for e in feed}
    assert [(e["topic"], e["before_inspection"]) for e in told] == [("action.assigned.v1", True), ("action.accepted.v1", False)]
    assert ask.get(f"/api/v1/events/{told[0]['position']}", "inspector").json["item"]["before_inspection"] is True
    assert ask.get("/api/v1/meetings", "inspector").json["items"] == []
    assert ask.get("/api/v1/meetings/B-1", "inspector").status_code == 404
    assert [m["ref"] for m in ask.get("/api/v1/meetings").json["items"]] == ["B-1"]


def test_who_was_registered_before_the_first_day_is_not_told(ask):
    """The registration of a person is an entry of its day, and is not there for an inspector of later days."""
    ask.seeded.clock.advance(days=2)
    ask.seeded.open_inspection(covers_from="2016-09-06", ceiling="2016-09-30")
    ask.seeded.catch_up()
    registered = next(e for e in ask.get("/api/v1/events").json["items"] if e["topic"] == "data_subject.subject_registered.v1")

    assert ask.get(f"/api/v1/events/{registered['position']}", "inspector").status_code == 404


def test_an_inspector_records_nothing(inspected):
    """Read-only by construction: no command is open to the role, and nothing is written by trying."""
    head = inspected.seeded.catch_up()

    answer = inspected.post("/api/v1/actions/A1/report_progress", "inspector", REPORT)

    assert answer.status_code == 403
    assert inspected.seeded.catch_up() == head
    with pytest.raises(NotAllowed):
        inspected.seeded.act("inspector", "close_inspection", "inspector", reason="done")


def test_after_its_last_day_or_its_closing_nothing_is_read(inspected):
    """An expired inspection opens nothing, nor does one that was closed; another may then be opened for the same office."""
    inspected.seeded.clock.advance(days=27)
    ended = inspected.get("/api/v1/actions", "inspector")
    assert (ended.status_code, ended.json["type"]) == (403, "/problems/inspection-ended")
    assert "Your inspection ended on 1 October 2016" in ended.json["detail"]
    inspected.seeded.open_inspection(ceiling="2016-10-01", expires_on="2016-10-31")
    assert inspected.get("/api/v1/actions", "inspector").status_code == 200

    inspected.seeded.act("board-manager", "close_inspection", "inspector", reason="The inspectors have left")

    assert inspected.get("/api/v1/actions", "inspector").status_code == 403
    with pytest.raises(NoInspectionOpen):
        inspected.seeded.act("board-manager", "close_inspection", "inspector", reason="again")


def test_an_inspection_of_one_agency_shows_that_agency(ask):
    """An inspection's scope is a wall: another agency's record does not exist in it."""
    ask.seeded.open_inspection(agency="RIV", purpose="rehearsal")
    ask.seeded.catch_up()

    assert [a["ref"] for a in ask.get("/api/v1/actions", "inspector").json["items"]] == ["A1"]
    assert ask.get("/api/v1/actions/A2", "inspector").status_code == 404


def test_one_inspection_at_a_time_in_order_and_for_inspectors(inspected):
    """Refused: a second inspection while one is open, days that run backwards, and an office that does not inspect."""
    opening = {"body": "Ofsted", "purpose": "audit", "agency": None, "covers_from": "2016-01-01", "ceiling": "2016-09-01"}
    with pytest.raises(InspectionOpen):
        inspected.seeded.open_inspection()
    with pytest.raises(NotAnInspector):
        inspected.seeded.act("chair", "open_inspection", "riv-lead", **opening, expires_on="2016-12-01")
    inspected.seeded.act("chair", "close_inspection", "inspector", reason="done")
    for wrong in ({"covers_from": "2016-09-02"}, {"expires_on": "2016-09-01"}):
        with pytest.raises(PeriodBackwards):
            inspected.seeded.act("chair", "open_inspection", "inspector", **opening | {"expires_on": "2016-12-01"} | wrong)


def test_who_inspects_is_known_to_the_board_and_to_the_inspector(inspected):
    """The Board's offices see every inspection with the number of its openings; a lead sees none."""
    inspected.get("/api/v1/actions/A1/history", "inspector")
    inspected.seeded.catch_up()

    (row,) = inspected.get("/api/v1/inspections").json["items"]
    assert (row["ref"], row["body"], row["disclosures"]) == ("inspector", "Ofsted", 1)
    assert inspected.get("/api/v1/inspections/inspector", "inspector").json["item"]["ref"] == "inspector"
    assert inspected.get("/api/v1/inspections", "riv-lead").json["items"] == []
    assert inspected.get("/api/v1/inspections/inspector", "riv-lead").status_code == 404


def test_an_opening_is_never_amended(inspected):
    """INV-41: nobody takes an opening back or makes it another, not even with a proposal."""
    inspected.get("/api/v1/actions/A1/history", "inspector")
    for command, more in (("retract_entry", {}), ("propose_amendment", {}), ("correct_entry", {"corrected": {"object": "action:A2"}})):
        with pytest.raises(OpeningStands):
            inspected.seeded.act("board-manager", command, "inspector", about="inspection", amends=2, reason="a mistake", **more)


def test_an_inspection_is_not_corrected_into_one_that_could_not_be(inspected):
    """INV-41: the days of an inspection stay in order, whatever is corrected."""
    wrong = {"corrected": {"covers_from": "2016-12-01"}, "reason": "typing error"}
    with pytest.raises(PeriodBackwards):
        inspected.seeded.act("chair", "correct_entry", "inspector", about="inspection", amends=1, **wrong)


def test_an_inspector_reads_of_their_own_inspection_whatever_days_it_covers(ask):
    """An inspection whose days all lie before it was opened is there for its inspector, with its openings, and another's is not."""
    ask.seeded.open_inspection(ceiling="2016-09-01")
    ask.seeded.join("auditor", "auditor")
    said = {"body": "Auditors", "purpose": "audit", "agency": None, "covers_from": "2015-07-01", "ceiling": "2016-09-01"}
    ask.seeded.act("chair", "open_inspection", "auditor", **said, expires_on="2016-10-01")
    ask.seeded.catch_up()

    mine = ask.get("/api/v1/inspections/inspector", "inspector")
    entries = ask.get("/api/v1/inspections/inspector/history", "inspector").json["items"]

    assert (mine.status_code, mine.json["item"]["opened_on"], mine.json["clocks"]["as_at"]) == (200, "2016-09-05", "2016-09-01")
    assert [entry["topic"] for entry in entries] == ["inspection.opened.v1"]
    for path in ("/api/v1/inspections/auditor", "/api/v1/inspections/auditor/history"):
        assert ask.get(path, "inspector").status_code == 404
    assert {e["ref"] for e in ask.get("/api/v1/events", "inspector").json["items"] if e["kind"] == "inspection"} == {"inspector"}
