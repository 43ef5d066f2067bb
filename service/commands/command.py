"""How a command is declared: its verb, the event that it leads to, and who may; and the roles that do (domain B.6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from aggregates.entry import fields
from aggregates.entry.fields import ENVELOPE, Field
from aggregates.entry.values import Evidence, Sealed

CHAIR, DEPUTY, MANAGER = "chair", "deputy chair", "board manager"
SUB_GROUP_CHAIR, LEAD, OFFICER = "sub-group chair", "designated lead", "data protection officer"
POLICY_MANAGER, OPERATOR, LEAD_REVIEWER = "policy and practice manager", "operator", "lead reviewer"
TRAINER = "trainer"

BOARD: Final = frozenset({CHAIR, DEPUTY, MANAGER})
OVERSEERS: Final = frozenset({CHAIR, DEPUTY, SUB_GROUP_CHAIR})
BOARD_AND_SUB_GROUPS: Final = BOARD | OVERSEERS
# Whoever records anything amends what their own office recorded (INV-35 says what else), and may sign with a key of their own.
AMENDERS: Final = BOARD_AND_SUB_GROUPS | {LEAD, OFFICER, POLICY_MANAGER, LEAD_REVIEWER, TRAINER}
LEADS = frozenset({LEAD})
OWNERS = LEADS | {SUB_GROUP_CHAIR} | BOARD  # an owner is an agency, a sub-group or the Board itself (INV-07)
MANAGERS = frozenset({CHAIR, DEPUTY, MANAGER})
CHAIRS = frozenset({CHAIR, DEPUTY})  # the deputy where the chair cannot (INV-44)
PRESENTING = frozenset({MANAGER, SUB_GROUP_CHAIR})
REVIEWING = PRESENTING | {LEAD_REVIEWER}  # of the one review that they lead
PROGRAMME = frozenset({MANAGER, SUB_GROUP_CHAIR, POLICY_MANAGER})
DPO = frozenset({OFFICER})
ASKING = frozenset({MANAGER, LEAD, "trainer", OFFICER})  # who may bring in what somebody asks about their own data
USERS = PROGRAMME | BOARD_AND_SUB_GROUPS | LEADS | {TRAINER}
MEMBERS = BOARD_AND_SUB_GROUPS | LEADS


@dataclass(frozen=True)
class Command:
    """One thing that a person can do. `by` names the roles that may (domain B.6)."""

    name: str
    title: str
    kind: str
    event: Any
    by: frozenset[str]
    creates: bool = False

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """Return what the command takes, in order; the reference of what it creates is given apart."""
        computed: frozenset[str] = self.event.COMPUTED
        asked = (f for f in fields.shape(self.event) if f.name not in ENVELOPE and f.name not in computed and not self._is_ref(f))
        return tuple(replace(f, optional=f.optional or f.name in self.event.FOLLOWS) for f in asked)

    @cached_property
    def takes_files(self) -> bool:
        """Say whether it carries evidence."""
        return any(field.kind is Evidence for field in self.fields)

    @cached_property
    def is_personal(self) -> bool:
        """Say whether it says something of a person, which is sealed where it is recorded."""
        return any(field.kind is Sealed for field in self.fields)

    def open_to(self, role: str | None) -> bool:
        """Say whether a role may ever give it: the board manager may record any of them for the office whose it is."""
        return role in self.by or role == MANAGER

    def _is_ref(self, field: Field) -> bool:
        return field.name == self.ref_field

    @cached_property
    def ref_field(self) -> str | None:
        """Return the name of the field in which a created thing's reference goes: the first that identifies it."""
        return next((f.name for f in fields.shape(self.event) if self.creates and f.identifies), None)
