"""Finding somebody by their name, as a letter to the officer begins: sent in a form, never in an address, and kept nowhere."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from flask import Blueprint, Response, request

from api.access import needs
from api.pages.board.people import said
from api.pages.frame import Look, look, render
from api.pages.frame.entries import short
from api.pages.frame.thing import link, quiet
from api.pages.frame.words import written
from api.resources.people import protection
from api.worker import worker

if TYPE_CHECKING:
    from projections.people import PersonRow

pages = Blueprint("finding", __name__)

FINDS: Final = "what is held of somebody"
PATH: Final = "/data-protection/find"
COLUMNS: Final = ("Person", "In force", "Requests")
EMPTY: Final = "Write a name, or the beginning of one"


@pages.get(PATH)
@needs(FINDS)
def form() -> Response:
    """Ask for a name."""
    with look() as seen:
        return _shown(seen, "")


@pages.post(PATH)
@needs(FINDS)
def find() -> Response:
    """List those who are, or were, called so. The answer is for this one time: nothing on the way keeps the name that was asked for."""
    name = request.form.get("name", "").strip()
    with look() as seen:
        if not name:
            return _shown(seen, name, error=EMPTY, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        merged = worker().board.merged()
        theirs = {str(merged.get(one, one)) for one in worker().board.called(name)}
        answer = _shown(seen, name, found=[_row(seen, row) for row in protection(seen.on) if row.ref in theirs])
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _row(seen: Look, row: PersonRow) -> tuple[Any, ...]:
    who = link(seen.words.person(UUID(row.ref)) or short(row.ref), f"/subjects/{row.ref}")
    reference = quiet(f"{short(row.ref)}, registered {written(row.registered_on)}")
    return [who, reference], said.in_force(row) or "Nothing", said.requests(row) or "None"


def _shown(seen: Look, name: str, *, found: list[tuple[Any, ...]] | None = None, error: str | None = None, status: int = 200) -> Response:
    return render("desk/people/find.html", look=seen, status=status, name=name, error=error, columns=COLUMNS, found=found)
