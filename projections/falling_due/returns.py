"""Which returns the calendar asks for and nobody has asked for yet: one of each kind, respondent and period, before it is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from aggregates.framework.clauses import OnCalendar
from projections.falling_due.silence import labels_of
from projections.obligations import INDEX, place, recurring, terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

    from aggregates.framework.index import Index
    from projections.obligations import Instance

AHEAD: Final = timedelta(28)  # before it is due; the framework says no number, and an acknowledgement has as long
ANSWERS: Final = frozenset({"return.submitted", "return.presented"})
# How a period is called on a return, by how many days it has about: a half-year 2016-H2, a quarter 2016-Q3, a year 2016-17.
CALLED: Final = ((100, re.compile(r"\d{4}-Q[1-4]\Z")), (200, re.compile(r"\d{4}-H[12]\Z")), (400, re.compile(r"\d{4}-\d{2}\Z")))
HALF: Final = 200
REQUESTED = """
    SELECT body ->> 'kind', body ->> 'respondent', body ->> 'period' FROM views.inspection_history
     WHERE topic = 'return.requested.v1' AND position <= %s"""


@dataclass(frozen=True, slots=True)
class Wanting:
    """A return that is to be asked for."""

    kind: str
    respondent: str
    period: str
    due_on: date

    @property
    def ref(self) -> str:
        """Return the reference that it will have."""
        return f"{self.kind}-{self.period}-{self.respondent}"


def returns_due(conn: Connection[Any], *, as_at: date, known_at: int, index: Index = INDEX) -> list[Wanting]:
    """Return what is to be asked for on a day, as known at a position: whose date is near, and not past."""
    asked = {tuple(row) for row in conn.execute(REQUESTED, [known_at])}
    found: dict[str, Wanting] = {}
    for one in sorted(recurring(terms(conn, index, as_at=as_at, known_at=known_at), states={"open"}), key=place):
        if one.due_on is None or not as_at < one.due_on <= as_at + AHEAD:
            continue
        labels = labels_of(one.subject)
        for kind in _kinds(one, index):
            if period := called(one.subject, labels):
                wanting = Wanting(kind, one.owner, period, one.due_on)
                if not any((kind, one.owner, label) in asked for label in labels):
                    found.setdefault(wanting.ref, wanting)
    return sorted(found.values(), key=lambda wanting: wanting.ref)


def called(subject: str, labels: list[str]) -> str | None:
    """Return how a return calls a period; None for one that has no such name."""
    first, last = (date.fromisoformat(day) for day in subject.split(".."))
    days = (last - first).days
    form = next((form for most, form in CALLED if days < most), None)
    return next((label for label in labels if form and form.match(label) and _is_year(label, days)), None)


def _is_year(label: str, days: int) -> bool:
    """Tell a year, 2016-17, from a month, 2016-12: both are written so, and what is asked for every year is not a month."""
    return days < HALF or (int(label[-2:]) == (int(label[:4]) + 1) % 100)


def _kinds(one: Instance, index: Index) -> Iterator[str]:
    """Give the kinds of return that answer it, where its owner is who answers."""
    rule = index.rules[one.rule]
    for pattern in rule.discharged_by if isinstance(rule, OnCalendar) else ():
        if pattern.event in ANSWERS:
            yield from (str(value) for test in pattern.where if test.field == "kind" for value in sorted(test.values, key=str))
