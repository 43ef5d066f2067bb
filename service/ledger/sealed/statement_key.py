"""Another statement key in the place of the one that there is: `rotate(config, open_board)`.

The log enrols it by an entry that the old one still signs, both having proved themselves; from the next position on the old one signs
nothing more (ledger §3). Where it broke off, `statement.key.new` is there, and running it again finds out from the log how far it came.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import connect

from aggregates.clocks.dates import london
from service.ledger import keys
from service.ledger.sealed.rewrapping import check_stopped
from service.verify import b64url, thumbprint

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from service.config import Config
    from service.ledger.keys import PublicRing

NEW: Final = "statement.key.new"
ENROLLED: Final = "SELECT count(*) FROM ledger.signing_key WHERE thumbprint = %s"


def rotate(config: Config, open_board: Callable[[], AbstractContextManager[Any]]) -> str:
    """Put a new statement key in the place of the old one; return its thumbprint."""
    folder = config.data / "keys"
    passphrase = keys.read_passphrase(config.passphrase_file or folder / keys.PASSPHRASE)
    with connect(config.conninfo("owner")) as conn:
        check_stopped(conn)
        if not (folder / NEW).exists():
            keys.write_new(folder / NEW, keys.sealed(Ed25519PrivateKey.generate(), passphrase))
        new = keys.opened(folder / NEW, passphrase)
        named = thumbprint(new.public_key().public_bytes_raw())
        enrolled = (conn.execute(ENROLLED, (named,)).fetchone() or (0,))[0]
    if not enrolled:
        with open_board() as board:
            old, holder = keys.opened(folder / keys.STATEMENT, passphrase), board.keys.statement.holder
            said = keys.enrolment(new, board.origin, holder, replaces=old, purpose="service-statements")
            board.succeed_statement_key(occurred_on=london(board.clock()), **said)
    _put_in_place(folder, config, new)
    return named


def _put_in_place(folder: Path, config: Config, new: Ed25519PrivateKey) -> None:
    """Say in public.json which key it is, and only then let its file take the old one's place: until then this can be done again."""
    put_public(folder, replace(keys.load_public(config), statement_key=b64url(new.public_key().public_bytes_raw())))
    (folder / NEW).replace(folder / keys.STATEMENT)


def put_public(folder: Path, public: PublicRing) -> None:
    """Put what is public of the keys in the place of what was, whole or not at all."""
    keys.put(folder / keys.PUBLIC, f"{json.dumps(asdict(public), indent=1)}\n".encode())
