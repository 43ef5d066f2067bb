"""Texts that are held for the data protection officer (INV-45): they look as if they identified somebody, and nothing is recorded yet.

A held text is kept sealed under the key that wraps the subjects' keys, and known by a keyed digest of the command, its field and
the text; once it is decided, the text goes and the digest stays, so that the very same text passes, or never does.
"""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the schemas of the API read these annotations at run time
from typing import TYPE_CHECKING, Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.desk.refusals import NotHeldNow

if TYPE_CHECKING:
    from eventsourcing.postgres import PostgresDatastore

NONCE: Final = 12
HOLD: Final = """
    INSERT INTO desk.held_text (digest, command, ref, field, pattern, office, text) VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING"""
WAITING: Final = """
    SELECT id, command, ref, field, pattern, office, held_at, digest, text FROM desk.held_text WHERE decided_at IS NULL ORDER BY id"""
DECIDE: Final = """
    UPDATE desk.held_text SET decided_at = now(), decided_by = %s, allowed = %s, text = NULL WHERE id = %s AND decided_at IS NULL"""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldText:
    """A text that waits: what looks like `pattern` in a field of a command about `ref`, by whose office, since when."""

    id: int
    command: str
    ref: str
    field: str
    pattern: str
    office: str | None
    held_at: datetime
    text: str


class HeldTexts:
    """The texts of one board that wait."""

    def __init__(self, datastore: PostgresDatastore, key: bytes) -> None:
        """Take the database, as the writer, and the key that wraps what is personal."""
        self._datastore, self._key = datastore, key

    def allowed(self, command: str, ref: str, field: str, text: str) -> bool | None:
        """Say what the officer has said of this very text; None where it was not decided."""
        digest = self._digest(command, ref, field, text)
        with self._datastore.get_connection() as conn:
            row = conn.execute("SELECT allowed FROM desk.held_text WHERE digest = %s", (digest,)).fetchone()
        return row["allowed"] if row else None

    def hold(self, command: str, ref: str, field: str, text: str, *, pattern: str, office: str | None) -> None:
        """Hold a text, once."""
        digest = self._digest(command, ref, field, text)
        with self._datastore.get_connection() as conn:
            conn.execute(HOLD, (digest, command, ref, field, pattern, office, self._seal(digest, text)))

    def waiting(self) -> list[HeldText]:
        """Return the texts that wait, the earliest first."""
        with self._datastore.get_connection() as conn:
            rows: list[dict[str, Any]] = list(map(dict, conn.execute(WAITING).fetchall()))
        return [HeldText(**row | {"text": self._open(row.pop("digest"), row["text"])}) for row in rows]

    def decide(self, number: int, *, allowed: bool, by: str) -> None:
        """Say whether a text may be recorded as it stands; refuse where none waits."""
        with self._datastore.get_connection() as conn:
            if conn.execute(DECIDE, (by, allowed, number)).rowcount != 1:
                raise NotHeldNow(ref=number)

    def _digest(self, *said: str) -> bytes:
        """Return what tells a text from others, and cannot be found again by trying the few numbers that there are."""
        return hmac.digest(self._key, json.dumps(said).encode(), "sha256")

    def _seal(self, digest: bytes, text: str) -> bytes:
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(self._key).encrypt(nonce, text.encode(), digest)

    def _open(self, digest: bytes, sealed: bytes) -> str:
        return AESGCM(self._key).decrypt(sealed[:NONCE], sealed[NONCE:], digest).decode()
