"""Sealed packs: what the reader may see of the record, to be checked offline; and to whom packs were handed (journey F.1)."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, request

from aggregates.clocks.dates import LONDON
from aggregates.errors import Refused
from aggregates.registry import Ledger
from api.access import needs, signed_in
from api.pages.board import listing
from api.pages.frame import Look, look
from api.pages.frame.clocks import NotADay, read_day, whole
from api.pages.frame.thing import Said, quiet, to_event
from api.pages.frame.words import sentence
from api.resources.record.packs import hand_over, scope_of
from api.resources.record.visible import Visible
from api.worker import worker
from projections import reviews
from projections.inspection import history as inspection_history
from projections.inspection.scopes import HalfAPeriod
from service.desk import authority, roles
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from projections.inspection.history import HistoryEntry

pages = Blueprint("packs_", __name__)

SEALED: Final = (Ledger.PackSealed.TOPIC,)
COLUMNS: Final = ("Handed to", "Of what", "Sealed", "Pack", "On record as")
FIELDS: Final = ("for", "from", "to", "agency", "review", "event")
MOST: Final = 10_000
DISCLOSED: Final = {3: "Restricted data are shown", 2: "Restricted data are withheld", 1: "Public data alone are shown"}


@pages.get("/packs")
@needs("packs")
def packs() -> Response:
    """Offer a pack of what the reader may see, and list those that were handed over."""
    with look() as seen:
        return _shown(seen, {}, {})


def _shown(seen: Look, typed: Mapping[str, str], wrong: Mapping[str, str]) -> Response:
    """Show the form with what was typed, and what is wrong with it, by field; and the packs that were handed over."""
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
        typed=typed, wrong=wrong, status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
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
    """Give the pack that the form asks for, or the form with what is wrong; what was left empty is not asked for."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    asked, wrong = _read(typed)
    with look() as seen:
        if not wrong:
            try:
                return hand_over(seen.on, scope_of(asked), typed["for"] or None)
            except (HalfAPeriod, NotFound) as refused:
                wrong = {_about(refused, typed): sentence(refused, seen.words)}
        return _shown(seen, typed, wrong)


def _read(typed: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what is asked for, and what cannot be read, by field."""
    asked: dict[str, Any] = {name: typed[name] for name in ("agency", "review") if typed[name]}
    wrong: dict[str, str] = {}
    for name, days in (("from", "from_"), ("to", "to")):
        try:
            asked |= {days: read_day(typed[name])} if typed[name] else {}
        except NotADay as refused:
            wrong[name] = refused.message
    if typed["event"] and (number := whole(typed["event"])) is not None:
        asked["event"] = number
    elif typed["event"]:
        wrong["event"] = "The number of an event is expected, as 4711"
    return asked, wrong


def _about(refused: Refused, typed: Mapping[str, str]) -> str:
    """Return the field at which a refusal is said: the day that is missing, or the one thing that is not there."""
    if isinstance(refused, HalfAPeriod):
        return "to" if typed["from"] else "from"
    return next((name for name in ("event", "review", "agency", "from") if typed[name]), "for")
