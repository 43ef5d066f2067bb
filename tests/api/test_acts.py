"""Each act: done, refused, repeated and raced; and what its answer carries."""

from __future__ import annotations

import threading

import psycopg
import pytest

from projections.two_clocks import catch_up
from service.ledger.checkpoint import Receipt
from service.verify import open_checkpoint
from tests.boards import assign

ACCEPT = "/api/v1/actions/A1/accept_action"
DISPUTE = "/api/v1/actions/A1/dispute_action"


def size(ask) -> int:
    """Return how many events the log has."""
    with psycopg.connect(ask.seeded.config.conninfo("reader")) as conn:
        return conn.execute("SELECT max(size) FROM ledger.checkpoint").fetchone()[0]


def test_an_act_is_answered_with_its_receipt(ask):
    """The answer has the version, the position, the event's id and a receipt that parses, and says where the thing is."""
    before = size(ask)
    response = ask.post(ACCEPT, "riv-lead", version=1)

    assert (response.status_code, response.headers["ETag"], response.headers["Location"]) == (200, '"2"', "/api/v1/actions/A1")
    assert (response.json["ref"], response.json["version"], response.json["positions"]) == ("A1", 2, [before + 1])
    assert Receipt.parse(response.json["receipt"]).index == before
    ask.seeded.catch_up()
    event = ask.get(f"/api/v1/events/{before + 1}").json["item"]
    assert [event["event"]] == response.json["events"]
    assert event["receipt"] == response.json["receipt"]


def test_what_is_created_is_answered_with_its_address(ask):
    """Creating answers 201 with the address of what is new, and another of the same name is a conflict."""
    body = {
        "ref": "A9", "title": "Train the night staff", "kind": "training", "owner": "RIV", "overseen_by": "QEG", "due_on": "2017-01-31",
        "success_measure": "All of them", "intended_outcome": "They know what to do",
    }  # fmt: skip
    first, second = (ask.post("/api/v1/actions", "chair", body, version=None) for _ in range(2))
    ask.seeded.catch_up()

    assert (first.status_code, first.headers["Location"], first.headers["ETag"]) == (201, "/api/v1/actions/A9", '"1"')
    assert ask.get(first.headers["Location"]).json["item"]["title"] == "Train the night staff"
    assert (second.status_code, second.json["type"]) == (409, "/problems/already-exists")


def test_an_act_is_answered_before_there_are_views(ask):
    """Where nobody has begun to keep the views, what was recorded is answered with its receipt like any other, and not shown yet."""
    with psycopg.connect(ask.seeded.config.conninfo("owner"), autocommit=True) as conn:
        conn.execute("DROP TABLE views.tracking")
    response = ask.post(ACCEPT, "riv-lead", version=1)

    assert (response.status_code, response.json["shown"]) == (200, False)
    assert Receipt.parse(response.json["receipt"]).index == response.json["positions"][0] - 1


def test_an_act_that_is_repeated_is_recorded_once(ask):
    """The same key and the same act get the same answer, and one event."""
    first, second = (ask.post(ACCEPT, "riv-lead", version=1, key="once") for _ in range(2))

    assert first.json | {"shown": None, "repeated": True} == second.json | {"shown": None}
    assert size(ask) == first.json["positions"][0]


def test_a_key_serves_one_act(ask):
    """The same key for another act is refused, and nothing is recorded."""
    ask.post(ACCEPT, "riv-lead", key="once")
    before = size(ask)
    response = ask.post(DISPUTE, "riv-lead", {"reason": "It is not ours"}, key="once")

    assert (response.status_code, response.json["type"]) == (422, "/problems/key-reused")
    assert size(ask) == before


@pytest.mark.parametrize("key", [None, " ", "é", "x" * 256])
def test_every_act_carries_a_key(shared, key):
    """Without a usable Idempotency-Key nothing is tried."""
    response = shared.post(ACCEPT, "riv-lead", key=key)

    assert (response.status_code, response.json["type"]) == (400, "/problems/idempotency-key-missing")


@pytest.mark.parametrize(
    ("version", "status", "problem"),
    [
        (None, 428, "if-match-missing"),
        (7, 412, "stale-version"),
        ("1", 400, "unreadable"),
        ('"1", "2"', 400, "unreadable"),
        ('"01"', 400, "unreadable"),
    ],
)
def test_an_act_says_which_version_it_saw(shared, version, status, problem):
    """What exists is changed by somebody who saw it as it is, and says so."""
    response = shared.post(ACCEPT, "riv-lead", version=version)

    assert (response.status_code, response.json["type"]) == (status, f"/problems/{problem}")


def test_a_version_that_a_proxy_has_weakened_is_still_the_version(ask):
    """A proxy that compresses makes the ETag weak; the act goes through."""
    assert ask.post(ACCEPT, "riv-lead", version='W/"1"').status_code == 200


def test_of_two_who_saw_the_same_version_one_comes_too_late(ask):
    """Two acts at once over one version: one is recorded, the other is told to look again."""
    answers: list[int] = []
    client = ask.client.application.test_client

    def act(number: int) -> None:
        headers = ask.headers("riv-lead") | {"Idempotency-Key": f"raced-{number}", "If-Match": '"1"'}
        answers.append(client().post(ACCEPT, headers=headers, json={}).status_code)

    threads = [threading.Thread(target=act, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200, 412, 412, 412]


@pytest.mark.parametrize(
    ("office", "path", "body", "status", "problem"),
    [
        ("trainer", "/api/v1/agencies/RIV/rename_agency", {"name": "Riverside"}, 403, "not-allowed"),
        ("chair", ACCEPT, {}, 422, "not-owner"),
        ("riv-lead", "/api/v1/actions/A1/sign_off_action", {"effect": "Better"}, 403, "not-allowed"),
        ("riv-lead", ACCEPT, {"occurred_on": "2030-01-01"}, 422, "future-date"),
        ("riv-lead", ACCEPT, {"occurred_on": "2016-01-01"}, 422, "late-without-reason"),
        ("riv-lead", DISPUTE, {"reason": "The child, NHS number 943 476 5919, is not ours"}, 422, "personal-data"),
        ("riv-lead", DISPUTE, {"reason": "   "}, 422, "field-missing"),
        ("riv-lead", DISPUTE, {"reason": "x", "colour": "red"}, 422, "unknown-command-field"),
        ("riv-lead", ACCEPT, {"office": "chair"}, 403, "not-in-office"),
        ("chair", ACCEPT, {"on_behalf_of": "riv-lead"}, 403, "only-the-board-manager"),
        ("quality-chair", "/api/v1/actions/A1/sign_off_action", {"effect": "Better"}, 422, "wrong-state"),
        ("chair", "/api/v1/actions/NONE/withdraw_action", {"reason": "x"}, 404, "not-found"),
        ("chair", "/api/v1/actions/A1/delete_action", {}, 404, "not-found"),
    ],
)
def test_what_is_refused_is_refused_by_name_and_records_nothing(shared, office, path, body, status, problem):  # noqa: PLR0917 - the cases' columns
    """Wrong office, wrong state, wrong dates, personal data and unknown things each get their own problem, and leave no trace."""
    before = size(shared)
    response = shared.post(path, office, body)

    assert (response.status_code, response.json["type"]) == (status, f"/problems/{problem}")
    assert size(shared) == before


@pytest.mark.parametrize(
    ("sent", "status", "problem"),
    [
        ({"data": b'{"reason": "a", "reason": "b"}', "content_type": "application/json"}, 400, "unreadable"),
        ({"data": b'{"reason": NaN}', "content_type": "application/json"}, 400, "unreadable"),
        ({"data": b"{", "content_type": "application/json"}, 400, "unreadable"),
        ({"data": b"[]", "content_type": "application/json"}, 400, "unreadable"),
        ({"data": b"", "content_type": "application/json"}, 400, "unreadable"),
        ({"data": b'{"reason": "' + b"x" * 2**20 + b'"}', "content_type": "application/json"}, 413, "too-large"),
        ({"data": {"reason": "x"}, "content_type": "application/x-www-form-urlencoded"}, 415, "unsupported-kind"),
        ({"data": b"{}", "content_type": "text/plain"}, 415, "unsupported-kind"),
    ],
)
def test_a_body_that_is_no_command_is_refused(shared, sent, status, problem):
    """Malformed, doubled, oversized and foreign bodies are problems, not failures."""
    response = shared.post(DISPUTE, "riv-lead", **sent)

    assert (response.status_code, response.json["type"]) == (status, f"/problems/{problem}")


def test_an_act_on_behalf_of_another_office_says_so(ask):
    """The board manager records what another office did, and the entry names both."""
    done = ask.post(ACCEPT, "board-manager", {"on_behalf_of": "riv-lead", "occurred_on": "2016-09-05"})
    ask.seeded.catch_up()
    entry = ask.get(f"/api/v1/events/{done.json['positions'][0]}").json["item"]

    assert (entry["by_office"], entry["on_behalf_of"], entry["by_agency"]) == ("board-manager", "riv-lead", "RIV")


def test_an_amendment_is_an_act_like_any_other(ask):
    """A correction is asked for at the address of what it corrects, and shows in its history beside what it corrects."""
    ask.post(DISPUTE, "riv-lead", {"reason": "It is nto ours"})
    ask.seeded.catch_up()
    body = {"amends": 2, "corrected": {"reason": "It is not ours"}, "reason": "A typing error"}
    response = ask.post("/api/v1/actions/A1/correct_entry", "riv-lead", body, version=2)
    ask.seeded.catch_up()
    history = ask.get("/api/v1/actions/A1/history").json["items"]

    assert response.status_code == 200
    assert history[1]["status"] == "corrected"
    assert (history[1]["fields"]["reason"], history[1]["said"]["reason"]) == ("It is nto ours", "It is not ours")


def test_the_answer_waits_until_the_views_show_it(ask):
    """With catch-up running beside it, an act is answered when a read already shows it."""
    app, seeded = ask.client.application, ask.seeded
    app.config["WAIT_FOR_VIEWS"] = 30.0
    stop = threading.Event()
    config = seeded.config
    with psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:
        source = seeded.source(conn)
        worker = threading.Thread(target=catch_up.work, args=(config.conninfo("projector"), source), kwargs={"stop": stop, "poll": 0.1})
        worker.start()
        response = ask.post(ACCEPT, "riv-lead")
        status = ask.get("/api/v1/actions/A1").json["item"]["status"]
        stop.set()
        worker.join()

    assert (response.json["shown"], status) == (True, "accepted")


def test_an_answer_that_the_views_do_not_show_yet_says_so(ask):
    """Where catch-up does not keep up, the act is recorded all the same, and its answer says that it is not shown yet."""
    response = ask.post(ACCEPT, "riv-lead")

    assert (response.status_code, response.json["shown"]) == (200, False)


def test_a_receipt_names_the_logs_own_checkpoint(ask):
    """The checkpoint in an answer's receipt is signed by the log's key over a tree that holds the event."""
    done = assign(ask.seeded, "A8")
    response = ask.post(ACCEPT, "riv-lead")
    checkpoint = Receipt.parse(response.json["receipt"]).checkpoint
    opened = open_checkpoint(checkpoint, ask.seeded.board.keys.log.vkey)

    assert opened.size == done.positions[-1] + 1
