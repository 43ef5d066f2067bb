"""What of a session may be corrected or retracted: nothing that a later entry was reckoned from, and nothing that breaks a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.authority import Act  # noqa: TC001 - named in what it overrides
from aggregates.entry import steps
from aggregates.entry.amending import unbegun
from aggregates.training_session import draw, refusals
from aggregates.training_session import state as s
from aggregates.training_session.decisions import asking, judging
from aggregates.training_session.fold import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aggregates.entry import Entry

# What was reckoned from, with what is to be done instead.
FIXED: Final = {
    "course": "cancel it, and schedule a session of the other course",
    "agency": "retract the attendance, and record it anew",
}
OF_SOMEBODY: Final = frozenset({"feedback_received", "action_plan_recorded", "follow_up_issued"})
AFTER_DELIVERY: Final = frozenset({"attendance_recorded", "attendance_closed", "delivery_observed", "evaluated"})


def _name(entry: Entry) -> str:
    return str(entry.event.TOPIC).split(".")[1]


class Correcting(judging.Judging):
    """A session as its amendments see it."""

    def check_corrected(self, entry: Entry) -> None:
        """Refuse another course or agency, and what the act itself would have refused."""
        body, name = entry.body, _name(entry)
        for field, instead in FIXED.items():
            if field in body and body[field] != self.entries[entry.number - 1].body[field]:
                raise refusals.TrainingFixed(field=field, ref=self.ref, instead=instead)
        if name == "scheduled" and body["capacity"] < 1:
            raise refusals.NoPlaces(ref=self.ref, capacity=body["capacity"])
        if name == "booking_lapsed" and body["outcome"] == "release-refused" and body["reason"] is None:
            raise refusals.NoReasonForRefusal(ref=self.ref)
        if name == "feedback_received":
            asking.check_scores(body)
        if name == "telephone_sample_drawn" and body["reason"] is None and self.entries[entry.number - 1].body["reason"] is not None:
            raise refusals.NoReasonToDrawAgain(ref=self.ref, on=entry.occurred_on)
        if name == "follow_up_returned":
            asking.check_view(self.ref, body["number"], body["manager_view"])
        if name == "evaluated":
            self._check_evaluated(body)

    def _check_evaluated(self, body: Any) -> None:
        found = judging.check_points(self.ref, body["points"])
        if still := [point for point in s.POINTS if not (found.get(point, {}).get("done") or found.get(point, {}).get("explanation"))]:
            raise refusals.PointOpen(ref=self.ref, open=still)
        was = self.state.evaluation if self.state else None
        computed = {point.point: point.done for point in was.points} if was else {}
        if wrong := [point for point, one in found.items() if one.get("done") is True and not computed.get(point)]:
            raise refusals.PointNotDone(ref=self.ref, point=wrong[0])
        self.check_impact((body["impact_practice"], body["impact_management"]), body["evidence_of_impact"])

    def check_alone(self, amends: int, after: Sequence[Entry]) -> None:
        """Refuse to move alone what a sample is drawn from: who could close again until it suits them would choose whom chance finds.

        Each closing has the root of a checkpoint of its own. So it takes two from the closing on, whether or not it was sealed yet.
        """
        if _drawn_from(self.state) != _drawn_from(fold(after)):
            raise refusals.PopulationForTwo(ref=self.ref, amends=amends)

    def check_amended(self, act: Act, after: Sequence[Entry]) -> None:
        """Refuse to take anybody out of a population that was drawn from, to re-date what was reckoned from, and INV-25 undone."""
        super().check_amended(act, after)
        then = fold(after)
        if then is None:
            return
        last = then.delivered_on or then.planned_on
        for day in (one.on for one in then.attendees if not then.first_day <= one.on <= last):
            raise refusals.NotTheDayOfIt(ref=self.ref, first=then.first_day, last=last, day=day)
        for drawn in then.draws:
            if draw.by_number(then.population) != list(drawn.population):
                raise refusals.AttendanceFrozen(ref=self.ref, population=drawn.population)
        for asked in then.follow_ups:
            who = then.attendee(asked.number)
            if who and who.follow_up_due != asked.fell_due_on:
                instead = f"the follow-up of number {asked.number} was reckoned from it"
                raise refusals.TrainingFixed(field="the day of attendance", ref=self.ref, instead=instead)
        if any(seen.observer in then.trainers for seen in then.observations):
            raise refusals.TrainerInvolved(ref=self.ref)

    def lacking(self, stands: Sequence[Entry]) -> dict[int, frozenset[str]]:
        """Say what entries would need of those before them and do not find; what happened on the days of a session needs its delivery."""
        final = fold(stands)
        delivered = final is not None and final.delivered_on is not None
        without = unbegun(stands)
        for entry, before in steps(stands, fold):
            if words := _needs(entry, before, delivered=delivered):
                without[entry.number] = without.get(entry.number, frozenset()) | words
        return without


def _drawn_from(now: s.SessionState | None) -> object:
    """Return what a draw follows from: the closing, and who was there; nothing while it is open."""
    return (now.closing, now.population) if now and now.closing else None


def _needs(entry: Entry, before: s.SessionState | None, *, delivered: bool) -> frozenset[str]:
    """Return, in words, what an entry needs and does not find."""
    name, number = _name(entry), entry.body.get("number")
    if before is None:
        return frozenset()
    words = set()
    if name in AFTER_DELIVERY and not delivered:
        words.add("it would not have been delivered")
    if name in OF_SOMEBODY and before.attendee(str(number)) is None:
        words.add(f"nobody would have attended as number {number}")
    if name == "follow_up_returned" and before.follow_up(str(number)) is None:
        words.add(f"number {number} would not have been asked")
    if name == "telephone_sample_drawn" and before.closing is None:
        words.add("the attendance would not have been closed")
    if name == "telephone_call_made":
        drawn = next((one for one in before.draws if one.draw == entry.body["draw"]), None)
        if drawn is None or number not in drawn.asked:
            words.add(f"number {number} would not have been drawn")
    if name == "evaluated" and (gone := set(entry.body["evidence_of_impact"]) - before.evidence):
        words.add(f"there would be no {', '.join(sorted(gone))}")
    return frozenset(words)
