"""A list of things of the Board: what is shown, in pages of the server's making, with what can be begun from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.pages.acting.possible import to_begin
from api.pages.board.filters import asked, cleared
from api.pages.frame import Look, render, tables
from api.pages.frame.clocks import address
from api.pages.frame.entries import named, page_of
from api.pages.frame.thing import Said, link, section
from api.resources.record.visible import Visible
from projections import reviews
from service.commands import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from flask import Response

    from api.pages.board.filters import Filter


def show(
    seen: Look,
    kind: str,
    path: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Said]] | tables.Cut,
    *,
    facets: Sequence[str] = (),
    filters: Sequence[Filter] = (),
    sections: Sequence[dict[str, Any]] = (),
    template: str = "board/list.html",
    kept: Mapping[str, str] | None = None,
    **said: Any,
) -> Response:
    """Render a list: `heading`, `lead` (what it answers), `empty` (a title and a sentence).

    `facets` are the columns by whose first words, or years, it can be narrowed; by `filters` it was narrowed already, and `kept` is what
    else its address carries besides the clocks. `sections` are tables under it.
    """
    every = [] if isinstance(rows, tables.Cut) else rows
    offered = [_facet(name, (row[columns.index(name)] for row in every)) for name in facets]
    narrowed = _Narrowed(columns, every, offered)
    left = rows if isinstance(rows, tables.Cut) else narrowed.left()
    chosen = [*filters, *offered]
    carried = dict(kept or {}) | {one.name: one.value for one in chosen if one.value}
    table = section(str(said["heading"]), columns, left, "")
    if answer := tables.exported(seen, str(said["heading"]).lower(), [table, *sections]):
        return answer
    here = carried | tables.kept_order()
    return render(
        template,
        look=seen,
        path=path,
        table=tables.shown(seen, path, table, kept=carried, alone=True),
        sections=[tables.shown(seen, path, one, kept=carried) for one in sections],
        filters=[one.select for one in chosen if len(one.options) > 1],
        cleared=[] if left else cleared(offered, lambda name: (len(narrowed.left(name)), seen.link(path, **here | {name: None}))),
        clear_href=seen.link(path, **{**(kept or {}), **tables.kept_order()}) if any(one.value for one in chosen) else None,
        kept=kept or {},
        noun=kind,
        tasks=to_begin(kind) if seen.clocks.is_now else [],
        now_href=address(path, here),
        **said,
    )


def several(seen: Look, template: str, path: str, sections: Sequence[dict[str, Any]], *, kept: Mapping[str, str], **said: Any) -> Response:
    """Render a page of several tables, each of which sorts, pages and is exported by itself."""
    if answer := tables.exported(seen, str(said["heading"]).lower(), sections):
        return answer
    parts = [tables.shown(seen, path, one, kept=kept) for one in sections]
    now_href = address(path, {**kept, **tables.kept_order()})
    return render(template, look=seen, path=path, kept=kept, sections=parts, now_href=now_href, **said)


@dataclass(frozen=True, slots=True)
class _Narrowed:
    """The rows of a list, and the facets by which its address narrows them."""

    columns: Sequence[str]
    rows: Sequence[Sequence[Said]]
    facets: Sequence[Filter]

    def left(self, without: str | None = None) -> list[Sequence[Said]]:
        """Return the rows that the facets leave, one of them left out."""
        chosen = [(self.columns.index(one.label), one.value) for one in self.facets if one.value and one.name != without]
        return [row for row in self.rows if all(_value(row[place]) == value for place, value in chosen)]


def _facet(column: str, said: Iterable[Said]) -> Filter:
    """Return what a list can be narrowed to by what its rows say first in a column; of days, by their years."""
    apart = {id(one): one for one in said}.values()  # rows that say the same may share a cell
    found = {_value(one) for one in apart} - {""}
    options = {"": "Any"} | {one: one for one in sorted(found, reverse=all(one.isdigit() for one in found))}
    (offered,) = asked((tables.tag(column), column, options))
    return offered


def _value(said: Said) -> str:
    first = tables.first_of(said)
    return first if isinstance(first, str) else str(first.year)


def linked(seen: Look, about: str | None) -> Said:
    """Return a link to what `kind:ref` names, or the words themselves where there is no such page."""
    kind, _, ref = (about or "").partition(":")
    href = page_of(kind, ref) if kind in KINDS else None
    if href is None:
        return about
    said = named(seen, kind, ref)
    return link(f"{said['ref']} {said['title']}".strip(), seen.link(href))


def findings(seen: Look, sources: Sequence[str]) -> list[Said]:
    """Return links to the reviews of findings (`SB-2015-01/F1`), and to what else teaches something (`session:AIACP-2016-11`)."""
    return [linked(seen, one) if ":" in one else link(one, _review(seen, one.partition("/")[0])) for one in sources]


def _review(seen: Look, ref: str) -> str | None:
    """Return the address of a review; None where it is not for the reader."""
    if seen.on.scope.partial:
        row = reviews.review(seen.on.conn, ref, **seen.on.at)
        if row is None or not Visible(seen.on).review(row):
            return None
    return seen.link(f"/reviews/{ref}")
