"""What is written into a return: an answer to each question of the set that it was asked with, of the kind that the question wants."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from aggregates.entry.values import FEWEST
from aggregates.returns.questions import Library
from service.demonstration.script.chance import between, one_of, share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregates.returns.questions import Question, QuestionSet

    Said = Mapping[str, Any]

FULLY, WELL, PARTLY = 3, 2, 1  # of the grades 0 to 3
FILES: Final = 20  # that somebody reads in an audit of their own
BY_NUMBER: Final = {
    "asked": (12, 40),
    "hours": (9, 26),
    "delivered": (5, 11),
    "reviewed": (7, 14),
    "places": (2, 24),
    "contributed": (3, 18),
}
OUT_OF_DATE: Final = {"trained": (0.9, 1.0), "in_date": (0.78, 0.96), "due_90": (0.03, 0.12)}


@dataclass(frozen=True, slots=True)
class Answering:
    """One respondent before one question set. `score` is what its practitioners got right, where the table says so."""

    kind: str
    period: str
    respondent: str
    said: Said
    question_set: str | None = None
    score: int | None = None

    def fields(self) -> dict[str, Any]:
        """Return the fields of an answered return."""
        asked = _set(self.question_set, self.kind)
        answers = [{"question": one.id, "answer": self._answer(one), "status": "reviewed"} for one in asked.questions]
        grades = [{"standard": standard, "grade": self._grade(standard)} for standard in asked.standards]
        counted = between(6, 60, *self._what, "staff") if asked.counts_staff else None
        staff = next((one["answer"] for one in answers if one["question"] == "asked"), counted)
        return {"answers": answers, "self_grades": grades, "staff_n": staff, "evidence": []}

    def _answer(self, one: Question) -> Any:
        what = (*self._what, one.id)
        match one.answer:
            case "number":
                return self._number(one.id)
            case "choice":
                return one_of(one.choices, *what)
            case "date":
                year = int(self.period[:4]) + 1
                return f"{year}-03-{between(1, 28, *what):02}" if one.id == "counted_on" else f"{year}-{between(1, 12, *what):02}-28"
            case "counts":
                return self._trained() if "trained" in one.columns else self._helped()
            case _:
                words = self.said["answers"][self.kind]
                return one_of(words.get(one.id) or words[one.id.rpartition(".")[2]], *what)

    def _number(self, question: str) -> int:
        """Return a number: of a hundred, unless it counts something else."""
        what = (*self._what, question)
        if question == "files":
            return FILES
        if question.endswith(".met"):
            return between(FILES // 2, FILES - 1, *what)
        if question == "correct" and self.score is not None:
            return self.score
        return between(*BY_NUMBER.get(question, (62 if self._weak else 74, 89 if self._weak else 98)), *what)

    def _trained(self) -> dict[str, dict[str, int]]:
        """Return how the training of each staff group stands: in date are those due soon too, trained those in date or lapsed."""
        counted = {}
        for group, headcount, _ in self.said["staff"][self.respondent]:
            parts = {}
            for column, (low, high) in OUT_OF_DATE.items():
                weak = 0.14 if self._weak and column == "in_date" else 0.0
                parts[column] = low + (high - low) * share(*self._what, group, column) - weak
            trained = round(headcount * parts["trained"])
            in_date = round(trained * parts["in_date"])
            row = {"headcount": headcount, "trained": trained, "in_date": in_date}
            counted[group] = row | {"due_90": round(in_date * parts["due_90"]), "lapsed": trained - in_date}
        return counted

    def _helped(self) -> dict[str, dict[str, int]]:
        """Return what those found whom the agency has helped."""
        counted = {}
        for group in ("children", "young people", "families"):
            asked = between(14, 60, *self._what, group)
            answered = between(asked // 3, asked - FEWEST, *self._what, group, "answered")
            helped = round(answered * (0.55 + 0.35 * share(*self._what, group, "helped")))
            counted[group] = {"asked": asked, "answered": answered, "helped": helped, "not_helped": answered - helped}
        return counted

    def _grade(self, standard: str) -> int:
        """Return how a body grades itself: better from year to year, and a weak one not as well."""
        better = 0.06 * (int(self.period[:4]) - 2014)
        chance = share("grade", *self._what, standard) + better - (0.3 if self._weak else 0.0)
        return FULLY if chance > 0.6 else WELL if chance > 0.02 else PARTLY  # noqa: PLR2004 - most are well or fully met

    @property
    def _what(self) -> tuple[str, ...]:
        return (self.kind, self.period, self.respondent)

    @property
    def _weak(self) -> bool:
        return self.respondent in self.said["judging"]["weak"]


@cache
def _set(question_set: str | None, kind: str) -> QuestionSet:
    return Library().named(question_set, kind)
