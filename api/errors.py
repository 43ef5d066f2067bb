"""How a refusal leaves the house: one table from refusals to statuses, problem+json (RFC 9457) for programs, a page for people.

A problem's `type` is `/problems/<code>`, the code being the refusal's stable name; what stands there explains it. Only the facts
that its sentence already tells are repeated as members. Nobody is ever shown a traceback; the log has it under the reference.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from string import Formatter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from eventsourcing import persistence
from flask import Blueprint, Flask, Response, current_app, g, jsonify, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from psycopg import InterfaceError, OperationalError
from psycopg_pool import PoolClosed, PoolTimeout
from werkzeug.exceptions import ClientDisconnected, HTTPException

from aggregates.errors import Refused
from aggregates.registry.inspection import NoInspectionOpen
from api.access import public
from api.worker import worker
from projections.two_clocks.clocks import OutsideInspection
from service.config import MEBIBYTE
from service.database.connection import disk_full
from service.desk import refusals as desk
from service.ledger import errors as ledger
from service.ledger.keys import CannotUseKeys
from service.ledger.sealed.custody import OpensNothing
from service.ledger.sealed.outside import ErasuresUndone, RecordBehind
from service.ledger.sealed.record import NotAnErasure, RecordMissing, RecordsDiffer, RecordShrunk
from service.recording.evidence.refusals import NotGivenOut, NotLocked, NotWhatWasKept, NotYetShared, StoreAway, TooManyFiles
from service.recording.outside.comparing import KeptDamaged, NotWhatOthersHold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROBLEM_JSON: Final = "application/problem+json"
FOR_PROGRAMS: Final = ("/api/", "/log/", "/health/", "/problems")
AWAY: Final = (OperationalError, InterfaceError, PoolTimeout, PoolClosed, persistence.OperationalError, persistence.InterfaceError)
BLOCK: Final = 1 << 16
HEARD_OUT: Final = 512 * MEBIBYTE  # of a body that is too large
OVERLOADED: Final = "5"  # seconds after which it is worth asking again


class Unreadable(Refused):
    """What was sent is not in a form that can be read."""

    text = "{where} cannot be read: {why}"


class UnsupportedKind(Refused):
    """The body is of a kind that this address does not take."""

    text = "This address takes {takes}, not {sent}"


class IdempotencyKeyMissing(Refused):
    """Every POST carries an Idempotency-Key, so that repeating it is harmless."""

    text = "Send an Idempotency-Key of 1 to 255 printable ASCII characters: a new one for each act, the same one when you repeat it"


class IfMatchMissing(Refused):
    """What exists is changed only by somebody who says which version of it they saw."""

    text = "Send If-Match with the ETag of {ref} that you saw, so that nothing is recorded over what you have not seen"


class FormTokenMissing(Refused):
    """A request in a session's name does not prove that it comes from our own page."""

    text = "This request does not carry the token of its page (csrf_token, or the header X-CSRFToken): load the page again and repeat it"


class DatabaseAway(Refused):
    """The database does not answer."""

    text = (
        "The database does not answer. Nothing that was recorded is lost. Try again in a few seconds with the same Idempotency-Key: "
        "nothing is recorded twice. Whoever runs the service: look at /health/ready"
    )


class NotTaken(Refused):
    """The ledger itself did not take the entry."""

    text = "The ledger did not take this: {why}. Nothing was recorded"


class KeysUnusable(Refused):
    """The service cannot open its keys, so it can neither record nor prove."""

    text = "The service cannot open its keys. Whoever runs it: its log says which, and the runbook for a lost key says what to do"


class RecordingStopped(Refused):
    """What is stored is not what was recorded, so nothing is built upon it."""

    text = "The service has found that what is stored is not what was recorded, and records nothing more until that is settled"


STATUS: Final[dict[type[Refused], HTTPStatus]] = {
    desk.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    desk.WrongCredentials: HTTPStatus.UNAUTHORIZED,
    **dict.fromkeys((desk.NotAllowed, desk.NotInOffice, desk.OnlyTheBoardManager), HTTPStatus.FORBIDDEN),
    **dict.fromkeys((NoInspectionOpen, OutsideInspection), HTTPStatus.FORBIDDEN),
    **dict.fromkeys((desk.InRehearsal, desk.RehearsesOnly, desk.BeyondTheirOffice), HTTPStatus.FORBIDDEN),
    **dict.fromkeys((desk.NotFound, desk.DoorShut, desk.UnknownCommand), HTTPStatus.NOT_FOUND),
    **dict.fromkeys((desk.AlreadyExists, desk.MovedUnderneath, desk.AlreadyEstablished, desk.ClockWentBack), HTTPStatus.CONFLICT),
    desk.StaleVersion: HTTPStatus.PRECONDITION_FAILED,
    **dict.fromkeys((desk.TooLarge, TooManyFiles), HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    NotGivenOut: HTTPStatus.FORBIDDEN,
    NotYetShared: HTTPStatus.CONFLICT,
    **dict.fromkeys((NotLocked, NotWhatWasKept, StoreAway, NotWhatOthersHold, KeptDamaged), HTTPStatus.SERVICE_UNAVAILABLE),
    desk.NoRoom: HTTPStatus.INSUFFICIENT_STORAGE,
    desk.TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    **dict.fromkeys((desk.NotEstablished, ErasuresUndone, OpensNothing, RecordBehind), HTTPStatus.SERVICE_UNAVAILABLE),
    **dict.fromkeys((NotAnErasure, RecordMissing, RecordsDiffer, RecordShrunk), HTTPStatus.SERVICE_UNAVAILABLE),
    **dict.fromkeys((Unreadable, IdempotencyKeyMissing, FormTokenMissing), HTTPStatus.BAD_REQUEST),
    UnsupportedKind: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    IfMatchMissing: HTTPStatus.PRECONDITION_REQUIRED,
    NotTaken: HTTPStatus.CONFLICT,
    **dict.fromkeys((DatabaseAway, KeysUnusable, RecordingStopped), HTTPStatus.SERVICE_UNAVAILABLE),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, for whoever renders it. `reference` finds it in the service's log."""

    code: str
    title: str
    status: int
    detail: str
    rule: str = ""
    source: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    reference: str | None = None

    def body(self) -> dict[str, Any]:
        """Return the members of RFC 9457, then ours."""
        said = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": quote(request.path),
            "rule": self.rule,
            "source": self.source,
            "facts": self.facts,
            "reference": self.reference,
        }
        return {name: value for name, value in said.items() if value not in ("", None, {})}


def status_of(refusal: type[Refused]) -> HTTPStatus:
    """Return the status of a refusal: its own, that of the refusal it is a kind of, or 422."""
    return next((STATUS[kind] for kind in refusal.__mro__ if kind in STATUS), HTTPStatus.UNPROCESSABLE_ENTITY)


def problem_of(refused: Refused) -> Problem:
    """Say a refusal as a problem."""
    kind, headers = type(refused), {}
    status = status_of(kind)
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="muniment"'
    elif isinstance(refused, desk.TooManyAttempts):
        headers["Retry-After"] = str(refused.facts["seconds"])
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = OVERLOADED
    told = {name: _plain(refused.facts[name]) for _, name, _, _ in Formatter().parse(kind.text) if name in refused.facts}
    return Problem(kind.code(), title_of(kind), status, refused.message, kind.rule, kind.source, told, headers, _reference(status))


def title_of(refusal: type[Refused]) -> str:
    """Return a refusal in a sentence that is true of every instance: the first line of its docstring."""
    return (refusal.__doc__ or refusal.__name__).partition("\n")[0].rstrip(".")


def every_refusal(kind: type[Refused] = Refused) -> Iterator[type[Refused]]:
    """Walk the refusals that this process knows."""
    for child in kind.__subclasses__():
        yield from (child, *every_refusal(child))


def _plain(value: Any) -> Any:
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value if isinstance(value, (str, int, bool)) or value is None else str(value)


def _reference(status: int) -> str | None:
    return g.get("request_id") if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None


def _http_problem(error: HTTPException) -> Problem:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    detail = "There is nothing at this address" if status == HTTPStatus.NOT_FOUND else error.description or status.phrase
    code = re.sub(r"[^a-z]+", "-", status.phrase.lower())
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After", "Content-Range"}}
    return Problem(code, status.phrase, status, detail, headers=headers, reference=_reference(status))


def answer(problem: Problem) -> Response:
    """Render a problem for whoever asked: a page for a browser, problem+json for everybody else."""
    if problem.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        _hear_out()
    page: Callable[[Problem], Response] | None = current_app.extensions.get("problem_page")
    if page is not None and not request.path.startswith(FOR_PROGRAMS) and request.accept_mimetypes.accept_html:
        response = page(problem)
    else:
        response = Response(json.dumps(problem.body(), ensure_ascii=False), mimetype=PROBLEM_JSON)
    response.status_code = problem.status
    response.headers.update(problem.headers)
    g.problem = problem.code
    return response


def show_pages_with(app: Flask, page: Callable[[Problem], Response]) -> None:
    """Let people see a page where programs get problem+json. The status and the headers are set for it."""
    app.extensions["problem_page"] = page


def install(app: Flask) -> None:
    """Handle whatever a view raises."""
    app.register_error_handler(Refused, lambda refused: answer(problem_of(refused)))
    app.register_error_handler(CSRFError, lambda _: answer(problem_of(FormTokenMissing())))
    app.register_error_handler(ClientDisconnected, lambda _: answer(problem_of(Unreadable(where="What was sent", why="it breaks off"))))
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(ledger.LedgerDamaged, _logged(RecordingStopped))
    app.register_error_handler(ledger.Refusal, lambda error: answer(problem_of(NotTaken(why=str(error)))))
    app.register_error_handler(CannotUseKeys, _logged(KeysUnusable))
    for away in AWAY:
        app.register_error_handler(away, _on_away)
    app.register_blueprint(explained)


def _on_away(error: Exception) -> Response:
    return _logged(desk.NoRoom if disk_full(error) else DatabaseAway)(error)


def _on_http(error: HTTPException) -> Response | HTTPException:
    if error.code is not None and error.code < HTTPStatus.BAD_REQUEST:
        return error  # a redirect is no problem
    if error.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        limit = min(request.max_content_length or 0, worker().config.max_upload)
        return answer(problem_of(desk.TooLarge(what="What was sent", limit=f"{limit // MEBIBYTE} MB")))
    return answer(_http_problem(error))


def _hear_out() -> None:
    """Let a client finish sending what is too large: whoever is still sending when the connection closes never hears why."""
    left = HEARD_OUT
    with suppress(OSError):  # who stops sending can still be told
        while left > 0 and (block := request.environ["wsgi.input"].read(BLOCK)):
            left -= len(block)


def _logged(refusal: type[Refused]) -> Callable[[Exception], Response]:
    def handler(error: Exception) -> Response:
        current_app.logger.error("%s: %s", refusal.code(), error, exc_info=error)
        return answer(problem_of(refusal()))

    return handler


explained = Blueprint("problems", __name__, url_prefix="/problems")


@explained.get("")
@public
def problems() -> Response:
    """List every refusal by its code."""
    return jsonify({"problems": [_explanation(kind) for kind in sorted(set(every_refusal()), key=lambda kind: kind.code())]})


@explained.get("/<code>")
@public
def problem(code: str) -> Response:
    """Explain one refusal: what it means, by which rule, and with which status it comes."""
    for kind in every_refusal():
        if kind.code() == code:
            return jsonify(_explanation(kind))
    raise desk.NotFound(kind="problem", ref=code)


def _explanation(kind: type[Refused]) -> dict[str, Any]:
    said = {"type": f"/problems/{kind.code()}", "title": title_of(kind), "status": status_of(kind), "sentence": kind.text}
    return said | {name: value for name, value in (("rule", kind.rule), ("source", kind.source)) if value}
