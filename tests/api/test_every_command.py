"""Every command of `service/commands.py`: done, refused, repeated and raced. Reviews are walked in `tests/service/test_reviews.py`."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest

from service.commands import COMMANDS, KINDS
from tests.api.acts import ACTS, do, prepared, said
from tests.service.test_reviews import BESIDE
from tests.service.test_reviews import COURSE as OF_A_REVIEW

# A board is established before anybody can ask: `muniment init` does, is killed, refused and repeated in `tests/acceptance`.
BEFORE_ANYBODY_ASKS = {"establish_partnership"}
# What whoever came too late may be told besides that the reference is taken (409), or that they saw an older version (412).
TOO_LATE: dict[str, set[str]] = {
    "refuse_transfer": {"not-found"},  # who refused it has nothing to do with it any more
    "join_agency": {"already-a-member"},  # what there is already is gone on with, and its own rule refuses
    "appoint_office_holder": {"terms-overlap"},
    "open_inspection": {"inspection-open"},
    "set_priorities": {"priority-twice"},
    "request_return": {"already-requested"},
    "enrol_signing_key": {"key-enrolled"},  # the log finds that out before the version
    "rotate_signing_key": {"key-enrolled", "key-ended"},
    "revoke_signing_key": {"key-ended"},
}


def test_every_command_is_in_a_table():
    """No command is declared without an example that is done, refused, repeated and raced."""
    of_reviews = {name for _, name, _ in OF_A_REVIEW} | {name for _, _, name, _ in BESIDE}

    assert set(ACTS) | of_reviews | BEFORE_ANYBODY_ASKS == set(COMMANDS)
    assert of_reviews == {command.name for command in COMMANDS.values() if command.kind == "review"}


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


@pytest.mark.parametrize("name", ACTS)
def test_of_several_at_once_one_comes_first(ask, name):
    """Of those who saw the same one is recorded, and the others are told that it is there already, or to look again."""
    prepared(ask, name)
    who, path, *_ = ACTS[name]
    body = said(ask, name)
    version = None if COMMANDS[name].creates else ask.seeded.board.load(KINDS[COMMANDS[name].kind], _ref(path), fresh=True).version
    answers: Counter[str] = Counter()

    def act(number: int) -> None:
        headers = ask.headers(who) | {"Idempotency-Key": f"raced-{number}"} | ({"If-Match": f'"{version}"'} if version else {})
        answer = ask.client.application.test_client().post(f"/api/v1/{path}", headers=headers, json=body)
        answers[answer.json["type"].removeprefix("/problems/") if answer.status_code >= 400 else "recorded"] += 1

    threads = [threading.Thread(target=act, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.pop("recorded") == 1
    assert set(answers) <= {"stale-version" if version else "already-exists"} | TOO_LATE.get(name, set()), answers


def _ref(path: str) -> Any:
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else parts[0]
