"""Every owner beside every clause of one part of the framework: how what each owes stands, in words. Nobody is ranked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from api.access import member
from api.pages.board.filters import asked as asked_for
from api.pages.frame import Look, exports, look, render
from api.pages.frame.clocks import address
from api.pages.obligations.listing import owners_of
from api.pages.obligations.wording import owner_of
from api.resources.obligations import grid
from projections.obligations import INDEX, LACKING, not_held
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from projections.obligations import Cell

pages = Blueprint("grid", __name__)

# The parts of the framework, by how the names of its clauses begin.
PARTS: Final = {
    "LIF-AGX": "Expectations of single agencies",
    "LIF-APPA-AG": "Appendix A: agencies",
    "LIF-RBM": "Recommendations to board members",
    "LIF-RAG": "Recommendations to agencies",
    "LIF-APPC-AG": "Appendix C: agencies",
    "LIF-INT": "Introduction",
    "LIF-PRI": "Principles",
    "LIF-OBJ": "Objectives",
    "LIF-STK": "Stakeholders",
    "LIF-MTH": "Methods",
    "LIF-EMB": "Embedding",
    "LIF-CYC": "Improvement cycle",
    "LIF-TRN": "Training and the five-point plan",
    "LIF-APPA": "Appendix A: where it comes from",
    "LIF-APPA-OP": "Appendix A: overview panel",
    "LIF-APPA-BD": "Appendix A: the Board",
    "LIF-APPA-PR": "Appendix A: practitioners",
    "LIF-APPA-NA": "Appendix A: national reviews",
    "LIF-APPB": "Appendix B: overview",
    "LIF-APPC": "Appendix C: evaluation",
    "LIF-APPC-BD": "Appendix C: the Board",
    "LIF-APPC-PR": "Appendix C: practitioners",
    "LIF-APPD": "Appendix D: resources",
}
FIRST: Final = "LIF-AGX"


@pages.get("/compliance")
@member
def compliance() -> Response:
    """Show the grid of one part of the framework, for everybody who owes something by it."""
    with look() as seen:
        part = request.args.get("part", "").strip() or FIRST
        if part not in PARTS:
            raise NotFound(kind="part of the framework", ref=part)
        cells = {place: cell for place, cell in grid(seen.on).items() if _is_of(place[0], part)}
        clauses = [name for name in INDEX.clauses if _is_of(name, part)]
        if form := exports.asked():
            return _as_file(seen, part, cells, form)
        (chosen,) = asked_for(("part", "Part of the framework", PARTS))
        return render(
            "obligations/compliance.html",
            look=seen,
            not_held=not_held(seen.on.conn, INDEX, **seen.on.at),
            part=PARTS[part],
            clauses=[{"ref": name, "short": name.removeprefix("LIF-"), "href": seen.link(f"/obligations/{name}")} for name in clauses],
            texts=[INDEX.clauses[name] for name in clauses],
            rows=_rows(seen, cells, clauses),
            filters=[chosen.select | {"value": part}],
            now_href=address("/compliance", {"part": part}),
            list_href=seen.link("/obligations"),
            data_href=address("/api/v1/compliance", seen.clocks.pinned),
            exports=exports.links(lambda form: seen.link("/compliance", part=part, format=form)),
            partial=seen.on.scope.partial,
        )


def _as_file(seen: Look, part: str, cells: dict[tuple[str, str], Cell], form: str) -> Response:
    """Give who owes what by each clause of the part, a row for each."""
    columns = ("Clause", "What it says", "By whom", "How it stands", "Of how many")
    rows = [
        (clause, INDEX.clauses[clause].text, owner_of(seen, owner), cell.says, cell.words)
        for (clause, owner), cell in sorted(cells.items())
    ]
    return exports.give(seen, f"obligations clause by clause, {PARTS[part].lower()}", columns, rows, form)


def _is_of(clause: str, part: str) -> bool:
    """Say whether a clause is of a part: `LIF-APPA-AG-05` is of `LIF-APPA-AG`; what is of no longer name, of the shorter."""
    return max((name for name in PARTS if clause.startswith(f"{name}-")), key=len, default="") == part


def _rows(seen: Look, cells: dict[tuple[str, str], Cell], clauses: list[str]) -> list[dict[str, Any]]:
    """Return a row for everybody who owes something: the Board, its sub-groups and offices, then the agencies by name."""
    owing = {owner for _, owner in cells}
    members = owners_of(seen)
    order = [*(code for code in members if code in owing), *sorted(owing - members.keys())]
    return [
        {"owner": owner_of(seen, owner), "cells": [_cell(seen, cells.get((clause, owner)), clause, owner) for clause in clauses]}
        for owner in order
    ]


def _cell(seen: Look, cell: Cell | None, clause: str, owner: str) -> dict[str, Any] | None:
    if cell is None:
        return None
    return {
        "says": cell.says,
        "lacks": cell.says in LACKING,
        "all": cell.words,
        "href": seen.link("/obligations", clause=clause, owner=owner, only="all"),
    }
