"""Who is telephoned: drawn so that nobody could choose, and anybody can draw again (INV-24).

    population   the numbers of those who were there, in the order of the numbers
    population hash = SHA-256 of "muniment-population-1", the session's reference and each number, every one followed by a line feed
    a number's lot  = SHA-256 of "muniment-draw-1", the root of the checkpoint in hexadecimal, the population hash, the number of the
                      draw and the number itself, every one followed by a line feed
    the order       = the numbers by their lots, the lowest first; the first of them are selected

The checkpoint is the first that seals the closing of the attendance: it is not known before the attendance is closed, and nobody
picks it. Whoever cannot be reached in three calls, or declines, is replaced by the next of the order, and by nobody else.

    >>> order("00" * 32, population_hash("S1", ["1", "2", "3"]), "1", ["1", "2", "3"])
    ('1', '3', '2')
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

ALGORITHM: Final = "muniment-draw-1"
POPULATION: Final = "muniment-population-1"
MISSES: Final = 3  # calls without an answer, after which the next is asked


def population_hash(ref: str, numbers: Iterable[str]) -> str:
    """Return the hash of those who were there, by their numbers in a session."""
    return _hash(POPULATION, ref, *by_number(numbers))


def order(root: str, population_sha256: str, draw: str, numbers: Iterable[str]) -> tuple[str, ...]:
    """Return the numbers in the order in which they are drawn; `root` is the checkpoint's, in hexadecimal."""
    return tuple(sorted(by_number(numbers), key=lambda number: _hash(ALGORITHM, root, population_sha256, draw, number)))


def sample_size(population: int, percent: int, least: int) -> int:
    """Return how many are selected: so many in a hundred, rounded up, at least so many, and never more than there are."""
    return min(population, max(least, -(-population * percent // 100)))


def by_number(numbers: Iterable[str]) -> list[str]:
    """Return numbers in their order: 2 comes before 10."""
    return sorted(numbers, key=lambda number: (len(number), number))


def _hash(*parts: str) -> str:
    return sha256("".join(f"{part}\n" for part in parts).encode()).hexdigest()
