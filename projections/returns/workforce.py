"""Whose safeguarding training is in date, by agency and staff group, as the agencies last counted it.

Beside it stands who came to the Board's own sessions, which is on record by itself. How often training is renewed is the Board's own
setting by category of agency and staff group, 36 months where it has set nothing (G7).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from aggregates.clocks.dates import later
from aggregates.partnership.settings import months_between
from projections.partnership.members import agencies
from projections.partnership.settings import settings
from projections.returns.listing import Filters, due_last, returns
from projections.returns.rows import ReturnRow
from projections.training.attended import last_came

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffGroup:
    """One staff group as it was counted. `due_90` fall due within 90 days of the count and are in date until then."""

    name: str
    months: int
    headcount: int
    trained: int
    in_date: int
    due_90: int
    lapsed: int

    @property
    def never(self) -> int:
        """Return how many were never trained."""
        return max(self.headcount - self.trained, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffWhoCame:
    """How many people of a staff group came to the Board's sessions, each counted once: in date by that, due within 90 days, or lapsed."""

    name: str
    in_date: int
    due_90: int
    lapsed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyRow:
    """One agency. `ref` is the return that counts, None where none was ever answered; `asked` is one that is owed now."""

    agency: str
    name: str
    ref: str | None
    period: str | None
    counted_on: date | None
    groups: list[StaffGroup]
    attended: list[StaffWhoCame]
    asked: str | None
    due_on: date | None
    late_days: int


def workforce(conn: Connection[Any], *, as_at: date, known_at: int, whose: tuple[str, ...] | None = None) -> list[CurrencyRow]:
    """Return the currency of the workforce as at a day, as known at a position: every member, and whoever counted before they left."""
    at: dict[str, Any] = {"as_at": as_at, "known_at": known_at}
    intervals = settings(conn, **at).training_interval
    came = last_came(conn, **at)
    counted, owed = dict[str, ReturnRow](), dict[str, ReturnRow]()
    for row in returns(conn, **at, filters=Filters(refs=due_last(conn, "workforce_training", **at), whose=whose), answers=True):
        (owed if row.owed else counted)[row.respondent] = row
    found = []
    for agency in agencies(conn, **at):
        ref = agency.ref
        if (whose is not None and ref not in whose) or (agency.status == "left" and ref not in counted):
            continue
        last, asked = counted.get(ref), owed.get(ref)
        found.append(
            CurrencyRow(
                agency=ref,
                name=agency.name,
                ref=last.ref if last else None,
                period=last.period if last else None,
                counted_on=_day(last.answers.get("counted_on")) if last else None,
                groups=_groups(last.answers.get("counts") or {}, agency.category, intervals) if last else [],
                attended=_attended(came.get(ref, {}), agency.category, intervals, as_at),
                asked=asked.ref if asked else None,
                due_on=asked.due_on if asked else None,
                late_days=asked.late_days if asked else 0,
            )
        )
    return found


def _attended(groups: Mapping[str, Mapping[date, int]], category: str, intervals: list[list[Any]], day: date) -> list[StaffWhoCame]:
    found = []
    for name, came in sorted(groups.items()):
        until = [(later(on, months=months_between(intervals, category, name)), people) for on, people in came.items()]
        lapsed, soon = (sum(people for last, people in until if last < limit) for limit in (day, day + SOON + timedelta(days=1)))
        found.append(StaffWhoCame(name=name, in_date=sum(came.values()) - lapsed, due_90=soon - lapsed, lapsed=lapsed))
    return found


def _groups(counts: Mapping[str, Mapping[str, int]], category: str, intervals: list[list[Any]]) -> list[StaffGroup]:
    columns = ("headcount", "trained", "in_date", "due_90", "lapsed")
    return [
        StaffGroup(name=name, months=months_between(intervals, category, name), **{column: int(row.get(column, 0)) for column in columns})
        for name, row in sorted(counts.items())
    ]


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) else None
