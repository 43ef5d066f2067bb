"""The findings of a review with what came of each, and what stops it closing: with the actions that the reader may see."""

from __future__ import annotations

import re
from collections import Counter
from html import escape
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from projections.action_register import ENDED

if TYPE_CHECKING:
    from api.pages.frame import Look
    from api.pages.reviews.sources import Sources
    from api.resources.record.visible import Visible
    from projections.action_register import ActionRow

UNFOLDED: Final = 6  # actions of a finding that are all shown


def blocker(seen: Look, said: dict[str, Any], came: dict[str, list[ActionRow]], may_see: Visible) -> dict[str, Any]:
    """Return what stops the review closing, with each action that it names as a link to its page."""
    actions = {row.ref: row for rows in came.values() for row in rows if _owned(may_see, row)}
    text = str(escape(said["text"][:1].upper() + said["text"][1:]))
    for ref in sorted(actions, key=len, reverse=True):
        named = re.compile(rf"(?<![\w.>-]){re.escape(str(escape(ref)))}(?![\w-]|\.\w|<)")
        text = named.sub(f'<a class="govuk-link" href="{escape(seen.link(f"/actions/{ref}"))}">{escape(ref)}</a>', text)
    return said | {"text": Markup(text)}  # noqa: S704 - escaped before


def finding(seen: Look, said: dict[str, Any], came: dict[str, list[ActionRow]], may_see: Visible, behind: Sources) -> dict[str, Any]:
    """Return a finding with its actions, the event that recorded it and those that answered it."""
    actions = came.get(said["number"], [])
    theirs = [_action(seen, action) for action in actions if _owned(may_see, action)]
    events = {"event": behind.of("finding_recorded", number=said["number"]), "answered": behind.last("board_response_formulated")}
    return said | _shown(theirs) | events | {"good": said["polarity"] == "good_practice", "others": len(actions) - len(theirs)}


def _shown(actions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the actions of a finding: of many, those that have ended fold, so that what is still owed is seen."""
    if len(actions) <= UNFOLDED:
        return {"actions": actions, "ended": [], "counted": ""}
    ended = [action for action in actions if action["status"] in ENDED]
    told = Counter(action["status"] for action in ended)
    counted = ", ".join(f"{number} {status}" for status, number in told.most_common())
    return {"actions": [action for action in actions if action not in ended], "ended": ended, "counted": counted}


def of_the_whole(seen: Look, came: dict[str, list[ActionRow]], may_see: Visible) -> list[dict[str, Any]]:
    """Return the actions that came of no finding, but of the review."""
    return [_action(seen, action) for action in came.get("", []) if _owned(may_see, action)]


def _owned(may_see: Visible, action: ActionRow) -> bool:
    return may_see.agency is None or action.ref in may_see.owned


def _action(seen: Look, row: ActionRow) -> dict[str, Any]:
    owner = seen.words.body(row.owner)
    return {
        "ref": row.ref,
        "title": row.title,
        "href": seen.link(f"/actions/{row.ref}"),
        "owner": None if row.title.endswith(owner) else owner,  # an action that each agency has is named after it
        "due_on": row.due_on,
        "original_due_on": row.original_due_on,
        "overdue_days": row.days_overdue,
        "status": row.status,
    }
