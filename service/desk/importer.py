"""The import: commands as data, one JSON object a line, through the same door as everybody's. So real history comes in.

    {"do": "assign_action", "ref": "A1", "by": "chair", "occurred_on": "2016-07-15", "fields": {…}, "key": "letter 114"}

`by` is the office that acts, `on_behalf_of` the one that it records for, `of` the kind of thing that an amendment is about; `at`
is when a line was recorded, in a demonstration alone. A piece of evidence may name a `file` beside the lines instead of a SHA-256.

Each line is its own command. One that is refused is reported by its number, and the others go on. A line whose `key` is on record
is skipped, so an import that was interrupted is simply run again; a line without a key is known by what it says.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any

from aggregates.errors import Refused
from service.desk.submission import Submission
from service.ledger.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from service.application import Board
    from service.desk.accounts import Caller

BATCH = 250  # commands that share a transaction
LONGEST_LINE = 1024 * 1024  # characters
TEXTS = ("do", "ref", "by", "on_behalf_of", "of", "occurred_on", "late_reason", "key", "at")
MEMBERS = (*TEXTS, "fields")
NEEDED = ("do", "ref")


class UnreadableLine(Refused):
    """A line is not one JSON object that can be read in one way only."""

    text = "This is not a line of an import: {why}"


class UnknownMembers(Refused):
    """A line says what no line can say, most often a field that belongs in `fields`."""

    text = "A line has no {members}: it has {takes}, and what the command takes goes into fields"


class MissingMembers(Refused):
    """A line does not say what is to be done, or to what."""

    text = "A line needs {members}"


class WrongMember(Refused):
    """A member of a line is not of its kind."""

    text = "{member} should be {kind}, not {value!r}"


class NoSuchFile(Refused):
    """A piece of evidence names a file that is not beside the lines."""

    text = "There is no file {name} in the folder of this import"


@dataclass
class Report:
    """What became of the lines; of those refused, the number and the sentence."""

    recorded: int = 0
    skipped: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Numbered:
    number: int
    said: str | Mapping[str, Any]


def import_lines(
    board: Board,
    caller: Caller,
    lines: Iterable[str | Mapping[str, Any]],
    folder: Path,
    *,
    progress: Callable[[int], object] | None = None,
) -> Report:
    """Record what the lines say, with the caller's authority; `folder` has the files that they name.

    `progress` hears the number of each batch's last line. Nothing is raised for a line: what is wrong with it is in the report.
    """
    report = Report()
    numbered = (_Numbered(n, said) for n, said in enumerate(lines, 1) if not isinstance(said, str) or said.strip())
    batches = _Batches(board, caller, folder, report)
    while batch := list(islice(numbered, BATCH)):
        batches.record(batch)
        if progress:
            progress(batch[-1].number)
    report.refused.sort()
    return report


@dataclass
class _Batches:
    """Lines that share transactions, as far as none of them is refused."""

    board: Board
    caller: Caller
    folder: Path
    report: Report
    known: set[str] = field(default_factory=set)  # keys that are on record, or were tried

    def record(self, lines: Sequence[_Numbered]) -> None:
        """Record the lines: those that can be together, and alone where what they share is refused when it is written."""
        submissions = list(self._read(lines))
        self.known |= self.board.on_record(self.caller, [str(it.key) for _, it in submissions])
        while submissions:
            if str(submissions[0][1].key) in self.known:
                taken = 1
                self._alone(*submissions[0])
            else:
                taken = self._together(submissions)
            del submissions[:taken]

    def _read(self, lines: Iterable[_Numbered]) -> Iterator[tuple[int, Submission]]:
        for line in lines:
            try:
                yield line.number, submission(line.said, self.board, self.caller, self.folder)
            except Refused as error:
                self.report.refused.append((line.number, str(error)))

    def _together(self, submissions: Sequence[tuple[int, Submission]]) -> int:
        """Record lines in one transaction until one is refused or known, and return how many that were."""
        outcome, tried = Report(), 0
        try:
            with self.board.together():
                for number, it in submissions:
                    if str(it.key) in self.known:
                        break
                    self.known.add(str(it.key))
                    tried += 1
                    try:
                        self.board.act(self.caller, it)
                    except Refused as error:  # what it had loaded is in doubt
                        outcome.refused.append((number, str(error)))
                        break
                    outcome.recorded += 1
        except Refusal:  # of the transaction, not of a line: a clock went back, or somebody else was first
            for number, it in submissions[:tried]:
                self._alone(number, it)
        else:
            self._add(outcome)
        return tried

    def _alone(self, number: int, it: Submission) -> None:
        outcome = Report()
        try:
            before = self.board.answered(self.caller, it)
            if before is None:
                self.board.act(self.caller, it)
            outcome = Report(skipped=int(before is not None), recorded=int(before is None))
        except (Refused, Refusal) as error:
            outcome = Report(refused=[(number, str(error))])
        self._add(outcome)

    def _add(self, outcome: Report) -> None:
        self.report.recorded += outcome.recorded
        self.report.skipped += outcome.skipped
        self.report.refused += outcome.refused


# -- one line -------------------------------------------------------------------------------------------------------------


def submission(said: str | Mapping[str, Any], board: Board, caller: Caller, folder: Path) -> Submission:
    """Return the command that a line says, its files received; refuses what a line cannot be."""
    line = _object(said) if isinstance(said, str) else dict(said)
    if unknown := line.keys() - set(MEMBERS):
        raise UnknownMembers(members=unknown, takes=MEMBERS)
    for name in TEXTS:
        if not isinstance(line.get(name), str | None):
            raise WrongMember(member=name, kind="a text", value=line[name])
    if missing := [name for name in NEEDED if not (line.get(name) or "").strip()]:
        raise MissingMembers(members=missing)
    fields = {} if line.get("fields") is None else line["fields"]
    if not isinstance(fields, dict):
        raise WrongMember(member="fields", kind="an object", value=fields)
    key = line.get("key") or sha256(json.dumps(line, sort_keys=True, default=str).encode()).hexdigest()
    return Submission(
        name=line["do"],
        ref=line["ref"],
        kind=line.get("of"),
        office=line.get("by"),
        on_behalf_of=line.get("on_behalf_of"),
        occurred_on=_day(line.get("occurred_on")),
        late_reason=line.get("late_reason"),
        fields=_with_files(fields, board, caller, folder),
        key=key,
        at=_moment(line.get("at")),
    )


def _object(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_LINE:
        raise UnreadableLine(why=f"it has more than {LONGEST_LINE:,} characters")
    try:
        line = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        again = json.dumps(line, ensure_ascii=False)
        again.encode()
    except UnicodeEncodeError as error:
        raise UnreadableLine(why="it holds half of a character") from error
    except json.JSONDecodeError as error:
        raise UnreadableLine(why=f"it is not JSON at character {error.pos + 1} ({error.msg})") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableLine(why=str(error)) from error
    if not isinstance(line, dict):
        raise UnreadableLine(why="it is not a JSON object")
    if "\\u0000" in again.replace(r"\\", ""):  # written out, a backslash of the text itself is doubled
        raise UnreadableLine(why="it holds a NUL character")
    return line


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = sorted({name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1})
        raise ValueError(f"it says {', '.join(twice)} twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise WrongMember(member="occurred_on", kind="a date such as 2016-07-15", value=text) from error
    if day.isoformat() != text:
        raise WrongMember(member="occurred_on", kind="a date such as 2016-07-15", value=text)
    return day


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise WrongMember(member="at", kind="a time such as 2016-07-15T10:12:00+01:00", value=text) from error
    if moment.tzinfo is None:
        raise WrongMember(member="at", kind="a time with its offset, such as 2016-07-15T10:12:00+01:00", value=text)
    return moment


def _with_files(fields: Mapping[str, Any], board: Board, caller: Caller, folder: Path) -> dict[str, Any]:
    """Return the fields with each `file` of the evidence received, and cited by its SHA-256."""
    evidence = fields.get("evidence")
    if not isinstance(evidence, list):
        return dict(fields)
    return dict(fields) | {"evidence": [_received(item, board, caller, folder) for item in evidence]}


def _received(item: Any, board: Board, caller: Caller, folder: Path) -> Any:
    if not isinstance(item, dict) or "file" not in item:
        return item
    path = _beside(folder, item["file"])
    with path.open("rb") as stream:
        received = board.receive(stream, path.name, caller)
    rest = {member: value for member, value in item.items() if member != "file"}
    return {"filename": path.name} | rest | {"sha256": received.sha256}


def _beside(folder: Path, name: Any) -> Path:
    """Return the path of a file that may be read in the folder, or refuse; nothing outside of it is ever named."""
    try:
        path = (folder / str(name)).resolve()
        found = isinstance(name, str) and path.is_relative_to(folder.resolve()) and path.is_file() and os.access(path, os.R_OK)
    except (OSError, ValueError):  # longer than a name can be, or with a NUL in it
        found = False
    if not found:
        raise NoSuchFile(name=name)
    return path
