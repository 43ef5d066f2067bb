"""The rounds: who was asked for what and by when, who answered, and what was then judged, accepted and presented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from service.demonstration.board.people import MANAGER, lead_on, members_on
from service.demonstration.returns.answering import Answering
from service.demonstration.returns.judging import judge, judged
from service.demonstration.script import Line
from service.demonstration.script.chance import after, between

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Said = Mapping[str, Any]

CYCLES: Final = ("2016-17", "2017-18", "2018-19")
NOT_BOUND: Final = frozenset({"LAY", "FTH", "FAR"})  # by section 11 or 175, nor by an agreement that is like it
ACCEPTED: Final = (14, 33)  # days after the answer
LAST: Final = date(2021, 9, 24)


@dataclass(frozen=True)
class Round:
    """One kind of return, asked of several for one period."""

    kind: str
    period: str
    whom: list[str]
    on: date
    by: str
    due: date
    late: Mapping[str, int] = field(default_factory=dict)
    never: tuple[str, ...] = ()
    scores: Mapping[str, int] = field(default_factory=dict)
    question_set: str | None = None
    legal_basis: str | None = None
    presented: tuple[str, str] | None = None


def returns(said: Said, partnership: Said) -> Iterator[Line]:
    """Yield what became of every return of returns.toml."""
    held = {meeting["ref"]: meeting["on"] for meeting in said["meetings"]}
    for one in rounds(said, partnership):
        for respondent in one.whom:
            yield from _life(one, respondent, said, partnership, held)


def rounds(said: Said, partnership: Said) -> Iterator[Round]:
    """Yield the rounds, those of every year among them."""
    for row in said["round"]:
        known = {name: row[name] for name in ("question_set", "legal_basis", "scores") if name in row}
        presented = (row["presented"][0], row["presented"][1]) if "presented" in row else None
        whom = _whom(row["whom"], partnership, row["on"])
        dates = {"on": row["on"], "by": row["by"], "due": row["due"]}
        yield Round(row["kind"], row["period"], whom, **dates, late=row["late"], never=tuple(row["never"]), presented=presented, **known)
    for row in said["yearly"]:
        yield from (_yearly(row, period, partnership) for period in CYCLES)
    yield from (_yearly(said["trainers"], period, partnership) for period in said["trainers"]["periods"])


def _yearly(row: Said, period: str, partnership: Said) -> Round:
    """Return the round of a year that is named by the two that it lies in: it is asked in the second, and before April in the same."""
    year = int(period[:4]) + 1
    on, due = date(year, *row["month_day"]), date(year, *row["due"])
    late, never = row["late"].get(period, {}), tuple(row["never"].get(period, ()))
    return Round(row["kind"], period, _whom(row["whom"], partnership, on), after(on, 0), row["by"], after(due, 0), late=late, never=never)


def _whom(whom: str | list[str], partnership: Said, on: date) -> list[str]:
    if isinstance(whom, list):
        return whom
    members = members_on(partnership, on)
    return [code for code in members if code not in (NOT_BOUND if whom == "section 11" else {"LAY"})]


def _life(one: Round, respondent: str, said: Said, partnership: Said, held: Mapping[str, date]) -> Iterator[Line]:
    ref = f"{one.kind}-{one.period}-{respondent}"
    asked: dict[str, Any] = {"kind": one.kind, "respondent": respondent, "period": one.period, "due_on": one.due, "shared_with": []}
    asked |= {name: value for name, value in (("question_set", one.question_set), ("legal_basis", one.legal_basis)) if value}
    yield Line(do="request_return", ref=ref, by=one.by, on=one.on, fields=asked)
    if respondent in one.never:
        return
    on = _answers_on(one, respondent, said, partnership)
    if on is None:
        return
    by = _office(respondent)
    fields = Answering(one.kind, one.period, respondent, said, one.question_set, one.scores.get(respondent)).fields()
    yield Line(do="submit_return", ref=ref, by=by, on=on, fields=fields)
    done = after(on, between(*ACCEPTED, ref, "accepted"))
    if fields["self_grades"]:
        done = after(max(on, one.due), 40)
        yield from judged(ref, respondent, fields, done, said) if done <= LAST else ()
    if done > LAST:
        return
    yield Line(do="accept_return", ref=ref, by=judge(ref, respondent), on=done, fields={"reason": None})
    if one.presented and done <= held[one.presented[0]]:
        meeting, item = one.presented
        yield Line(do="present_return", ref=ref, by=MANAGER, on=held[meeting], fields={"meeting": meeting, "agenda_item": item})


def _answers_on(one: Round, respondent: str, said: Said, partnership: Said) -> date | None:
    """Return when a respondent answers: some days before it is due, late where the table says so, and not while nobody is in office."""
    first, last = said["character"].get(respondent, said["character"]["usual"])
    early = one.due - timedelta(between(first, last, one.kind, one.period, respondent))
    on = after(one.due, one.late[respondent]) if respondent in one.late else after(max(early, one.on), 0)
    if f"lead-{respondent}" in partnership["offices"]:
        while lead_on(partnership, respondent, on) is None:
            on = after(on, 7)
    return on if on <= LAST else None


def _office(respondent: str) -> str:
    if respondent == "BOARD":
        return MANAGER
    if respondent.startswith("trainer-"):
        return respondent
    return f"{respondent}-chair" if respondent.islower() else f"lead-{respondent}"
