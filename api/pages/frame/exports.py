"""What a table shows, as a file: every row that its filters leave, as CSV for a spreadsheet or as JSON; its name says what and of when."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from flask import Response, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from api.pages.frame import Look

FORMS: Final = ("csv", "json")
FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet begins to reckon
CLOCKS: Final = ("as at", "as known at event")


def asked() -> str | None:
    """Return the form that the page's address asks for; None for the page itself."""
    form = request.args.get("format")
    return form if form in FORMS else None


def links(address: Callable[[str], str]) -> dict[str, str]:
    """Return where a table is had as a file, by form, as `macros/lists.html` takes them: `address` says where it is in a form."""
    return {form: address(form) for form in FORMS}


def give(seen: Look, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], form: str) -> Response:
    """Give rows as a file: each cell as it is said, each row with both clocks."""
    at = {"as at": seen.clocks.as_at.isoformat(), "as known at event": seen.clocks.known_at}
    body, kind = _json(columns, rows, at) if form == "json" else _csv(columns, rows, at)
    response = Response(body, content_type=kind)
    called = f"{name} as at {at['as at']} as known at event {at['as known at event']}.{form}"
    response.headers.set("Content-Disposition", "attachment", filename=called)
    return response


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Any]], at: Mapping[str, Any]) -> tuple[str, str]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*columns, *at])
    writer.writerows([*map(cell, map(plain, row)), *at.values()] for row in rows)
    return "\ufeff" + text.getvalue(), "text/csv; charset=utf-8"  # a spreadsheet takes it for UTF-8 by its mark


def _json(columns: Sequence[str], rows: Iterable[Sequence[Any]], at: Mapping[str, Any]) -> tuple[str, str]:
    items = [dict(zip(columns, map(plain, row), strict=True)) for row in rows]
    return json.dumps({**at, "rows": items}, ensure_ascii=False), "application/json"


def plain(said: Any) -> str:
    """Return what a cell says as text, each of its parts after the other; a day as 2016-11-14."""
    if said is None:
        return ""
    if isinstance(said, date):
        return said.isoformat()
    if isinstance(said, Mapping):
        return str(said["text"])
    if isinstance(said, Sequence) and not isinstance(said, str):
        return "; ".join(filter(None, map(plain, said)))
    return str(said)


def cell(text: str) -> str:
    """Return a cell of CSV: a spreadsheet must not run what somebody typed."""
    return f"'{text}" if text.startswith(FORMULAS) else text
