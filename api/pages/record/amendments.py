"""What was corrected and retracted, and why: one by one, what the page of integrity only counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from flask import Blueprint, Response

from aggregates.clocks.dates import LONDON
from api.access import member
from api.pages.board import filters, listing
from api.pages.frame import Look, look
from api.pages.frame.entries import about_of, by
from api.pages.frame.thing import Said, link, quiet, to_event
from api.pages.frame.words import title_of
from api.resources.record.visible import Visible
from projections.inspection import history as inspection_history

if TYPE_CHECKING:
    from psycopg import Connection

    from projections.inspection.history import HistoryEntry

pages = Blueprint("amendments", __name__)

MADE: Final = """
    SELECT position, extract(year FROM (recorded_at AT TIME ZONE 'Europe/London') - interval '3 months')::int AS year,
           topic LIKE '%%.entry_retracted.v1' AS retracted
      FROM views.inspection_history
     WHERE amends IS NOT NULL AND (topic LIKE '%%.entry_corrected.v1' OR topic LIKE '%%.entry_retracted.v1') AND position <= %s
     ORDER BY position DESC"""
COLUMNS: Final = ("Recorded", "What", "Of", "By", "Why")


class Made(NamedTuple):
    """A correction or a retraction: where in the log, and in which year of the Board, from April to March."""

    position: int
    year: int
    retracted: bool


def made(conn: Connection[Any], *, known_at: int) -> list[Made]:
    """Return every correction and retraction, the newest first."""
    return [Made(*row) for row in conn.execute(MADE, (known_at,)).fetchall()]


def year_in_words(year: int) -> str:
    """Return what a year of the Board is called."""
    return f"April {year} to March {year + 1}"


@pages.get("/amendments")
@member
def amendments() -> Response:
    """List corrections and retractions, the newest first: those that the reader may see."""
    with look() as seen:
        found = made(seen.on.conn, known_at=seen.clocks.known_at)
        years = {"": "Every year", **{str(one.year): year_in_words(one.year) for one in found}}
        (asked,) = offered = filters.asked(("year", "Year", years))
        positions = [one.position for one in found if asked.value in ("", str(one.year))]
        entries = inspection_history.entries_at(seen.on.conn, positions, known_at=seen.clocks.known_at)
        may_see = Visible(seen.on)
        theirs = [entry for entry in entries if may_see(entry)][::-1]
        amended = inspection_history.entries_at(seen.on.conn, [e.amends for e in theirs if e.amends], known_at=seen.clocks.known_at)
        was = {entry.position: entry for entry in amended}
        left_out = "" if len(theirs) == len(entries) else f" You are shown those of the {len(entries)} that are yours to read."
        lead = f"What was recorded wrongly, what was put in its place or taken back, and why. Nothing of it went away.{left_out}"
        nothing = ("Nothing had been amended.", "On the day and with the knowledge that you chose, every entry stood as it was recorded.")
        return listing.show(
            seen, "amendment", "/amendments", COLUMNS, [_row(seen, entry, was) for entry in theirs], filters=offered,
            heading="Corrections and retractions", lead=lead, empty=nothing, more=[link("Check the log", "/integrity")],
        )  # fmt: skip


def _row(seen: Look, entry: HistoryEntry, was: dict[int, HistoryEntry]) -> tuple[Said, ...]:
    before, about = was.get(entry.amends or 0), about_of(seen, entry)
    kind = "Retracted" if entry.topic.endswith(".entry_retracted.v1") else "Corrected"
    amended: list[Any] = [to_event(seen, before.position)] if before else []
    return (
        [entry.recorded_at.astimezone(LONDON).date(), to_event(seen, entry.position)],
        [f"{kind}: {title_of(before.topic).lower()}" if before else kind, *amended],
        link(f"{about['ref']} {about['title']}".strip(), about["href"]) if about else entry.ref,
        by(seen, entry),
        entry.body.get("reason") or quiet("No reason is on record"),
    )
