"""Replay: what was so on a day, what the Board knew of it then, and which entries made the difference."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from api.access import member
from api.pages.frame import Look, look, render, tables
from api.pages.frame.clocks import address
from api.pages.frame.entries import kind_of, timeline
from api.resources.actions import came_of, own
from api.resources.record.visible import Visible
from projections import action_register
from projections.action_register import ActionRow, Filters, hindsight
from projections.inspection import history as inspection_history
from projections.two_clocks.clocks import position_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from projections.action_register.hindsight import Change
    from projections.inspection.history import HistoryEntry

pages = Blueprint("replay", __name__)

FIGURES: Final = (
    ("owed", "Actions still owed", "open"),
    ("overdue", "Actions overdue", "overdue"),
    ("signed_off", "Actions signed off", "signed-off"),
    ("held", "Held on re-test", "held"),
    ("slipped", "Slipped on re-test", "slipped"),
)
NAMED: Final = 20  # events that are named in a sentence: of more it says how many
NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@pages.get("/replay")
@member
def replay() -> Response:
    """Show a day as it was known at an event, and what is known of it now."""
    with look() as seen:
        then, now = _summaries(seen)
        changes, number = _changes(seen), tables.page_asked()
        return render(
            "record/replay.html",
            look=seen,
            then={"overdue": then.overdue, "href": _register(seen, "overdue")},
            today={"overdue": now.overdue, "href": _register(seen, "overdue", now=True)},
            causes=_causes(seen, changes),
            figures=[
                {
                    "label": label,
                    "then": getattr(then, name),
                    "now": getattr(now, name),
                    "then_href": _register(seen, only),
                    "now_href": _register(seen, only, now=True),
                }
                for name, label, only in FIGURES
            ],
            changed=[_changed(seen, change) for change in changes[(number - 1) * tables.SIZE : number * tables.SIZE]],
            pager=tables.pager(number, len(changes), lambda page: seen.link("/replay", page=page) + "#changed"),
            first_href=seen.link("/replay"),
            step=_step(seen),
            partial=seen.on.scope.partial,
            now_href="/replay",
        )


def _filters(seen: Look) -> Filters:
    return own(Filters(), seen.on)


def _summaries(seen: Look) -> tuple[action_register.Summary, action_register.Summary]:
    """Count the day as it was known, and as it is known now."""
    as_at, filters = seen.clocks.as_at, _filters(seen)
    known = (seen.clocks.known_at, seen.clocks.fixed.head)
    then, now = (action_register.summary(seen.on.conn, as_at=as_at, known_at=at, filters=filters) for at in known)
    return then, now


def _register(seen: Look, only: str, *, now: bool = False) -> str:
    """Return the register on that day, as it was known or as it is known now."""
    known_at = seen.clocks.fixed.head if now else seen.clocks.known_at
    return address("/actions", {"only": only, "as_at": seen.clocks.as_at.isoformat(), "known_at": known_at})


def _changes(seen: Look) -> list[Change]:
    """Return the actions of which that day is known otherwise now; a designated lead's own, or of what a lead reviewer leads."""
    as_at, agency, led = seen.clocks.as_at, seen.on.scope.agency, seen.on.led
    found = hindsight.changes(seen.on.conn, (as_at, seen.clocks.known_at), (as_at, seen.clocks.fixed.head))
    if led is not None:
        return [change for change in found if any(came_of(row, led) for row in (change.before, change.after))]
    return [change for change in found if agency is None or agency in {row.owner for row in (change.before, change.after) if row}]


def _causes(seen: Look, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return which entries made the difference in what was overdue: recorded late, retracted or corrected."""
    known = {"known_then": seen.clocks.known_at, "known_now": seen.clocks.fixed.head}
    found = hindsight.overdue(seen.on.conn, as_at=seen.clocks.as_at, **known)
    shown = {change.ref for change in changes}
    entries = {e.position: e for reversal in found.reversals if reversal.ref in shown for e in reversal.entries}
    how = {None: "recorded late", "retracted": "retracted", "corrected": "corrected", "proposed": "proposed"}
    causes = ((words, [p for p, entry in sorted(entries.items()) if kind_of(entry) == kind]) for kind, words in how.items())
    return [
        {"words": _were(len(positions), words), "positions": positions[:NAMED], "more": len(positions[NAMED:])}
        for words, positions in causes
        if positions
    ]


def _were(number: int, words: str) -> str:
    counted = NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"
    return f"{counted} {'was' if number == 1 else 'were'} {words}"


def _changed(seen: Look, change: Change) -> dict[str, Any]:
    row = change.after or change.before
    because = inspection_history.history(
        seen.on.conn,
        known_at=seen.clocks.fixed.head,
        as_at=seen.clocks.as_at,
        kind="action",
        ref=change.ref,
        after=seen.clocks.known_at,
    )
    return {
        "ref": change.ref,
        "title": row.title if row else "",
        "href": address(f"/actions/{change.ref}", {"as_at": seen.clocks.as_at.isoformat(), "known_at": seen.clocks.fixed.head}),
        "then": standing(change.before),
        "now": standing(change.after),
        "because": timeline(seen, because, now=True),
    }


def standing(row: ActionRow | None) -> str:
    """Return where an action stands, in a few words."""
    if row is None:
        return "not on record"
    late = f", overdue by {row.days_overdue:,} {'day' if row.days_overdue == 1 else 'days'}" if row.overdue else ""
    return f"{row.status}{late}"


def _step(seen: Look) -> dict[str, Any]:
    """Return the event that is last known, and its neighbours as far as they leave the day knowable."""
    known_at, head = seen.clocks.known_at, seen.clocks.fixed.head
    first = max(1, position_at(seen.on.conn, seen.clocks.as_at - timedelta(days=1)))
    entry = inspection_history.entry(seen.on.conn, known_at, known_at=known_at)
    shown: Iterable[HistoryEntry] = [entry] if entry and Visible(seen.on).happened(entry) else []
    return {
        "entry": next(iter(timeline(seen, list(shown), about=True)), None),
        "first_href": _at(seen, first) if known_at > first else None,
        "previous_href": _at(seen, known_at - 1) if known_at > first else None,
        "next_href": _at(seen, known_at + 1) if known_at < head else None,
        "last_href": _at(seen, head) if known_at < head else None,
        "number": known_at,
        "of": head,
    }


def _at(seen: Look, position: int) -> str:
    return address("/replay", {"as_at": seen.clocks.as_at.isoformat(), "known_at": position}) + "#step"
