"""How answers leave the command line: a table for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import json
import sys
import time
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

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
        _table([[_words(row.get(name)) for name in columns] for row in rows], list(columns.values()), title)


def _table(rows: Sequence[Sequence[str]], heads: Sequence[str], title: str) -> None:
    """Print a table in which nothing is broken within a word, and so no reference: it is wider than the terminal rather than that."""
    table = Table(title=title, title_justify="left", header_style="bold")
    longest = [max(len(word) for cell in column for word in cell.split() or [""]) for column in zip(heads, *rows, strict=True)]
    for head, least in zip(heads, longest, strict=True):
        table.add_column(head, overflow="fold", min_width=least)
    for row in rows:
        table.add_row(*row)
    console = Console()
    console.width = max(console.width, sum(longest) + 3 * len(heads) + 1)
    console.print(table)


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
