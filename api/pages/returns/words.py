"""How an answer reads, what is counted in it, and of what a return consists."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.labels import meant
from aggregates.clocks.regimes import regime
from aggregates.entry.values import FEWEST
from aggregates.returns import Return
from aggregates.returns.events import KINDS
from aggregates.returns.reporting import REPORT
from api.pages.frame.words import written
from api.worker import worker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregates.returns.questions import Question


def kind_of(kind: str) -> str:
    """Return what a kind is called."""
    return KINDS.get(kind, kind)


def column_of(name: str) -> str:
    """Return what is counted, in words."""
    return COLUMNS.get(name, name.replace("_", " ").capitalize())


COLUMNS: Final = {"in_date": "In date", "due_90": "Due within 90 days", "not_helped": "Not helped"}


def answered(question: Question, answer: Any) -> Any:
    """Return an answer as a cell says it."""
    if question.answer == "counts" and isinstance(answer, dict):
        return [f"{group}: {_counted(row)}" for group, row in sorted(answer.items())]
    if question.answer == "date" and isinstance(answer, str):
        return written(date.fromisoformat(answer))
    return str(answer) if answer not in {None, ""} else ""


def _counted(row: Mapping[str, int | None]) -> str:
    """Return the counts of one group, as far as they are told (`aggregates.returns.answers.without_few`)."""
    said = [f"{column_of(name).lower()} {value}" for name, value in row.items() if value is not None]
    untold = [f"not told, because fewer than {FEWEST} people could be recognised"] if len(said) < len(row) else []
    return "; the rest is ".join(filter(None, [", ".join(said), *untold]))


def standards(about: str | None) -> dict[str, str]:
    """Return the standards by which a return is graded, in words."""
    it: Return | None = worker().board.find(Return, about)
    if it is None or it.state is None:
        return {}
    return {number: f"{number} {words}" for number, words in worker().board.questions(it.state).standards.items()}


def sections(about: str | None) -> dict[str, str]:
    """Return the sections that the regime of its year asks for in a report; of any other return, none."""
    it: Return | None = worker().board.find(Return, about)
    days = meant(it.state.period) if it and it.state and it.state.kind == REPORT else None
    return {one.id: one.label for one in regime(worker().board.settings.regime_on(days[1])).report_sections} if days else {}
