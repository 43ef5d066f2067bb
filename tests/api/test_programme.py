"""What the Board does between reviews, over the API: what is refused by which name, and who may see what."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from aggregates.partnership.challenge import Challenge
from service.desk import authority
from service.desk.refusals import NotFound
from tests.api.acts import ANSWER, CHALLENGE, COURSE, FRAMEWORK, MEETING, PRIORITY, RESOURCE, do
from tests.boards import assign

if TYPE_CHECKING:
    from tests.api.conftest import Asking


@pytest.mark.parametrize(
    ("office", "path", "body", "status", "problem"),
    [
        ("chair", "partnership/adopt_framework", FRAMEWORK | {"sha256": "x"}, 422, "not-an-obligation-set"),
        (
            "chair",
            "partnership/review_framework",
            {"version": "2016", "outcome": "retained", "review_due": "2018-09-01"},
            422,
            "none-in-force",
        ),
        ("chair", "partnership/change_regime", {"regime": "LSCB-WT2015", "effective_on": "2019-09-29"}, 422, "same-regime"),
        ("chair", "partnership/set_local_setting", {"setting": "quorum", "value": "all"}, 422, "setting-unreadable"),
        ("board-manager", "agencies/CQH/leave_agency", {"reason": "dissolved"}, 422, "open-obligations"),
        ("board-manager", "meetings", MEETING | {"body": "NONE"}, 404, "not-found"),
        ("board-manager", "meetings", MEETING | {"attendance": [{"agency": "NONE", "attendance": "present"}]}, 422, "not-a-member"),
        ("board-manager", "meetings", MEETING | {"agenda": [{"id": "1", "title": "x", "about": "action:NONE"}]}, 404, "not-found"),
        ("board-manager", "meetings", MEETING | {"quorate": True}, 422, "unknown-command-field"),
        ("chair", "priorities", PRIORITY | {"lead_office": "nobody"}, 404, "not-found"),
        ("chair", "priorities", PRIORITY | {"informed_by": ["SB-2015-01/F9"]}, 404, "not-found"),
        ("quality-chair", "courses", COURSE | {"because_of": ["NONE/F1"]}, 404, "not-found"),
        ("quality-chair", "courses", COURSE | {"level": "hard"}, 422, "wrong-kind"),
        ("board-manager", "resources", RESOURCE | {"url": "caspar"}, 422, "not-an-address"),
        ("quality-chair", "challenges", CHALLENGE | {"to": "NONE"}, 404, "not-found"),
        ("quality-chair", "challenges", CHALLENGE | {"about": "A1"}, 422, "wrong-kind"),
        ("quality-chair", "challenges", CHALLENGE | {"about": "action:NONE"}, 404, "not-found"),
        ("quality-chair", "challenges", CHALLENGE | {"to": "QEG"}, 422, "challenges-itself"),
        ("riv-lead", "challenges", CHALLENGE | {"about": "action:A2", "to": "CQH"}, 404, "not-found"),
        ("chair", "actions/A1/transfer_obligation", {"successor": "QEG", "reason": "x"}, 404, "not-found"),
        ("riv-lead", "actions/A1/accept_transfer", {}, 422, "not-offered"),
    ],
)
def test_what_is_refused_is_refused_by_name(shared, office, path, body, status, problem):  # noqa: PLR0917 - the cases' columns
    """What is not on record, not there for who asks, or against a rule each gets its own problem."""
    response = shared.post(f"/api/v1/{path}", office, body)

    assert (response.status_code, response.json["type"]) == (status, f"/problems/{problem}")


def test_a_meeting_counts_the_members_of_the_day_by_the_quorum_of_the_board(ask):
    """Whether the Board was quorate follows from its members and its own setting; minutes come as a file, and are for those who may."""
    ask.post("/api/v1/partnership/set_local_setting", "chair", {"setting": "quorum", "value": "2/3"})
    done = do(ask, "hold_meeting")
    said = '{"evidence": [{"title": "Minutes", "evidence_date": "2016-09-05"}]}'
    files = {"command": said, "file": (io.BytesIO(b"agreed"), "minutes.txt")}
    filed = ask.post("/api/v1/meetings/B-2016-09/file_minutes", "board-manager", data=files, content_type="multipart/form-data")
    ask.seeded.catch_up()
    item = ask.get("/api/v1/meetings/B-2016-09").json["item"]

    assert (done.status_code, filed.status_code) == (201, 200)
    assert (item["present"], item["members"], item["quorum"], item["quorate"]) == (1, 2, "2/3", False)
    assert [minutes["title"] for minutes in item["minutes"]] == ["Minutes"]
    assert ask.get("/api/v1/meetings/B-2016-09", "trainer").json["item"]["minutes"] == []


def test_a_sub_groups_meeting_is_there_for_whom_its_attendance_names(ask):
    """A lead sees the Board's meetings and those that name their agency; another's are not there, nor what was recorded of them."""
    ask.post("/api/v1/meetings", "quality-chair", MEETING | {"ref": "Q-1", "body": "QEG"})
    do(ask, "hold_meeting")
    ask.seeded.catch_up()

    seen = {
        office: [row["ref"] for row in ask.get("/api/v1/meetings", office).json["items"]] for office in ("riv-lead", "cqh-lead", "chair")
    }
    assert seen == {"riv-lead": ["B-2016-09", "Q-1"], "cqh-lead": ["B-2016-09"], "chair": ["B-2016-09", "Q-1"]}
    assert ask.get("/api/v1/meetings/Q-1", "cqh-lead").status_code == 404
    topics = [entry["topic"] for entry in ask.get("/api/v1/events", "cqh-lead").json["items"] if entry["kind"] == "meeting"]
    assert topics == ["meeting.held.v1"]


def test_a_challenge_of_somebody_elses_agency_does_not_exist(ask):
    """F.3: who raised it and who was challenged see it; another agency's lead finds none, cannot answer it and reads nothing of it."""
    do(ask, "raise_challenge")
    ask.seeded.catch_up()
    seen = {office: len(ask.get("/api/v1/challenges", office).json["items"]) for office in ("riv-lead", "cqh-lead", "quality-chair")}
    answered = ask.post("/api/v1/challenges/C1/answer_challenge", "cqh-lead", ANSWER)

    assert seen == {"riv-lead": 1, "cqh-lead": 0, "quality-chair": 1}
    assert (ask.get("/api/v1/challenges/C1", "cqh-lead").status_code, answered.status_code) == (404, 404)
    assert [e for e in ask.get("/api/v1/events", "cqh-lead").json["items"] if e["kind"] == "challenge"] == []
    with pytest.raises(NotFound):
        ask.seeded.board.reach(_acting(ask, "cqh-lead"), Challenge, "C1")


def _acting(ask: Asking, office: str) -> Any:
    today = ask.seeded.clock.now.date()
    return authority.acting(ask.seeded.board, ask.seeded.callers[office], office, None, occurred_on=today, today=today)


def test_inv_42_a_change_of_regime_closes_and_re_dates_nothing(ask):
    """INV-42: reviews and actions are the same the day after as the day before, each under the regime under which it arose."""
    assign(ask.seeded, "A9")
    ask.seeded.catch_up()
    before = {path: ask.get(f"/api/v1/{path}?as_at=2016-09-05").json["items"] for path in ("reviews", "actions")}
    ask.seeded.clock.advance(days=1)
    ask.post("/api/v1/partnership/change_regime", "chair", {"regime": "MASA-WT2018", "effective_on": "2016-09-06"})
    ask.seeded.catch_up()
    after = {path: ask.get(f"/api/v1/{path}?as_at=2016-09-05").json["items"] for path in ("reviews", "actions")}
    later = {path: ask.get(f"/api/v1/{path}").json["items"] for path in ("reviews", "actions")}

    assert before == after
    assert [row["regime"] for row in later["reviews"]] == ["LSCB-WT2015"]
    dates = [[(row["ref"], row["due_on"], row["original_due_on"], row["status"]) for row in rows["actions"]] for rows in (before, later)]
    assert dates[0] == dates[1]
    regimes = [ask.get(f"/api/v1/partnership?as_at={day}").json["item"]["regime"] for day in ("2016-09-05", "2016-09-06")]
    assert regimes == ["LSCB-WT2015", "MASA-WT2018"]


def test_the_framework_in_force_and_the_settings_are_read_back(ask):
    """Who adopts a framework and sets what it leaves open finds both where the partnership is read, on their days."""
    do(ask, "adopt_framework")
    ask.post("/api/v1/partnership/set_local_setting", "chair", {"setting": "phone_sample", "value": "20% min 5"})
    ask.seeded.catch_up()
    item = ask.get("/api/v1/partnership").json["item"]

    assert (item["framework"]["version"], item["framework"]["review_due"], item["phone_sample"]) == ("2016", "2017-09-01", [20, 5])
    assert (item["affiliation_look_back"], item["quorum"]) == (5, "1/2")
    assert ask.get("/api/v1/partnership?as_at=2016-09-04").status_code == 200


def test_who_is_asked_to_take_an_action_over_finds_it_in_their_register(ask):
    """F.9: an action that is offered is in both leads' registers; once taken over it stays in the first one's, as handed over."""
    do(ask, "transfer_obligation")
    ask.seeded.catch_up()
    offered = {office: [row["ref"] for row in ask.get("/api/v1/actions", office).json["items"]] for office in ("riv-lead", "cqh-lead")}
    assert do(ask, "accept_transfer").status_code == 200
    ask.seeded.catch_up()
    item = ask.get("/api/v1/actions/A2", "cqh-lead").json["item"]

    assert offered == {"riv-lead": ["A1", "A2"], "cqh-lead": ["A2"]}
    assert (item["owner"], item["original_owner"], item["inherited_from"], item["due_on"]) == ("RIV", "CQH", "CQH", "2016-12-16")
    assert ask.get("/api/v1/actions/A1", "cqh-lead").status_code == 404


def test_an_office_that_fell_vacant_is_known_to_the_board(ask):
    """F.7: the Board names who answers where an office is vacant, from the log itself."""
    today = ask.seeded.clock.now.date()
    ask.seeded.act("board-manager", "stand_down_office_holder", "quality-chair", until_on="2016-09-04", reason="retired")

    assert ask.seeded.board.answers("riv-lead", overseen_by="QEG", day=today) == "riv-lead"
    assert ask.seeded.board.answers("quality-chair", overseen_by="QEG", day=today) == "chair"
