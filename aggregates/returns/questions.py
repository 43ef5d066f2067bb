"""Question sets: what a return asks, as data. Each is a file in `question_sets/` or of the Board's own, pinned by the file's SHA-256.

    id = "s11-2016"            # with a revision, where the file takes the place of another of the same id
    kind = "s11"               # the kind of return that it is for
    since = 2016-01-01         # from when on it is the one that is asked where none is named
    title = "Section 11 audit 2016"
    [standards]                # what is graded from 0 to 3 on both sides; none, where nothing is
    5 = "Staff are trained"
    [[questions]]
    id = "5.1"
    words = "Which training have your staff had?"
    answer = "text"            # text, number, choice, grade, date, or counts by staff group
    required = true
    clauses = ["LIF-AGX-09"]   # that it is evidence for
    [[for_each_standard]]      # the same of a question that is asked about each: `5.evidence`, about standard 5
    [from."s11-2014"]          # the questions and standards of an earlier set that are these (INV-31): new = "old"
    "5.1" = "4.2"

What is not mapped is not brought forward and not compared: nothing is renamed silently.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from aggregates.returns.events import Kind
from aggregates.returns.refusals import NoSuchQuestionSet, QuestionsLost, SetOfAnotherKind, UnreadableQuestionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

KindOfAnswer: TypeAlias = Literal["text", "number", "choice", "grade", "date", "counts"]
LARGEST_FILE: Final = 2**18


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `columns` are what is counted of each staff group, where it asks for counts; `at_most` says what is part of what."""

    id: str
    words: str
    answer: KindOfAnswer
    required: bool = False
    standard: str | None = None
    choices: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    at_most: Mapping[str, str] = field(default_factory=dict)
    clauses: tuple[str, ...] = ()
    help: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """What a kind of return asks. `came_from` says, by an earlier set, which of its questions and standards are these.

    Where it `counts_staff`, how many staff took part is part of the answer.
    """

    id: str
    revision: int
    kind: str
    title: str
    sha256: str
    source: str
    since: date
    standards: Mapping[str, str]
    questions: tuple[Question, ...]
    came_from: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    counts_staff: bool = False

    @property
    def by_id(self) -> Mapping[str, Question]:
        """Return the questions by their id."""
        return {question.id: question for question in self.questions}

    def mapped(self, earlier: QuestionSet) -> Mapping[str, str]:
        """Return which of an earlier set's questions and standards are these: new to old.

        Of another revision of this same set, those that say the same in the same words.
        """
        if earlier.id != self.id:
            return self.came_from.get(earlier.id, {})
        asked, then = self.by_id, earlier.by_id
        same = [number for number in asked if number in then and asked[number].words == then[number].words]
        graded = [number for number, words in self.standards.items() if earlier.standards.get(number) == words]
        return {number: number for number in (*same, *graded)}


class Library:
    """The question sets that there are: those that come with Muniment, and the Board's own in a folder."""

    def __init__(self, folder: Path | None = None) -> None:
        """Take the folder of the Board's own; it need not be there."""
        self.folder = folder

    def every(self) -> tuple[QuestionSet, ...]:
        """Return every set and revision, in the order of their ids. The folder is looked at anew: a set may be put there at any time."""
        own = sorted(self.folder.glob("*.toml")) if self.folder and self.folder.is_dir() else ()
        read = (*_shipped(), *(_parsed(_bytes(file), file.name) for file in own))
        return tuple(sorted({found.sha256: found for found in read}.values(), key=lambda found: (found.id, found.revision)))

    def named(self, id: str | None, kind: str, day: date = date.max) -> QuestionSet:  # noqa: A002 - a set's id is called so
        """Return the latest revision of a set; without a name, of the newest set for a kind on a day. Refuses one that is not there."""
        sets = self.every()
        wanted = [found for found in sets if (found.id == id if id else found.kind == kind and found.since <= day)]
        if not wanted:
            raise NoSuchQuestionSet(question_set=id or f"for {kind}", known=sorted({found.id for found in sets if found.kind == kind}))
        newest = max(wanted, key=lambda found: (found.since, found.id, found.revision))
        if newest.kind != kind:
            raise SetOfAnotherKind(question_set=id, its_kind=newest.kind, kind=kind)
        return newest

    def pinned(self, id: str, sha: str) -> QuestionSet:  # noqa: A002 - as above
        """Return the very set that a return was asked with; refuses where its file is not here any more."""
        found = self.if_there(sha)
        if found is None:
            raise QuestionsLost(question_set=id, sha256=sha)
        return found

    def if_there(self, sha: str) -> QuestionSet | None:
        """Return the set with a hash, or None."""
        return next((found for found in self.every() if found.sha256 == sha), None)


@cache
def _shipped() -> tuple[QuestionSet, ...]:
    return tuple(_parsed(file.read_bytes(), file.name) for file in _below(resources.files("aggregates.returns").joinpath("question_sets")))


def _below(folder: Traversable) -> Iterable[Traversable]:
    for found in sorted(folder.iterdir(), key=lambda one: one.name):
        if found.is_dir():
            yield from _below(found)
        elif found.name.endswith(".toml"):
            yield found


def _bytes(file: Path) -> bytes:
    if file.stat().st_size > LARGEST_FILE:
        raise UnreadableQuestionSet(file=file.name, why="it is too large")
    return file.read_bytes()


@cache
def _parsed(raw: bytes, name: str) -> QuestionSet:
    try:
        said = tomllib.loads(raw.decode())
        found = QuestionSet(
            id=said.pop("id"),
            revision=said.pop("revision", 1),
            kind=said.pop("kind"),
            title=said.pop("title"),
            source=said.pop("source", ""),
            since=said.pop("since", date.min),
            sha256=sha256(raw).hexdigest(),
            questions=tuple(_question(one) for one in _questions(said)),
            standards=said.pop("standards", {}),
            came_from=said.pop("from", {}),
            counts_staff=said.pop("counts_staff", False),
        )
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableQuestionSet(file=name, why=str(error)) from error
    if why := _wrong(found, said):
        raise UnreadableQuestionSet(file=name, why=why)
    return found


def _questions(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all the questions: those that are asked about each standard first, standard by standard."""
    each, numbers = said.pop("for_each_standard", []), said.get("standards", {})
    about = [{**one, "id": f"{number}.{one['id']}", "standard": number} for number in numbers for one in each]
    return [*about, *said.pop("questions", [])]


def _question(said: dict[str, Any]) -> Question:
    lists = {part: tuple(said.get(part, ())) for part in ("choices", "columns", "clauses")}
    return Question(**{**said, **lists})


def _wrong(found: QuestionSet, left: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a set; None where nothing is."""
    numbers = [question.id for question in found.questions]
    if left:
        return f"there is no {', '.join(sorted(left))} in a question set"
    if found.kind not in get_args(Kind):
        return f"{found.kind} is no kind of return"
    if not numbers or len({*numbers, *found.standards}) < len(numbers) + len(found.standards):
        return "it asks nothing, or a question or a standard is there twice"
    return next((why for question in found.questions if (why := _wrong_in(question, found.standards))), None)


def _wrong_in(question: Question, standards: Mapping[str, str]) -> str | None:
    if question.answer not in get_args(KindOfAnswer):
        return f"question {question.id} asks for {question.answer}"
    if (question.answer == "choice") != bool(question.choices) or (question.answer == "counts") != bool(question.columns):
        return f"question {question.id} needs choices where it is a choice, and columns where it counts"
    if {*question.at_most, *question.at_most.values()} - set(question.columns):
        return f"question {question.id} compares columns that it does not have"
    if question.standard is not None and question.standard not in standards:
        return f"question {question.id} is of no standard of the set"
    return None
