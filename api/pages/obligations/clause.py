"""One clause: the framework's own words, what is counted for it and how, and who owes what by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from aggregates.framework.wording import in_words
from api.access import member
from api.pages.frame import Look, look, render
from api.pages.frame.clocks import address
from api.pages.frame.thing import fact, facts, link, quiet
from api.pages.obligations.listing import counted
from api.pages.obligations.wording import owner_of, row_of
from api.resources.obligations import grid, owed, own
from projections.obligations import INDEX, STATES, Wanted
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregates.framework.clauses import Clause

pages = Blueprint("clause_", __name__)

FIRST: Final = 25  # obligations on the page; the list has the rest
CHECKS: Final = {
    "M": "Decided from the events on record",
    "P": "Whether it was done in time is decided from events; how well is a decision of people, shown as they graded it",
    "H": "A matter for people alone: nothing is decided from events",
    "C": "It gives context and asks for nothing of its own",
}


@pages.get("/obligations/<clause>")
@member
def one(clause: str) -> Response:
    """Show one clause."""
    if clause not in INDEX.clauses:
        raise NotFound(kind="clause", ref=clause)
    with look() as seen:
        it = INDEX.clauses[clause]
        wanted = Wanted(owners=own(seen.on), clause=clause)
        rows = owed(seen.on, wanted, limit=FIRST)
        path = f"/obligations/{clause}"
        return render(
            "obligations/clause.html",
            look=seen,
            clause=it,
            facts=facts(*_facts(it)),
            rules=[{"duty": rule.duty, "sentences": in_words(rule)} for rule in it.rules],
            owners=list(_owners(seen, clause)),
            rows=[row_of(seen, row) for row in rows],
            total=counted(seen, wanted),
            all_href=seen.link("/obligations", clause=clause, only="all"),
            path=path,
            now_href=address(path, {}),
        )


def _facts(it: Clause) -> Iterator[dict[str, Any]]:
    lines = "Lines" if "-" in it.lines or "," in it.lines else "Line"
    yield fact("Where it stands", f"Page {it.page}", quiet(f"{lines} {it.lines} of the text"))
    yield fact("Owed by", it.owed_by)
    yield fact("Owed to", it.owed_to)
    yield fact("How often, or by when", it.cadence)
    yield fact("What proves it", it.evidence)
    yield fact("How it is decided", CHECKS[it.check], it.says)
    if it.lost:
        yield fact("Missing", "Its diagram is not in the text of the framework. Nothing is put in its place.")


def _owners(seen: Look, clause: str) -> Iterator[tuple[Any, ...]]:
    """Give who owes it, by name, and how what they owe stands; in no other order."""
    cells = [cell for (name, _), cell in grid(seen.on).items() if name == clause]
    for cell in sorted(cells, key=lambda cell: owner_of(seen, cell.owner)):
        href = seen.link("/obligations", clause=clause, owner=cell.owner, only="all")
        said = [f"{state.capitalize()}: {cell.counts[state]:,}" for state in STATES if cell.counts.get(state)]
        yield link(owner_of(seen, cell.owner), href, f"and what it owes by {clause}"), said
