"""What may be chosen in the forms of a training session; and what is made up to ask whether something could be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.partnership.course import Offered
from aggregates.training_session import TrainingSession, refusals
from aggregates.training_session.state import POINTS
from api.worker import worker
from projections import partnership, training

if TYPE_CHECKING:
    from aggregates.training_session import SessionState
    from api.pages.frame import Look
    from api.pages.frame.words import Words

POINTS_IN_WORDS: Final = {
    "feedback": "1. Feedback and action plans",
    "follow-up": "2. Follow-up after three months",
    "calls": "3. Telephone sample",
    "observation": "4. Observation by somebody who did not train",
    "trainer CPD": "5. Trainers' yearly CPD",
}
MADE_UP: Final = (
    refusals.NotTheDayOfIt,
    refusals.HasANumber,
    refusals.NotTheirParticipant,
    refusals.PointOpen,
    refusals.ImpactUnproven,
)


def known(command: str, session: SessionState, words: Words, *, lead: bool) -> dict[str, Any]:
    """Return values with which a command about a session could be given: of those whom it could be about, the first.

    `lead`: by a designated lead, of whom nothing is taken that a participant says.
    """
    newest = session.draws[-1] if session.draws else None
    given = {one.number for one in session.feedback}
    whom = {
        "give_feedback": [number for number in session.population if number not in given],
        "record_action_plan": [number for number in session.population if number not in session.plans],
        "issue_follow_up": [one.number for one in sorted(session.unasked, key=lambda one: one.on)],
        "return_follow_up": [one.number for one in sorted(session.follow_ups, key=lambda one: one.answer is not None)],
        "record_telephone_call": list(newest.waiting) if newest else [],
    }
    today = worker().today
    held = [ref for ref, office in words.offices.items() if office.holder_on(today)]
    observers = [ref for ref in held if ref not in session.trainers]
    said: dict[str, Any] = {
        "number": next(iter(whom.get(command, [])), "…"),
        "draw": newest.draw if newest else "…",
        "evidence_of_impact": (),
    }
    if command == "return_follow_up":
        answer = {"used_in_practice": True, "shared_with_colleagues": True, "impact": "some", "effect_on_children": None}
        said |= dict.fromkeys(answer) | {"manager_view": "Used"} if lead else answer | {"manager_view": None}
    return said | {"observer": next(iter(observers), "…"), "revised_course": None}


def courses(seen: Look, _: str | None) -> dict[str, str]:
    """Return the courses that are on offer."""
    return {row.ref: row.title for row in partnership.courses(seen.on.conn, **seen.on.at) if row.status == Offered.word}


def numbers(seen: Look, about: str | None) -> dict[str, str]:
    """Return the participants of a session by number: by name too, to those who may know."""
    found = training.session(seen.on.conn, about or "", **seen.on.at)
    ours = [one for one in found.attendees if seen.on.scope.agency in {None, one["agency"]}] if found else []
    return {one["number"]: f"{one['number']}, {seen.words.body(one['agency'])}" for one in ours}


def draws(seen: Look, about: str | None) -> dict[str, str]:
    """Return the draw that calls are made by: the newest."""
    found = training.session(seen.on.conn, about or "", **seen.on.at)
    return {one["draw"]: f"Draw {one['draw']}" for one in found.draws[-1:]} if found else {}


def shows_impact(_: Look, about: str | None) -> dict[str, str]:
    """Return what can show the impact of a session: never what participants said on the day (INV-27)."""
    session: TrainingSession | None = worker().board.find(TrainingSession, about)
    named = sorted(session.state.evidence, key=_by_number) if session and session.state else []
    return {one: one.replace(":", " ").capitalize() for one in named}


def _by_number(name: str) -> tuple[str, int, str]:
    """Put follow-up 2 before follow-up 10."""
    kind, _, number = name.partition(":")
    return kind, int(number) if number.isdecimal() else 0, number


def points(_: Look, __: str | None) -> dict[str, str]:
    """Return the five points by which a session is evaluated."""
    return dict(POINTS_IN_WORDS)


def points_as_they_stand(_: Look, about: str | None) -> list[dict[str, str]]:
    """Return a row for each of the five points, with whether it is done by what is on record: what is not has to be explained."""
    session: TrainingSession | None = worker().board.find(TrainingSession, about)
    if session is None or session.state is None:
        return [{"point": point} for point in POINTS_IN_WORDS]
    now = session.state
    done = now.done(worker().board.cpd_in_date(now.trainers, now.delivered_on or now.planned_on))
    return [{"point": point, "done": "yes" if done[point] else "no"} for point in POINTS]
