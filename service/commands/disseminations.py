"""What can be done about an item of dissemination."""

from __future__ import annotations

from typing import Final

from aggregates.dissemination import Dissemination
from service.commands.command import BOARD_AND_SUB_GROUPS, LEADS, MEMBERS, POLICY_MANAGER, Command

KIND: Final = "dissemination"
PRODUCING: Final = BOARD_AND_SUB_GROUPS | {POLICY_MANAGER}

DISSEMINATIONS: Final = (
    Command("produce_material", "Put material on record", KIND, Dissemination.MaterialProduced, PRODUCING, creates=True),
    Command("issue_dissemination", "Issue it", KIND, Dissemination.Issued, BOARD_AND_SUB_GROUPS),
    Command("catch_up_agency", "Catch an agency up with it", KIND, Dissemination.CaughtUp, BOARD_AND_SUB_GROUPS),
    Command("acknowledge_dissemination", "Acknowledge it", KIND, Dissemination.Acknowledged, LEADS),
    Command("report_cascade", "Report whom it has reached", KIND, Dissemination.CascadeReported, LEADS),
    Command("record_discussion", "Report where it was talked over", KIND, Dissemination.LearningDiscussed, LEADS),
    Command("identify_implications", "State its implications", KIND, Dissemination.ImplicationsIdentified, LEADS),
    Command("deliver_practice_briefing", "Record a practice briefing", KIND, Dissemination.PracticeBriefingDelivered, BOARD_AND_SUB_GROUPS),
    Command("report_ineffectiveness", "Report that it does not work", KIND, Dissemination.IneffectivenessReported, MEMBERS),
    Command("supersede_dissemination", "Let another item take its place", KIND, Dissemination.Superseded, BOARD_AND_SUB_GROUPS),
    Command("withdraw_dissemination", "Withdraw it", KIND, Dissemination.Withdrawn, BOARD_AND_SUB_GROUPS),
)
