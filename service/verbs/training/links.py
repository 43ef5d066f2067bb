"""The links by which a participant of training answers without an account: for one person, one session and one purpose, and for a while.

The link is the only proof of who answers, so its token is 256 random bits, kept here only as its hash. It opens no session and shows
nothing that anybody said.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from psycopg.rows import class_row

from service.desk.refusals import LinkEnded

if TYPE_CHECKING:
    from psycopg import Connection

Purpose: TypeAlias = Literal["day", "follow-up"]
# For how long a link opens its form: a follow-up is taken late too, and somebody may have been away.
LASTS: Final[dict[Purpose, timedelta]] = {"day": timedelta(days=28), "follow-up": timedelta(days=120)}


@dataclass(frozen=True, slots=True)
class Link:
    """Whose link it is, and for what."""

    session: str
    number: str
    purpose: Purpose


def hand_out(conn: Connection[Any], session: str, number: str, purpose: Purpose, *, made_by: str, now: datetime) -> str:
    """Make a participant's link, in the place of one that they had for the same, and return its token: it is shown this once."""
    token = secrets.token_urlsafe(32)
    end = "UPDATE desk.participant_link SET revoked_at = %s WHERE session = %s AND number = %s AND purpose = %s AND revoked_at IS NULL"
    insert = """
        INSERT INTO desk.participant_link (token_hash, session, number, purpose, made_by, created_at, expires_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)"""
    with conn.transaction():
        conn.execute(end, (now, session, number, purpose))
        conn.execute(insert, (_hash(token), session, number, purpose, made_by, now, now + LASTS[purpose]))
    return token


def opened(conn: Connection[Any], token: str, *, now: datetime) -> Link:
    """Return whose link it is. Refuses one that is unknown, has ended or was replaced, without saying which."""
    query = """
        SELECT session, number, purpose FROM desk.participant_link
         WHERE token_hash = %s AND expires_at > %s AND revoked_at IS NULL"""
    with conn.cursor(row_factory=class_row(Link)) as cursor:
        found = cursor.execute(query, (_hash(token), now)).fetchone()
    if found is None:
        raise LinkEnded
    return found


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
