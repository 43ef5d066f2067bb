"""A list of things of the Board: what is shown, in pages of the server's making, with what can be begun from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import request

from api.pages.acting.possible import to_begin
from api.pages.frame import Look, render
from api.pages.frame.clocks import address
from api.pages.frame.entries import page_of
from api.pages.frame.thing import Said, link
from service.commands import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask import Response

SIZE: Final = 25  # rows of a page


def show(
    seen: Look,
    kind: str,
    path: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Said]],
    *,
    template: str = "board/list.html",
    kept: Mapping[str, str] | None = None,
    **said: Any,
) -> Response:
    """Render a list: `heading`, `lead` (what it answers), `empty` (a title and a sentence).

    `kept` is what its address carries besides the clocks: the filters of a list that has some.
    """
    carried = dict(kept or {})
    number = max(1, request.args.get("page", 1, type=int))
    shown = rows[(number - 1) * SIZE : number * SIZE]
    pager = {
        "first": (number - 1) * SIZE + 1,
        "last": (number - 1) * SIZE + len(shown),
        "total": len(rows),
        "previous_href": seen.link(path, **carried, page=number - 1) if number > 1 else None,
        "next_href": seen.link(path, **carried, page=number + 1) if len(rows) > number * SIZE else None,
    }
    return render(
        template,
        look=seen,
        path=path,
        columns=columns,
        rows=shown,
        pager=pager,
        noun=kind,
        tasks=to_begin(kind) if seen.clocks.is_now else [],
        now_href=address(path, carried),
        **said,
    )


def linked(seen: Look, about: str | None) -> Said:
    """Return a link to what `kind:ref` names, or the words themselves where there is no such page."""
    kind, _, ref = (about or "").partition(":")
    href = page_of(kind, ref) if kind in KINDS else None
    return link(f"{ref} {seen.title_of(kind, ref)}".strip(), seen.link(href)) if href else about


def findings(seen: Look, sources: Sequence[str]) -> list[Said]:
    """Return links to the reviews of findings (`SB-2015-01/F1`), and to what else teaches something (`session:AIACP-2016-11`)."""
    return [linked(seen, one) if ":" in one else link(one, seen.link(f"/reviews/{one.partition('/')[0]}")) for one in sources]
