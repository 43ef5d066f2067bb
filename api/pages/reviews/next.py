"""What comes next on a review: the acts that stop a running clock or take away what stops it closing; everything else by its stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregates.review.clocks import rules_of
from api.pages.reviews.clocks import RUNNING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from projections.reviews import ReviewRow

# With which acts a clock stops, by the moment that stops it.
STOPS: Final[Mapping[str, tuple[str, ...]]] = {
    "decided": ("recommend_decision", "decide_review"),
    "decision_notified": ("notify_decision",),
    "rapid_review_sent": ("send_rapid_review",),
    "presented": ("present_review_report",),
    "responded": ("formulate_response",),
    "published": ("publish_report",),
    "closed": ("close_review",),
}
# What takes away each thing that stops a review closing: the first of these that can be done comes next.
TAKES_AWAY: Final[Mapping[str, tuple[str, ...]]] = {
    "relevance-undecided": ("decide_relevance",),
    "undecided": ("recommend_decision", "decide_review"),
    "breach-not-recorded": ("record_independence_breach", "replace_lead_reviewer"),
    "no-lead-reviewer": ("commission_review", "appoint_lead_reviewer", "replace_lead_reviewer"),
    "no-findings": ("record_finding",),
    "no-report": ("present_review_report",),
    "no-response": ("formulate_response",),
    "findings-unanswered": ("formulate_response",),
    "response-not-published": ("publish_report",),
    "not-published": ("publish_report", "defer_publication"),
    "deferral-not-reviewed": ("publish_report", "defer_publication"),
    "family-not-invited": ("invite_family", "record_family_involvement"),
    "training-unanswered": ("refer_learning_to_training", "consider_training_implications"),
}
STAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "Deciding": (
        "notify_incident", "send_rapid_review", "recommend_decision", "decide_review", "decide_relevance", "notify_decision",
        "receive_panel_advice",
    ),
    "Setting it up": (
        "commission_review", "constitute_review_team", "appoint_lead_reviewer", "add_organisation_under_review",
        "record_independence_breach", "replace_lead_reviewer",
    ),
    "Hearing people": (
        "request_agency_information", "submit_agency_information", "invite_practitioners", "record_practitioner_contribution",
        "invite_family", "record_family_involvement", "record_participant_feedback",
    ),
    "Time": ("note_parallel_process", "pause_review", "resume_review", "extend_timescale"),
    "Finding and answering": ("record_finding", "make_recommendation", "present_review_report", "formulate_response"),
    "Publishing": ("publish_report", "defer_publication", "deposit_report", "verify_publication", "withdraw_report"),
    "Learning and ending": (
        "refer_learning_to_training", "consider_training_implications", "evaluate_review_impact", "close_review", "reopen_review",
    ),
}  # fmt: skip


def next_of(row: ReviewRow) -> list[str]:
    """Return the commands that come next, the most pressing first."""
    stops = {rule.name: rule.stops_with for rule in rules_of(row.regime, row.proposed_kind, row.kind)}
    running = [stops[clock.name] for clock in row.clocks if clock.state in RUNNING]
    found = ["resume_review"] if row.paused else []
    found += [name for moment in running for name in STOPS.get(moment, ())]
    found += [name for blocker in row.blockers for name in TAKES_AWAY.get(blocker["code"], ())]
    if not row.blockers and not row.ended:
        found += ["evaluate_review_impact", "close_review"]
    return list(dict.fromkeys(found))
