"""Coming in, going out, and in which office one acts; the demonstration's way in, one address for each kind of user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request

from aggregates.errors import Refused
from api.access import SESSION_COOKIE, account, caller, client, forget, public, remember, renew, signed_in
from api.errors import status_of
from api.pages import frame
from api.pages.desk.browsers import family_of
from api.pages.frame.clocks import shown_by_now
from api.pages.frame.words import Words
from api.worker import worker
from service.desk import accounts
from service.desk.refusals import DoorShut, NotInOffice

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg import Connection
    from werkzeug.wrappers import Response as Redirect

    from service.desk.accounts import Caller

pages = Blueprint("sign_in", __name__)

HOME: Final = "/"
ENDED: Final = "Your session has ended. Nothing that you had recorded is lost."
TOLD: Final = {"password": "Your password is set. Sign in with it."}


@pages.get("/sign-in")
@public
def form() -> Response:
    """Show the form."""
    return sign_in_page(following=request.args.get("next", ""), told=TOLD.get(request.args.get("told", "")))


@pages.post("/sign-in")
@public
def sign_in() -> Response | Redirect:
    """Sign in with an e-mail address and a password. Whoever holds one office acts in it; whoever holds more chooses."""
    email, following = request.form.get("email", ""), request.form.get("next", "")
    who = _known(email, request.form.get("password", ""))
    if isinstance(who, Refused):
        return sign_in_page(following=following, email=email, refused=who)
    return let_in(who, following)


def let_in(who: Caller, following: str) -> Redirect:
    """Open a session for somebody who has shown who they are, in the place of any that their browser had, and lead them on."""
    held = offices_of(who.person)
    with worker().desk() as conn:
        accounts.tidy(conn)
        if had := request.cookies.get(SESSION_COOKIE):
            accounts.close_session(conn, had)
        family = family_of(request.headers.get("User-Agent", ""))
        token = accounts.open_session(conn, who.account, held[0] if len(held) == 1 else None, family)
    response = redirect(local(following) if len(held) == 1 else "/office", code=303)
    remember(response, token)  # type: ignore[arg-type]  # werkzeug's response and Flask's are the same here
    return response


@pages.post("/sign-out")
@public
def sign_out() -> Redirect:
    """End the session, here and on the server."""
    if token := request.cookies.get(SESSION_COOKIE):
        with worker().desk() as conn:
            accounts.close_session(conn, token)
    response = redirect(HOME, code=303)
    forget(response)  # type: ignore[arg-type]  # as above
    return response


@pages.get("/office")
@account
def offices() -> Response:
    """Show the offices that the caller holds today, to choose in which to act."""
    return _office_page()


@pages.post("/office")
@account
def act_in() -> Response | Redirect:
    """Act in another office; that its person holds it is asked again at every act."""
    chosen, who = request.form.get("office", ""), signed_in()
    if chosen not in offices_of(who.person):
        return _office_page(NotInOffice(who=who.email, office=chosen or "?", day=worker().today))
    with worker().desk() as conn:
        token = accounts.act_in(conn, request.cookies.get(SESSION_COOKIE, ""), chosen)
    response = redirect(HOME, code=303)
    renew(response, token)  # type: ignore[arg-type]  # as above
    return response


@pages.get("/enter/<token>")
@public
def enter(token: str) -> Redirect:
    """Let somebody into a demonstration by the address that it printed, each time anew; no other log has such a door."""
    held = worker()
    with held.desk() as conn:
        door = accounts.caller_of_session(conn, token) if held.board.demonstration else None
        if door is None:
            raise DoorShut
        opened = accounts.open_session(conn, door.account, door.office, family_of(request.headers.get("User-Agent", "")))
    response = redirect(HOME, code=303)
    remember(response, opened)  # type: ignore[arg-type]  # as above
    return response


def sign_in_page(
    *, following: str = "", email: str = "", refused: Refused | None = None, status: int = 200, told: str | None = None
) -> Response:
    """Return the form, with why it was not possible; `following` is where to go afterwards, `told` what was done just now."""
    ended = bool(request.cookies.get(SESSION_COOKIE)) and caller() is None and refused is None
    return frame.render(
        "desk/sign_in.html",
        status=status_of(type(refused)) if refused else status,
        next=local(following) if following else "",
        email=email,
        refusal=refused.message if refused else None,
        told=told or (ENDED if ended else None),
        provider=urlsplit(worker().config.oidc_issuer or "").hostname,
    )


def local(address: str) -> str:
    """Return an address of this site as it is, and home in place of any other."""
    parts = urlsplit(address)
    ours = address.startswith("/") and not address.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return address if ours and address.isprintable() and "\\" not in address else HOME


def offices_of(person: UUID | None) -> list[str]:
    """Return the offices that a person holds today, as the register of offices shows them."""
    with worker().reader() as conn:
        return words_of_today(conn).held_by(person, worker().today)


def words_of_today(conn: Connection[Any]) -> Words:
    """Return what is called how today, people apart."""
    return Words(conn, as_at=worker().today, known_at=shown_by_now(conn), people=False)


def _known(email: str, password: str) -> Caller | Refused:
    try:
        with worker().desk() as conn:
            return accounts.sign_in(conn, email, password, client=client())
    except Refused as refused:
        return refused


def _office_page(refused: Refused | None = None) -> Response:
    who, today = signed_in(), worker().today
    with worker().reader() as conn:
        words = words_of_today(conn)
        items = [{"value": ref, "text": words.office(ref, today), "hint": _serves(words, ref)} for ref in words.held_by(who.person, today)]
    field = {"name": "office", "label": "Act as", "hint": None, "kind": "choice", "value": who.office, "items": items, "optional": False}
    return frame.render(
        "desk/office.html",
        status=status_of(type(refused)) if refused else 200,
        field=field | {"seen_by": None, "error": None},
        refusal=refused.message if refused else None,
    )


def _serves(words: Words, ref: str) -> str | None:
    term = words.offices[ref].holder_on(worker().today)
    return words.body(term.body) if term and term.body else None
