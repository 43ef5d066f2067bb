"""Holds free text that carries what identifies somebody: an NHS number, a unique pupil number, a date of birth, a name (INV-45).

It is held until the data protection officer has seen it (`held`): what they allow is taken as it stands when it is sent again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aggregates.entry.fields import Field, shape
from aggregates.entry.values import Evidence, Sealed, seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from aggregates.review.names import Names

_GAP = r"[\s./_\u00b7-]"
NHS_NUMBER = re.compile(  # as it is grouped: 3 3 4, 4 3 3, or digit by digit
    rf"(?<!\d)(?:\d{{3}}{_GAP}{{0,3}}\d{{3}}{_GAP}{{0,3}}\d{{4}}|\d{{4}}{_GAP}{{1,3}}\d{{3}}{_GAP}{{1,3}}\d{{3}}|\d(?:{_GAP}\d){{9}})(?!\d)"
)
RANDOM = re.compile(
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{64}\b", re.IGNORECASE
)  # a UUID, a file's hash: nobody's number
PUPIL_NUMBER = re.compile(r"(?<![\dA-Za-z])([A-HJ-NP-RT-Z])(\d{12}|\d{11}[A-HJ-NP-RT-Z])(?![\dA-Za-z])")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_NUMERIC = r"\d{1,2}[./ -]\d{1,2}[./ -]\d{2,4}|\d{4}[./ -]\d{1,2}[./ -]\d{1,2}"
_DATE = rf"(?:{_NUMERIC}|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? \d{{2,4}}|{_MONTH} \d{{1,2}},? \d{{4}})"
BIRTH_DATE = re.compile(
    rf"\b(?:d\.?\s?o\.?\s?b\b\.?|date of birth|birth ?(?:date|day)|born)(?: is| was| on| on the)?[\s:=(.-]{{0,4}}{_DATE}", re.IGNORECASE
)
PUPIL_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def screen(event: type[Any], values: Mapping[str, Any], known: Sequence[Names] = ()) -> Iterator[tuple[str, str, str]]:
    """Give each text of a command that carries what identifies somebody: the field, the text and the pattern."""
    for field in shape(event):
        for name, text in _texts(field, values.get(field.name)):
            if pattern := found(text) or ("the name of a person on record" if any(names.found(text) for names in known) else None):
                yield name, text, pattern


def found(text: str) -> str | None:
    """Name the pattern that a text carries, or None."""
    if text.isascii() and not any(map(str.isdigit, text)):  # all that is looked for has digits, and most texts have none
        return None
    text = seen(text)
    if any(nhs_number(re.sub(r"\D", "", found)) for found in NHS_NUMBER.findall(RANDOM.sub("", text))):
        return "an NHS number"
    if any(pupil_number(letter, rest) for letter, rest in PUPIL_NUMBER.findall(text.upper())):
        return "a unique pupil number"
    return "a date of birth" if BIRTH_DATE.search(text) else None


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
        for item in value.values():
            yield from _texts(field, item)
