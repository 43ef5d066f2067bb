"""What the Board has sent, to whom, and what they did with it; and everything that can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.access import member
from api.fields import AtClocks
from api.resources.answering.answers import Reading, answer_of, one_of, read, schema_of_rows, versioned
from api.resources.answering.commands import mount
from api.resources.answering.openapi import VERSIONED, Resource
from api.resources.record import history
from api.resources.record.history import page
from api.resources.record.visible import Visible
from projections import dissemination as view

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from projections.dissemination import ItemRow

disseminations = Resource(
    "disseminations",
    __name__,
    description="What the Board sent to its members, and how far each of them is with it: to an agency, its own.",
)
ItemSchema = schema_of_rows(view.ItemRow, "Dissemination")


@disseminations.get("", endpoint="all")
@disseminations.arguments(AtClocks, location="query")
@disseminations.response(200, answer_of(ItemSchema, many=True))
@member
def every(args: dict[str, Any]) -> dict[str, Any]:
    """Give the items with a cell for each recipient, as at a day, as known at a position."""
    with read(args) as on:
        return {"clocks": on.clocks, "items": visible(on), "next": None}


@disseminations.get("/<ref>", endpoint="read")
@disseminations.arguments(AtClocks, location="query")
@disseminations.response(200, answer_of(versioned(ItemSchema)), headers=VERSIONED)
@member
def one(args: dict[str, Any], ref: str) -> ResponseReturnValue:
    """Give one item. Its ETag is of what the reader may see of it: what other recipients do does not change a recipient's."""
    with read(args) as on:
        return one_of(on, "dissemination", ref, next(iter(visible(on, ref)), None), version=version_of(on, ref))


def visible(on: Reading, *refs: str, source: str | None = None) -> list[ItemRow]:
    """Return the items, or some of them, as they are there for the reader."""
    may_see = Visible(on)
    rows = view.items(on.conn, **on.at, wanted=refs, source=source)
    return [row for row in map(may_see.dissemination, rows) if row is not None]


def version_of(on: Reading, ref: str) -> int | None:
    """Return the version of an item for one of its recipients, which is that of the last entry that they may see; None for the Board."""
    if on.scope.agency is None:
        return None
    after, last = 0, 0
    while True:
        found, following = page(on, after=after, limit=100, kind="dissemination", ref=ref)
        last = found[-1].version if found else last
        if following is None:
            return last
        after = following


@disseminations.get("/<ref>/history")
@disseminations.arguments(history.FeedArgs, location="query")
@disseminations.response(200, answer_of(history.EntrySchema, many=True))
@member
def history_of(args: dict[str, Any], ref: str) -> dict[str, Any]:
    """Give what was recorded of one item, entry by entry; to an agency, but what other recipients did."""
    with read(args) as on:
        return history.answer_for(on, args, "dissemination", ref)


mount(disseminations, "dissemination")
