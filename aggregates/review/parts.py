"""What a review is made of: decisions and notices, people and organisations, findings and answers. Persons only by reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import later
from aggregates.entry.values import seen

if TYPE_CHECKING:
    from datetime import date

    from aggregates.entry.values import Sealed

LOOK_BACK_YEARS: Final = 5  # INV-01: how long after it ended an affiliation counts, unless the Board sets another time
DEFERRAL_MONTHS: Final = 6  # INV-05: how long a decision not to publish yet is good for, before it is looked at again
IMPLICATIONS: Final = {  # framework, page 12: what the Training sub-group considers as a minimum
    "courses": "(a) courses reviewed",
    "poster": "(b) poster",
    "briefing_needed": "(c) whether a briefing is needed",
    "one_page_briefing": "(d) one-page briefing",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Whose review it is, where it is not the Board's own: an entry of a national collection, or a neighbour's."""

    board: str
    year: int
    repository_id: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Recommended:
    """What the sub-group recommends."""

    on: date
    outcome: str
    rationale: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to conduct a review, and why. `criteria` are (criterion, whether it is met)."""

    on: date
    outcome: str
    kind: str
    criteria: tuple[tuple[str, bool], ...]
    rationale: str
    dissent: str | None
    why_late: str | None
    by_office: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """Who was told what, and when: of an incident, a decision, or of a rapid review."""

    what: str
    body: str
    on: date


@dataclass(frozen=True, slots=True)
class Advice:
    """What the national panel advised."""

    body: str
    on: date
    sha256: str
    summary: str


@dataclass(frozen=True, slots=True)
class Commission:
    """What was commissioned, how it is done, and why so."""

    on: date
    methodology: str
    scope: str
    period_from: date | None
    period_until: date | None
    proportionality: str


@dataclass(frozen=True, slots=True)
class Member:
    """A seat in the review team: an organisation's, in a role. Nobody is named."""

    organisation: str
    role: str


@dataclass(frozen=True, slots=True)
class Affiliation:
    """What ties a lead reviewer to an organisation, from when to when; without an end it goes on."""

    organisation: str
    role: str
    from_on: date | None
    until_on: date | None

    def counts_on(self, day: date, years: int) -> bool:
        """Say whether it goes on, or ended no more than so many years before a day."""
        return self.until_on is None or later(self.until_on, months=12 * years) >= day


@dataclass(frozen=True, slots=True)
class Lead:
    """The lead reviewer, and what they declared. `breached_on` is when they were found not to be independent."""

    reviewer: Sealed
    appointed_on: date
    affiliations: tuple[Affiliation, ...]
    declaration_sha256: str
    look_back_years: int
    breached_on: date | None = None
    breach: str | None = None

    def conflicts_with(self, organisations: tuple[str, ...]) -> tuple[str, ...]:
        """Return those of these organisations to which they are not independent, judged as at their appointment (INV-01)."""
        tied = {same(a.organisation) for a in self.affiliations if a.counts_on(self.appointed_on, self.look_back_years)}
        return tuple(organisation for organisation in organisations if same(organisation) in tied)


@dataclass(frozen=True, slots=True)
class Information:
    """What an agency was asked for, by when, and when it came."""

    agency: str
    requested_on: date | None
    due_on: date | None
    submitted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Practitioners:
    """How many practitioners were invited to contribute, and how many did."""

    invited: int = 0
    contributed: int = 0


@dataclass(frozen=True, slots=True)
class FamilyContact:
    """Who of a family, by how they are related, was invited or involved, and what came of it."""

    on: date
    outcome: str
    reason: str | None

    @property
    def settles(self) -> bool:
        """Say whether the invitation that the framework asks for is on record: it was made, or why it was not."""
        return self.outcome != "not approached" or bool((self.reason or "").strip())


@dataclass(frozen=True, slots=True)
class Process:
    """A coroner's, criminal or family court process beside the review."""

    process: str
    note: str


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the review waits for another process; `end` is the day on which it goes on."""

    start: date
    process: str
    review_by: date
    reason: str
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and the system factor behind it."""

    number: str
    statement: str
    polarity: str
    scope: str
    system_factor: str
    themes: tuple[str, ...]
    modifiable_factor: bool | None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the reviewers recommend, and to whom."""

    number: str
    to: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """The report as it was presented."""

    on: date
    sha256: str
    meeting: str | None


@dataclass(frozen=True, slots=True)
class Response:
    """What the Board answers to one finding."""

    number: str
    response: str
    reason: str | None
    intended_actions: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the Board answers to all findings."""

    on: date
    responses: tuple[Response, ...]


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published where, and until when it stays there. `lineage` are the hashes that it comes from (INV-08)."""

    on: date
    report_sha256: str
    response_sha256: str | None
    url: str
    keep_online_until: date
    lineage: tuple[str, ...]
    deposited_in: tuple[str, ...] = ()
    verified_on: date | None = None
    verified: str | None = None
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Deferral:
    """A decision not to publish yet."""

    on: date
    reason: str
    review_by: date


@dataclass(frozen=True, slots=True)
class Training:
    """What was referred to the Training sub-group, and what it answered to (a) to (d)."""

    findings: tuple[str, ...] = ()
    courses: str | None = None
    poster: str | None = None
    briefing_needed: bool | None = None
    briefing_why: str | None = None
    one_page_briefing: str | None = None

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Return what is not answered, in words."""
        return tuple(words for name, words in IMPLICATIONS.items() if getattr(self, name) in {None, ""})


@dataclass(frozen=True, slots=True)
class Impact:
    """What a review changed, as judged for one year."""

    year: int
    judgement: str
    unintended_consequences: str | None


def same(organisation: str) -> str:
    """Return what two spellings of one organisation have in common."""
    return " ".join(seen(organisation).split()).casefold()


def response_of(given: dict[str, Any]) -> Response:
    """Return a response as it was said, whatever is missing in it."""
    return Response(given.get("number", ""), given.get("response", ""), given.get("reason"), given.get("intended_actions"))
