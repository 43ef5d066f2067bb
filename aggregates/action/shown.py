"""What was shown of an action: evidence that was handed in, the sign-off that rests on it, and the checks whether it lasted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from aggregates.clocks.dates import LONDON

if TYPE_CHECKING:
    from datetime import date

    from aggregates.entry.values import Evidence, Sealed


@dataclass(frozen=True, slots=True)
class Submission:
    """Evidence as it was handed in. `counts` until it is returned, or the action is reopened.

    `by` is the person, where they handed it in themselves; `by_office` is whose act it is.
    """

    on: date
    items: tuple[Evidence, ...]
    effect: str | None
    by: Sealed | None
    by_office: str | None
    counts: bool = True

    def received_by(self, day: date) -> bool:
        """Say whether a piece of it had come by a day, whatever day it was handed in for."""
        return any(datetime.fromisoformat(item.received_at).astimezone(LONDON).date() <= day for item in self.items)


@dataclass(frozen=True, slots=True)
class SignOff:
    """Who accepted that it was done, and what changed. `by` is the person, where they recorded it themselves."""

    on: date
    by_office: str | None
    by_agency: str | None
    by: Sealed | None
    effect: str


@dataclass(frozen=True, slots=True)
class Check:
    """A look, some time after sign-off, at whether the change lasted."""

    on: date
    signed_off_on: date
    result: str
    method: str
    unintended_consequences: str | None

    @property
    def words(self) -> str:
        """Return the outcome with the time since sign-off: `held after 6 months`."""
        days = (self.on - self.signed_off_on).days
        months = round(days / 30.4375)
        count, unit = (months, "month") if months else (days, "day")
        return f"{self.result} after {count} {unit}{'' if count == 1 else 's'}"
