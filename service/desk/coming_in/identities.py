"""Whose account it is that somebody enters whom an OpenID provider knows.

It is linked once, by the address that the provider has verified, and from then on found by the provider's own name for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg.rows import tuple_row

from service.desk import accounts
from service.desk.coming_in.refusals import AddressNotVerified, LinkedToAnother, NotKnownHere

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from psycopg import Connection

    from service.desk.accounts import Caller
    from service.desk.coming_in.provider import Known

LINKED: Final = """
    SELECT a.id, a.person, a.email, NULL, a.may_operate, a.disabled_at IS NULL
      FROM desk.identity i JOIN desk.account a ON a.id = i.account WHERE i.issuer = %s AND i.subject = %s"""
BY_ADDRESS: Final = "SELECT id FROM desk.account WHERE email = %s AND disabled_at IS NULL"
LINK: Final = "INSERT INTO desk.identity (issuer, subject, account, linked_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"


def account_of(conn: Connection[Any], who: Known, *, now: datetime) -> Caller:
    """Return whose account it is; refuses who has none, and whose it is no more."""
    if found := _linked(conn, who):
        return found
    if who.email is None:
        raise AddressNotVerified(issuer=who.issuer)
    row = conn.execute(BY_ADDRESS, (accounts.address(who.email),)).fetchone()
    if row is None:
        raise NotKnownHere(issuer=who.issuer)
    return link(conn, who, row[0], now=now)


def link(conn: Connection[Any], who: Known, account: UUID, *, now: datetime) -> Caller:
    """Link an account to an identity and return whose it is; refuses where either is linked to another."""
    conn.execute(LINK, (who.issuer, who.subject, account, now))
    if (linked := _linked(conn, who)) is None or linked.account != account:
        raise LinkedToAnother(issuer=who.issuer)
    return linked


def unlink(conn: Connection[Any], account: UUID) -> None:
    """Undo every link of an account; the next who signs in with its address, verified, is linked to it."""
    conn.execute("DELETE FROM desk.identity WHERE account = %s", (account,))


def issuers_of(conn: Connection[Any], account: UUID) -> list[str]:
    """Return by whose word an account is entered."""
    return [issuer for (issuer,) in conn.execute("SELECT issuer FROM desk.identity WHERE account = %s ORDER BY issuer", (account,))]


def _linked(conn: Connection[Any], who: Known) -> Caller | None:
    with conn.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(LINKED, (who.issuer, who.subject)).fetchone()
    if row is None:
        return None
    if not row[-1]:
        raise NotKnownHere(issuer=who.issuer)  # the account is closed
    return accounts.Caller(*row[:-1])
