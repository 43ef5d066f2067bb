"""What can be done about an action."""

from __future__ import annotations

from typing import Final

from aggregates.action import Action
from service.commands.command import BOARD_AND_SUB_GROUPS, CHAIR, DEPUTY, LEADS, MANAGERS, OVERSEERS, OWNERS, Command

ACTIONS: Final = (
    Command("assign_action", "Assign an action", "action", Action.Assigned, BOARD_AND_SUB_GROUPS, creates=True),
    Command("accept_action", "Accept the action", "action", Action.Accepted, OWNERS),
    Command("dispute_action", "Dispute the action", "action", Action.Disputed, OWNERS),
    Command("reassign_action", "Reassign the action", "action", Action.Reassigned, BOARD_AND_SUB_GROUPS),
    Command("transfer_obligation", "Transfer the action", "action", Action.ObligationTransferred, BOARD_AND_SUB_GROUPS),
    Command("accept_transfer", "Take the action over", "action", Action.ObligationTransferAccepted, LEADS),
    Command("refuse_transfer", "Refuse to take the action over", "action", Action.ObligationTransferRefused, LEADS),
    Command(
        "declare_outstanding",
        "Declare the action outstanding",
        "action",
        Action.OutstandingDeclared,
        frozenset({CHAIR, DEPUTY}),
    ),
    Command("vary_due_date", "Vary the due date", "action", Action.DueDateVaried, OVERSEERS),
    Command("report_progress", "Report progress", "action", Action.ProgressReported, OWNERS),
    Command("submit_evidence", "Submit evidence", "action", Action.EvidenceSubmitted, OWNERS),
    Command("return_evidence", "Return the evidence", "action", Action.EvidenceReturned, OVERSEERS),
    Command("mark_implemented", "Say that it is implemented", "action", Action.Implemented, OWNERS),
    Command("sign_off_action", "Sign the action off", "action", Action.SignedOff, OVERSEERS),
    Command(
        "schedule_sustainment_check",
        "Schedule a sustainment check",
        "action",
        Action.SustainmentCheckScheduled,
        BOARD_AND_SUB_GROUPS,
    ),
    Command("record_sustainment_check", "Record a sustainment check", "action", Action.SustainmentChecked, BOARD_AND_SUB_GROUPS),
    Command("reopen_action", "Reopen the action", "action", Action.Reopened, BOARD_AND_SUB_GROUPS),
    Command("close_action", "Close the action", "action", Action.Closed, OVERSEERS),
    Command("withdraw_action", "Withdraw the action", "action", Action.Withdrawn, frozenset({CHAIR, DEPUTY})),
    Command("supersede_action", "Supersede the action", "action", Action.Superseded, MANAGERS),
    Command("escalate_action", "Escalate the action", "action", Action.Escalated, BOARD_AND_SUB_GROUPS),
)
