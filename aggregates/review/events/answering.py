"""What a review finds and recommends, and what the Board answers."""

from __future__ import annotations

from typing import Any, Literal

from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - fields.py reads the annotations of events at run time
from aggregates.review.events import Event


class FindingRecorded(Event):
    """What happened in the system, and why."""

    TOPIC = "review.finding_recorded.v1"
    number: Identifies[Public[str]]
    statement: str
    polarity: Public[Literal["concern", "good_practice"]]
    scope: Public[Literal["single-agency", "multi-agency"]]
    system_factor: str
    themes: Public[tuple[str, ...]]
    modifiable_factor: Public[bool | None]


class RecommendationMade(Event):
    """What the reviewers recommend, and to whom."""

    TOPIC = "review.recommendation_made.v1"
    number: Identifies[Public[str]]
    to: Public[str]
    text: str


class ReportPresented(Event):
    """The Board receives the report, at a meeting."""

    TOPIC, CLASS = "review.report_presented.v1", "D"
    report_sha256: Public[str]
    meeting: Public[str | None]


class BoardResponseFormulated(Event):
    """The Board answers every finding: objects of `number`, `response`, `reason` and `intended_actions`."""

    TOPIC, CLASS = "review.board_response_formulated.v1", "D"
    responses: tuple[dict[str, Any], ...]
