"""Every command of `service/commands.py`: done, refused, repeated and raced. Reviews are walked in `tests/service/test_reviews.py`."""

from __future__ import annotations

import io
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from service.cli.people.asked import Whose, check
from service.commands import COMMANDS, KINDS
from service.commands.asking import ONE_OF_ITS_KIND
from service.desk.submission import Submission
from service.ledger import keys
from tests.api.acts import ACTS, PDF, do, prepared, said
from tests.api.conftest import Asking
from tests.api.test_signing import OTHERS as OWN
from tests.api.test_signing import named, signed
from tests.boards import ORIGIN
from tests.service.test_asked import opened
from tests.service.test_reviews import BESIDE
from tests.service.test_reviews import COURSE as OF_A_REVIEW

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

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
    "declare_key_compromised": {"disputed-already"},
}


def test_every_command_is_in_a_table():
    """No command is declared without an example that is done, refused, repeated and raced."""
    of_reviews = {name for _, name, _ in OF_A_REVIEW} | {name for _, _, name, _ in BESIDE}

    assert set(ACTS) | of_reviews | BEFORE_ANYBODY_ASKS == set(COMMANDS)
    assert of_reviews == {command.name for command in COMMANDS.values() if command.kind == "review"}


@pytest.mark.parametrize("name", ACTS)
def test_every_act_is_refused_to_others_and_of_several_at_once_one_is_recorded_once(ask, name):
    """Another role is refused. Of those who saw the same one is recorded, with its receipt, and the others are told to look again.

    Repeated under its key it is answered with the same, and what it made is shown where the answer says. Signed with a key of one's own, it
    would be recorded as it was prepared.
    """
    prepared(ask, name)
    refused = do(ask, name, ACTS[name][4])
    assert (refused.status_code, refused.json["type"]) == (403, "/problems/not-allowed")

    would_be_signed(ask, name)
    version = seen(ask, name)
    answers = at_once(ask, name, version)
    recorded = [number for number, answer in answers.items() if answer.status_code < 400]
    told = {answer.json["type"].removeprefix("/problems/") for answer in answers.values() if answer.status_code >= 400}
    assert len(recorded) == 1, [answer.json for answer in answers.values()]
    assert told <= {"stale-version" if version else "already-exists"} | TOO_LATE.get(name, set())

    first, again = answers[recorded[0]], do(ask, name, key=f"raced-{recorded[0]}", version=version)
    assert (first.status_code, again.status_code) == (again.status_code, 201 if COMMANDS[name].creates else 200)
    assert (first.json["positions"], first.json["receipt"]) == (again.json["positions"], again.json["receipt"])
    ask.seeded.catch_up()
    shown = ask.get(first.headers["Location"])
    assert (shown.status_code, shown.headers["ETag"]) == (200, first.headers["ETag"])


@pytest.mark.parametrize("ref", ["X9", "22222222-3333-4444-8555-000000000000"])
def test_every_act_upon_what_is_not_there_is_refused_as_that(ask, ref):
    """Whatever somebody says who may, of a reference that nobody gave: there is no such thing, whatever the reference looks like."""
    ask.seeded.join("dpo", "data protection officer")
    ask.seeded.board.receive(io.BytesIO(PDF), "audit.pdf", ask.seeded.callers["riv-lead"])
    about = [name for name in ACTS if not COMMANDS[name].creates and COMMANDS[name].kind not in ONE_OF_ITS_KIND]
    told = {}
    for name in about:
        office, path, *_ = ACTS[name]
        resource, _, act = path.split("/")
        answer = ask.post(f"/api/v1/{resource}/{ref}/{act}", office, said(ask, name))
        told[name] = (answer.status_code, answer.json["type"])

    assert len(told) > 50
    assert {name: why for name, why in told.items() if why != (404, "/problems/not-found")} == {}


class NotForGood(Exception):  # noqa: N818 - nothing went wrong
    """What was recorded with others is let go before it is."""


def would_be_signed(ask: Asking, name: str) -> None:
    """Prepare an act for a key of whoever does it, which records nothing; sign it, and let go of it only where it would be recorded."""
    office, path, *_ = ACTS[name]
    size = ask.seeded.act(office, "enrol_signing_key", "keys", **keys.enrolment(OWN, ORIGIN, office)).positions[-1]
    answer = ask.post(f"/api/v1/{path}?prepare={named(OWN)}", office, said(ask, name))
    assert (answer.status_code, ask.seeded.board.recorder.max_notification_id()) == (202, size), answer.json
    command, fields = COMMANDS[name], dict(answer.json["command"])
    asked_ref = path.split("/")[1] if path.count("/") > 1 else fields.get("ref", command.kind)
    asked = Submission(name=name, ref=asked_ref, fields={n: value for n, value in said(ask, name).items() if n != "ref"})
    check(asked, [*opened(OWN, [one.values() for one in answer.json["statements"]])], Whose(ORIGIN, office), yes=True)
    ref = fields.pop("ref", path.split("/")[1] if path.count("/") > 1 else command.kind)
    it = Submission(name=name, ref=ref, fields=fields, signed=[signed(one, OWN) for one in answer.json["statements"]])
    with suppress(NotForGood), ask.seeded.board.together() as together:
        ask.seeded.board.act(ask.seeded.callers[office], it)
        assert {leaf.purpose for part in together.parts for leaf in part.leaves} == {"acts"}
        raise NotForGood
    revoke = {"thumbprint": named(OWN), "reason": "This was for the question alone"}
    ask.seeded.act(office, "revoke_signing_key", "keys", **revoke)


def seen(ask: Asking, name: str) -> int | None:
    """Return the version that whoever does an act has seen; None where the act makes what it is about."""
    command = COMMANDS[name]
    if command.creates:
        return None
    parts = ACTS[name][1].split("/")
    return ask.seeded.board.load(KINDS[command.kind], parts[1] if len(parts) > 2 else parts[0], fresh=True).version


def at_once(ask: Asking, name: str, version: int | None) -> dict[int, TestResponse]:
    """Do an act three times at once, each under a key of its own, and return each answer by its number."""
    answers: dict[int, TestResponse] = {}
    asking = [Asking(ask.client.application.test_client(), ask.seeded) for _ in range(3)]

    def act(number: int) -> None:
        answers[number] = do(asking[number], name, key=f"raced-{number}", version=version)

    threads = [threading.Thread(target=act, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
