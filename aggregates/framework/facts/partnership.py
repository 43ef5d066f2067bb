"""What has to hold of the partnership itself: that it has a framework, and looks at it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregates.framework.facts.fact import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregates.partnership import PartnershipState


def in_force(now: PartnershipState) -> Fact:
    """Ask for one framework that is always in force."""
    return Fact(now.framework is not None)


def looked_at_again(now: PartnershipState) -> Fact | None:
    """Ask that the framework in force is reviewed by its review date: until then that is kept, without anything being recorded."""
    if now.framework is None:
        return None
    return Fact(holds=True, due_on=now.framework.review_due, until=now.framework.review_due, grade=now.framework.outcome or "")


FACTS: Final[Mapping[str, Callable[[PartnershipState], Fact | None]]] = {
    "a framework is in force": in_force,
    "the framework is looked at again by its review date": looked_at_again,
}
