"""A clock that runs: from a rule and the days of a review's moments to when it is due, how long it took, and how it stands.

In law a clock does not stop for a pause, and no extension moves its end: both are shown beside it, never instead (INV-10).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from aggregates.clocks.dates import later
from aggregates.clocks.working_days import OutsideCalendar, add_working_days, working_days_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aggregates.clocks.regimes import Basis, Regime, Rule, Unit

Standing: TypeAlias = Literal["running", "paused", "met", "late", "overdue", "outside the calendar"]
Pause: TypeAlias = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of one review, as computed on a day, under a regime and with a version of the calendar that it names (INV-42, INV-43).

    `gross_days` and `net_days` (without the pauses) are counted up to when it stopped, else to the day of computing: in working days
    where the rule is, in calendar days otherwise. `due_on`, and they, are None where the calendar does not cover the days.
    """

    name: str
    label: str
    basis: Basis
    source: str
    count: int
    unit: Unit
    started_on: date
    due_on: date | None
    stopped_on: date | None
    gross_days: int | None
    net_days: int | None
    regime: str
    calendar: str
    extended_to: date | None
    pauses: tuple[Pause, ...]

    def state(self, day: date) -> Standing:
        """Say how it stands on a day. What is overdue is so while it is paused, too."""
        if self.due_on is None:
            return "outside the calendar"
        if self.stopped_on is not None and self.stopped_on <= day:
            return "met" if self.stopped_on <= self.due_on else "late"
        if day > self.due_on:
            return "overdue"
        return "paused" if any(start <= day and (end is None or day < end) for start, end in self.pauses) else "running"

    def days_late(self, day: date) -> int:
        """Return how many days (working days where the rule is in them) it is late on a day, or was when it stopped."""
        end = min(self.stopped_on or day, day)
        return _counted(self.unit, self.calendar, self.due_on, end) or 0 if self.due_on else 0


def run(
    rule: Rule,
    moments: Mapping[str, date],
    pauses: Sequence[Pause] = (),
    *,
    extended_to: date | None = None,
    as_at: date,
    regime: Regime,
) -> Clock | None:
    """Return a rule's clock as at a day, from the days of a review's moments; None where it has not started by then."""
    started = moments.get(rule.starts_with)
    if started is None or started > as_at:
        return None
    stopped = moments.get(rule.stops_with)
    stopped = stopped if stopped is not None and stopped <= as_at else None
    begun = tuple(sorted((pause for pause in pauses if pause[0] <= as_at), key=lambda pause: pause[0])) if pauses else ()
    end = stopped or as_at
    gross = _counted(rule.unit, regime.calendar, started, end)
    paused = [_counted(rule.unit, regime.calendar, *stretch) for stretch in _stretches(begun, started, end)] if begun else []
    return Clock(
        rule.name,
        rule.label,
        rule.basis,
        rule.source,
        rule.count,
        rule.unit,
        started_on=started,
        due_on=due(rule, started, regime.calendar),
        stopped_on=stopped,
        gross_days=gross,
        net_days=None if gross is None else gross - sum(days or 0 for days in paused),
        regime=regime.id,
        calendar=regime.calendar,
        extended_to=extended_to,
        pauses=begun,
    )


def due(rule: Rule, started: date, calendar: str) -> date | None:
    """Return the last day on which a rule is kept; None where the calendar does not reach it."""
    if rule.unit == "months":
        return later(started, months=rule.count)
    if rule.unit == "calendar days":
        return started + timedelta(days=rule.count)
    try:
        return add_working_days(started, rule.count, calendar)
    except OutsideCalendar:
        return None


def _counted(unit: Unit, calendar: str, start: date, end: date) -> int | None:
    if unit != "working days":
        return max(0, (end - start).days)
    try:
        return working_days_between(start, end, calendar)
    except OutsideCalendar:
        return None


def _stretches(pauses: Sequence[Pause], start: date, end: date) -> list[tuple[date, date]]:
    """Return the stretches between two days that were paused, each day once however pauses overlap."""
    found, after = [], start
    for begun, ended in sorted(pauses, key=lambda pause: pause[0]):
        first, last = max(begun, after), min(ended or end, end)
        if first < last:
            found.append((first, last))
            after = last
    return found
