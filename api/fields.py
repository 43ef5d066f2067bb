"""Reading strictly: JSON, query strings and commands mean exactly one thing, or are refused by name.

By default Python accepts `NaN`, doubled members and `1_0`, and marshmallow accepts 3.9 and `true` for 3. Nothing here does. A
command's schema is made from its declaration, so that the document and what is accepted cannot differ.
"""

# ruff: noqa: ARG002 - marshmallow and webargs hand their hooks more than ours need

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn
from uuid import UUID

from flask.json.provider import DefaultJSONProvider
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from webargs.flaskparser import FlaskParser
from werkzeug.routing import UnicodeConverter

from aggregates.clocks.dates import day_of
from aggregates.entry.values import Evidence, Sealed
from api.errors import Unreadable, UnsupportedKind
from service.commands import AMENDMENTS
from service.commands.asking import ONE_OF_ITS_KIND
from service.config import MEBIBYTE
from service.desk.bringing_in.strictly import strict_json
from service.desk.refusals import FieldMissing, UnknownCommandField, WrongKind
from service.desk.submission import LONGEST_TEXT, REF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Request
    from werkzeug.routing import Map

    from aggregates.entry.fields import Field
    from service.commands import Command


class ReturnRef(UnicodeConverter):
    """What names a return in an address; `rounds` names none, and is an address of its own."""

    def __init__(self, url_map: Map) -> None:
        """Take any other text without a slash."""
        super().__init__(url_map)
        self.regex = rf"(?!rounds\Z){self.regex}"


NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}")
NOT_NEGATIVE: Final = validate.Range(0, 10**18 - 1)


def read_json(raw: bytes) -> Any:
    """Return the value of a JSON text that every reader takes for the same; refuse any other."""
    try:
        return strict_json(raw.decode())
    except ValueError as error:
        raise Unreadable(where="The JSON", why=str(error)) from error


class StrictJSON(DefaultJSONProvider):
    """Flask's JSON, read strictly; written in UTF-8, in the order in which it was said."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **_: Any) -> Any:
        """Read a JSON text."""
        return read_json(s.encode() if isinstance(s, str) else s)


class StrictParser(FlaskParser):
    """webargs, refusing what it would pass over: unknown parameters, and bodies of another kind."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {"json": RAISE, "query": RAISE, "path": RAISE}  # noqa: RUF012 - as webargs has it

    def body(self, req: Request) -> dict[str, Any]:
        """Return the object that a body of JSON is; refuse any other."""
        if not req.is_json:
            raise UnsupportedKind(takes="application/json", sent=req.mimetype or "nothing")
        req.max_content_length = MEBIBYTE  # an upload may be larger, a command not
        value = read_json(req.get_data())
        if not isinstance(value, dict):
            raise Unreadable(where="The JSON", why="an object is expected")
        return value

    def _raw_load_json(self, req: Request) -> Any:
        return self.body(req)

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **_: Any) -> NoReturn:
        """Refuse the first parameter that is wrong, by its name."""
        for name, why in _flat(error.messages):
            raise Unreadable(where=name, why=why.rstrip(".")) from error
        raise Unreadable(where=req.path, why=str(error)) from error


def _flat(messages: Any, name: str = "") -> list[tuple[str, str]]:
    if isinstance(messages, dict):
        inner = [(n if not name or name in {"json", "query", "headers", "path"} else f"{name}.{n}", m) for n, m in messages.items()]
        return [pair for n, m in inner for pair in _flat(m, str(n))]
    return [(name, " ".join(map(str, messages)) if isinstance(messages, list) else str(messages))]


def iso_day(text: Any) -> date:
    """Return the day that a text names; refuse any spelling but `2016-11-14`."""
    try:
        return day_of(text)
    except ValueError as error:
        raise ValidationError("a date is written 2016-11-14") from error


class IsoDate(fields.Field[date]):
    """A day, written `2016-11-14` and in no other way."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> date:
        return iso_day(value)

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else value.isoformat()


class Whole(fields.Integer):
    """A whole number of JSON, however it is spelled (3.0 is 3 to JSON Schema, and to RFC 8785); neither "3" nor true."""

    def __init__(self, **kwargs: Any) -> None:
        """Be strict."""
        super().__init__(strict=True, **kwargs)

    def _validated(self, value: Any) -> int:
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if isinstance(value, bool) or not whole:
            raise self.make_error("invalid", input=value)
        return super()._validated(int(value))


class YesOrNo(fields.Boolean):
    """`true` or `false` of JSON, not 1 or "yes"."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Number(fields.Integer):
    """A whole number in a query string, written as people write it."""

    def __init__(self, *, validate: Any = NOT_NEGATIVE, **kwargs: Any) -> None:
        """Say in the document between what it lies."""
        super().__init__(validate=validate, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> int:
        if not isinstance(value, str) or NUMBER.fullmatch(value) is None:
            raise ValidationError("a whole number is expected")
        return int(value)


class Flag(fields.Boolean):
    """`true` or `false` in a query string."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> bool:
        if value not in ("true", "false"):
            raise ValidationError("true or false is expected")
        return bool(value == "true")


class KnownAt(fields.Field[date | int]):
    """What was known: the number of an event, or a day, at whose end in London."""

    def __init__(self, *, metadata: Mapping[str, Any], **kwargs: Any) -> None:
        """Say in the document what it looks like."""
        super().__init__(metadata={"anyOf": [{"format": "date"}, {"pattern": f"^(?:{NUMBER.pattern})$"}], **metadata}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> date | int:
        return int(value) if isinstance(value, str) and NUMBER.fullmatch(value) else iso_day(value)


class AtClocks(Schema):
    """The two clocks that every read takes."""

    as_at = IsoDate(metadata={"description": "The position on this day; without it, on the day of known_at"})
    known_at = KnownAt(metadata={"description": "As known at an event's number, or at the end of a day in London; without it, now"})


class CommandSchema(Schema):
    """A command's body. What it does not accept is refused in the words that every door uses."""

    command: ClassVar[Command]

    def handle_error(self, error: ValidationError, data: Any, **_: Any) -> NoReturn:
        """Refuse what is unknown, then what is missing, then the first value of a wrong kind."""
        act, given = self.command.title, data if isinstance(data, dict) else {}
        if unknown := given.keys() - self.fields.keys():
            raise UnknownCommandField(act=act, fields=unknown, takes=list(self.fields)) from error
        if missing := [n for n, f in self.fields.items() if f.required and given.get(n) is None]:
            raise FieldMissing(act=act, fields=missing) from error
        name, why = _flat(error.messages)[0]
        raise WrongKind(act=act, field=name, why=why.rstrip(".")) from error


class EvidenceCitation(Schema):
    """A file that was uploaded before, and what is said of it."""

    sha256 = fields.String(
        required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"), metadata={"description": "Of the file's bytes, in hex"}
    )
    filename = fields.String(validate=validate.Length(1, 255))
    title = fields.String(required=True, validate=validate.Length(1, 500))
    evidence_date = IsoDate(required=True, metadata={"description": "The date that the file itself bears"})
    media_type = fields.String(validate=validate.Length(1, 255))
    classification = fields.String(metadata={"description": "partners, restricted or public"})


@cache
def schema_of(command: Command) -> type[Schema]:
    """Return the schema of a command's body: its own fields, and since when, for whom, in which office and why so late."""
    said: dict[str, Any] = {f.name: _field(f) for f in command.fields}
    if command.creates and command.kind not in ONE_OF_ITS_KIND:
        ref = validate.Regexp(REF, error="letters, digits, dots, hyphens and underscores, at most 64, and no spaces")
        said = {
            "ref": fields.String(required=True, validate=ref, metadata={"description": "The reference that people will know it by"})
        } | said
    said |= {
        "occurred_on": IsoDate(allow_none=True, metadata={"description": "Since when it is true; today, unless said"}),
        "on_behalf_of": fields.String(
            allow_none=True, metadata={"description": "The office that acted, where the board manager records for it"}
        ),
        "late_reason": _text(allow_none=True, metadata={"description": "Why it is recorded so late, where it is"}),
        "office": fields.String(
            allow_none=True, metadata={"description": "The office in which you act; your key's or session's, unless said"}
        ),
        "signed": fields.List(
            fields.String(validate=validate.Length(1, MEBIBYTE)),
            load_default=(),
            metadata={"description": "The statements of this act as you signed them, each an SD-JWT with every disclosure: see `prepare`"},
        ),
    }
    about = command.kind if command.name in AMENDMENTS else ""  # an amendment has a schema for each kind of thing
    name = f"{command.name}_{about}".title().replace("_", "").replace("-", "")
    return type(name, (CommandSchema,), {**said, "command": command, "__doc__": f"{command.title}."})


def _text(**kwargs: Any) -> fields.Field[Any]:
    return fields.String(validate=validate.Length(max=LONGEST_TEXT), **kwargs)


def _field(said: Field) -> fields.Field[Any]:
    free = said.optional or said.many
    known: dict[str, Any] = {"required": not free, "allow_none": free, "metadata": {"description": _description(said)}}
    if said.many:
        return fields.List(_one(said, {}), **known)
    return _one(said, known)


def _description(said: Field) -> str:
    readers = {"public": "the public", "partners": "signed-in partners", "restricted": "the roles that may", "personal": "who may, sealed"}
    return f"{said.name.replace('_', ' ').capitalize()}. Shown to: {readers[said.sensitivity]}"


def _one(said: Field, known: dict[str, Any]) -> fields.Field[Any]:
    if said.choices:
        return fields.String(validate=validate.OneOf(said.choices, error="{choices} are possible"), **known)
    if said.kind is Evidence:
        return fields.Nested(EvidenceCitation, **known)
    if said.kind is Sealed:
        return fields.String(**known)
    kinds: dict[Any, Any] = {str: _text, int: Whole, bool: YesOrNo, date: IsoDate, UUID: fields.UUID}
    if said.kind in kinds:
        found: fields.Field[Any] = kinds[said.kind](**known)
        return found
    return fields.Raw(**known) if said.kind is Any else fields.Dict(keys=fields.String(), **known)
