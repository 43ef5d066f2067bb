"""Which role may read what, and do what no command declares: with each command's `by`, the whole of the role matrix (domain B.6).

Nothing else in the service, the API or the pages lists roles for what they may see. A role that does not stand here reads nothing, and a
right that does not stand here is nobody's. Inspectors and auditors record nothing by construction: no command and no right to write is
open to them, which a test says of this table and of every command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from service.commands import COMMANDS
from service.commands.command import (
    BOARD,
    CHAIR,
    DEPUTY,
    DPO,
    LEAD,
    LEAD_REVIEWER,
    MANAGER,
    MANAGERS,
    OFFICER,
    POLICY_MANAGER,
    SUB_GROUP_CHAIR,
    TRAINER,
)
from service.commands.training import HOLDING, JUDGING

if TYPE_CHECKING:
    from collections.abc import Mapping

Sees: TypeAlias = Literal["the whole record", "their agency's", "what they lead", "what they inspect"]


@dataclass(frozen=True, slots=True)
class Role:
    """Whose record a role reads, and whether it reads what is restricted and personal in it."""

    sees: Sees
    restricted: bool = True


INSPECTOR: Final = "inspector"
ROLES: Final[Mapping[str, Role]] = {
    CHAIR: Role("the whole record"),
    DEPUTY: Role("the whole record"),
    MANAGER: Role("the whole record"),
    SUB_GROUP_CHAIR: Role("the whole record"),
    POLICY_MANAGER: Role("the whole record"),
    OFFICER: Role("the whole record"),
    LEAD: Role("their agency's"),
    "chief officer": Role("their agency's"),
    TRAINER: Role("their agency's", restricted=False),
    LEAD_REVIEWER: Role("what they lead"),
    INSPECTOR: Role("what they inspect"),
    "auditor": Role("what they inspect"),
}


def who_sees(*what: Sees) -> frozenset[str]:
    """Return the roles that read the record of these."""
    return frozenset(role for role, it in ROLES.items() if it.sees in what)


INSPECTORS: Final = who_sees("what they inspect")  # who read what is opened to them, and record nothing
ONE_AGENCY: Final = who_sees("their agency's")  # who see their own agency's record, and no other's


@dataclass(frozen=True, slots=True)
class Right:
    """What some roles may do though no command declares it: `act` says it as a refusal does.

    It `writes` where it leaves anything that others see or use. What is of the `whole` Board is not for who inspects one agency either.
    """

    act: str
    by: frozenset[str]
    whole: bool = False
    writes: bool = False


BRINGING: Final = [command for command in COMMANDS.values() if command.takes_files]
# By the name with which a view declares what it needs (`api.access.needs`).
RIGHTS: Final[Mapping[str, Right]] = {
    "inspections": Right("read who inspects", who_sees("the whole record", "what they inspect")),
    "every entry": Right("read every agency's entries", who_sees("the whole record", "what they inspect"), whole=True),
    "report drafts": Right("read the draft of a report", who_sees("the whole record", "what they inspect"), whole=True),
    "packs": Right("take a sealed pack", who_sees("the whole record", "what they inspect") | {LEAD}),
    "handing over packs": Right("hand a sealed pack to somebody", MANAGERS, whole=True, writes=True),
    "data protection": Right("read the data-protection register", BOARD | INSPECTORS | DPO, whole=True),
    "what is held of somebody": Right("read everything that is held of somebody", DPO, whole=True),
    "held texts": Right("allow a text that is held", DPO, writes=True),
    "invitations": Right("invite who inspects", MANAGERS, writes=True),
    "rehearsals": Right("rehearse an inspection", COMMANDS["open_inspection"].by, writes=True),
    "links of the day": Right("hand out links for feedback and action plans", HOLDING, writes=True),
    "follow-up links": Right("hand out links for the follow-up questionnaire", JUDGING, writes=True),
    "keys of programs": Right("make keys for programs, which may no more than they", frozenset(ROLES)),
    "every key": Right("see and end the keys of everybody's programs", frozenset({MANAGER})),
    "files": Right("bring evidence", frozenset({MANAGER}).union(*(command.by for command in BRINGING)), writes=True),
}


def may(role: str | None, right: str) -> bool:
    """Say whether a role has a right."""
    return role in RIGHTS[right].by
