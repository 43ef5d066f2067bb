"""The difference between two days: what changed in the register, in one sentence and action by action."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from aggregates.entry.fields import EARLIEST
from aggregates.errors import Refused
from api.access import member
from api.pages.frame import Look, exports, look, render
from api.pages.frame.clocks import NotADay, address, read_day
from projections import action_register
from projections.action_register.difference import WORDS
from projections.two_clocks.clocks import clocks

if TYPE_CHECKING:
    from datetime import date

    from projections.action_register import Change, Difference, Standing

pages = Blueprint("two_days", __name__)

FIELDS: Final = ("Action", "Title", "What became of it", "Before", "After")
QUARTER: Final = timedelta(days=91)  # what is compared where nobody says what


@pages.get("/difference")
@member
def difference() -> Response:
    """Show what changed in the register from one day to another, both as known at the same event."""
    with look() as seen:
        typed = request.args.get("from", "").strip()
        found, wrong = None, None
        try:
            found = _compared(seen, _first(seen, typed))
        except Refused as refused:
            wrong = refused
        if found and (form := exports.asked()):
            name = f"actions from {found.before[0].isoformat()}"
            return exports.give(seen, name, FIELDS, [_line(seen, change) for change in found.changes], form)
        kept = {"from": found.before[0].isoformat()} if found else {}
        return render(
            "record/difference.html",
            look=seen,
            exports=exports.links(lambda form: seen.link("/difference", **kept, format=form)) if found and found.changes else None,
            status=200 if wrong is None else 400 if isinstance(wrong, NotADay) else 422,
            typed=typed or (found.before[0].isoformat() if found else ""),
            error=wrong and wrong.message,
            sentence=found and found.sentence,
            groups=_groups(seen, found) if found else [],
            now_href="/difference",
        )


def _first(seen: Look, typed: str) -> date:
    if typed:
        return read_day(typed)
    first = max(EARLIEST, seen.clocks.as_at - QUARTER)
    return max(first, seen.on.scope.period[0]) if seen.on.scope.period else first


def _compared(seen: Look, first: date) -> Difference:
    """Compare the first day with the page's own, at what the page takes as known; a designated lead's own actions alone."""
    fixed = seen.clocks.fixed
    before = clocks(seen.on.conn, as_at=first, known_at=fixed.known_at, today=seen.clocks.today, period=seen.on.scope.period)
    action_register.difference_in_order(first, fixed.as_at)
    points = ((before.as_at, before.known_at), (fixed.as_at, fixed.known_at))
    return action_register.difference(seen.on.conn, *points, **seen.on.whose)


def _groups(seen: Look, found: Difference) -> list[dict[str, Any]]:
    """Return the actions under the first word of what became of each, in the order of the sentence."""
    groups: dict[str, list[Change]] = {}
    for change in found.changes:
        groups.setdefault(change.what[0], []).append(change)
    return [
        {
            "id": _anchor(word),
            "heading": WORDS[word][len(groups[word]) > 1],
            "caption": f"Actions that {WORDS[word][1]}",
            "items": [_item(seen, found, change) for change in groups[word]],
        }
        for word in WORDS
        if word in groups
    ]


def _item(seen: Look, found: Difference, change: Change) -> dict[str, Any]:
    earlier = {"as_at": found.before[0].isoformat(), "known_at": found.before[1]}
    return {
        "ref": change.ref,
        "title": change.title,
        "href": seen.link(f"/actions/{change.ref}"),
        "before": _words(seen, change.before),
        "before_href": address(f"/actions/{change.ref}", earlier) if change.before else None,
        "after": _words(seen, change.after),
        "what": [WORDS[word][0] for word in change.what],
    }


def _line(seen: Look, change: Change) -> tuple[str, ...]:
    what = "; ".join(WORDS[word][0] for word in change.what)
    return change.ref, change.title, what, _words(seen, change.before), _words(seen, change.after)


def _words(seen: Look, standing: Standing | None) -> str:
    """Return how the register shows an action, in a few words."""
    if standing is None:
        return "not on the register"
    lasted = standing.sustained or ""  # "slipped after 26 months" says too that it slipped
    status = "" if lasted.startswith(f"{standing.status} ") else standing.status
    told = ", ".join(filter(None, (status, "overdue" if standing.overdue else "", lasted)))
    return f"{told}; {seen.words.body(standing.owner)}, due {standing.due_on.day} {standing.due_on:%B %Y}"


def _anchor(word: str) -> str:
    return word.replace(" ", "-")
