"""How the text of each setting is read. A value that cannot be used is refused by its setting's name: `BadSetting`."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict

VERIFIED: Final = {
    "email_verified": ("true",),
    "xms_edov": ("true", '"true"', '"1"'),
}  # as JSON; OpenID Connect Core §5.1; Entra's, a text too


class BadSetting(Exception):  # noqa: N818 a refusal of what was set, named like the refusals of the domain
    """A setting that cannot be used as it stands."""

    def __init__(self, name: str, value: str, why: str) -> None:
        """Take the variable, its value (never a secret's) and what is wrong with it."""
        self.name, self.value, self.why = name, value, why
        super().__init__(f"{name}={value}: {why}")


def text(_name: str, value: str) -> str:
    """Take any text."""
    return value


def path(_name: str, value: str) -> Path:
    """Read where a file or folder is."""
    return Path(value).expanduser().absolute()


def whole(name: str, value: str, least: int, most: int) -> int:
    """Read a whole number within bounds."""
    if re.fullmatch(r"[1-9][0-9]{0,14}", value) is None or not least <= int(value) <= most:
        raise BadSetting(name, value, f"is not a whole number from {least} to {most}")
    return int(value)


def port(name: str, value: str) -> int:
    """Read a port."""
    return whole(name, value, 1, 65_535)


def proxies(name: str, value: str) -> int:
    """Read a number of proxies."""
    return 0 if value == "0" else whole(name, value, 1, 9)


def octets(name: str, value: str) -> int:
    """Read a size in bytes."""
    return whole(name, value, 64 * 1024, 2**40)


def days(name: str, value: str) -> int:
    """Read a number of days."""
    return whole(name, value, 1, 36_500)


def hours(name: str, value: str) -> int:
    """Read a number of hours."""
    return whole(name, value, 1, 8_784)


def bucket(name: str, value: str) -> str:
    """Read the name of a bucket."""
    if re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", value) is None:
        raise BadSetting(name, value, "is not the name of a bucket")
    return value


def url(name: str, value: str) -> str:
    """Read a connection string of PostgreSQL."""
    try:
        parts = conninfo_to_dict(value)
    except psycopg.ProgrammingError:
        raise BadSetting(name, "…", "is not a PostgreSQL connection string") from None  # the driver's own words may quote the password
    if not parts.get("dbname"):
        raise BadSetting(name, "…", "names no database")
    return value


def host_and_port(name: str, value: str) -> tuple[str, int]:
    """Read HOST:PORT."""
    host, colon, number = value.rpartition(":")
    if not (host and colon):
        raise BadSetting(name, value, "is not HOST:PORT")
    return host.strip("[]"), port(name, number)


def listens(name: str, value: str) -> tuple[str, int] | Path:
    """Read where something listens: HOST:PORT, or the path of a socket."""
    return Path(value) if value.startswith("/") else host_and_port(name, value)


def mail(name: str, value: str) -> str:
    """Read a mail address."""
    if re.fullmatch(r"[^\s@,<>]+@[^\s@,<>]+", value) is None:
        raise BadSetting(name, value, "is not a mail address")
    return value


def web(name: str, value: str) -> str:
    """Read the address of a web site."""
    if re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value) is None:
        raise BadSetting(name, value, "is not the address of a web site, such as https://muniment.yourboard.example/")
    return value


def issuer(name: str, value: str) -> str:
    """Read the address of an OpenID provider."""
    parts = urlsplit(value)
    loopback = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if web(name, value) and parts.scheme != "https" and not loopback:
        raise BadSetting(name, value, "is not https: whoever is between could then sign in as anybody")
    return value


def claim(name: str, value: str) -> str:
    """Read the name of a claim."""
    if value not in VERIFIED:
        raise BadSetting(name, value, f"is not a claim by which we know addresses to be verified: {' or '.join(VERIFIED)}")
    return value


def recipients(name: str, value: str) -> tuple[str, ...]:
    """Read mail addresses and folders."""
    recipients = tuple(part.strip() for part in value.split(","))
    for one in recipients:
        if not one.startswith("/") and re.fullmatch(r"[^\s@,<>]+@[^\s@,<>]+", one) is None:
            raise BadSetting(name, value, f"{one!r} is neither a mail address nor the absolute path of a folder")
    return recipients


def moment(name: str, value: str) -> datetime:
    """Read a time with its zone."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadSetting(name, value, "is not an ISO 8601 time") from error
    if moment.tzinfo is None:
        raise BadSetting(name, value, "has no time zone; write it as 2026-03-02T09:00:00+00:00")
    return moment
