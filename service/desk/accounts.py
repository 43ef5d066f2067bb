"""The front desk: accounts, sessions and API keys, and who is calling. Working data, not history: nothing here is on record.

Passwords are kept as argon2id hashes, session tokens and API keys as SHA-256 hashes of 256 random bits.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from psycopg.rows import class_row

from aggregates.entry.values import ERASED_TEXT
from service.desk.coming_in import links, signed_requests, throttle
from service.desk.refusals import AccountExists, NotAMailAddress, NotSignedIn, WeakPassword, WrongCredentials

if TYPE_CHECKING:
    from collections.abc import Collection

    from psycopg import Connection

HASHER = PasswordHasher()
LEAST_PASSWORD = 12
SESSION = timedelta(hours=12)
TO_THE_MINUTE = timedelta(minutes=1)  # as exactly as a session knows when it was last used
KEY_PREFIX = "muniment_"


@dataclass(frozen=True, slots=True)
class Program:
    """The API key with which a program calls: the commands that it may give (None: what its office may), and the key that it signs with."""

    id: UUID
    acts: frozenset[str] | None = None
    public_key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and with which `program`. `office` is the one that they act in now; `speaks_for_all` is for a demonstration's import.

    Who `rehearses` is in the rehearsal of their office: they see what an inspector would, and record nothing.
    """

    account: UUID
    person: UUID | None
    email: str
    office: str | None = None
    may_operate: bool = False
    speaks_for_all: bool = False
    program: Program | None = None
    rehearses: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A session that is open, as its owner is told of it; `mine` is the one that asks."""

    id: UUID
    browser: str
    office: str | None
    created_at: datetime
    last_used_at: datetime
    rehearses: bool
    mine: bool


def check_password(password: str) -> None:
    """Refuse a password that is too short to withstand guessing."""
    if len(password) < LEAST_PASSWORD:
        raise WeakPassword(least=LEAST_PASSWORD)


def check_address(email: str) -> None:
    """Refuse what is no mail address."""
    if re.fullmatch(r"[^\s@]+@[^\s@]+", email.strip()) is None:
        raise NotAMailAddress(email=email)


def create_account(conn: Connection[Any], email: str, password: str | None, *, person: UUID, may_operate: bool = False) -> UUID:
    """Create an account; without a password it is entered by a provider's word alone. Refuses a short one, and an address that has one."""
    check_address(email)
    if password is not None:
        check_password(password)
    account, hashed = uuid4(), HASHER.hash(password) if password is not None else None
    insert = "INSERT INTO desk.account (id, email, person, password_hash, may_operate, created_at) VALUES (%s, %s, %s, %s, %s, now())"
    try:
        with conn.transaction():
            conn.execute(insert, (account, address(email), person, hashed, may_operate))
    except psycopg.errors.UniqueViolation as error:
        raise AccountExists(email=address(email)) from error
    return account


def has_password(conn: Connection[Any], account: UUID) -> bool:
    """Say whether an account is entered by a password, and not by a provider's word alone."""
    return bool(_one(conn, "SELECT password_hash IS NOT NULL FROM desk.account WHERE id = %s", account)[0])


def set_password(conn: Connection[Any], account: UUID, password: str) -> None:
    """Give an account another password: whoever is signed in with the old one is so no more."""
    check_password(password)
    conn.execute("UPDATE desk.account SET password_hash = %s WHERE id = %s", (HASHER.hash(password), account))
    close_sessions(conn, account)


def erase(conn: Connection[Any], people: Collection[UUID]) -> None:
    """Erase what accounts hold of people: addresses and what they called their keys; nobody comes in, and what they recorded stays."""
    asked = "DELETE FROM desk.reset_asked r USING desk.account a WHERE a.person = ANY(%s) AND r.email = a.email"
    conn.execute(asked, (list(people),))
    conn.execute(
        """
        WITH theirs AS (
            UPDATE desk.account SET email = id || '@erased.invalid', password_hash = NULL, disabled_at = coalesce(disabled_at, now())
             WHERE person = ANY(%s) RETURNING id),
        ended AS (DELETE FROM desk.session USING theirs WHERE account = theirs.id),
        unlinked AS (DELETE FROM desk.identity USING theirs WHERE account = theirs.id)
        UPDATE desk.api_key SET revoked_at = coalesce(revoked_at, now()), label = %s FROM theirs WHERE account = theirs.id""",
        (list(people), ERASED_TEXT),
    )


def close_account(conn: Connection[Any], account: UUID) -> None:
    """Let nobody in by an account any more, by its password, its sessions or its API keys. What was recorded by it stays."""
    conn.execute("UPDATE desk.account SET disabled_at = now() WHERE id = %s AND disabled_at IS NULL", (account,))
    conn.execute("UPDATE desk.api_key SET revoked_at = now() WHERE account = %s AND revoked_at IS NULL", (account,))
    close_sessions(conn, account)


def sign_in(conn: Connection[Any], email: str, password: str, *, client: str = "here") -> Caller:
    """Return who signs in. Refuses a wrong pair, and any pair after too many wrong ones: to one address, or from one client."""
    known_by = address(email)
    throttle.count(conn, throttle.SIGNING_IN_FROM, client)
    throttle.count(conn, throttle.SIGNING_IN, known_by)
    found = "SELECT id, person, email, password_hash, may_operate FROM desk.account WHERE email = %s AND disabled_at IS NULL"
    row, nobody = _one(conn, found, known_by), _nobody()
    try:
        HASHER.verify((row and row[3]) or nobody, password)
    except VerifyMismatchError as error:
        raise WrongCredentials from error
    if not (row and row[3]):
        raise WrongCredentials
    throttle.forget(conn, throttle.SIGNING_IN, known_by)
    throttle.uncount(conn, throttle.SIGNING_IN_FROM, client)
    return Caller(row[0], row[1], row[2], may_operate=row[4])


def open_session(conn: Connection[Any], account: UUID, office: str | None, browser: str = "Another browser") -> str:
    """Open a session of twelve hours, in a browser of a family, and return its token."""
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    insert = "INSERT INTO desk.session (token_hash, account, office, browser, created_at, expires_at) VALUES (%s, %s, %s, %s, %s, %s)"
    conn.execute(insert, (_hash(token), account, office, browser, now, now + SESSION))
    return token


def sessions_of(conn: Connection[Any], account: UUID, token: str) -> list[Session]:
    """Return the sessions of an account that are open, the one that was used last first; `token` is the one that asks."""
    query = """
        SELECT id, browser, office, created_at, last_used_at, rehearses, token_hash = %s AS mine
          FROM desk.session WHERE account = %s AND expires_at > now() ORDER BY mine DESC, last_used_at DESC"""
    with conn.cursor(row_factory=class_row(Session)) as cursor:
        return cursor.execute(query, (_hash(token), account)).fetchall()


def end_session(conn: Connection[Any], account: UUID, session: UUID) -> None:
    """End one session of an account, wherever it is open; nothing where it is not theirs."""
    conn.execute("DELETE FROM desk.session WHERE id = %s AND account = %s", (session, account))


def tidy(conn: Connection[Any]) -> None:
    """Forget what ended by itself: sessions, links, requests that came to nothing, and how often somebody tried."""
    conn.execute("DELETE FROM desk.session WHERE expires_at < now()")
    links.tidy(conn)
    signed_requests.tidy(conn)
    throttle.tidy(conn)


def act_in(conn: Connection[Any], token: str, office: str | None) -> str:
    """Change the office in which a session acts, and return its token from then on: what it was before may no more than it could.

    That its person holds the office is checked at every act. A rehearsal in another is left.
    """
    new = secrets.token_urlsafe(32)
    change = "UPDATE desk.session SET office = %s, rehearses = false, token_hash = %s WHERE token_hash = %s"
    conn.execute(change, (office, _hash(new), _hash(token)))
    return new


def rehearse(conn: Connection[Any], token: str, *, rehearses: bool) -> None:
    """Let a session enter the rehearsal of its office, or leave it; what it may see in it is judged at every request.

    It keeps its token, which opens nothing in a rehearsal that it does not open outside.
    """
    conn.execute("UPDATE desk.session SET rehearses = %s WHERE token_hash = %s", (rehearses, _hash(token)))


def close_session(conn: Connection[Any], token: str) -> None:
    """End a session."""
    conn.execute("DELETE FROM desk.session WHERE token_hash = %s", (_hash(token),))


def close_sessions(conn: Connection[Any], account: UUID) -> None:
    """End every session of an account."""
    conn.execute("DELETE FROM desk.session WHERE account = %s", (account,))


def caller_of_session(conn: Connection[Any], token: str) -> Caller | None:
    """Return whose session this is, or None where it has ended."""
    query = """
        SELECT a.id, a.person, a.email, s.office, a.may_operate, s.rehearses, s.last_used_at < now() - %s
          FROM desk.session s JOIN desk.account a ON a.id = s.account
         WHERE s.token_hash = %s AND s.expires_at > now() AND a.disabled_at IS NULL"""
    row = _one(conn, query, TO_THE_MINUTE, _hash(token))
    if row and row[-1]:
        conn.execute("UPDATE desk.session SET last_used_at = now() WHERE token_hash = %s", (_hash(token),))
    return replace(Caller(*row[:5]), rehearses=row[5]) if row else None


def create_api_key(
    conn: Connection[Any],
    account: UUID,
    office: str | None,
    label: str,
    *,
    days: int = 365,
    speaks_for_all: bool = False,
    acts: Collection[str] | None = None,
    public_key: bytes | None = None,
) -> str:
    """Create an API key that acts in an office, and return it: it is shown this once. With `acts` it gives those commands alone."""
    key, now = KEY_PREFIX + secrets.token_urlsafe(32), datetime.now(UTC)
    insert = """
        INSERT INTO desk.api_key (id, key_hash, account, office, label, speaks_for_all, created_at, expires_at, acts, public_key)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
    scope = None if acts is None else sorted(acts)
    conn.execute(insert, (uuid4(), _hash(key), account, office, label, speaks_for_all, now, now + timedelta(days=days), scope, public_key))
    return key


def caller_of_key(conn: Connection[Any], key: str) -> Caller:
    """Return who calls with an API key. Refuses one that is unknown, expired or revoked, without saying which."""
    query = """
        SELECT a.id, a.person, a.email, k.office, a.may_operate, k.speaks_for_all, k.id, k.acts, k.public_key,
               k.last_used_at IS NULL OR k.last_used_at < now() - %s
          FROM desk.api_key k JOIN desk.account a ON a.id = k.account
         WHERE k.key_hash = %s AND k.expires_at > now() AND k.revoked_at IS NULL AND a.disabled_at IS NULL"""
    row = _one(conn, query, TO_THE_MINUTE, _hash(key))
    if not row:
        raise NotSignedIn
    who, (number, acts, public_key, unused) = row[:6], row[6:]
    if unused:
        conn.execute("UPDATE desk.api_key SET last_used_at = now() WHERE id = %s", (number,))
    return replace(Caller(*who), program=Program(number, None if acts is None else frozenset(acts), public_key and bytes(public_key)))


def _one(conn: Connection[Any], query: str, *values: object) -> Any:
    with conn.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
        return cursor.execute(query, values).fetchone()


@cache
def _nobody() -> str:
    """Return the hash of nobody's password: checked where there is no account, so that the answer takes as long."""
    return HASHER.hash(secrets.token_hex(16))


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def address(email: str) -> str:
    """Return an address as accounts know it."""
    return email.strip().lower()
