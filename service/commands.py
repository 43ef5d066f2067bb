"""Every command, declared once: its verb, the event that it leads to, and who may.

The API's schemas, the import and the command line read these declarations; the method of `Board` with the command's name carries
it out. A command's fields are those of its event, without the envelope that every event has and without what the event computes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from aggregates import fields
from aggregates.action import Action
from aggregates.challenge import Challenge
from aggregates.data_subject import DataSubject
from aggregates.fields import ENVELOPE, Field
from aggregates.partnership import Agency, Course, Meeting, Partnership, Priorities, Resource, SubGroup
from aggregates.partnership.office import Office
from aggregates.registry import Inspection, Keys
from aggregates.review import Review
from aggregates.values import Evidence

CHAIR, DEPUTY, MANAGER = "chair", "deputy chair", "board manager"
SUB_GROUP_CHAIR, LEAD, OFFICER = "sub-group chair", "designated lead", "data protection officer"
POLICY_MANAGER, OPERATOR, LEAD_REVIEWER = "policy and practice manager", "operator", "lead reviewer"

BOARD: Final = frozenset({CHAIR, DEPUTY, MANAGER})
OVERSEERS: Final = frozenset({CHAIR, DEPUTY, SUB_GROUP_CHAIR})
BOARD_AND_SUB_GROUPS: Final = BOARD | OVERSEERS
AMENDERS: Final = BOARD_AND_SUB_GROUPS | {LEAD, OFFICER, POLICY_MANAGER, LEAD_REVIEWER}

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
        asked = (f for f in fields.shape(self.event) if f.name not in ENVELOPE and f.name not in computed and not self._is_ref(f))
        return tuple(replace(f, optional=f.optional or f.name in self.event.FOLLOWS) for f in asked)

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
_CHAIRS = frozenset({CHAIR, DEPUTY})  # the deputy where the chair cannot (INV-44)
_PRESENTING = frozenset({MANAGER, SUB_GROUP_CHAIR})
_REVIEWING = _PRESENTING | {LEAD_REVIEWER}  # of the one review that they lead
_PROGRAMME = frozenset({MANAGER, SUB_GROUP_CHAIR, POLICY_MANAGER})
_USERS = _PROGRAMME | BOARD_AND_SUB_GROUPS | _LEADS | {"trainer"}
_MEMBERS = BOARD_AND_SUB_GROUPS | _LEADS

COMMANDS: Final[dict[str, Command]] = _declared(
    Command("establish_partnership", "Establish the partnership", "partnership", Partnership.Established, _MANAGERS, creates=True),
    Command("set_local_setting", "Set a local setting", "partnership", Partnership.LocalSettingSet, _MANAGERS),
    Command("change_regime", "Change the regime", "partnership", Partnership.RegimeChanged, _MANAGERS),
    Command("adopt_framework", "Adopt a framework", "partnership", Partnership.FrameworkAdopted, _MANAGERS),
    Command("review_framework", "Review the framework", "partnership", Partnership.FrameworkReviewed, _MANAGERS),
    Command("join_agency", "Record that an agency joins", "agency", Agency.AgencyJoined, _MANAGERS, creates=True),
    Command("rename_agency", "Rename an agency", "agency", Agency.AgencyRenamed, _MANAGERS),
    Command("announce_departure", "Announce that it leaves", "agency", Agency.DepartureAnnounced, _MANAGERS),
    Command(
        "declare_obligation_outstanding",
        "Declare what it was asked outstanding",
        "agency",
        Agency.ObligationOutstanding,
        frozenset({CHAIR, DEPUTY}),
    ),
    Command("leave_agency", "Record that an agency leaves", "agency", Agency.AgencyLeft, _MANAGERS),
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
    Command("hold_meeting", "Record a meeting", "meeting", Meeting.MeetingHeld, BOARD_AND_SUB_GROUPS, creates=True),
    Command("file_minutes", "File the minutes", "meeting", Meeting.MinutesFiled, BOARD_AND_SUB_GROUPS),
    Command("set_priorities", "Set a priority", "priorities", Priorities.PrioritiesSet, _MANAGERS, creates=True),
    Command("offer_course", "Offer a course", "course", Course.CourseOffered, _PROGRAMME, creates=True),
    Command("revise_course", "Revise the course", "course", Course.CourseContentRevised, _PROGRAMME),
    Command("withdraw_course", "Withdraw the course", "course", Course.CourseWithdrawn, _PROGRAMME),
    Command("list_resource", "List a resource", "resource", Resource.ResourceListed, _PROGRAMME, creates=True),
    Command("check_resource", "Record a check of the resource", "resource", Resource.ResourceChecked, _PROGRAMME),
    Command("give_resource_feedback", "Say whether it was of use", "resource", Resource.ResourceFeedbackReceived, _USERS),
    Command("raise_challenge", "Raise a challenge", "challenge", Challenge.ChallengeRaised, _MEMBERS, creates=True),
    Command("answer_challenge", "Answer the challenge", "challenge", Challenge.ChallengeAnswered, _MEMBERS | {OFFICER, POLICY_MANAGER}),
    Command("refer_review", "Refer a case for review", "review", Review.Referred, BOARD_AND_SUB_GROUPS | _LEADS, creates=True),
    Command(
        "note_external_review", "Note another body's review", "review", Review.ExternalNoted, BOARD_AND_SUB_GROUPS | _LEADS, creates=True
    ),
    Command("decide_relevance", "Decide whether it is relevant here", "review", Review.ExternalRelevanceDecided, BOARD_AND_SUB_GROUPS),
    Command("notify_incident", "Notify the incident", "review", Review.IncidentNotified, _MEMBERS),
    Command("send_rapid_review", "Send the rapid review", "review", Review.RapidReviewSent, BOARD_AND_SUB_GROUPS),
    Command("recommend_decision", "Recommend a decision", "review", Review.DecisionRecommended, frozenset({SUB_GROUP_CHAIR})),
    Command("decide_review", "Decide whether to conduct it", "review", Review.Decided, _CHAIRS),
    Command("notify_decision", "Notify the decision", "review", Review.DecisionNotified, BOARD_AND_SUB_GROUPS),
    Command("receive_panel_advice", "Record the panel's advice", "review", Review.PanelAdviceReceived, BOARD_AND_SUB_GROUPS),
    Command("commission_review", "Commission the review", "review", Review.Commissioned, BOARD_AND_SUB_GROUPS),
    Command(
        "add_organisation_under_review", "Bring an organisation under review", "review", Review.OrganisationAdded, BOARD_AND_SUB_GROUPS
    ),
    Command("constitute_review_team", "Constitute the review team", "review", Review.TeamConstituted, BOARD_AND_SUB_GROUPS),
    Command("appoint_lead_reviewer", "Appoint the lead reviewer", "review", Review.LeadReviewerAppointed, BOARD_AND_SUB_GROUPS),
    Command("record_independence_breach", "Record a breach of independence", "review", Review.IndependenceBreached, BOARD_AND_SUB_GROUPS),
    Command("replace_lead_reviewer", "Replace the lead reviewer", "review", Review.LeadReviewerReplaced, BOARD_AND_SUB_GROUPS),
    Command("request_agency_information", "Ask an agency for information", "review", Review.AgencyInformationRequested, _REVIEWING),
    Command("submit_agency_information", "Submit the agency's information", "review", Review.AgencyInformationSubmitted, _LEADS),
    Command("invite_practitioners", "Invite practitioners", "review", Review.PractitionersInvited, _REVIEWING),
    Command(
        "record_practitioner_contribution", "Record practitioners' contribution", "review", Review.PractitionersContributed, _REVIEWING
    ),
    Command("invite_family", "Invite the family", "review", Review.FamilyInvited, _REVIEWING),
    Command("record_family_involvement", "Record the family's involvement", "review", Review.FamilyInvolvementRecorded, _REVIEWING),
    Command("record_participant_feedback", "Record participants' feedback", "review", Review.ParticipantFeedbackReceived, _REVIEWING),
    Command("note_parallel_process", "Note a parallel process", "review", Review.ParallelProcessNoted, BOARD_AND_SUB_GROUPS),
    Command("pause_review", "Pause the review", "review", Review.Paused, BOARD_AND_SUB_GROUPS),
    Command("resume_review", "Resume the review", "review", Review.Resumed, BOARD_AND_SUB_GROUPS),
    Command("extend_timescale", "Extend the timescale", "review", Review.TimescaleExtended, BOARD_AND_SUB_GROUPS),
    Command("record_finding", "Record a finding", "review", Review.FindingRecorded, _REVIEWING),
    Command("make_recommendation", "Make a recommendation", "review", Review.RecommendationMade, _REVIEWING),
    Command("present_review_report", "Present the report", "review", Review.ReportPresented, _PRESENTING),
    Command("formulate_response", "Formulate the Board's response", "review", Review.BoardResponseFormulated, BOARD_AND_SUB_GROUPS),
    Command("defer_publication", "Defer publication", "review", Review.PublicationDeferred, _CHAIRS),
    Command("publish_report", "Publish the report", "review", Review.ReportPublished, BOARD_AND_SUB_GROUPS),
    Command("deposit_report", "Record that the report was deposited", "review", Review.ReportDeposited, _PRESENTING),
    Command("verify_publication", "Record whether the report is online", "review", Review.PublicationVerified, _PRESENTING),
    Command("withdraw_report", "Withdraw the report", "review", Review.ReportWithdrawn, _CHAIRS),
    Command(
        "refer_learning_to_training", "Refer the learning to Training", "review", Review.LearningReferredToTraining, BOARD_AND_SUB_GROUPS
    ),
    Command(
        "consider_training_implications",
        "Consider the implications for training",
        "review",
        Review.TrainingImplicationsConsidered,
        _PRESENTING,
    ),
    Command("evaluate_review_impact", "Evaluate the review's impact", "review", Review.ImpactEvaluated, BOARD_AND_SUB_GROUPS),
    Command("close_review", "Close the review", "review", Review.Closed, _CHAIRS),
    Command("reopen_review", "Reopen the review", "review", Review.Reopened, _CHAIRS),
    Command("assign_action", "Assign an action", "action", Action.Assigned, BOARD_AND_SUB_GROUPS, creates=True),
    Command("accept_action", "Accept the action", "action", Action.Accepted, _OWNERS),
    Command("dispute_action", "Dispute the action", "action", Action.Disputed, _OWNERS),
    Command("reassign_action", "Reassign the action", "action", Action.Reassigned, BOARD_AND_SUB_GROUPS),
    Command("transfer_obligation", "Transfer the action", "action", Action.ObligationTransferred, BOARD_AND_SUB_GROUPS),
    Command("accept_transfer", "Take the action over", "action", Action.ObligationTransferAccepted, _LEADS),
    Command("refuse_transfer", "Refuse to take the action over", "action", Action.ObligationTransferRefused, _LEADS),
    Command("declare_outstanding", "Declare the action outstanding", "action", Action.OutstandingDeclared, frozenset({CHAIR, DEPUTY})),
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
AMENDABLE: Final = (
    "action",
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
    "inspection",
)


def find(name: str, kind: str | None = None) -> Command | None:
    """Return the declaration of a command; an amendment is declared for every kind of thing that can be amended."""
    if name in AMENDMENTS and kind in AMENDABLE:
        title, event = AMENDMENTS[name]
        return Command(name, title, kind, getattr(KINDS[kind], event), AMENDERS)
    return COMMANDS.get(name)
