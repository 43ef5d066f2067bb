"""When what is owed is reminded of and escalated by itself: the Board's days, and the highest of them that has come.

An action and an obligation climb the same ladder. Days count from the due date; where it was overdue when its owner was asked, from
that day (INV-17: the ladder begins anew).
They are calendar days: no bank holiday moves them. After an outage the highest rung that has come is served, once, and the ones below
it are not made up for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol


class Rung(NamedTuple):
    """One rung: how many days after the due date (below nought: before it). Level 0 is a reminder, a higher one an escalation."""

    days: int
    level: int


@dataclass(frozen=True, slots=True)
class Ladder:
    """On which days before the due date the owner is reminded, and on which days after it somebody higher up is told."""

    reminder_days: tuple[int, ...]
    escalation_days: tuple[int, ...]

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """Return the rungs, the lowest first."""
        return _rungs(self.reminder_days, self.escalation_days)


class Climbing(Protocol):
    """What is owed, as far as the ladder looks at it: an aggregate's state, or a read model's row."""

    @property
    def due_on(self) -> date:
        """Return the day on which it is due."""

    @property
    def spell_began_on(self) -> date:
        """Return the day since which its owner owes it by this date."""

    @property
    def reminded_before(self) -> int | None:
        """Return how many days before the due date the last reminder of this spell was for."""

    @property
    def escalation_level(self) -> int:
        """Return the level of this spell."""


class Notice(NamedTuple):
    """A reminder (level 0) or an escalation that is due: since which day, and so how late it is served."""

    level: int
    days: int  # after the due date; below nought: before it
    fell_due_on: date
    served_late_days: int

    @property
    def words(self) -> str:
        """Return what it is, in words."""
        if self.level:
            return f"escalation to level {self.level}"
        return f"reminder {-self.days} days before it is due" if self.days else "reminder on the day"


def notice_due(owed: Climbing, ladder: Ladder, today: date) -> Notice | None:
    """Return what is to be served today of what is owed: the highest rung that has come, where neither it nor a higher one was."""
    counted_from = max(owed.due_on, owed.spell_began_on)
    days = (today - counted_from).days
    highest = next((rung for rung in reversed(ladder.rungs) if rung.days <= days), None)
    if highest is None or served(owed, highest):
        return None
    since = max(counted_from + timedelta(days=highest.days), owed.spell_began_on)
    return Notice(highest.level, highest.days, since, (today - since).days)


def served(owed: Climbing, rung: Rung) -> bool:
    """Say whether a rung, or a higher one, was served in this spell."""
    if rung.level or owed.escalation_level:
        return rung.level <= owed.escalation_level
    return owed.reminded_before is not None and rung.days <= -owed.reminded_before


@lru_cache(16)
def _rungs(reminder_days: tuple[int, ...], escalation_days: tuple[int, ...]) -> tuple[Rung, ...]:
    reminders = (Rung(-days, 0) for days in sorted(reminder_days, reverse=True))
    return (*reminders, *(Rung(days, level) for level, days in enumerate(sorted(escalation_days), start=1)))
