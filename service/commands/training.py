"""What can be done about a training session.

What a participant says they say by their link, without an account; on paper it reaches the board manager, who enters it for them.
Who trains in a session never draws, calls, observes or evaluates it (domain B.6).
"""

from __future__ import annotations

from typing import Final

from aggregates.training_session import TrainingSession
from service.commands.command import LEAD, MANAGER, SUB_GROUP_CHAIR, TRAINER, Command

HOLDING = frozenset({MANAGER, SUB_GROUP_CHAIR, TRAINER})
PAPER = frozenset({MANAGER})
JUDGING = frozenset({MANAGER, SUB_GROUP_CHAIR})

TRAINING: Final = (
    Command("schedule_session", "Schedule a session", "session", TrainingSession.Scheduled, HOLDING, creates=True),
    Command("cancel_session", "Cancel the session", "session", TrainingSession.Cancelled, HOLDING),
    Command("deliver_session", "Record that it was held", "session", TrainingSession.Delivered, HOLDING),
    Command("record_attendance", "Record who was there", "session", TrainingSession.AttendanceRecorded, HOLDING),
    Command("lapse_booking", "Record who had a place and was not there", "session", TrainingSession.BookingLapsed, HOLDING),
    Command("close_attendance", "Close the attendance", "session", TrainingSession.AttendanceClosed, HOLDING),
    Command("give_feedback", "Enter a feedback form", "session", TrainingSession.FeedbackReceived, PAPER),
    Command("record_action_plan", "Enter an action plan", "session", TrainingSession.ActionPlanRecorded, PAPER),
    Command("issue_follow_up", "Send a follow-up questionnaire", "session", TrainingSession.FollowUpIssued, JUDGING),
    Command("return_follow_up", "Enter a follow-up questionnaire", "session", TrainingSession.FollowUpReturned, PAPER | {LEAD}),
    Command("draw_telephone_sample", "Draw the telephone sample", "session", TrainingSession.TelephoneSampleDrawn, JUDGING),
    Command("record_telephone_call", "Record a telephone call", "session", TrainingSession.TelephoneCallMade, JUDGING),
    Command("observe_delivery", "Record an observation", "session", TrainingSession.DeliveryObserved, JUDGING),
    Command("evaluate_session", "Evaluate the session", "session", TrainingSession.Evaluated, JUDGING),
)
