"""What the framework leaves to the Board to set: each setting with what holds until it is set, and how it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from aggregates.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

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


def _sample(text: str) -> tuple[int, int] | None:
    """Return the percentage of a sample and its least size."""
    found = re.fullmatch(r"(\d{1,3})% min ([1-9]\d{0,2})", text, re.ASCII)
    return (int(found[1]), int(found[2])) if found and 1 <= int(found[1]) <= 100 else None  # noqa: PLR2004 - per cent


def _share(text: str) -> Fraction | None:
    """Return a share of the members, above none and up to all."""
    found = re.fullmatch(r"([1-9]\d?)/([1-9]\d?)", text, re.ASCII)
    share = Fraction(int(found[1]), int(found[2])) if found else None
    return share if share and share <= 1 else None


SETTINGS: Final[dict[str, Written]] = {
    "backdating_limit": Written(BACKDATING_LIMIT, _number, "a number of days, such as 35"),
    "sustainment_checks": Written(SUSTAINMENT_CHECKS, _numbers, "months after sign-off, such as 6, 12"),
    "ack_window": Written(28, _number, "a number of days, such as 28"),
    "embedding_window": Written(3, _number, "a number of months, such as 3"),
    "followup_return": Written(28, _number, "a number of days, such as 28"),
    "phone_sample": Written((10, 3), _sample, "a percentage and a least number, such as 10% min 3"),
    "affiliation_look_back": Written(5, _number, "a number of years, such as 5"),
    "quorum": Written(Fraction(1, 2), _share, "a share of the members, such as 1/2"),
    "reminder_days": Written((7, 0), _descending, "days before the due date, such as 7, 0"),
    "escalation_days": Written((14, 28), _numbers, "days after the due date, such as 14, 28"),
}


def read(setting: str, value: str) -> Any | None:
    """Return what a setting says; None where it is not so written, or no setting has this name."""
    written = SETTINGS.get(setting)
    return written.read(value) if written else None


def check(setting: str, value: str) -> None:
    """Refuse a value that is not of the setting's kind."""
    if read(setting, value) is None:
        raise SettingUnreadable(setting=setting, value=value, kind=SETTINGS[setting].words)
