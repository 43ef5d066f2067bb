"""The clocks of a review, under the regime that it arose under (INV-42): of the proposed kind until it is decided, then of the decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from aggregates.clocks.clock import Clock, run
from aggregates.clocks.regimes import Regime, Rule, regime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

UNTIL_DECIDED: Final = frozenset({"aware", "notified", "decided", "declined"})
EXTENDED: Final = frozenset({"presented", "published"})  # what an extension of the timescale is about


class Run(Protocol):
    """As much of a review as its clocks need: a state has it, and a view's row."""

    @property
    def kind(self) -> str:
        """Say which kind was decided on."""

    @property
    def proposed_kind(self) -> str:
        """Say which kind was proposed."""

    @property
    def regime(self) -> str:
        """Name the regime."""

    @property
    def moments(self) -> Mapping[str, date]:
        """Say what was when."""

    @property
    def stretches(self) -> Sequence[tuple[date, date | None]]:
        """Say when it was paused."""

    @property
    def extended_to(self) -> date | None:
        """Say until when it was extended."""


def rules_of(review: Run, under: Regime) -> tuple[Rule, ...]:
    """Return the rules that bind a review, in the order in which they come to matter."""
    first = {rule.name: rule for rule in under.rules_for(review.proposed_kind) if rule.starts_with in UNTIL_DECIDED}
    return tuple((first | {rule.name: rule for rule in under.rules_for(review.kind)}).values())


def clocks_of(review: Run, as_at: date) -> tuple[Clock, ...]:
    """Return the clocks that have started by a day, each gross and net of the pauses (INV-10)."""
    under, moments, stretches = regime(review.regime), review.moments, review.stretches
    found = []
    for rule in rules_of(review, under):
        extended_to = review.extended_to if rule.stops_with in EXTENDED else None
        clock = run(rule, moments, stretches, extended_to=extended_to, as_at=as_at, regime=under)
        if clock is not None:
            found.append(clock)
    return tuple(found)
