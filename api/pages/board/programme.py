"""What the Board does between reviews: its meetings, priorities, courses and resources."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from api.access import member
from api.pages.board import listing
from api.pages.board.listing import findings, linked
from api.pages.frame import look, thing
from api.pages.frame.telling import attendance
from api.pages.frame.thing import fact, facts, link, quiet, section, strong
from api.pages.frame.words import written
from api.resources.record.visible import Visible
from projections import partnership

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.pages.frame import Look
    from projections.partnership import MeetingRow, ResourceRow

pages = Blueprint("programme_", __name__)

CRUMB = {"text": "The partnership", "href": "/partnership"}


def _meetings(seen: Look) -> list[MeetingRow]:
    may_see = Visible(seen.on)
    return [row for row in partnership.meetings(seen.on.conn, **seen.on.at) if may_see.meeting(row)]


def _quorum(row: MeetingRow) -> Any:
    """Return whether enough were there, in words."""
    there = f"{row.present} of {row.members} present"
    return f"{there}: a quorum ({row.quorum})" if row.quorate else [there, strong(f"No quorum ({row.quorum})")]


def _came(seen: Look, row: MeetingRow) -> Iterator[Any]:
    """Say whether enough were there, and who was and was not."""
    yield _quorum(row)
    yield from attendance(seen.words, row.attendance)
    yield quiet(f"Present: {', '.join(seen.words.body(one['agency']) for one in row.attendance if one['attendance'] == 'present')}")


@pages.get("/meetings")
@member
def meetings() -> Response:
    """List the meetings, the newest first."""
    with look() as seen:
        rows = [
            (
                link(row.ref, seen.link(f"/meetings/{row.ref}")),
                seen.words.body(row.body),
                row.held_on,
                _quorum(row),
                f"{len(row.agenda)} {'item' if len(row.agenda) == 1 else 'items'}",
            )
            for row in _meetings(seen)[::-1]
        ]
        lead = "When the Board and its sub-groups met, who was there, and whether they were enough to decide."
        more = [link("Attendance by agency", seen.link("/meetings/attendance"))]
        nothing = ("No meeting was on record.", "On the day and with the knowledge that you chose, none had been held for you to see.")
        columns = ("Meeting", "Of", "Held", "Attendance", "Agenda")
        return listing.show(
            seen, "meeting", "/meetings", columns, rows, heading="Meetings", lead=lead, empty=nothing, more=more, facets=("Of", "Held")
        )


@pages.get("/meetings/<ref>")
@member
def meeting(ref: str) -> Response:
    """Show one meeting; the minutes are among what was recorded."""
    with look() as seen:
        row = next((row for row in _meetings(seen) if row.ref == ref), None)
        if row is None:
            raise thing.missing(seen, "meeting", ref)
        minutes = f"{len(row.minutes)} on file" if row.minutes else "None on file"
        told = facts(
            fact("Of", seen.words.body(row.body)),
            fact("Held", row.held_on),
            fact("Attendance", *_came(seen, row)),
            fact("Minutes", minutes),
        )
        agenda = [(item["id"], item["title"], linked(seen, item["about"])) for item in row.agenda]
        tables = [
            section("Agenda", ("Item", "Title", "About"), agenda, "No agenda is on record."),
        ]
        heading = f"Meeting of {seen.words.within(row.body)}, {written(row.held_on)}"
        crumbs = [{"text": "Meetings", "href": "/meetings"}]
        return thing.show(seen, "meeting", ref, heading=heading, caption=ref, facts=told, sections=tables, crumbs=crumbs)


@pages.get("/priorities/<ref>")
@member
def priorities(ref: str) -> Response:
    """Show the priorities of one period."""
    with look() as seen:
        row = next((row for row in partnership.priorities(seen.on.conn, **seen.on.at) if row.ref == ref), None)
        if row is None:
            raise thing.missing(seen, "priorities", ref)
        told = [
            (
                one["priority"],
                seen.words.office(one["lead_office"], seen.clocks.as_at),
                findings(seen, one["informed_by"]) or "No finding is named",
                date.fromisoformat(one["set_on"]),
            )
            for one in row.priorities
        ]
        tables = [section("What the Board puts first", ("Priority", "Led by", "Because of", "Set"), told, "Nothing.")]
        return thing.show(seen, "priorities", ref, heading=f"Priorities {ref}", caption=None, facts=[], sections=tables, crumbs=[CRUMB])


@pages.get("/courses")
@member
def courses() -> Response:
    """List the courses."""
    with look() as seen:
        rows = [
            (
                link(f"{row.ref} {row.title}", seen.link(f"/courses/{row.ref}")),
                f"{row.level.capitalize()}, {row.format}",
                row.provider,
                findings(seen, row.because_of) or "No finding is named",
                f"Withdrawn {written(row.withdrawn_on)}" if row.withdrawn_on else "On offer",
            )
            for row in partnership.courses(seen.on.conn, **seen.on.at)
        ]
        lead = "What the Board's programme teaches, and because of which findings."
        nothing = ("No course was on offer.", "On the day and with the knowledge that you chose, the programme was empty.")
        columns = ("Course", "Level and form", "By", "Because of", "Standing")
        return listing.show(
            seen, "course", "/courses", columns, rows, heading="Courses", lead=lead, empty=nothing, facets=("Level and form", "Standing")
        )


@pages.get("/courses/<ref>")
@member
def course(ref: str) -> Response:
    """Show one course."""
    with look() as seen:
        row = next((row for row in partnership.courses(seen.on.conn, **seen.on.at) if row.ref == ref), None)
        if row is None:
            raise thing.missing(seen, "course", ref)
        ended = strong(f"Withdrawn {written(row.withdrawn_on)}: {row.withdrawn_because}") if row.withdrawn_on else None
        told = facts(
            fact("Level and form", f"{row.level.capitalize()}, {row.format}"),
            fact("Given by", row.provider),
            fact("On offer", f"Since {written(row.offered_on)}", ended),
            fact("Skills", row.skills),
            fact("Knowledge", row.knowledge),
            fact("Values", row.values),
            fact("Because of", *findings(seen, row.because_of)),
            fact("Follow-up", "Owed: participants are asked again after three months" if row.follow_up_owed else "None is owed"),
        )
        changed = [(date.fromisoformat(one["on"]), one["what"], findings(seen, one["because_of"])) for one in row.revisions]
        tables = [section("Revisions", ("When", "What changed", "Because of"), changed, "It was not revised.")]
        crumbs = [{"text": "Courses", "href": "/courses"}]
        return thing.show(seen, "course", ref, heading=row.title, caption=f"Course {ref}", facts=told, sections=tables, crumbs=crumbs)


def _there(row: ResourceRow, day: date) -> list[Any]:
    """Return whether a resource was there when somebody last looked, and when it is looked at again."""
    found = {True: "There", False: strong("Not there"), None: "Nobody has looked yet"}[row.reachable]
    last = quiet(f"Looked at {written(row.checked_on)}") if row.checked_on else None
    again = f"To be looked at by {written(row.check_due)}"
    return [one for one in (found, last, strong(f"{again}: overdue") if row.check_due < day else again) if one]


@pages.get("/resources")
@member
def resources() -> Response:
    """List the resources."""
    with look() as seen:
        rows = [
            (
                link(f"{row.ref} {row.title}", seen.link(f"/resources/{row.ref}")),
                row.kind.capitalize(),
                link(row.url, row.url),
                _there(row, seen.clocks.as_at),
                f"{len(row.feedback)} times" if row.feedback else "Never",
            )
            for row in partnership.resources(seen.on.conn, **seen.on.at)
        ]
        lead = "What the Board recommends, whether it is still there, and whether it was of use."
        nothing = ("No resource was listed.", "On the day and with the knowledge that you chose, nothing was recommended.")
        columns = ("Resource", "Kind", "Where", "Is it there?", "Feedback")
        return listing.show(
            seen, "resource", "/resources", columns, rows, heading="Resources", lead=lead, empty=nothing, facets=("Kind", "Is it there?")
        )


@pages.get("/resources/<ref>")
@member
def resource(ref: str) -> Response:
    """Show one resource."""
    with look() as seen:
        row = next((row for row in partnership.resources(seen.on.conn, **seen.on.at) if row.ref == ref), None)
        if row is None:
            raise thing.missing(seen, "resource", ref)
        told = facts(
            fact("Where", link(row.url, row.url)),
            fact("Kind", row.kind.capitalize()),
            fact("Listed", row.listed_on),
            fact("Is it there?", *_there(row, seen.clocks.as_at)),
            fact("Looked at", f"Every {row.check_every} months"),
        )
        said = [
            (date.fromisoformat(f["on"]), seen.words.body(f["by_agency"]), f["useful"].capitalize(), f["comment"]) for f in row.feedback
        ]
        tables = [section("Was it of use?", ("When", "Who says so", "Of use", "Comment"), said, "Nobody has said so yet.")]
        crumbs = [{"text": "Resources", "href": "/resources"}]
        return thing.show(seen, "resource", ref, heading=row.title, caption=f"Resource {ref}", facts=told, sections=tables, crumbs=crumbs)
