"""What one body or office owes and did, said shortly: on the page of an agency or a sub-group, and at home."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from aggregates.authority import BOARD
from api.pages.frame.thing import link, quiet, section, strong
from api.pages.obligations.meeting import waits_for
from api.pages.obligations.wording import BASES, about, basis_of, due_of, duty_of, event, href_of, in_a_line
from api.resources.obligations import grid, owed, own
from projections import returns
from projections.obligations import INDEX, LACKING, STATES, Wanted
from service import commands
from service.desk.roles import INSPECTORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from aggregates.authority import Acting
    from api.pages.frame import Look
    from projections.obligations import Instance

FIRST: Final = 10  # obligations on a page; the list has the rest
COLUMNS: Final = ("What is owed", "About", "Due", "How it stands")


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that is owed: by when, or since when where no day is stated, and what lays it out for home if it is shown there."""

    ref: str
    due_on: date | None
    since: date
    lay_out: Callable[[], dict[str, Any]]


def owed_by(seen: Look, code: str) -> Iterator[dict[str, Any]]:
    """Give the section of what a body owes: the first that are open, in the order of due date, and how all of it stands."""
    if code not in (own(seen.on, frozenset({code})) or ()):
        return
    counts: dict[str, int] = dict.fromkeys(STATES, 0)
    for (_, owner), cell in grid(seen.on, frozenset({code})).items():
        for state, number in cell.counts.items() if owner == code else ():
            counts[state] += number
    if not any(counts.values()):
        return
    rows = [
        (
            [link(duty_of(one), seen.link(href_of(one))), quiet(one.clause)],
            about(seen, one.subject),
            [*due_of(one), *([quiet(basis_of(one))] if one.due_on else [])],
            [
                strong(one.state.capitalize()) if one.state in LACKING else one.state.capitalize(),
                event(seen, one.asked_at, f"which asked for {one.rule}"),
            ],
        )
        for one in owed(seen.on, Wanted(owners=frozenset({code}), open_only=True), limit=FIRST)
    ]
    told = ", ".join(f"{number:,} {state}" for state, number in counts.items() if number)
    made = section("What it owes", COLUMNS, rows, "Nothing of it is open.", note=f"Of all that was asked of it: {told}.")
    yield made | {"link": link("All of it, also what is done", seen.link("/obligations", owner=code, only="all"))}


def duties(seen: Look, acting: Acting) -> Iterator[Duty]:
    """Give what an office owes by the framework and the law, as home shows it: in the words of the clause, with the basis of the date.

    What no day is stated for has none: it is owed all the same.
    """
    latest: dict[str, Instance] = {}
    owners = _owners(acting)
    waiting = returns.returns(seen.on.conn, **seen.on.at, filters=returns.Filters(whose=tuple(owners), status="requested"))
    asked = frozenset((row.kind, row.respondent) for row in waiting)
    for one in owed(seen.on, Wanted(owners=owners, open_only=True)):
        latest[f"{one.rule}|{one.owner}" if one.form == "calendar" else one.key] = one  # of what comes again, the newest period
    for one in latest.values():
        if not one.subject.startswith("action:"):  # of actions home knows better what comes next
            yield Duty(one.clause, one.due_on, one.arose_on, partial(_laid_out, seen, one, acting.role, asked))


def _owners(acting: Acting) -> frozenset[str]:
    """Return for whom an office answers: its agency, its sub-group, the Board, or itself; who inspects answers for nobody."""
    if acting.role in INSPECTORS:
        return frozenset()
    if acting.role in commands.BOARD:
        return frozenset(code for code in (BOARD, acting.office) if code)
    return frozenset(code for code in (acting.body or acting.agency, acting.office) if code)


def _laid_out(seen: Look, one: Instance, role: str | None, asked: frozenset[tuple[str, str]]) -> dict[str, Any]:
    said: dict[str, Any] = {"duty": duty_of(one), "title": in_a_line(about(seen, one.subject)), "original_due_on": None}
    said |= {"ref_href": seen.link(f"/obligations/{one.clause}"), "href": seen.link(href_of(one)), "basis": BASES[one.basis]}
    clause = INDEX.clauses[one.clause]
    return said | {"words": clause.text, "clause": f"page {clause.page}", "waits_for": waits_for(one, role, asked)}
