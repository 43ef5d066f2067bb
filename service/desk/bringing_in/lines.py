"""A line: one act as data, one JSON object, read strictly. What is imported and what a program submits are the same lines.

    {"do": "assign_action", "ref": "A1", "by": "chair", "occurred_on": "2016-07-15", "fields": {…}, "key": "letter 114"}

`by` is the office that acts, `on_behalf_of` the one that it records for, `of` the kind of thing that an amendment is about; `at`
is when a line was recorded, in a demonstration alone. A piece of evidence may name a `file` beside the lines instead of a SHA-256.
A line without a `key` is known by what it says.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from aggregates.clocks.dates import day_of
from aggregates.errors import Refused
from service.desk.bringing_in.strictly import strict_json
from service.desk.submission import KEY, Submission

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

LONGEST_LINE = 1024 * 1024  # characters
TEXTS = ("do", "ref", "by", "on_behalf_of", "of", "occurred_on", "late_reason", "key", "at")
MEMBERS = (*TEXTS, "fields")
NEEDED = ("do", "ref")


class UnreadableLine(Refused):
    """A line is not one JSON object that can be read in one way only."""

    text = "This line cannot be read: {why}"


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

    text = "There is no file {name} in the folder of these lines"


def read(said: str | Mapping[str, Any]) -> Submission:
    """Return the command that a line says; refuse what a line cannot be."""
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
    return Submission(
        name=line["do"],
        ref=line["ref"],
        kind=line.get("of"),
        office=line.get("by"),
        on_behalf_of=line.get("on_behalf_of"),
        occurred_on=_day(line.get("occurred_on")),
        late_reason=line.get("late_reason"),
        fields=fields,
        key=_key(line),
        at=_moment(line.get("at")),
    )


def written(it: Submission) -> dict[str, Any]:
    """Return a command as a line, from which it is read again as it is."""
    said = {"do": it.name, "ref": it.ref, "by": it.office, "on_behalf_of": it.on_behalf_of, "of": it.kind, "late_reason": it.late_reason}
    return said | {"occurred_on": it.occurred_on and it.occurred_on.isoformat(), "key": it.key, "fields": dict(it.fields)}


def with_files(it: Submission, folder: Path, receive: Callable[[Path], str]) -> Submission:
    """Return a line's command with each `file` of its evidence cited by the SHA-256 under which it was received."""
    evidence = it.fields.get("evidence")
    if not isinstance(evidence, list) or not any(isinstance(item, dict) and "file" in item for item in evidence):
        return it
    return replace(it, fields={**it.fields, "evidence": [_cited(item, folder, receive) for item in evidence]})


def _cited(item: Any, folder: Path, receive: Callable[[Path], str]) -> Any:
    if not isinstance(item, dict) or "file" not in item:
        return item
    path = _beside(folder, item["file"])
    rest = {member: value for member, value in item.items() if member != "file"}
    return {"filename": path.name} | rest | {"sha256": receive(path)}


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


def _key(line: Mapping[str, Any]) -> str:
    """Return the key of a line, or of what it says where it has none; a hash where no header would hold it."""
    given = line.get("key") or ""
    return given if KEY.match(given) else sha256(given.encode() or json.dumps(line, sort_keys=True, default=str).encode()).hexdigest()


def _object(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_LINE:
        raise UnreadableLine(why=f"it has more than {LONGEST_LINE:,} characters")
    try:
        line = strict_json(text)
    except ValueError as error:
        raise UnreadableLine(why=str(error)) from error
    if not isinstance(line, dict):
        raise UnreadableLine(why="it is not a JSON object")
    return line


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return day_of(text)
    except ValueError as error:
        raise WrongMember(member="occurred_on", kind="a date such as 2016-07-15", value=text) from error


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
