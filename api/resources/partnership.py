"""Who we are: the partnership with its settings, its agencies, sub-groups, offices, registered people and signing keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from marshmallow import Schema, fields

from api.access import member
from api.fields import AtClocks, Whole
from api.resources.answering.answers import answer_of, lists, one_of, read, schema_of_rows, version_of, versioned
from api.resources.answering.closed import closed
from api.resources.answering.commands import mount
from api.resources.answering.openapi import VERSIONED, Resource
from api.worker import worker
from projections import partnership as views
from projections.inspection import history as inspection_history
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

partnership = Resource("partnership", __name__, description="The partnership itself, and what it sets for itself.")
agencies = Resource("agencies", __name__, description="The members of the partnership.")
sub_groups = Resource("sub-groups", __name__, description="What the Board has constituted.")
offices = Resource("offices", __name__, description="Who acts for whom, and from when to when.")
subjects = Resource("subjects", __name__, description="Registered people: only the Board's offices are told who they are.")
keys = Resource("keys", __name__, description="Whose keys may sign, and until where in the log.")

AgencySchema = schema_of_rows(views.AgencyRow, "Agency")
SubGroupSchema = schema_of_rows(views.SubGroupRow, "SubGroup")
OfficeSchema = schema_of_rows(views.OfficeRow, "Office")
SettingsSchema = schema_of_rows(views.SettingsRow, "Partnership")


class PersonSchema(Schema):
    """A registered person; what was erased, or may not be opened for the reader's purpose, is null."""

    ref = fields.UUID(required=True)
    registered_on = fields.Date(required=True)
    name = fields.String(required=True, allow_none=True)
    contact = fields.String(required=True, allow_none=True)


class KeySchema(Schema):
    """A signing key; what it signed up to `ended_at` stays valid."""

    thumbprint = fields.String(required=True)
    holder = fields.String(required=True)
    purpose = fields.String(required=True)
    enrolled_at = Whole(required=True, metadata={"description": "It may sign from the next position; 0 established the log"})
    ended_at = Whole(required=True, allow_none=True)


@partnership.get("", endpoint="read")
@partnership.arguments(AtClocks, location="query")
@partnership.response(200, answer_of(versioned(SettingsSchema)), headers=VERSIONED)
@member
def read_partnership(args: dict[str, Any]) -> ResponseReturnValue:
    """Give the partnership and its local settings."""
    with read(args) as on:
        return one_of(on, "partnership", "partnership", views.settings(on.conn, **on.at))


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


@keys.get("", endpoint="read")
@keys.arguments(AtClocks, location="query")
@keys.response(200, answer_of(KeySchema, many=True), headers=VERSIONED)
@member
def read_keys(args: dict[str, Any]) -> ResponseReturnValue:
    """List the keys that may sign, or might, as known at a position."""
    with read(args) as on:
        items = views.keys(on.conn, known_at=on.clocks.known_at)
        return {"clocks": on.clocks, "items": items, "next": None}, 200, {"ETag": f'"{version_of(on, "keys", "keys")}"'}


lists(agencies, "agency", AgencySchema, lambda on: views.agencies(on.conn, **on.at))
lists(sub_groups, "sub-group", SubGroupSchema, lambda on: views.sub_groups(on.conn, **on.at))
lists(offices, "office", OfficeSchema, lambda on: views.offices(on.conn, **on.at))
for resource, kind in (
    (partnership, "partnership"),
    (agencies, "agency"),
    (sub_groups, "sub-group"),
    (offices, "office"),
    (subjects, "subject"),
    (keys, "keys"),
):
    mount(resource, kind)
