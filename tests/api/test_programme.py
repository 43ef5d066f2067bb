"""What the Board does between reviews, over the API: every act done, refused, repeated and raced; and who may see what."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any

import pytest

from aggregates.challenge import Challenge
from service.commands import KINDS
from service.desk import authority
from service.desk.refusals import NotFound
from tests.boards import assign

if TYPE_CHECKING:
    from tests.api.conftest import Asking

FRAMEWORK = {"version": "2016", "sha256": "ab" * 32, "review_due": "2017-09-01", "provenance": "after Plymouth's"}
MEETING = {
    "ref": "B-2016-09", "body": "BOARD", "attendance": [{"agency": "RIV", "attendance": "present"}],
    "agenda": [{"id": "4", "title": "Alder", "about": "review:SB-2015-01"}],
}  # fmt: skip
COURSE = {
    "ref": "IACP", "title": "Inter-Agency Child Protection", "level": "core", "format": "1 day", "provider": "Workforce",
    "skills": "Ask the child", "follow_up_owed": True, "because_of": ["SB-2015-01/F1"],
}  # fmt: skip
RESOURCE = {"ref": "CASPAR", "title": "CASPAR", "url": "https://caspar.example", "kind": "e-mail updates", "check_every": 6}
PRIORITY = {"ref": "2016-17", "priority": "Neglect", "lead_office": "quality-chair", "informed_by": ["SB-2015-01/F1"]}
CHALLENGE = {"ref": "C1", "about": "action:A1", "to": "RIV", "summary": "Slow", "statement": "Why so slow?"}
ANSWER = {"answer": "The rota was not agreed", "what_changed": "It is"}

# Each act: who does it, where, what they say; what has to be there first; and an office that may not do it.
ACTS: dict[str, tuple[str, str, dict[str, Any], tuple[str, ...], str]] = {
    "change_regime": ("chair", "partnership/change_regime", {"regime": "MASA-WT2018", "effective_on": "2019-09-29"}, (), "riv-lead"),
    "adopt_framework": ("chair", "partnership/adopt_framework", FRAMEWORK, (), "quality-chair"),
    "review_framework": (
        "chair", "partnership/review_framework", {"version": "2016", "outcome": "retained", "review_due": "2018-09-01"},
        ("adopt_framework",), "riv-lead",
    ),
    "hold_meeting": ("board-manager", "meetings", MEETING, (), "riv-lead"),
    "set_priorities": ("chair", "priorities", PRIORITY, (), "quality-chair"),
    "offer_course": ("quality-chair", "courses", COURSE, (), "riv-lead"),
    "revise_course": ("quality-chair", "courses/IACP/revise_course", {"what": "Thresholds"}, ("offer_course",), "trainer"),
    "withdraw_course": ("board-manager", "courses/IACP/withdraw_course", {"reason": "Replaced"}, ("offer_course",), "chair"),
    "list_resource": ("board-manager", "resources", RESOURCE, (), "trainer"),
    "check_resource": ("board-manager", "resources/CASPAR/check_resource", {"reachable": True}, ("list_resource",), "riv-lead"),
    "raise_challenge": ("quality-chair", "challenges", CHALLENGE, (), "trainer"),
    "answer_challenge": ("riv-lead", "challenges/C1/answer_challenge", ANSWER, ("raise_challenge",), "trainer"),
    "transfer_obligation": ("chair", "actions/A2/transfer_obligation", {"successor": "RIV", "reason": "merged"}, (), "riv-lead"),
    "accept_transfer": ("riv-lead", "actions/A2/accept_transfer", {}, ("transfer_obligation",), "chair"),
    "refuse_transfer": ("riv-lead", "actions/A2/refuse_transfer", {"reason": "not ours"}, ("transfer_obligation",), "quality-chair"),
    "announce_departure": (
        "board-manager", "agencies/RIV/announce_departure", {"leaves_on": "2016-09-30", "reason": "merged"}, (), "riv-lead",
    ),
    "declare_outstanding": (
        "chair", "actions/A1/declare_outstanding", {"reason": "dissolved"}, ("announce_departure",), "quality-chair",
    ),
    "declare_obligation_outstanding": (
        "chair", "agencies/RIV/declare_obligation_outstanding", {"item": "challenge:C1", "reason": "dissolved"},
        ("raise_challenge", "announce_departure"), "board-manager",
    ),
}  # fmt: skip


def do(ask: Asking, name: str, office: str | None = None, **how: Any) -> Any:
    """Do an act, in its own office unless another is named."""
    who, path, body, _, _ = ACTS[name]
    return ask.post(f"/api/v1/{path}", office or who, body, **how)


def prepared(ask: Asking, name: str) -> None:
    """Do what has to be there first."""
    for before in ACTS[name][3]:
        assert do(ask, before).status_code in {200, 201}


@pytest.mark.parametrize("name", ACTS)
def test_every_act_is_done_and_repeated_once_and_refused_to_others(ask, name):
    """An act is recorded with its receipt; repeated under its key it is answered with the same; another role is refused."""
    prepared(ask, name)
    refused = do(ask, name, ACTS[name][4])
    first, second = (do(ask, name, key="once") for _ in range(2))

    assert (refused.status_code, refused.json["type"]) == (403, "/problems/not-allowed")
    assert first.status_code in {200, 201}, first.json
    assert (first.json["positions"], first.json["receipt"]) == (second.json["positions"], second.json["receipt"])
    ask.seeded.catch_up()
    shown = ask.get(first.headers["Location"])
    assert (shown.status_code, shown.headers["ETag"]) == (200, first.headers["ETag"])


@pytest.mark.parametrize("name", [name for name in ACTS if name != "set_priorities"])
def test_of_two_at_once_one_comes_too_late(ask, name):
    """Two who saw the same: one is recorded, the other is told that it is there already, or to look again."""
    prepared(ask, name)
    who, path, body, _, _ = ACTS[name]
    creates = path.count("/") == 0
    version = ask.seeded.board.load(_kind(path), _ref(path), fresh=True).version if not creates else None
    answers: list[int] = []

    def act(number: int) -> None:
        headers = ask.headers(who) | {"Idempotency-Key": f"raced-{number}"} | ({} if creates else {"If-Match": f'"{version}"'})
        answers.append(ask.client.application.test_client().post(f"/api/v1/{path}", headers=headers, json=body).status_code)

    threads = [threading.Thread(target=act, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ([201, 409, 409] if creates else [200, 412, 412])


def _kind(path: str) -> Any:
    noun = path.partition("/")[0]
    return KINDS[{"agencies": "agency"}.get(noun) or (noun if noun in KINDS else noun.removesuffix("s"))]


def _ref(path: str) -> str:
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else parts[0]


@pytest.mark.parametrize(
    ("office", "path", "body", "status", "problem"),
    [
        ("chair", "partnership/adopt_framework", FRAMEWORK | {"sha256": "x"}, 422, "not-an-obligation-set"),
        (
            "chair",
            "partnership/review_framework",
            {"version": "2016", "outcome": "retained", "review_due": "2018-09-01"},
            422,
            "not-in-force",
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
