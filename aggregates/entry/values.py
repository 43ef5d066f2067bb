"""Values that events carry: a sealed personal value, evidence, and texts as people see them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date  # noqa: TC003 - fields.py reads these annotations at run time
from typing import Final
from uuid import UUID  # noqa: TC003

FEWEST: Final = 5  # people of whom a number or a word is shown where they may not be recognised: of fewer, everybody would know whose it is
# As a word processor dresses them up.
DRESSED: Final = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-") | dict.fromkeys("\u2018\u2019\u201b\u02bc", "'")
)
# Letters of other alphabets that look like ours: Cyrillic ones, the small as their capitals do, and Greek ones.
CYRILLIC: Final = (
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0405\u0406\u0408\u04ae\u04ba\u04c0\u0500\u051a\u051c"
)
GREEK: Final = (
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c7"
)
LIKE_CYRILLIC: Final = "ABEKMHOPCTYXSIJYHIDQW"
ALIKE: Final = str.maketrans(
    dict(zip(CYRILLIC + CYRILLIC.lower() + GREEK, LIKE_CYRILLIC + LIKE_CYRILLIC.lower() + "ABEZHIKMNOPTYXaikvopux", strict=True))
)


ERASED_TEXT: Final = "[erased]"  # in the place of a text that named somebody who was erased, and did not stand any more


def erased_on(day: date) -> str:
    """Return what is shown in the place of what was erased on a day: [erased 4 March 2019]."""
    return f"[erased {day.day} {day:%B %Y}]"


@dataclass(frozen=True, slots=True)
class Sealed:
    """Something about a person: kept under that person's own key, outside the signed leaf and outside the clear.

    Two are equal when they are about the same subject: what was said is known only on the way in, and after an erasure
    to nobody, while state and views must stay what they were (ledger §6).
    """

    subject: UUID
    value: str | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that supports a claim. `evidence_date` is what the file says of itself; `received_at` is when it came (domain B.1)."""

    sha256: str
    size: int
    media_type: str
    filename: str
    title: str
    evidence_date: date
    received_at: str
    classification: str
    supplied_by_agency: str | None = None
    redaction_of: str | None = None


def seen(text: str) -> str:
    """Return a text without characters that are not seen (zero-width, soft hyphens, marks of direction), in its plainest letters.

    Letters of other alphabets that look like ours are taken for them: a text is compared as it is read.
    """
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text).translate(DRESSED | ALIKE)
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")


def says(text: str | None) -> bool:
    """Say whether there is anything to be seen in a text."""
    return bool(text and seen(text).strip())


def worded(text: str | None) -> bool:
    """Say whether a text has a letter in it, in any script: a dash is not what somebody thinks."""
    return bool(text) and any(sign.isalpha() for sign in seen(text or ""))


def too_few(count: int) -> bool:
    """Say whether a count of people is not told, because everybody would know who they are; that there is nobody, is."""
    return 0 < count < FEWEST
