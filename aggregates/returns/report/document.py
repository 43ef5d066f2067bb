"""A report whole: a document that follows from the log alone, so that it can be built again byte for byte.

Its `events` give, for each position behind a number or a line, the id under which anybody finds it. `made_by` names these very rules:
it changes whenever they do, because what was published under others was built by others.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.labels import meant
from aggregates.clocks.regimes import WORDS
from aggregates.partnership import Partnership
from aggregates.registry import Ledger
from aggregates.returns import Return, refusals
from aggregates.returns.report import answers, improvement, learning, partnership, reviews
from aggregates.returns.report.parts import Lack, said
from aggregates.returns.report.public import NotPublic, OnLog, Withheld
from aggregates.returns.report.record import Year
from aggregates.returns.reporting import REPORT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from aggregates.clocks.regimes import ReportSection
    from aggregates.returns.report.parts import Figure
    from aggregates.returns.report.record import Said

FORMAT: Final = "muniment-report/1"
MADE_BY: Final = "transparency report, rules 5"
FIGURES: Final[Mapping[str, Callable[[Year], Figure]]] = {
    figure.__name__: figure
    for figure in (
        answers.returns, answers.unanswered, answers.unacknowledged, answers.families,
        improvement.overdue, improvement.slipped, improvement.withdrawn, improvement.actions,
        reviews.reviews, reviews.impact,
        learning.training, learning.follow_up, learning.training_impact, learning.revisions,
        partnership.challenges, partnership.priorities,
    )
}  # fmt: skip
Document = dict[str, Any]


def year_of(period: str) -> tuple[date, date]:
    """Return the days of a report's year; refuse what is no period."""
    days = meant(period)
    if days is None:
        raise refusals.OddPeriod(period=period)
    return days


def compose(
    entries: Iterable[OnLog], *, period: str, as_at: date, known_at: int, figures: Mapping[str, Callable[[Year], Figure]] = FIGURES
) -> Document:
    """Return the report of a year from what of the log was known.

    Refuses a year that has not begun, and what would say a field that is not public (INV-40).
    """
    days = year_of(period)
    if days[0] > as_at:
        raise refusals.YearNotBegun(period=period, begins_on=days[0], as_at=as_at)
    year = Year(entries, period=period, days=days, as_at=as_at)
    told = {one["section"]: one for one in year.ever(Return.SectionExplained) if one["period"] == period and one["kind"] == REPORT}
    sections = [_section(year, section, told.get(section.id), figures) for section in year.regime.report_sections]
    begun, board = year.ever(Ledger.Established)[0], year.so_far(Partnership.Established)
    document = {
        "format": FORMAT,
        "made_by": MADE_BY,
        "board": said(board[-1]["name"] if board else begun["board"]),
        "origin": said(begun["origin"]),
        "demonstration": said(begun["demonstration"]),
        "title": year.regime.report,
        "regime": {"id": year.regime.id, "label": year.regime.label},
        "sent_to": list(year.regime.report_sent_to),
        "period": period,
        "first": year.first.isoformat(),
        "last": year.last.isoformat(),
        "as_at": as_at.isoformat(),
        "known_at": known_at,
        "headline": improvement.sustainment(year).plain(),
        "sections": sections,
        "record": partnership.corrections(year).plain(),
    }
    return document | {"events": {str(at): _event(year.on_log[at]) for at in sorted(_behind(document))}}


def _section(year: Year, section: ReportSection, told: Said | None, figures: Mapping[str, Callable[[Year], Figure]]) -> Document:
    made = {name: figures[name](year) for name in section.figures}
    said_by_the_board = () if told else (Lack("no record holds this: it has to be said"),)
    gaps = [
        {"says": lack.says, "clause": need.clause, "needs": need.figure, "of": lack.of}
        for need in section.needs
        for lack in (said_by_the_board if need.figure == WORDS else made[need.figure].lacking)
    ]
    return {
        "id": section.id,
        "label": section.label,
        "source": section.source,
        "told": {"says": said(told["explanation"]), "event": told.at} if told else None,
        "gaps": gaps,
        "missing": bool(gaps) and told is None,
        "figures": [figure.plain() for figure in made.values()],
    }


def missing(document: Document) -> list[str]:
    """Return the labels of the sections that are missing: that lack something, and of which nobody has said why."""
    return [section["label"] for section in document["sections"] if section["missing"]]


def canonical(document: Document) -> bytes:
    """Return a report's bytes: the same for the same report, wherever they are made."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_refuse).encode() + b"\n"


def digest(data: bytes) -> str:
    """Return the SHA-256 of a report's bytes, in hexadecimal."""
    return sha256(data).hexdigest()


def _refuse(value: Any) -> Any:
    if isinstance(value, Withheld):
        raise NotPublic(event=value.event, field=value.field)
    raise TypeError(value)


def _behind(document: Document) -> set[int]:
    """Return every position behind something in a report."""
    found: set[int] = set()
    waiting: list[Any] = [document]
    while waiting:
        match waiting.pop():
            case {"events": [*positions], **rest}:
                found.update(positions)
                waiting += rest.values()
            case {"event": int(position), **rest}:
                found.add(position)
                waiting += rest.values()
            case dict() as inner:
                waiting += inner.values()
            case list() as inner:
                waiting += inner
    return found


def _event(one: OnLog) -> Document:
    return {"id": one.jti, "event": one.entry.event.TOPIC, "of": f"{one.kind}:{one.ref}", "on": one.entry.occurred_on.isoformat()}
