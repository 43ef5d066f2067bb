"""One action: where it stands, what can be done with it now, and everything that was recorded about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from api.access import member
from api.pages.actions.register import row_of
from api.pages.frame import Look, look, thing
from api.pages.frame.entries import NOTHING, causes
from api.resources.actions import one
from projections import reviews
from projections.partnership import settings
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from projections.action_register import ActionRow

pages = Blueprint("action", __name__)


@pages.get("/actions/<ref>")
@member
def action(ref: str) -> Response:
    """Show one action."""
    with look() as seen:
        try:
            row = one(seen.on, ref)
        except NotFound:
            return thing.retracted(seen, "action", ref)
        return thing.show(seen, "action", ref, "actions/action.html", action=_facts(seen, row))


def _facts(seen: Look, row: ActionRow) -> dict[str, Any]:
    titles = reviews.titles(seen.on.conn, **seen.on.at)
    limit = settings(seen.on.conn, **seen.on.at).backdating_limit
    said = row_of(seen, row, causes(seen, [row.ref]).get(row.ref, NOTHING), limit, titles)
    _, _, finding = (row.source or "").partition("/")
    ended = f"Ended: {row.end_reason}" if row.end_reason else None
    return said | {
        "outcome": row.intended_outcome,
        "success_measure": row.success_measure,
        "kind": row.kind.capitalize(),
        "review": said["review"] and said["review"] | {"href": seen.link(f"/reviews/{said['review']['ref']}")},
        "source": f"Finding {finding.removeprefix('F')}" if finding else None,
        "owner_office": seen.words.office(row.owner_office) or None,
        "times_redated": row.times_redated,
        "redated_with_reason": row.redated_with_reason,
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
        return f"{office}: as is known now, an act of {owner}, which owns the action and cannot sign it off (framework, page 8)"
    return office
