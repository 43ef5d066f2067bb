"""Links that work once: one sets a password, another invites whoever holds an inspector's or an auditor's office.

A link is proof enough of who follows it, so its token is 256 random bits, kept here only as its hash, and ends by itself.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from psycopg.rows import class_row

from service.desk.refusals import LinkEnded

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from psycopg import Connection

TOKEN_BYTES: Final = 32
LIVE: Final = "token_hash = %(token)s AND expires_at > %(now)s AND used_at IS NULL AND (office IS NOT NULL) = %(invites)s"
INSERT: Final = """
    INSERT INTO desk.one_time_link (token_hash, account, office, person, created_at, expires_at)
    VALUES (%(token)s, %(account)s, %(office)s, %(person)s, %(now)s, %(until)s)"""
LONG_AGO: Final = "DELETE FROM desk.one_time_link WHERE expires_at < now() - interval '30 days'"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is for: the account whose password it sets; or the office to which it invites, and the person who held it."""

    account: UUID | None
    office: str | None
    person: UUID | None


def to_reset(conn: Connection[Any], account: UUID, *, now: datetime, until: datetime) -> str:
    """Make a link that sets the password of an account, in the place of any that there was; return its token, shown this once."""
    return _make(conn, Link(account, None, None), now, until)


def to_invite(conn: Connection[Any], office: str, person: UUID, *, now: datetime, until: datetime) -> str:
    """Make a link that invites the holder of an office, in the place of any that there was; return its token, shown this once."""
    return _make(conn, Link(None, office, person), now, until)


def look(conn: Connection[Any], token: str, *, invites: bool, now: datetime) -> Link:
    """Return what a link is for. Refuses one that is unknown, has ended, was used or replaced, without saying which."""
    query = f"SELECT account, office, person FROM desk.one_time_link WHERE {LIVE}"  # noqa: S608 - our own words
    return _found(conn, query, token, invites=invites, now=now)


def use(conn: Connection[Any], token: str, *, invites: bool, now: datetime) -> Link:
    """Use a link up and return what it is for. Of two who follow it at once, one is refused."""
    update = f"UPDATE desk.one_time_link SET used_at = %(now)s WHERE {LIVE} RETURNING account, office, person"  # noqa: S608 - as above
    return _found(conn, update, token, invites=invites, now=now)


def tidy(conn: Connection[Any]) -> None:
    """Forget the links that ended long ago."""
    conn.execute(LONG_AGO)


def _make(conn: Connection[Any], link: Link, now: datetime, until: datetime) -> str:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    end = "UPDATE desk.one_time_link SET used_at = %s WHERE used_at IS NULL AND (account = %s OR office = %s)"
    with conn.transaction():
        conn.execute(end, (now, link.account, link.office))
        said = {"account": link.account, "office": link.office, "person": link.person, "now": now, "until": until}
        conn.execute(INSERT, said | {"token": _hash(token)})
    return token


def _found(conn: Connection[Any], query: str, token: str, *, invites: bool, now: datetime) -> Link:
    with conn.cursor(row_factory=class_row(Link)) as cursor:
        found = cursor.execute(query, {"token": _hash(token), "now": now, "invites": invites}).fetchone()
    if found is None:
        raise LinkEnded
    return found


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
