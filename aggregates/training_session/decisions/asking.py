"""Asking those who were there: what they thought of it, what they mean to do, and three months on what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Unpack

from aggregates.entry.values import Sealed, worded
from aggregates.errors import said
from aggregates.training_session import refusals
from aggregates.training_session.decisions.holding import Holding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregates.authority import Act
    from aggregates.training_session.events import Impact

LEAD = "designated lead"
LOWEST, HIGHEST = 1, 5
SCORES = ("satisfaction", "learning", "confidence_before", "confidence_after")


class Asking(Holding):
    """The first two of the five points. What a participant writes is sealed under them."""

    def give_feedback(
        self,
        *,
        number: str,
        satisfaction: int,
        learning: int,
        confidence_before: int | None = None,
        confidence_after: int | None = None,
        comment: str | None = None,
        **act: Unpack[Act],
    ) -> None:
        """Record what a participant thought of it."""
        now = self._held(act, "feedback is given between its delivery and its evaluation")
        who = self._there(number, act["occurred_on"])
        if any(given.number == number for given in now.feedback):
            raise refusals.AlreadySaid(ref=self.ref, what="feedback", number=number)
        scores = {"satisfaction": satisfaction, "learning": learning}
        scores |= {"confidence_before": confidence_before, "confidence_after": confidence_after}  # type: ignore[dict-item]
        check_scores(scores)
        said(comment=comment)
        self._say("FeedbackReceived", act, number=number, comment=_of(who.participant, comment), **scores)

    def record_action_plan(self, *, number: str, plan: str, **act: Unpack[Act]) -> None:
        """Record what a participant means to do."""
        now = self._held(act, "action plans are made between its delivery and its evaluation")
        who = self._there(number, act["occurred_on"])
        if number in now.plans:
            raise refusals.AlreadySaid(ref=self.ref, what="action plan", number=number)
        said(plan=plan)
        self._say("ActionPlanRecorded", act, number=number, plan=_of(who.participant, plan))

    def issue_follow_up(self, *, number: str, window: int, **act: Unpack[Act]) -> None:
        """Ask a participant what came of it, on or after the day that is three months on; `window` are the days to answer in."""
        now = self._held(act, "follow-ups are for what was held", ended=True)
        who = self._there(number, act["occurred_on"])
        if asked := now.follow_up(number):
            raise refusals.FollowUpIssuedAlready(ref=self.ref, number=number, on=asked.issued_on)
        if act["occurred_on"] < who.follow_up_due:
            raise refusals.FollowUpNotDue(ref=self.ref, number=number, due_on=who.follow_up_due)
        due_on = act["occurred_on"] + timedelta(days=window)
        fields = {"agency": who.agency, "owed": now.follow_up_owed, "fell_due_on": who.follow_up_due, "due_on": due_on}
        self._say("FollowUpIssued", act, number=number, **fields)

    def return_follow_up(
        self,
        *,
        number: str,
        used_in_practice: bool | None = None,
        shared_with_colleagues: bool | None = None,
        effect_on_children: str | None = None,
        impact: Impact | None = None,
        manager_view: str | None = None,
        **act: Unpack[Act],
    ) -> None:
        """Record a participant's answer, late or not; or, from the designated lead of their agency, the manager's view of it."""
        now = self._held(act, "follow-ups are for what was held", ended=True)
        who = self._there(number, act["occurred_on"])
        asked = now.follow_up(number)
        if asked is None or act["occurred_on"] < asked.issued_on:
            raise refusals.NotAskedYet(ref=self.ref, number=number, day=act["occurred_on"])
        answer = {"used_in_practice": used_in_practice, "shared_with_colleagues": shared_with_colleagues, "impact": impact}
        theirs = act["acting"].role == LEAD
        if theirs and not act["acting"].acts_for(who.agency):
            raise refusals.NotTheirParticipant(ref=self.ref, number=number)
        if theirs and (effect_on_children or any(value is not None for value in answer.values())):
            raise refusals.NotTheirAnswer(ref=self.ref, number=number)
        said(effect_on_children=effect_on_children, manager_view=manager_view)
        check_view(self.ref, number, manager_view)
        by_manager = all(value is None for value in (*answer.values(), effect_on_children)) and manager_view is not None
        if not by_manager and (missing := [name for name, value in answer.items() if value is None]):
            raise refusals.AnswerIncomplete(ref=self.ref, missing=["manager_view"] if theirs else missing)
        fields: dict[str, Any] = {"agency": asked.agency, "answered_by": "manager" if by_manager else "participant"}
        fields |= {"effect_on_children": _of(who.participant, effect_on_children), "manager_view": manager_view}
        self._say("FollowUpReturned", act, number=number, **answer, **fields)


def check_scores(said: Mapping[str, Any]) -> None:
    """Refuse a score that is not from 1 to 5."""
    for field in SCORES:
        if (score := said.get(field)) is not None and not LOWEST <= score <= HIGHEST:
            raise refusals.ScoreOutOfRange(field=field.replace("_", " ").capitalize(), score=score)


def check_view(ref: str, number: str, view: str | None) -> None:
    """Refuse a manager's view that says nothing."""
    if view is not None and not worded(view):
        raise refusals.ViewWithoutWords(ref=ref, number=number)


def _of(participant: Sealed, text: str | None) -> Sealed | None:
    """Seal what somebody wrote under their own key."""
    return Sealed(participant.subject, text) if text is not None else None
