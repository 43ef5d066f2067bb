"""What a report is made of: figures, each number and each line with the events behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from aggregates.returns.report.public import Withheld

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date


@dataclass(frozen=True, slots=True)
class Number:
    """A number and the positions of the events behind it. None is a count of people too small to be said, or that would give one away."""

    is_: int | None
    events: tuple[int, ...] = ()


Cell: TypeAlias = "str | int | date | Number"


@dataclass(frozen=True, slots=True)
class Lack:
    """What a figure lacks, in words; and of which thing, where it is of one: `review:SB-2015-01`."""

    says: str
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a report: what it says in a sentence, its numbers, its table, and what it lacks. It says `empty` where it has nothing.

    `counts` are (label, number) pairs, drawn as bars where `drawn`. `rows` have a cell for each of `columns`; the events behind a row
    are in `behind`, one for each row. `of_people`: its numbers are of people, so the small ones are suppressed.
    """

    id: str
    title: str
    says: str
    counts: Sequence[tuple[str, Number]] = ()
    drawn: bool = False
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Cell]] = ()
    behind: Sequence[tuple[int, ...]] = ()
    empty: str = ""
    lacking: Sequence[Lack] = field(default_factory=tuple)
    of_people: bool = False

    def plain(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return {
            "id": self.id,
            "title": self.title,
            "says": said(self.says if self.rows or self.counts else self.empty or self.says),
            "counts": [{"label": label, **_number(number)} for label, number in self.counts],
            "drawn": self.drawn,
            "columns": list(self.columns),
            "rows": [
                {"cells": [_cell(cell) for cell in row], "events": list(events)} for row, events in zip(self.rows, self.behind, strict=True)
            ],
            "of_people": self.of_people,
        }


def number(events: Iterable[Any]) -> Number:
    """Return how many events there are, with their positions."""
    found = tuple(sorted(one.at for one in events))
    return Number(len(found), found)


def said(value: Any) -> Any:
    """Return a value as it may be said; refuse what is not public."""
    if isinstance(value, Withheld):
        value.refuse()
    return value


def _cell(cell: Any) -> Any:
    if isinstance(cell, Number):
        return _number(cell)
    return cell.isoformat() if hasattr(cell, "isoformat") else said(cell)


def _number(it: Number) -> dict[str, Any]:
    return {"is": it.is_, "events": list(it.events)}


def day(on: date) -> str:
    """Return a day as people write it."""
    return f"{on.day} {on:%B %Y}"


def of(count: int, one: str, several: str | None = None) -> str:
    """Return how many there are of something: `1 action`, `3 actions`."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"
