"""The API keys of programs, as those see them whose they are: made, listed, ended. A key itself is shown once, and kept as its hash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg.rows import class_row

from service.commands import COMMANDS
from service.desk.coming_in.refusals import BeyondTheOffice, NotAPublicKey
from service.desk.refusals import NotFound
from service.verify import check_public_key, unb64url

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from psycopg import Connection

LIST = """
    SELECT k.id, k.label, a.email, k.account, k.office, k.acts, k.public_key, k.created_at, k.expires_at, k.last_used_at
      FROM desk.api_key k JOIN desk.account a ON a.id = k.account
     WHERE (%(account)s::uuid IS NULL OR k.account = %(account)s)
       AND k.revoked_at IS NULL AND k.expires_at > now() AND a.disabled_at IS NULL
     ORDER BY k.created_at DESC"""
REVOKE = """
    UPDATE desk.api_key SET revoked_at = now()
     WHERE id = %(key)s AND (%(account)s::uuid IS NULL OR account = %(account)s) AND revoked_at IS NULL"""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key that may be used, as its owner is told of it."""

    id: UUID
    label: str
    email: str
    account: UUID
    office: str | None
    acts: list[str] | None
    public_key: bytes | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


def live(conn: Connection[Any], account: UUID | None) -> list[ApiKey]:
    """Return the API keys of an account that may be used, the newest first; everybody's without one."""
    with conn.cursor(row_factory=class_row(ApiKey)) as cursor:
        return cursor.execute(LIST, {"account": account}).fetchall()


def revoke(conn: Connection[Any], key: UUID, account: UUID | None) -> None:
    """End an API key of an account, or anybody's without one; refuses one that is not there, is another's, or has ended."""
    if conn.execute(REVOKE, {"key": key, "account": account}).rowcount != 1:
        raise NotFound(kind="API key", ref=key)


def check_acts(office: str, role: str | None, acts: Collection[str] | None) -> None:
    """Refuse a key for acts that its office can never give; None is for whatever the office may, which has to be something."""
    beyond = [COMMANDS[name].title.lower() for name in acts or () if not COMMANDS[name].open_to(role)]
    if beyond or (acts is None and not records(role)):
        raise BeyondTheOffice(office=office, acts=beyond or ["record anything"])


def records(role: str | None) -> bool:
    """Say whether there is anything that a role may record."""
    return any(command.open_to(role) for command in COMMANDS.values())


def read_public_key(text: str) -> bytes:
    """Return an Ed25519 key as `muniment signing-key` prints it; refuses one under which forgeries verify."""
    try:
        check_public_key(raw := unb64url(text.strip()))
    except ValueError as error:
        raise NotAPublicKey(why=str(error)) from error
    return raw
