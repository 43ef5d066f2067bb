"""The register of actions: who promised what, by when, how far they are, whether it lasted; and what is to be issued of them today."""

from projections.action_register.counting import Summary, count, summary
from projections.action_register.difference import Change, Difference, Standing, difference, difference_in_order
from projections.action_register.listing import (
    DAYS_OVERDUE,
    ENDED,
    STATUSES,
    ActionRegister,
    ActionRow,
    Filters,
    Sort,
    one,
    overdue,
    register,
    sorts_as,
)

__all__ = [
    "DAYS_OVERDUE",
    "ENDED",
    "STATUSES",
    "ActionRegister",
    "ActionRow",
    "Change",
    "Difference",
    "Filters",
    "Sort",
    "Standing",
    "Summary",
    "count",
    "difference",
    "difference_in_order",
    "one",
    "overdue",
    "register",
    "sorts_as",
    "summary",
]
