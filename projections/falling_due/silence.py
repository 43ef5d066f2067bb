"""What a certificate of absence would say of one obligation: who was asked, by which event, and what would have discharged it.

It is read off the views as at the last day of the silence, as known at a position; the service then goes through the log itself.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import later
from aggregates.clocks.labels import meant
from aggregates.framework.clauses import OnCalendar, OnEvent, Standing
from aggregates.framework.matching import Selector, event_of
from aggregates.framework.telling.silence import (
    DischargedAndUndone,
    DischargedThen,
    NothingWasAsked,
    PeriodReversed,
    Silence,
    SilenceBeforeItWasAsked,
    resolved,
)
from projections.obligations import INDEX, instance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from psycopg import Connection

    from aggregates.framework.index import Index
    from aggregates.framework.matching import Pattern
    from aggregates.framework.telling.silence import Stream
    from projections.obligations import Instance

MONTHS: Final = 12
YEARS_AFTER: Final = 3
PARTS: Final = ("H1", "H2", "Q1", "Q2", "Q3", "Q4")
ASKED = "SELECT topic, kind || ':' || ref AS stream, body FROM views.inspection_history WHERE position = %s"
ASKED_BEFORE = (
    "SELECT true FROM views.obligations WHERE key = %s AND known @> %s::bigint AND valid << daterange(%s, NULL) AND arose_on < %s LIMIT 1"
)


def silence(
    conn: Connection[Any],
    stream_of: Stream,
    rule: str,
    owner: str,
    subject: str,
    /,
    *,
    start: date | None,
    until: date,
    known_at: int,
    index: Index = INDEX,
) -> Silence:
    """Return what is to be certified, or refuse: nothing was asked and open, or it was discharged once. It begins when it was due."""
    facts: dict[str, Any] = {"clause": rule, "owner": owner, "subject": subject}
    if start is not None and start > until:
        raise PeriodReversed(start=start, until=until)
    it = instance(conn, rule, owner, subject, as_at=until, known_at=known_at, index=index)
    if it is not None and it.discharged_on and it.discharged_at:
        raise DischargedThen(**facts, position=it.discharged_at, day=it.discharged_on)
    if it is None or it.ended_on or it.asked_at is None or it.arose_on > until:
        raise NothingWasAsked(**facts, known_at=known_at, until=until)
    if it.undone_at:
        was = {"position": it.was_discharged_at, "day": it.was_discharged_on}
        raise DischargedAndUndone(**facts, **was, undone_at=it.undone_at, undone_on=it.undone_on)
    if start is not None and start < it.arose_on:
        raise SilenceBeforeItWasAsked(clause=rule, owner=owner, asked_on=it.arose_on, start=start)
    return Silence(
        **facts,
        set_sha256=next(one.sha256 for one in index.sets if it.clause in one.clauses),
        start=start or min(it.due_on or it.arose_on, until),
        until=until,
        due_on=it.due_on,
        asked_at=it.asked_at,
        asked_where=_asked(conn, stream_of, it, index),
        discharged_by=tuple(map(tuple, _groups(conn, stream_of, it, index, known_at))),
    )


def _asked(conn: Connection[Any], stream_of: Stream, it: Instance, index: Index) -> tuple[dict[str, Any], ...]:
    """Return what the fields of the asking event have to say, as far as that is one thing: that it asked this owner."""
    rule, row = index.rules[it.rule], conn.execute(ASKED, [it.asked_at]).fetchone()
    if not isinstance(rule, OnEvent) or row is None:
        return ()
    topic, stream, body = row
    for pattern in rule.trigger:
        if pattern.event == event_of(topic) and pattern.speaks_of(body) and it.owner in pattern.owner.of(body, stream):
            ways = [*resolved(pattern, it.owner, it.subject, stream_of)]
            return tuple(ways[0]["where"]) if len(ways) == 1 else ()
    return ()


def _groups(conn: Connection[Any], stream_of: Stream, it: Instance, index: Index, known_at: int) -> Iterator[list[dict[str, Any]]]:
    """Give what would discharge it: of each group one is needed."""
    match index.rules[it.rule]:
        case OnEvent() as rule:
            counts_before = rule.early and not conn.execute(ASKED_BEFORE, [it.key, known_at, it.arose_on, it.arose_on]).fetchone()
            every = [_each([pattern], it, stream_of, None if counts_before else it.arose_on) for pattern in rule.discharged_by]
            yield from every if rule.all_of else [[one for group in every for one in group]]
        case OnCalendar() as rule:
            whole = replace(it, subject="-")
            if not rule.period:
                yield _each(rule.discharged_by, whole, stream_of, it.arose_on, whole=True)
                return
            # What was done for the period, whenever; and what was done in it for one that comes after.
            own, coming = ({"field": rule.period, "is": labels} for labels in (labels_of(it.subject), labels_of(_following(it.subject))))
            ways = [(one, own) for one in _each(rule.discharged_by, whole, stream_of, None, whole=True)]
            ways += [(one, coming) for one in _each(rule.discharged_by, whole, stream_of, it.arose_on, whole=True)]
            yield [{**one, "where": [*one["where"], label]} for one, label in ways]
        case Standing() as rule:
            always = [replace(pattern, owner=Selector(always=it.owner)) for pattern in rule.discharged_by]
            yield _each(always, it, stream_of, None)


def _each(patterns: Iterable[Pattern], it: Instance, stream_of: Stream, since: date | None, *, whole: bool = False) -> list[dict[str, Any]]:
    """Return every way to be one of these; of what comes with the calendar, an owner is asked and no subject."""
    anything = Selector(always=it.subject)
    read = [replace(pattern, subject=anything) if whole else pattern for pattern in patterns]
    return [one for pattern in read for one in resolved(pattern, it.owner, it.subject, stream_of, since=since)]


def labels_of(period: str) -> list[str]:
    """Return every label that means a period (`2016-09-16..2017-03-15`): of several periods, the one that holds most of its days."""
    first, last = (date.fromisoformat(day) for day in period.split(".."))
    found = []
    for year in range(first.year - 1, last.year + 2):
        across = [f"{year}-{(year + 1) % 100:02}", f"{year}-{year + 1}"]
        parts = [
            f"{year}{dash}{part}" for part in ("H1", "H2", "Q1", "Q2", "Q3", "Q4", "h1", "h2", "q1", "q2", "q3", "q4") for dash in ("-", "")
        ]
        months = [f"{year}-{month:02}" for month in range(1, MONTHS + 1)]
        found += [label for label in (str(year), *across, *parts, *months) if _within(label, first, last)]
    return found


def _following(period: str) -> str:
    """Return the years after a period: what is done in it for one that comes later is hardly for any beyond."""
    last = date.fromisoformat(period.split("..")[1])
    return f"{last + timedelta(1)}..{later(last, months=YEARS_AFTER * MONTHS)}"


def _within(label: str, first: date, last: date) -> bool:
    days = meant(label)
    return days is not None and first <= days[0] + (days[1] - days[0]) / 2 <= last
