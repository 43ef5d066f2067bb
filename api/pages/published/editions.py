"""What was signed: the editions of the reports, and the data of each, which are a file that never changes."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aggregates.returns import report
from api.worker import worker
from projections import returns
from projections.two_clocks import tracking
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from projections.returns import Edition


def every(conn: Connection[Any], period: str | None = None) -> list[Edition]:
    """Return every edition on record, the newest first; of one year where it is named."""
    return returns.editions(conn, as_at=worker().today, known_at=tracking.head(conn), period=period)


def one(conn: Connection[Any], period: str, number: int | None) -> tuple[Edition, Edition]:
    """Return an edition, the newest where none is named, and the newest; refuse what is not on record."""
    found = every(conn, period)
    wanted = next((edition for edition in found if number in {None, edition.edition}), None)
    if wanted is None:
        raise NotFound(kind="published report", ref=period if number is None else f"{period}, edition {number}")
    return wanted, found[0]


def data(edition: Edition) -> bytes:
    """Return the bytes that were signed, as they are kept under their hash."""
    with worker().board.evidence.open(edition.sha256) as file:
        return file.read()


def document(edition: Edition) -> dict[str, Any]:
    """Return the report of an edition."""
    read: dict[str, Any] = json.loads(data(edition))
    return read


def rebuilt(conn: Connection[Any], edition: Edition) -> bool | None:
    """Say whether the log gives the same bytes again; None where other rules than today's built them."""
    return returns.built_again(conn, edition) if edition.made_by == report.MADE_BY else None


def cited(editions: Sequence[Edition]) -> frozenset[int]:
    """Return the positions of the events that stand behind something that was published."""
    return _cited(tuple(editions))


@lru_cache(32)
def _cited(editions: tuple[Edition, ...]) -> frozenset[int]:
    return frozenset(int(at) for edition in editions for at in document(edition)["events"]) | {edition.event for edition in editions}
