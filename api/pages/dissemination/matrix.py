"""The dissemination board: agency by item, each cell with the event that says so; on any day as known on any day."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from api.access import member
from api.pages.acting.possible import to_begin
from api.pages.board.filters import Filter, cleared
from api.pages.board.filters import asked as asked_for
from api.pages.board.listing import linked
from api.pages.frame import Look, exports, look, render
from api.pages.frame.clocks import address
from api.pages.frame.tables import page_asked, pager
from api.pages.frame.thing import Said, link, quiet, strong
from api.pages.frame.words import choice_of, written
from api.resources.disseminations import visible
from projections import dissemination, partnership
from projections.dissemination import ItemRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from projections.dissemination import ItemLine, RecipientRow

pages = Blueprint("dissemination_matrix", __name__)

SIZE: Final = 6  # items of a page: as many as stand side by side on a screen
STATUSES: Final = ("outstanding", "acknowledged", "cascaded", "embedded")
PATH: Final = "/disseminations"


@pages.get(PATH)
@member
def matrix() -> Response:
    """Show who has what the Board sent, the newest items first."""
    with look() as seen:
        every = _every(seen)
        filters = _filters(seen, every)
        asked = {one.name: one.value for one in filters}
        again = {name: value for name, value in asked.items() if value}
        rows = [row for row in every if _wanted(row, asked)]
        own = seen.on.scope.partial
        if form := exports.asked():
            return _as_file(seen, visible(seen.on, *(row.ref for row in rows)) if rows else [], form, own=own)
        number = page_asked()
        refs = [row.ref for row in rows[(number - 1) * SIZE : number * SIZE]]
        shown = visible(seen.on, *refs) if refs else []
        return render(
            "dissemination/matrix.html",
            look=seen,
            columns=("Item", "Sent", "How far you are") if own else ("Item", "Sent", "How far it is"),
            items=[_item(seen, row, own=own) for row in shown],
            sent=[row for row in shown if row.issued_on],
            agencies=[] if own else _agencies(seen, [row for row in shown if row.issued_on]),
            filters=[one.select for one in filters],
            filtered=bool(again),
            cleared=[] if rows else cleared(filters, lambda name: _without(seen, every, asked, name)),
            first_href=seen.link(PATH, **again),
            pager=pager(number, len(rows), lambda page: seen.link(PATH, **again, page=page), SIZE),
            exports=exports.links(lambda form: seen.link(PATH, **again, format=form)),
            tasks=to_begin("dissemination") if seen.clocks.is_now else [],
            now_href=address(PATH, again),
            clear_href=seen.link(PATH),
        )


def _every(seen: Look) -> Sequence[ItemLine | ItemRow]:
    """Return all items that are there for the reader: whole where that is needed to tell which those are, or how far each is."""
    whole = seen.on.scope.partial or request.args.get("only")
    return visible(seen.on) if whole else dissemination.lines(seen.on.conn, **seen.on.at)


def _as_file(seen: Look, rows: list[ItemRow], form: str, *, own: bool) -> Response:
    """Give every item beside every agency that received it; to an agency, its own alone."""
    columns = ("Item", "Title", "Kind", "Comes from", "Sent", "Agency", "How far it is", "Days late")
    cells = [
        (*named, seen.words.body(cell.agency), cell.status, cell.late_days)
        for row in rows
        for named in [(row.ref, row.title, choice_of(row.kind), None if own else row.source, row.issued_on)]
        for cell in row.recipients
    ]
    return exports.give(seen, "dissemination", columns, cells, form)


def _wanted(row: ItemLine | ItemRow, asked: Mapping[str, str]) -> bool:
    if any(asked[name] not in {"", getattr(row, name)} for name in ("kind", "source")):
        return False
    if not asked["only"] or not isinstance(row, ItemRow):
        return True
    if asked["only"] == "late":
        return any(cell.late_days for cell in row.recipients)
    return row.ended_on is None and any(cell.status != "embedded" for cell in row.recipients)


def _without(seen: Look, every: Sequence[ItemLine | ItemRow], asked: dict[str, str], name: str) -> tuple[int, str]:
    """Return how many items one filter less leaves, and where they are."""
    others = asked | {name: ""}
    return sum(_wanted(row, others) for row in every), seen.link(PATH, **others)


def _filters(seen: Look, every: Sequence[ItemLine | ItemRow]) -> list[Filter]:
    reviews = sorted({row.source for row in every if row.source})
    named = {source: f"{(ref := source.partition(':')[2])} {seen.title_of('review', ref)}".strip() for source in reviews}
    return asked_for(
        ("only", "Show", {"": "All items", "open": "Not embedded everywhere", "late": "Somebody is late"}),
        ("kind", "Kind", {"": "Any"} | {kind: choice_of(kind) for kind in sorted({row.kind for row in every})}),
        ("source", "Comes from", {"": "Anything"} | named),
    )


def _item(seen: Look, row: ItemRow, *, own: bool) -> list[Said]:
    """Return an item as a row: what it is, when it was sent, and how far it is; to an agency, how far its own answer is."""
    named = [link(f"{row.ref} {row.title}", seen.link(f"{PATH}/{row.ref}")), quiet(choice_of(row.kind))]
    source = linked(seen, row.source) if row.source and not own else None
    issued: list[Said] = [written(row.issued_on) if row.issued_on else "To nobody yet"]
    if row.ended_on:
        issued.append(strong(f"{row.status.capitalize()} {written(row.ended_on)}"))
    elif row.acknowledgement_due and row.embedding_due:
        issued.append(quiet(f"To be acknowledged by {written(row.acknowledgement_due)}, embedded by {written(row.embedding_due)}"))
    if own:
        return [named, issued, cell_of(seen, row, row.recipients[0]) if row.recipients else "Not sent to you"]
    return [[*named, source] if source else named, issued, _counted(row)]


def _counted(row: ItemRow) -> list[Said]:
    found = Counter(cell.status for cell in row.recipients)
    late = sum(cell.late_days > 0 for cell in row.recipients)
    told: list[Said] = [f"{found[status]} {status}" for status in STATUSES if found[status]]
    return [*told, strong(f"{late} late")] if late else told


def cell_of(seen: Look, row: ItemRow, cell: RecipientRow) -> list[Said]:
    """Return how far a recipient is, with the event that says so, and how late."""
    status = cell.status.capitalize()
    told: list[Said] = [link(status, seen.link(f"/events/{cell.because}"), f"{row.ref}, {seen.words.body(cell.agency)}")]
    if cell.late_days:
        told.append(strong(f"{cell.late_days:,} {'day' if cell.late_days == 1 else 'days'} late"))
    return told


def _agencies(seen: Look, rows: list[ItemRow]) -> list[dict[str, Any]]:
    """Return a row for each agency that received one of the items, with a cell for each of them."""
    left = {row.ref: row.left_on for row in partnership.agencies(seen.on.conn, **seen.on.at) if row.left_on}
    codes = sorted({cell.agency for row in rows for cell in row.recipients}, key=seen.words.body)
    return [
        {
            "name": seen.words.body(code),
            "left": f"Left {written(left[code])}" if code in left else None,
            "cells": [cell_of(seen, row, cell) if (cell := row.cell(code)) else "Not sent" for row in rows],
        }
        for code in codes
    ]
