"""What an entry says, field by field, as people say it: names for codes, sentences for objects, and nothing of how it is stored."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from aggregates.entry.values import Sealed
from aggregates.partnership.meeting import ATTENDANCE
from aggregates.partnership.settings import SETTINGS
from aggregates.returns import Return
from aggregates.returns.answers import HIGHEST
from api.pages.frame.labels import SECTION_11, TOLD_AS
from api.pages.frame.settings import setting_in_words
from api.pages.frame.words import choice_of, label_of, written
from api.worker import worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from aggregates.entry.fields import Field
    from api.pages.frame.words import Words

BODIES: Final = frozenset(
    {
        "agency", "respondent", "owner", "overseen_by", "referring_agency", "employer", "by_agency", "body", "successor", "organisation",
        "observer_agency", "put_to", "raised_for", "to", "to_body", "recipients", "agencies", "organisations", "trainer_agencies",
    }
)  # fmt: skip
OFFICES: Final = frozenset(
    {"owner_office", "to_office", "by_office", "on_behalf_of", "identity_checked_by", "lead_office", "observer", "holder", "office",
     "trainers", "vacant_offices"}
)  # fmt: skip
COUNTED: Final = 5  # from more names than these on it is said how many there are
DIGEST: Final = 12  # digits that tell one file from another at a glance; all of them stand on the page of the event
HASHES: Final = frozenset({"checkpoint_root"})
UNTOLD: Final = frozenset({"proof", "replaced_proof", "public_key"})  # for programs; the page of the event has them
NAMES_A_THING: Final = re.compile(r"(action|review|return|challenge|dissemination|session|meeting|resource|course|subject|file):([^:]+)")


def stands_alone(field: Field) -> bool:
    """Say whether what a field holds can be read without its name: a text, or who somebody is."""
    return field.kind in (str, Sealed) and not field.many and not _is_hash(field.name)


def name_in(topic: str, name: str) -> str:
    """Return what a field is called in an entry, where a form would speak to whoever fills it in."""
    return TOLD_AS.get(f"{topic.rpartition('.')[0]}.{name}") or TOLD_AS.get(name) or label_of(name)


def says_nothing(name: str, value: Any) -> bool:
    """Say whether a field has nothing that people would say: it is empty, for programs, or a number that counts none."""
    return value in (None, [], "") or name in UNTOLD or (name in {"level", "served_late_days"} and value == 0)


def briefly(words: Words, field: Field, value: Any, body: Mapping[str, Any]) -> str:
    """Return a value as it stands in a list of entries: of a hash the first digits, of answers how many there are."""
    if _is_hash(field.name) and isinstance(value, str):
        return f"SHA-256 {value[:DIGEST]}…"
    if field.name == "answers" and isinstance(value, list):
        return f"{len(value)} questions" if len(value) != 1 else "One question"
    return in_words(words, field, value, body)


def in_words(words: Words, field: Field, value: Any, body: Mapping[str, Any]) -> str:
    """Return a field's value as people say it; `body` is what else the entry says."""
    if value is None:
        return ""
    if field.kind is Sealed:
        return words.person(UUID(value["sealed"])) or "Somebody who is not named here"
    if field.name == "value" and "setting" in body:
        return setting_in_words(body["setting"], str(value))
    if told := BY_NAME.get(field.name):
        return told(words, value)
    if isinstance(value, list):
        return _listed(words, field, value)
    return _text(words, field, value) if isinstance(value, str) else plain(value)


def with_code(words: Words, field: Field, value: Any, body: Mapping[str, Any]) -> str:
    """Return a value as people say it, with the code beside the name where that is what is signed."""
    told = in_words(words, field, value, body)
    return f"{told} ({value})" if field.name in BODIES | OFFICES and isinstance(value, str) and told != value else told


def _is_hash(name: str) -> bool:
    return name.endswith("sha256") or name in HASHES


def _listed(words: Words, field: Field, value: Sequence[Any]) -> str:
    if field.name in BODIES | OFFICES:
        named = "; ".join(_text(words, field, one) for one in value)
        return f"{len(value)} in all: {named}" if len(value) > COUNTED else named
    if any(isinstance(one, dict) for one in value):
        return "\n".join(plain(one) for one in value)
    return ", ".join(_text(words, field, one) if isinstance(one, str) else plain(one) for one in value)


def _text(words: Words, field: Field, value: str) -> str:
    if field.name in BODIES:
        return words.body(value)
    if field.name in OFFICES:
        return words.office(value)
    if field.kind is date:
        return written(date.fromisoformat(value))
    if thing := NAMES_A_THING.fullmatch(value):
        return f"{thing[1]} {thing[2]}"
    return choice_of(value) if field.choices or field.name == "kind" else value


def plain(value: Any) -> str:
    """Return a JSON value in words, whatever it is of."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict):
        return "; ".join(f"{label_of(name)}: {plain(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "\n".join(plain(inner) for inner in value) if any(isinstance(v, dict) for v in value) else ", ".join(map(plain, value))
    return "" if value is None else str(value)


# -- objects, each by the field that holds them ------------------------------------------------------------------------


def attendance(words: Words, said: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Say in a sentence each how many came to a meeting, and which sent apologies or stayed away: who was there is the rule."""
    said = [*said]
    by_answer = {answer: [words.body(one["agency"]) for one in said if one["attendance"] == answer] for answer in ATTENDANCE}
    came, every = len(by_answer["present"]), sum(map(len, by_answer.values()))
    yield f"{came} of {every} came" if came < every else f"All {every} came"
    for answer, called in (("apologies", "Apologies"), ("absent", "Absent")):
        if by_answer[answer]:
            yield f"{called}: {'; '.join(by_answer[answer])}"


def _item(_: Words, one: Mapping[str, Any]) -> str:
    about = NAMES_A_THING.fullmatch(one.get("about") or "")
    return f"{one['id']}. {one['title']}{f' (about {about[1]} {about[2]})' if about else ''}"


def _criterion(_: Words, one: Mapping[str, Any]) -> str:
    return f"{'Met' if one['met'] else 'Not met'}: {one['criterion']}"


def _response(_: Words, one: Mapping[str, Any]) -> str:
    parts = (f"{one['number']} {one['response']}", one.get("reason"), one.get("intended_actions"))
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def _affiliation(words: Words, one: Mapping[str, Any]) -> str:
    until = written(date.fromisoformat(one["until_on"])) if one.get("until_on") else "today"
    return f"{one['role']}, {words.body(one['organisation'])}, {written(date.fromisoformat(one['from_on']))} to {until}"


def _member(words: Words, one: Mapping[str, Any]) -> str:
    return f"{words.body(one['organisation'])}: {one['role']}"


def _account(words: Words, one: Mapping[str, Any]) -> str:
    to = f" to {words.body(one['to'])}" if one.get("to") else ""
    return f"{one['item'].replace(':', ' ', 1)}: {one['became']}{to}"


def _point(_: Words, one: Mapping[str, Any]) -> str:
    why = f": {one['explanation']}" if one.get("explanation") else ""
    return f"{one['point'][0].upper()}{one['point'][1:]} {'done' if one['done'] else 'not done'}{why}"


def _group(_: Words, one: Mapping[str, Any]) -> str:
    return f"{one['group']}: {choice_of(one['basis']).lower()}"


def _grade(_: Words, one: Mapping[str, Any]) -> str:
    reason = f" ({one['reason']})" if one.get("reason") else ""
    return f"Standard {one['standard']}: {one['grade']} of {HIGHEST}{reason}"


def _answer(_: Words, one: Mapping[str, Any]) -> str:
    return f"{one['question']}: {plain(one['answer'])}"


def answers_in_words(ref: str, answers: Sequence[Mapping[str, Any]]) -> str:
    """Say each answer of a return after its question, in the words of the set that was pinned for it."""
    asked = worker().board.load(Return, ref).state
    words = {question.id: question.words for question in worker().board.questions(asked).questions} if asked else {}
    return "\n".join(f"{words.get(one['question'], one['question'])} {plain(one['answer'])}" for one in answers)


def _impact(words: Words, value: Sequence[str]) -> str:
    """Say what shows an impact: `follow-up:4`, `call:1/4` of draw 1, `observation:wmp-lead`."""
    told = []
    for one in value:
        kind, _, what = one.partition(":")
        match kind:
            case "follow-up":
                told.append(f"the follow-up of number {what}")
            case "call":
                draw, _, number = what.partition("/")
                told.append(f"the call to number {number} of draw {draw}")
            case "observation":
                told.append(f"the observation by {words.office(what)}")
            case _:
                told.append(one)
    return ", ".join(told)


def _before(_: Words, days: int) -> str:
    """Say when a notice went: days before the date, or below nought after it."""
    if not days:
        return "On the day on which it was due"
    return f"{abs(days)} {'day' if abs(days) == 1 else 'days'} {'before' if days > 0 else 'after'} it was due"


def _each(tell: Callable[[Words, Any], str]) -> Callable[[Words, Any], str]:
    """Return what tells a list of objects, a line for each."""

    def every(words: Words, value: Any) -> str:
        return (
            "\n".join(tell(words, one) if isinstance(one, dict) else plain(one) for one in value)
            if isinstance(value, list)
            else plain(value)
        )

    return every


BY_NAME: Final[Mapping[str, Callable[[Words, Any], str]]] = {
    "attendance": lambda words, value: "\n".join(attendance(words, value)),
    "agenda": _each(_item),
    "criteria": _each(_criterion),
    "responses": _each(_response),
    "affiliations": _each(_affiliation),
    "members": _each(_member),
    "accounted": _each(_account),
    "points": _each(_point),
    "staff_groups": _each(_group),
    "audiences": _each(_group),
    "grades": _each(_grade),
    "self_grades": _each(_grade),
    "answers": _each(_answer),
    "evidence_of_impact": _impact,
    "days_before": _before,
    "section_11": lambda _, value: SECTION_11.get(value, value),
    "setting": lambda _, value: label_of(value) if value in SETTINGS else setting_in_words("phone_sample", value),
    "quorum": lambda _, value: setting_in_words("quorum", value),
    "check_every": lambda _, value: f"{value} months",
    "look_back_years": lambda _, value: f"{value} years",
    "question_set": lambda _, value: next((one.title for one in worker().board.library.every() if one.id == value), value),
}
