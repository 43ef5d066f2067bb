"""The verbs of a training session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.authority import Acting
from aggregates.partnership import Agency, Course
from aggregates.partnership.course import NotInTheProgramme, Offered
from aggregates.partnership.office import NobodyInOffice, Office
from aggregates.registry.data_subject import DataSubject
from aggregates.returns import Return
from aggregates.training_session import TrainingSession, refusals
from service.desk.submission import Submission
from service.recording import Write
from service.recording.resting import resting_on
from service.verbs.notices import BY_ITSELF
from service.verbs.training.rests_on import Training

if TYPE_CHECKING:
    from datetime import date, datetime

    from service.recording import Done

ANOTHER: Final = "another"


class TrainingVerbs(Training):
    """What is decided about a training session."""

    @resting_on(Course, Office)
    def schedule_session(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Plan a session of a course that is on offer; its format, and whether a follow-up is owed, are the course's on the day."""
        course: Course = self.load(Course, said["course"])
        then = course.state_on(said["occurred_on"])
        if then is None or course.state is None or not isinstance(course.state.status, Offered):
            raise NotInTheProgramme(ref=said["course"], day=said["occurred_on"])
        found: dict[str, Any] = {"format": then.format, "follow_up_owed": then.follow_up_owed}
        found["trainer_agencies"] = self._employers(said["trainers"], said["planned_on"])
        return self._begin(ref, TrainingSession.schedule, write, **said, **found)

    def cancel_session(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Call a session off."""
        return self._change(TrainingSession, ref, TrainingSession.cancel, write, **said)

    def deliver_session(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that a session was held."""
        return self._change(TrainingSession, ref, TrainingSession.deliver, write, **said)

    @resting_on(Agency)
    def record_attendance(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record who was there, for an agency that was a member on the day."""
        self._place(said)
        return self._change(TrainingSession, ref, TrainingSession.record_attendance, write, **said)

    @resting_on(Agency)
    def lapse_booking(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record who had a place and was not there."""
        self._place(said)
        return self._change(TrainingSession, ref, TrainingSession.lapse_booking, write, **said)

    def close_attendance(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Say that everybody is on record who was there."""
        return self._change(TrainingSession, ref, TrainingSession.close_attendance, write, **said)

    def give_feedback(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record a participant's feedback."""
        return self._change(TrainingSession, ref, TrainingSession.give_feedback, write, **_words(said, "comment"))

    def record_action_plan(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record a participant's action plan."""
        return self._change(TrainingSession, ref, TrainingSession.record_action_plan, write, **_words(said, "plan"))

    def issue_follow_up(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Ask a participant what came of it, from three months on; `muniment work` does so by itself."""
        window = self.settings_on(said["occurred_on"]).followup_return
        return self._change(TrainingSession, ref, TrainingSession.issue_follow_up, write, **said, window=window)

    def issue_due_follow_up(self, ref: str, number: str, /, *, today: date, at: datetime | None = None) -> Done:
        """Do the same as the service does it by itself: once, whoever else does it at this moment; refuses what is not due.

        `at` is when, in a demonstration.
        """
        session: TrainingSession = self.load(TrainingSession, ref, fresh=True)
        gone = sum(
            issubclass(entry.event, TrainingSession.EntryRetracted) for entry in session.entries
        )  # what was retracted falls due again
        it = Submission(name="issue_follow_up", ref=ref, fields={"number": number}, key=f"follow-up/{ref}/{number}/{gone}")
        write = Write(received=self.moment(at) if at else None, caller=BY_ITSELF, submission=it)
        return self.issue_follow_up(ref, write=write, acting=Acting(), occurred_on=today, late_reason=None, number=number)

    def return_follow_up(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record a participant's answer, or their manager's view of it."""
        return self._change(TrainingSession, ref, TrainingSession.return_follow_up, write, **_words(said, "effect_on_children"))

    @resting_on(Office)
    def draw_telephone_sample(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Draw the telephone sample, from the first checkpoint that seals the closing of the attendance."""

        def draw(session: TrainingSession, **said: Any) -> None:
            state = session.state
            checkpoint = self.sealing(session) if state and state.closing else (0, "")  # without a closing the aggregate refuses
            trained = self.trainers_of(state) if state else ()
            session.draw_telephone_sample(
                **said, share=self.settings_on(said["occurred_on"]).phone_sample, checkpoint=checkpoint, trained_by=trained
            )

        return self._change(TrainingSession, ref, draw, write, **said)

    @resting_on(Office)
    def record_telephone_call(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record a telephone call to somebody who was drawn."""

        def call(session: TrainingSession, **said: Any) -> None:
            session.record_telephone_call(**said, trained_by=self.trainers_of(session.state) if session.state else ())

        return self._change(TrainingSession, ref, call, write, **said)

    @resting_on(Office)
    def observe_delivery(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record what somebody saw who did not train in it."""
        office: Office = self.load(Office, said["observer"])
        term = office.holder_on(said["occurred_on"])
        if term is None:
            raise NobodyInOffice(ref=said["observer"], day=said["occurred_on"])
        watched: dict[str, Any] = {"watched_by": term.holder.subject, "observer_agency": term.employer}
        watched["another_employer"] = self.settings_on(said["occurred_on"]).observer_employer == ANOTHER

        def observe(session: TrainingSession, **said: Any) -> None:
            trained = self.trained(session.state) if session.state else []
            by, employers = {one.holder.subject for one in trained}, {one.employer for one in trained if one.employer}
            session.observe_delivery(**said, trained_by=by, trained_for=employers)

        return self._change(TrainingSession, ref, observe, write, **said, **watched)

    @resting_on(Office, Return)
    def evaluate_session(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Look at the five points of a session together."""
        self._there(Course, "course", said["revised_course"])

        def evaluate(session: TrainingSession, **said: Any) -> None:
            if (state := session.state) is None:
                raise refusals.NotScheduled(ref=ref, day=said["occurred_on"])
            in_date = self.cpd_in_date(state.trainers, state.delivered_on or state.planned_on)
            session.evaluate(**said, in_date=in_date, trained_by=self.trainers_of(state))

        return self._change(TrainingSession, ref, evaluate, write, **said)

    def _employers(self, trainers: tuple[str, ...], day: date) -> tuple[str, ...]:
        """Return the agencies that employ the trainers, each once; refuse an office that nobody holds on the day."""
        for office in trainers:
            self._there(Office, "office", office)
            if not self.terms_of((office,), day):
                raise NobodyInOffice(ref=office, day=day)
        return tuple(dict.fromkeys(term.employer for term in self.terms_of(trainers, day) if term.employer))

    def _place(self, said: dict[str, Any]) -> None:
        """Refuse a participant who is not registered, and an agency that was no member on the day."""
        self._there(DataSubject, "subject", str(said["participant"].subject))
        self._there(Agency, "agency", said["agency"])
        self._took_part(said["agency"], said["occurred_on"])


def _words(said: dict[str, Any], field: str) -> dict[str, Any]:
    """Return what is said with a personal text as the text: whose it is, the aggregate knows."""
    sealed = said.get(field)
    return said | {field: sealed.value if sealed is not None else None}
