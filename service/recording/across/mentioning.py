"""Finding the entries that say a word without opening all the others.

What an entry says stands in its disclosures as base64url, which writes the same word in one of three ways, by where it begins. An
entry in which none of them is found does not say it; one in which one is found may, and is verified and read before anything is
taken from it. So this spares reading, and decides nothing.
"""

from __future__ import annotations

from service.verify import b64url, canonical

BITS_OF_A_LETTER, BITS_OF_A_BYTE = 6, 8


def spellings(word: str) -> list[str]:
    """Return how `ledger.disclosure` may spell a text that is this word or begins with it: patterns of LIKE, any of which may match.

    An underscore of base64url stands for any letter in a pattern, which finds no fewer.
    """
    begun = canonical(word)[:-1]  # as JSON has it, whatever follows
    return [f"%{_certain(begun, before)}%" for before in range(3)]


def _certain(text: bytes, before: int) -> str:
    """Return the letters of base64url that are these bytes' alone, after some number of other bytes."""
    first = -(-before * BITS_OF_A_BYTE // BITS_OF_A_LETTER)
    last = (before + len(text)) * BITS_OF_A_BYTE // BITS_OF_A_LETTER
    return b64url(bytes(before) + text)[first:last]
