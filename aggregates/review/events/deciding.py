"""How a review comes about: referral and notification, the sub-group's recommendation, the chair's decision, and who is told."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import Any, ClassVar, Literal

from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - as date
from aggregates.review.events import Created, Event, ExternalKind, Kind, Outcome, Regime


class Referred(Created):
    """A case is put before the Board. It is known by a reference and a title that say nothing of any person."""

    TOPIC = "review.referred.v1"
    FOLLOWS: ClassVar[frozenset[str]] = frozenset({"regime"})
    ref: Identifies[Public[str]]
    title: Public[str]
    kind: Public[Kind]
    regime: Public[Regime]
    referring_agency: Public[str | None]
    notified_on: Public[date]
    aware_on: Public[date | None]
    local_ref: str | None


class ExternalNoted(Created):
    """Another body's review comes to notice: a domestic homicide review, a national one, or one of another board."""

    TOPIC = "review.external_noted.v1"
    FOLLOWS: ClassVar[frozenset[str]] = frozenset({"regime"})
    ref: Identifies[Public[str]]
    title: Public[str]
    kind: Public[ExternalKind]
    regime: Public[Regime]
    board: Public[str]
    year: Public[int]
    repository_id: Public[str | None]
    relevance: Public[Literal["relevant", "not relevant"] | None]
    why: str | None


class ExternalRelevanceDecided(Event):
    """Another body's review has something to say here, or has not."""

    TOPIC, CLASS = "review.external_relevance_decided.v1", "D"
    relevance: Public[Literal["relevant", "not relevant"]]
    why: str


class IncidentNotified(Event):
    """A body is told of the incident. `aware_on` is when the local authority became aware of it."""

    TOPIC = "review.incident_notified.v1"
    to_body: Public[str]
    aware_on: Public[date | None]


class RapidReviewSent(Event):
    """The rapid review goes to the national Panel."""

    TOPIC = "review.rapid_review_sent.v1"
    to_body: Public[str]
    report_sha256: str
    summary: str | None


class DecisionRecommended(Event):
    """The sub-group says what it would decide."""

    TOPIC = "review.decision_recommended.v1"
    outcome: Public[Outcome]
    rationale: str
    dissent: str | None


class Decided(Event):
    """The chair decides: `review_kind` is the kind that is conducted, `criteria` are objects of `criterion` and `met`."""

    TOPIC, CLASS = "review.decided.v1", "D"
    outcome: Public[Outcome]
    review_kind: Public[Kind | None]
    criteria: Public[tuple[dict[str, Any], ...]]
    rationale: str
    dissent: str | None
    why_late: Public[str | None]


class DecisionNotified(Event):
    """A body is told what was decided, and of a decision against a review also why."""

    TOPIC = "review.decision_notified.v1"
    to_body: Public[str]
    explanation: str | None


class PanelAdviceReceived(Event):
    """The national panel advises on the decision."""

    TOPIC = "review.panel_advice_received.v1"
    from_body: Public[str]
    advice_sha256: str
    summary: str
