"""Signing with one's own key: an act is prepared, which records nothing, signed where the key is, and committed."""

from __future__ import annotations

import io
import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.desk.submission import Submission
from service.ledger import keys
from service.recording.signing import NotYourKey
from service.verify import b64url, canonical, digest, open_disclosures, open_statement, thumbprint, unb64url
from tests.api.acts import ACTS, FILE, PDF
from tests.api.conftest import Asking
from tests.boards import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from service.recording import Done

KEY, OTHERS = (Ed25519PrivateKey.from_private_bytes(bytes([byte]) * 32) for byte in b"KO")
ACCEPT, PROGRESS = "/api/v1/actions/A1/accept_action", "/api/v1/actions/A1/report_progress"
HALF = {"rag": "amber", "narrative": "Half is read"}
EVIDENCE = {"title": "The audit", "evidence_date": "2016-09-02"}
Prepared = dict[str, Any]


def named(key: Ed25519PrivateKey) -> str:
    """Return a key's thumbprint."""
    return thumbprint(key.public_key().public_bytes_raw())


def enrol(ask: Asking, key: Ed25519PrivateKey, office: str, **how: Any) -> TestResponse:
    """Ask to enrol a key of an office."""
    return ask.post("/api/v1/keys/enrol_signing_key", how.pop("by", office), keys.enrolment(key, ORIGIN, office))


def signed(statement: dict[str, Any], key: Ed25519PrivateKey = KEY) -> str:
    """Sign a prepared statement, as RFC 9901 writes it with all its disclosures."""
    return "~".join([f"{statement['unsigned']}.{b64url(key.sign(statement['unsigned'].encode()))}", *statement["disclosures"], ""])


def prepare(ask: Asking, path: str = ACCEPT, body: Any = None, office: str = "riv-lead", *, by: Ed25519PrivateKey = KEY, **how: Any) -> Any:
    """Prepare an act for a key."""
    return ask.post(f"{path}?prepare={named(by)}", office, body, **how)


def commit(ask: Asking, prepared: Prepared, path: str = ACCEPT, office: str = "riv-lead", *, sign: Any = signed, **how: Any) -> Any:
    """Sign what was prepared, and commit it."""
    return ask.post(path, office, prepared["command"] | {"signed": [sign(one) for one in prepared["statements"]]}, **how)


def size(ask: Asking) -> int:
    """Return how many events the log has."""
    return int(ask.seeded.board.recorder.max_notification_id() or 0)


@pytest.fixture
def signing(ask) -> Asking:
    """Give a board on which the lead of RIV has a key of their own."""
    assert enrol(ask, KEY, "riv-lead").status_code == 200
    return ask


def test_what_is_prepared_is_not_on_record_and_what_is_committed_is(signing):
    """Preparing records nothing and says what would be; committing puts that very statement on record, as signed by its actor."""
    before = size(signing)
    prepared = prepare(signing, version=1)
    assert (prepared.status_code, size(signing)) == (202, before), prepared.json

    (statement,) = prepared.json["statements"]
    claims = open_statement(signed(statement).partition("~")[0], KEY.public_key().public_bytes_raw(), ORIGIN)
    said = dict(open_disclosures(claims["_sd"], statement["disclosures"]).values())
    assert (claims["evt"], claims["iss"], claims["assurance"]) == ("action.accepted.v1", "riv-lead", "actor-signed")
    assert (said["by_office"], said["occurred_on"]) == ("riv-lead", "2016-09-05")
    assert prepared.json["rests_on"] | {"kinds": []} == {"size": before, "version": 2, "kinds": []}

    done = commit(signing, prepared.json, version=1)
    assert done.status_code == 200, done.json
    signing.seeded.catch_up()
    entry = signing.get(f"/api/v1/events/{done.json['positions'][0]}").json["item"]
    assert (entry["assurance"], done.json["events"]) == ("actor-signed", [claims["jti"]])


def test_what_is_signed_is_recorded_once_however_often_it_comes(signing):
    """Of one signed statement sent at once under several keys one is recorded, and under its key it is answered with the same again.

    To prepare it again under that key says that it is on record.
    """
    prepared = prepare(signing, version=1).json
    answers: dict[int, TestResponse] = {}

    def once(number: int) -> None:
        answers[number] = commit(Asking(signing.client.application.test_client(), signing.seeded), prepared, key=f"raced-{number}")

    threads = [threading.Thread(target=once, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recorded = [number for number, answer in answers.items() if answer.status_code == 200]
    assert len(recorded) == 1, [answer.json for answer in answers.values()]
    again = [ask(signing, key=f"raced-{recorded[0]}") for ask in (prepare, lambda it, **how: commit(it, prepared, **how))]
    assert [(one.status_code, one.json["receipt"]) for one in again] == [(200, answers[recorded[0]].json["receipt"])] * 2


def test_personal_data_and_files_are_signed_like_all_else(signing):
    """What is sealed is signed in the clear by whoever says it, and sealed when it is recorded; a file is brought when it is prepared."""
    enrolled = enrol(signing, OTHERS, "board-manager")
    person = "11111111-2222-4333-8444-555555555555"
    for_others: Callable[..., str] = lambda one: signed(one, OTHERS)  # noqa: E731 - one key of two
    asked = prepare(signing, "/api/v1/subjects", {"ref": person, "name": "P. Northway"}, "board-manager", by=OTHERS, version=None)
    done = commit(signing, asked.json, "/api/v1/subjects", "board-manager", sign=for_others, version=None)
    assert (enrolled.status_code, done.status_code) == (200, 201), done.json
    assert signing.seeded.board.subjects.reveal(done.json["positions"][0], "name") == "P. Northway"
    begun = prepare(signing, "/api/v1/actions", ACTS["assign_action"][2], "board-manager", by=OTHERS, version=None)
    twice = [commit(signing, begun.json, "/api/v1/actions", "board-manager", sign=for_others, version=None) for _ in range(2)]
    assert [(one.status_code, one.json.get("type")) for one in twice] == [(201, None), (409, "/problems/signed-already")]

    signing.post(ACCEPT, "riv-lead")
    path = "/api/v1/actions/A1/submit_evidence"
    form = {"command": json.dumps({"effect": "Children are seen", "evidence": [EVIDENCE]}), "file": (io.BytesIO(PDF), "audit.pdf")}
    brought = signing.client.post(
        f"{path}?prepare={named(KEY)}", data=form, headers=signing.headers("riv-lead") | {"Idempotency-Key": "file", "If-Match": "*"}
    )
    signing.seeded.clock.advance(minutes=5)
    assert brought.json["command"]["evidence"][0]["sha256"] == FILE["sha256"]
    assert commit(signing, brought.json, path).status_code == 200


def test_a_round_is_signed_like_each_of_its_acts(ask):
    """Many are asked at once under a key of one's own: what is prepared for each is signed, and the round is given again with all of it."""
    assert enrol(ask, KEY, "chair").status_code == 200
    said = {"kind": "learning_needs", "period": "2016-17", "due_on": "2016-12-16", "respondents": ["RIV", "CQH", "NOBODY"]}
    before, path = size(ask), "/api/v1/returns/rounds"
    waiting = prepare(ask, path, said, "chair", version=None, key="round")
    items = waiting.json["items"]
    assert (waiting.status_code, [bool(item["prepared"]) for item in items], size(ask)) == (202, [True, True, False], before), items
    assert items[2]["problem"]["type"] == "/problems/not-found"
    own = [signed(one) for item in items[:2] for one in item["prepared"]["statements"]]
    done = ask.post(path, "chair", said | {"respondents": ["RIV", "CQH"], "signed": own}, version=None, key="round")
    ask.seeded.catch_up()
    positions = [position for item in done.json["items"] for position in item["done"]["positions"]]
    assert {ask.get(f"/api/v1/events/{position}").json["item"]["assurance"] for position in positions} == {"actor-signed"}
    assert (len(positions), size(ask)) == (2, before + 2)


def test_a_number_is_not_signed_as_a_truth_value(ask):
    """What is signed as `1` where the act says `true` is refused: it would be on record for good, and nobody could read it back."""
    office, path, body, *_ = ACTS["offer_course"]
    assert enrol(ask, KEY, office, by="board-manager").status_code == 200
    prepared = prepare(ask, f"/api/v1/{path}", body, office, version=None).json

    def as_one(statement: dict[str, Any]) -> str:
        disclosed = [json.loads(unb64url(each)) for each in statement["disclosures"]]
        others = [b64url(canonical([salt, name, 1 if value is True else value])) for salt, name, value in disclosed]
        return rewritten(_sd=sorted(map(digest, others)))(statement | {"disclosures": others})

    refused = commit(ask, prepared, f"/api/v1/{path}", office, sign=as_one, version=None).json
    assert (refused["type"], refused["detail"].count("follow_up_owed")) == ("/problems/not-what-was-signed", 1), refused
    assert commit(ask, prepared, f"/api/v1/{path}", office, version=None).status_code == 201


def substituted(one: dict[str, Any]) -> str:
    """Sign, and send other words with it."""
    said = [json.loads(unb64url(each)) for each in one["disclosures"]]
    other = [[salt, name, "All of it is read" if name == "narrative" else value] for salt, name, value in said]
    return signed(one | {"disclosures": [b64url(canonical(each)) for each in other]})


def holding_two(first: str, second: str) -> Callable[[dict[str, Any]], str]:
    """Sign over a disclosure that holds two fields, and over one of the second of them with a last digit of another spelling."""

    def sign(one: dict[str, Any]) -> str:
        said = {name: [salt, name, value] for salt, name, value in (json.loads(unb64url(each)) for each in one["disclosures"])}
        both = b64url(canonical(said.pop(first)) + b"\0" + canonical(said.pop(second)))
        lie = b64url(canonical(["A" * 22, second, "xx"])).removesuffix("XQ") + "XR"  # with a bit that says nothing
        others = [both, lie, *(b64url(canonical(each)) for each in said.values())]
        return rewritten(_sd=sorted(map(digest, others)))(one | {"disclosures": others})

    return sign


def rewritten(**claims: Any) -> Callable[[dict[str, Any]], str]:
    """Sign a statement that says something else of itself than the one that was prepared."""

    def sign(one: dict[str, Any]) -> str:
        header, _, payload = one["unsigned"].partition(".")
        other = json.loads(unb64url(payload)) | claims
        return signed(one | {"unsigned": f"{header}.{b64url(canonical(other))}"})

    return sign


REFUSED: dict[str, tuple[Callable[[dict[str, Any]], str], str]] = {
    "by a key that nobody enrolled": (lambda one: signed(one, OTHERS), "not-signed"),
    "with other words than were signed": (substituted, "not-signed"),
    "with a field left out": (lambda one: signed(one | {"disclosures": one["disclosures"][1:]}), "not-signed"),
    "with two fields in one": (holding_two("narrative", "rag"), "not-signed"),
    "with whom it names in another's": (holding_two("by_office", "by_person"), "not-signed"),
    "for another log": (rewritten(aud="log.elsewhere.example/1"), "not-signed"),
    "as attested by the service": (rewritten(assurance="service-attested"), "not-signed"),
    "as another holder": (rewritten(iss="chair"), "not-signed"),
    "over a checkpoint of another log": (rewritten(seen={"root": "A" * 43 + "=", "size": 2}), "not-signed"),
    "of another stream": (rewritten(stream="11111111-2222-4333-8444-555555555555"), "not-what-was-signed"),
    "of another act": (rewritten(evt="action.disputed.v1"), "not-what-was-signed"),
    "of another version": (rewritten(sver=9), "moved-since-prepared"),
    "from long ago": (rewritten(iat=1), "prepared-too-long-ago"),
    "from the future": (rewritten(iat=9_000_000_000), "prepared-too-long-ago"),
}


def test_nothing_else_than_was_prepared_is_recorded(signing):
    """Whatever is put in the place of a prepared statement, or of a part of it, is refused by name, and nothing is recorded."""
    signing.post(ACCEPT, "riv-lead")
    prepared, before = prepare(signing, PROGRESS, HALF).json, size(signing)
    told = {how: commit(signing, prepared, PROGRESS, sign=sign).json.get("type") for how, (sign, _) in REFUSED.items()}
    assert told == {how: f"/problems/{code}" for how, (_, code) in REFUSED.items()}

    other = prepared | {"command": prepared["command"] | {"narrative": "All of it is read"}}
    assert commit(signing, other, PROGRESS).json["type"] == "/problems/not-what-was-signed"
    assert (size(signing), commit(signing, prepared, PROGRESS).status_code) == (before, 200)


def test_what_was_prepared_is_prepared_again_where_it_has_aged_or_something_moved(signing):
    """After an hour, or where the thing has moved, what was signed is refused, and prepared anew it is recorded."""
    signing.post(ACCEPT, "riv-lead")
    first = prepare(signing, PROGRESS, HALF).json
    signing.seeded.clock.advance(minutes=61)
    assert commit(signing, first, PROGRESS).json["type"] == "/problems/prepared-too-long-ago"

    second = prepare(signing, PROGRESS, HALF).json
    signing.post(PROGRESS, "riv-lead", HALF | {"rag": "green"})
    assert commit(signing, second, PROGRESS).json["type"] == "/problems/moved-since-prepared"
    assert commit(signing, second, PROGRESS, version=2).json["type"] == "/problems/stale-version"
    assert commit(signing, prepare(signing, PROGRESS, HALF).json, PROGRESS).status_code == 200


def test_a_key_signs_for_whoever_had_it_enrolled_while_it_is_live(signing):
    """Another's key, a revoked one and that of a predecessor in office sign nothing; and only one's own is one's own to enrol or revoke."""
    assert prepare(signing, office="chair").json["type"] == "/problems/not-your-key"
    assert prepare(signing, by=OTHERS).json["type"] == "/problems/not-your-key"
    assert [enrol(signing, OTHERS, "chair", by=by).status_code for by in ("riv-lead", "board-manager")] == [403, 200]
    revoke = {"thumbprint": named(KEY), "reason": "The laptop was stolen"}
    assert signing.post("/api/v1/keys/revoke_signing_key", "cqh-lead", revoke).status_code == 403

    prepared = prepare(signing).json
    assert signing.post("/api/v1/keys/revoke_signing_key", "riv-lead", revoke).status_code == 200
    told = [prepare(signing).json["type"], commit(signing, prepared).json["type"]]
    assert told == ["/problems/key-ended"] * 2
    assert size(signing) == signing.seeded.board.size()


def test_a_key_stays_with_the_person_and_not_with_the_office(signing):
    """Whoever follows somebody in an office signs nothing with the key of their predecessor, and may enrol one of their own."""
    it = signing.seeded
    it.clock.advance(days=30)
    it.act("board-manager", "stand_down_office_holder", "riv-lead", until_on="2016-10-01", reason="retired")
    said = {"title": "Riv lead", "role": "designated lead", "body": "RIV", "employer": "RIV", "holder": str(it.people["trainer"])}
    it.act("board-manager", "appoint_office_holder", "riv-lead", **said, from_on="2016-10-02", until_on=None)
    successor = replace(it.callers["trainer"], office="riv-lead")

    def prepares(key: Ed25519PrivateKey) -> Done:
        return it.board.act(successor, Submission(name="accept_action", ref="A1", fields={}, prepare=named(key)))

    with pytest.raises(NotYourKey, match="whoever held the office on 5 September 2016"):
        prepares(KEY)
    it.board.act(successor, Submission(name="enrol_signing_key", ref="keys", fields=keys.enrolment(OTHERS, ORIGIN, "riv-lead")))
    assert prepares(OTHERS).unsigned is not None


def test_what_is_no_thumbprint_prepares_nothing(ask):
    """An empty or mistyped `prepare` is refused at the door, of a round too, and is not taken for an act to be recorded."""
    round_of = ("/api/v1/returns/rounds", {"kind": "s11", "period": "2016", "respondents": ["RIV"], "due_on": "2016-12-31"})
    answers = [ask.post(f"{path}?prepare={text}", "chair", body) for path, body in (round_of, (ACCEPT, {})) for text in ("", "x" * 44)]

    assert {(answer.status_code, answer.json["type"]) for answer in answers} == {(400, "/problems/unreadable")}
