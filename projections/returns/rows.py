"""What a reader of the returns gets: what was asked of whom, what came of it, and how both sides grade it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date  # noqa: TC003 - the schemas of the API read the annotations of rows at run time
from typing import Any

from aggregates.returns.state import Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeRow:
    """A standard graded on both sides. A gap is a moderated grade below the Board's threshold; `actions` are those assigned for it."""

    standard: str
    self_grade: int | None
    moderated_grade: int | None
    reason: str | None
    no_action: str | None
    gap: bool
    actions: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedRow:
    """A meeting before which it was put."""

    on: date
    meeting: str
    agenda_item: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedRow:
    """What the Board says of a section of its report."""

    on: date
    section: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionRow:
    """An edition of the Board's report, as it was signed: as at a day, as known at a position; its data have this SHA-256.

    `reason` is why it takes the place of the one before it, where one was.
    """

    on: date
    edition: int
    as_at: date
    known_at: int
    report_sha256: str
    made_by: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow(Asked):
    """A return on a day. `answers` are by question, restricted; `challenges` are those about it that are open on the day."""

    shared_with: list[str]
    status: str
    late_days: int
    answered_on: date | None
    amended_on: date | None
    amended_because: str | None
    answers: dict[str, Any] = field(default_factory=dict)
    staff_n: int | None
    files: int
    grades: list[GradeRow]
    moderated_on: date | None
    moderated_by: str | None
    panel: str | None
    presented: list[PresentedRow]
    explanations: list[ExplainedRow]
    published: list[EditionRow]
    ended_on: date | None
    ended_because: str | None
    challenges: list[str] = field(default_factory=list)

    @property
    def owed(self) -> bool:
        """Say whether the respondent has still to answer."""
        return self.status == "requested"
