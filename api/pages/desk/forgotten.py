"""Another password for whoever does not know theirs: asked for with an address, set by the link that is mailed to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, redirect, request

from aggregates.errors import Refused
from api.access import client, public
from api.errors import status_of
from api.pages import frame
from api.worker import worker
from service.desk import accounts
from service.desk.coming_in import links, resets, throttle
from service.desk.refusals import WeakPassword
from service.desk.telling.mail import mailer

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

pages = Blueprint("forgotten", __name__)


@pages.get("/forgotten")
@public
def form() -> Response:
    """Ask for the address; or say whom to ask, where no mail is sent."""
    return _asking()


@pages.post("/forgotten")
@public
def ask() -> Response:
    """Write down what is asked, and say the same whether or not anybody has this address."""
    email = request.form.get("email", "").strip()
    try:
        accounts.check_address(email)
        with worker().desk() as conn:
            throttle.count(conn, throttle.FORGETTING_FROM, client())
            throttle.count(conn, throttle.FORGETTING, accounts.address(email))
            resets.ask(conn, email, now=_now())
    except Refused as refused:
        return _asking(email=email, refused=refused)
    return _asking(email=email, asked=True)


@pages.get("/new-password/<token>")
@public
def new_password(token: str) -> Response:
    """Ask for the new password, where the link still works; looking uses it not up."""
    with worker().desk() as conn:
        links.look(conn, token, invites=False, now=_now())
    return _setting(token)


@pages.post("/new-password/<token>")
@public
def set_password(token: str) -> Response | Redirect:
    """Set it, end every session of the account, and lead to where one signs in."""
    try:
        with worker().desk() as conn:
            resets.set_password(conn, token, request.form.get("password", ""), now=_now())
    except WeakPassword as refused:
        return _setting(token, refused)
    return redirect("/sign-in?told=password", code=303)


def _now() -> datetime:
    return datetime.fromtimestamp(worker().board.clock(), UTC)


def _asking(*, email: str = "", asked: bool = False, refused: Refused | None = None) -> Response:
    return frame.render(
        "desk/coming_in/forgotten.html",
        status=status_of(type(refused)) if refused else 200,
        mails=mailer(worker().config) is not None,
        email=email,
        asked=asked,
        refusal=refused.message if refused else None,
    )


def _setting(token: str, refused: Refused | None = None) -> Response:
    return frame.render(
        "desk/coming_in/new_password.html",
        status=status_of(type(refused)) if refused else 200,
        token=token,
        least=accounts.LEAST_PASSWORD,
        refusal=refused.message if refused else None,
    )
