"""A line of the demonstration, and all of them in the order in which they were recorded.

A line is written as the import reads it. Whoever writes one says on which day it was recorded; here it gets its time of that day,
and an amendment the version, in its stream, of the entry that it names by its key.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from aggregates.clocks.dates import LONDON
from aggregates.partnership.settings import SUSTAINMENT_CHECKS
from service import commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SATURDAY = 5
OPENS, HOURS = time(9), timedelta(hours=8)  # when the offices of Severnbrook record


@dataclass(frozen=True, kw_only=True)
class Line:
    """One command of the demonstration. `apart` tells it from another of the same kind on the same day."""

    do: str
    ref: str
    by: str | None  # None for the service itself
    on: date
    fields: dict[str, Any] = field(default_factory=dict)
    on_behalf_of: str | None = None
    of: str | None = None
    recorded: date | None = None
    late_reason: str | None = None
    apart: str = ""
    on_the_day: bool = False  # whatever weekday it is: the service works on all of them

    @property
    def key(self) -> str:
        """Return the idempotency key, by which an amendment names the line too."""
        return f"{self.ref} {self.do} {self.on} {self.apart}".strip()

    @property
    def recorded_on(self) -> date:
        """Return the day on which it was recorded: the day itself, or the next on which the offices are open."""
        day = self.recorded or self.on
        if self.on_the_day:
            return day
        return day + timedelta(max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)

    @property
    def stream(self) -> tuple[str, str]:
        """Return the kind and the reference of what it is about."""
        command = commands.find(self.do, self.of)
        return (command.kind if command else "", self.ref)

    @property
    def events(self) -> int:
        """Return how many entries it leaves: a sign-off schedules its checks."""
        return 1 + (len(SUSTAINMENT_CHECKS) if self.do == "sign_off_action" else 0)


def in_order(lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
    """Yield the lines as the import reads them, in the order in which they were recorded."""
    ordered = sorted(lines, key=lambda line: line.recorded_on)
    of_day = Counter(line.recorded_on for line in ordered)
    so_far: Counter[date] = Counter()
    versions: Counter[tuple[str, str]] = Counter()
    by_key: dict[str, int] = {}
    for line in ordered:
        day = line.recorded_on
        so_far[day] += 1
        at = datetime.combine(day, OPENS, LONDON) + HOURS * (so_far[day] / (of_day[day] + 1))
        by_key[line.key] = versions[line.stream] + 1
        versions[line.stream] += line.events
        yield _written(line, at.replace(microsecond=0), by_key)


def _written(line: Line, at: datetime, by_key: dict[str, int]) -> dict[str, Any]:
    named = {name: by_key[line.fields[name]] for name in ("amends", "proposal") if name in line.fields}
    said: dict[str, Any] = {"do": line.do, "of": line.of, "ref": line.ref, "by": line.by, "on_behalf_of": line.on_behalf_of}
    said |= {"occurred_on": line.on, "late_reason": line.late_reason, "fields": line.fields | named, "key": line.key, "at": at}
    return {name: value for name, value in said.items() if value is not None}
