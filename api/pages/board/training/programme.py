"""The training programme: which formats have a live course and because of which findings; and how the courses were evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response

from api.access import member
from api.pages.board import listing
from api.pages.board.listing import findings
from api.pages.board.training.sessions import course
from api.pages.frame import look
from api.pages.frame.thing import quiet, section, strong
from api.pages.frame.words import written
from api.resources.record.training import SessionsSeen
from projections import training

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.pages.frame import Look
    from api.pages.frame.thing import Said
    from projections.training import CourseEvaluation
    from projections.training.programme import CourseOfProgramme

pages = Blueprint("training_programme", __name__)
OWN: Final = (
    "You are shown the sessions in which you train, and of others those to which your agency's staff came, with your agency's staff alone."
)


@pages.get("/programme")
@member
def programme() -> Response:
    """Show the programme by format, and each course's evaluation."""
    with look() as seen:
        return listing.several(
            seen, "board/training/programme.html", "/programme", list(_sections(seen)), kept={}, heading="Training programme"
        )


def _sections(seen: Look) -> Iterator[dict[str, Any]]:
    at = seen.on.at
    offered = [
        (form.format.capitalize(), *cells)
        for form in training.programme(seen.on.conn, **at)
        for cells in ([_course(seen, one) for one in form.courses] or [(strong("No live course"), "", "", "")])
    ]
    columns = ("Format", "Course", "Level", "Because of", "Sessions")
    note = "At least one live course for each format (framework, page 8), and the findings that each teaches."
    yield section("Formats and courses", columns, offered, "", note)
    told = [_evaluated(seen, one) for one in training.evaluated_courses(SessionsSeen(seen.on).held())]
    heads = ("Course", "Sessions", "Five points done", "Follow-ups", "Satisfaction", "Impact on practice", "Impact on management")
    note = "Satisfaction and impact stand apart: the one never stands in for the other."
    note += f" {OWN}" if seen.on.scope.agency is not None else ""
    yield section("How courses were evaluated", heads, told, "No session had been held.", note)


def _course(seen: Look, one: CourseOfProgramme) -> tuple[Said, ...]:
    next_on = quiet(f"Next {written(one.next_on)}" if one.next_on else None)
    title = [course(seen, one.ref), quiet("Follow-up owed" if one.follow_up_owed else None)]
    return title, one.level.capitalize(), findings(seen, one.needs) or "No finding is named", [f"{one.held} held", next_on]


def _evaluated(seen: Look, one: CourseEvaluation) -> tuple[Said, ...]:
    points = [f"{point[0].upper()}{point[1:]}: {count} of {one.held}" for point, count in one.done.items()]
    held = [f"{one.held} held, {one.evaluated} evaluated", quiet(f"{one.attended} attended")]
    satisfied = ", ".join(one.satisfaction) or ("Not told of fewer than five" if one.evaluated else "Not judged yet")
    return (
        course(seen, one.course), held, points, f"{one.returned} of {one.asked} returned", satisfied, _counted(one.impact_practice),
        _counted(one.impact_management),
    )  # fmt: skip


def _counted(judged: dict[str, int]) -> Said:
    return [f"{word.capitalize()}: {count}" for word, count in sorted(judged.items())] or "Not judged yet"
