"""Fields that hold a list of objects, as rows of a form: a row for each object, and more rows for whoever asks for them.

A row of which nothing is said is left out. What a row's parts are is declared here; what they may say, the aggregate judges.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import request

from aggregates.dissemination.state import BASES
from aggregates.partnership.meeting import ATTENDANCE
from aggregates.returns import Return
from aggregates.returns.answers import REVIEWED, TO_REVIEW
from aggregates.review.items import ANSWERS
from api.pages.acting import MORE, choices, of_sessions
from api.pages.frame.clocks import NotADay, read_day, whole
from api.pages.frame.words import choice_of, label_of
from api.worker import worker
from projections import reviews

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from api.pages.frame import Look

FIRST: Final = 3  # rows at first, where nothing says how many there will be
MOST: Final = 100  # rows of one form


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a row: `kind` is "text", "textarea", "choice", "yes_no", "day" or "json"; `options` what may be chosen, fixed or by name.

    A `number` is chosen as one and said as one; what is of kind "json" is a text, a number or an object, as its question asks.
    """

    name: str
    kind: str = "text"
    optional: bool = False
    number: bool = False
    options: tuple[str, ...] | Callable[[Look, str | None], Mapping[str, str]] = ()

    def items(self, seen: Look, about: str | None, stand: Iterable[str] = ()) -> list[dict[str, str]]:
        """Return what may be chosen, and what stands although nobody could choose it today: an agency that has left."""
        named = {option: choice_of(option) for option in self.options} if isinstance(self.options, tuple) else self.options(seen, about)
        left = {code: seen.words.body(code) for code in stand if code and code not in named}
        return [{"value": "", "text": "Choose"}, *({"value": code, "text": text} for code, text in {**left, **named}.items())]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a field: what one of them is called, its parts, and how the first ones are filled in for what the act is about.

    `each`: there is a row for each thing that its first part names, and no other; nobody has to choose which.
    """

    called: str
    parts: tuple[Part, ...]
    first: Callable[[Look, str | None], list[dict[str, str]]] = lambda _, __: [{}] * FIRST
    each: bool = False


def _findings(seen: Look, about: str | None) -> list[dict[str, str]]:
    found = reviews.review(seen.on.conn, about or "", **seen.on.at)
    return [{"number": finding["number"]} for finding in found.findings] if found and found.findings else [{}]


def _agencies(seen: Look, _: str | None) -> list[dict[str, str]]:
    return [{"agency": code} for code in choices.members(seen)] or [{}]


def _graded(_: Look, about: str | None) -> dict[str, str]:
    """Return the standards of the return that an act is about, with how its respondent grades itself."""
    it: Return | None = worker().board.find(Return, about)
    if it is None or it.state is None:
        return {}
    words, own = worker().board.questions(it.state).standards, it.state.self_grades
    return {n: f"{n} {says}{f' (graded {own[n]} by itself)' if n in own else ''}" for n, says in words.items()}


def _standards(seen: Look, about: str | None) -> list[dict[str, str]]:
    return [{"standard": number} for number in _graded(seen, about)] or [{}]


REVIEWS: Final = (REVIEWED, TO_REVIEW)
GRADE: Final = Part("grade", "choice", number=True, options=("0", "1", "2", "3"))
ROWS: Final[Mapping[str, Rows]] = {
    "responses": Rows(
        "Finding",
        (
            Part("number", "choice", options=choices.findings_of),
            Part("response", "choice", options=ANSWERS),
            Part("reason", "textarea", optional=True),
            Part("intended_actions", "textarea", optional=True),
        ),
        _findings,
    ),
    "attendance": Rows(
        "Agency",
        (Part("agency", "choice", options=lambda seen, _: choices.members(seen)), Part("attendance", "choice", options=ATTENDANCE)),
        _agencies,
    ),
    "agenda": Rows("Item", (Part("id"), Part("title"), Part("about", optional=True))),
    "affiliations": Rows(
        "Affiliation", (Part("organisation"), Part("role"), Part("from_on", "day", optional=True), Part("until_on", "day", optional=True))
    ),
    "audiences": Rows("Group", (Part("group"), Part("basis", "choice", options=BASES))),
    "staff_groups": Rows("Group", (Part("group"), Part("basis", "choice", options=BASES)), choices.groups_before),
    "members": Rows("Seat", (Part("organisation"), Part("role"))),
    "points": Rows(
        "Point",
        (
            Part("point", "choice", options=of_sessions.points),
            Part("done", "yes_no", optional=True),
            Part("explanation", "textarea", optional=True),
        ),
        of_sessions.points_as_they_stand,
        each=True,
    ),
    "criteria": Rows("Criterion", (Part("criterion"), Part("met", "yes_no"))),
    "answers": Rows("Answer", (Part("question"), Part("answer", "json"), Part("status", "choice", optional=True, options=REVIEWS))),
    "self_grades": Rows("Standard", (Part("standard", "choice", options=_graded), GRADE), _standards, each=True),
    "grades": Rows(
        "Standard",
        (Part("standard", "choice", options=_graded), GRADE, Part("reason", "textarea", optional=True)),
        _standards,
        each=True,
    ),
}
GIVEN: Final = frozenset({"number", "agency", "point", "standard"})  # what a row is filled in with says nothing yet


def field(seen: Look, name: str, about: str | None, typed: Any) -> dict[str, Any]:
    """Return what `macros/forms.html` needs for the rows of a field, filled in as typed, or as they begin."""
    rows = ROWS[name]
    values = typed if typed is not None else rows.first(seen, about)
    parts = [
        {"name": p.name, "label": label_of(p.name), "kind": p.kind, "optional": p.optional}
        | {"items": p.items(seen, about, [row.get(p.name, "") for row in values] if p.kind == "choice" else ())}
        for p in rows.parts
    ]
    return {"called": rows.called, "parts": parts, "value": values, "each": rows.each}


def as_typed(name: str, stand: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the objects that stand on record as somebody would have typed them; one empty row where there are none."""
    return [{part.name: _typed(row.get(part.name)) for part in ROWS[name].parts} for row in stand] or [{}]


def _json(text: str) -> Any:
    """Return a number or an object where a text is one, and the text where not."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, int | dict) and not isinstance(found, bool) else text


def _typed(value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def read(name: str, prefix: str = "") -> tuple[list[dict[str, str]], list[dict[str, Any]], str | None]:
    """Return the rows of a field as they were typed and as the command takes them, and what is wrong with one of them, if anything.

    `prefix` stands before the field's name where the form has it under another.
    """
    rows, typed, said, wrong = ROWS[name], list[dict[str, str]](), list[dict[str, Any]](), None
    called = f"{prefix}{name}"
    while len(typed) < MOST and any(f"{called}-{len(typed)}-{part.name}" in request.form for part in rows.parts):
        number = len(typed)
        parts = {part.name: request.form.get(f"{called}-{number}-{part.name}", "") for part in rows.parts}
        typed.append({part: text.replace("\r\n", "\n").strip() for part, text in parts.items()})
        if not any(value for part, value in typed[-1].items() if part not in GIVEN):
            continue
        try:
            said.append({part.name: _value(part, value) for part in rows.parts if (value := typed[-1][part.name])})
        except NotADay as refused:
            wrong = wrong or f"{label_of(name)}, {rows.called.lower()} {number + 1}: {refused.message}"
        if lacking := [part for part in rows.parts if not part.optional and not typed[-1][part.name]]:
            wrong = wrong or f"{label_of(name)}, {rows.called.lower()} {number + 1}: {label_of(lacking[0].name).lower()} is needed"
    if request.form.get(MORE) == called:
        typed += [{}] * min(FIRST, MOST - len(typed))
    return typed, said, wrong


def _value(part: Part, text: str) -> Any:
    if part.kind == "day":
        return read_day(text).isoformat()
    if part.number:
        return text if (number := whole(text)) is None else number
    if part.kind == "json":
        return _json(text)
    return text == "yes" if part.kind == "yes_no" else text
