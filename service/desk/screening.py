"""Holds free text that carries what identifies somebody: an NHS number, a unique pupil number, a date of birth, a name (INV-45).

It is held until the data protection officer has seen it: what they allow is taken as it stands when it is sent again. A held text is
kept sealed under the key that wraps the subjects' keys, and known by a keyed digest of the command, its field and the text; once it is
decided, the text goes and the digest stays, so that the very same text passes, or never does.
"""

from __future__ import annotations

import hmac
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 - the schemas of the API read these annotations at run time
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg.rows import tuple_row

from aggregates.entry.fields import Field, shape
from aggregates.entry.values import Evidence, Sealed, seen
from service.desk.refusals import NotHeldNow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from eventsourcing.postgres import PostgresDatastore
    from psycopg import Connection

    from aggregates.review.names import Names

NONCE: Final = 12
DAMAGED: Final = "[it is damaged, and cannot be read: say that it identifies somebody, and have it sent again]"
HOLD: Final = """
    INSERT INTO desk.held_text (digest, command, ref, field, pattern, office, text) VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING"""
WAITING: Final = """
    SELECT id, command, ref, field, pattern, office, held_at, digest, text FROM desk.held_text WHERE decided_at IS NULL ORDER BY id"""
DECIDE: Final = """
    UPDATE desk.held_text SET decided_at = now(), decided_by = %s, allowed = %s, text = NULL WHERE id = %s AND decided_at IS NULL"""
_GAP = r"[\s.,:/|*+()_\u00b7-]"
NHS_NUMBER = re.compile(  # as it is grouped: 3 3 4, 4 3 3, 5 5, two by two with the same mark between, or digit by digit
    rf"(?<!\d)(?:\d{{3}}{_GAP}{{0,3}}\d{{3}}{_GAP}{{0,3}}\d{{4}}|\d{{4}}{_GAP}{{1,3}}\d{{3}}{_GAP}{{1,3}}\d{{3}}"
    rf"|\d{{5}}{_GAP}{{1,3}}\d{{5}}|\d\d(?P<mark>{_GAP})\d\d(?:(?P=mark)\d\d){{3}}|\d(?:{_GAP}\d){{9}})(?!\d)"
)
RANDOM = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{64}\b", re.IGNORECASE
)  # a UUID, a file's hash: nobody's number
PUPIL_NUMBER = re.compile(rf"(?<![\dA-Za-z])([A-HJ-NP-RT-Z])((?:{_GAP}?\d){{11}}{_GAP}?[\dA-HJ-NP-RT-Z])(?![\dA-Za-z])")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_TH = r"(?:st|nd|rd|th)?"
_MARK = r"(?: of )?[\s,./-]{0,3}"
_NUMERIC = r"\d{1,2} ?[./ -] ?\d{1,2} ?[./ -] ?(?:\d{4}|\d{2})|\d{4}[./ -]\d{1,2}[./ -]\d{1,2}|\d{8}"
_DATE = rf"(?<!\d)(?:{_NUMERIC}|\d{{1,2}}{_TH}{_MARK}{_MONTH}{_MARK}\d{{2,4}}|{_MONTH}{_MARK}\d{{1,2}}{_TH}{_MARK}\d{{4}})(?!\d)"
_BORN = r"\b(?:d\.?\s?o\.?\s?b\b\.?|date of birth|birth ?(?:date|day)|born)"
# Between the word and the date a place or a day of the week may stand, within the same sentence; and the word may follow the date.
BIRTH_DATE = re.compile(rf"{_BORN}[^.;!?\n]{{0,30}}?{_DATE}|{_BORN}\s{{0,3}}{_DATE}|{_DATE}[\s,(\[-]{{0,3}}{_BORN}", re.IGNORECASE)
PUPIL_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def screen(event: type[Any], values: Mapping[str, Any], known: Callable[[], Sequence[Names]] = tuple) -> Iterator[tuple[str, str, str]]:
    """Give each text of a command that carries what identifies somebody: the field, the text and the pattern.

    Who is `known` is asked where there is a text: most acts have none, and there may be thousands of names.
    """
    for field in shape(event):
        for name, text in _texts(field, values.get(field.name)):
            if pattern := found(text) or (
                "the name of a person on record" if text and any(names.found(text) for names in known()) else None
            ):
                yield name, text, pattern


def found(text: str) -> str | None:
    """Name the pattern that a text carries, or None."""
    if text.isascii() and not any(map(str.isdigit, text)):  # all that is looked for has digits, and most texts have none
        return None
    text = seen(text)
    if any(nhs_number(_bare(found[0])) for found in NHS_NUMBER.finditer(RANDOM.sub("", text))):
        return "an NHS number"
    if any(pupil_number(letter, _bare(rest)) for letter, rest in PUPIL_NUMBER.findall(text.upper())):
        return "a unique pupil number"
    return "a date of birth" if BIRTH_DATE.search(text) else None


def _bare(grouped: str) -> str:
    """Return letters and digits without what groups them."""
    return "".join(filter(str.isalnum, grouped))


def nhs_number(digits: str) -> bool:
    """Say whether ten digits are an NHS number: the last is the modulus-11 check digit of the others."""
    check = 11 - sum(int(d) * weight for d, weight in zip(digits[:9], range(10, 1, -1), strict=True)) % 11
    return check % 11 == int(digits[9]) and check != 10  # noqa: PLR2004 - a remainder of ten is never issued


def pupil_number(letter: str, rest: str) -> bool:
    """Say whether a letter and what follows are a unique pupil number: the letter checks the rest, modulus 23."""
    values = [int(c) if c.isdigit() else PUPIL_LETTERS.index(c) for c in rest]
    return PUPIL_LETTERS[sum(v * weight for v, weight in zip(values, range(2, 14), strict=True)) % 23] == letter


def _texts(field: Field, value: Any) -> Iterator[tuple[str, str]]:
    """Give each text of a value with what it is called: of evidence, whether its title or the file's name says so."""
    if field.choices:
        return
    if isinstance(value, Sealed):
        yield field.name, "" if value.value == str(value.subject) else value.value or ""
    elif isinstance(value, str):
        yield field.name, value
    elif isinstance(value, Evidence):
        yield "the title of the evidence", value.title
        yield "the name of the file", value.filename
        yield from ((field.name, text) for text in (value.media_type, value.classification))
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _texts(field, item)
    elif isinstance(value, dict):
        for name, item in value.items():  # what is counted may be called by whoever counts
            yield field.name, name
            yield from _texts(field, item)


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
        digest = _digest(self._key, command, ref, field, text)
        with self._datastore.get_connection() as conn:
            row = conn.execute("SELECT allowed FROM desk.held_text WHERE digest = %s", (digest,)).fetchone()
        return row["allowed"] if row else None

    def hold(self, command: str, ref: str, field: str, text: str, *, pattern: str, office: str | None) -> None:
        """Hold a text, once."""
        digest = _digest(self._key, command, ref, field, text)
        with self._datastore.get_connection() as conn:
            conn.execute(HOLD, (digest, command, ref, field, pattern, office, _seal(self._key, digest, text)))

    def waiting(self) -> list[HeldText]:
        """Return the texts that wait, the earliest first."""
        with self._datastore.get_connection() as conn:
            rows: list[dict[str, Any]] = list(map(dict, conn.execute(WAITING).fetchall()))
        return [HeldText(**row | {"text": _opened(self._key, row.pop("digest"), row["text"]) or DAMAGED}) for row in rows]

    def decide(self, number: int, *, allowed: bool, by: str) -> None:
        """Say whether a text may be recorded as it stands; refuse where none waits."""
        with self._datastore.get_connection() as conn:
            if conn.execute(DECIDE, (by, allowed, number)).rowcount != 1:
                raise NotHeldNow(ref=number)


def take_out(conn: Connection[Any], key: bytes | None, goes: Callable[[Any], bool]) -> None:
    """Forget each text that waits, and of which this says that it goes: it is judged anew where it is sent again."""
    query = "SELECT id, digest, text FROM desk.held_text WHERE decided_at IS NULL FOR UPDATE"
    rows = conn.cursor(row_factory=tuple_row).execute(query).fetchall()
    conn.execute("DELETE FROM desk.held_text WHERE id = ANY (%s)", ([row[0] for row in rows if _goes(key, row[1], row[2], goes)],))


def _goes(key: bytes | None, digest: bytes, sealed: bytes, goes: Callable[[Any], bool]) -> bool:
    """Say the same of one text; what nobody can open is of no use to anybody."""
    text = "" if key is None else _opened(key, digest, sealed)
    return text is None or goes(text)


def rewrap(conn: Connection[Any], old: bytes, new: bytes) -> list[tuple[int, str | None]]:
    """Keep the texts that wait under a new key. Of those that were decided the text is gone, so they are asked about again.

    Return number and office of each that is damaged: it stays as it is.
    """
    query = "SELECT id, office, command, ref, field, digest, text FROM desk.held_text WHERE decided_at IS NULL ORDER BY id"
    damaged: list[tuple[int, str | None]] = []
    for number, office, command, ref, field, digest, text in conn.execute(query).fetchall():
        if (told := _opened(old, digest, text)) is None:
            damaged.append((number, office))
            continue
        again = _digest(new, command, ref, field, told)
        conn.execute("UPDATE desk.held_text SET digest = %s, text = %s WHERE id = %s", (again, _seal(new, again, told), number))
    return damaged


def _digest(key: bytes, *said: str) -> bytes:
    """Return what tells a text from others, and cannot be found again by trying the few numbers that there are."""
    return hmac.digest(key, json.dumps(said).encode(), "sha256")


def _seal(key: bytes, digest: bytes, text: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text.encode(), digest)


def _opened(key: bytes, digest: bytes, sealed: bytes) -> str | None:
    """Return a text; None where it is damaged, which keeps nobody from the others."""
    try:
        return _open(key, bytes(digest), bytes(sealed))
    except (InvalidTag, ValueError):  # the latter of what is too short to hold a nonce
        return None


def _open(key: bytes, digest: bytes, sealed: bytes) -> str:
    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], digest).decode()
