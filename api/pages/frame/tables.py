"""Tables that can grow: sorted and paged on the server and exported whole, by an address that carries all of it beside the clocks.

A page with several tables names the one that is sorted, paged or exported (`table`); the others stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from flask import request

from api.pages.frame import exports
from api.pages.frame.clocks import NotADay, read_day
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from flask import Response

    from api.pages.frame import Look

SIZE, OF_SEVERAL = 25, 50  # rows of a page: of a list, and of a table among several
GROWN: Final = 7  # rows from which on a table sorts and is exported: a shorter one is read at a glance
LAST_PAGE: Final = 10_000  # beyond any table
DAY: Final = re.compile(r"\d{1,2} [A-Z][a-z]+ \d{4}")
DIGITS: Final = re.compile(r"(\d+)")
Key = tuple[int, tuple[tuple[int, int, str], ...]]


class Later(Sequence[Any]):
    """A row that is laid out when it is shown, sorted or exported: a list has thousands, and a page shows the first of them.

    `known` are cells, by their place, that cost nothing: by them a list is narrowed.
    """

    def __init__(self, lay_out: Callable[[], Sequence[Any]], known: Mapping[int, Any] | None = None) -> None:
        """Take what lays it out, once."""
        self._known, self._lay_out = known or {}, cache(lay_out)

    def __getitem__(self, place: Any) -> Any:
        """Return a cell."""
        return self._known[place] if isinstance(place, int) and place in self._known else self._lay_out()[place]

    def __len__(self) -> int:
        """Return how many cells it has."""
        return len(self._lay_out())


@dataclass(frozen=True, slots=True)
class Read(Sequence[Any]):
    """Rows that stay in the order in which they are given and are read when they are shown or exported, those of a page at once.

    `read` takes what stands for them, as many as are asked for.
    """

    given: Sequence[Any]
    read: Callable[[Sequence[Any]], Sequence[Sequence[Any]]]

    def __getitem__(self, place: Any) -> Any:
        """Return some rows, or one."""
        return self.read(self.given[place]) if isinstance(place, slice) else self.read([self.given[place]])[0]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.given)


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows that the database puts in order and cuts, because there may be any number of them.

    `cut` takes the column to sort by, as `tag` has it, whether the other way round, and how many rows to leave out and to give at most.
    """

    total: int
    cut: Callable[[str | None, bool, int, int | None], Sequence[Sequence[Any]]]

    def __len__(self) -> int:
        """Return how many there are."""
        return self.total


def tag(words: str) -> str:
    """Return what a heading is called in an address."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def exported(seen: Look, name: str, tables: Sequence[Mapping[str, Any]]) -> Response | None:
    """Return the file that the page's address asks for instead of the page: of the table that it names, or of the first."""
    form = exports.asked()
    if form is None:
        return None
    called = request.args.get("table")
    found = next((one for one in tables if called in (None, tag(one["heading"]))), None)
    if found is None:
        raise NotFound(kind="table", ref=called or "")
    args = request.args if called is None else _args(found)
    heading = str(found["heading"]).lower()
    rows = _page(found, args, 0, None)
    return exports.give(seen, name if name == heading else f"{name}, {heading}", found["columns"], rows, form)


def kept_order() -> dict[str, str]:
    """Return the order that the page's address asks for: a list keeps it when it is narrowed, cleared or shown on another day."""
    return {name: asked for name in ("table", "sort", "order") if (asked := request.args.get(name))}


def shown(seen: Look, path: str, table: Mapping[str, Any], *, kept: Mapping[str, str] | None = None, alone: bool = False) -> dict[str, Any]:
    """Return a table sorted and cut as its address asks, with the links that do so, as `macros/facts.html` takes it.

    `kept` is what the address carries besides the clocks; a table that is `alone` on its page need not be named there.
    """
    name = tag(table["heading"])
    args = request.args if alone and "table" not in request.args else _args(table)
    total = len(table["rows"])
    grown = total >= GROWN
    here = {"sort": args.get("sort"), "order": args.get("order")}

    def again(**changed: Any) -> str:
        named = {} if alone else {"table": name}
        return seen.link(path, **{**(kept or {}), **named, **here, **changed}) + ("" if alone else f"#{name}")

    number, size = page_asked(args), SIZE if alone else OF_SEVERAL
    return {
        **table,
        "id": name,
        "columns": [_column(text, args, again if grown and table.get("sorts", True) else None) for text in table["columns"]],
        "rows": _page(table, args, (number - 1) * size, size),
        "opened": bool(args),
        "sorted": args.get("sort", "") in [tag(text) for text in table["columns"]],
        "pager": pager(number, total, lambda page: again(page=page), size),
        "first_href": again(page=None),
        "exports": exports.links(lambda form: again(format=form)) if grown else None,
    }


def page_asked(args: Mapping[str, str] | None = None) -> int:
    """Return the number of the page that is asked for."""
    asked = (request.args if args is None else args).get("page", "")
    return min(max(1, int(asked)), LAST_PAGE) if asked.isascii() and asked.isdigit() else 1


def pager(number: int, total: int, href: Callable[[int], str], size: int = SIZE) -> dict[str, Any]:
    """Return which rows a page shows, and where the pages beside it are, as `macros/lists.html` takes it."""
    first = (number - 1) * size
    return {
        "first": first + 1,
        "last": max(first, min(first + size, total)),
        "total": total,
        "previous_href": href(number - 1) if number > 1 else None,
        "next_href": href(number + 1) if total > number * size else None,
    }


def _args(table: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what the page's address asks of a table: nothing where it names another, or none."""
    return request.args if request.args.get("table") == tag(table["heading"]) else {}


def _column(text: str, args: Mapping[str, str], again: Callable[..., str] | None) -> dict[str, Any]:
    name = tag(text)
    down = args.get("order") == "descending"
    here = args.get("sort") == name
    href = again(sort=name, order="descending" if here and not down else None, page=None) if again else None
    return {"text": text, "href": href, "sorted": ("descending" if down else "ascending") if here else None}


def _page(table: Mapping[str, Any], args: Mapping[str, str], first: int, most: int | None) -> Sequence[Sequence[Any]]:
    """Return so many rows, in the order that the address asks for, after the first so many."""
    if not isinstance(rows := table["rows"], Cut):
        return _ordered(table, args)[first : None if most is None else first + most]
    asked = next((name for name in map(tag, table["columns"]) if name == args.get("sort")), None)
    return rows.cut(asked, args.get("order") == "descending", first, most)


def _ordered(table: Mapping[str, Any], args: Mapping[str, str]) -> Sequence[Sequence[Any]]:
    """Return the rows by the column that the address names, what says nothing last; as they are given where it names none."""
    rows: Sequence[Sequence[Any]] = table["rows"]
    names = [tag(text) for text in table["columns"]]
    if args.get("sort") not in names or not table.get("sorts", True):
        return rows
    place = names.index(args["sort"])
    told = [(key, row) for row in rows if (key := _key(row[place])) is not None]
    silent = [row for row in rows if _key(row[place]) is None]
    return [row for _, row in sorted(told, key=lambda one: one[0], reverse=args.get("order") == "descending")] + silent


def first_of(said: Any) -> str | date:
    """Return the first that a cell says: a day as a day, also where it is written out."""
    if isinstance(said, Sequence) and not isinstance(said, str):
        said = next((one for one in said if one is not None), None)
    if isinstance(said, date):
        return said
    text = exports.plain(said)
    if found := DAY.match(text):
        with suppress(NotADay):
            return read_day(found[0])
    return text


def _key(said: Any) -> Key | None:
    """Return by what a cell is sorted: days before words, and numbers within words as numbers; None where it says nothing."""
    first = first_of(said)
    if isinstance(first, date):
        return 0, ((0, first.toordinal(), ""),)
    parts = [part for part in DIGITS.split(first.casefold()) if part]
    return (1, tuple(_number(part) if part.isdecimal() else (1, 0, part) for part in parts)) if parts else None


def _number(digits: str) -> tuple[int, int, str]:
    """Return by what a number is sorted, however long: by how many digits it has, and then by these."""
    counted = digits.lstrip("0")
    return 0, len(counted), counted
