"""The clocks of a review, under the regime that it arose under (INV-42): of the proposed kind until it is decided, then of the decided."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

from aggregates.clocks.clock import Clock, run
from aggregates.clocks.regimes import Rule, regime

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


@cache
def rules_of(regime_id: str, proposed_kind: str, kind: str) -> tuple[Rule, ...]:
    """Return the rules that bind a review, in the order in which they come to matter."""
    under = regime(regime_id)
    first = {rule.name: rule for rule in under.rules_for(proposed_kind) if rule.starts_with in UNTIL_DECIDED}
    return tuple((first | {rule.name: rule for rule in under.rules_for(kind)}).values())


def clocks_of(review: Run, as_at: date) -> tuple[Clock, ...]:
    """Return the clocks that have started by a day, each gross and net of the pauses (INV-10)."""
    under, moments, stretches = regime(review.regime), review.moments, review.stretches
    found = []
    for rule in rules_of(review.regime, review.proposed_kind, review.kind):
        extended_to = review.extended_to if rule.stops_with in EXTENDED else None
        clock = run(rule, moments, stretches, extended_to=extended_to, as_at=as_at, regime=under)
        if clock is not None:
            found.append(clock)
    return tuple(found)
