"""What is owed: filtered and paged on the server, on any day as known on any day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request

from aggregates.authority import BOARD
from api.access import member
from api.pages.board.filters import Filter, cleared
from api.pages.board.filters import asked as asked_for
from api.pages.frame import Look, look, render
from api.pages.frame.clocks import address
from api.pages.obligations.wording import COMING, row_of
from api.resources.obligations import owed, owing, own
from projections import obligations
from projections.obligations import INDEX, STATES, Wanted
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

pages = Blueprint("obligations_", __name__)

SIZE: Final = 25  # rows of a page
LAST_PAGE: Final = 10_000  # beyond any list
ONLY: Final = {"": "What is still owed", "coming": f"What is due in the next {COMING} days", "all": "All, also what is done"}
KNOWN: Final = (("only", "selection", ONLY), ("state", "standing", STATES), ("clause", "clause", INDEX.clauses))


@pages.get("/obligations")
@member
def listing() -> Response:
    """Show what is owed, in the order of due date."""
    with look() as seen:
        filters = _filters(seen)
        asked = {one.name: one.value for one in filters}
        wanted = wanted_of(seen, asked)
        number = min(max(1, request.args.get("page", 1, type=int)), LAST_PAGE)
        rows = owed(seen.on, wanted, limit=number * SIZE)[(number - 1) * SIZE :]
        total, first = counted(seen, wanted), (number - 1) * SIZE
        again = {name: value for name, value in asked.items() if value}
        return render(
            "obligations/list.html",
            look=seen,
            rows=[row_of(seen, one) for one in rows],
            filters=[one.select for one in filters if len(one.options) > 1],
            filtered=bool(again),
            cleared=[] if total else cleared(filters, lambda name: _without(seen, asked, name)),
            first_href=seen.link("/obligations", **again),
            pager={
                "first": first + 1,
                "last": first + len(rows),
                "total": total,
                "previous_href": seen.link("/obligations", **again, page=number - 1) if number > 1 else None,
                "next_href": seen.link("/obligations", **again, page=number + 1) if total > number * SIZE else None,
            },
            now_href=address("/obligations", again),
            clear_href=seen.link("/obligations"),
            grid_href=seen.link("/compliance"),
            partial=seen.on.scope.partial,
        )


def wanted_of(seen: Look, asked: Mapping[str, str]) -> Wanted:
    """Return which obligations the filters leave, of those that the reader may see; what there is none of is refused by its name."""
    for name, kind, known in KNOWN:
        if asked.get(name) and asked[name] not in known:
            raise NotFound(kind=kind, ref=asked[name])
    state, coming = asked.get("state"), asked.get("only") == "coming"
    return Wanted(
        owners=own(seen.on, owing(seen.on, asked.get("owner"))),
        clause=asked.get("clause") or None,
        states=[state] if state else ["open"] if coming else [],
        due_by=seen.clocks.as_at + timedelta(days=COMING) if coming else None,
        open_only=coming or (not asked.get("only") and not state),
    )


def counted(seen: Look, wanted: Wanted) -> int:
    """Return how many obligations these are."""
    return obligations.count(seen.on.conn, **seen.on.at, wanted=wanted)


def owners_of(seen: Look) -> dict[str, str]:
    """Return who may owe something, by code: the Board, its sub-groups and agencies, each by name."""
    return {BOARD: "The Board", **dict(sorted(seen.words.sub_groups.items())), **seen.words.agencies}


def _without(seen: Look, asked: dict[str, str], name: str) -> tuple[int, str]:
    """Return how many obligations one filter less leaves, and where they are."""
    others = asked | {name: ""}
    return counted(seen, wanted_of(seen, others)), seen.link("/obligations", **others)


def _filters(seen: Look) -> list[Filter]:
    return asked_for(
        ("only", "Show", ONLY),
        ("owner", "Owed by", {"": "Everybody"} | (owners_of(seen) if not seen.on.scope.partial else {})),
        ("state", "Standing", {"": "Any"} | {state: state.capitalize() for state in STATES}),
        ("clause", "Clause", {"": "Any"} | {name: name for name, clause in INDEX.clauses.items() if clause.rules}),
    )
