"""What a decision about a training session rests on beside its own stream: its trainers, their yearly CPD, and the sealing checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.clocks import labels
from aggregates.partnership.office import Office
from aggregates.returns import Return
from aggregates.training_session import TrainingSession, refusals
from service.desk.refusals import NoCheckpointYet
from service.recording.across.holding import Holding
from service.recording.known import looked_up
from service.verify import open_sealed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date
    from uuid import UUID

    from aggregates.authority import Acting
    from aggregates.partnership.office import Holder
    from aggregates.returns import ReturnState
    from aggregates.training_session import SessionState

SUBMITTED = ("return.submitted.v1",)
EVALUATED = ("training_session.evaluated.v1",)
CPD = "trainer_cpd"
CLOSED = "SELECT position FROM ledger.event WHERE stream = %s AND version = %s"
FIRST_SEALING = "SELECT size, note FROM ledger.checkpoint WHERE size >= %s ORDER BY size LIMIT 1"


class Training(Holding):
    """The log of one board, and what is found in it about those who train."""

    def terms_of(self, trainers: Collection[str], day: date) -> list[Holder]:
        """Return the terms of those who hold the trainers' offices on a day."""
        offices = (self.find(Office, office) for office in trainers)
        return [term for office in offices if office and (term := office.holder_on(day))]

    def trained(self, session: SessionState) -> list[Holder]:
        """Return the terms of those who trained in a session: of the day of delivery, or before it of the day that is planned."""
        return self.terms_of(session.trainers, session.delivered_on or session.planned_on)

    def trainers_of(self, session: SessionState) -> frozenset[UUID]:
        """Return the persons who trained in a session."""
        return frozenset(term.holder.subject for term in self.trained(session))

    def cpd_in_date(self, trainers: Collection[str], day: date) -> Mapping[str, bool]:
        """Say of each trainer whether they have submitted their yearly CPD for a day: a return that was not waived or taken back."""
        return self._in_date(trainers, day, [one.state for one in self._yearly_cpd()])

    @looked_up
    def _yearly_cpd(self) -> list[Return]:
        """Return every yearly CPD that was ever submitted."""
        return self._saying(Return, SUBMITTED, CPD, lambda body: body.get("kind") == CPD)

    def _in_date(self, trainers: Collection[str], day: date, cpd: Iterable[ReturnState | None]) -> Mapping[str, bool]:
        there = [one for one in cpd if one and one.given and labels.covers(one.period, day)]
        answered = [(one.respondent, self._who_answered(one)) for one in there]
        offices = {office for office, people in answered if not people}  # by whom is not known
        people = {ref for _, people in answered for ref in people}
        trained = {trainer: {term.holder.subject for term in self.terms_of((trainer,), day)} for trainer in trainers}
        return {trainer: trainer in offices or not people.isdisjoint(trained[trainer]) for trainer in trainers}

    def _check_corrected(self, who: Acting, thing: Any, fields: dict[str, Any], today: date, late_reason: str | None) -> None:
        """Keep the yearly CPD with which sessions were evaluated (INV-26)."""
        super()._check_corrected(who, thing, fields, today, late_reason)
        if isinstance(thing, Return) and thing.state and thing.state.kind == CPD:
            self._check_trained(thing, thing.fold(thing.amended(fields["amends"], fields.get("corrected"))))

    def _check_trained(self, cpd: Return, then: ReturnState | None) -> None:
        """Refuse to take away what shows that the trainers of an evaluated session had their CPD in date."""
        others = [one.state for one in self._yearly_cpd() if one.ref != cpd.ref]
        for session in self._saying(TrainingSession, EVALUATED, "points", lambda body: "points" in body):
            if (state := session.state) is None or state.evaluation is None:
                continue
            if not any(found.done for found in state.evaluation.points if found.point == "trainer CPD"):
                continue
            day = state.delivered_on or state.planned_on
            had, has = (self._in_date(state.trainers, day, [*others, one]) for one in (cpd.state, then))
            if trainers := [trainer for trainer in state.trainers if had[trainer] and not has[trainer]]:
                raise refusals.EvaluationRests(ref=session.ref, on=state.evaluation.on, trainers=trainers, cpd=cpd.ref)

    def _who_answered(self, answered: ReturnState) -> frozenset[UUID]:
        """Return every reference of the trainer who answered a return."""
        terms = self.terms_of((answered.respondent,), answered.answered_on) if answered.answered_on else []
        return frozenset(ref for term in terms for ref in self.one_person(term.holder.subject))

    def sealing(self, session: TrainingSession) -> tuple[int, str]:
        """Return the size and the root, in hexadecimal, of the first checkpoint that seals the closing of a session's attendance.

        Nobody picks it: it is not known before the attendance is closed, and there is only one that comes first. Refuses where the
        closing is not sealed yet, as within a transaction that it shares with the draw.
        """
        closing = max(entry.number for entry in session.standing if entry.event is TrainingSession.AttendanceClosed)
        with self.datastore.get_connection() as conn:
            row = conn.execute(CLOSED, (session.id, closing)).fetchone()  # nothing while it waits to be appended with others
            sealed = conn.execute(FIRST_SEALING, (row["position"],)).fetchone() if row else None
        if sealed is None:
            raise NoCheckpointYet(ref=session.ref)
        checkpoint = open_sealed(sealed["note"], self.recorder.sealers)
        return checkpoint.size, checkpoint.root.hex()
