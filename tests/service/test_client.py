"""A program that asks over the API: it asks again where that is worth it, signs anew each time, and gives its key to nobody else."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.cli.people.client import CannotReach, Client, RefusedThere, of_environment
from service.cli.people.request_key import RequestKey
from service.config import BadSetting

if TYPE_CHECKING:
    from collections.abc import Iterator

Answer = tuple[int, dict[str, str], str]
DONE: Answer = (201, {}, '{"ref": "A1"}')
BUSY: Answer = (503, {"Retry-After": "0"}, '{"detail": "Later."}')


@contextmanager
def answering(*answers: Answer) -> Iterator[tuple[str, list[Any]]]:
    """Serve these answers, one after another; give the address, and what was asked."""
    asked, left = list[Any](), iter(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append((self.path, self.headers, body))
            code, headers, answer = next(left)
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.encode())

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_what_is_busy_is_asked_again_signed_anew_under_the_same_key():
    """Where the service says when to come back, that is done, a few times; each time with another nonce, and one Idempotency-Key."""
    with answering(BUSY, DONE) as (address, asked):
        client = Client(address, "muniment_k", RequestKey(Ed25519PrivateKey.generate()))
        assert client.post("/api/v1/actions", {}, key="letter 1") == {"ref": "A1"}
    assert [headers["Idempotency-Key"] for _, headers, _ in asked] == ["letter 1"] * 2
    assert len({headers["Signature-Input"] for _, headers, _ in asked}) == 2
    with answering(*[BUSY] * 9) as (address, asked), pytest.raises(CannotReach, match="Later"):
        Client(address, "muniment_k").post("/api/v1/actions", {}, key="k")
    assert len(asked) == 5


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        ((302, {"Location": "/elsewhere"}, ""), RefusedThere, "answers 302 Found"),
        ((422, {}, json.dumps({"detail": "A rule says no."})), RefusedThere, "A rule says no."),
        ((404, {}, "<html>"), RefusedThere, "answers 404 Not Found"),
        ((500, {}, json.dumps({"detail": "Something went wrong."})), CannotReach, "Something went wrong."),
        ((429, {"Retry-After": "3600"}, json.dumps({"detail": "Tried too often."})), RefusedThere, "Tried too often."),
        ((200, {}, "<html>"), CannotReach, "does not answer"),
    ],
)
def test_what_is_answered_otherwise_is_said_in_words_and_asked_once(answer, kind, why):
    """A refusal is the service's own sentence; another server's answer is named. No redirect is followed with an API key."""
    with answering(answer, DONE) as (address, asked), pytest.raises(kind, match=why):
        Client(address, "muniment_k").post("/api/v1/actions", {}, key="k")
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("signs", "problem", "setting"),
    [
        (None, "not-signed-in", "MUNIMENT_KEY"),
        (None, "request-not-signed", "MUNIMENT_REQUEST_KEY"),
        (Ed25519PrivateKey.generate(), "request-not-signed", "MUNIMENT_REQUEST_KEY"),
    ],
)
def test_what_is_refused_for_a_key_names_the_setting_that_it_comes_from(signs, problem, setting):
    """Whether it is the API key or the key that signs, whoever reads the refusal knows which setting to mend."""
    answer = (401, {}, json.dumps({"type": f"/problems/{problem}", "status": 401, "detail": "It is not."}))
    client = partial(Client, key="muniment_k", signs=signs and RequestKey(signs))
    with answering(answer) as (address, _), pytest.raises(RefusedThere, match=rf"^It is not\. .* {setting}\.$"):
        client(address).post("/api/v1/actions", {}, key="k")


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"MUNIMENT_KEY": "muniment_\u00e9"}, "MUNIMENT_KEY"),
        ({"MUNIMENT_REQUEST_KEY": "KEY", "MUNIMENT_REQUEST_PASSPHRASE_FILE": "GONE"}, "MUNIMENT_REQUEST_PASSPHRASE_FILE"),
        ({"MUNIMENT_REQUEST_KEY": "GONE", "MUNIMENT_REQUEST_PASSPHRASE_FILE": "OPENS"}, "MUNIMENT_REQUEST_KEY"),
        ({"MUNIMENT_REQUEST_KEY": "KEY", "MUNIMENT_REQUEST_PASSPHRASE_FILE": "OPENS"}, "MUNIMENT_REQUEST_KEY"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_by_its_setting(tmp_path, monkeypatch, settings, setting):
    """Nothing is asked with an API key that is none, nor with a key that is not there or does not open: the setting is named."""
    for name in ("KEY", "OPENS"):
        (tmp_path / name).write_text("no key, and no passphrase of one")
    for name, value in ({"MUNIMENT_KEY": "muniment_k"} | settings).items():
        monkeypatch.setenv(name, value if name == "MUNIMENT_KEY" else str(tmp_path / value))
    with pytest.raises(BadSetting) as told:
        of_environment("http://127.0.0.1:9")
    assert told.value.name == setting
