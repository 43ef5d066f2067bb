"""What the page of every thing has: its facts, what can be done with it now, and everything that was recorded about it.

A page's facts are rows of a key and what is said; a table's cells are the same. What is said is a text, a date, a link (`link`), a
quiet remark (`quiet`), or a list of these, each on a line of its own (`macros/facts.html`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.errors import Refused
from api.pages.acting import possible
from api.pages.frame import just_recorded, receipt_for, render, tables
from api.pages.frame.clocks import address
from api.pages.frame.entries import page_of, timeline
from api.resources.record.visible import Visible
from api.worker import worker
from projections.inspection import history as inspection_history
from projections.inspection.scopes import OF_MANY
from service.commands import KINDS
from service.commands.asking import RESOURCES
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flask import Response

    from api.pages.frame import Look

Said = Any  # a text, a date, a dict as `link` and `quiet` make them, or a list of these
MOST: Final = 500  # entries of one thing on its page; a thing has some tens


class NotShownYet(Refused):
    """It is recorded, and the registers do not show it yet."""

    text = "{ref} is recorded as event {position}, and the registers do not show it yet. Load the page again in a moment"


def link(text: str, href: str | None, about: str | None = None) -> dict[str, Any]:
    """Return a link as facts and cells take it; `about` tells it, to those who only hear it, from others of the same words."""
    return {"text": text, "href": href, "about": about}


def to_event(seen: Look, position: int, about: str | None = None) -> dict[str, Any]:
    """Return a link to an event, which stands in the line of what it shows."""
    return link(f"Event {position:,}", seen.link(f"/events/{position}"), about) | {"event": True}


def quiet(text: str | None) -> dict[str, Any] | None:
    """Return a remark that stands back behind what it is about; None where there is nothing to remark."""
    return {"text": text, "quiet": True} if text else None


def strong(text: str) -> dict[str, Any]:
    """Return what nobody should miss."""
    return {"text": text, "strong": True}


def fact(key: str, *said: Said) -> dict[str, Any]:
    """Return a row of facts: what is empty of what is said is left out."""
    parts = [part for one in said for part in (one if isinstance(one, list) else [one])]
    return {"key": key, "said": [part for part in parts if part not in (None, "")]}


def facts(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that say something."""
    return [row for row in rows if row["said"]]


def section(
    heading: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Said]] | tables.Cut | tables.Read,
    empty: str,
    note: str | None = None,
    *,
    fold: str | None = None,
) -> dict[str, Any]:
    """Return a table with its heading; `empty` says in a sentence that it has no rows, `fold` what its rows are that begin folded."""
    given = rows if isinstance(rows, tables.Cut | tables.Read) else list(rows)
    return {"heading": heading, "columns": list(columns), "rows": given, "empty": empty, "note": note, "fold": fold}


def as_given(table: dict[str, Any]) -> dict[str, Any]:
    """Keep a table in its own order: of what nobody is to be ranked by, or what is read from its beginning."""
    return table | {"sorts": False}


def show(seen: Look, kind: str, ref: str, template: str = "board/thing.html", **said: Any) -> Response:
    """Render the page of a thing within its frame: with what can be done now, and with what was recorded of it, newest first."""
    path, parts = page_of(kind, ref) or "/", said.pop("sections", [])
    if answer := tables.exported(seen, f"{kind} {ref}", parts):
        return answer
    now = possible.with_thing(seen, kind, ref)
    thing = worker().board.find(KINDS[kind], ref)
    return render(
        template,
        look=seen,
        ref=ref,
        path=path,
        sections=[tables.shown(seen, path, part) for part in parts],
        can=now.can,
        cannot=now.cannot,
        entries=timeline(seen, recorded(seen, kind, ref)),
        receipt=receipt_for(seen, thing.id) if thing else None,
        now_href=path,
        history_href=address(f"/api/v1{path}/history", seen.clocks.pinned) if kind in WITH_HISTORY else None,
        **said,
    )


WITH_HISTORY: Final = frozenset({"action", "review", "inspection", "session", "dissemination"})


def recorded(seen: Look, kind: str, ref: str) -> list[inspection_history.HistoryEntry]:
    """Return what was recorded of a thing, as far as the reader may see it, newest first."""
    known = inspection_history.history(seen.on.conn, **seen.on.at, kind=kind, ref=ref, limit=MOST)
    whole = seen.on.scope.inspection is None and (kind not in {*OF_MANY, "session"} or seen.on.scope.agency is None)
    return known[::-1] if whole else list(filter(Visible(seen.on), known[::-1]))


def retracted(seen: Look, kind: str, ref: str) -> Response:
    """Show, of a thing that never began, what was recorded of it and that its beginning was retracted (INV-34); refuse what never was.

    It is in no register that could say whose it was, so it is shown to those who see the whole Board's record.
    """
    entries = recorded(seen, kind, ref)
    if seen.on.scope.agency is not None or not entries or entries[-1].retracted_by is None:
        raise missing(seen, kind, ref)
    begun = entries[-1]
    event = to_event(seen, begun.retracted_by or 0, "which retracts its beginning")
    told = facts(fact("Status", strong("Retracted: it is not in the register"), event))
    crumbs = [{"text": RESOURCES[kind].capitalize(), "href": seen.link(f"/{RESOURCES[kind]}")}]
    heading = begun.said.get("title") or ref
    return show(seen, kind, ref, heading=heading, caption=ref, facts=told, sections=[], crumbs=crumbs)


def missing(seen: Look, kind: str, ref: str) -> Refused:
    """Return what to refuse a page with that is not there: whoever has recorded the thing just now is told that it is not shown yet."""
    position = just_recorded()
    if position is None or position <= seen.clocks.fixed.head or worker().board.find(KINDS[kind], ref) is None:
        return NotFound(kind=kind, ref=ref)
    return NotShownYet(ref=ref, position=position)
