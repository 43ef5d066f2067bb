"""Texts as people see them: what nobody sees does not count, and what looks the same is the same."""

from __future__ import annotations

import unicodedata
from typing import Final

# As a word processor dresses them up.
DRESSED: Final = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-") | dict.fromkeys("\u2018\u2019\u201b\u02bc", "'")
)


def seen(text: str) -> str:
    """Return a text without characters that are not seen (zero-width, soft hyphens, marks of direction), in its plainest letters."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text).translate(DRESSED)
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")


def says(text: str | None) -> bool:
    """Say whether there is anything to be seen in a text."""
    return bool(text and seen(text).strip())
