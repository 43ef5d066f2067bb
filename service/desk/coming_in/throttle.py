"""How often somebody may try something within a time.

Counted in a table of our own: it holds for every process and outlives a restart, and needs nothing beside the database that is there
anyway (the limiters that there are for Flask count in Redis, or in the memory of one process). A try is counted before it is judged, so
that many at once are no more than the limit lets through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from service.desk.refusals import TooManyAttempts

if TYPE_CHECKING:
    from psycopg import Connection

COUNT: Final = """
    INSERT INTO desk.tally AS t (what, who, since, number) VALUES (%(what)s, %(who)s, now(), 1)
        ON CONFLICT (what, who) DO UPDATE SET
            number = CASE WHEN t.since > now() - %(within)s THEN t.number + 1 ELSE 1 END,
            since  = CASE WHEN t.since > now() - %(within)s THEN t.since ELSE now() END
    RETURNING number, extract(epoch FROM since + %(within)s - now())"""
UNCOUNT: Final = "UPDATE desk.tally SET number = greatest(number - 1, 0) WHERE what = %s AND who = %s"
FORGET: Final = "DELETE FROM desk.tally WHERE what = %s AND who = %s"
LONG_AGO: Final = "DELETE FROM desk.tally WHERE since < now() - interval '1 day'"
NETWORK: Final = 64  # bits of an IPv6 address that its user does not choose


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries of one thing within a time, by whoever is told apart from others."""

    what: str
    most: int
    within: timedelta


SIGNING_IN: Final = Limit("signing in to an address", 10, timedelta(minutes=15))
SIGNING_IN_FROM: Final = Limit("signing in from a client", 50, timedelta(minutes=15))  # a building may share one address
FORGETTING: Final = Limit("asking for another password for an address", 3, timedelta(minutes=30))
FORGETTING_FROM: Final = Limit("asking for other passwords from a client", 20, timedelta(minutes=30))
ASKING_FROM: Final = Limit("asking from a client that is not signed in", 600, timedelta(minutes=1))


def count(conn: Connection[Any], limit: Limit, who: str) -> None:
    """Count a try; refuse it where there were as many as there may be. The connection is in autocommit, so that it stays counted."""
    asked = {"what": limit.what, "who": _told_apart(who), "within": limit.within}
    number, left = conn.execute(COUNT, asked, prepare=True).fetchone() or (1, 0)
    if number > limit.most:
        minutes = ceil(left / 60)
        raise TooManyAttempts(wait=f"{minutes} minutes" if minutes > 1 else "a minute", seconds=ceil(left))


def uncount(conn: Connection[Any], limit: Limit, who: str) -> None:
    """Take one try back, which was none."""
    conn.execute(UNCOUNT, (limit.what, _told_apart(who)))


def forget(conn: Connection[Any], limit: Limit, who: str) -> None:
    """Forget the tries of somebody who came in."""
    conn.execute(FORGET, (limit.what, _told_apart(who)))


def tidy(conn: Connection[Any]) -> None:
    """Forget what was counted long ago."""
    conn.execute(LONG_AGO)


def client(address: str | None) -> str:
    """Return by what a client is told from others: its address, and of an IPv6 address the network, within which it changes at will."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "somewhere"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or ip_network((found, NETWORK), strict=False))
    return str(found)


def _told_apart(who: str) -> bytes:
    return sha256(who.encode("utf-8", "replace")).digest()
