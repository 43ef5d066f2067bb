"""What the framework leaves to the Board to set: each setting with what holds until it is set, and how it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from aggregates.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Setting: TypeAlias = Literal[
    "backdating_limit",
    "sustainment_checks",
    "ack_window",
    "embedding_window",
    "followup_return",
    "phone_sample",
    "affiliation_look_back",
    "quorum",
    "reminder_days",
    "escalation_days",
    "review_interval",
    "planning_cycle",
    "assurance_returns",
    "section_11_cycle",
    "performance_report",
    "subgroup_reports",
    "national_reviews",
    "observations",
    "phone_samples",
    "evaluation_window",
    "materials_window",
    "policy_compliance",
    "cascade_window",
    "calls_window",
    "publication_notice",
    "moderation_threshold",
    "training_interval",
    "observer_employer",
]
# INV-33: recording more than this after the fact needs a reason. Framework L59 says no number, so both are set locally.
BACKDATING_LIMIT = 35
SUSTAINMENT_CHECKS = (6, 12)


class SettingUnreadable(Refused):
    """A local setting has a value of its kind."""

    text = "{setting} cannot be {value}: write {kind}"


@dataclass(frozen=True, slots=True)
class Written:
    """How a setting is written: what reads it (None where it is not so written), and how to say it. `holds` until it is set."""

    holds: Any
    read: Callable[[str], Any | None]
    words: str
    unit: Literal["days", "months", "years", ""] = ""


def _numbers(text: str) -> tuple[int, ...] | None:
    """Return whole numbers from 1 to 999, ascending."""
    if not re.fullmatch(r"[1-9]\d{0,2}( *, *[1-9]\d{0,2})*", text, re.ASCII):
        return None
    numbers = tuple(int(part) for part in text.split(","))
    return numbers if numbers == tuple(sorted(set(numbers))) else None


def _descending(text: str) -> tuple[int, ...] | None:
    """Return whole numbers from 999 to 0, descending."""
    if not re.fullmatch(r"(0|[1-9]\d{0,2})( *, *(0|[1-9]\d{0,2}))*", text, re.ASCII):
        return None
    numbers = tuple(int(part) for part in text.split(","))
    return numbers if numbers == tuple(sorted(set(numbers), reverse=True)) else None


def _number(text: str) -> int | None:
    numbers = _numbers(text)
    return numbers[0] if numbers and len(numbers) == 1 else None


def _days_from_none(text: str) -> int | None:
    """Return a number of days, of which there may be none: on the same day."""
    return 0 if text == "0" else _number(text)


def _grade(text: str) -> int | None:
    """Return a grade below which something has to be done; below 0 there is none."""
    return int(text) if text in {"1", "2", "3"} else None


def _intervals(text: str) -> tuple[tuple[str, int], ...] | None:
    """Return months: first for everybody, then of a category of agencies, or of a staff group in one (`health/nurses`)."""
    first, *more = (part.strip() for part in text.split(";"))
    named = [re.fullmatch(r"(\S(?:[^;]*\S)?) +([1-9]\d{0,2})", part, re.ASCII) for part in more]
    if not re.fullmatch(r"[1-9]\d{0,2}", first, re.ASCII) or not all(named):
        return None
    found = (("", int(first)), *((part[1].lower(), int(part[2])) for part in named if part))
    return found if len({name for name, _ in found}) == len(found) else None


def months_between(intervals: Iterable[Sequence[Any]], category: str, group: str) -> int:
    """Return after how many months training is renewed: by staff group in a category of agencies, else by category, else for everybody."""
    by = {str(name): int(months) for name, months in intervals}
    found = (by[name] for name in (f"{category}/{group}".lower(), category.lower(), "") if name in by)
    return next(found, SETTINGS["training_interval"].holds[0][1])


def _observer(text: str) -> str | None:
    """Return whether an observer may be employed where a trainer is (INV-25): by `any` employer, or `another`."""
    return text if text in {"any", "another"} else None


def _sample(text: str) -> tuple[int, int] | None:
    """Return the percentage of a sample and its least size."""
    found = re.fullmatch(r"(\d{1,3})% min ([1-9]\d{0,2})", text, re.ASCII)
    return (int(found[1]), int(found[2])) if found and 1 <= int(found[1]) <= 100 else None  # noqa: PLR2004 - per cent


def _share(text: str) -> Fraction | None:
    """Return a share of the members, above none and up to all."""
    found = re.fullmatch(r"([1-9]\d?)/([1-9]\d?)", text, re.ASCII)
    share = Fraction(int(found[1]), int(found[2])) if found else None
    return share if share and share <= 1 else None


def _days(number: int) -> Written:
    return Written(number, _number, f"a number of days, such as {number}", "days")


def _months(number: int) -> Written:
    return Written(number, _number, f"a number of months, such as {number}", "months")


SETTINGS: Final[dict[str, Written]] = {
    "backdating_limit": _days(BACKDATING_LIMIT),
    "sustainment_checks": Written(SUSTAINMENT_CHECKS, _numbers, "months after sign-off, such as 6, 12"),
    "ack_window": _days(28),
    "embedding_window": _months(3),
    "followup_return": _days(28),
    "phone_sample": Written((10, 3), _sample, "a percentage and a least number, such as 10% min 3"),
    "affiliation_look_back": Written(5, _number, "a number of years, such as 5", "years"),
    "quorum": Written(Fraction(1, 2), _share, "a share of the members, such as 1/2"),
    "reminder_days": Written((7, 0), _descending, "days before the due date, such as 7, 0"),
    "escalation_days": Written((14, 28), _numbers, "days after the due date, such as 14, 28"),
    # What the framework asks for "regularly", "routinely" or without saying when: the number is the Board's own, never the framework's.
    "review_interval": _months(12),
    "planning_cycle": _months(12),
    "assurance_returns": _months(12),
    "section_11_cycle": _months(24),
    "performance_report": _months(12),
    "subgroup_reports": _months(3),
    "national_reviews": _months(1),
    "observations": _months(6),
    "phone_samples": _months(6),
    "evaluation_window": _months(6),
    "materials_window": _months(3),
    "policy_compliance": _months(12),
    "cascade_window": _days(28),
    "calls_window": _days(28),
    "moderation_threshold": Written(2, _grade, "a grade from 1 to 3: what is below it has an action, or a reason why not"),
    # L143 says every three years; some are bound to less (G7).
    "training_interval": Written((("", 36),), _intervals, "months, such as 36, or 36; education 12; health/nurses 24"),
    "observer_employer": Written("any", _observer, "any, or another: whether an observer comes from another employer than the trainers"),
    "publication_notice": Written(0, _days_from_none, "a number of days, 0 for the same day", "days"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalSettings:
    """What the Board has set for itself, or what holds until it does: in days, months or years as `SETTINGS` says."""

    backdating_limit: int = BACKDATING_LIMIT
    sustainment_checks: tuple[int, ...] = SUSTAINMENT_CHECKS
    ack_window: int = SETTINGS["ack_window"].holds
    embedding_window: int = SETTINGS["embedding_window"].holds
    followup_return: int = SETTINGS["followup_return"].holds
    phone_sample: tuple[int, int] = SETTINGS["phone_sample"].holds
    affiliation_look_back: int = SETTINGS["affiliation_look_back"].holds
    quorum: Fraction = field(default=SETTINGS["quorum"].holds)
    reminder_days: tuple[int, ...] = SETTINGS["reminder_days"].holds
    escalation_days: tuple[int, ...] = SETTINGS["escalation_days"].holds
    review_interval: int = SETTINGS["review_interval"].holds
    planning_cycle: int = SETTINGS["planning_cycle"].holds
    assurance_returns: int = SETTINGS["assurance_returns"].holds
    section_11_cycle: int = SETTINGS["section_11_cycle"].holds
    performance_report: int = SETTINGS["performance_report"].holds
    subgroup_reports: int = SETTINGS["subgroup_reports"].holds
    national_reviews: int = SETTINGS["national_reviews"].holds
    observations: int = SETTINGS["observations"].holds
    phone_samples: int = SETTINGS["phone_samples"].holds
    evaluation_window: int = SETTINGS["evaluation_window"].holds
    materials_window: int = SETTINGS["materials_window"].holds
    policy_compliance: int = SETTINGS["policy_compliance"].holds
    cascade_window: int = SETTINGS["cascade_window"].holds
    calls_window: int = SETTINGS["calls_window"].holds
    publication_notice: int = SETTINGS["publication_notice"].holds
    moderation_threshold: int = SETTINGS["moderation_threshold"].holds
    training_interval: tuple[tuple[str, int], ...] = SETTINGS["training_interval"].holds
    observer_employer: str = SETTINGS["observer_employer"].holds


def read(setting: str, value: str) -> Any | None:
    """Return what a setting says; None where it is not so written, or no setting has this name."""
    written = SETTINGS.get(setting)
    return written.read(value) if written else None


def check(setting: str, value: str) -> None:
    """Refuse a value that is not of the setting's kind."""
    if read(setting, value) is None:
        raise SettingUnreadable(setting=setting, value=value, kind=SETTINGS[setting].words)
