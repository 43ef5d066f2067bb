"""Another log key in the place of the one that there is, under which the same log goes on: `succeed(config, open_board, reason, name)`.

The first entry that the new key seals says whose place it takes, and holds the last checkpoint by the old one, so that every checkpoint of
its own commits to all that was sealed before (ADR 0021). One act for a key that is changed in time, one that is lost, and one that somebody
else has. Where it broke off, `log.key.new` is there. Running it again finds out from the log how far it came: what is on record is ended,
and a key that is not is dropped, so that everything is checked again.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import connect

from aggregates.clocks.dates import london
from aggregates.errors import Refused
from service.desk.refusals import NotEstablished
from service.ledger import keys
from service.ledger.checkpoint import LogKey
from service.ledger.sealed.rewrapping import check_stopped
from service.ledger.sealed.statement_key import put_public
from service.verify import SUCCEEDED, open_checkpoint, parse_vkey, thumbprint

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from psycopg import Connection

    from aggregates.registry.ledger import Why
    from service.config import Config
    from service.ledger.keys import KeyRing, PublicRing

    OpenBoard = Callable[[KeyRing], AbstractContextManager[Any]]

NEW: Final = "log.key.new"
SEALS: Final = "checkpoints"  # what a log key is vouched for
NEWEST: Final = "SELECT size, note FROM ledger.checkpoint ORDER BY size DESC LIMIT 1"
LAST: Final = "SELECT max(position) FROM ledger.event WHERE topic = %s"


class NotLost(Refused):
    """What is there is not lost: said on record, it would be believed."""

    text = "The log key {vkey} is there and opens: it is not lost. Give --reason planned or compromised"


class CannotVouch(Refused):
    """In a planned succession the old key vouches for the new one."""

    text = "The log key {vkey} is not there, or does not open, and cannot vouch for another: put it back, or give --reason lost"


class SucceededJustNow(Refused):
    """Given twice, the command is done once."""

    text = "This log goes on under {vkey} since its last event, and nothing was recorded since: that was done already"


class KeysOfAnotherAge(Refused):
    """The key that sealed the log last is the one that is succeeded, and vouches: no other, of an older or a younger database."""

    text = (
        "The keys say that {vkey} seals this log after event {since}, and the database has {size} events, the last sealed under {by}, and "
        "its newest succession at event {last} (0: none): one of the two is an older copy. Restore a younger dump, or put the newest keys "
        "back (ops/runbooks/key-lost.md). Nothing was changed"
    )


class NameUsed(Refused):
    """A name with two keys would be two logs to every witness."""

    text = "This log was sealed under the name {name} already: give another one with --origin"


def succeed(config: Config, open_board: OpenBoard, reason: Why, name: str | None = None) -> str:
    """Put a new log key in the place of the old one; return it as it is published. `name` is the next number by default."""
    folder, public = config.data / "keys", keys.load_public(config)
    passphrase = keys.read_passphrase(config.passphrase_file or folder / keys.PASSPHRASE)
    with connect(config.conninfo("owner")) as conn:
        check_stopped(conn)
        size, note, last = _newest(conn)
    if finished := _finished(folder, passphrase, public, note, last):
        return finished
    since = public.sealers[-1].since
    if last != (since + 1 if public.earlier else 0) or not _signed(note, public.log_vkey):
        raise KeysOfAnotherAge(vkey=public.log_vkey, since=since, size=size, by=note.partition("\n")[0], last=last)
    (folder / NEW).unlink(missing_ok=True)  # it is not on record
    old = _old(folder, passphrase, public)
    _check(public, old, reason, just_now=last == size)
    name = name or following(parse_vkey(public.log_vkey)[0])
    if name in {parse_vkey(each.vkey)[0] for each in public.sealers}:
        raise NameUsed(name=name)
    new = LogKey(name, Ed25519PrivateKey.generate(), (*public.earlier, (public.log_vkey, size)))
    file = f"{keys.FOR_LOG}{name}\n".encode() + keys.sealed(new.private, passphrase)
    with open_board(keys.with_others(config, new)) as board:
        said = {"log_vkey": new.vkey, "checkpoint": note, "replaced_proof": _proof(board.origin, old, new, reason), "reason": reason}
        board.succeed_log_key(occurred_on=london(board.clock()), keep=partial(keys.put, folder / NEW, file), **said)
    return _put_in_place(folder, public, new)


def _finished(folder: Path, passphrase: bytes, public: PublicRing, note: str, last: int) -> str | None:
    """Bring to its end what broke off and is on record; return the key, or None where nothing is, or the file is not whole."""
    try:
        private = keys.opened(folder / NEW, passphrase)
    except keys.CannotUseKeys:
        return None
    new = LogKey(str(keys.whose_own(folder / NEW)[0]), private, (*public.earlier, (public.log_vkey, last - 1)))
    if new.vkey == public.log_vkey:
        return _put_in_place(folder, public, replace(new, earlier=public.earlier))
    return _put_in_place(folder, public, new) if _signed(note, new.vkey) else None


def _put_in_place(folder: Path, public: PublicRing, new: LogKey) -> str:
    """Say in public.json which key it is, and only then let its file take the old one's place: until then this can be done again."""
    put_public(folder, replace(public, log_vkey=new.vkey, earlier=new.earlier))
    (folder / NEW).replace(folder / keys.LOG)
    return new.vkey


def following(name: str) -> str:
    """Return the name of the next log: /log2 after /log1, and after /log too."""
    match = re.search(r"[0-9]+$", name)
    return f"{name[: match.start()]}{int(match[0]) + 1}" if match else f"{name}2"


def _newest(conn: Connection[Any]) -> tuple[int, str, int]:
    """Return how long the log is, its newest checkpoint, and where it last went on under another key (0: nowhere)."""
    row = conn.execute(NEWEST).fetchone()
    if row is None:
        raise NotEstablished
    return row[0], row[1], (conn.execute(LAST, (SUCCEEDED,)).fetchone() or (0,))[0] or 0


def _signed(note: str, vkey: str) -> bool:
    """Say whether this key sealed it."""
    with suppress(ValueError):
        return bool(open_checkpoint(note, vkey))
    return False


def _old(folder: Path, passphrase: bytes, public: PublicRing) -> LogKey | None:
    """Return the log key in use, where it is there and opens."""
    try:
        key = LogKey(parse_vkey(public.log_vkey)[0], keys.opened(folder / keys.LOG, passphrase), public.earlier)
    except keys.CannotUseKeys:
        return None
    return key if key.vkey == public.log_vkey else None


def _check(public: PublicRing, old: LogKey | None, reason: Why, *, just_now: bool) -> None:
    """Refuse a reason that what is there contradicts, and the same again."""
    if reason == "lost" and old:
        raise NotLost(vkey=old.vkey)
    if just_now and old:
        raise SucceededJustNow(vkey=old.vkey)
    if reason == "planned" and old is None:
        raise CannotVouch(vkey=public.log_vkey)


def _proof(origin: str, old: LogKey | None, new: LogKey, reason: Why) -> str | None:
    """Return the old key's signature for the new one, where its word is worth something: whoever stole it can give it too."""
    if old is None or reason != "planned":
        return None
    return keys.prove(old.private, origin, new.origin, SEALS, of=thumbprint(new.public))
