"""What every read says besides its answer: the two clocks it was given at; the schema of a read model's rows, and the reads of a list."""

from __future__ import annotations

import dataclasses
import inspect
import types
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Union, get_args, get_origin, get_type_hints
from urllib.parse import urlencode
from uuid import UUID

from flask import request
from marshmallow import Schema, fields

from api.access import member, opens, reading, record_openings, signed_in
from api.fields import AtClocks, IsoDate, Whole, YesOrNo
from api.resources.answering.openapi import VERSIONED, ClocksSchema, Resource
from api.worker import worker
from projections.reviews import led_by
from projections.two_clocks.clocks import Clocks, clocks
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flask.typing import ResponseReturnValue
    from psycopg import Connection

    from service.desk.authority import Scope

MOST: Final = 100  # rows of a page


class Reading(NamedTuple):
    """One read: on which connection, at which clocks, what its reader may see, and in which office; `today` is the day of their rights."""

    conn: Connection[Any]
    clocks: Clocks
    scope: Scope
    office: str | None
    today: date

    @property
    def own_office(self) -> str | None:
        """Return the office whose own matters the reader is shown beside their agency's: in a rehearsal none, for an inspector has none."""
        return None if self.scope.rehearses else self.office

    @property
    def at(self) -> dict[str, Any]:
        """Return the clocks as the readers of the projections take them."""
        return {"as_at": self.clocks.as_at, "known_at": self.clocks.known_at}

    @property
    def led(self) -> list[str] | None:
        """Return the reviews that a lead reviewer leads today, whatever day they ask about; None for other readers."""
        if self.scope.leads is None:
            return None
        return sorted(led_by(self.conn, self.scope.leads, as_at=self.today, known_at=self.clocks.head))

    @property
    def whose(self) -> dict[str, Any]:
        """Return whose actions alone the reader may compare, as `action_register.difference` takes it."""
        return {"owner": self.scope.agency} if self.led is None else {"reviews": self.led}

    def opens(self, kind: str, ref: str) -> bool:
        """Say whether the reader may see what is restricted or personal in a thing; that they do goes on record (`access.opens`)."""
        return opens(kind, ref)


@contextmanager
def read(args: Mapping[str, Any]) -> Iterator[Reading]:
    """Fix the clocks of an answer, and settle what its reader may see."""
    scope, held = reading(), worker()
    with held.reader() as conn:
        asked = {"as_at": args.get("as_at"), "known_at": args.get("known_at")}
        at = clocks(conn, **asked, today=held.today, period=scope.period)
        yield Reading(conn, at, scope, signed_in().office, held.today)
    record_openings()


def next_page(args: Mapping[str, Any], at: Clocks, after: str | int) -> str:
    """Return the address of the page that comes next, with both clocks: what is recorded meanwhile does not shift the pages."""
    asked = {name: str(value).lower() if isinstance(value, bool) else value for name, value in args.items() if value is not None}
    return f"{request.path}?{urlencode({**asked, 'as_at': at.as_at.isoformat(), 'known_at': at.known_at, 'after': after})}"


def version_of(on: Reading, kind: str, ref: str) -> int:
    """Return the version of a thing as known at the clocks; 0 where nothing was known of it."""
    newest = "SELECT coalesce(max(version), 0) FROM views.inspection_history WHERE kind = %s AND ref = %s AND position <= %s"
    row = on.conn.execute(newest, (kind, ref, on.clocks.known_at)).fetchone()
    return int(row[0]) if row else 0


@cache
def schema_of_rows(row: type[Any], name: str, *without: str) -> type[Schema]:
    """Return the schema of a read model's row: its fields and its properties, but for those named."""
    hints = get_type_hints(row, localns={"date": date, "datetime": datetime, "UUID": UUID})
    said: dict[str, Any] = {f.name: _field(hints[f.name]) for f in dataclasses.fields(row) if f.name not in without}
    for computed, value in inspect.getmembers(row, lambda member: isinstance(member, property)):
        if computed not in without:
            returns = get_type_hints(value.fget, localns={"date": date, "datetime": datetime, "UUID": UUID})["return"]
            said[computed] = _field(returns)
    return type(name, (Schema,), {**said, "__doc__": (row.__doc__ or name).partition("\n")[0]})


@cache
def answer_of(thing: type[Schema], *, many: bool = False) -> type[Schema]:
    """Return the schema of an answer: the thing or the things, and the clocks."""
    said: dict[str, Any] = {"clocks": fields.Nested(ClocksSchema, required=True)}
    if many:
        said["items"] = fields.List(fields.Nested(thing), required=True)
        said["next"] = fields.String(required=True, allow_none=True, metadata={"description": "The address of the next page"})
    else:
        said["item"] = fields.Nested(thing, required=True)
    name = thing.__name__.removesuffix("Schema")
    return type(f"{name}{'Page' if many else 'Answer'}", (Schema,), {**said, "__doc__": "An answer with its clocks."})


def versioned(thing: type[Schema]) -> type[Schema]:
    """Return the schema of a thing with the version that it had at the clocks."""
    name = thing.__name__.removesuffix("Schema")
    version = Whole(required=True, metadata={"description": "Of the thing, and its ETag"})
    return type(f"Versioned{name}", (thing,), {"version": version, "__doc__": f"{thing.__doc__} With its version."})


def lists(resource: Resource, kind: str, schema: type[Schema], rows: Callable[[Reading], list[Any]]) -> None:
    """Give a kind of thing its two reads: all of them that the reader may see, and one."""

    @resource.get("", endpoint="all")
    @resource.arguments(AtClocks, location="query")
    @resource.response(200, answer_of(schema, many=True))
    @resource.doc(summary=f"List the {resource.name} as at a day, as known at a position")
    @member
    def every(args: dict[str, Any]) -> dict[str, Any]:
        with read(args) as on:
            return {"clocks": on.clocks, "items": rows(on), "next": None}

    @resource.get("/<ref>", endpoint="read")
    @resource.arguments(AtClocks, location="query")
    @resource.response(200, answer_of(versioned(schema)), headers=VERSIONED)
    @resource.doc(summary=f"Give one of the {resource.name} as at a day, as known at a position")
    @member
    def one(args: dict[str, Any], ref: str) -> ResponseReturnValue:
        with read(args) as on:
            found = next((row for row in rows(on) if row.ref == ref), None)
            return one_of(on, kind, ref, found)


def one_of(on: Reading, kind: str, ref: str, item: Any, version: int | None = None) -> ResponseReturnValue:
    """Answer with a thing and its version, or refuse where it is not there; `version` is set where it is another for this reader."""
    version = version_of(on, kind, ref) if version is None else version
    if item is None or not version:
        raise NotFound(kind=kind, ref=ref)
    said = item if isinstance(item, dict) else {name: getattr(item, name) for name in _named(type(item))}
    return {"clocks": on.clocks, "item": said | {"version": version}}, 200, {"ETag": f'"{version}"'}


def _named(row: type[Any]) -> list[str]:
    """Return what `schema_of_rows` shows of a row: its fields and its properties."""
    return [*row.__dataclass_fields__, *(name for name, _ in inspect.getmembers(row, lambda member: isinstance(member, property)))]


def _field(hint: Any) -> fields.Field[Any]:
    optional = False
    if get_origin(hint) in (Union, types.UnionType):
        optional = type(None) in get_args(hint)
        hint = next(part for part in get_args(hint) if part is not type(None))
    known: dict[str, Any] = {"required": True, "allow_none": optional}
    origin: Any = get_origin(hint) or hint
    if origin in (tuple, list):
        return fields.List(_field(get_args(hint)[0]), **known)
    if isinstance(origin, type) and dataclasses.is_dataclass(origin):
        return fields.Nested(schema_of_rows(origin, origin.__name__), **known)
    kinds: dict[Any, Any] = {
        date: IsoDate,
        datetime: fields.AwareDateTime,
        int: Whole,
        bool: YesOrNo,
        str: fields.String,
        UUID: fields.UUID,
    }
    found: fields.Field[Any] = kinds[origin](**known) if origin in kinds else fields.Raw(**known)
    return found
