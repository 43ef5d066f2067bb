"""Asking a service over its API, as any program does: with an address and an API key, and a key that signs where that asks for one."""

from __future__ import annotations

import json
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import file_digest
from http import HTTPStatus
from http.client import HTTPException
from io import BytesIO
from os import SEEK_END
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

import click

from aggregates.errors import Refused
from service.cli.people.request_key import RequestKey
from service.commands.asking import API, body_of, path_of
from service.config import MEBIBYTE, BadSetting, Config
from service.desk.coming_in.refusals import RequestNotSigned
from service.desk.refusals import MovedUnderneath, NoKeyGiven
from service.desk.submission import command_of

if TYPE_CHECKING:
    from pathlib import Path

    from service.desk.submission import Submission

PATIENCE: Final = 60.0  # seconds for an answer, and at most until it is worth asking again
TRIES: Final = 5
A_KEY: Final = re.compile(r"[\x21-\x7e]+\Z")
UNSIGNED, MOVED = (f"/problems/{refusal.code()}" for refusal in (RequestNotSigned, MovedUnderneath))
LATER: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class RefusedThere(Refused):
    """The service refused it, for the reason that it gave."""

    text = "{detail}"


class CannotReach(click.ClickException):
    """Nobody answers there, or not as this service does."""

    exit_code = 2


class _NoRedirect(HTTPRedirectHandler):
    """An API key goes to the address that was named, and to no other."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


_OPENER: Final = build_opener(_NoRedirect)


@dataclass(frozen=True)
class Client:
    """The API of one service, asked with one key; `signs` is what signs each request, where the key was made with one."""

    server: str
    key: str
    signs: RequestKey | None = None

    def give(self, it: Submission, *, prepare: str | None = None) -> tuple[str, dict[str, Any]]:
        """Give a command under its own key, or have it prepared for the key of a thumbprint; return its address and what was answered."""
        command = command_of(it)
        path = path_of(command, quote(it.ref, safe=""))
        asked = f"{path}?prepare={prepare}" if prepare else path
        return path, self.post(asked, body_of(command, it), key=str(it.key))

    def post(self, path: str, body: Any, *, key: str) -> dict[str, Any]:
        """Ask for something to be recorded, over whatever version there is; `key` makes it harmless to ask again."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": key, "If-Match": "*"}
        return self._ask(path, BytesIO(json.dumps(body).encode()), headers)

    def upload(self, file: Path) -> str:
        """Send an evidence file, alone; return its SHA-256. The same file again is the same file."""
        name = f"attachment; filename*=UTF-8''{quote(file.name, safe='', errors='replace')}"
        headers = {"Content-Type": "application/octet-stream", "Content-Disposition": name, "Idempotency-Key": secrets.token_urlsafe(18)}
        with file.open("rb") as body:
            return str(self._ask(f"{API}/evidence", body, headers)["sha256"])

    def _ask(self, path: str, body: BinaryIO, headers: dict[str, str]) -> dict[str, Any]:
        """Ask, and again where the service says that it is only busy; a request is signed anew each time."""
        address = f"{self.server.rstrip('/')}{path}"
        for left in reversed(range(TRIES)):
            signed = self.signs.signed("POST", address, headers, _digest(body)) if self.signs else headers
            known = {"Authorization": f"Bearer {self.key}", "Content-Length": str(body.seek(0, SEEK_END))}
            body.seek(0)
            content = iter(partial(body.read, MEBIBYTE), b"")
            request = Request(address, content, signed | known)  # noqa: S310 - as `of_environment` has checked
            try:
                with _OPENER.open(request, timeout=PATIENCE) as answer:
                    return dict(json.load(answer))
            except HTTPError as error:
                problem = _problem(error)
                pause = _pause(error, problem)
                if pause is None or not left:
                    raise _refusal(problem, signs=self.signs is not None) from error
                time.sleep(pause)
            except (URLError, HTTPException, TimeoutError, ConnectionError, ValueError) as error:
                raise CannotReach(f"{self.server} does not answer: {getattr(error, 'reason', error)}. Nothing more was done.") from error
        raise AssertionError


def of_environment(server: str) -> Client:
    """Return the API of a service, asked with the keys that the settings name."""
    if not server.startswith(("https://", "http://")):
        raise click.UsageError(f"{server} is not the address of a service, such as https://muniment.yourboard.example")
    config = Config.from_environment()
    if config.key is None:
        raise NoKeyGiven
    if not A_KEY.match(config.key):
        raise BadSetting("MUNIMENT_KEY", "…", "is no API key: one has no blanks, and plain letters alone")
    return Client(server, config.key, RequestKey.of(config))


def _digest(body: BinaryIO) -> bytes:
    body.seek(0)
    return file_digest(cast("BytesIO", body), "sha256").digest()


def _problem(error: HTTPError) -> dict[str, Any]:
    """Return what went wrong as the service said it, or as far as an answer that is not this service's tells."""
    problem = {"status": error.code, "detail": f"{error.url} answers {error.code} {error.reason}."}
    with suppress(ValueError, TypeError):
        problem |= json.load(error)
    return problem


def _pause(error: HTTPError, problem: dict[str, Any]) -> int | None:
    """Return after how many seconds it is worth asking again, where the service says that, and soon."""
    said = error.headers.get("Retry-After", "")
    if problem.get("type") == MOVED:
        return 1
    return int(said) if error.code in LATER and said.isdecimal() and int(said) <= PATIENCE else None


def _refusal(problem: dict[str, Any], *, signs: bool) -> Exception:
    detail = str(problem["detail"]).rstrip(".")
    if problem.get("type") == UNSIGNED:
        detail += f". {'It is signed with the key of' if signs else 'Name the file of the key that signs in'} MUNIMENT_REQUEST_KEY"
    elif problem["status"] == HTTPStatus.UNAUTHORIZED:
        detail += ". The API key that was sent is that of MUNIMENT_KEY"
    if problem["status"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return CannotReach(f"{detail}.")
    return RefusedThere(detail=detail, problem=problem)
