"""What is written into a return: an answer to each question of the set that it was asked with, of the kind that the question wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.returns.questions import Library
from service.demonstration.chance import between, one_of, share

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aggregates.returns.questions import Question

    Said = Mapping[str, Any]

ASKED: Final = 40  # practitioners of an agency in a knowledge audit, at most
FULLY, WELL = 3, 2  # of the grades 0 to 3


def answered(kind: str, question_set: str | None, respondent: str, period: str, score: int | None, said: Said) -> dict[str, Any]:
    """Return the fields of an answered return."""
    asked = Library().named(question_set, kind)
    what = (kind, period, respondent)
    answers = [
        {"question": one.id, "answer": _answer(one, score, respondent, what, said), "status": "reviewed"} for one in asked.questions
    ]
    grades = [{"standard": standard, "grade": _grade(standard, respondent, period, said)} for standard in asked.standards]
    counted = any(one.answer == "counts" for one in asked.questions) or kind == "knowledge_audit"
    staff = between(8, ASKED, *what, "staff") if counted else None
    return {"answers": answers, "self_grades": grades, "staff_n": staff, "evidence": []}


def _answer(one: Question, score: int | None, respondent: str, what: tuple[str, ...], said: Said) -> Any:
    match one.answer:
        case "number":
            return _number(one, score, what)
        case "grade":
            return between(1, FULLY, *what, one.id)
        case "choice":
            return one_of(one.choices, *what, one.id)
        case "date":
            return f"{what[1][:4]}-{between(1, 12, *what, one.id):02}-{between(1, 28, *what, one.id, 'day'):02}"
        case "counts":
            return _counts(one, respondent, what, said)
        case _:
            return one_of(said["said"]["text"], *what, one.id)


def _number(one: Question, score: int | None, what: tuple[str, ...]) -> int:
    """Return a number. Of a hundred in a knowledge audit it is the agency's score, as the table has it or as most have it."""
    return score if score is not None else between(52, 93, *what, one.id)


def _counts(one: Question, respondent: str, what: tuple[str, ...], said: Said) -> dict[str, dict[str, int]]:
    """Return, for each staff group, counts of which none is more than the first: headcount, in date, due, lapsed …"""
    counted = {}
    for group, headcount, _ in said["staff"].get(respondent, [["staff", 12, ""]]):
        left, row = headcount, {}
        for place, column in enumerate(one.columns):
            if place == 0:
                row[column] = headcount
                continue
            part = left if place == len(one.columns) - 1 else int(left * (0.72 + 0.2 * share(*what, group, column)))
            row[column] = part
            left -= part
        counted[group] = row
    return counted


def _grade(standard: str, respondent: str, period: str, said: Said) -> int:
    """Return how a body grades itself: better from round to round, and a weak one not as well."""
    better = {"2014": 0.0, "2016": 0.12, "2018": 0.22}.get(period, 0.0)
    weak = 0.3 if respondent in said["section_11"]["weak"] else 0.0
    chance = share("grade", period, respondent, standard) + better - weak
    return FULLY if chance > 0.6 else WELL if chance > 0.02 else 1  # noqa: PLR2004 - most are well or fully met
