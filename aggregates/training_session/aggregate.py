"""A training session: its events and how it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.entry import Recorded
from aggregates.training_session import events

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.entry import Entry


class TrainingSession(Recorded[Any]):
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

    @staticmethod
    def fold(entries: Iterable[Entry], before: Any = None) -> Any:
        """Fold what stands."""
        for _ in entries:
            before = None
        return before
