"""What can be done between reviews: meetings, priorities, courses, resources and challenges."""

from __future__ import annotations

from typing import Final

from aggregates.partnership import Course, Meeting, Priorities, Resource
from aggregates.partnership.challenge import Challenge
from service.commands.command import BOARD_AND_SUB_GROUPS, MANAGERS, MEMBERS, OFFICER, POLICY_MANAGER, PROGRAMME, USERS, Command

BETWEEN_REVIEWS: Final = (
    Command("hold_meeting", "Record a meeting", "meeting", Meeting.MeetingHeld, BOARD_AND_SUB_GROUPS, creates=True),
    Command("file_minutes", "File the minutes", "meeting", Meeting.MinutesFiled, BOARD_AND_SUB_GROUPS),
    Command("set_priorities", "Set a priority", "priorities", Priorities.PrioritiesSet, MANAGERS, creates=True),
    Command("offer_course", "Offer a course", "course", Course.CourseOffered, PROGRAMME, creates=True),
    Command("revise_course", "Revise the course", "course", Course.CourseContentRevised, PROGRAMME),
    Command("withdraw_course", "Withdraw the course", "course", Course.CourseWithdrawn, PROGRAMME),
    Command("list_resource", "List a resource", "resource", Resource.ResourceListed, PROGRAMME, creates=True),
    Command("check_resource", "Record a check of the resource", "resource", Resource.ResourceChecked, PROGRAMME),
    Command("give_resource_feedback", "Say whether it was of use", "resource", Resource.ResourceFeedbackReceived, USERS),
    Command("raise_challenge", "Raise a challenge", "challenge", Challenge.ChallengeRaised, MEMBERS, creates=True),
    Command(
        "answer_challenge",
        "Answer the challenge",
        "challenge",
        Challenge.ChallengeAnswered,
        MEMBERS | {OFFICER, POLICY_MANAGER},
    ),
)
