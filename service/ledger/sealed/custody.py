"""Whether keys are those of this database: a copy of them, `check(config, copy)`; or the wrapping key in use, `check_opens(config)`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from psycopg import connect

from aggregates.errors import Refused
from service.ledger import keys
from service.ledger.sealed.rewrapping import wraps
from service.verify import thumbprint

if TYPE_CHECKING:
    from pathlib import Path

    from service.config import Config

MADE: Final = "SELECT to_regclass('sealed.subject_key') IS NOT NULL"
SOMEBODY: Final = "SELECT EXISTS (SELECT FROM sealed.subject_key)"
LIVE: Final = """
    SELECT count(*) FROM ledger.signing_key LEFT JOIN ledger.signing_key_end AS e USING (thumbprint)
     WHERE thumbprint = %s AND e.ended_at IS NULL"""


class OpensNothing(Refused):
    """What is sealed in the database can be opened by the wrapping key (ledger §6): with another nobody is named, and nobody can act."""

    text = (
        "The wrapping key {file} does not open what is sealed in the database: a dump from before that key was changed was restored, or "
        "an older copy of the key was put there. Follow ops/runbooks/restore.md. Until then nothing of it is served"
    )


class NoWholeCopy(Refused):
    """A copy of the keys is a whole one, and is looked for where it lies."""

    text = "In {copy} is no copy of the keys: {lacks} is not there. Give the folder in which the copy lies as `keys`, with all of its files"


def check_opens(config: Config) -> None:
    """Refuse to serve a database whose personal values the wrapping key does not open; raise CannotUseKeys, or OperationalError."""
    with connect(config.conninfo("writer")) as conn:
        if conn.execute(MADE).fetchone() == (True,) and conn.execute(SOMEBODY).fetchone() == (True,):
            folder = config.data / "keys"
            key = keys.unwrapped(folder / keys.WRAPPING, keys.read_passphrase(config.passphrase_file or folder / keys.PASSPHRASE))
            if not wraps(conn, keys.load_public(config).origin, key):
                raise OpensNothing(file=folder / keys.WRAPPING)


def check(config: Config, copy: Path) -> dict[str, bool]:
    """Say of each key of a copy, by its file, whether it is the one in use; `copy` is a folder in which it lies as `keys`.

    Refused where no whole copy lies there; raises CannotUseKeys where it does not open with its passphrase.
    """
    wanted = [copy / "keys" / name for name in (keys.LOG, keys.STATEMENT, keys.WRAPPING, keys.PUBLIC)]
    if lacks := [file for file in wanted if not file.exists()]:
        raise NoWholeCopy(copy=copy, lacks=lacks[0] if lacks != wanted else copy / "keys")
    ring = keys.load(replace(config, data=copy))
    with connect(config.conninfo("owner")) as conn:
        live = (conn.execute(LIVE, (thumbprint(ring.statement.signer.public),)).fetchone() or (0,))[0]
        wrapping = wraps(conn, ring.log.log, ring.wrapping)
    return {
        keys.LOG: ring.log.vkey == keys.load_public(config).log_vkey,
        keys.STATEMENT: bool(live),
        keys.WRAPPING: wrapping,
    }
