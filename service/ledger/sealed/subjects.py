"""Personal values, each sealed under the key of the person it is about (ledger.md §6).

Every subject has an AES-256-GCM key of their own, kept in the database only as wrapped by a key that is kept outside of it. What is
sealed is a disclosure, bound to the log, the subject and the digest that the signed statement holds, so it cannot be moved.
A subject's key is made when something is first sealed for them, and stored by the append that stores what it seals. Destroying it
is what an erasure does.
"""

from __future__ import annotations

import json
import os
import threading
from base64 import b64decode, b64encode
from collections import OrderedDict
from typing import TYPE_CHECKING, Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from service.ledger.errors import OtherWrappingKey, SealedValueDamaged
from service.verify import open_disclosures

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from eventsourcing.postgres import PostgresDatastore
    from psycopg import Connection
    from psycopg.rows import DictRow

    from service.ledger.append import Erases

    EraseToo = Callable[[Connection[DictRow], Erases], None]

KEY, NONCE = 32, 12  # bytes
REMEMBERED = 4096  # keys that are kept unwrapped in memory


class _Made:
    """A key that was made here for a new subject, and is stored by nobody yet."""

    def __init__(self, key: bytes, wrapped: bytes) -> None:
        self.cipher, self.wrapped = AESGCM(key), wrapped


class Subjects:
    """The subjects' keys, as the writer sees them."""

    def __init__(self, datastore: PostgresDatastore, wrapping_key: bytes, origin: str, *, erase_too: EraseToo) -> None:
        """Take the database, as the writer, the 32 bytes that wrap every subject's key, the log's origin, and what else erases somebody."""
        self._erase_too = erase_too
        self._datastore, self._wrapping, self._origin = datastore, AESGCM(wrapping_key), origin
        self._lock = threading.Lock()
        self.erased: Callable[[], object] | None = None  # called once an erasure is on record
        self._stored: OrderedDict[UUID, AESGCM] = OrderedDict()
        self._made: dict[UUID, _Made] = {}
        self._lost: dict[UUID, AESGCM] = {}  # made here, while another writer's key was stored

    def seal(self, subject: UUID, named: str, disclosure: str) -> bytes:
        """Return a disclosure sealed under its subject's key, which is made where there is none."""
        return _seal(self._cipher(subject), self._bound_to(subject, named), disclosure.encode())

    def reveal(self, position: int, field: str) -> str | None:
        """Return a personal value, None where there is none or it was erased; raise SealedValueDamaged."""
        return self.reveal_all([position]).get((position, field))

    def reveal_all(self, positions: Collection[int]) -> dict[tuple[int, str], str]:
        """Return the personal values of these entries that are still there, by position and field."""
        query = (
            "SELECT position, field, f.subject, f.digest, v.ciphertext, k.wrapped FROM sealed.value v"
            " JOIN ledger.sealed_field f USING (position, field) JOIN sealed.subject_key k USING (subject)"
            " WHERE position = ANY (%s)"
        )
        with self._datastore.get_connection() as conn:
            rows = conn.execute(query, (list(positions),)).fetchall()
        ciphers = {row["subject"]: self._unwrap(row["subject"], row["wrapped"]) for row in rows}
        return {(row["position"], row["field"]): self._open(ciphers[row["subject"]], row) for row in rows}

    def _open(self, cipher: AESGCM, row: dict[str, Any]) -> str:
        where = f"{row['field']} of entry {row['position']}"
        try:
            disclosure = _open(cipher, self._bound_to(row["subject"], row["digest"]), row["ciphertext"]).decode()
        except InvalidTag as error:
            raise SealedValueDamaged(f"{where} cannot be opened: it is not what was sealed") from error
        try:
            name, value = open_disclosures([row["digest"]], [disclosure])[row["digest"]]
        except ValueError as error:
            raise SealedValueDamaged(f"{where} is not what was signed") from error
        if name != row["field"]:
            raise SealedValueDamaged(f"{where} holds the value of another field, {name}")
        return str(value)

    def kept(self, subjects: Collection[UUID]) -> list[dict[str, Any]]:
        """Return position, field and digest of every value that is kept about these subjects."""
        query = (
            "SELECT f.position, f.field, f.digest FROM ledger.sealed_field f JOIN sealed.value v USING (position, field)"
            " WHERE f.subject = ANY (%s) ORDER BY f.position, f.field"
        )
        with self._datastore.get_connection() as conn:
            return [dict(row) for row in conn.execute(query, (list(subjects),)).fetchall()]

    def destroy(self, conn: Connection[DictRow], erases: Iterable[Erases]) -> None:
        """Destroy keys, values and texts, and what the desk holds, in the transaction that has just appended what says so."""
        for each in erases:
            conn.execute("SELECT sealed.erase(%s, %s)", (list(each.subjects), each.values))
            if each.texts:
                conn.execute("SELECT sealed.erase_texts(%s)", (json.dumps([text._asdict() for text in each.texts], default=str),))
            self._erase_too(conn, each)

    def forget(self, erases: Collection[Erases]) -> None:
        """Forget the keys that were destroyed, and let it be known outside that they were."""
        with self._lock:
            for subject in (subject for each in erases for subject in each.subjects):
                self._stored.pop(subject, None)
                self._lost.pop(subject, None)
        if erases and self.erased:
            self.erased()

    # -- keys of subjects that are new, on their way through an append ---------------------------------------------

    def unstored(self, subjects: Iterable[str]) -> list[dict[str, str]]:
        """Return those of these subjects' keys that the append must store, as `ledger.append` takes them."""
        if not self._made:
            return []
        with self._lock:
            made = {s: self._made[s] for s in map(UUID, set(subjects)) if s in self._made}
        return [{"subject": str(s), "wrapped": b64encode(key.wrapped).decode()} for s, key in sorted(made.items())]

    def stored(self, subjects: Iterable[dict[str, str]]) -> None:
        """Take note that an append has stored these keys."""
        with self._lock:
            for subject in (UUID(s["subject"]) for s in subjects):
                if made := self._made.pop(subject, None):
                    self._remember(subject, made.cipher)

    def give_way(self, subjects: Iterable[dict[str, str]]) -> None:
        """Drop the keys that were made here for subjects whose key another writer has stored meanwhile."""
        for subject in (UUID(s["subject"]) for s in subjects):
            if cipher := self._find(subject):
                with self._lock:
                    if made := self._made.pop(subject, None):
                        self._lost[subject] = made.cipher
                    self._remember(subject, cipher)

    def sealed_again(self, pointer: list[str]) -> list[str]:
        """Return a pointer [field, subject, digest, sealed] as it is, or sealed again where its key has given way."""
        if not self._lost:
            return pointer
        name, subject, named, value = pointer
        lost = self._lost.get(UUID(subject))
        if lost is None:
            return pointer
        bound = self._bound_to(UUID(subject), named)
        try:
            disclosure = _open(lost, bound, b64decode(value))
        except InvalidTag:
            return pointer  # sealed under the key that stands
        return [name, subject, named, b64encode(_seal(self._cipher(UUID(subject)), bound, disclosure)).decode()]

    def _cipher(self, subject: UUID) -> AESGCM:
        with self._lock:
            if cipher := self._stored.get(subject):
                self._stored.move_to_end(subject)
                return cipher
            if made := self._made.get(subject):
                return made.cipher
        found = self._find(subject)
        with self._lock:
            if found is not None:
                self._remember(subject, found)
                return found
            if subject not in self._made:  # another thread may have made it meanwhile
                key = os.urandom(KEY)
                self._made[subject] = _Made(key, _seal(self._wrapping, self._bound_to(subject), key))
            return self._made[subject].cipher

    def _find(self, subject: UUID) -> AESGCM | None:
        with self._datastore.get_connection() as conn:
            row = conn.execute("SELECT wrapped FROM sealed.subject_key WHERE subject = %s", (subject,), prepare=True).fetchone()
        return self._unwrap(subject, row["wrapped"]) if row else None

    def _unwrap(self, subject: UUID, wrapped: bytes) -> AESGCM:
        try:
            return AESGCM(_open(self._wrapping, self._bound_to(subject), wrapped))
        except InvalidTag as error:
            raise OtherWrappingKey(f"the key of subject {subject} is not wrapped by this wrapping key") from error

    def _remember(self, subject: UUID, cipher: AESGCM) -> None:
        self._stored[subject] = cipher
        while len(self._stored) > REMEMBERED:
            self._stored.popitem(last=False)

    def _bound_to(self, subject: UUID, *more: str) -> bytes:
        return "\n".join((self._origin, str(subject), *more)).encode()


def rewrapped(origin: str, subject: UUID, wrapped: bytes, old: bytes, new: bytes) -> bytes:
    """Return a subject's key, which one wrapping key wraps, wrapped by another; raise InvalidTag where the first does not wrap it."""
    bound_to = "\n".join((origin, str(subject))).encode()
    return _seal(AESGCM(new), bound_to, _open(AESGCM(old), bound_to, wrapped))


def _seal(cipher: AESGCM, bound_to: bytes, clear: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, clear, bound_to)


def _open(cipher: AESGCM, bound_to: bytes, sealed: bytes) -> bytes:
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)
    except ValueError as error:  # too short to hold a nonce
        raise InvalidTag from error
