"""A training session: its events and how it begins; `decisions` have what can be decided afterwards, and what may be corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from aggregates.entry import Recorded, stream_id
from aggregates.errors import named, said
from aggregates.training_session import events, refusals
from aggregates.training_session.decisions.acts import check_own
from aggregates.training_session.decisions.correcting import Correcting
from aggregates.training_session.fold import fold as fold_session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from aggregates.authority import Act
    from aggregates.entry import Entry
    from aggregates.training_session.state import SessionState

NOBODY_TRAINS = "e-learning"


class TrainingSession(Correcting):
    """One delivered learning event and its five-point evaluation."""

    TOPIC = "training_session"

    Event = events.Event
    Created = events.Created

    Scheduled = events.Scheduled
    Cancelled = events.Cancelled
    Delivered = events.Delivered
    AttendanceRecorded = events.AttendanceRecorded
    BookingLapsed = events.BookingLapsed
    AttendanceClosed = events.AttendanceClosed
    FeedbackReceived = events.FeedbackReceived
    ActionPlanRecorded = events.ActionPlanRecorded
    FollowUpIssued = events.FollowUpIssued
    FollowUpReturned = events.FollowUpReturned
    TelephoneSampleDrawn = events.TelephoneSampleDrawn
    TelephoneCallMade = events.TelephoneCallMade
    DeliveryObserved = events.DeliveryObserved
    Evaluated = events.Evaluated

    class AmendmentProposed(events.Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "training_session.amendment_proposed.v1"

    class EntryCorrected(events.Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "training_session.entry_corrected.v1"

    class EntryRetracted(events.Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "training_session.entry_retracted.v1"

    @classmethod
    def schedule(
        cls,
        origin: str,
        *,
        ref: str,
        course: str,
        format: str,  # noqa: A002 - the field's own word
        follow_up_owed: bool,
        planned_on: date,
        trainers: tuple[str, ...] = (),
        trainer_agencies: tuple[str, ...] = (),
        capacity: int,
        **act: Unpack[Act],
    ) -> TrainingSession:
        """Plan a session of a course; `format` and `follow_up_owed` are the course's own on the day."""
        said(ref=ref, course=course)
        if format != NOBODY_TRAINS:
            named(trainers=trainers)
        if capacity < 1:
            raise refusals.NoPlaces(ref=ref, capacity=capacity)
        once = tuple(dict.fromkeys(trainers))
        check_own(act, ref, once)
        fields = {"ref": ref, "course": course, "format": format, "follow_up_owed": follow_up_owed, "planned_on": planned_on}
        people = {"trainers": once, "trainer_agencies": tuple(trainer_agencies), "capacity": capacity}
        when = {"occurred_on": act["occurred_on"], "late_reason": act.get("late_reason")}
        return cls.open(cls.Scheduled, stream_id(origin, "training_session", ref), **fields, **people, **when, **act["acting"].said)

    @staticmethod
    def fold(entries: Iterable[Entry], before: SessionState | None = None) -> SessionState | None:
        """Fold what stands into what is true of the session; None where nothing was scheduled."""
        return fold_session(entries, before)
