"""What the kinds of returns are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Final[Mapping[str, str]] = {
    "s11": "Section 11 audit",
    "safeguarding_audit": "Safeguarding audit",
    "knowledge_audit": "Audit of what practitioners know",
    "trainer_cpd": "Trainer's own learning",
    "learning_needs": "Learning needs",
    "workforce_assurance": "Assurance about the workforce",
    "workforce_training": "Training of the workforce",
    "single_agency_quality": "Quality of single-agency work",
    "audit_outcome": "Outcome of an audit",
    "single_agency_training_audit": "Audit of single-agency training",
    "policy_compliance": "Compliance with a policy",
    "case_file_audit": "Case-file audit",
    "subgroup_learning_needs": "Learning needs that a sub-group sees",
    "training_annual_report": "Annual report on training",
    "cdop_annual_report": "Annual report on child deaths",
    "board_annual_report": "Annual report of the Board",
    "performance_report": "Performance report",
    "training_strategy": "Training strategy",
    "training_qa_programme": "Programme to assure the quality of training",
    "cyp_feedback_strategy": "Strategy for children's and families' feedback",
    "cyp_family_feedback": "Children's and families' feedback",
}
