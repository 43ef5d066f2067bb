"""What the folds of every part of a review's life share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, TypeAlias

from aggregates.review import parts as p
from aggregates.review import state as s

# Takes an entry: the review before it, the day from which the entry is true, and what it says.
Take: TypeAlias = Callable[[s.ReviewState, date, Any], s.ReviewState]


def begun(review: s.ReviewState) -> s.ReviewState:
    """Let the work begin with the first thing that is done after the commission."""
    return replace(review, status=s.InProgress()) if isinstance(review.status, s.Commissioned) else review


def joined(known: tuple[str, ...], *more: str) -> tuple[str, ...]:
    """Return what is known and what is new, each once, in the order in which it came."""
    once: dict[str, str] = {}
    for one in (*known, *more):
        once.setdefault(p.same(one), one)
    return tuple(once.values())
