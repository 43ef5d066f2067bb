"""What the Board sets for itself, in words: how each setting is said, and the rule or the clause for which it matters."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from aggregates.partnership.settings import read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SHARES: Final = {Fraction(1, 2): "Half", Fraction(1, 3): "A third", Fraction(2, 3): "Two thirds", Fraction(1, 4): "A quarter"}


def _list(numbers: Sequence[int]) -> str:
    *first, last = map(str, numbers)
    return f"{', '.join(first)} and {last}" if first else last


def _share(share: Fraction | str) -> str:
    return f"{SHARES.get(Fraction(share), str(share))} of the members"


def _sample(said: Sequence[int]) -> str:
    return f"{said[0]}% of those who were there, at least {said[1]}"


def _every(months: int) -> str:
    return f"Every {months} months" if months > 1 else "Every month"


def _within_months(months: int) -> str:
    return f"Within {months} months" if months > 1 else "Within a month"


def _within_days(days: int) -> str:
    return f"Within {days} days" if days else "On the same day"


def _renewed(intervals: Sequence[Sequence[Any]]) -> str:
    (_, everybody), *others = intervals
    return "; ".join([_every(everybody), *(f"{name}: {_every(months).lower()}" for name, months in others)])


# What the framework leaves to the Board, by the name of its setting: how it is said, and for which rule or clause it matters.
SETTINGS: Final[Mapping[str, tuple[Callable[[Any], str], str]]] = {
    "backdating_limit": (lambda v: f"{v} days", "INV-33"),
    "sustainment_checks": (lambda v: f"After {_list(v)} months", "LIF-PRI-12"),
    "reminder_days": (lambda v: f"{_list(v)} days before", "INV-17"),
    "escalation_days": (lambda v: f"{_list(v)} days after", "INV-17"),
    "affiliation_look_back": (lambda v: f"{v} years", "INV-01"),
    "quorum": (_share, ""),
    "ack_window": (lambda v: f"Within {v} days", ""),
    "embedding_window": (lambda v: f"Within {v} months", ""),
    "followup_return": (lambda v: f"Within {v} days", "INV-23"),
    "phone_sample": (_sample, "INV-24"),
    "observer_employer": (lambda v: f"Of {v} employer", "INV-25"),
    "review_interval": (_every, "LIF-INT-04"),
    "planning_cycle": (_every, "LIF-CYC-02"),
    "assurance_returns": (_every, "LIF-AGX-01"),
    "section_11_cycle": (_every, "LIF-AGX-11"),
    "performance_report": (_every, "LIF-AGX-14"),
    "subgroup_reports": (_every, "LIF-RBM-09"),
    "national_reviews": (_every, "LIF-APPA-NA-01"),
    "observations": (_every, "LIF-TRN-10"),
    "phone_samples": (_every, "LIF-TRN-09"),
    "evaluation_window": (_within_months, "LIF-MTH-06"),
    "materials_window": (_within_months, "LIF-APPA-BD-08"),
    "policy_compliance": (_within_months, "LIF-MTH-08"),
    "cascade_window": (_within_days, "LIF-RBM-02"),
    "calls_window": (_within_days, "LIF-TRN-09"),
    "publication_notice": (_within_days, "LIF-APPA-BD-04"),
    "moderation_threshold": (lambda v: f"Below {v}", "INV-30"),
    "training_interval": (_renewed, "LIF-AGX-10"),
}


def setting_in_words(name: str, written: str) -> str:
    """Return what a setting says as it was written (`10% min 3`); as it was written, where that can be read no more."""
    found = read(name, written)
    return SETTINGS[name][0](found) if found is not None and name in SETTINGS else written
