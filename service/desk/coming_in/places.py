"""Asking an OpenID provider over HTTP, and nobody else, whatever it says of itself.

A document of the provider's names where its other addresses are, and whoever could write it must not reach with our hands what they
cannot reach with theirs. So we ask the origin that the settings name, and beside it only what is https and public on the Internet, at
the very address that was looked up. No redirect is followed; an answer is bounded in size, and the whole of it in time.
"""

from __future__ import annotations

import json
import socket
import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Timer
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import SplitResult, urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LARGEST: Final = 256 * 1024  # bytes of an answer
PATIENCE: Final = 10.0  # seconds for the whole of it
Address: TypeAlias = tuple[Any, ...]  # as `socket.getaddrinfo` gives it
GLOBAL_UNICAST: Final = ip_network("2000::/3")  # RFC 4291, §2.4; beside it are ways of writing IPv4 addresses, any of them
PORTS: Final = {"https": 443, "http": 80}


class NotAsked(Exception):  # noqa: N818 - a finding: what it leads to is refused
    """A place is not one that we ask, or it did not answer as one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered; its names are those that Authlib asks for."""

    status_code: int
    body: bytes

    def json(self) -> Any:
        """Return what the body says; raise ValueError."""
        return json.loads(self.body)

    def raise_for_status(self) -> None:
        """Raise NotAsked where the place could not answer."""
        if self.status_code >= HTTPStatus.BAD_REQUEST:
            raise NotAsked(f"answered with status {self.status_code}")


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one provider: its issuer's origin, and what else is public."""

    issuer: str
    patience: float = PATIENCE

    def get(self, url: str, **headers: str) -> dict[str, Any]:
        """Return the JSON object at an address; raise NotAsked."""
        answer = self.ask("GET", url, None, {"Accept": "application/json", **headers})
        if answer.status_code != HTTPStatus.OK:
            raise NotAsked(f"{_origin(urlsplit(url))} answered with status {answer.status_code}")
        try:
            found = answer.json()
        except ValueError as error:
            raise NotAsked(f"{_origin(urlsplit(url))} answered with no JSON") from error
        if not isinstance(found, dict):
            raise NotAsked(f"{_origin(urlsplit(url))} answered with no JSON object")
        return found

    def post(self, url: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> Answer:
        """Send a form as Authlib's client does, and return what was answered; raise NotAsked."""
        url, said, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return self.ask("POST", url, body.encode(), said)

    def ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Ask once; raise NotAsked where it is no place of ours, or does not answer in time and size."""
        place = self.allowed(url)
        path = (place.path or "/") + (f"?{place.query}" if place.query else "")
        try:
            with _connected(place, self._addresses(place), self.patience) as connection:
                connection.request(method, path, body, {**headers, "Connection": "close"})
                response = connection.getresponse()
                said = response.read(LARGEST + 1)
        except (OSError, HTTPException, ValueError) as error:
            raise NotAsked(f"{_origin(place)} does not answer: {error}") from error
        if len(said) > LARGEST:
            raise NotAsked(f"{_origin(place)} answers with more than {LARGEST} bytes")
        return Answer(response.status, said)

    def allowed(self, url: str) -> SplitResult:
        """Return an address taken apart, of the issuer's own origin or https; raise NotAsked for any other."""
        try:
            place = urlsplit(url)
            wrong = place.hostname is None or place.username is not None or not url.isascii() or not url.isprintable() or " " in url
            if not wrong and (place.scheme == "https" or _origin(place) == _origin(urlsplit(self.issuer))):
                return place
        except (ValueError, AttributeError, TypeError) as error:
            raise NotAsked("an address that is none") from error
        raise NotAsked(f"{place.scheme}://{place.hostname} is neither https nor the issuer's own place")

    def _addresses(self, place: SplitResult) -> list[Address]:
        """Return where a place is, as `socket` takes it; raise NotAsked where it is not the issuer's and not public."""
        found = socket.getaddrinfo(place.hostname, place.port or PORTS[place.scheme], type=socket.SOCK_STREAM)
        if _origin(place) != _origin(urlsplit(self.issuer)) and not all(_public(str(address[4][0])) for address in found):
            raise NotAsked(f"{place.hostname} is no public place")
        return found


@contextmanager
def _connected(place: SplitResult, addresses: list[Address], patience: float) -> Iterator[HTTPConnection]:
    """Give a connection to an address that was looked at, and to no other; it is cut off when its time is over."""
    kind = HTTPSConnection if place.scheme == "https" else HTTPConnection
    connection = kind(str(place.hostname), place.port or PORTS[place.scheme])
    connection.auto_open = 0  # or it would look the address up anew
    raw = _reach(addresses, patience)
    guard = raw.dup()  # the same connection, under a number that TLS does not take over
    end = Timer(patience, _cut, (guard,))
    end.start()
    try:
        connection.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=place.hostname) if place.scheme == "https" else raw
        yield connection
    finally:
        end.cancel()
        for one in (connection, raw, guard):
            one.close()


def _reach(addresses: list[Address], patience: float) -> socket.socket:
    """Return a socket that is connected to the first of these that takes it; raise the last one's OSError."""
    why: OSError | None = None
    for family, kind, protocol, _, address in addresses:
        raw = socket.socket(family, kind, protocol)
        raw.settimeout(patience)
        try:
            raw.connect(address)
        except OSError as error:
            raw.close()
            why = error
        else:
            return raw
    raise why or OSError("it has no address")


def _cut(guard: socket.socket) -> None:
    try:
        guard.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


def _origin(place: SplitResult) -> str:
    return f"{place.scheme}://{place.hostname}:{place.port or PORTS.get(place.scheme)}"


def _public(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or found
    written_otherwise = isinstance(found, IPv6Address) and found not in GLOBAL_UNICAST
    return found.is_global and not found.is_multicast and not written_otherwise
