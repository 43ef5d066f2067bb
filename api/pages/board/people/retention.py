"""What is due by the retention schedule, and the schedule itself; the officer decides, and nothing is erased by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from aggregates.clocks.dates import later
from aggregates.registry.retention import schedule
from api.access import needs
from api.pages.board import listing
from api.pages.frame import Look, look
from api.pages.frame.entries import short
from api.pages.frame.thing import Said, link, quiet, section, strong
from api.pages.frame.words import written
from projections import people

if TYPE_CHECKING:
    from projections.people import Due

pages = Blueprint("retention", __name__)

PATH: Final = "/data-protection/retention"
COMING: Final = 3  # months before it is due that it is shown
FROM: Final = {"entry": "The last entry", "term": "The end of the last term", "others": "The last entry, where it is by itself"}
LEAD: Final = (
    "What of people is due by the schedule today or within three months, by reference. Nothing goes by itself: the data protection officer "
    "keeps it on, with a reason and until a day, or has it erased."
)


@pages.get(PATH)
@needs("data protection")
def retention() -> Response:
    """List what is due, then the schedule by which it is."""
    with look() as seen:
        seen.on.opens("subject", "register")
        return listing.several(
            seen, "board/sections.html", PATH, [_due(seen), _schedule()], kept={}, heading="Retention", lead=LEAD,
            crumbs=[{"text": "Data protection", "href": "/data-protection"}],
        )  # fmt: skip


def falling_due(seen: Look) -> list[Due]:
    """Return those of whom something is due, or soon will be."""
    soon = later(seen.clocks.as_at, months=COMING)
    return [one for one in people.due(seen.on.conn, **seen.on.at) if one.due_on and one.due_on <= soon]


def _due(seen: Look) -> dict[str, Any]:
    rows = [
        (
            link(short(one.person.ref), seen.link(f"/subjects/{one.person.ref}")),
            [f"{kept.title}: {written(day) if day else 'not yet'}" for kept, day in one.kinds],
            [strong("Due since"), one.due_on] if one.due_on and one.due_on <= seen.clocks.as_at else one.due_on,
            _became(one),
        )
        for one in falling_due(seen)
    ]
    return section("What is due", ("Person", "Each clock", "Due", "Decided before"), rows, "Nothing is due, nor will be in three months.")


def _became(one: Due) -> list[Said] | str:
    held = [strong(f"Held: {matter}") for matter in one.person.held]
    told = [quiet(f"{last['outcome'].capitalize()}: {last['reason']}") for last in one.person.retentions[-1:]]
    return [*held, *told] or "No"


def _schedule() -> dict[str, Any]:
    rows = [
        (one.title, one.purpose, one.period, FROM[one.clock],
         [one.basis.capitalize(), quiet(one.source)], one.against.capitalize())
        for one in schedule().kept
    ]  # fmt: skip
    columns = ("What", "What for", "Kept for", "From", "Basis", "May stand against an erasure")
    return section("The schedule", columns, rows, "", f"{schedule().lawful}. {schedule().lawful_source}")
