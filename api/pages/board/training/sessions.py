"""The training sessions, and one of them: the five points, impact apart from satisfaction, and the sample for anybody to draw again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from api.access import member
from api.pages.acting.of_sessions import POINTS_IN_WORDS as POINTS
from api.pages.board import listing
from api.pages.board.training import draws, people
from api.pages.board.training.handing_out import WHO
from api.pages.frame import look, thing
from api.pages.frame.tables import Later
from api.pages.frame.thing import fact, facts, link, quiet, section, strong
from api.pages.frame.words import written
from api.resources.record.training import SessionsSeen
from service.desk import roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.pages.frame import Look
    from api.pages.frame.thing import Said
    from projections.training import PointRow, SessionLine, SessionRow
    from service.verbs.training.links import Purpose

pages = Blueprint("training_sessions", __name__)

COLUMNS: Final = ("Session", "Course", "Held", "Where it stands", "Five points", "Impact")
EVIDENCE: Final = {"follow-up": ("follow-up", "follow-ups"), "call": ("call", "calls"), "observation": ("observation", "observations")}
NONE: Final = ("No session was on record.", "On the day and with the knowledge that you chose, none had been scheduled for you to see.")


@dataclass(frozen=True, slots=True)
class Shown:
    """A session as far as the reader may see it; `partial` where that is what is their agency's of it."""

    row: SessionRow
    points: list[PointRow]
    partial: bool

    @property
    def whose(self) -> str:
        """Return what stands behind a count of theirs."""
        return " of your agency's" if self.partial else ""


def visible(may_see: SessionsSeen, ref: str) -> Shown | None:
    """Return a session as far as the reader may see it; None where it is not there for them."""
    return next((Shown(row, points, may_see.partial(row)) for row, points in may_see.shown(ref)), None)


def course(seen: Look, ref: str) -> Said:
    """Return a link to a course."""
    return link(seen.title_of("course", ref) or ref, seen.link(f"/courses/{ref}"))


@pages.get("/sessions")
@member
def sessions() -> Response:
    """List the sessions, the newest first."""
    with look() as seen:
        may_see, called = SessionsSeen(seen.on), cache(partial(course, seen))
        standing = cache(str.capitalize)
        rows = [
            Later(
                partial(_line, seen, may_see, line),
                {0: _linked(seen, line.ref), 1: called(line.course), 2: line.held_on, 3: standing(line.status)},
            )
            for line in may_see.lines()[::-1]
        ]
        lead = "When each course was given, and what is known of its effect: satisfaction is never taken for impact."
        said: dict[str, Any] = {
            "heading": "Training sessions",
            "lead": lead,
            "empty": NONE,
            "facets": ("Course", "Held", "Where it stands"),
        }
        return listing.show(seen, "session", "/sessions", COLUMNS, rows, **said)


def _linked(seen: Look, ref: str) -> Said:
    return link(ref, seen.link(f"/sessions/{ref}"))


def _line(seen: Look, may_see: SessionsSeen, line: SessionLine) -> tuple[Said, ...]:
    ((row, points),) = may_see.shown(line.ref)
    there = f"{len(row.there)}{Shown(row, points, may_see.partial(row)).whose} attended"
    return (
        _linked(seen, row.ref),
        course(seen, row.course),
        [row.held_on, quiet(None if row.delivered_on else "Planned")],
        [row.status.capitalize(), quiet(there if row.delivered_on else None)],
        _done(points) if row.delivered_on else "Not held yet",
        _impact(row),
    )


def _done(points: list[PointRow]) -> Said:
    """Return how many of the points are done, and which are neither done nor explained."""
    if any(point.done is None for point in points):
        return "Not evaluated yet"
    told = f"{sum(bool(point.done) for point in points)} of {len(points)} done"
    still = [point.point for point in points if not point.done and not point.explanation]
    return [told, quiet(f"Still open: {', '.join(still)}" if still else None)]


def _impact(row: SessionRow) -> Said:
    if row.evaluation is None:
        return "Not evaluated yet" if row.delivered_on else None
    judged = row.evaluation
    return [f"On practice: {judged['impact_practice']}", f"On management: {judged['impact_management']}"]


@pages.get("/sessions/<ref>")
@member
def session(ref: str) -> Response:
    """Show one session."""
    with look() as seen:
        shown = visible(SessionsSeen(seen.on), ref)
        if shown is None:
            return thing.retracted(seen, "session", ref)
        row = shown.row
        title = seen.title_of("course", row.course) or row.course
        said: dict[str, Any] = {
            "heading": f"{title}, {written(row.held_on)}",
            "caption": f"Training session {ref}",
        }
        crumbs = [{"text": "Training sessions", "href": "/sessions"}]
        said["begun"] = _links(seen, row)
        return thing.show(
            seen, "session", ref, facts=facts(*_facts(seen, shown)), sections=list(_sections(seen, shown)), crumbs=crumbs, **said
        )


def _links(seen: Look, row: SessionRow) -> list[dict[str, str]]:
    """Return where links for participants are handed out, to those who may."""
    if not seen.clocks.is_now or not row.delivered_on:
        return []
    open_now: dict[Purpose, bool] = {"day": bool(row.attendees) and row.status != "evaluated", "follow-up": bool(row.follow_ups)}
    found = [(purpose, *WHO[purpose]) for purpose, is_open in open_now.items() if is_open]
    role = seen.on.scope.role
    return [
        {"title": f"Hand out links for {what}", "href": f"/sessions/{row.ref}/links/{purpose}"}
        for purpose, right, what in found
        if roles.may(role, right)
    ]


def _facts(seen: Look, shown: Shown) -> Iterator[dict[str, Any]]:
    row = shown.row
    yield fact("Status", row.status.capitalize())
    if row.delivered_on and row.status != "evaluated":
        yield fact("Still to be done", *_still_open(shown.points))
    yield fact("Course", course(seen, row.course), quiet(row.format.capitalize()))
    yield fact("Held" if row.delivered_on else "Planned", row.held_on)
    yield fact("Trainers", *(_trainer(seen, office, row.held_on) for office in row.trainers))
    yield fact("Whose staff train", *(seen.words.body(agency) for agency in row.trainer_agencies))
    yield fact("Places", f"{row.capacity}: {len(row.there)}{shown.whose} attended, {len(row.lapsed)}{shown.whose} were given up")
    if row.closing:
        closed = f"{row.closing['number_attended']} participants in all, closed {written(date.fromisoformat(row.closing['on']))}"
        yield fact("Attendance", closed, quiet(f"Population SHA-256 {row.closing['population_sha256']}"))
    owed = "Owed: this course's participants and their managers return it" if row.follow_up_owed else "Asked, and not owed for this course"
    yield fact("Follow-up", owed)


def _trainer(seen: Look, office: str, day: date) -> Said:
    """Return the office of a trainer with who employs its holder: several are called Trainer."""
    term = seen.words.offices[office].holder_on(day) if office in seen.words.offices else None
    return [seen.words.office(office, day), quiet(seen.words.body(term.body or term.employer or "") if term else None)]


def _sections(seen: Look, shown: Shown) -> Iterator[dict[str, Any]]:
    row = shown.row
    if row.delivered_on:
        yield _five(shown.points)
        yield _effect(seen, shown)
    yield from people.sections(seen, row)
    yield from draws.sections(seen, row)
    if row.observations:
        watched = [
            (
                seen.words.office(one["observer"]),
                seen.words.body(one["observer_agency"]),
                one["grade"].capitalize(),
                date.fromisoformat(one["on"]),
            )
            for one in row.observations
        ]
        yield section("Observation", ("Observer", "Employed by", "Grade", "On"), watched, "")


def _still_open(points: list[PointRow]) -> Iterator[Said]:
    """Say which points are neither done nor explained; or that somebody only has to say what came of it."""
    left = [POINTS[point.point] for point in points if point.done is False and not point.explanation]
    yield from left or ["The evaluation itself: every point is done or explained"]


def _five(points: list[PointRow]) -> dict[str, Any]:
    told = [
        (
            POINTS[point.point],
            "Not shown to you" if point.done is None else "Done" if point.done else "Explained" if point.explanation else strong("Open"),
            point.words,
            point.explanation,
        )
        for point in points
    ]
    note = "A session is evaluated when each of the five is done or explained (framework, page 8)."
    return section("The five points", ("Point", "Where it stands", "What there is", "Why not"), told, "", note)


def _effect(seen: Look, shown: Shown) -> dict[str, Any]:
    """Return satisfaction and impact, each for itself."""
    row, whose = shown.row, shown.whose
    given = row.feedback
    many = len(given["numbers"])
    forms = f"All feedback forms, {many} of them{whose}" if shown.partial else f"{many} feedback forms"
    few = "Not shown: fewer than five answered"
    told: list[tuple[Said, ...]] = [
        ("Satisfaction", f"{given['satisfaction']} of 5" if given["satisfaction"] else few, forms),
        ("Learning", f"{given['learning']} of 5" if given["learning"] else few, forms),
    ]
    if given["confidence_before"] and given["confidence_after"]:
        told.append(("Confidence", f"{given['confidence_before']} before, {given['confidence_after']} after", "The same forms"))
    answers = [one["impact"] for one in row.returned]
    counted = ", ".join(f"{answers.count(word)} {word}" for word in ("none", "some", "marked"))
    said = few if None in answers else counted if answers else f"Nobody{whose} has answered yet"
    told.append(("Impact, as participants say", said, f"{len(answers)} follow-ups{whose} returned"))
    if judged := row.evaluation:
        rests = _named(judged["evidence_of_impact"])
        told.append(("Impact on practice, as judged", judged["impact_practice"].capitalize(), rests))
        told.append(("Impact on management, as judged", judged["impact_management"].capitalize(), rests))
        revised = course(seen, judged["revised_course"]) if judged["revised_course"] else "No course was revised"
        told.append(("What changes", judged["changes"], revised))
    note = "What they thought of it says nothing of what came of it: impact rests on follow-ups, calls and observations."
    return section("Satisfaction and impact", ("What", "Result", "Shown by"), told, "", note)


def _named(evidence: list[str]) -> str:
    """Return what impact was judged by, counted: whose answers they are is for those who judge."""
    counted = Counter(one.partition(":")[0] for one in evidence)
    return ", ".join(f"{many} {EVIDENCE[kind][many != 1]}" for kind, many in counted.items()) or "Nothing is named"
