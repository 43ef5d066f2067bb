"""Every command, declared once: its verb, the event that it leads to, and who may.

The API's schemas, the import and the command line read these declarations; the method of `Board` with the command's name carries
it out. A command's fields are those of its event, without the envelope that every event has and without what the event computes.
"""

from __future__ import annotations

from typing import Any, Final

from aggregates.action import Action
from aggregates.dissemination import Dissemination
from aggregates.partnership import Agency, Course, Meeting, Partnership, Priorities, Resource, SubGroup
from aggregates.partnership.challenge import Challenge
from aggregates.partnership.office import Office
from aggregates.registry import Inspection, Keys
from aggregates.registry.data_subject import DataSubject
from aggregates.returns import Return
from aggregates.review import Review
from aggregates.training_session import TrainingSession
from service.commands.actions import ACTIONS
from service.commands.command import (
    AMENDERS,
    BOARD,
    BOARD_AND_SUB_GROUPS,
    CHAIR,
    DEPUTY,
    LEAD,
    LEAD_REVIEWER,
    MANAGER,
    OFFICER,
    OPERATOR,
    OVERSEERS,
    POLICY_MANAGER,
    SUB_GROUP_CHAIR,
    TRAINER,
    Command,
)
from service.commands.disseminations import DISSEMINATIONS
from service.commands.partnership import PARTNERSHIP
from service.commands.programme import BETWEEN_REVIEWS
from service.commands.registry import REGISTRY
from service.commands.returns import RETURNS
from service.commands.reviews import REVIEWS
from service.commands.training import TRAINING

KINDS: Final[dict[str, type[Any]]] = {
    "partnership": Partnership,
    "agency": Agency,
    "sub-group": SubGroup,
    "office": Office,
    "subject": DataSubject,
    "meeting": Meeting,
    "priorities": Priorities,
    "course": Course,
    "resource": Resource,
    "challenge": Challenge,
    "review": Review,
    "action": Action,
    "return": Return,
    "session": TrainingSession,
    "dissemination": Dissemination,
    "keys": Keys,
    "inspection": Inspection,
}


COMMANDS: Final[dict[str, Command]] = {
    command.name: command
    for command in (*PARTNERSHIP, *REGISTRY, *BETWEEN_REVIEWS, *REVIEWS, *ACTIONS, *RETURNS, *TRAINING, *DISSEMINATIONS)
}
AMENDMENTS: Final[dict[str, tuple[str, str]]] = {
    "propose_amendment": ("Propose an amendment", "AmendmentProposed"),
    "correct_entry": ("Correct an entry", "EntryCorrected"),
    "retract_entry": ("Retract an entry", "EntryRetracted"),
}
AMENDABLE: Final = (
    "action",
    "return",
    "session",
    "review",
    "office",
    "agency",
    "sub-group",
    "partnership",
    "meeting",
    "priorities",
    "course",
    "resource",
    "challenge",
    "dissemination",
    "inspection",
    "subject",
)


def find(name: str, kind: str | None = None) -> Command | None:
    """Return the declaration of a command; an amendment is declared for every kind of thing that can be amended."""
    if name in AMENDMENTS and kind in AMENDABLE:
        title, event = AMENDMENTS[name]
        return Command(name, title, kind, getattr(KINDS[kind], event), AMENDERS)
    return COMMANDS.get(name)


__all__ = [
    "AMENDABLE",
    "AMENDERS",
    "AMENDMENTS",
    "BOARD",
    "BOARD_AND_SUB_GROUPS",
    "CHAIR",
    "COMMANDS",
    "DEPUTY",
    "KINDS",
    "LEAD",
    "LEAD_REVIEWER",
    "MANAGER",
    "OFFICER",
    "OPERATOR",
    "OVERSEERS",
    "POLICY_MANAGER",
    "SUB_GROUP_CHAIR",
    "TRAINER",
    "Command",
    "find",
]
