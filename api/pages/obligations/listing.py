"""What is owed: filtered and paged on the server, on any day as known on any day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response

from aggregates.authority import BOARD
from api.access import member
from api.pages.board.filters import Filter, cleared
from api.pages.board.filters import asked as asked_for
from api.pages.frame import Look, exports, look, render
from api.pages.frame.clocks import address
from api.pages.frame.tables import SIZE, page_asked, pager
from api.pages.obligations.wording import COMING, about, basis_of, duty_of, in_a_line, owner_of, row_of
from api.resources.obligations import owing, own
from projections import obligations
from projections.obligations import INDEX, STATES, Wanted
from service.desk.refusals import NotFound, TooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.pages.frame.thing import Said
    from projections.obligations import Instance

pages = Blueprint("obligations_", __name__)

MOST: Final = 10_000  # obligations that are given as one file; a program reads any number of them over the API
FIELDS: Final = (
    "rule",
    "clause",
    "what is owed",
    "by whom",
    "about",
    "due",
    "basis",
    "how it stands",
    "shown by event",
    "asked for by event",
)
ONLY: Final = {"": "What is still owed", "coming": f"What is due in the next {COMING} days", "all": "All, also what is done"}
KNOWN: Final = (("only", "selection called", ONLY), ("state", "state called", STATES), ("clause", "clause", INDEX.clauses))


@pages.get("/obligations")
@member
def listing() -> Response:
    """Show what is owed, in the order of due date."""
    with look() as seen:
        filters = _filters(seen)
        asked = {one.name: one.value for one in filters}
        wanted = wanted_of(seen, asked)
        again = {name: value for name, value in asked.items() if value}
        if form := exports.asked():
            rows, total = obligations.listed(seen.on.conn, **seen.on.at, wanted=wanted, first=0, most=MOST)
            if total > MOST:
                raise TooLarge(what=f"A file of {total:,} obligations", limit=f"one of {MOST:,}: narrow the list, or read it over the API")
            return exports.give(seen, "obligations", FIELDS, (_line(seen, one) for one in rows), form)
        number = page_asked()
        rows, total = obligations.listed(seen.on.conn, **seen.on.at, wanted=wanted, first=(number - 1) * SIZE, most=SIZE)
        return render(
            "obligations/list.html",
            look=seen,
            not_held=obligations.not_held(seen.on.conn, INDEX, **seen.on.at),
            rows=[row_of(seen, one) for one in rows],
            filters=[one.select for one in filters if len(one.options) > 1],
            filtered=bool(again),
            cleared=[] if total else cleared(filters, lambda name: _without(seen, asked, name)),
            first_href=seen.link("/obligations", **again),
            pager=pager(number, total, lambda page: seen.link("/obligations", **again, page=page)),
            exports=exports.links(lambda form: seen.link("/obligations", **again, format=form)) if total <= MOST else None,
            now_href=address("/obligations", again),
            clear_href=seen.link("/obligations"),
            grid_href=seen.link("/compliance"),
            partial=seen.on.scope.partial,
        )


def _line(seen: Look, one: Instance) -> tuple[Said, ...]:
    said = (duty_of(one), owner_of(seen, one.owner), in_a_line(about(seen, one.subject)), one.due_on, basis_of(one), one.state)
    return one.rule, one.clause, *said, one.discharged_at, one.asked_at


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
