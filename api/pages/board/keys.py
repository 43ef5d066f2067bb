"""The keys of the log: whose statements it takes, for what, and from which event to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response

from api.access import member
from api.pages.acting import possible, sending, signing
from api.pages.acting.asking import MADE_UP_TEXT
from api.pages.acting.possible import acting_or_nobody
from api.pages.frame import Look, look, thing
from api.pages.frame.thing import Said, link, quiet, section, strong, to_event
from api.pages.frame.words import title_of
from projections import partnership
from projections.inspection.disputes import Disputes
from service.commands import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.inspection.disputes import Dispute
    from projections.partnership import KeyRow

pages = Blueprint("keys_", __name__)

COLUMNS = ("Key", "Of", "Signs", "From", "Until")
SIGNS = {"acts": "What its holder does", "service-statements": "What the service attests"}
DISPUTED = ("Statement", "Signed as", "Why", "What its holder says")
VOID = (
    "Somebody else may have signed these. None is void: its holder affirms or repudiates it, and the Board retracts what is repudiated. "
    "A registration is not retracted: a key is revoked, and what is kept of a person is erased."
)
ABOUT = "A key ends at an event: what it signed before stays valid. Whoever held its office when it was enrolled uses it, and no successor."


@pages.get("/keys")
@member
def keys() -> Response:
    """Show every key that may sign, or might."""
    with look() as seen:
        disputes = Disputes(seen.on.conn, seen.clocks.known_at)
        found = [_row(seen, row, disputes) for row in partnership.keys(seen.on.conn, known_at=seen.clocks.known_at)]
        return thing.show(
            seen,
            "keys",
            "keys",
            "board/keys.html",
            own=_own(seen),
            called="Signing keys",
            heading="Signing keys",
            caption="The partnership",
            facts=[],
            sections=[section("Keys", COLUMNS, found, "None is on record.", note=ABOUT), *_disputed(seen)],
            crumbs=[{"text": "The partnership", "href": "/partnership"}],
        )


def _disputed(seen: Look) -> Iterator[dict[str, Any]]:
    """Give the statements that somebody else may have signed, and what their holders said of each; nothing where there are none."""
    rows = [
        (
            link(title_of(topic), seen.link(f"/events/{position}")),
            _holder(seen, holder),
            _event(seen, dispute.by, "Its key was declared compromised"),
            _answer(seen, position, dispute),
        )
        for position, topic, holder, dispute in Disputes(seen.on.conn, seen.clocks.known_at).statements()
    ]
    if rows:
        yield section("Disputed statements", DISPUTED, rows, "", note=VOID)


def _answer(seen: Look, position: int, dispute: Dispute) -> Said:
    if dispute.answered_by:
        return _event(seen, dispute.answered_by, f"{dispute.answer}".capitalize())
    if not seen.clocks.is_now:
        return "Nothing was said of it yet"
    asked = {"position": position, "reason": MADE_UP_TEXT}
    offered = [do for do in ("affirm", "repudiate") if possible.may_be_given(seen, COMMANDS[f"{do}_statement"], "keys", asked)]
    return [
        strong("Nothing was said of it yet"),
        *(link(f"{do.capitalize()} it", f"/keys/{do}_statement?position={position}") for do in offered),
    ]


def _own(seen: Look) -> dict[str, str] | None:
    """Return what the script of the page needs to make a key for whoever looks, or to find the one that this browser has."""
    who = acting_or_nobody()
    if who is None or who.office is None or not seen.clocks.is_now or not COMMANDS["enrol_signing_key"].open_to(who.role):
        return None
    return signing.own() | {"office": who.office, "title": seen.words.office(who.office, seen.clocks.as_at), "key": sending.new_key()}


def _row(seen: Look, row: KeyRow, disputes: Disputes) -> tuple[Said, ...]:
    until = _event(seen, row.ended_at, strong("Ended")) if row.ended_at else _now(seen, row)
    if dispute := disputes.of(row.ended_at or 0, row.thumbprint):  # what it signed last is
        until = [*until, strong("Compromised"), to_event(seen, dispute.by)]
    return row.thumbprint, _holder(seen, row.holder), SIGNS[row.purpose], _event(seen, max(row.enrolled_at, 1)), until


def _now(seen: Look, row: KeyRow) -> Said:
    """Say whether whoever used a key holds its office still: a key of an office is that of a person in it."""
    office, day = seen.words.offices.get(row.holder), seen.clocks.as_at
    had = office.holder_on(row.enrolled_on) if office and row.enrolled_on else None
    if office is None or had is None or ((now := office.holder_on(day)) and now.holder == had.holder):
        return "It may sign now"
    return [strong("Nobody's now"), quiet("Who used it holds the office no more: it is to be revoked")]


def _holder(seen: Look, holder: str) -> str:
    return seen.words.office(holder, seen.clocks.as_at) if holder in seen.words.offices else holder


def _event(seen: Look, position: int, *said: Said) -> Said:
    return [*said, to_event(seen, position)]
