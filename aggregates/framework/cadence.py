"""The periods of an obligation that comes again: from a day on, one after the other; each is met by what was done for it, or in it.

A label (`aggregates.clocks.labels`) says for which days something was done: then a late answer meets
its own period, and not the one in which it came; and one that came before its own period had begun meets the one in which it came, where
nothing else did. Without a label, the day on which it was done decides.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from aggregates.framework.owing import after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from aggregates.entry import Entry
    from aggregates.framework.clauses import Span

MOST: Final = 10_000  # periods of one owner: beyond any framework


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of days, its last included, and the day by which what it asks for is due."""

    first: date
    last: date
    due_on: date


class Answer(NamedTuple):
    """Something that was done: when, by which entry, the day in the middle of what it `names`, and how well if somebody graded it.

    Or, where it `ends` a period, that nothing is asked for in it any more. What was taken back counts for nothing from the day on which
    it was `undone`, by an entry.
    """

    on: date
    at: int
    names: date | None
    grade: str | None = None
    ends: bool = False
    undone_on: date | None = None
    undone_at: int | None = None

    @property
    def day(self) -> date:
        """Return the day that says for which period something was done: of days that overlap two, where most of them are."""
        return self.names or self.on


def periods(
    begins: date, length: Callable[[date], tuple[Span, int]], until: date, *, grace: tuple[Span, int] | None = None
) -> list[Period]:
    """Return the periods from a day on, up to the one in which another day is. How long each is, is asked of the day on which it begins."""
    found: list[Period] = []
    anchor, first, number, last_length = begins, begins, 0, None
    while first <= until and first < date.max and len(found) < MOST:
        span, count = length(first)
        if (span, count) != last_length:  # counted from where the length changed, so that months do not drift from the month's end
            anchor, number, last_length = first, 0, (span, count)
        number += 1
        following = after(anchor, span, max(1, count) * number)
        last = following - timedelta(1)
        found.append(Period(first, last, after(last, *grace) if grace else last))
        first = following
    return found


def answered(owed: Sequence[Period], answers: Iterable[Answer]) -> list[tuple[Period, Answer | None]]:
    """Return each period with the first thing that was done for it, if anything was; otherwise with what ended it.

    Whether it was undone is not asked: give what stands, or what does not.
    """
    firsts = [period.first for period in owed]
    found: dict[int, Answer] = {}
    labels: set[date] = set()  # for which something counts already: asking many for one half-year is asking once
    first: set[tuple[date, bool]] = set()  # of what names the same, the first alone can count, whether it does or not
    for answer in sorted(answers, key=lambda answer: (answer.ends, answer.on, answer.at)):
        if answer.names in labels or (answer.names, answer.ends) in first:
            continue
        first |= {(answer.names, answer.ends)} if answer.names else set()
        could = (number for number in _for(owed, firsts, answer) if number not in found)
        if (number := next(could, None)) is not None:
            found[number] = answer
            labels |= {answer.names} if answer.names else set()
    return [(period, found.get(number)) for number, period in enumerate(owed)]


def _for(owed: Sequence[Period], firsts: Sequence[date], answer: Answer) -> Iterator[int]:
    """Give the periods for which an answer can count, the first of them first; for one of them it does."""
    came = bisect_right(firsts, answer.on) - 1
    own = bisect_right(firsts, answer.day) - 1
    if answer.names is None and came > 0 and answer.on <= owed[came - 1].due_on:
        yield came - 1  # within the grace of the period before
    if 0 <= came < own:
        yield came
    if own >= 0 and answer.day <= owed[own].due_on:
        yield own


class Given(NamedTuple):
    """An answer, by the stream in which it was given, and by which of the rule's undoings it was taken back there, if by any."""

    answer: Answer
    thing: str
    taken_back: int | None = None


def undone(given: tuple[Given, ...], thing: str, by: int, entry: Entry) -> tuple[Given, ...]:
    """Take back by an entry what was given in its stream."""
    return tuple(
        Given(one.answer._replace(undone_on=entry.occurred_on, undone_at=entry.number), thing, by)
        if one.thing == thing and one.taken_back is None
        else one
        for one in given
    )


def given_back(given: tuple[Given, ...], thing: str, by: int) -> tuple[Given, ...]:
    """Let stand again what was taken back in a stream by one of the rule's undoings."""
    return tuple(
        Given(one.answer._replace(undone_on=None, undone_at=None), thing) if (one.thing, one.taken_back) == (thing, by) else one
        for one in given
    )


def counted(kept: tuple[Answer, ...], answer: Answer) -> tuple[Answer, ...]:
    """Add an answer to those of the same day that came before it, or return the very same where it can count for no period any more.

    What names a period counts once. What does not counts for the period of its day, and once more for the one before, in its grace.
    """
    most = 1 if answer.names else 2
    return (*kept, answer) if sum(one.ends == answer.ends and not one.undone_on for one in kept) < most else kept
