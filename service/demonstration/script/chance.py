"""What looks like chance and is the same every time: each choice follows from the words that say what is chosen."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

T = TypeVar("T")
SATURDAY = 5


def share(*what: object) -> float:
    """Return a number from 0 up to 1 for what is chosen."""
    digest = sha256(" ".join(map(str, what)).encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48


def between(first: int, last: int, *what: object) -> int:
    """Return a whole number from the first to the last."""
    return first + int(share(*what) * (last - first + 1))


def one_of(options: Sequence[T], *what: object) -> T:
    """Return one of the options, each as likely as the other."""
    return options[int(share(*what) * len(options))]


def weighted(options: Mapping[T, float], *what: object) -> T:
    """Return one of the options, each as likely as its weight says."""
    left = share(*what) * sum(options.values())
    for option, weight in options.items():
        left -= weight
        if left < 0:
            return option
    return list(options)[-1]


def some(items: Collection[T], count: int, *what: object) -> list[T]:
    """Return as many of the items as are asked for, in the order in which they came."""
    kept = set(sorted(range(len(items)), key=lambda number: share(*what, number))[:count])
    return [item for number, item in enumerate(items) if number in kept]


def after(day: date, days: int) -> date:
    """Return the day so many days later, or the next on which offices are open."""
    then = day + timedelta(days)
    return then + timedelta(max(0, 7 - then.weekday()) if then.weekday() >= SATURDAY else 0)
