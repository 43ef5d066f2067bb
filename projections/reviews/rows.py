"""What a reader of the tracker gets: where a review stands, which clocks run, and the whole of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from aggregates.review.clocks import clocks_of

if TYPE_CHECKING:
    from aggregates.clocks.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """A clock on a day, with its basis. `gross_days` count the pauses too, `net_days` do not (INV-10)."""

    name: str
    label: str
    basis: str
    source: str
    count: int
    unit: str
    started_on: date
    due_on: date | None
    stopped_on: date | None
    extended_to: date | None
    gross_days: int | None
    net_days: int | None
    state: str
    days_late: int
    regime: str
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """Where a review stands on a day.

    `blockers` are what stops it closing, in the review and in the actions that came of it; of `reviews`, in the review itself.
    """

    as_at: date
    ref: str
    title: str
    kind: str
    proposed_kind: str
    regime: str
    referring_agency: str | None
    status: str
    ended: bool
    notified_on: date
    decided_on: date | None
    commissioned_on: date | None
    presented_on: date | None
    responded_on: date | None
    published_on: date | None
    extended_to: date | None
    moments: dict[str, date]
    pauses: list[dict[str, Any]]
    blockers: list[dict[str, Any]]

    @property
    def paused(self) -> bool:
        """Say whether it is paused on the day."""
        return any(pause["end"] is None for pause in self.pauses)

    @property
    def stretches(self) -> list[tuple[date, date | None]]:
        """Return the pauses as the clocks take them."""
        return [(date.fromisoformat(pause["start"]), pause["end"] and date.fromisoformat(pause["end"])) for pause in self.pauses]

    @property
    def clocks(self) -> list[ClockRow]:
        """Return the clocks that have started by the day, in the order in which they come to matter."""
        return [_clock(clock, self.as_at) for clock in clocks_of(self, self.as_at)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow(Tracked):
    """A review on a day, whole.

    `findings` have a `number`, what was found (`statement`, `polarity`, `scope`, `system_factor`, `themes`, `modifiable_factor`) and the
    Board's `response`, `reason` and `intended_actions`, None until it answered. `lead` has the `reviewer` as a pointer, `independent`
    and the organisations in `conflicts`; `source` is set where the review is another body's.
    """

    source: dict[str, Any] | None
    recommendation: dict[str, Any] | None
    decisions: list[dict[str, Any]]
    notices: list[dict[str, Any]]
    advice: list[dict[str, Any]]
    commission: dict[str, Any] | None
    organisations: list[str]
    team: list[dict[str, Any]]
    lead: dict[str, Any] | None
    information: list[dict[str, Any]]
    practitioners: dict[str, Any]
    family: list[dict[str, Any]]
    feedback: int
    processes: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    recommendations: list[dict[str, Any]]
    report: dict[str, Any] | None
    publication: dict[str, Any] | None
    deferral: dict[str, Any] | None
    training: dict[str, Any]
    impacts: list[dict[str, Any]]


def _clock(clock: Clock, day: date) -> ClockRow:
    return ClockRow(
        name=clock.name,
        label=clock.label,
        basis=clock.basis,
        source=clock.source,
        count=clock.count,
        unit=clock.unit,
        started_on=clock.started_on,
        due_on=clock.due_on,
        stopped_on=clock.stopped_on,
        extended_to=clock.extended_to,
        gross_days=clock.gross_days,
        net_days=clock.net_days,
        state=clock.state(day),
        days_late=clock.days_late(day),
        regime=clock.regime,
        calendar=clock.calendar,
    )
