"""What was taught, whether it changed anything, and what the Board changed because of it. Counts of people are suppressed where small."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from aggregates.partnership import Course
from aggregates.returns.report.parts import Figure, Number, day, number, of
from aggregates.returns.report.suppression import suppressed
from aggregates.training_session import TrainingSession

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aggregates.returns.report.parts import Cell
    from aggregates.returns.report.record import Said, Year

JUDGEMENTS = ("marked", "some", "none", "not known")  # of impact, by who evaluates a session


def training(on: Year) -> Figure:
    """Count who came and who did not, by course: the events behind are those of the sessions, never of a person."""
    closed = {said.ref: said for said in on.so_far(TrainingSession.AttendanceClosed)}
    lapsed = Counter(said.ref for said in on.so_far(TrainingSession.BookingLapsed))
    held = on.within(TrainingSession.Delivered)
    counted = {said.ref: (closed[said.ref]["number_attended"] if said.ref in closed else 0, lapsed[said.ref]) for said in held}
    return _of_people(
        on,
        held,
        counted,
        id="training",
        title="Who came to training",
        says=f"{of(len(held), 'session was', 'sessions were')} held.",
        columns=("Course", "Sessions", "Came", "Had a place and did not come", "Booked"),
        empty="No session was held.",
    )


def follow_up(on: Year) -> Figure:
    """Count whose follow-up questionnaire was owed for what was held in the year, and who returned it."""
    owed: dict[str, set[str]] = defaultdict(set)
    given: dict[str, set[str]] = defaultdict(set)
    for said in on.so_far(TrainingSession.FollowUpIssued):
        if said["owed"]:
            owed[said.ref].add(said["number"])
    for said in on.so_far(TrainingSession.FollowUpReturned):
        if said["answered_by"] == "participant":
            given[said.ref].add(said["number"])
    held = [said for said in on.within(TrainingSession.Delivered) if owed[said.ref]]
    counted = {said.ref: (len(given[said.ref] & owed[said.ref]), len(owed[said.ref] - given[said.ref])) for said in held}
    return _of_people(
        on,
        held,
        counted,
        id="follow_up",
        title="Who said, three months on, what came of it",
        says=f"A follow-up was owed for {of(len(held), 'session')}.",
        columns=("Course", "Sessions", "Returned", "Not returned", "Owed"),
        empty="No follow-up was owed.",
    )


def _of_people(on: Year, held: Sequence[Said], counted: Mapping[str, tuple[int, int]], *, columns: Sequence[str], **said: Any) -> Figure:
    """Return a figure of two counts of people by course, and their totals."""
    titles = {one.ref: one["title"] for one in on.so_far(Course.CourseOffered)}
    by_course: dict[str, list[Said]] = defaultdict(list)
    for one in held:
        by_course[one["course"]].append(one)
    courses = sorted(by_course, key=lambda course: titles.get(course, course))
    counts = [[sum(counted[one.ref][part] for one in by_course[course]) for part in (0, 1)] for course in courses]
    rows: list[Sequence[Cell]] = []
    for course, line in zip([*courses, None], suppressed(counts), strict=False):
        name, its = ("All courses", list(held)) if course is None else (titles.get(course, course), by_course[course])
        rows.append((name, number(its), *map(Number, line)))
    return Figure(**said, columns=columns, rows=rows if held else (), behind=[()] * len(rows) if held else (), of_people=True)


def training_impact(on: Year) -> Figure:
    """Say, by session, what it was found to have changed in practice: what participants thought of it is no part of that (INV-27)."""
    held = {said.ref for said in on.within(TrainingSession.Delivered)}
    judged = [said for said in on.so_far(TrainingSession.Evaluated) if said.ref in held]
    latest = {said.ref: said for said in judged}
    found = [(word, number(s for s in latest.values() if s["impact_practice"] == word)) for word in JUDGEMENTS]
    in_management = [number(s for s in latest.values() if s["impact_management"] == word) for word in JUDGEMENTS]
    return Figure(
        "training_impact",
        "What training changed",
        f"{len(latest)} of {of(len(held), 'session')} held in the year had been evaluated.",
        [(f"{word.capitalize()} in practice", count) for word, count in found],
        drawn=True,
        columns=("Impact", "On practice", "On management"),
        rows=[(word.capitalize(), count, other) for (word, count), other in zip(found, in_management, strict=True)],
        behind=[()] * len(JUDGEMENTS),
    )


def revisions(on: Year) -> Figure:
    """Say which courses were changed, because of what, and which evaluation had asked for it."""
    made = [said for said in on.within(Course.CourseContentRevised) if said["because_of"]]
    titles = {one.ref: one["title"] for one in on.so_far(Course.CourseOffered)}
    asked = on.so_far(TrainingSession.Evaluated)
    rows, behind = [], []
    for said in made:
        evaluation = next((e for e in reversed(asked) if e["revised_course"] == said.ref and e.on <= said.on), None)
        rows.append((titles.get(said.ref, said.ref), day(said.on), said["what"], ", ".join(said["because_of"])))
        behind.append((said.at, *((evaluation.at,) if evaluation else ())))
    return Figure(
        "revisions",
        "Courses that were changed because of what was found",
        f"{of(len(made), 'course was', 'courses were')} changed.",
        columns=("Course", "When", "What was changed", "Because of"),
        rows=rows,
        behind=behind,
        empty="No course was changed.",
    )
