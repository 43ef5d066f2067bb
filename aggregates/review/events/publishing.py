"""How a report is published, what is learned from it, what it changed, and how the review ends."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import Literal

from aggregates.entry.fields import Public, Restricted  # noqa: TC001 - as date
from aggregates.entry.values import Evidence  # noqa: TC001 - as date
from aggregates.review.events import Event


class PublicationDeferred(Event):
    """The Board decides not to publish yet, and when it looks at that again."""

    TOPIC, CLASS = "review.publication_deferred.v1", "D"
    reason: str
    review_by: Public[date]


class ReportPublished(Event):
    """The report and the Board's response are there for everybody to read. `redaction_of` is the hash of what was shortened."""

    TOPIC, CLASS = "review.report_published.v1", "D"
    report_sha256: Public[str]
    redaction_of: Public[str | None]
    response_sha256: Public[str | None]
    url: Public[str]
    keep_online_until: Public[date]


class ReportDeposited(Event):
    """The report goes to a national collection."""

    TOPIC = "review.report_deposited.v1"
    repository: Public[str]
    identifier: Public[str | None]


class PublicationVerified(Event):
    """Somebody looked whether the report is still where it was published."""

    TOPIC, CLASS = "review.publication_verified.v1", "C"
    result: Public[Literal["online", "changed", "gone"]]
    found_sha256: Public[str | None]


class ReportWithdrawn(Event):
    """The report is taken down, and everybody may know why."""

    TOPIC, CLASS = "review.report_withdrawn.v1", "D"
    reason: Public[str]


class LearningReferredToTraining(Event):
    """Findings go to the Training sub-group."""

    TOPIC, CLASS = "review.learning_referred_to_training.v1", "D"
    findings: Public[tuple[str, ...]]
    note: str | None


class TrainingImplicationsConsidered(Event):
    """The Training sub-group answers: (a) courses, (b) poster, (c) whether a briefing is needed and why, (d) one-page briefing."""

    TOPIC, CLASS = "review.training_implications_considered.v1", "D"
    agenda_item: Public[str]
    courses: str | None
    poster: str | None
    briefing_needed: Public[bool | None]
    briefing_why: str | None
    one_page_briefing: str | None


class ImpactEvaluated(Event):
    """What the review changed for children and families, as judged for one year."""

    TOPIC, CLASS = "review.impact_evaluated.v1", "D"
    year: Public[int]
    judgement: Public[str]
    evidence: Restricted[tuple[Evidence, ...]]
    unintended_consequences: str | None


class Closed(Event):
    """Nothing is left to do."""

    TOPIC, CLASS = "review.closed.v1", "D"
    grounds: Public[str]


class Reopened(Event):
    """It was closed too early."""

    TOPIC, CLASS = "review.reopened.v1", "D"
    grounds: Public[str]
