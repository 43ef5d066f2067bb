"""What the desk holds of somebody: accounts, sessions, keys of programs, links. Never a secret, nor its hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg.rows import dict_row

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from psycopg import Connection

OF_ACCOUNTS: Final = {
    "accounts": "SELECT email, created_at, disabled_at, may_operate FROM desk.account a WHERE {}",
    "sessions": "SELECT browser, office, s.created_at, last_used_at, expires_at"
    " FROM desk.session s JOIN desk.account a ON a.id = s.account WHERE {}",
    "keys of programs": "SELECT label, office, acts, k.created_at, last_used_at, expires_at, revoked_at"
    " FROM desk.api_key k JOIN desk.account a ON a.id = k.account WHERE {}",
    "signed requests": "SELECT received_at, first, last FROM desk.signed_request r JOIN desk.api_key k ON k.id = r.api_key"
    " JOIN desk.account a ON a.id = k.account WHERE {}",
    "identities": "SELECT issuer, subject, linked_at FROM desk.identity i JOIN desk.account a ON a.id = i.account WHERE {}",
    "links to set a password": "SELECT l.created_at, l.expires_at, used_at"
    " FROM desk.one_time_link l JOIN desk.account a ON a.id = l.account WHERE {}",
    "passwords asked for": "SELECT asked_at FROM desk.reset_asked r JOIN desk.account a ON a.email = r.email WHERE {}",
    "files brought": "SELECT encode(sha256, 'hex') AS sha256 FROM desk.received_file f JOIN desk.account a ON a.id = f.account WHERE {}",
}


def held(conn: Connection[Any], people: Collection[UUID]) -> dict[str, list[dict[str, Any]]]:
    """Return it, by what it is; a mail that waits says nothing of anybody, and is to an office."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return {
            name: cursor.execute(query.format("a.person = ANY (%s)"), (list(people),)).fetchall() for name, query in OF_ACCOUNTS.items()
        }
