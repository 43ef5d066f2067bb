"""Counts of people that are too small to be said, and those with which they could be worked out (journey F.2).

A table of counts has totals along both sides. A count from 1 to 4 is not said (primary suppression). What could be found from what is
left is not said either (secondary suppression): along each line as many more are hidden as it takes until what is hidden of the line,
taken together, is two counts and five people at least, and two people for each count: of five counts that are five people together,
everybody could tell that each is one. And a hidden count that its lines would still give away takes another with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from aggregates.entry.values import FEWEST, too_few

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Place: TypeAlias = tuple[int, int]
Table: TypeAlias = list[list[int]]


def suppressed(counts: Sequence[Sequence[int]]) -> list[list[int | None]]:
    """Return a table with a last row and a last column of totals added; None is what is not said."""
    (shown,) = suppressed_together([counts], [])
    return shown


def suppressed_together(
    tables: Sequence[Sequence[Sequence[int]]], same: Sequence[tuple[tuple[int, Place], tuple[int, Place]]]
) -> list[list[list[int | None]]]:
    """Return several tables so; `same` are pairs of counts, each by the number of its table and its place: one gives the other away."""
    whole = [_with_totals(counts) for counts in tables]
    hidden = [{place for place, count in _places(table) if too_few(count)} for table in whole]
    told: list[tuple[int, Place]] = [(-1, (0, 0))]
    while told:
        for table, those in zip(whole, hidden, strict=True):
            while more := _given_away(table, those):
                those.add(more)
        told = [
            other for pair in same for one, other in (pair, pair[::-1]) if one[1] in hidden[one[0]] and other[1] not in hidden[other[0]]
        ]
        for number, place in told:
            hidden[number].add(place)
    return [_said(table, those) for table, those in zip(whole, hidden, strict=True)]


def _with_totals(counts: Sequence[Sequence[int]]) -> Table:
    table = [[*row, sum(row)] for row in counts]
    table.append([sum(column) for column in zip(*table, strict=True)] if table else [])
    return table


def _said(table: Table, hidden: set[Place]) -> list[list[int | None]]:
    return [[None if (row, column) in hidden else count for column, count in enumerate(line)] for row, line in enumerate(table)]


def _places(table: Table) -> Iterator[tuple[Place, int]]:
    yield from (((row, column), count) for row, line in enumerate(table) for column, count in enumerate(line))


def _lines(table: Table) -> Iterator[list[Place]]:
    """Give every line whose last count is the total of the others."""
    yield from ([(row, column) for column in range(len(line))] for row, line in enumerate(table))
    yield from ([(row, column) for row in range(len(table))] for column in range(len(table[0]) if table else 0))


def _given_away(table: Table, hidden: set[Place]) -> Place | None:
    """Return what else has to be hidden, because something hidden could be found out; None where nothing can."""
    for line in _lines(table):
        covered = [place for place in line if place in hidden]
        if covered and not _covers(table, line, covered, hidden) and (more := _next(table, line, hidden)):
            return more
    bare = _bridge(hidden)
    if bare is None:
        return None
    row, column = bare
    every = [(row, other) for other in range(len(table[0]))] + [(other, column) for other in range(len(table))]
    return _next(table, every, hidden)


def _covers(table: Table, line: list[Place], covered: list[Place], hidden: set[Place]) -> bool:
    """Say whether what is hidden of a line could be several things. A hidden total could be anything that its parts allow."""
    if len(covered) == 1 or line[-1] in covered:
        return len(covered) > 1
    within = sum(max(1, _within(table, place, hidden)) for place in covered)
    return sum(table[row][column] for row, column in covered) >= max(FEWEST, 2 * within)


def _within(table: Table, place: Place, hidden: set[Place]) -> int:
    """Return how many hidden counts a total is of; none where it is no total."""
    row, column = place
    rows, columns = len(table) - 1, len(table[0]) - 1
    of_row = sum((row, other) in hidden for other in range(columns)) if column == columns else 0
    return of_row + (sum((other, column) in hidden for other in range(rows)) if row == rows else 0)


def _next(table: Table, line: list[Place], hidden: set[Place]) -> Place | None:
    """Return the smallest count of a line that is still said; a nought hides nothing unless nothing else is left."""
    left = [place for place in line if place not in hidden]
    return min(left, key=lambda place: (not table[place[0]][place[1]], table[place[0]][place[1]], place), default=None)


def _bridge(hidden: set[Place]) -> Place | None:
    """Return a hidden count that the lines give away: taken as an edge between its row and its column, it is on no ring of such."""
    for place in sorted(hidden):
        rest, (row, column) = hidden - {place}, place
        reached, fresh = {("row", row)}, [("row", row)]
        while fresh:
            side, at = fresh.pop()
            for r, c in rest:
                if (side, at) in {("row", r), ("column", c)}:
                    for end in (("row", r), ("column", c)):
                        if end not in reached:
                            reached.add(end)
                            fresh.append(end)
        if ("column", column) not in reached:
            return place
    return None
