"""Asking a service over its API, as any program does: with nothing but an address and an API key."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import click

from aggregates.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 60.0  # seconds


class RefusedThere(Refused):
    """The service refused it, for the reason that it gave."""

    text = "{detail}"


class CannotReach(click.ClickException):
    """Nobody answers there, or not as this service does."""

    exit_code = 2


@dataclass(frozen=True)
class Client:
    """The API of one service, asked with one key."""

    server: str
    key: str

    def post(self, path: str, body: Any, *, key: str) -> dict[str, Any]:
        """Ask for something to be recorded, over whatever version there is; `key` makes it harmless to ask again."""
        return self._ask(path, json.dumps(body).encode(), {"Content-Type": "application/json", "Idempotency-Key": key, "If-Match": "*"})

    def upload(self, file: Path) -> str:
        """Send an evidence file; return its SHA-256. The same file again is the same file."""
        boundary, name = secrets.token_hex(16), file.name.replace('"', "_")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + file.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": secrets.token_urlsafe(18)}
        return str(self._ask("/api/v1/evidence", body, headers)["sha256"])

    def _ask(self, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        address = f"{self.server.rstrip('/')}{path}"
        if not address.startswith(("https://", "http://")):
            raise CannotReach(f"{self.server} is not the address of a service, such as https://muniment.yourboard.example")
        request = Request(address, body, headers | {"Authorization": f"Bearer {self.key}"})  # noqa: S310 - as just checked
        try:
            with urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - as above
                return dict(json.load(answer))
        except HTTPError as error:
            raise RefusedThere(detail=_detail(error)) from error
        except (URLError, HTTPException, TimeoutError, ValueError) as error:
            raise CannotReach(f"{self.server} does not answer: {getattr(error, 'reason', error)}. Nothing more was done.") from error


def _detail(error: HTTPError) -> str:
    try:
        return str(json.load(error)["detail"]).rstrip(".")
    except (ValueError, KeyError, TypeError):
        return f"{error.url} answers {error.code} {error.reason}"
