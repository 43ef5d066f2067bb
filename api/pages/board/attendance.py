"""Attendance at meetings over a period: agency by agency, with each meeting's quorum, and what its agenda was about."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from aggregates.authority import BOARD
from api.access import member
from api.pages.board import listing
from api.pages.board.listing import linked
from api.pages.frame import Look, look
from api.pages.frame.thing import Said, link, section, strong
from api.resources.learning import PeriodArgs, attended
from projections import partnership

if TYPE_CHECKING:
    from projections.learning import Attended
    from projections.partnership import MeetingRow

pages = Blueprint("attendance_", __name__)

PATH: Final = "/meetings/attendance"
COLUMNS: Final = ("Agency", "Of", "Meetings", "Present", "Apologies", "Absent", "Not named")
FIRST, LAST = (1, 1), (12, 31)  # month and day


@pages.get(PATH)
@member
def attendance() -> Response:
    """Show who came to the meetings of a year, or of the last twelve months."""
    with look() as seen:
        asked = request.args.get("year", "").strip()
        day = seen.clocks.as_at
        first, last = _period(seen, asked)
        met, came = attended(seen.on, first, last)
        note = "Every member is expected at the Board. Whom the record of a meeting does not name was not there."
        tables = [
            section("By agency", COLUMNS, [_row(seen, row) for row in came], "Nobody was expected anywhere.", note=note),
            section("Meetings", ("Meeting", "Of", "Held", "Quorum", "About"), [_meeting(seen, row) for row in met[::-1]], "None was held."),
        ]
        return listing.several(
            seen, "board/sections.html", PATH, tables, kept={"year": asked} if asked else {},
            heading="Attendance at meetings",
            lead="Which agencies were represented, at which meetings, and whether those who came were enough to decide.",
            choices=_years(seen, asked, day),
            crumbs=[{"text": "Meetings", "href": "/meetings"}],
        )  # fmt: skip


def _period(seen: Look, asked: str) -> tuple[date, date]:
    """Return the days of a year that is asked for, or the twelve months up to a day."""
    if len(asked) == len("2016") and asked.isascii() and asked.isdigit() and date.min.year < int(asked) < date.max.year:
        return date(int(asked), *FIRST), date(int(asked), *LAST)
    return PeriodArgs.of(seen.on)


def _years(seen: Look, asked: str, day: date) -> list[dict[str, Any]]:
    every = partnership.meetings(seen.on.conn, **seen.on.at)
    years = sorted({str(row.held_on.year) for row in every} | ({asked} if asked else set()), reverse=True)
    latest = {"text": f"The year to {day.day} {day:%B %Y}", "href": seen.link(PATH) if asked else None}
    return [latest, *({"text": year, "href": None if year == asked else seen.link(PATH, year=year)} for year in years)]


def _row(seen: Look, row: Attended) -> tuple[Said, ...]:
    there = f"{row.present} ({row.share}%)"
    body = seen.words.body(row.body)
    said = (str(row.apologies), str(row.absent), str(row.unnamed) if row.body == BOARD else None)
    return seen.words.body(row.agency), body, str(row.asked), there if row.present else strong(there), *said


def _meeting(seen: Look, row: MeetingRow) -> tuple[Said, ...]:
    there = f"{row.present} of {row.members} present"
    quorum = f"{there}: a quorum ({row.quorum})" if row.quorate else [there, strong(f"No quorum ({row.quorum})")]
    about = [linked(seen, item["about"]) for item in row.agenda if item["about"]]
    return link(row.ref, seen.link(f"/meetings/{row.ref}")), seen.words.body(row.body), row.held_on, quorum, about or "Nothing is linked"
