"""What was taught, whether it changed anything, and what the Board changed because of it. Counts of people are suppressed where small."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aggregates.entry.values import FEWEST
from aggregates.partnership import Course
from aggregates.returns.report.parts import Figure, Number, day, number, of
from aggregates.returns.report.suppression import suppressed_together
from aggregates.training_session import TrainingSession

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aggregates.returns.report.parts import Cell
    from aggregates.returns.report.record import Said, Year
    from aggregates.returns.report.suppression import Place

JUDGEMENTS = ("marked", "some", "none", "not known")  # of impact, by who evaluates a session


def training(on: Year) -> Figure:
    """Count who came and who did not, by course: the events behind are those of the sessions, never of a person."""
    came, _ = _counted(on)
    return _of_people(
        on,
        came,
        id="training",
        title="Who came to training",
        says=f"{of(len(came.held), 'session was', 'sessions were')} held.",
        columns=("Course", "Sessions", "Came", "Had a place and did not come", "Booked"),
        empty="No session was held.",
    )


def follow_up(on: Year) -> Figure:
    """Count whose follow-up questionnaire was owed for what was held in the year, and who returned it."""
    _, owed = _counted(on)
    return _of_people(
        on,
        owed,
        id="follow_up",
        title="Who said, three months on, what came of it",
        says=f"A follow-up was owed for {of(len(owed.held), 'session')}.",
        columns=("Course", "Sessions", "Returned", "Not returned", "Owed"),
        empty="No follow-up was owed.",
    )


@dataclass(slots=True)
class _Counts:
    """Two counts of people by course, of some sessions; and what is said of them, with their totals."""

    held: Sequence[Said]
    courses: Sequence[str]
    counts: Sequence[Sequence[int]]
    shown: Sequence[Sequence[int | None]] = ()

    def total(self, course: str | None, part: int) -> tuple[Place, int]:
        """Return a count, or the sum of both, of a course or of all, with its place."""
        rows = self.counts if course is None else [self.counts[self.courses.index(course)]]
        place = (len(self.counts) if course is None else self.courses.index(course), part)
        return place, sum(sum(row) if part == len(row) else row[part] for row in rows)


def _counted(on: Year) -> tuple[_Counts, _Counts]:
    """Count who came and who did not, and who returned a follow-up and who did not, and say of both what gives nobody away.

    A follow-up is owed by whoever came: where both are nearly as many, neither is said where the other is not.
    """
    came, owed = _attended(on), _followed_up(on)
    pairs = [(came.total(course, 0), owed.total(course, 2)) for course in [*owed.courses, None]]
    same = [((0, one), (1, other)) for (one, many), (other, several) in pairs if many - several < FEWEST]
    came.shown, owed.shown = suppressed_together([came.counts, owed.counts], same)
    return came, owed


def _attended(on: Year) -> _Counts:
    closed = {said.ref: said for said in on.so_far(TrainingSession.AttendanceClosed)}
    lapsed = Counter(said.ref for said in on.so_far(TrainingSession.BookingLapsed))
    held = on.within(TrainingSession.Delivered)
    counted = {said.ref: (closed[said.ref]["number_attended"] if said.ref in closed else 0, lapsed[said.ref]) for said in held}
    return _by_course(on, held, counted)


def _followed_up(on: Year) -> _Counts:
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
    return _by_course(on, held, counted)


def _by_course(on: Year, held: Sequence[Said], counted: Mapping[str, tuple[int, int]]) -> _Counts:
    titles = _titles(on)
    courses = sorted({one["course"] for one in held}, key=lambda course: titles.get(course, course))
    counts = [[sum(counted[one.ref][part] for one in held if one["course"] == course) for part in (0, 1)] for course in courses]
    return _Counts(held, courses, counts)


def _titles(on: Year) -> dict[str, str]:
    return {one.ref: one["title"] for one in on.so_far(Course.CourseOffered)}


def _of_people(on: Year, its: _Counts, *, columns: Sequence[str], **said: Any) -> Figure:
    """Return a figure of two counts of people by course, and their totals."""
    titles = _titles(on)
    rows: list[Sequence[Cell]] = []
    for course, line in zip([*its.courses, None], its.shown, strict=False):
        sessions = [one for one in its.held if course in {None, one["course"]}]
        rows.append(("All courses" if course is None else titles.get(course, course), number(sessions), *map(Number, line)))
    rows = rows if its.held else []
    return Figure(**said, columns=columns, rows=rows, behind=[()] * len(rows), of_people=True)


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
