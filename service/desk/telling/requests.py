"""Has the data protection officer told of what people ask: as it comes, unless they took it down themselves, and before its last day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from aggregates.clocks.dates import LONDON, london
from aggregates.registry.data_subject import DataSubject
from service.commands import OFFICER

if TYPE_CHECKING:
    from uuid import UUID

    from psycopg import Connection

    from service.ledger.reading import Verified
    from service.recording.across.holding import Holding

REQUESTS: Final = (DataSubject.ErasureRequested.TOPIC, DataSubject.AccessRequested.TOPIC)
BEFORE: Final = timedelta(days=7)  # before the day by which it is to be answered
LATELY: Final = timedelta(days=60)  # past what the law gives, and its reminder
OF_REQUESTS: Final = """
    SELECT m.position, m.sent_at, e.stream FROM desk.mail m JOIN ledger.event e USING (position)
     WHERE e.topic = ANY (%s) AND (m.sent_at IS NULL OR m.sent_at > %s)"""


def told_of(board: Holding, request: Verified, now: datetime) -> tuple[str, datetime] | None:
    """Return the office that is told of a request, and from when on; None where nothing waits any more, or nobody holds the office."""
    day = london(now.timestamp())
    seats = ((ref, term) for ref, state in board.seats().items() if (term := state.holder_on(day)))
    office = next((ref for ref, term in sorted(seats) if term.role == OFFICER), None)
    soon = _remind_at(board, request.stream)
    if office is None or soon is None:
        return None
    return office, soon if request.fields.get("by_office") == office else now


def remind(conn: Connection[tuple[object, ...]], board: Holding, now: datetime) -> None:
    """Have it told again where a request is about to be due, and not told where nothing waits any more."""
    for position, sent_at, stream in conn.execute(OF_REQUESTS, (list(REQUESTS), now - LATELY)).fetchall():
        soon = _remind_at(board, stream)  # type: ignore[arg-type]
        if soon is None and sent_at is None:
            conn.execute("UPDATE desk.mail SET sent_at = %s, failed = 'nothing waits any more' WHERE position = %s", (now, position))
        elif soon is not None and sent_at is not None and sent_at < soon <= now:  # type: ignore[operator]
            conn.execute("UPDATE desk.mail SET sent_at = NULL, tries = 0, next_try = %s WHERE position = %s", (now, position))


def _remind_at(board: Holding, stream: UUID) -> datetime | None:
    """Return from when on what waits about somebody is told again, the earliest; None where nothing waits."""
    state = board.load(DataSubject, str(stream)).state
    if state is None:
        return None
    owed = (*state.access_asked, *(() if state.erased_on else (state.asked, state.granted)))
    waits = [one.due_on for one in owed if one and one.due_on]
    return datetime.combine(min(waits) - BEFORE, time(), LONDON) if waits else None
