"""How answers leave the command line: a table for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.cells import cell_len
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from aggregates.clocks.dates import day_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

T = TypeVar("T")
BETWEEN = 10.0  # seconds between two lines about long work, where no terminal shows a bar


class Day(click.ParamType):  # type: ignore[type-arg]  # generic in newer versions of click only
    """A date as ISO writes it."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read YYYY-MM-DD and nothing else."""
        if isinstance(value, date):
            return value
        try:
            return day_of(value)
        except ValueError:
            self.fail(f"{value!r} is not a date: write it as 2016-11-14", param, ctx)


class Known(Day):
    """A date, or the position of an event."""

    name = "date or event"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read a date, or a whole number: what was known once that event was recorded."""
        if isinstance(value, int) or (isinstance(value, str) and value.isdecimal() and value.isascii()):
            return int(value)
        return super().convert(value, param, ctx)


def clocks(command: Any) -> Any:
    """Give a reading command its two clocks and its format."""
    command = click.option("--as-at", type=Day(), help="What was true on this date (today).")(command)
    return click.option("--known-at", type=Known(), help="As known at the end of this date, or at this event (now).")(command)


def show(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], form: str, *, title: str) -> None:
    """Print rows: as a table under a title, as CSV, or as JSON with everything there is."""
    if form == "json":
        click.echo(json.dumps({"title": title, "items": list(rows)}, default=str, ensure_ascii=False, indent=2))
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(columns)
        writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    else:
        table([[_words(row.get(name)) for name in columns] for row in rows], list(columns.values()), title, Console())


def table(rows: Sequence[Sequence[str]], heads: Sequence[str], title: str, console: Console) -> None:
    """Print a table of which no word is cut or broken, and so no reference.

    It is as wide as the terminal where its longest words fit beside each other, else each row is told line by line; where there is no
    terminal (and no COLUMNS), it is as wide as what is in it.
    """
    columns = list(zip(heads, *rows, strict=True))
    least = [max(cell_len(word) for cell in column for word in cell.split() or [""]) for column in columns]
    most = [max(cell_len(line) for cell in column for line in cell.splitlines() or [""]) for column in columns]
    borders = 3 * len(heads) + 1
    if not console.is_terminal and not os.environ.get("COLUMNS"):
        console.width = max(sum(most) + borders, cell_len(title))
    console.print(Text(title, style="italic"))
    if sum(least) + borders > console.width:
        for row in rows:
            said = "\n".join(f"{head}: {cell}" for head, cell in zip(heads, row, strict=True) if cell)
            console.print(Text(f"\n{said}"), soft_wrap=True)
        return
    drawn = Table(header_style="bold")
    for head, width in zip(heads, _fitting(least, most, console.width - borders), strict=True):
        drawn.add_column(Text(head), overflow="fold", width=width)
    for row in rows:
        drawn.add_row(*map(Text, row))  # as it stands: brackets are no markup
    console.print(drawn)


def _fitting(least: Sequence[int], most: Sequence[int], room: int) -> list[int]:
    """Return the width of each column, in cells, of which there are so many: the widest are narrowed first, none below its longest word."""
    widest, widths = max(most), list(most)
    while sum(widths) > room:
        widest -= 1
        widths = [max(low, min(high, widest)) for low, high in zip(least, most, strict=True)]
    return widths


def followed(items: Sequence[T], what: str, *, between: float = BETWEEN) -> Iterator[T]:
    """Give one after another and show how far it has come: as a bar on a terminal, elsewhere in a plain line now and then."""
    console = Console(stderr=True)
    if console.is_terminal:
        yield from track(items, description=what, console=console)
        return
    told = time.monotonic()
    for number, item in enumerate(items):
        if time.monotonic() - told >= between:
            click.echo(f"{what}: {number:,} of {len(items):,}", err=True)
            told = time.monotonic()
        yield item


def counted(number: int, what: str) -> str:
    """Return how many there are, in words: `1 obligation`, `1,960 obligations`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text  # a spreadsheet must not run what somebody typed


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value.day} {value:%b %Y}" if isinstance(value, date) else str(value).replace("|", " | ")  # an obligation's parts
