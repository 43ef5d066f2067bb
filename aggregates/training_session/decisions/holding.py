"""Holding a session: it is cancelled or delivered, who was there is recorded, and the attendance is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from aggregates.errors import said
from aggregates.training_session import draw, refusals
from aggregates.training_session import state as s
from aggregates.training_session.decisions.acts import Acts

if TYPE_CHECKING:
    from aggregates.authority import Act
    from aggregates.entry.values import Sealed
    from aggregates.training_session.events import Lapse


class Holding(Acts):
    """What can be done until it is known who was there."""

    def cancel(self, *, reason: str, **act: Unpack[Act]) -> None:
        """Call it off."""
        of_what = self._planned(act, "what was held or called off is not called off")
        said(reason=reason)
        self._say("Cancelled", act, reason=reason, **of_what)

    def deliver(self, **act: Unpack[Act]) -> None:
        """Record that it was held; of several days this is the last."""
        self._say("Delivered", act, **self._planned(act, "it is delivered once"))

    def record_attendance(self, *, participant: Sealed, agency: str, staff_group: str, **act: Unpack[Act]) -> None:
        """Record who was there and for which agency; they get a number."""
        now = self._open(self._held(act, "who was there is recorded between its delivery and its evaluation"))
        last = now.delivered_on or now.planned_on
        if not now.first_day <= act["occurred_on"] <= last:
            raise refusals.NotTheDayOfIt(ref=self.ref, first=now.first_day, last=last, day=act["occurred_on"])
        said(agency=agency, staff_group=staff_group)
        fields = {"participant": participant, "agency": agency, "staff_group": staff_group}
        self._say("AttendanceRecorded", act, number=self._number(now, participant, act), **fields)

    def lapse_booking(
        self, *, participant: Sealed, agency: str, staff_group: str, outcome: Lapse, reason: str | None = None, **act: Unpack[Act]
    ) -> None:
        """Record that somebody who had a place was not there; where their release was refused, why."""
        now = self._begun(act)
        if isinstance(now.status, s.Cancelled | s.Evaluated):
            raise refusals.WrongSessionStage(ref=self.ref, status=now.status.word, act="places in it do not lapse any more")
        self._open(now)
        said(agency=agency, staff_group=staff_group, reason=reason)
        if outcome == "release-refused" and reason is None:
            raise refusals.NoReasonForRefusal(ref=self.ref)
        fields = {"participant": participant, "agency": agency, "staff_group": staff_group, "outcome": outcome, "reason": reason}
        self._say("BookingLapsed", act, number=self._number(now, participant, act), **fields)

    def close_attendance(self, **act: Unpack[Act]) -> None:
        """Say that everybody is on record who was there. Where somebody was taken out again since, it is closed again."""
        now = self._held(act, "its attendance is closed between its delivery and its evaluation")
        if act["occurred_on"] < (now.delivered_on or now.planned_on):
            raise refusals.WrongSessionStage(ref=self.ref, status="not over by then", act="its attendance is closed after it was delivered")
        self._once(now, act)
        population = draw.population_hash(self.ref, now.population)
        if now.closing and now.closing.population_sha256 == population:
            raise refusals.AttendanceIsClosed(ref=self.ref, on=now.closing.on)
        self._say("AttendanceClosed", act, number_attended=len(now.population), population_sha256=population)

    def _planned(self, act: Act, cannot: str) -> dict[str, Any]:
        """Return of what it is a session, or refuse one that is not to be held."""
        now = self._begun(act)
        if not isinstance(now.status, s.Scheduled):
            raise refusals.WrongSessionStage(ref=self.ref, status=now.status.word, act=cannot)
        return {"course": now.course, "format": now.format, "trainer_agencies": now.trainer_agencies}

    def _open(self, now: s.SessionState) -> s.SessionState:
        if now.closing:
            raise refusals.AttendanceIsClosed(ref=self.ref, on=now.closing.on)
        return now

    def _number(self, now: s.SessionState, participant: Sealed, act: Act) -> str:
        """Return the next number; refuse somebody who has one. A number is never given again, even where its entry was retracted."""
        taken = [(one.participant, one.number) for one in now.attendees] + [(one.participant, one.number) for one in now.lapsed]
        for somebody, number in taken:
            if act["acting"].one_person(somebody.subject, participant.subject):
                raise refusals.HasANumber(ref=self.ref, number=number)
        return str(1 + sum("participant" in entry.body for entry in self.entries))
