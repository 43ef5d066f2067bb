"""Whether a copy of the service's keys would serve if the keys themselves were lost: `check(config, copy)`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from psycopg import connect

from service.ledger import keys
from service.ledger.sealed.rewrapping import wraps
from service.verify import thumbprint

if TYPE_CHECKING:
    from pathlib import Path

    from service.config import Config

LIVE: Final = """
    SELECT count(*) FROM ledger.signing_key LEFT JOIN ledger.signing_key_end AS e USING (thumbprint)
     WHERE thumbprint = %s AND e.ended_at IS NULL"""


def check(config: Config, copy: Path) -> dict[str, bool]:
    """Say of each key of a copy, by its file, whether it is the one in use; `copy` is a folder in which it lies as `keys`.

    Raises CannotUseKeys where the copy lacks a key, or does not open with its passphrase.
    """
    ring = keys.load(replace(config, data=copy))
    with connect(config.conninfo("owner")) as conn:
        live = (conn.execute(LIVE, (thumbprint(ring.statement.signer.public),)).fetchone() or (0,))[0]
        wrapping = wraps(conn, ring.log.log, ring.wrapping)
    return {
        keys.LOG: ring.log.vkey == keys.load_public(config).log_vkey,
        keys.STATEMENT: bool(live),
        keys.WRAPPING: wrapping,
    }
