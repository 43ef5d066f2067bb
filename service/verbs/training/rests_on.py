"""What a decision about a training session rests on beside its own stream: its trainers, their yearly CPD, and the sealing checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregates.clocks import labels
from aggregates.partnership.office import Office
from aggregates.returns import Return
from aggregates.training_session import TrainingSession
from service.desk.refusals import NoCheckpointYet
from service.recording.holding import Holding
from service.verify import open_checkpoint

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date
    from uuid import UUID

    from aggregates.partnership.office import Holder
    from aggregates.returns import ReturnState
    from aggregates.training_session import SessionState

SUBMITTED = ("return.submitted.v1",)
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
        found = self._saying(Return, SUBMITTED, lambda body: body.get("kind") == "trainer_cpd")
        there = [one.state for one in found if one.state and one.state.given and labels.covers(one.state.period, day)]
        offices = {one.respondent for one in there}
        people = {ref for one in there for ref in self._who_answered(one)}
        trained = {trainer: {term.holder.subject for term in self.terms_of((trainer,), day)} for trainer in trainers}
        return {trainer: trainer in offices or not people.isdisjoint(trained[trainer]) for trainer in trainers}

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
        checkpoint = open_checkpoint(sealed["note"], self.recorder.vkey)
        return checkpoint.size, checkpoint.root.hex()
