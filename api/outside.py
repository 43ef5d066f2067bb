"""What every answer carries and what every request leaves in the log.

Security headers, a request id, and one JSON line a request: never a body, a query, a cookie, a key or a link's token.
"""

from __future__ import annotations

import re
import secrets
import sys
import time
import uuid
from typing import TYPE_CHECKING, Any, Final

import structlog
from flask import g, request

from api.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response

# A script runs where its tag carries this answer's nonce, and nowhere else: not even one of our own that somebody put into a page.
POLICY: Final = "default-src 'self'; script-src {scripts}; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
NONCE_BYTES: Final = 16
YEAR: Final = 31_536_000  # seconds
TOKEN: Final = re.compile(r"/(enter|invited|new-password|take-part)/+[^/]+")  # where a link's token stands: whoever has it comes in
REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")


def nonce() -> str:
    """Return what the scripts of this answer carry: random, and another one in each answer."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(NONCE_BYTES)
    found: str = g.nonce
    return found


def headers(response: Response) -> Response:
    """Set the headers that keep a browser from being used against its user."""
    scripts = f"'nonce-{g.nonce}'" if "nonce" in g else "'none'"
    response.headers.setdefault("Content-Security-Policy", POLICY.format(scripts=scripts))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"
    return response


def path_in_log() -> str:
    """Return the path that was asked for, without the token of a link, also where a mistyped one leads nowhere."""
    return TOKEN.sub(r"/\1/<token>", request.path)


def json_lines(stream: Any = None) -> Any:
    """Return the logger: one JSON object a line."""
    processors: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(),
    ]
    return structlog.wrap_logger(structlog.PrintLogger(stream or sys.stderr), processors=processors).bind()


def _log_exception(app: Flask) -> Callable[[Any], None]:
    def log(error: Any) -> None:
        app.logger.error("%s %s: nobody foresaw this", request.method, path_in_log(), exc_info=error)

    return log


def install(app: Flask) -> None:
    """Give every request a number and a line in the log, and its answer the headers."""
    log = json_lines()
    app.log_exception = _log_exception(app)  # type: ignore[assignment]  # Flask's own names the path as it was asked for
    app.jinja_env.globals["nonce"] = nonce

    @app.before_request
    def begin() -> None:
        sent = request.headers.get("X-Request-ID", "")
        g.request_id = sent if REQUEST_ID.match(sent) else uuid.uuid4().hex
        g.begun = time.perf_counter()
        if "\0" in request.path or any("\0" in part for pair in request.args.items(multi=True) for part in pair):
            raise Unreadable(where="The address", why="it holds a NUL")

    @app.after_request
    def end(response: Response) -> Response:
        who = g.get("caller")
        log.info(
            "request",
            request_id=g.get("request_id"),
            method=request.method,
            path=path_in_log(),
            endpoint=request.endpoint,
            status=response.status_code,
            problem=g.get("problem"),
            account=str(who.account) if who else None,
            ms=round((time.perf_counter() - g.begun) * 1000, 1) if "begun" in g else None,
        )
        return headers(response)
