"""What can be done about a review."""

from __future__ import annotations

from typing import Final

from aggregates.review import Review
from service.commands.command import BOARD_AND_SUB_GROUPS, CHAIRS, LEADS, MEMBERS, PRESENTING, REVIEWING, SUB_GROUP_CHAIR, Command

REVIEWS: Final = (
    Command("refer_review", "Refer a case for review", "review", Review.Referred, BOARD_AND_SUB_GROUPS | LEADS, creates=True),
    Command(
        "note_external_review",
        "Note another body's review",
        "review",
        Review.ExternalNoted,
        BOARD_AND_SUB_GROUPS | LEADS,
        creates=True,
    ),
    Command("decide_relevance", "Decide whether it is relevant here", "review", Review.ExternalRelevanceDecided, BOARD_AND_SUB_GROUPS),
    Command("notify_incident", "Notify the incident", "review", Review.IncidentNotified, MEMBERS),
    Command("send_rapid_review", "Send the rapid review", "review", Review.RapidReviewSent, BOARD_AND_SUB_GROUPS),
    Command("recommend_decision", "Recommend a decision", "review", Review.DecisionRecommended, frozenset({SUB_GROUP_CHAIR})),
    Command("decide_review", "Decide whether to conduct it", "review", Review.Decided, CHAIRS),
    Command("notify_decision", "Notify the decision", "review", Review.DecisionNotified, BOARD_AND_SUB_GROUPS),
    Command("receive_panel_advice", "Record the panel's advice", "review", Review.PanelAdviceReceived, BOARD_AND_SUB_GROUPS),
    Command("commission_review", "Commission the review", "review", Review.Commissioned, BOARD_AND_SUB_GROUPS),
    Command(
        "add_organisation_under_review",
        "Bring an organisation under review",
        "review",
        Review.OrganisationAdded,
        BOARD_AND_SUB_GROUPS,
    ),
    Command("constitute_review_team", "Constitute the review team", "review", Review.TeamConstituted, BOARD_AND_SUB_GROUPS),
    Command("appoint_lead_reviewer", "Appoint the lead reviewer", "review", Review.LeadReviewerAppointed, BOARD_AND_SUB_GROUPS),
    Command("record_independence_breach", "Record a breach of independence", "review", Review.IndependenceBreached, BOARD_AND_SUB_GROUPS),
    Command("replace_lead_reviewer", "Replace the lead reviewer", "review", Review.LeadReviewerReplaced, BOARD_AND_SUB_GROUPS),
    Command("request_agency_information", "Ask an agency for information", "review", Review.AgencyInformationRequested, REVIEWING),
    Command("submit_agency_information", "Submit the agency's information", "review", Review.AgencyInformationSubmitted, LEADS),
    Command("invite_practitioners", "Invite practitioners", "review", Review.PractitionersInvited, REVIEWING),
    Command(
        "record_practitioner_contribution",
        "Record practitioners' contribution",
        "review",
        Review.PractitionersContributed,
        REVIEWING,
    ),
    Command("invite_family", "Invite the family", "review", Review.FamilyInvited, REVIEWING),
    Command("record_family_involvement", "Record the family's involvement", "review", Review.FamilyInvolvementRecorded, REVIEWING),
    Command("record_participant_feedback", "Record participants' feedback", "review", Review.ParticipantFeedbackReceived, REVIEWING),
    Command("note_parallel_process", "Note a parallel process", "review", Review.ParallelProcessNoted, BOARD_AND_SUB_GROUPS),
    Command("pause_review", "Pause the review", "review", Review.Paused, BOARD_AND_SUB_GROUPS),
    Command("resume_review", "Resume the review", "review", Review.Resumed, BOARD_AND_SUB_GROUPS),
    Command("extend_timescale", "Extend the timescale", "review", Review.TimescaleExtended, BOARD_AND_SUB_GROUPS),
    Command("record_finding", "Record a finding", "review", Review.FindingRecorded, REVIEWING),
    Command("make_recommendation", "Make a recommendation", "review", Review.RecommendationMade, REVIEWING),
    Command("present_review_report", "Present the report", "review", Review.ReportPresented, PRESENTING),
    Command("formulate_response", "Formulate the Board's response", "review", Review.BoardResponseFormulated, BOARD_AND_SUB_GROUPS),
    Command("defer_publication", "Defer publication", "review", Review.PublicationDeferred, CHAIRS),
    Command("publish_report", "Publish the report", "review", Review.ReportPublished, BOARD_AND_SUB_GROUPS),
    Command("deposit_report", "Record that the report was deposited", "review", Review.ReportDeposited, PRESENTING),
    Command("verify_publication", "Record whether the report is online", "review", Review.PublicationVerified, PRESENTING),
    Command("withdraw_report", "Withdraw the report", "review", Review.ReportWithdrawn, CHAIRS),
    Command(
        "refer_learning_to_training",
        "Refer the learning to Training",
        "review",
        Review.LearningReferredToTraining,
        BOARD_AND_SUB_GROUPS,
    ),
    Command(
        "consider_training_implications",
        "Consider the implications for training",
        "review",
        Review.TrainingImplicationsConsidered,
        PRESENTING,
    ),
    Command("evaluate_review_impact", "Evaluate the review's impact", "review", Review.ImpactEvaluated, BOARD_AND_SUB_GROUPS),
    Command("close_review", "Close the review", "review", Review.Closed, CHAIRS),
    Command("reopen_review", "Reopen the review", "review", Review.Reopened, CHAIRS),
)
