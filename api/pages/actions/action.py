"""One action: where it stands, what can be done with it now, and everything that was recorded about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from aggregates.action import Action
from aggregates.errors import Refused
from api.access import member
from api.pages.acting import possible
from api.pages.actions.register import row_of
from api.pages.clocks import address
from api.pages.entries import NOTHING, causes, timeline
from api.pages.frame import Look, just_recorded, look, receipt_for, render
from api.resources.actions import one
from api.worker import worker
from projections import inspection_history, reviews
from projections.partnership import settings
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from projections.action_register import ActionRow

pages = Blueprint("action", __name__)

MOST = 500  # entries of one action on its page; an action has some tens


class NotShownYet(Refused):
    """It is recorded, and the registers do not show it yet."""

    text = "{ref} is recorded as event {position}, and the registers do not show it yet. Load the page again in a moment"


@pages.get("/actions/<ref>")
@member
def action(ref: str) -> Response:
    """Show one action."""
    with look() as seen:
        row = _one(seen, ref)
        known = inspection_history.history(seen.on.conn, **seen.on.at, kind="action", ref=ref, limit=MOST)
        now = possible.with_action(seen, ref)
        thing = worker().board.load(Action, ref)
        return render(
            "actions/action.html",
            look=seen,
            action=_facts(seen, row),
            can=now.can,
            cannot=now.cannot,
            entries=timeline(seen, known[::-1]),
            receipt=receipt_for(seen, thing.id),
            now_href=f"/actions/{ref}",
            history_href=address(f"/api/v1/actions/{ref}/history", seen.clocks.pinned),
        )


def _one(seen: Look, ref: str) -> ActionRow:
    """Return the action, or refuse; whoever has assigned it just now is told that it is not shown yet."""
    try:
        return one(seen.on, ref)
    except NotFound as refused:
        position = just_recorded()
        if position is None or position <= seen.clocks.fixed.head or worker().board.find(Action, ref) is None:
            raise
        raise NotShownYet(ref=ref, position=position) from refused


def _facts(seen: Look, row: ActionRow) -> dict[str, Any]:
    titles = {review.ref: review.title for review in reviews.reviews(seen.on.conn, **seen.on.at)}
    limit = settings(seen.on.conn, **seen.on.at).backdating_limit
    said = row_of(seen, row, causes(seen, [row.ref]).get(row.ref, NOTHING), limit, titles)
    _, _, finding = (row.source or "").partition("/")
    ended = f"Ended: {row.end_reason}" if row.end_reason else None
    return said | {
        "outcome": row.intended_outcome,
        "success_measure": row.success_measure,
        "kind": row.kind.capitalize(),
        "review": said["review"] and said["review"] | {"href": None},
        "source": f"Finding {finding.removeprefix('F')}" if finding else None,
        "owner_office": seen.words.office(row.owner_office) or None,
        "times_redated": row.times_redated,
        "signed_off_by": _signed_by(seen, row),
        "effect": row.effect,
        "ended": ended,
    }


def _signed_by(seen: Look, row: ActionRow) -> str | None:
    if row.signed_off_on is None:
        return None
    office = seen.words.office(row.signed_off_by, row.signed_off_on)
    if row.signed_off_by_owner:
        owner = seen.words.body(row.owner)
        return f"{office}: as is known now, an act of {owner}, which owns the action and cannot sign it off (INV-11, framework, page 8)"
    return office
