"""Inviting whoever inspects, and accepting: what they will see and until when, and the account that they make for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from aggregates.clocks.dates import LONDON
from api.access import needs, public
from api.errors import status_of
from api.pages import frame
from api.pages.desk.sign_in import let_in, words_of_today
from api.worker import worker
from service.desk import accounts
from service.desk.coming_in import invitations
from service.desk.refusals import AccountExists, NotAMailAddress, WeakPassword
from service.desk.telling.mail import NotSent, mailer
from service.desk.telling.notices import address_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

    from aggregates.errors import Refused

pages = Blueprint("invited", __name__)

FIRST_PAGE: Final = "/replay"  # where an inspector begins


@pages.route("/inspections/<ref>/invite", methods=["GET", "POST"])
@needs("invitations")
def invite(ref: str) -> Response:
    """Say whom a link would be for; or make it, and show it this once or mail it."""
    held, said = worker(), dict[str, Any]()
    until = invitations.ends(held.board, ref)
    to = address_of(held.board, ref, held.today)
    sender = mailer(held.config)
    with held.desk() as conn:
        known = invitations.is_known(conn, held.board, ref)
    if request.method == "POST":
        with held.desk() as conn:
            token = invitations.invite(conn, held.board, ref)
        said["link"] = f"{request.host_url.rstrip('/')}/invited/{token}"
        if "mail" in request.form and sender and to:
            url = f"{held.config.url.rstrip('/')}/invited/{token}"
            try:
                sender.send(invitations.mail_to(to, url, until))
                said = {"sent": True}
            except NotSent as failed:
                said["failed"] = failed.why
    with frame.look() as seen:
        called = seen.words.office(ref, held.today)
        return frame.render(
            "desk/coming_in/invite.html",
            look=seen,
            ref=ref,
            called=called,
            to=to if sender else None,
            until=until.astimezone(LONDON),
            known=known,
            **said,
        )


@pages.get("/invited/<token>")
@public
def form(token: str) -> Response:
    """Show what the inspection opens and until when, and ask by what they will sign in."""
    return _page(token)


@pages.post("/invited/<token>")
@public
def accept(token: str) -> Response | Redirect:
    """Make the account and let them in, to where an inspector begins."""
    email, held = request.form.get("email", "").strip(), worker()
    try:
        with held.desk() as conn:
            who = invitations.accept(conn, held.board, token, email, request.form.get("password", ""))
    except (WeakPassword, NotAMailAddress, AccountExists) as refused:
        return _page(token, email=email, refused=refused)
    return let_in(who, FIRST_PAGE)


def _page(token: str, *, email: str = "", refused: Refused | None = None) -> Response:
    held = worker()
    with held.desk() as conn:
        office, inspection = invitations.look(conn, held.board, token)
    with held.reader() as conn:
        words = words_of_today(conn)
        called, agency = words.office(office, held.today), words.body(inspection.agency) if inspection.agency else None
    return frame.render(
        "desk/coming_in/invited.html",
        status=status_of(type(refused)) if refused else 200,
        token=token,
        inspection=inspection,
        office=called,
        agency=agency,
        email=email,
        least=accounts.LEAST_PASSWORD,
        provider=urlsplit(held.config.oidc_issuer or "").hostname,
        refusal=refused.message if refused else None,
    )
