"""The challenge log: who challenged whom about what, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response

from api.access import member
from api.pages.board import listing
from api.pages.board.listing import linked
from api.pages.frame import Look, look, thing
from api.pages.frame.thing import Said, fact, facts, link, quiet, strong
from api.pages.frame.words import written
from api.resources.record.visible import Visible
from projections import partnership

if TYPE_CHECKING:
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
        return [strong(f"Not answered after {days} {'day' if days == 1 else 'days'}")]
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
            seen, "challenge", "/challenges", COLUMNS, rows, heading="Challenges", lead=lead, empty=nothing, section_name="challenges"
        )


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
            section_name="challenges",
        )  # fmt: skip
