"""The retention schedule as data: what of people is kept, by what right, for how long, and from when the clock runs (`retention.toml`)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

from aggregates.clocks.dates import later

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of what is kept. `fields` are `what happened:field`; `against` is the exemption that may stand against an erasure."""

    id: str
    title: str
    fields: tuple[str, ...]
    purpose: str
    against: str
    months: int
    clock: Literal["entry", "term", "others"]
    basis: str
    source: str

    def due_on(self, start: date) -> date:
        """Return when it is due, where its clock began on a day."""
        return later(start, months=self.months)

    @property
    def period(self) -> str:
        """Return for how long it is kept, in words."""
        years, months = divmod(self.months, 12)
        said = f"{self.months} months" if months else f"{years} {'year' if years == 1 else 'years'}"
        return f"as long as anything else, or {said}" if self.clock == "others" else said


@dataclass(frozen=True, slots=True)
class Schedule:
    """The whole of it: by what right the Board keeps anything of people, and each kind."""

    lawful: str
    lawful_source: str
    kept: tuple[Kept, ...]
    by_field: Mapping[str, Kept]

    def of(self, topic: str, field: str) -> Kept:
        """Return of which kind a personal field is, whichever version its event has."""
        return self.by_field.get(f"{topic.rpartition('.')[0]}:{field}") or self.by_field[f"*:{field}"]


@cache
def schedule() -> Schedule:
    """Return the schedule."""
    said: dict[str, Any] = tomllib.loads((resources.files("aggregates.registry") / "retention.toml").read_text("utf-8"))
    kept = tuple(Kept(**one | {"fields": tuple(one["fields"])}) for one in said.pop("kept"))
    return Schedule(**said, kept=kept, by_field={field: one for one in kept for field in one.fields})
