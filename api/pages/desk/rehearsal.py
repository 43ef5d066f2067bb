"""Rehearsing an inspection: an agency, or the Board, sees what an inspector would see, and steps back into its own work (domain B.8)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, redirect, request

from aggregates.clocks.dates import later
from aggregates.errors import Refused
from api.access import SESSION_COOKIE, account, needs, reading, signed_in
from api.errors import status_of
from api.pages.acting import KEY, forms, sending
from api.pages.desk.sign_in import HOME
from api.pages.frame import Look, look, render
from api.worker import worker
from service.desk import accounts, authority
from service.desk.submission import Submission

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

    from aggregates.registry import InspectionState

pages = Blueprint("rehearsal", __name__)

HERE: Final = "/rehearsal"
DAYS: Final = ("covers_from", "ceiling")
MONTHS: Final = 18  # back from today: the period for which inspectors asked for data (specification, statutory C.2)
LASTS: Final = timedelta(days=14)


@pages.get(HERE)
@needs("rehearsals")
def rehearsal() -> Response:
    """Show the rehearsal that is open for one's office, to enter it; or ask which days one is to cover."""
    return _page(sending.Sent())


@pages.post(HERE)
@needs("rehearsals")
def begin() -> Response | Redirect:
    """Open a rehearsal of what one's office sees, which is on record, and enter it."""
    sent, today, who = sending.Sent(), worker().today, signed_in()
    for name in DAYS:
        sending.day(sent, name, optional=False)
    if (first := sent.fields["covers_from"]) and date.fromisoformat(first) > today:
        sent.errors["covers_from"] = "Days covered from: choose today or a day before it"
    if sent.errors:
        return _page(sent)
    agency = reading().agency
    with look() as seen:
        body = seen.words.body(agency) or worker().board.settings.name
    fields = {"body": body, "purpose": "rehearsal", "agency": agency, "expires_on": (today + LASTS).isoformat(), **sent.fields}
    it = Submission(name="open_inspection", kind="inspection", ref=str(who.office), fields=fields, key=sending.new_key())
    try:
        done = worker().board.act(who, it)
    except Refused as refused:
        return _page(sent, refused)
    return _go(rehearses=True, to=f"{HOME}?receipt={done.positions[-1]}")


@pages.post(f"{HERE}/enter")
@needs("rehearsals")
def enter() -> Redirect:
    """Enter the rehearsal that is open for one's office."""
    authority.rehearsal(worker().board, str(signed_in().office), worker().today)
    return _go(rehearses=True, to=HOME)


@pages.post(f"{HERE}/leave")
@account
def leave() -> Redirect:
    """Step out of a rehearsal, into one's own work."""
    return _go(rehearses=False, to=HOME)


def _go(*, rehearses: bool, to: str) -> Redirect:
    with worker().desk() as conn:
        accounts.rehearse(conn, request.cookies.get(SESSION_COOKIE, ""), rehearses=rehearses)
    return redirect(to, code=303)


def _page(sent: sending.Sent, refused: Refused | None = None) -> Response:
    with look() as seen:
        return render(
            "desk/rehearsal.html",
            look=seen,
            status=status_of(type(refused)) if refused else 422 if sent.errors else 200,
            of=seen.words.body(reading().agency) or None,
            ref=signed_in().office,
            open=_open(),
            fields=_fields(seen, sent),
            hidden={KEY: sending.new_key()},
            lasts=LASTS.days,
            refusal=refused.message if refused else None,
        )


def _open() -> InspectionState | None:
    try:
        return authority.rehearsal(worker().board, str(signed_in().office), worker().today)
    except Refused:
        return None


def _fields(seen: Look, sent: sending.Sent) -> list[dict[str, Any]]:
    """Return the fields for the days, of which none is to be found out: as many months back as inspectors have asked about."""
    today = seen.clocks.today
    usual = {"covers_from": later(today, months=-MONTHS), "ceiling": today}
    hints = {"covers_from": f"Inspectors have asked for the last {MONTHS} months."}
    asked = [forms.field_of(name, "date", "public", value=usual[name], hint=hints.get(name), seen_by=None) for name in DAYS]
    return forms.with_typed(asked, sent.typed, sent.errors)
