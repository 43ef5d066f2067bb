"""Who we are: the partnership with its settings, its agencies, sub-groups, offices and signing keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields

from api.access import member
from api.fields import AtClocks, Whole
from api.resources.answering.answers import answer_of, lists, one_of, read, schema_of_rows, version_of, versioned
from api.resources.answering.commands import mount
from api.resources.answering.openapi import VERSIONED, Resource
from projections import partnership as views

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

partnership = Resource("partnership", __name__, description="The partnership itself, and what it sets for itself.")
agencies = Resource("agencies", __name__, description="The members of the partnership.")
sub_groups = Resource("sub-groups", __name__, description="What the Board has constituted.")
offices = Resource("offices", __name__, description="Who acts for whom, and from when to when.")
keys = Resource("keys", __name__, description="Whose keys may sign, and until where in the log.")

AgencySchema = schema_of_rows(views.AgencyRow, "Agency")
SubGroupSchema = schema_of_rows(views.SubGroupRow, "SubGroup")
OfficeSchema = schema_of_rows(views.OfficeRow, "Office")
SettingsSchema = schema_of_rows(views.SettingsRow, "Partnership")


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
    (keys, "keys"),
):
    mount(resource, kind)
