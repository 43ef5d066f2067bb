"""What somebody asks to have recorded, and the strict reading of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from difflib import get_close_matches
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from aggregates.entry.fields import Field, WrongKindError, typed
from aggregates.entry.values import Evidence, Sealed, says
from service.commands import AMENDABLE, AMENDMENTS, COMMANDS, find
from service.desk.refusals import FieldMissing, KindUnsaid, UnknownCommand, UnknownCommandField, WrongKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from service.commands import Command

REF = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
# An idempotency key: what a header holds as it is, so that an act has the same one by whichever door it comes.
KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?\Z")
LONGEST_TEXT = 10_000
LONGEST_KEY = 255  # bytes, as the table of keys takes them
UNADDRESSED = UUID(int=0)
# What no database, page or reader of JSON could keep as it is, and what turns round how the rest of a text is read.
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One command as it arrives. `fields` are as JSON holds them.

    `key` makes a repetition harmless; `expected` is the version that the caller saw; `at` is when it was recorded, in a
    demonstration log only; `kind` is needed where the command is about an entry of any kind of thing. `prepare` names the key for
    whose signature it is to be prepared, and not recorded; `signed` are the statements, with their disclosures, that were then signed.
    """

    name: str
    ref: str
    fields: Mapping[str, Any]
    kind: str | None = None
    office: str | None = None
    on_behalf_of: str | None = None
    occurred_on: date | None = None
    late_reason: str | None = None
    key: str | None = None
    expected: int | None = None
    at: datetime | None = None
    prepare: str | None = None
    signed: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse what is no text, whoever brings it: once on record, it would stop every view."""
        for name, value in {**self.fields, **{n: v for n, v in vars(self).items() if isinstance(v, str)}}.items():
            if any(NO_TEXT.search(text) for text in (name, *_texts(value))):
                raise WrongKind(
                    act=self.name,
                    field=name,
                    why="a text has no control characters but tabs and line breaks, and nothing that reverses how it is read",
                )

    def digest(self, office: str | None) -> bytes:
        """Return what tells this command, given in an office, from another under the same idempotency key."""
        said = [
            self.name,
            self.kind if self.name in AMENDMENTS else None,  # of any other command, its name says it
            self.ref,
            self.fields,
            self.office or office,
            self.on_behalf_of,
            str(self.occurred_on),
            self.late_reason,
        ]
        return sha256(json.dumps(said, sort_keys=True, default=str).encode()).digest()


def key_of(*parts: str) -> str:
    """Return an idempotency key that is made of several texts: as a digest where it would be longer than a key may be."""
    made = "/".join(parts)
    return made if len(made.encode()) <= LONGEST_KEY else sha256(made.encode()).hexdigest()


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from (str(name), *_texts(item))


def command_of(it: Submission) -> Command:
    """Return the declaration of the command that is given; refuses one that there is not."""
    command = find(it.name, it.kind)
    if command is None and it.name in AMENDMENTS:
        raise KindUnsaid(act=AMENDMENTS[it.name][0], kinds=AMENDABLE)
    if command is None:
        known = sorted({*COMMANDS, *AMENDMENTS})
        raise UnknownCommand(name=it.name, known=get_close_matches(it.name, known, n=3) or ["only what ops/commands.md lists"])
    return command


def check_taken(command: Command, given: Mapping[str, Any]) -> None:
    """Refuse fields that a command does not take."""
    takes = [field.name for field in command.fields]
    if unknown := given.keys() - set(takes):
        raise UnknownCommandField(act=command.title, fields=unknown, takes=takes or ["nothing"])


def read_fields(command: Command, ref: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the typed values that a command's verb takes. Refuses what it does not take, what is missing and what is of a wrong kind."""
    check_taken(command, given)
    takes = {f.name: f for f in command.fields}
    if missing := [n for n, f in takes.items() if not (f.optional or f.many) and _blank(given.get(n))]:
        raise FieldMissing(act=command.title, fields=missing)
    values = {name: _read(command, field, given.get(name), ref) for name, field in takes.items()}
    if command.creates and command.ref_field:
        values[command.ref_field] = read_ref(command, ref)
    return values


def read_ref(command: Command, ref: str) -> str:
    """Return a reference that a new thing may have."""
    if not REF.match(ref):
        raise WrongKind(act=command.title, field="ref", why="letters, digits, dots, hyphens and underscores, at most 64, and no spaces")
    return ref


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not says(value)) or value in ([], ())


def _read(command: Command, field: Field, value: Any, ref: str) -> Any:
    if (field.optional or field.many) and _blank(value):
        return () if field.many else None
    if any(len(text) > LONGEST_TEXT for text in _texts(value)):
        raise WrongKind(act=command.title, field=field.name, why=f"a text has at most {LONGEST_TEXT} characters")
    try:
        if field.kind is Sealed:
            return _sealed(command, field, value, ref)
        if field.kind is Evidence:
            return value if isinstance(value, (list, tuple)) else typed(field, value)
        return typed(field, value)
    except (WrongKindError, ValueError) as error:
        raise WrongKind(act=command.title, field=field.name, why=str(error)) from error


def _sealed(command: Command, field: Field, value: Any, ref: str) -> Sealed:
    """Read a personal value: of the person who is being registered, the text itself; elsewhere, who is meant.

    Whose the words are that a participant writes, the thing itself knows: they come to it unaddressed.
    """
    if not isinstance(value, str):
        raise WrongKindError("a person", str, value)
    if field.name in command.event.WORDS:
        return Sealed(UNADDRESSED, value)
    named, person = ("ref", ref) if command.kind == "subject" else (field.name, value)
    try:
        return Sealed(UUID(person), value)
    except ValueError as error:
        raise WrongKind(act=command.title, field=named, why="a person's reference is a random UUID") from error
