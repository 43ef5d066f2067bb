"""Answers and grades: read strictly where they are said, against the question set that was pinned when they were asked for."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import day_of
from aggregates.entry.fields import EARLIEST, LARGEST, LATEST
from aggregates.entry.values import says, too_few
from aggregates.returns import refusals

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from aggregates.returns.questions import Question, QuestionSet

HIGHEST: Final = 3  # of the grades 0 to 3 (statutory C.3)
ASKED, OF_FAMILIES = "asked", "helped"  # columns of a count of children and families: how many there were, and that it is of them
MOST_TRIED: Final = 10  # groups beside one, of which each several is tried as what it is the total of
ANSWERED: Final = ("answered", OF_FAMILIES, "not_helped")  # of those asked; and of those who answered
REVIEWED, TO_REVIEW = "reviewed", "to be reviewed"
WORDS: Final = {
    "text": "a text",
    "number": "a number that is not below nought",
    "grade": "0, 1, 2 or 3",
    "date": "a date, such as 2016-11-14",
}


def check_answers(asked: QuestionSet, given: Iterable[Mapping[str, Any]], *, ref: str, carried: Collection[str] = ()) -> None:
    """Refuse answers that were not asked for, are missing, cannot be read, or were brought forward and not reviewed since."""
    answered: dict[str, Mapping[str, Any]] = {}
    for one in given:
        number = one.get("question")
        if one.keys() - {"question", "answer", "status"} or not isinstance(number, str):
            raise refusals.UnreadableAnswer(question=number or "?", ref=ref, kind="an object of question, answer and status")
        if number in answered:
            raise refusals.QuestionTwice(ref=ref, number=number)
        answered[number] = one
    if strange := sorted(answered.keys() - asked.by_id.keys()):
        raise refusals.UnknownQuestion(ref=ref, questions=strange)
    if missing := [one.id for one in asked.questions if one.required and not _says(answered.get(one.id))]:
        raise refusals.NotEveryQuestion(ref=ref, questions=missing)
    for number, one in answered.items():
        _check(asked.by_id[number], one.get("answer"), ref)
    unseen = (number for number, one in answered.items() if number in carried and _says(one) and one.get("status") != REVIEWED)
    if to_review := [*unseen, *(number for number, one in answered.items() if number not in carried and one.get("status") == TO_REVIEW)]:
        raise refusals.AnswersToReview(ref=ref, questions=to_review)


def _says(one: Mapping[str, Any] | None) -> bool:
    answer = one.get("answer") if one else None
    return says(answer) if isinstance(answer, str) else answer is not None and answer != {}


def _check(question: Question, answer: Any, ref: str) -> None:
    """Refuse an answer of another kind than its question's. Nothing, where nothing is required, is no answer."""
    if answer is None or answer == "":
        return
    if not _reads(question, answer):
        kind = WORDS.get(question.answer) or (
            f"one of {', '.join(question.choices)}" if question.choices else f"for each staff group {', '.join(question.columns)}"
        )
        raise refusals.UnreadableAnswer(question=question.id, ref=ref, kind=kind)
    for group, row in answer.items() if question.answer == "counts" else ():
        for part, whole in question.at_most.items():
            if row[part] > row[whole]:
                raise refusals.CountsDisagree(ref=ref, group=group, part=part.replace("_", " "), whole=whole.replace("_", " "))


def _reads(question: Question, answer: Any) -> bool:
    match question.answer:
        case "number":
            return _count(answer) or (isinstance(answer, float) and 0 <= answer <= LARGEST)
        case "grade":
            return _grade(answer)
        case "choice":
            return answer in question.choices
        case "date":
            return _day(answer)
        case "counts":
            return isinstance(answer, dict) and all(says(group) and _row(row, question.columns) for group, row in answer.items())
        case _:
            return isinstance(answer, str)


def _row(row: Any, columns: tuple[str, ...]) -> bool:
    return isinstance(row, dict) and row.keys() == set(columns) and all(_count(value) for value in row.values())


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def _grade(value: Any) -> bool:
    return _count(value) and value <= HIGHEST


def _day(value: Any) -> bool:
    try:
        return EARLIEST <= day_of(value) <= LATEST
    except ValueError:
        return False


def check_grades(asked: QuestionSet, given: Iterable[Mapping[str, Any]], *, ref: str, reasons: bool = False) -> None:
    """Refuse grades that do not grade each standard once, from 0 to 3; with `reasons`, each may say why."""
    seen: list[str] = []
    takes = {"standard", "grade", *(("reason",) if reasons else ())}
    for one in given:
        number, grade, reason = one.get("standard"), one.get("grade"), one.get("reason")
        fits = isinstance(number, str) and _grade(grade) and (reason is None or isinstance(reason, str))
        if one.keys() - takes or not fits:
            raise refusals.UnreadableGrade(ref=ref, takes=sorted(takes))
        if number in seen:
            raise refusals.QuestionTwice(ref=ref, number=f"standard {number}")
        seen.append(str(number))
    if sorted(seen) != sorted(asked.standards):
        raise refusals.NotEveryStandard(ref=ref, standards=list(asked.standards) or ["none"])


def check_counted(asked: QuestionSet, staff_n: int | None, *, ref: str) -> None:
    """Refuse an answer that does not say how many staff took part, where that is asked too."""
    if asked.counts_staff and staff_n is None:
        raise refusals.StaffNotCounted(ref=ref)


def brought_forward(asked: QuestionSet, earlier: QuestionSet, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of an earlier return to questions that are asked again, by their new number."""
    return {
        new: answers[old] for new, old in asked.mapped(earlier).items() if new in asked.by_id and old in earlier.by_id and old in answers
    }


def tells_few(value: Any) -> bool:
    """Say whether something among answers counts fewer children or family members than may be told: they might be recognised."""
    if isinstance(value, dict):
        counts_few = OF_FAMILIES in value and any(map(_few, (*value.values(), *_left(value))))
        return counts_few or any(tells_few(one) for one in value.values())
    return isinstance(value, (list, tuple)) and any(tells_few(one) for one in value)


def without_few(value: Any) -> Any:
    """Return answers as they may be told to others than who counted: of a group with a count that small, how many were asked alone.

    None is a count that is not told: what is left of the others would give away the small one, and so would a total of the groups.
    """
    if isinstance(value, dict):
        if OF_FAMILIES in value and tells_few(value):
            return _asked_alone(value)
        few = any(isinstance(row, dict) and OF_FAMILIES in row and tells_few(row) for row in value.values())
        return {
            name: _asked_alone(one) if few and isinstance(one, dict) and _totals(name, value) else without_few(one)
            for name, one in value.items()
        }
    return [without_few(one) for one in value] if isinstance(value, (list, tuple)) else value


def _left(row: Mapping[str, Any]) -> Iterator[int]:
    """Give how many are left of those asked who did not answer, and of those who answered who said neither: the counts tell that too."""
    if all(_count(row.get(name)) for name in (ASKED, *ANSWERED)):
        answered, *said = (row[name] for name in ANSWERED)
        yield from (row[ASKED] - answered, answered - sum(said))


def _asked_alone(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: count if name == ASKED and not _few(count) else None for name, count in row.items()}


def _totals(group: str, rows: Mapping[str, Mapping[str, int]]) -> bool:
    """Say whether a group is several others together, one with a small count among them: with these it would give that one away.

    Of more groups than can be tried every one may be.
    """
    others = [row for other, row in rows.items() if other != group and isinstance(row, dict)]
    if len(others) > MOST_TRIED:
        return True
    together = (several for many in range(2, len(others) + 1) for several in combinations(others, many) if any(map(tells_few, several)))
    return any(all(count == sum(row.get(name) or 0 for row in several) for name, count in rows[group].items()) for several in together)


def _few(count: Any) -> bool:
    return _count(count) and too_few(count)
