"""Another wrapping key in the place of the one that there is: `rewrap(config)`.

Every subject's key is wrapped anew, in one transaction; then the new file takes the old one's place. Whoever has a copy of the old
file can open nothing that is stored from then on; and once every copy of it is destroyed, nobody opens what is personal in a dump that was
made before. Nothing of what is sealed changes, nor anything that is on record.

Where it broke off, `wrapping.key.new` is there, and running it again finds out by the keys that are stored which of the two is in use.
"""

from __future__ import annotations

import os
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidTag
from psycopg import connect

from aggregates.errors import Refused
from service.ledger import keys
from service.ledger.sealed.subjects import rewrapped
from service.ledger.sealed.wrapping import WRAPPING_BYTES, wrap

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from psycopg import Connection

    from service.config import Config

    AlsoWrapped = Callable[[Connection[Any], bytes, bytes], object]

NEW: Final = "wrapping.key.new"
RUNNING: Final = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND usename = 'muniment_writer' AND pid <> pg_backend_pid()"""
PATIENCE: Final = 2.0  # seconds
BATCH: Final = 5_000


class StillRunning(Refused):
    """A process that has the old key in memory would go on using it."""

    text = "{connections} connections are open: stop `muniment serve` and `muniment work` before a key of theirs is changed"


class WrappedByNeither(Refused):
    """The keys that are stored are wrapped by another key than the files have."""

    text = (
        "The key of subject {subject} is not wrapped by the wrapping key in {folder}: put the right one there (ops/runbooks/restore.md). "
        "Nothing was changed"
    )


def check_stopped(conn: Connection[Any]) -> None:
    """Refuse where the service runs; the connections of what was stopped just now take a moment to go."""
    until = monotonic() + PATIENCE
    while running := (conn.execute(RUNNING).fetchone() or (0,))[0]:
        if monotonic() > until:
            raise StillRunning(connections=running)
        sleep(PATIENCE / 20)
        conn.execute("SELECT pg_stat_clear_snapshot()")


def rewrap(config: Config, also: AlsoWrapped) -> int:
    """Put a new wrapping key in the place of the old one; return how many keys were wrapped anew. `also` re-wraps what the desk has."""
    folder, origin = config.data / "keys", keys.load_public(config).origin
    passphrase = keys.read_passphrase(config.passphrase_file or folder / keys.PASSPHRASE)
    old = keys.unwrapped(folder / keys.WRAPPING, passphrase)
    with connect(config.conninfo("owner")) as conn:
        conn.execute("LOCK TABLE sealed.subject_key IN ACCESS EXCLUSIVE MODE")
        check_stopped(conn)
        if (folder / NEW).exists():
            if wraps(conn, origin, keys.unwrapped(folder / NEW, passphrase)):  # all but the last step was done
                (folder / NEW).rename(folder / keys.WRAPPING)
                return 0
            (folder / NEW).unlink()
        new = os.urandom(WRAPPING_BYTES)
        keys.write_new(folder / NEW, wrap(new, passphrase))
        try:
            count = _each(conn, origin, old, new)
            also(conn, old, new)
        except BaseException as error:  # before the commit, so that nothing is wrapped by the new key
            (folder / NEW).unlink()
            if isinstance(error, InvalidTag):
                raise WrappedByNeither(subject=error.args[0], folder=folder) from error
            raise
    (folder / NEW).rename(folder / keys.WRAPPING)
    return count


def _each(conn: Connection[Any], origin: str, old: bytes, new: bytes) -> int:
    count = 0
    with conn.cursor(name="subject_keys") as each, conn.cursor() as change:
        each.itersize = BATCH
        each.execute("SELECT subject, wrapped FROM sealed.subject_key")
        while rows := each.fetchmany(BATCH):
            again = [(_again(origin, subject, bytes(wrapped), old, new), subject) for subject, wrapped in rows]
            change.executemany("UPDATE sealed.subject_key SET wrapped = %s WHERE subject = %s", again)
            count += len(rows)
    return count


def _again(origin: str, subject: UUID, wrapped: bytes, old: bytes, new: bytes) -> bytes:
    try:
        return rewrapped(origin, subject, wrapped, old, new)
    except InvalidTag as error:
        raise InvalidTag(subject) from error


def wraps(conn: Connection[Any], origin: str, key: bytes) -> bool:
    """Say whether it is this key that wraps what is stored."""
    row = conn.execute("SELECT subject, wrapped FROM sealed.subject_key LIMIT 1").fetchone()
    if row is None:
        return False
    try:
        rewrapped(origin, row[0], bytes(row[1]), key, key)
    except InvalidTag:
        return False
    return True
