"""What is made up to ask whether something could be done with a training session, and which refusals that alone brings about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.training_session import refusals
from api.worker import worker

if TYPE_CHECKING:
    from aggregates.training_session import SessionState
    from api.pages.frame.words import Words

MADE_UP: Final = (
    refusals.NotTheDayOfIt,
    refusals.HasANumber,
    refusals.NotTheirAnswer,
    refusals.NotTheirParticipant,
    refusals.PointOpen,
    refusals.ImpactUnproven,
)


def known(command: str, session: SessionState, words: Words) -> dict[str, Any]:
    """Return values with which a command about a session could be given: of those whom it could be about, the first."""
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
    said = {"number": next(iter(whom.get(command, [])), "…"), "draw": newest.draw if newest else "…", "evidence_of_impact": ()}
    return said | {"observer": next(iter(observers), "…"), "revised_course": None}
