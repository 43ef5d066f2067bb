"""What the desk holds of somebody: accounts, sessions, keys of programs, links; and what is typed and not recorded yet. Never a secret.

All of it goes with them. Of what is typed, by whomever, each text goes that names them by a whole name; and so does the body of a signed
request by which a text was recorded that goes: what its program signed has the digest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg.rows import dict_row

from service.desk import accounts, drafts, screening

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from psycopg import Connection

    from service.ledger.append import Erases

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
BODIES: Final = """
    UPDATE desk.signed_request SET body = NULL
     WHERE body IS NOT NULL AND EXISTS (SELECT FROM unnest(%s::bigint[]) AS at WHERE at BETWEEN first AND last)"""


def held(conn: Connection[Any], people: Collection[UUID]) -> dict[str, list[dict[str, Any]]]:
    """Return what accounts hold, by what it is; a mail that waits says nothing of anybody, and is to an office."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return {
            name: cursor.execute(query.format("a.person = ANY (%s)"), (list(people),)).fetchall() for name, query in OF_ACCOUNTS.items()
        }


def erase(conn: Connection[Any], erases: Erases, *, key: bytes | None = None) -> None:
    """Erase all of it with some people; without the key that seals the texts that wait for the officer, nobody knows what these say."""
    accounts.erase(conn, erases.subjects)
    drafts.take_out(conn, erases.goes)
    screening.take_out(conn, key, erases.goes)
    if erases.texts:
        conn.execute(BODIES, ([text.position for text in erases.texts],))
