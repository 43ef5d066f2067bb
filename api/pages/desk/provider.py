"""Signing in at an OpenID provider: setting out for it, and coming back. What is kept meanwhile is in the signed cookie of forms."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, current_app, redirect, request, session

from aggregates.errors import Refused
from api.access import client, public
from api.pages.desk.invited import FIRST_PAGE
from api.pages.desk.sign_in import let_in, local, sign_in_page
from api.worker import worker
from service.desk.coming_in import identities, invitations, refusals, throttle
from service.desk.coming_in.provider import Begun, Provider

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Redirect

    from service.desk.accounts import Caller

pages = Blueprint("provider", __name__)

KEPT: Final = "provider"
BACK: Final = "sign-in/returned"
STATUS: Final[dict[type[Refused], HTTPStatus]] = {
    refusals.NoProvider: HTTPStatus.NOT_FOUND,
    refusals.NotBegunHere: HTTPStatus.BAD_REQUEST,
    refusals.ProviderRefused: HTTPStatus.FORBIDDEN,
    refusals.ProviderDoubtful: HTTPStatus.SERVICE_UNAVAILABLE,
    refusals.NotKnownHere: HTTPStatus.FORBIDDEN,
    refusals.AddressNotVerified: HTTPStatus.FORBIDDEN,
    refusals.LinkedToAnother: HTTPStatus.FORBIDDEN,
}


@pages.get("/sign-in/provider")
@pages.get("/invited/<token>/provider")
@public
def set_out(token: str | None = None) -> Response | Redirect:
    """Lead to the provider, and keep in this browser alone what it has to answer to; and the invitation of whoever comes by one."""
    following = request.args.get("next", "")
    try:
        provider = _provider()
        with worker().desk() as conn:
            throttle.count(conn, throttle.SIGNING_IN_FROM, client())
        address, begun = provider.begin()
    except Refused as refused:
        return _refused(refused, following)
    session[KEPT] = asdict(begun) | {"next": local(following) if token is None else FIRST_PAGE, "invitation": token}
    return redirect(address, code=303)


@pages.get(f"/{BACK}")
@public
def come_back() -> Response | Redirect:
    """Let in whoever the provider knows and has an account here; what was begun is used up, whatever comes of it."""
    kept = session.pop(KEPT, None)
    try:
        if kept is None:
            raise refusals.NotBegunHere
        following, invitation = kept.pop("next"), kept.pop("invitation")
        who = _proved(Begun(**kept), invitation)
    except Refused as refused:
        return _refused(refused, "")
    return let_in(who, following)


def _proved(begun: Begun, invitation: str | None) -> Caller:
    who, board = _provider().finish(begun, request.args), worker().board
    with worker().desk() as conn:
        if invitation is None:
            found = identities.account_of(conn, who, now=datetime.now(UTC))
        else:
            found = invitations.accept_known(conn, board, invitation, who)
        throttle.uncount(conn, throttle.SIGNING_IN_FROM, client())
    return found


def _provider() -> Provider:
    config = worker().config
    if (it := config.openid) is None:
        raise refusals.NoProvider
    return Provider(it, f"{config.url.rstrip('/')}/{BACK}")


def _refused(refused: Refused, following: str) -> Response:
    """Say why in the form, where there may be another way in; whoever runs the service finds in the log what was wrong."""
    if refused.__cause__ is not None:
        current_app.logger.warning("%s: %s: %s", refused.code(), type(refused.__cause__).__name__, refused.__cause__)
    return sign_in_page(following=following, refused=refused)
