"""Who is calling, and whether they may: each view declares its access, and one that does not is refused when the service starts.

A page's caller has a session cookie, a program sends `Authorization: Bearer muniment_…`. What is asked in a session's name with any
method but GET carries the token of its page (`csrf_token`, or the header `X-CSRFToken`); an API key is proof by itself. What a member
may then read is a `Scope`: another agency's record does not exist for a designated lead.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

from flask import current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]

from api.worker import worker
from service.desk import accounts, authority
from service.desk.coming_in import signed_requests, throttle
from service.desk.coming_in.refusals import PagesAreForPeople, RequestNotSigned
from service.desk.refusals import InRehearsal, NotAllowed, NotSignedIn
from service.desk.roles import RIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask, Request, Response

    from api.resources.answering.bodies import Upload
    from service.config import Config
    from service.desk.accounts import Caller
    from service.desk.authority import Scope

Access: TypeAlias = str  # "public", "account", "member", "operator", or a right by its name
View = TypeVar("View", bound="Callable[..., Any]")

SESSION_COOKIE: Final = "muniment_session"
SCHEME: Final = "Bearer "
PROGRAMS: Final = "/api/"  # where keys act, and nowhere else
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
SECRET_BYTES: Final = 32
# What machines ask for often, and what is the same for everybody; None: files, and what is not there. None of it needs the database.
UNCOUNTED: Final = frozenset({None, "health", "problems", "openapi"})
csrf = CSRFProtect()


class UndeclaredAccess(Exception):  # noqa: N818 - a refusal to start
    """A view does not say who may use it."""

    def __init__(self, endpoint: str) -> None:
        """Take the view's endpoint."""
        super().__init__(f"{endpoint} does not declare its access: @public, @account, @member, @operator or @needs")
        self.endpoint = endpoint


class NoSecret(Exception):  # noqa: N818 - a refusal to start
    """The key that signs the cookies of forms is missing, or not secret."""

    def __init__(self, path: Path, why: str) -> None:
        """Take where it should be, and what is wrong."""
        super().__init__(f"{path} {why}")
        self.path, self.why = path, why


def _declared(access: Access) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]  # functions carry what is declared of them
        return view

    return declare


public = _declared("public")  # anybody
account = _declared("account")  # whoever is signed in or sends an API key, in an office or in none
member = _declared("member")  # whoever is so and acts in an office: what it may read, `reading` says; what it may do, the command
operator = _declared("operator")  # whoever runs the service


def needs(right: str) -> Callable[[View], View]:
    """Declare a view that a right is needed for, of those in `service.desk.roles`."""
    assert right in RIGHTS, right  # noqa: S101 - our own words, when the service starts
    return _declared(right)


def check_declared(app: Flask) -> None:
    """Refuse to start with a view that does not declare its access."""
    for endpoint, view in app.view_functions.items():
        if getattr(view, "access", None) is None:
            raise UndeclaredAccess(endpoint)


def caller() -> Caller | None:
    """Return who is calling, or None. Refuses an API key that is not valid, rather than let its bearer pass as nobody."""
    if "caller" not in g:
        g.caller = _of_key() if "Authorization" in request.headers else _of_session()
    found: Caller | None = g.caller
    return found


def signed_in() -> Caller:
    """Return who is calling, or refuse."""
    found = caller()
    if found is None:
        raise NotSignedIn
    return found


def reading() -> Scope:
    """Return what the caller may read, judged by the register of offices as it is today."""
    if "scope" not in g:
        held = worker()
        g.scope = authority.scope(held.board, signed_in(), today=held.today)
    found: Scope = g.scope
    return found


def own_office() -> str | None:
    """Return the office whose own matters the caller is shown beside their agency's: in a rehearsal none, for an inspector has none."""
    return None if reading().rehearses else signed_in().office


def opens(kind: str, ref: str) -> bool:
    """Say whether the caller may see what is restricted or personal in a thing; an inspector's opening of it is noted (INV-41).

    Of a rehearsal none is: nothing is disclosed to who may read it every day.
    """
    scope = reading()
    if scope.restricted and scope.inspection and not scope.rehearses:
        g.setdefault("opened", set()).add(f"{kind}:{ref}")
    return scope.restricted


def record_openings() -> None:
    """Put on record what an inspector opens, before the answer goes out: what cannot be recorded is not shown."""
    if opened := g.pop("opened", None):
        held = worker()
        who = signed_in()
        acting = authority.acting(held.board, who, who.office, None, occurred_on=held.today, today=held.today)
        held.board.disclose(sorted(opened), acting=acting, occurred_on=held.today)


def _of_key() -> Caller:
    sent = request.headers["Authorization"]
    key = sent.removeprefix(SCHEME).strip()
    if not sent.startswith(SCHEME) or not key.startswith(accounts.KEY_PREFIX):
        raise NotSignedIn
    with worker().desk() as conn:
        return accounts.caller_of_key(conn, key)


def _of_session() -> Caller | None:
    token = request.cookies.get(SESSION_COOKIE)
    if not token:
        return None
    with worker().desk() as conn:
        return accounts.caller_of_session(conn, token)


def client() -> str:
    """Return by what whoever asks is told from others who are not signed in either."""
    return throttle.client(request.remote_addr)


def count_strangers() -> None:
    """Refuse whoever is not signed in and asks too often: before every request."""
    if request.blueprint in UNCOUNTED:
        return
    try:
        known = caller()
    except NotSignedIn:
        known = None  # a key that is not valid is nobody's; whether that matters, the view says
    if known is None:
        with worker().desk() as conn:
            throttle.count(conn, throttle.ASKING_FROM, client())


def admit() -> None:
    """Let a request through to its view, or refuse it: before every request."""
    if request.endpoint is None:
        return  # there is no such address, or not for this method: Flask says so
    access: Access = getattr(current_app.view_functions[request.endpoint], "access", "")  # `check_declared` has seen to it
    if access == "operator" and not signed_in().may_operate:
        raise NotAllowed(who="Somebody who does not run the service", act="do this", roles=["operators"])
    if access in {"account", "member"}:
        signed_in()
    if access in RIGHTS:
        authority.check(worker().board, signed_in(), access, today=worker().today)
    if request.method not in SAFE:
        _check_meant()
        _check_no_rehearsal(access)


def _check_meant() -> None:
    """Refuse what nobody meant to ask for: what another site has a browser send, and what a program has not signed that signs."""
    if "Authorization" not in request.headers:
        csrf.protect()
    elif not request.path.startswith(PROGRAMS):
        raise PagesAreForPeople
    elif (who := caller()) and who.program and who.program.public_key:
        if request.mimetype == "multipart/form-data":
            raise RequestNotSigned(why="a file is sent alone first, as the whole body of a request to /api/v1/evidence, and then cited")
        sent = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path
        url = sent if sent.startswith("http") else f"{request.scheme}://{request.host}{sent}"
        command: Any = getattr(current_app.view_functions[request.endpoint or ""], "command", None)
        keeps_body = not (command and command.is_personal)
        body = None if cast("Upload", request).is_file else request.get_data()
        asked = signed_requests.Asked(request.method, url, dict(request.headers), body, keeps_body)
        with worker().desk() as conn:
            g.signed = signed_requests.check(conn, who, asked)


def _check_no_rehearsal(access: Access) -> None:
    """Refuse in a rehearsal what an inspector could not do: whatever is recorded, and whatever leaves something for an office.

    One's own account is one's own all the same.
    """
    if access not in {"public", "account"} and (who := caller()) and who.rehearses:
        raise InRehearsal


def remember(response: Response, token: str) -> None:
    """Give a browser its session, and with it another token of forms, which nobody can have known before."""
    session.clear()
    renew(response, token)


def renew(response: Response, token: str) -> None:
    """Give a browser its session under another token; the forms that are open in it can still be sent."""
    response.set_cookie(SESSION_COOKIE, token, max_age=accounts.SESSION, httponly=True, samesite="Lax", secure=request.is_secure, path="/")


def forget(response: Response) -> None:
    """Take a browser's session from it."""
    response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Lax", secure=request.is_secure, path="/")


class FormCookie(SecureCookieSessionInterface):
    """Flask's own cookie, which travels over https alone where there is https.

    Here it holds the token of forms, and what was begun at an OpenID provider: signed, and of use to nobody else.
    """

    def open_session(self, app: Flask, request: Request) -> Any:
        """Open what the cookie holds; without one there is nothing to open, and no need of a key."""
        return super().open_session(app, request) if self.get_cookie_name(app) in request.cookies else self.session_class()

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 - Flask's signature
        """Say whether the cookie is for https alone."""
        return request.is_secure


def install(app: Flask) -> None:
    """Ask of every request who is calling."""
    app.config |= {
        "SECRET_KEY": load_secret(app.extensions["muniment"].config),
        "SESSION_COOKIE_NAME": "muniment_form",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_CHECK_DEFAULT": False,  # `admit` asks, because an API key needs no token
        "WTF_CSRF_TIME_LIMIT": int(accounts.SESSION.total_seconds()),
    }
    app.session_interface = FormCookie()
    csrf.init_app(app)
    app.before_request(count_strangers)
    app.before_request(admit)


def secret_path(config: Config) -> Path:
    """Return where the key that signs the cookies of forms is kept."""
    return config.data / "keys" / "web.key"


def create_secret(config: Config) -> None:
    """Make that key beside the others, unless there is one: 32 random bytes that only its owner can read."""
    path = secret_path(config)
    if path.exists():
        return
    new = path.with_suffix(".new")  # whole or not at all
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)


def load_secret(config: Config) -> bytes:
    """Return that key; refuse one that is missing, short or open to others."""
    path = secret_path(config)
    if not path.is_file():
        raise NoSecret(path, "is missing: `muniment init` makes it")
    if path.stat().st_mode & 0o077:
        raise NoSecret(path, "can be read by others: chmod 600")
    secret = path.read_bytes()
    if len(secret) < SECRET_BYTES:
        raise NoSecret(path, f"is shorter than {SECRET_BYTES} bytes")
    return secret
