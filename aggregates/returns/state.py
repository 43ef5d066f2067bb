"""What a return is on one day: what was asked, what was answered, and how both sides grade it.

Each status is a class with only the attributes that it has (domain B.4). Late and challenged lie over them: the first is computed for
a day and never stored, the second comes from the challenges about it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aggregates.entry.values import Sealed


@dataclass(frozen=True, slots=True)
class Requested:
    """Somebody was asked, and has not answered."""

    word: ClassVar[str] = "requested"


@dataclass(frozen=True, slots=True)
class Submitted:
    """There is an answer, which nobody has judged."""

    word: ClassVar[str] = "submitted"


@dataclass(frozen=True, slots=True)
class Amended:
    """There is another answer than before, which nobody has judged."""

    word: ClassVar[str] = "amended"


@dataclass(frozen=True, slots=True)
class Moderated:
    """Somebody independent has judged it."""

    on: date
    word: ClassVar[str] = "moderated"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The Board has what it asked for."""

    on: date
    reason: str | None
    word: ClassVar[str] = "accepted"


@dataclass(frozen=True, slots=True)
class Waived:
    """The Board no longer asks for it."""

    on: date
    reason: str
    word: ClassVar[str] = "waived"


@dataclass(frozen=True, slots=True)
class Published:
    """The Board has signed its report for everybody to read: there is nothing more to answer. Other editions may follow."""

    on: date
    word: ClassVar[str] = "published"


Answered: TypeAlias = Submitted | Amended
Ended: TypeAlias = Accepted | Waived | Published
Status: TypeAlias = Requested | Answered | Moderated | Ended


@dataclass(frozen=True, slots=True)
class Given:
    """One answer of the respondent: the first, or one that amends it. None is ever overwritten."""

    on: date
    by_office: str | None
    answers: tuple[tuple[str, Any], ...]
    grades: tuple[tuple[str, int], ...]
    staff_n: int | None
    files: int
    reason: str | None = None
    by: Sealed | None = None  # whoever handed it in themselves


@dataclass(frozen=True, slots=True)
class Judged:
    """How one standard was graded in moderation, and why where that is not how the respondent graded it."""

    standard: str
    grade: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class Moderation:
    """One moderation. One that an amendment overtook stays on show."""

    on: date
    by_office: str | None
    panel: str | None
    grades: tuple[Judged, ...]

    @property
    def by_standard(self) -> Mapping[str, Judged]:
        """Return the grades by the number of their standard."""
        return {judged.standard: judged for judged in self.grades}


@dataclass(frozen=True, slots=True)
class Presentation:
    """A meeting before which it was put."""

    on: date
    meeting: str
    agenda_item: str | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the Board says of one section of its report."""

    on: date
    section: str
    explanation: str


@dataclass(frozen=True, slots=True)
class Publication:
    """One edition of the Board's report, as it was signed. None is ever replaced: the last supersedes those before it."""

    on: date
    edition: int
    as_at: date
    known_at: int
    report_sha256: str
    made_by: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked of whom: the same for whoever decides about a return and for whoever reads of it."""

    ref: str
    kind: str
    respondent: str
    period: str
    question_set: str
    question_set_sha256: str
    requested_on: date
    requested_by: str | None
    requested_for: str | None
    due_on: date
    legal_basis: str | None
    carried_forward_from: str | None


ASKED = tuple(one.name for one in fields(Asked))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnState(Asked):
    """A return on one day."""

    shared_with: tuple[str, ...]
    status: Status = Requested()
    given: tuple[Given, ...] = ()
    moderations: tuple[Moderation, ...] = ()
    moderation: Moderation | None = None  # the one that holds: none, once an amendment has opened it again
    no_action: tuple[tuple[str, str], ...] = ()  # (standard, reason), of the moderation that holds
    presented: tuple[Presentation, ...] = ()
    explanations: tuple[Explanation, ...] = ()  # one of a section: the last
    published: tuple[Publication, ...] = ()  # the editions, the first first

    @property
    def ended(self) -> bool:
        """Say whether the Board asks no more."""
        return isinstance(self.status, Ended)

    @property
    def owed(self) -> bool:
        """Say whether the respondent has still to answer."""
        return isinstance(self.status, Requested)

    @property
    def answered_on(self) -> date | None:
        """Return when it was first answered, as the Board answers by publishing its report."""
        return min([one.on for one in self.given[:1]] + [one.on for one in self.published[:1]], default=None)

    @property
    def answer(self) -> Given | None:
        """Return the answer that holds: the last."""
        return self.given[-1] if self.given else None

    @property
    def self_grades(self) -> Mapping[str, int]:
        """Return how the respondent grades itself, by standard."""
        return dict(self.given[-1].grades) if self.given else {}

    def below(self, threshold: int) -> tuple[str, ...]:
        """Return the standards whose moderated grade is below a threshold."""
        return tuple(judged.standard for judged in self.moderation.grades if judged.grade < threshold) if self.moderation else ()

    def late_days_on(self, day: date) -> int:
        """Return how many days late the answer came, or still is on a day. What was waived is late no longer than until then."""
        until = self.answered_on or (min(day, self.status.on) if isinstance(self.status, Waived) else day)
        return max((until - self.due_on).days, 0)
