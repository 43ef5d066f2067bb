"""Every command, declared once: its verb, the event that it leads to, and who may.

The API's schemas, the import and the command line read these declarations; the method of `Board` with the command's name carries
it out. A command's fields are those of its event, without the envelope that every event has and without what the event computes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from aggregates import fields
from aggregates.action import Action
from aggregates.data_subject import DataSubject
from aggregates.fields import ENVELOPE, Field
from aggregates.partnership import Agency, Partnership, SubGroup
from aggregates.partnership.office import Office
from aggregates.registry import Inspection, Keys
from aggregates.review import Review
from aggregates.values import Evidence

CHAIR, DEPUTY, MANAGER = "chair", "deputy chair", "board manager"
SUB_GROUP_CHAIR, LEAD, OFFICER = "sub-group chair", "designated lead", "data protection officer"
POLICY_MANAGER, OPERATOR = "policy and practice manager", "operator"

BOARD: Final = frozenset({CHAIR, DEPUTY, MANAGER})
OVERSEERS: Final = frozenset({CHAIR, DEPUTY, SUB_GROUP_CHAIR})
BOARD_AND_SUB_GROUPS: Final = BOARD | OVERSEERS
AMENDERS: Final = BOARD_AND_SUB_GROUPS | {LEAD, OFFICER, POLICY_MANAGER}

KINDS: Final[dict[str, type[Any]]] = {
    "partnership": Partnership,
    "agency": Agency,
    "sub-group": SubGroup,
    "office": Office,
    "subject": DataSubject,
    "review": Review,
    "action": Action,
    "keys": Keys,
    "inspection": Inspection,
}


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
        return tuple(f for f in fields.shape(self.event) if f.name not in ENVELOPE and f.name not in computed and not self._is_ref(f))

    @cached_property
    def takes_files(self) -> bool:
        """Say whether it carries evidence."""
        return any(field.kind is Evidence for field in self.fields)

    def open_to(self, role: str | None) -> bool:
        """Say whether a role may ever give it: the board manager may record any of them for the office whose it is."""
        return role in self.by or role == MANAGER

    def _is_ref(self, field: Field) -> bool:
        return self.creates and field.identifies

    @cached_property
    def ref_field(self) -> str | None:
        """Return the name of the field in which a created thing's reference goes."""
        return next((f.name for f in fields.shape(self.event) if self._is_ref(f)), None)


def _declared(*commands: Command) -> dict[str, Command]:
    return {command.name: command for command in commands}


_LEADS = frozenset({LEAD})
_OWNERS = _LEADS | {SUB_GROUP_CHAIR} | BOARD  # an owner is an agency, a sub-group or the Board itself (INV-07)
_MANAGERS = frozenset({CHAIR, DEPUTY, MANAGER})

COMMANDS: Final[dict[str, Command]] = _declared(
    Command("establish_partnership", "Establish the partnership", "partnership", Partnership.Established, _MANAGERS, creates=True),
    Command("set_local_setting", "Set a local setting", "partnership", Partnership.LocalSettingSet, _MANAGERS),
    Command("join_agency", "Record that an agency joins", "agency", Agency.AgencyJoined, _MANAGERS, creates=True),
    Command("rename_agency", "Rename an agency", "agency", Agency.AgencyRenamed, _MANAGERS),
    Command("constitute_sub_group", "Constitute a sub-group", "sub-group", SubGroup.SubGroupConstituted, _MANAGERS, creates=True),
    Command("dissolve_sub_group", "Dissolve a sub-group", "sub-group", SubGroup.SubGroupDissolved, _MANAGERS),
    Command("register_subject", "Register a person", "subject", DataSubject.SubjectRegistered, _MANAGERS | {OFFICER}, creates=True),
    Command("appoint_office_holder", "Appoint an office holder", "office", Office.OfficeHolderAppointed, _MANAGERS, creates=True),
    Command("stand_down_office_holder", "Stand an office holder down", "office", Office.OfficeHolderStoodDown, _MANAGERS),
    Command("enrol_signing_key", "Enrol a signing key", "keys", Keys.SigningKeyEnrolled, _MANAGERS),
    Command("rotate_signing_key", "Rotate a signing key", "keys", Keys.SigningKeyRotated, _MANAGERS),
    Command("revoke_signing_key", "Revoke a signing key", "keys", Keys.SigningKeyRevoked, _MANAGERS),
    Command("open_inspection", "Open an inspection", "inspection", Inspection.InspectionOpened, _MANAGERS, creates=True),
    Command("close_inspection", "Close an inspection", "inspection", Inspection.InspectionClosed, _MANAGERS),
    Command("refer_review", "Refer a case for review", "review", Review.Referred, BOARD_AND_SUB_GROUPS | _LEADS, creates=True),
    Command("record_finding", "Record a finding", "review", Review.FindingRecorded, frozenset({MANAGER, SUB_GROUP_CHAIR})),
    Command("formulate_response", "Formulate the Board's response", "review", Review.BoardResponseFormulated, BOARD_AND_SUB_GROUPS),
    Command("assign_action", "Assign an action", "action", Action.Assigned, BOARD_AND_SUB_GROUPS, creates=True),
    Command("accept_action", "Accept the action", "action", Action.Accepted, _OWNERS),
    Command("dispute_action", "Dispute the action", "action", Action.Disputed, _OWNERS),
    Command("reassign_action", "Reassign the action", "action", Action.Reassigned, BOARD_AND_SUB_GROUPS),
    Command("vary_due_date", "Vary the due date", "action", Action.DueDateVaried, OVERSEERS),
    Command("report_progress", "Report progress", "action", Action.ProgressReported, _OWNERS),
    Command("submit_evidence", "Submit evidence", "action", Action.EvidenceSubmitted, _OWNERS),
    Command("return_evidence", "Return the evidence", "action", Action.EvidenceReturned, OVERSEERS),
    Command("mark_implemented", "Say that it is implemented", "action", Action.Implemented, _OWNERS),
    Command("sign_off_action", "Sign the action off", "action", Action.SignedOff, OVERSEERS),
    Command("schedule_sustainment_check", "Schedule a sustainment check", "action", Action.SustainmentCheckScheduled, BOARD_AND_SUB_GROUPS),
    Command("record_sustainment_check", "Record a sustainment check", "action", Action.SustainmentChecked, BOARD_AND_SUB_GROUPS),
    Command("reopen_action", "Reopen the action", "action", Action.Reopened, BOARD_AND_SUB_GROUPS),
    Command("close_action", "Close the action", "action", Action.Closed, OVERSEERS),
    Command("withdraw_action", "Withdraw the action", "action", Action.Withdrawn, frozenset({CHAIR, DEPUTY})),
    Command("supersede_action", "Supersede the action", "action", Action.Superseded, _MANAGERS),
    Command("escalate_action", "Escalate the action", "action", Action.Escalated, BOARD_AND_SUB_GROUPS),
)


AMENDMENTS: Final[dict[str, tuple[str, str]]] = {
    "propose_amendment": ("Propose an amendment", "AmendmentProposed"),
    "correct_entry": ("Correct an entry", "EntryCorrected"),
    "retract_entry": ("Retract an entry", "EntryRetracted"),
}
AMENDABLE: Final = ("action", "review", "office", "agency", "sub-group", "partnership", "inspection")


def find(name: str, kind: str | None = None) -> Command | None:
    """Return the declaration of a command; an amendment is declared for every kind of thing that can be amended."""
    if name in AMENDMENTS and kind in AMENDABLE:
        title, event = AMENDMENTS[name]
        return Command(name, title, kind, getattr(KINDS[kind], event), AMENDERS)
    return COMMANDS.get(name)
