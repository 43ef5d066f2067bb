"""What every decision about a session stands on: where it stands on the day, and who may have a hand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.entry import Recorded
from aggregates.training_session import refusals
from aggregates.training_session import state as s

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from aggregates.authority import Act

TRAINER: Final = "trainer"
HELD = s.Delivered | s.Evaluating | s.Evaluated


class Acts(Recorded[s.SessionState | None]):
    """A session as its decisions see it."""

    def _say(self, event: str, act: Act, /, **fields: Any) -> None:
        when = {"occurred_on": act["occurred_on"], "late_reason": act.get("late_reason")}
        self.record(event, **when, **fields, **act["acting"].said)

    def _begun(self, act: Act) -> s.SessionState:
        """Return what is true now; refuse a day before it was scheduled, and the trainer of other sessions."""
        now = self.state
        if now is None or act["occurred_on"] < now.scheduled_on:
            raise refusals.NotScheduled(ref=self.ref, day=act["occurred_on"])
        check_own(act, self.ref, now.trainers)
        return now

    def _held(self, act: Act, cannot: str, *, ended: bool = False) -> s.SessionState:
        """Return the same where it was held; refuse what comes after its evaluation but where that may be (`ended`)."""
        now = self._begun(act)
        if not isinstance(now.status, HELD) or (isinstance(now.status, s.Evaluated) and not ended):
            raise refusals.WrongSessionStage(ref=self.ref, status=now.status.word, act=cannot)
        return now

    def _there(self, number: str, day: date) -> s.Attendee:
        """Return who had a number by a day, or refuse."""
        found = self.state.attendee(number) if self.state else None
        if found is None or day < found.on:
            raise refusals.NobodyOfThisNumber(ref=self.ref, number=number, day=day)
        return found

    def _once(self, now: s.SessionState, act: Act) -> None:
        """Refuse to count somebody twice who came under two references, now that it is known that they are one person."""
        for place, one in enumerate(now.attendees):
            for other in now.attendees[:place]:
                if act["acting"].one_person(one.participant.subject, other.participant.subject):
                    raise refusals.CountedTwice(ref=self.ref, first=other.number, second=one.number)

    def _apart(self, act: Act, trainers: Collection[UUID]) -> None:
        """Refuse whoever trained in it, in whatever office they act: `trainers` are the persons."""
        acting = act["acting"]
        trained = any(acting.is_(trainer, recorded_for=True) for trainer in trainers)
        if trained or (self.state and acting.in_name_of in self.state.trainers):
            raise refusals.TrainerInvolved(ref=self.ref)


def check_own(act: Act, ref: str, trainers: Collection[str]) -> None:
    """Refuse a trainer who does not train in it."""
    acting = act["acting"]
    if acting.role == TRAINER and acting.in_name_of not in trainers:
        raise refusals.NotTheirSession(ref=ref, trainers=list(trainers))
