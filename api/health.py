"""Is the service alive, and is it ready: in words, with what to do where it is not. Nothing is told of what is on record."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, jsonify
from psycopg import OperationalError
from psycopg.errors import UndefinedTable
from psycopg_pool import PoolTimeout

from api.access import public
from api.worker import worker
from projections.two_clocks import tracking
from service.config import MEBIBYTE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from psycopg import Connection

FAR_BEHIND: Final = 500  # events: what catch-up does at a time
LEAST_FREE: Final = 512 * MEBIBYTE  # bytes

health = Blueprint("health", __name__, url_prefix="/health")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `do` is empty where nothing is to be done."""

    name: str
    ok: bool
    words: str
    do: str = ""


@health.get("/live")
@public
def live() -> Response:
    """Say that the process answers; a supervisor that hears nothing starts it again."""
    return jsonify({"status": "alive"})


@health.get("/ready")
@public
def ready() -> Response:
    """Say whether requests can be answered, and what to do where they cannot."""
    checks = [*_database(), _disk(worker().config.data)]
    well = all(check.ok for check in checks)
    response = jsonify({"status": "ready" if well else "not ready", "checks": [asdict(check) for check in checks]})
    response.status_code = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
    return response


def _database() -> Iterator[Check]:
    try:
        with worker().reader() as conn:
            size = _size(conn)
            yield Check("database", ok=True, words="The database answers")
            yield Check("log", ok=size > 0, words=f"The log has {size} events", do="" if size else "Run `muniment init`")
            yield _views(conn, size)
    except (OperationalError, PoolTimeout):
        yield Check("database", ok=False, words="The database does not answer", do="Start PostgreSQL, or look at MUNIMENT_DATABASE_URL")


def _size(conn: Connection[Any]) -> int:
    row = conn.execute("SELECT coalesce(max(size), 0) FROM ledger.checkpoint").fetchone()
    return int(row[0]) if row else 0


def _views(conn: Connection[Any], size: int) -> Check:
    """Compare the log with the views. What a view stumbled over is told in the service's log, not here."""
    try:
        reached, halted = tracking.head(conn), tracking.halted(conn)
    except UndefinedTable:
        return Check("views", ok=False, words="The views have not been built yet", do="Start `muniment work`")
    if halted:
        words = f"The view {halted[0].projection} stopped at event {halted[0].position}; nothing newer is shown"
        return Check("views", ok=False, words=words, do="See why in the log of `muniment work`, then follow the runbook")
    behind = size - reached
    words = f"The views show event {reached} of {size}"
    return Check("views", ok=behind <= FAR_BEHIND, words=words, do="Is `muniment work` running?" if behind > FAR_BEHIND else "")


def _disk(data: Path) -> Check:
    free = shutil.disk_usage(data).free
    words = f"{free // MEBIBYTE} MB are free where the data are kept"
    return Check("disk", ok=free >= LEAST_FREE, words=words, do="" if free >= LEAST_FREE else "Make room before anything is recorded")
