"""Whether what was promised was done, and whether it lasted: the headline of a report, and its weaknesses."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from aggregates.action import Action
from aggregates.action.state import EARLY_DAYS, Withdrawn
from aggregates.clocks.dates import later
from aggregates.returns.report.parts import Figure, Number, day, number, of
from aggregates.review import Review

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregates.returns.report.parts import Cell
    from aggregates.returns.report.record import Said, Year

TESTED_AFTER = 6  # months: before that, nobody can say that something lasted
HELD, SLIPPED = "held", "slipped"


def sustainment(on: Year) -> Figure:
    """Say of all that was signed off by the end of the year what was looked at again, and what had lasted when it last was.

    An action counts once, by the last test by the day of the report. What it says of one that slipped before that is in its line.
    """
    signed = _first(on.by(on.end, Action.SignedOff))
    tests: dict[str, list[Said]] = defaultdict(list)
    for check in on.so_far(Action.SustainmentChecked):
        begun = signed.get(check.ref)
        if begun and check.on >= later(begun.on, months=TESTED_AFTER) - timedelta(EARLY_DAYS):
            tests[check.ref].append(check)
    tested = {ref: checks[-1] for ref, checks in tests.items()}
    by_result = {result: number(c for c in tested.values() if c["result"] == result) for result in (HELD, SLIPPED)}
    done, again, held = number(signed.values()), number(tested.values()), by_result[HELD]
    reopened = on.last_of(Action.Reopened)
    rows = [_tested(on, signed[ref], tests[ref], reopened.get(ref)) for ref in sorted(signed, key=lambda ref: (signed[ref].on, ref))]
    return Figure(
        "sustainment",
        "Did it last?",
        f"Of {of(done.is_ or 0, 'action')} signed off, {again.is_} {_were(again)} tested again after {TESTED_AFTER} months, "
        f"and {held.is_} held when last tested.",
        (("Signed off", done), ("Tested again", again), ("Held when last tested", held), ("Slipped when last tested", by_result[SLIPPED])),
        drawn=True,
        columns=("Action", "Owner", "Signed off", "Last tested", "What was found"),
        rows=[row for row, _ in rows],
        behind=[events for _, events in rows],
        empty="No action had been signed off.",
    )  # fmt: skip


def _were(one: Number) -> str:
    return "was" if one.is_ == 1 else "were"


def _first(every: list[Said]) -> dict[str, Said]:
    first: dict[str, Said] = {}
    for said in every:
        first.setdefault(said.ref, said)
    return first


def _tested(on: Year, signed: Said, checks: list[Said], reopened: Said | None) -> tuple[list[str], tuple[int, ...]]:
    """Return the line of an action that was signed off, and the events behind it: its last test, and what else has to be said of that."""
    action = on.actions.get(signed.ref)
    line = [_called(on, signed.ref), on.body(action.owner) if action else "", day(signed.on)]
    if not checks:
        return [*line, "", "not tested yet"], (signed.at,)
    *before, last = checks
    found, behind = str(last["result"]), [signed.at, last.at]
    if found == HELD and (slips := [check for check in before if check["result"] == SLIPPED]):
        found, behind = f"{found}, where it had slipped by {day(slips[-1].on)}", [*behind, slips[-1].at]
    if reopened and reopened.on >= last.on:
        found, behind = f"{found}; reopened {day(reopened.on)}", [*behind, reopened.at]
    return [*line, day(last.on), found], tuple(behind)


def _called(on: Year, ref: str) -> str:
    action = on.actions.get(ref)
    return f"{action.title} ({ref})" if action else ref


def overdue(on: Year) -> Figure:
    """Say which promises were late at the end of the year."""
    late = {ref: one for ref, one in on.actions_on(on.end).items() if one.overdue_on(on.end)}
    dated = defaultdict(list)
    for said in on.by(on.end, Action.Assigned, Action.DueDateVaried, Action.Reopened):
        dated[said.ref].append(said.at)
    rows = [
        (f"{one.title} ({ref})", on.body(one.owner), day(one.original_due_on), one.days_overdue_on(on.end)) for ref, one in late.items()
    ]
    return Figure(
        "overdue",
        "Promises that were late",
        f"{of(len(late), 'action was', 'actions were')} overdue on {day(on.end)}.",
        columns=("Action", "Owner", "First promised for", "Days overdue"),
        rows=rows,
        behind=[tuple(dated[ref]) for ref in late],
        empty="No action was overdue.",
    )


def slipped(on: Year) -> Figure:
    """Say which improvements were found in the year not to have lasted."""
    found = [said for said in on.within(Action.SustainmentChecked) if said["result"] == SLIPPED]
    return _of_actions(
        on,
        [(said, on.actions[said.ref].status.word) for said in found],
        id="slipped",
        title="Improvements that did not last",
        says=f"{of(len(found), 'improvement was', 'improvements were')} found not to have lasted.",
        columns=("Action", "Owner", "Found on", "Where it stands now"),
        empty="No improvement was found not to have lasted.",
    )


def withdrawn(on: Year) -> Figure:
    """Say which promises of the year, or of before it, were given up in it or since, and why (INV-16)."""
    given_up = [s for s in on.so_far(Action.Withdrawn) if s.on >= on.first and isinstance(on.actions[s.ref].status, Withdrawn)]
    told = [said for said in given_up if on.actions[said.ref].assigned_on <= on.last]
    return _of_actions(
        on,
        [(said, said["reason"]) for said in told],
        id="withdrawn",
        title="Promises that were given up",
        says=f"{of(len(told), 'action was', 'actions were')} withdrawn, in the year or since.",
        columns=("Action", "Owner", "Withdrawn", "Why"),
        empty="No action was withdrawn.",
    )


def _of_actions(on: Year, told: Sequence[tuple[Said, Cell]], **said: Any) -> Figure:
    """Return a figure that names actions: whose each is, on which day it was said, and one thing more."""
    rows = [(_called(on, one.ref), on.body(on.actions[one.ref].owner), day(one.on), more) for one, more in told]
    return Figure(**said, rows=rows, behind=[(one.at,) for one, _ in told])


def actions(on: Year) -> Figure:
    """Say, by review, what became of the actions that came of it."""
    states, titles = on.actions_on(on.end), on.last_of(Review.Referred, Review.ExternalNoted)
    signed, given_up = _first(on.by(on.end, Action.SignedOff)), on.last_of(Action.Withdrawn)
    checks = {said.ref: said for said in on.by(on.end, Action.SustainmentChecked)}
    by_review: dict[str, list[Said]] = defaultdict(list)
    for said in on.by(on.end, Action.Assigned):
        by_review[str(states[said.ref].source or "").partition("/")[0]].append(said)
    rows: list[tuple[Cell, ...]] = []
    every = 0
    for review, title in sorted(titles.items(), key=lambda one: (one[1].on, one[0])):
        if its := by_review.get(review):
            refs = [said.ref for said in its]
            held = [checks[ref] for ref in refs if ref in checks and checks[ref]["result"] == HELD]
            gone = [given_up[ref] for ref in refs if isinstance(states[ref].status, Withdrawn)]
            done = [signed[ref] for ref in refs if ref in signed]
            late = [said for said in its if states[said.ref].overdue_on(on.end)]
            every += len(its)
            rows.append((f"{title['title']} ({review})", *map(number, (its, done, held, late, gone))))
    return Figure(
        "actions",
        "What became of the actions of reviews",
        f"{of(every, 'action')} had come of {of(len(rows), 'review')} by {day(on.end)}.",
        columns=("Review", "Assigned", "Signed off", "Held when last tested", "Overdue", "Withdrawn"),
        rows=rows,
        behind=[()] * len(rows),
        empty="No action had come of a review.",
    )
