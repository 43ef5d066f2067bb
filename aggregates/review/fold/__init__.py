"""How each entry of a review changes what is true of it.

Total, so that history can always be read: an amendment can leave an entry without what it rested on. What rests on something that
does not stand (a replacement of nobody, a check of nothing published) says nothing; anything else is taken at its word.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from aggregates.review.fold import conducting, deciding, following
from aggregates.review.state import Paused

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from aggregates.entry import Entry
    from aggregates.review.state import ReviewState

TAKES: Final = {**deciding.TAKES, **conducting.TAKES, **following.TAKES}
BEGINNINGS: Final = frozenset({"review.referred.v1", "review.external_noted.v1"})


def fold(entries: Iterable[Entry], before: ReviewState | None = None) -> ReviewState | None:
    """Fold the entries that stand, in the order in which they were true; None where nothing was referred or noted."""
    review = before
    for entry in entries:
        if entry.event.TOPIC in BEGINNINGS:
            review = deciding.beginning(entry.body)
        elif review is not None and (take := TAKES.get(entry.event.TOPIC)):
            review = _going_on(review, take(review, entry.occurred_on, entry.body), entry.occurred_on)
    return review


def _going_on(before: ReviewState, after: ReviewState, on: date) -> ReviewState:
    """End a pause on the day on which the review goes on, by whatever entry."""
    if not isinstance(before.status, Paused) or isinstance(after.status, Paused):
        return after
    return replace(after, pauses=(*after.pauses[:-1], replace(after.pauses[-1], end=on)))
