"""Registered people: who they are, to the Board's offices alone, and what the law asks about them, to those who protect them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from marshmallow import Schema, fields

from api.access import member, needs
from api.fields import AtClocks
from api.resources.answering.answers import answer_of, one_of, read, schema_of_rows, versioned
from api.resources.answering.closed import closed
from api.resources.answering.commands import mount
from api.resources.answering.openapi import VERSIONED, ClocksSchema, Resource
from api.resources.record.held import held_about
from api.worker import worker
from projections.inspection import history as inspection_history
from projections.people import PersonRow, people
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from api.resources.answering.answers import Reading

subjects = Resource("subjects", __name__, description="Registered people: only the Board's offices are told who they are.")

RegisterSchema = schema_of_rows(PersonRow, "DataProtection")


class PersonSchema(Schema):
    """A registered person; what was erased, or may not be opened for the reader's purpose, is null."""

    ref = fields.UUID(required=True)
    registered_on = fields.Date(required=True)
    name = fields.String(required=True, allow_none=True)
    contact = fields.String(required=True, allow_none=True)


@subjects.get("", endpoint="all")
@subjects.arguments(AtClocks, location="query")
@subjects.response(200, answer_of(RegisterSchema, many=True))
@needs("data protection")
def register(args: dict[str, Any]) -> dict[str, Any]:
    """Give the data-protection register: references, what they were merged into, restrictions, holds and requests; no names."""
    with read(args) as on:
        return {"clocks": on.clocks, "items": protection(on), "next": None}


def protection(on: Reading) -> list[PersonRow]:
    """Return the register; that an inspector reads it goes on record, for there is what is restricted in it."""
    on.opens("subject", "register")
    return people(on.conn, **on.at)


@subjects.get("/<uuid:ref>", endpoint="read")
@subjects.arguments(AtClocks, location="query")
@subjects.response(200, answer_of(versioned(PersonSchema)), headers=VERSIONED)
@member
def read_person(args: dict[str, Any], ref: object) -> ResponseReturnValue:
    """Give a registered person; to a designated lead they are nobody."""
    with read(args) as on:
        found = inspection_history.history(on.conn, **on.at, kind="subject", ref=str(ref), limit=1)
        if not found or on.scope.agency is not None:
            raise NotFound(kind="subject", ref=ref)
        entry = found[0]
        on.opens("subject", str(ref))
        shut = closed(on.conn, [UUID(str(ref))], purpose=on.scope.purpose)
        told = {} if shut else worker().board.subjects.reveal_all([entry.position])
        said = {name: told.get((entry.position, name)) for name in ("name", "contact")}
        return one_of(on, "subject", str(ref), {"ref": ref, "registered_on": entry.occurred_on, **said})


class HeldSchema(Schema):
    """Everything that is held about somebody, by what it is: rows of the log, of the desk, and what was decided."""

    clocks = fields.Nested(ClocksSchema, required=True)
    item = fields.Dict(required=True)


@subjects.get("/<uuid:ref>/held", endpoint="held")
@subjects.arguments(AtClocks, location="query")
@subjects.response(200, HeldSchema)
@needs("what is held of somebody")
def read_held(args: dict[str, Any], ref: object) -> dict[str, Any]:
    """Give everything that is held about somebody who asked for it, and of nobody else; that they are answered is an act of its own."""
    with read(args) as on:
        return {"clocks": on.clocks, "item": held_about(on, str(ref))}


mount(subjects, "subject")
