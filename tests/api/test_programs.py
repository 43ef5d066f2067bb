"""API keys of programs: made on a page and shown once, for some acts alone; and requests that a program signs (RFC 9421)."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import unescape
from typing import TYPE_CHECKING, Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

from aggregates.action import Action
from service.desk import accounts
from service.verify import check_signature, thumbprint, unb64url
from tests.api.pages.conftest import browser
from tests.service.erasing import NAME, somebody, with_officer
from tests.service.ledger.test_sealed import everything, spellings
from tests.service.test_erasure import granted

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from tests.api.conftest import Asking

ACCEPT, PROGRESS = "/api/v1/actions/A1/accept_action", "/api/v1/actions/A1/report_progress"
BODY = b'{"rag": "amber", "narrative": "Half is read"}'
KEY = Ed25519PrivateKey.from_private_bytes(b"P" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
COVERED = ("@method", "@target-uri", "content-type", "idempotency-key", "if-match")


@dataclass
class Request:
    """A request as whoever signs it sees it."""

    url: str = f"http://localhost{PROGRESS}"
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json", "Idempotency-Key": "k1", "If-Match": "*"})
    body: bytes = BODY


def sign(it: Request, *, by: Ed25519PrivateKey = KEY, covered: tuple[str, ...] = COVERED, age: int = 0, **how: Any) -> Request:
    """Sign a request as a program does."""
    named = how.pop("key_id", thumbprint(PUBLIC))
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519, key_resolver=MappingKeyResolver(public_keys={}, private_keys={named: by})
    )
    body = it.body if how.pop("digest", True) else None
    made = datetime.now(UTC) - timedelta(seconds=age)
    signer.sign(it, key_id=named, created=made, covered_component_ids=covered, body=body, **{"nonce": "n" * 16} | how)
    return it


def send(ask: Asking, key: str, it: Request) -> TestResponse:
    """Send a request with an API key."""
    return ask.client.post(it.url.removeprefix("http://localhost"), data=it.body, headers={"Authorization": f"Bearer {key}", **it.headers})


def api_key(ask: Asking, office: str = "riv-lead", **how: Any) -> str:
    """Make an API key for whoever holds an office."""
    with psycopg.connect(ask.seeded.config.conninfo("writer"), autocommit=True) as conn:
        return accounts.create_api_key(conn, ask.seeded.callers[office].account, office, "case system", **how)


def test_a_key_is_made_shown_once_used_for_what_it_is_for_and_ended(ask):
    """A lead makes a key for one act on a page; it is shown once, gives that act alone, and nothing any more once it is ended."""
    lead, manager, other = (browser(ask.client.application, ask.seeded, office) for office in ("riv-lead", "board-manager", "cqh-lead"))
    lead.get("/api-keys")
    made = lead.post("/api-keys", {"label": "Case system", "may": "some", "acts": ["accept_action"], "days": "90"})
    assert made.status_code == 200, lead.words
    key = unescape(re.findall(r"data-made>([^<]+)<", lead.page)[0])
    own = {"Authorization": f"Bearer {key}", "If-Match": "*"}
    post = ask.client.post
    answers = [
        post(ACCEPT, json={}, headers=own | {"Idempotency-Key": "a"}),
        post(PROGRESS, json={"rag": "amber", "narrative": "x"}, headers=own | {"Idempotency-Key": "b"}),
        post("/api/v1/evidence", headers=own | {"Idempotency-Key": "c"}),
    ]
    assert [one.json.get("type") for one in answers] == [None, "/problems/not-for-this-key", "/problems/not-for-this-key"]
    assert ask.client.get("/api/v1/actions/A1", headers=own).status_code == 200

    assert key not in lead.text("/api-keys")
    row = next(row for row in lead.page.split("<tr")[1:] if "Case system" in row)
    assert "Accept the action" in row
    end = re.findall(r'action="([^"]+)"', row)[0]
    other.get("/api-keys")
    assert other.post(end, {}).status_code == 404
    assert "riv-lead@severnbrook.example" in manager.text("/api-keys")
    assert manager.post(end, {}).status_code == 303
    assert ask.client.get("/api/v1/actions/A1", headers=own).status_code == 401


def test_a_key_that_cannot_be_made_is_refused_on_the_page(shared):
    """A key says what it is for, and a key that would sign its requests has to be one; nothing is made."""
    who = browser(shared.client.application, shared.seeded, "cqh-lead")
    who.get("/api-keys")
    told = [who.post("/api-keys", said).status_code for said in ({"label": ""}, {"label": "x", "signed_by": "A" * 43})]
    assert told == [422, 422]
    assert "shown this once" not in who.page


# Each request that is refused, and a word of why.
REFUSED: dict[str, tuple[Callable[[], Request], str]] = {
    "not signed": (Request, "Expected"),
    "another key's": (lambda: sign(Request(), by=Ed25519PrivateKey.generate()), ""),
    "another's name": (lambda: sign(Request(), key_id="x" * 43), "resolve"),
    "over five minutes old": (lambda: sign(Request(), age=400), "age"),
    "of tomorrow": (lambda: sign(Request(), age=-400), "future"),
    "without the body": (lambda: sign(Request(), digest=False), "content-digest"),
    "without the method": (lambda: sign(Request(), covered=COVERED[1:]), "@method"),
    "without the address": (lambda: sign(Request(), covered=("@method", *COVERED[2:])), "@target-uri"),
    "without its key": (lambda: sign(Request(), covered=(*COVERED[:3], "if-match")), "idempotency-key"),
    "without its version": (lambda: sign(Request(), covered=COVERED[:-1]), "if-match"),
    "without a nonce": (lambda: sign(Request(), nonce=None), "nonce"),
    "to another address": (lambda: sign(Request(url=f"http://localhost{ACCEPT}")), ""),
    "with another body": (lambda: replaced(sign(Request())), ""),
}


def replaced(it: Request) -> Request:
    """Put another body in the place of the one that was signed."""
    it.body = it.body.replace(b"Half", b"All_").replace(b"audit", b"other")
    return it


def test_what_a_program_asks_is_signed_whole_freshly_and_once(ask):
    """Whose API key has a public key has nothing recorded by a request that is not signed by it, or not all of it, or long ago, or twice.

    It reads without. What it signed is kept with the event, and nothing that was refused under the same key; anybody checks it: the Board
    and its owner are given it, no other agency.
    """
    key = api_key(ask, public_key=PUBLIC)
    ask.post(ACCEPT, "riv-lead")
    size = ask.seeded.board.size()
    for how, (make, why) in REFUSED.items():
        (it := make()).url = f"http://localhost{PROGRESS}"
        answer = send(ask, key, it)
        assert (answer.status_code, answer.json["type"], why in answer.json["detail"]) == (401, "/problems/request-not-signed", True), how
    secret = sign(Request(headers=Request().headers | {"Authorization": f"Bearer {key}"}), covered=(*COVERED, "authorization"))
    assert "which is a secret and is not kept" in send(ask, key, secret).json["detail"]
    assert ask.seeded.board.size() == size
    assert ask.client.get("/api/v1/actions/A1", headers={"Authorization": f"Bearer {key}"}).status_code == 200

    other = sign(Request(body=BODY.replace(b"amber", b"mauve")), nonce="refused, under the same key")
    assert send(ask, key, other).status_code == 422
    done = send(ask, key, good := sign(Request(), nonce="a nonce of its own"))
    assert done.status_code == 200, done.json
    assert send(ask, key, good).json["type"] == "/problems/request-not-signed"
    again = send(ask, key, sign(Request(), nonce="another nonce, the same act"))
    assert (again.status_code, again.json["receipt"]) == (200, done.json["receipt"])

    ask.seeded.catch_up()
    address = f"/api/v1/events/{done.json['positions'][0]}/request"
    kept = ask.get(address).json
    check_signature(unb64url(kept["public_key"]), unb64url(kept["signature"]), kept["base"].encode())
    assert (unb64url(kept["public_key"]), unb64url(kept["body"])) == (PUBLIC, BODY)
    assert f'"content-digest": sha-256=:{b64encode(sha256(BODY).digest()).decode()}:' in kept["base"]
    assert [ask.get(address, office).status_code for office in ("riv-lead", "cqh-lead")] == [200, 404]
    assert "request that it signed" in browser(ask.client.application, ask.seeded, "chair").text(
        address.removeprefix("/api/v1").removesuffix("/request")
    )


def test_what_a_program_asks_of_many_is_kept_with_each(ask):
    """One signed request for a round of asking stands with every request that it led to."""
    key = api_key(ask, "chair", public_key=PUBLIC)
    said = {"kind": "learning_needs", "period": "2016-17", "due_on": "2016-12-16", "respondents": ["RIV", "CQH"]}
    headers = {"Content-Type": "application/json", "Idempotency-Key": "round"}
    asked = Request("http://localhost/api/v1/returns/rounds", headers=headers, body=json.dumps(said).encode())
    done = send(ask, key, sign(asked, covered=COVERED[:-1]))
    assert done.status_code == 200, done.json
    ask.seeded.catch_up()
    positions = [position for item in done.json["items"] for position in item["done"]["positions"]]

    assert [unb64url(ask.get(f"/api/v1/events/{at}/request").json["body"]) for at in positions] == [asked.body] * 2


def test_a_program_that_signs_sends_files_alone(ask):
    """A file is sent alone, signed by its digest, and cited in an act that is signed like any other; what comes in its place is refused."""
    key = api_key(ask, public_key=PUBLIC)
    headers = {"Content-Type": "application/pdf", "Idempotency-Key": "f1"}

    def file(**how: Any) -> Request:
        asked = Request("http://localhost/api/v1/evidence", headers=dict(headers), body=b"%PDF-1.4 audit")
        return sign(asked, covered=COVERED[:-1], **how)

    assert send(ask, key, file()).status_code == 201
    for number, (asked, problem) in enumerate(
        [
            (replaced(file(nonce="a" * 16)), "not-what-was-sent"),
            (file(), "request-not-signed"),  # its nonce was used
            (file(nonce="b" * 16, digest=False), "request-not-signed"),
            (file(nonce="c" * 16, by=Ed25519PrivateKey.generate()), "request-not-signed"),
        ]
    ):
        assert send(ask, key, asked).json["type"] == f"/problems/{problem}", number
    for url in ("http://localhost/api/v1/evidence", f"http://localhost{PROGRESS}"):
        form = Request(url, headers=headers | {"Content-Type": "multipart/form-data; boundary=x", "If-Match": "*"}, body=b"--x--")
        assert "a file is sent alone first" in send(ask, key, sign(form, nonce="d" * 16)).json["detail"]


def test_what_a_program_says_of_somebody_is_kept_in_no_second_place(ask):
    """INV-39: a name that came in a signed request is sealed with its entry, and stands nowhere else; its digest is what was signed."""
    key = api_key(ask, "board-manager", public_key=PUBLIC)
    body = json.dumps({"ref": "11111111-2222-4333-8444-555555555555", "name": NAME}).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k1"}
    done = send(ask, key, sign(Request("http://localhost/api/v1/subjects", headers=headers, body=body), covered=COVERED[:-1]))
    assert done.status_code == 201, done.json
    ask.seeded.catch_up()
    kept = ask.get(f"/api/v1/events/{done.json['positions'][0]}/request").json

    check_signature(PUBLIC, unb64url(kept["signature"]), kept["base"].encode())
    assert (kept["body"], b64encode(sha256(body).digest()).decode() in kept["base"]) == (None, True)
    assert not [text for text in spellings(NAME) if text in everything(ask.seeded.config)]


def test_the_body_of_a_signed_request_goes_with_the_text_that_it_had_recorded(ask):
    """F.8: who is named in what a program asked is erased from that too; what was signed, with its digest, stays, and other bodies do."""
    it, key = with_officer(ask.seeded), api_key(ask, public_key=PUBLIC)
    ask.post(ACCEPT, "riv-lead")
    done = {}
    for number, narrative in (("k1", f"{NAME} counted"), ("k2", "Half is read")):
        body = json.dumps({"rag": "amber", "narrative": narrative}).encode()
        one = Request(headers=Request().headers | {"Idempotency-Key": number}, body=body)
        done[number] = send(ask, key, sign(one, nonce=number * 8)).json["positions"][0]
    ref, amends = somebody(it), it.board.load(Action, "A1").version - 1
    it.act("riv-lead", "correct_entry", "A1", about="action", amends=amends, corrected={"narrative": "Counted"}, reason="It named somebody")
    granted(it, ref)
    it.act("dpo", "erase_personal_data", ref)
    it.catch_up()
    gone, stays = (ask.get(f"/api/v1/events/{done[number]}/request").json for number in ("k1", "k2"))

    check_signature(PUBLIC, unb64url(gone["signature"]), gone["base"].encode())
    assert (gone["body"], b"Half is read" in unb64url(stays["body"])) == (None, True)
    assert not [text for text in spellings(NAME) if text in everything(it.config)]


def test_what_was_held_or_refused_is_kept_of_no_signed_request(ask):
    """INV-45: what a refused request said is gone when it is answered; its nonce stays used, and an hour later it is forgotten too."""
    key = api_key(ask, public_key=PUBLIC)
    ask.post(ACCEPT, "riv-lead")
    held = Request(body=json.dumps({"rag": "amber", "narrative": f"{NAME}, NHS 943 476 5919"}).encode())
    assert send(ask, key, sign(held)).json["type"] == "/problems/personal-data"
    prepared = Request(f"http://localhost{PROGRESS}?prepare={'x' * 43}", body=json.dumps({"rag": "red", "narrative": NAME}).encode())
    assert send(ask, key, sign(prepared, nonce="p" * 16)).status_code == 403

    assert not [text for text in (*spellings(NAME), *spellings("943 476 5919")) if text in everything(ask.seeded.config)]
    assert "nonce was used before" in send(ask, key, held).json["detail"]
    with psycopg.connect(ask.seeded.config.conninfo("owner"), autocommit=True) as conn:
        conn.execute("UPDATE desk.signed_request SET received_at = now() - interval '61 minutes'")
        accounts.tidy(conn)
        assert conn.execute("SELECT count(*) FROM desk.signed_request").fetchone() == (0,)


def test_a_signed_request_stays_where_the_service_failed(ask):
    """Whether something was recorded is not known then, so what asked for it is kept until nobody can ask any more."""
    key = api_key(ask, public_key=PUBLIC)
    ask.post(ACCEPT, "riv-lead")
    with psycopg.connect(ask.seeded.config.conninfo("owner"), autocommit=True) as conn:
        conn.execute("ALTER TABLE ledger.checkpoint RENAME TO checkpoint_away")
        failed = send(ask, key, sign(Request(url=f"http://localhost{PROGRESS}")))
        conn.execute("ALTER TABLE ledger.checkpoint_away RENAME TO checkpoint")
        assert failed.status_code >= 500, failed.json
        assert conn.execute("SELECT body FROM desk.signed_request").fetchone() == (BODY,)
