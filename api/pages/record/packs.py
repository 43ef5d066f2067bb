"""Sealed packs: what the reader may see of the record, to be checked offline; and to whom packs were handed (journey F.1)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from aggregates.clocks.dates import LONDON
from aggregates.errors import Refused
from aggregates.registry import Ledger
from api.access import needs, signed_in
from api.errors import Unreadable
from api.fields import NUMBER
from api.pages.board import listing
from api.pages.frame import Look, look
from api.pages.frame.clocks import read_day
from api.pages.frame.thing import Said, quiet, to_event
from api.resources.record.packs import hand_over, scope_of
from api.resources.record.visible import Visible
from api.worker import worker
from projections import reviews
from projections.inspection import history as inspection_history
from service.desk import authority, roles

if TYPE_CHECKING:
    from projections.inspection.history import HistoryEntry

pages = Blueprint("packs_", __name__)

SEALED: Final = (Ledger.PackSealed.TOPIC,)
COLUMNS: Final = ("Handed to", "Of what", "Sealed", "Pack", "On record as")
MOST: Final = 10_000
DISCLOSED: Final = {3: "Restricted data are shown", 2: "Restricted data are withheld", 1: "Public data alone are shown"}


@pages.get("/packs")
@needs("packs")
def packs() -> Response:
    """Offer a pack of what the reader may see, and list those that were handed over."""
    with look() as seen:
        scope = seen.on.scope
        handed = inspection_history.history(seen.on.conn, **seen.on.at, topics=SEALED, limit=MOST)
        theirs = [one for one in handed if (scope.agency is None and scope.inspection is None) or one.body["office"] == signed_in().office]
        of = seen.words.body(scope.agency) if scope.agency else None
        return listing.show(
            seen, "pack", "/packs", COLUMNS, [_row(seen, one) for one in theirs[::-1]],
            template="record/packs.html", many="packs", heading="Sealed packs",
            lead="What you may see of the record, with its evidence files and all that it takes to check it without us.",
            empty=("No pack was handed over.", "Of those that you may know of, none was on record."),
            of=of, days=scope.period, restricted=scope.restricted,
            agencies={} if scope.agency else seen.words.agencies,
            reviews=[row.ref for row in _reviews(seen)],
            others=_others(seen) if roles.may(scope.role, "handing over packs") else None,
        )  # fmt: skip


def _reviews(seen: Look) -> list[reviews.Tracked]:
    may_see = Visible(seen.on)
    return [row for row in reviews.tracker(seen.on.conn, **seen.on.at) if may_see.review(row)]


def _others(seen: Look) -> dict[str, str]:
    """Return the offices that a pack can be handed to, those first who inspect or audit; by their codes."""
    board, today, found = worker().board, worker().today, dict[str, bool]()
    for code in seen.words.offices.keys() - {signed_in().office}:
        with suppress(Refused):
            found[code] = authority.receives(board, code, today).inspection is None
    return {code: seen.words.office(code) for code in sorted(found, key=lambda code: (found[code], seen.words.office(code)))}


def _row(seen: Look, one: HistoryEntry) -> tuple[Said, ...]:
    body = one.body
    return (
        seen.words.office(body["office"], one.occurred_on),
        [body["scope"][:1].upper() + body["scope"][1:], quiet(DISCLOSED[len(body["disclosed"])])],
        one.recorded_at.astimezone(LONDON).date(),
        [f"{body['entries_n']:,} events, as known at event {body['size']:,}", quiet(f"SHA-256 of its files: {body['pack_sha256']}")],
        to_event(seen, one.position),
    )


@pages.post("/packs")
@needs("packs")
def take() -> Response:
    """Give the pack that the form asks for; what was left empty is not asked for."""
    asked: dict[str, Any] = {name: typed for name in ("agency", "review") if (typed := request.form.get(name, "").strip())}
    for name, days in (("from", "from_"), ("to", "to")):
        if typed := request.form.get(name, "").strip():
            asked[days] = read_day(typed)
    if typed := request.form.get("event", "").strip():
        if not NUMBER.fullmatch(typed):
            raise Unreadable(where="event", why="the number of an event is expected, as 4711")
        asked["event"] = int(typed)
    with look() as seen:
        return hand_over(seen.on, scope_of(asked), request.form.get("for", "").strip() or None)
