"""The events of a return; `aggregate` has them all. What follows the request says again whose return it is, for rules that look on."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Opening, Recorded
from aggregates.entry.fields import Identifies, Public, Restricted  # noqa: TC001 - as date
from aggregates.entry.values import Evidence  # noqa: TC001 - as date

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind: TypeAlias = Literal[
    "s11",
    "safeguarding_audit",
    "knowledge_audit",
    "trainer_cpd",
    "learning_needs",
    "workforce_assurance",
    "workforce_training",
    "single_agency_quality",
    "audit_outcome",
    "single_agency_training_audit",
    "policy_compliance",
    "case_file_audit",
    "subgroup_learning_needs",
    "training_annual_report",
    "cdop_annual_report",
    "board_annual_report",
    "performance_report",
    "training_strategy",
    "training_qa_programme",
    "cyp_feedback_strategy",
    "cyp_family_feedback",
]
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
# What the Board and its sub-groups report, plan and ask of themselves: no agency answers for them.
OF_THE_BOARD = frozenset(
    {
        "subgroup_learning_needs", "training_annual_report", "cdop_annual_report", "board_annual_report", "performance_report",
        "training_strategy", "training_qa_programme", "cyp_feedback_strategy",
    }
)  # fmt: skip
WHOSE = frozenset({"kind", "respondent", "period"})  # found out from the request, and never corrected


class Event(Recorded.Event):
    """An event of a return."""


class Created(Event, Aggregate.Created):
    """What begins the stream of a return; the library wants it by this name, with a topic of its own."""

    TOPIC = "return.created.v1"


class Requested(Event, Opening):
    """The Board asks somebody for something by a date. The questions are those of the set with this hash, whatever becomes of the set.

    A request that was retracted may come again: there is one return for each kind, respondent and period (INV-28).
    """

    TOPIC, CLASS = "return.requested.v1", "D"
    COMPUTED: ClassVar[frozenset[str]] = frozenset({"question_set_sha256", "carried_forward_from", "requested_for"})
    FOLLOWS: ClassVar[frozenset[str]] = frozenset({"question_set"})
    ref: Identifies[Public[str]]
    kind: Identifies[Public[Kind]]
    respondent: Identifies[Public[str]]
    period: Identifies[Public[str]]
    question_set: Public[str]
    question_set_sha256: Public[str]
    due_on: Public[date]
    legal_basis: Public[str | None]
    shared_with: Public[tuple[str, ...]]
    carried_forward_from: Public[str | None]
    requested_for: Public[str | None]


class Later(Event):
    """Whatever comes after the request says whose return it is, so that a rule needs no other entry to know."""

    COMPUTED: ClassVar[frozenset[str]] = WHOSE
    kind: Public[Kind]
    respondent: Public[str]
    period: Public[str]


class Answered(Later):
    """What the respondent answers, and how it grades itself. The answers are for those who may read them; the grades for partners."""

    answers: Restricted[tuple[dict[str, Any], ...]]
    self_grades: tuple[dict[str, Any], ...]
    staff_n: Public[int | None]
    evidence: Restricted[tuple[Evidence, ...]]


class Submitted(Answered):
    """The respondent answers, and grades itself. What it answers is for those who may read it; how it grades itself, for partners."""

    TOPIC = "return.submitted.v1"


class Amended(Answered):
    """The respondent answers anew, and says why. What it answered before stays on record, and moderation begins again."""

    TOPIC = "return.amended.v1"
    reason: str


class Moderated(Later):
    """Somebody independent grades each standard beside the respondent's own grade, which stays (INV-29)."""

    TOPIC, CLASS = "return.moderated.v1", "D"
    grades: tuple[dict[str, Any], ...]
    panel: str | None


class NoActionDecided(Later):
    """A standard below the threshold is left without an action, and the reason is on record (INV-30)."""

    TOPIC, CLASS = "return.no_action_decided.v1", "D"
    standard: Identifies[Public[str]]
    reason: str


class Accepted(Later):
    """The Board has what it asked for."""

    TOPIC, CLASS = "return.accepted.v1", "D"
    reason: str | None


class Waived(Later):
    """The Board no longer asks for it, and says why in public."""

    TOPIC, CLASS = "return.waived.v1", "D"
    reason: Public[str]


class SectionExplained(Later):
    """The Board says in its own words what a section of its report has to say that no record holds, or why something is missing."""

    TOPIC, CLASS = "return.section_explained.v1", "D"
    section: Identifies[Public[str]]
    explanation: Public[str]


class Edition(Later):
    """What is said of every edition of the Board's report, in whichever shape it was published."""

    CLASS, STANDS = "D", True
    COMPUTED: ClassVar[frozenset[str]] = WHOSE | {"edition", "made_by", "evidence"}
    FOLLOWS: ClassVar[frozenset[str]] = frozenset({"known_at", "report_sha256"})
    edition: Public[int]
    as_at: Public[date]
    known_at: Public[int]
    report_sha256: Public[str]
    made_by: Public[str]
    evidence: Public[tuple[Evidence, ...]]


class Published(Edition):
    """The chair signs the Board's report of a year and it is there for everybody to read: as at a day, as known at a position.

    Its data follow from the log by the rules that `made_by` names, and are the file in `evidence`. Another edition says for what reason
    it supersedes the one before, and takes nothing away: what was published is never amended.
    """

    TOPIC = "return.published.v2"
    reason: Public[str | None]


class PublishedBefore(Edition):
    """The chair signed the Board's report of a year, as it was recorded when another edition did not have to say why."""

    TOPIC, NEWER = "return.published.v1", Published


class Presented(Later):
    """It is put before a meeting."""

    TOPIC, CLASS = "return.presented.v1", "D"
    meeting: Public[str]
    agenda_item: Public[str | None]
