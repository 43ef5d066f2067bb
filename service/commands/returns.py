"""What can be done about a return (domain B.6): who asks, who answers, and who judges."""

from __future__ import annotations

from typing import Final

from aggregates.returns import Return
from service.commands.command import (
    BOARD,
    BOARD_AND_SUB_GROUPS,
    CHAIRS,
    LEAD,
    MANAGER,
    POLICY_MANAGER,
    PRESENTING,
    SUB_GROUP_CHAIR,
    TRAINER,
    Command,
)

ASKING: Final = BOARD_AND_SUB_GROUPS | {POLICY_MANAGER}
ANSWERING: Final = frozenset({LEAD, SUB_GROUP_CHAIR, TRAINER, MANAGER})  # each for itself: an agency, a sub-group, a trainer, the Board
JUDGING: Final = frozenset({SUB_GROUP_CHAIR})

RETURNS: Final = (
    Command("request_return", "Ask for a return", "return", Return.Requested, ASKING, creates=True),
    Command("submit_return", "Answer the return", "return", Return.Submitted, ANSWERING),
    Command("amend_return", "Answer the return anew", "return", Return.Amended, ANSWERING),
    Command("moderate_return", "Moderate the return", "return", Return.Moderated, JUDGING),
    Command("decide_no_action", "Decide on no action", "return", Return.NoActionDecided, JUDGING),
    Command("accept_return", "Accept the return", "return", Return.Accepted, JUDGING),
    Command("waive_return", "Waive the return", "return", Return.Waived, CHAIRS),
    Command("present_return", "Put the return before a meeting", "return", Return.Presented, PRESENTING | CHAIRS),
    Command("explain_section", "Explain a section of the report", "return", Return.SectionExplained, BOARD),
    Command("publish_return", "Sign and publish the report", "return", Return.Published, CHAIRS),
)
