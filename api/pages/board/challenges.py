"""The challenge log: who challenged whom about what, and what changed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from api.access import member
from api.pages.board import listing
from api.pages.board.listing import linked
from api.pages.frame import Look, look, thing
from api.pages.frame.tables import Later
from api.pages.frame.thing import Said, fact, facts, link, quiet, section, strong, to_event
from api.pages.frame.words import written
from api.pages.obligations.notices import owed_at, to_whom, what_of
from api.resources.learning import issued
from api.resources.record.visible import Visible
from projections import partnership

if TYPE_CHECKING:
    from projections.learning import EscalationRow
    from projections.partnership import ChallengeRow

pages = Blueprint("challenges_", __name__)

COLUMNS: Final = ("Challenge", "By whom", "To whom", "About", "What changed")


def _visible(seen: Look) -> list[ChallengeRow]:
    may_see = Visible(seen.on)
    return [row for row in partnership.challenges(seen.on.conn, **seen.on.at) if may_see.challenge(row)]


def _put_to(seen: Look, row: ChallengeRow) -> str:
    body = seen.words.body(row.put_to)
    return body if body != row.put_to else seen.words.office(row.put_to, row.raised_on)


def _outcome(seen: Look, row: ChallengeRow) -> list[Said]:
    if row.answered_on is None:
        days = (seen.clocks.as_at - row.raised_on).days
        return [strong(f"Not answered after {days} {'day' if days == 1 else 'days'}" if days else "Not answered yet")]
    return [row.what_changed, quiet(f"Answered {written(row.answered_on)} by {seen.words.office(row.answered_by, row.answered_on)}")]


@pages.get("/challenges")
@member
def challenges() -> Response:
    """List the challenges, the newest first."""
    with look() as seen:
        rows = [
            (
                [link(f"{row.ref} {row.summary}", seen.link(f"/challenges/{row.ref}")), quiet(f"Raised {written(row.raised_on)}")],
                seen.words.office(row.raised_by, row.raised_on),
                _put_to(seen, row),
                linked(seen, row.about),
                _outcome(seen, row),
            )
            for row in _visible(seen)[::-1]
        ]
        lead = "Who challenged whom about what, and what changed."
        nothing = ("No challenge was on record.", "On the day and with the knowledge that you chose, none had been raised for you to see.")
        return listing.show(
            seen, "challenge", "/challenges", COLUMNS, rows, heading="Challenges", lead=lead, empty=nothing, facets=("By whom", "To whom"),
            template="board/challenges.html", sections=[_escalations(seen)],
        )  # fmt: skip


def _escalations(seen: Look) -> dict[str, Any]:
    """Return the table of what was told further up, and what came of it."""
    rows = [Later(partial(_escalation, seen, row)) for row in issued(seen.on)]
    columns = ("About", "Owed by", "To whom", "When", "What came of it")
    note = "What was overdue so long that somebody further up was told; the service does so by itself, or an office did."
    return section("Escalations", columns, rows, "Nothing was escalated.", note=note)


def _escalation(seen: Look, row: EscalationRow) -> tuple[Any, ...]:
    to, on = [f"Level {row.level}", *to_whom(seen, row)], [written(row.on), to_event(seen, row.position)]
    return what_of(seen, row), seen.words.body(row.owner), to, on, _came_of(seen, row)


def _came_of(seen: Look, row: EscalationRow) -> list[Said]:
    if row.status is None:
        return [link("See how it stands", owed_at(seen, row), f"with {seen.words.within(row.owner)}")]
    if row.closed:
        return ["Closed", quiet(f"Signed off on {written(row.signed_off_on)}" if row.signed_off_on else row.status.capitalize())]
    late = strong(f"Still {row.days_overdue:,} {'day' if row.days_overdue == 1 else 'days'} overdue") if row.days_overdue else None
    return [part for part in (row.status.capitalize(), late) if part]


@pages.get("/challenges/<ref>")
@member
def challenge(ref: str) -> Response:
    """Show one challenge with its answer."""
    with look() as seen:
        row = next((row for row in _visible(seen) if row.ref == ref), None)
        if row is None:
            raise thing.missing(seen, "challenge", ref)
        told = facts(
            fact("Raised by", seen.words.office(row.raised_by, row.raised_on), quiet(written(row.raised_on))),
            fact("Put to", _put_to(seen, row)),
            fact("About", linked(seen, row.about)),
            fact("What is asked", row.statement),
            fact("Answer", row.answer),
            fact("What changed", *_outcome(seen, row)),
        )
        crumbs = [{"text": "Challenges", "href": "/challenges"}]
        return thing.show(
            seen, "challenge", ref, heading=row.summary, caption=f"Challenge {ref}", facts=told, sections=[], crumbs=crumbs,
        )  # fmt: skip
