"""The form of an answer, made from the question set that was pinned when a return was asked for; and what is kept of it meanwhile.

What was answered before stands in it to be reviewed, question by question (INV-31). What is typed and not recorded yet is kept for the
office, so that a lost session loses nothing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

from flask import request

from aggregates.clocks.dates import LONDON
from aggregates.returns import Return
from aggregates.returns.answers import HIGHEST, REVIEWED, without_few
from api.access import signed_in
from api.pages.acting import MORE
from api.pages.frame.clocks import PARTS, day_of_parts, whole
from api.pages.frame.words import written
from api.pages.returns.words import column_of
from api.resources.record.visible import counted_by
from api.worker import worker
from service.desk import drafts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from aggregates.returns import ReturnState
    from aggregates.returns.questions import Question, QuestionSet
    from api.pages.acting.sending import Sent
    from api.resources.answering.answers import Reading

ANSWERING: Final = frozenset({"submit_return", "amend_return"})
BLANK_ROWS: Final = 3
MOST_ROWS: Final = 60
GRADES: Final = ("Not met", "Met in part", "Mostly met", "Fully met")
READ_BY: Final = "named roles only."


def _office() -> str:
    """Return whose what is typed is: of the office that types it, also where that is on behalf of another, or any could name another's."""
    return signed_in().office or ""


def _asked(ref: str) -> tuple[ReturnState, QuestionSet] | None:
    it: Return = worker().board.load(Return, ref)
    return (it.state, worker().board.questions(it.state)) if it.state else None


# -- what was typed ------------------------------------------------------------------------------------------------------


def read(sent: Sent, ref: str) -> None:
    """Read what was typed of each question and standard; what is missing or cannot be read is said beside it."""
    found = _asked(ref)
    if found is None:
        return
    _, asked = found
    answers = []
    for question in asked.questions:
        value = _value(sent, question)
        if value is not None:
            reviewed = {"status": REVIEWED} if request.form.get(f"reviewed-{question.id}") == "yes" else {}
            sent.typed[f"reviewed-{question.id}"] = request.form.get(f"reviewed-{question.id}", "")
            answers.append({"question": question.id, "answer": value} | reviewed)
        elif question.required and f"q-{question.id}" not in sent.errors:
            sent.errors[f"q-{question.id}"] = f"{question.words} This is needed"
    sent.fields["answers"] = answers
    sent.fields["self_grades"] = [{"standard": n, "grade": grade} for n in asked.standards if (grade := _grade(sent, n)) is not None]


def _grade(sent: Sent, number: str) -> int | None:
    typed = sent.typed[f"g-{number}"] = request.form.get(f"g-{number}", "")
    if typed in {str(grade) for grade in range(HIGHEST + 1)}:
        return int(typed)
    sent.errors[f"g-{number}"] = f"Standard {number}: choose a grade"
    return None


def _value(sent: Sent, question: Question) -> Any:
    name = f"q-{question.id}"
    if question.answer == "counts":
        return _counts(sent, name, question)
    if question.answer == "date":
        parts = sent.typed[name] = {part: request.form.get(f"{name}-{part}", "").strip() for part in PARTS}
        return _day(sent, name, parts) if any(parts.values()) else None
    typed = sent.typed[name] = request.form.get(name, "").replace("\r\n", "\n").strip()
    if not typed:
        return None
    if question.answer in {"number", "grade"}:
        if (number := whole(typed)) is None:
            sent.errors[name] = f"{question.words} Write a whole number"
        return number
    return typed


def _day(sent: Sent, name: str, parts: Mapping[str, str]) -> str | None:
    try:
        return day_of_parts(parts).isoformat()
    except ValueError:
        sent.errors[name] = "This is no date. Write it as 14 11 2016"
        return None


def _counts(sent: Sent, name: str, question: Question) -> dict[str, dict[str, int]] | None:
    rows: list[dict[str, str]] = []
    while len(rows) < MOST_ROWS and f"{name}-{len(rows)}-group" in request.form:
        rows.append({part: request.form.get(f"{name}-{len(rows)}-{part}", "").strip() for part in ("group", *question.columns)})
    said = [row for row in rows if any(row.values())]
    for row in said:
        if not row["group"] or any(whole(row[column]) is None for column in question.columns):
            sent.errors[name] = f"{question.words} Name each group, and count each column in whole numbers"
    sent.typed[name] = rows + [{}] * (BLANK_ROWS if request.form.get(MORE) == name else 0)
    if name in sent.errors or not said:
        return None
    return {row["group"]: {column: whole(row[column]) or 0 for column in question.columns} for row in said}


def asks_for_rows() -> bool:
    """Say whether the form was sent for more rows of counts, and not to be recorded."""
    return request.form.get(MORE, "").startswith("q-")


# -- what stands in the form ---------------------------------------------------------------------------------------------


def begun(on: Reading, name: str, ref: str) -> dict[str, Any]:
    """Return what stands in a form before anybody types: what was kept of it, what stands on record, or what was answered before.

    Whoever types for another is told no counts of few there either: they count them again.
    """
    found = _asked(ref)
    if found is None:
        return {}
    state, asked = found
    with worker().desk() as conn:
        draft = drafts.find(conn, ref, _office())
    if draft is not None:
        return dict(draft.said)
    given = state.answer if name == "amend_return" else None
    answers = dict(given.answers) if given else worker().board.brought_forward(state)
    told = answers if counted_by(on, state.respondent) else without_few(answers)
    return _typed(asked, told) | {f"g-{number}": str(grade) for number, grade in (given.grades if given else ())}


def _typed(asked: QuestionSet, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {f"q-{question.id}": _as_typed(question, answers[question.id]) for question in asked.questions if question.id in answers}


def _as_typed(question: Question, answer: Any) -> Any:
    if question.answer == "counts" and isinstance(answer, dict):
        return [
            {"group": group} | {column: "" if value is None else str(value) for column, value in row.items()}
            for group, row in sorted(answer.items())
        ]
    if question.answer == "date" and isinstance(answer, str):
        day = date.fromisoformat(answer)
        return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}
    return str(answer)


def fields(name: str, ref: str, typed: Mapping[str, Any], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the fields of the form: standard by standard its grade and its questions, then the rest."""
    found = _asked(ref)
    if found is None:
        return []
    state, asked = found
    carried = worker().board.brought_forward(state) if name == "submit_return" else {}
    shown = list(_fields(asked, frozenset(carried)))
    return [field | {"value": typed.get(field["name"], field["value"]), "error": errors.get(field["name"])} for field in shown]


def _fields(asked: QuestionSet, carried: frozenset[str]) -> Iterator[dict[str, Any]]:
    for number, words in asked.standards.items():
        items = [{"value": str(grade), "text": f"{grade}: {GRADES[grade]}"} for grade in range(HIGHEST + 1)]
        yield _field(
            f"g-{number}", "choice", "How do you grade yourselves?", items=items, heading=f"{number}. {words}", seen_by="partners."
        )
        for question in asked.questions:
            if question.standard == number:
                yield from _question(question, carried)
    rest = [question for question in asked.questions if question.standard is None]
    for place, question in enumerate(rest):
        first, *more = _question(question, carried)
        yield first | {"heading": "The rest" if asked.standards and place == 0 else None}
        yield from more


def _question(question: Question, carried: Iterable[str]) -> Iterator[dict[str, Any]]:
    name, more = f"q-{question.id}", {"hint": question.help, "optional": not question.required}
    match question.answer:
        case "choice":
            items = [{"value": choice, "text": choice.capitalize()} for choice in question.choices]
            yield _field(name, "choice", question.words, items=items, **more)
        case "grade":
            items = [{"value": str(grade), "text": f"{grade}: {GRADES[grade]}"} for grade in range(HIGHEST + 1)]
            yield _field(name, "choice", question.words, items=items, **more)
        case "counts":
            columns = [{"name": column, "label": column_of(column), "kind": "number", "optional": False} for column in question.columns]
            parts = [{"name": "group", "label": "Group", "kind": "text", "optional": False}, *columns]
            rows = {"called": "Group", "parts": parts}
            yield _field(name, "rows", question.words, rows=rows, value=[{}] * BLANK_ROWS, **more)
        case "number" | "date":
            yield _field(name, question.answer, question.words, **more)
        case _:
            yield _field(name, "textarea", question.words, **more)
    if question.id in carried:
        items = [{"value": "yes", "text": "I have reviewed this answer, which was brought forward, and it still holds"}]
        yield _field(f"reviewed-{question.id}", "choices", "To be reviewed", items=items, optional=True)


def _field(name: str, kind: str, label: str, **more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"name": name, "kind": kind, "label": label, "hint": None, "value": None, "items": [], "missing": None}
    return said | {"optional": False, "seen_by": READ_BY, "error": None, "heading": None} | more


# -- what is kept meanwhile ----------------------------------------------------------------------------------------------


def keep(ref: str, typed: Mapping[str, Any]) -> None:
    """Keep what was typed, for the office in which it was."""
    mine = {name: value for name, value in typed.items() if name.startswith(("q-", "g-", "reviewed-")) or name in {"staff_n", "reason"}}
    with worker().desk() as conn:
        drafts.save(conn, ref, _office(), mine, now=datetime.fromtimestamp(worker().board.clock(), UTC))


def forget(ref: str) -> None:
    """Forget what was kept: it is on record."""
    with worker().desk() as conn:
        drafts.forget(conn, ref, _office())


def kept_at(ref: str) -> datetime | None:
    """Return when something was kept for this office, in London; None where nothing is."""
    with worker().desk() as conn:
        found = drafts.find(conn, ref, _office())
    return found.saved_at.astimezone(LONDON) if found else None


def all_kept() -> Iterator[tuple[str, str]]:
    """Give each return of which something is kept for this office, with when that was, in words; nothing in a rehearsal."""
    if signed_in().rehearses:
        return
    with worker().desk() as conn:
        found = drafts.of_office(conn, _office())
    for ref, saved_at in found.items():
        it = worker().board.find(Return, ref)
        if it is None or it.state is None or it.state.ended:
            continue  # nobody is asked for it any more: it was waived, or is accepted
        at = saved_at.astimezone(LONDON)
        yield ref, f"Kept on {written(at.date())} at {at:%H:%M}; not on record yet"
