"""One's own account: by which address one signs in, and where one is signed in now; each session can be ended, and all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request

from aggregates.errors import Refused
from api import access
from api.access import SESSION_COOKIE, forget, signed_in
from api.errors import status_of
from api.pages import frame
from api.pages.acting.possible import acting_or_nobody
from api.pages.desk.sign_in import let_in, words_of_today
from api.worker import worker
from service.commands import COMMANDS
from service.desk import accounts, roles
from service.desk.coming_in import identities, programs

if TYPE_CHECKING:
    from uuid import UUID

    from werkzeug.wrappers import Response as Redirect

    from api.pages.frame.words import Words
    from service.desk.accounts import Session

pages = Blueprint("account", __name__)

HERE = "/account"


@pages.get(HERE)
@access.account
def account() -> Response:
    """Show one's own account."""
    return _page()


@pages.post(f"{HERE}/password")
@access.account
def set_password() -> Response | Redirect:
    """Set another password, for whoever knows the one that there is: every session ends, and this browser gets a new one."""
    who = signed_in()
    try:
        with worker().desk() as conn:
            known = accounts.sign_in(conn, who.email, request.form.get("current", ""), client=access.client())
            accounts.set_password(conn, known.account, request.form.get("password", ""))
    except Refused as refused:
        return _page(refused)
    return let_in(known, HERE)


def _page(refused: Refused | None = None) -> Response:
    who, today = signed_in(), worker().today
    with worker().desk() as conn:
        open_now = accounts.sessions_of(conn, who.account, _token())
        issuers = [urlsplit(issuer).hostname for issuer in identities.issuers_of(conn, who.account)]
        password = accounts.has_password(conn, who.account)
    with worker().reader() as conn:
        words = words_of_today(conn)
        sessions = [_told(one, words) for one in open_now]
        offices = [words.office(ref, today) for ref in words.held_by(who.person, today)]
    return frame.render(
        "desk/account.html",
        status=status_of(type(refused)) if refused else 200,
        email=who.email,
        issuers=issuers,
        offices=offices,
        may=_may(),
        sessions=sessions,
        password=password,
        least=accounts.LEAST_PASSWORD,
        refusal=refused.message if refused else None,
    )


def _may() -> dict[str, bool]:
    """Return for which keys the office in which somebody acts has a use: to sign what they record, to record by a program, or to read."""
    role = acting.role if (acting := acting_or_nobody()) else None
    return {
        "sign": COMMANDS["enrol_signing_key"].open_to(role),
        "record": programs.records(role),
        "read": roles.may(role, "keys of programs"),
    }


@pages.post(f"{HERE}/sessions/<uuid:session>/end")
@access.account
def end_session(session: UUID) -> Redirect:
    """End one of one's own sessions, wherever it is open; another's is not there to end."""
    with worker().desk() as conn:
        accounts.end_session(conn, signed_in().account, session)
    return redirect(HERE, code=303)


@pages.post(f"{HERE}/sessions/end")
@access.account
def end_every_session() -> Redirect:
    """Sign out everywhere, here too."""
    with worker().desk() as conn:
        accounts.close_sessions(conn, signed_in().account)
    response = redirect("/sign-in", code=303)
    forget(response)  # type: ignore[arg-type]  # werkzeug's response and Flask's are the same here
    return response


def _token() -> str:
    return request.cookies.get(SESSION_COOKIE, "")


def _told(one: Session, words: Words) -> dict[str, Any]:
    return {
        "id": one.id,
        "browser": one.browser,
        "office": words.office(one.office, worker().today) if one.office else None,
        "opened": worker().told(one.created_at),
        "used": worker().told(one.last_used_at),
        "rehearses": one.rehearses,
        "mine": one.mine,
    }
