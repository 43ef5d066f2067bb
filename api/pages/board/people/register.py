"""The data-protection register: what the law asks about people, by their references; and the texts that wait for the officer (INV-45)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, redirect, request

from api.access import needs, signed_in
from api.pages.board import listing
from api.pages.board.people import said
from api.pages.board.people.finding import FINDS
from api.pages.frame import Look, look
from api.pages.frame.entries import short
from api.pages.frame.thing import link, quiet
from api.pages.frame.words import label_of, written
from api.resources.people import protection
from api.worker import worker
from service.commands import COMMANDS
from service.desk import roles

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

pages = Blueprint("people_", __name__)

COLUMNS: Final = ("Person", "In force", "Requests", "Erased")


@pages.get("/data-protection")
@needs("data protection")
def register() -> Response:
    """List those about whom the law has asked something, and the texts that wait; the officer decides about these here."""
    with look() as seen:
        every = protection(seen.on)
        rows = [
            (
                [link(short(row.ref), seen.link(f"/subjects/{row.ref}")), quiet(f"Registered {written(row.registered_on)}")],
                said.in_force(row) or "Nothing",
                said.requests(row) or "None",
                said.gone(row) or "No",
            )
            for row in sorted(every, key=lambda row: (not row.asked, str(row.merged_into or row.ref), row.merged_into is not None))
        ]
        lead = "Who is on record, by reference alone, and what the law asks about them: requests, restrictions, legal holds and erasures."
        nothing = ("Nobody was on record.", "On the day and with the knowledge that you chose, nobody had been registered.")
        waiting = worker().board.held.waiting() if roles.may(seen.on.scope.role, "held texts") else []
        held = [{"id": one.id, "said": _held(seen, one), "text": one.text} for one in waiting]
        return listing.show(
            seen, "subject", "/data-protection", COLUMNS, rows, heading="Data protection", lead=lead, empty=nothing,
            template="desk/people/register.html", held=held, many="people on record", finds=roles.may(seen.on.scope.role, FINDS),
        )  # fmt: skip


def _held(seen: Look, one: Any) -> list[str]:
    command = COMMANDS.get(one.command)
    title = command.title if command else one.command
    return [
        f"“{label_of(one.field)}” of “{title}”, {one.ref}",
        f"Looks like {one.pattern}",
        f"Held {written(one.held_at.date())}" + (f", from {seen.words.office(one.office)}" if one.office else ""),
    ]


@pages.post("/data-protection/held/<int:number>")
@needs("held texts")
def decide(number: int) -> Redirect:
    """Say whether a text identifies somebody: allowed, it may be recorded as it stands when it is sent again."""
    worker().board.held.decide(number, allowed=request.form.get("allowed") == "yes", by=str(signed_in().office))
    return redirect("/data-protection", code=303)
