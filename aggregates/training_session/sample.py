"""A telephone sample: what was drawn, who was called by it, and who takes whose place (INV-24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - dataclasses of the fold

from aggregates.training_session.draw import MISSES


@dataclass(frozen=True, slots=True)
class Call:
    """One telephone call."""

    number: str
    attempt: int
    on: date
    outcome: str
    answers: str | None


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw of the telephone sample, and the calls that were made by it."""

    draw: str
    on: date
    population_sha256: str
    population: tuple[str, ...]
    setting: str
    sample_size: int
    checkpoint_size: int
    checkpoint_root: str
    algorithm: str
    order: tuple[str, ...]
    selected: tuple[str, ...]
    reason: str | None
    calls: tuple[Call, ...] = ()

    def replaced(self, number: str) -> str | None:
        """Say why the next of the order is asked in the place of somebody: they declined, or could not be reached in three calls."""
        outcomes = [call.outcome for call in self.calls if call.number == number]
        if "declined" in outcomes:
            return "declined"
        return f"not reached in {MISSES} calls" if "reached" not in outcomes and len(outcomes) >= MISSES else None

    @property
    def asked(self) -> tuple[str, ...]:
        """Return who is to be telephoned: those selected, and for each who had to be replaced the next of the order."""
        count = seen = self.sample_size
        while seen:
            seen = sum(self.replaced(number) is not None for number in self.order[count - seen : count])
            count += seen
        return self.order[:count]

    @property
    def reached(self) -> tuple[str, ...]:
        """Return who was reached."""
        there = {call.number for call in self.calls if call.outcome == "reached"}
        return tuple(number for number in self.asked if number in there)

    @property
    def waiting(self) -> tuple[str, ...]:
        """Return who is still to be reached."""
        return tuple(number for number in self.asked if number not in self.reached and self.replaced(number) is None)
