"""The clocks of a review in words: what has to be done by when, by what right, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.working_days import OutsideCalendar, working_days_between
from api.pages.frame.words import written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from projections.reviews import ClockRow

RUNNING: Final = frozenset({"running", "paused", "overdue", "outside the calendar"})
FIRST: Final = ("overdue", "paused", "running", "outside the calendar", "late", "met")  # what is shown of several


def words_of(clock: ClockRow, day: date) -> dict[str, Any]:
    """Return a clock as `reviews/clocks.html` takes it."""
    return {
        "label": clock.label,
        "state": clock.state,
        "runs": clock.state in RUNNING,
        "overdue": clock.state in {"overdue", "late"},
        "standing": _standing(clock, day),
        "due_on": clock.due_on,
        "started_on": clock.started_on,
        "stopped_on": clock.stopped_on,
        "extended_to": clock.extended_to,
        "gross": _days(clock.gross_days, clock.unit) if clock.gross_days is not None else None,
        "net": _days(clock.net_days, clock.unit) if clock.net_days is not None and clock.net_days != clock.gross_days else None,
        "rule": f"{clock.count} {clock.unit if clock.count != 1 else clock.unit.removesuffix('s')}",
        "basis": clock.basis,
        "source": clock.source,
        "regime": clock.regime,
        "calendar": clock.calendar if clock.unit == "working days" else None,
    }


def first(clocks: Sequence[ClockRow]) -> ClockRow | None:
    """Return the clock that matters most: what is overdue, then what runs and is due first."""
    running = [clock for clock in clocks if clock.state in RUNNING]
    return min(running, key=lambda clock: (FIRST.index(clock.state), clock.due_on or clock.started_on), default=None)


def _standing(clock: ClockRow, day: date) -> str:
    """Return how a clock stands in a few words."""
    late = _days(clock.days_late, clock.unit)
    if clock.stopped_on is not None and clock.state in {"met", "late"}:
        return f"Done {written(clock.stopped_on)}, in time" if clock.state == "met" else f"Done {written(clock.stopped_on)}, {late} late"
    if clock.due_on is None:
        return "The calendar of working days does not reach so far"
    if clock.state == "overdue":
        return f"Overdue by {late}"
    left = _left(clock, clock.due_on, day)
    return f"{'Paused; d' if clock.state == 'paused' else 'D'}ue {written(clock.due_on)}, {left}"


def _left(clock: ClockRow, due_on: date, day: date) -> str:
    days = (due_on - day).days
    if clock.unit == "working days":
        try:
            days = working_days_between(day, due_on, clock.calendar)
        except OutsideCalendar:
            return "with time left"
    return "today" if days == 0 else f"{_days(days, clock.unit)} left"


def _days(number: int, unit: str) -> str:
    kind = "working day" if unit == "working days" else "day"
    return f"{number:,} {kind}{'' if number == 1 else 's'}"
