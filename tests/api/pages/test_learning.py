"""The learning library, attendance at meetings, and escalations: on any day as known on any day, as page and as data."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import psycopg
import pytest

from projections.inspection.history import standing
from service.cli.falling_due import issue_due
from tests.api.pages.conftest import browser
from tests.api.pages.whole import fill


@pytest.fixture
def board(app, seeded):
    """Give browsers for the offices of a board with one of everything, a national review and good practice among it."""

    def board(office):
        return browser(app, seeded, office)

    fill(seeded)
    seeded.act(
        "board-manager", "record_finding", "SB-2015-01", number="F2", statement="The nursery rang every absent family by ten",
        polarity="good_practice", scope="single-agency", system_factor="communication", themes=["did not attend", "what works"],
    )  # fmt: skip
    seeded.act(
        "board-manager", "note_external_review", "NAT-1", title="Learning from neglect", kind="national review",
        regime="LSCB-WT2015", board="Elsewhere", year=2015, repository_id="C123", relevance=None, why=None,
    )  # fmt: skip
    seeded.act("board-manager", "check_resource", "R1", reachable=True)
    seeded.catch_up()
    board.seeded = seeded
    return board


def test_the_library_gathers_what_was_found_by_theme_and_factor(board):
    """LIF-PRI-01: themes and factors of the system are counted, good practice beside concerns, and each opens what was found in it."""
    who = board("chair")
    text = who.text("/library")

    for words in ("Did not attend 1 1", "What works 0 1", "The nursery rang every absent family by ten", "Communication 1 1"):
        assert words in text, words
    assert "SB-2015-01/F1" not in who.text("/library?theme=what+works")
    item = who.client.get("/api/v1/library").json["item"]
    assert [(one["name"], one["concerns"], one["good_practice"]) for one in item["themes"]] == [
        ("did not attend", 1, 1),
        ("what works", 0, 1),
    ]


def test_the_library_has_reviews_elsewhere_and_resources(board):
    """LIF-APPA-NA-01, LIF-APPD-01: a national review is there with its day and its relevance, and a resource with its last check."""
    text = board("chair").text("/library")

    for words in ("NAT-1 Learning from neglect", "Elsewhere, 2015", "C123", "Not decided", "R1 Library", "Looked at 5 September 2016"):
        assert words in text, words


def test_the_library_of_another_day(board):
    """As at a day before anything was found there is nothing in it, and it says so."""
    text = board("chair").text("/library?as_at=2016-01-01")

    assert "No finding was on record." in text
    assert "None was noted." in text


def test_attendance_is_counted_by_agency_over_a_period(board):
    """LIF-AG: each agency's presence at each body is counted over a year; at the Board whom a meeting does not name was not there."""
    attendance = [{"agency": "RIV", "attendance": "apologies"}]
    agenda = [{"id": "1", "title": "Alder", "about": "review:SB-2015-01"}]
    board.seeded.act("chair", "hold_meeting", "B-1", body="BOARD", attendance=attendance, agenda=agenda, evidence=[])
    board.seeded.catch_up()
    who = board("chair")
    text = who.text("/meetings/attendance?year=2016")

    assert "Riverside Community Health The Board 1 0 (0%) 1 0 0" in text
    assert "Coombe Quay Hospital The Board 1 0 (0%) 0 0 1" in text
    assert "B-1 The Board 5 September 2016 0 of 2 present No quorum (1/2) SB-2015-01 Alder" in text
    assert "Nobody was expected anywhere." in who.text("/meetings/attendance?year=2014")
    rows = who.client.get("/api/v1/attendance?first=2016-09-01&last=2016-09-30").json["items"]
    assert {(row["agency"], row["body"], row["share"]) for row in rows} >= {("RIV", "QEG", 100), ("CQH", "BOARD", 0)}


def test_who_left_and_joined_again_was_expected_in_each_of_its_memberships(board):
    """LIF-AG: the meetings of a membership before the latest count as before; on the day on which it left nobody was expected."""
    it, others = board.seeded, {"attendance": [{"agency": "RIV", "attendance": "present"}], "agenda": [], "evidence": []}
    joined = {"name": "New Trust", "category": "health", "section_11": "yes"}
    it.act("board-manager", "join_agency", "NEW", **joined)
    for act, said in (("leave_agency", {"reason": "merged"}), ("join_agency", joined)):
        it.act("chair", "hold_meeting", f"before-{act}", body="BOARD", **others)
        it.clock.advance(days=30)
        it.act("board-manager", act, "NEW", **said)
        it.act("chair", "hold_meeting", f"on-{act}", body="BOARD", **others)
        it.clock.advance(days=1)
    it.catch_up()
    rows = board("chair").client.get("/api/v1/attendance?first=2016-09-01&last=2016-12-31").json["items"]

    assert [(row["asked"], row["unnamed"]) for row in rows if (row["agency"], row["body"]) == ("NEW", "BOARD")] == [(2, 2)]


def test_escalations_stand_beside_the_challenges_with_what_came_of_them(board):
    """CHL: what was told further up is listed with its level, to whom, by which event, and where the action stands on the day."""
    board.seeded.clock.advance(days=120)
    board.seeded.act("chair", "escalate_action", "A1", level=1, to_office="quality-chair")
    board.seeded.catch_up()
    who = board("chair")
    text = who.text("/challenges")

    assert "Level 1 Quality chair" in text
    assert "Still 18 days overdue" in text
    (row,) = who.client.get("/api/v1/escalations").json["items"]
    assert (row["about"], row["owner"], row["level"], row["to_office"], row["days_overdue"]) == ("action:A1", "RIV", 1, "quality-chair", 18)
    assert board("cqh-lead").client.get("/api/v1/escalations").json["items"] == []
    assert len(board("riv-lead").client.get("/api/v1/escalations").json["items"]) == 1
    board.seeded.act("chair", "withdraw_action", "A1", reason="The service closed")
    board.seeded.catch_up()
    assert "Closed Withdrawn" in who.text("/challenges")


def test_an_event_is_found_by_its_name_whatever_the_version_of_its_shape(board):
    """Whoever asks for the newest shape of an escalation finds those that were recorded in an older one."""
    board.seeded.clock.advance(days=120)
    done = board.seeded.act("chair", "escalate_action", "A1", level=1, to_office="quality-chair")
    board.seeded.catch_up()
    with psycopg.connect(board.seeded.config.conninfo("reader"), autocommit=True) as conn:
        found = standing(conn, "action.escalated.v2", last=date.max, known_at=done.positions[-1])

    assert [entry.position for entry in found] == [*done.positions]


def test_an_escalation_counts_on_the_day_that_a_correction_gives_it(board):
    """Corrected to an earlier day, an escalation stands there from then on, and no longer where it was recorded; likewise among notices."""
    board.seeded.clock.advance(days=120)
    done = board.seeded.act("chair", "escalate_action", "A1", level=1, to_office="quality-chair")
    corrected = {"occurred_on": "2016-12-20"}
    board.seeded.act("board-manager", "correct_entry", "A1", about="action", amends=done.version, corrected=corrected, reason="misread")
    board.seeded.catch_up()
    ask = board("chair").client.get

    for day, found in (("2016-12-19", 0), ("2016-12-20", 1)):
        assert len(ask(f"/api/v1/escalations?as_at={day}").json["items"]) == found
    for period, found in (("first=2016-12-20&last=2016-12-20", 1), ("first=2016-12-21&last=2017-01-31", 0)):
        assert len(ask(f"/api/v1/notices?{period}").json["items"]) == found


def test_who_was_told_of_what_falls_due_is_listed_for_whom_it_concerns(board):
    """What `muniment work` tells is on the page and in the API: what, about what, to whom, and how late; an agency sees its own."""
    board.seeded.clock.advance(days=120)
    board.seeded.catch_up()
    with psycopg.connect(board.seeded.config.conninfo("reader"), autocommit=True) as conn:
        issue_due(conn, board.seeded.board)
    board.seeded.catch_up()
    chair, riv, cqh = board("chair"), board("riv-lead"), board("cqh-lead")
    rows = chair.client.get("/api/v1/notices").json["items"]
    (row,) = [row for row in rows if row["about"] == "action:A1"]
    text = chair.text("/notices?what=Escalated%2C+level+1")

    assert (row["owner"], row["level"], row["served_late_days"]) == ("RIV", 1, 4)
    assert {row["owner"] for row in rows} >= {"RIV", "CQH"}
    assert {row["owner"] for row in riv.client.get("/api/v1/notices").json["items"]} == {"RIV"}
    assert "A1 Follow up every missed appointment" in text
    assert "4 days late" in text
    listed = chair.text("/notices")
    duty = next(line for line in chair.links if line.startswith("/obligations/LIF-"))
    assert chair.get(duty).status_code == 200
    told = re.search(r"<h1[^>]*>([^<]+)</h1>", chair.page)
    assert told
    assert " ".join(unescape(told[1]).split()) in listed
    assert "A1 Follow up" not in cqh.text("/notices")
    assert chair.client.get("/api/v1/notices?first=2016-01-01&last=2016-02-01").json["items"] == []
    for resource in ("notices", "attendance"):
        assert chair.client.get(f"/api/v1/{resource}?last=0001-01-01").json["items"] == []  # before which there is no year
