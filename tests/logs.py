"""Logs for tests of the views: decoded entries made from aggregates' events, without signing and without a ledger.

Each entry is numbered, timed and given a leaf; personal values become pointers, as they do on their way out of the ledger.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg

from aggregates.entry.fields import to_json
from aggregates.entry.values import Sealed
from projections.two_clocks import catch_up
from projections.two_clocks.decoded_log import Decoded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from projections.two_clocks.timeline import Projection
    from service.config import Config

BEGINNING = datetime(2016, 1, 4, 9, 0, tzinfo=UTC)


class Log:
    """Entries in the order of recording. Unless told, each is recorded a minute after the one before it."""

    def __init__(self, beginning: datetime = BEGINNING) -> None:
        """Begin empty."""
        self.entries: list[Decoded] = []
        self.clock = beginning
        self.versions: dict[UUID, int] = {}

    def record(self, aggregate: Any, at: datetime | None = None) -> int:
        """Put an aggregate's new events on record; return the position of the last."""
        for event in aggregate.collect_events():
            self.say(event.originator_id, type(event), event.said, at)
        return len(self.entries)

    def live(self, aggregate: Any) -> int:
        """Put an aggregate's new events on record, each on the day on which it is true; return the position of the last."""
        for event in aggregate.collect_events():
            noon = datetime.combine(event.occurred_on, BEGINNING.time(), UTC) + timedelta(seconds=len(self.entries))
            self.say(event.originator_id, type(event), event.said, noon)
        return len(self.entries)

    def say(self, stream: UUID, event: Any, said: Mapping[str, Any], at: datetime | None = None) -> int:
        """Put one event on record, whatever its aggregate thinks of it; return its position."""
        self.clock = at or self.clock + timedelta(minutes=1)
        position = len(self.entries) + 1
        self.versions[stream] = version = self.versions.get(stream, 0) + 1
        leaf = hashlib.sha256(str(position).encode()).digest()
        fields = {name: _pointer(value) for name, value in to_json(event, said).items()}
        header = (position, stream, version, event.TOPIC, self.clock, "service-attested", "service.severnbrook.example", "thumbprint")
        self.entries.append(Decoded(*header, leaf, f"jti-{position}", fields))
        return position

    def source(self, after: int, limit: int) -> Sequence[Decoded]:
        """Hand entries to catch-up."""
        return self.entries[after : after + limit]


def _pointer(value: Any) -> Any:
    if isinstance(value, Sealed):
        return {"sealed": str(value.subject)}
    if isinstance(value, list):
        return [_pointer(one) for one in value]
    return value


def create_views(database: Config) -> None:
    """Create every view, before its first entry."""
    with projector(database) as conn:
        catch_up.create_all(conn)


def projector(database: Config) -> psycopg.Connection[Any]:
    """Connect as catch-up does."""
    return psycopg.connect(database.conninfo("projector"), autocommit=True)


def catch_up_with(conn: psycopg.Connection[Any], log: Log, views: Sequence[Projection] | None = None, limit: int = 500) -> int:
    """Bring the views in step with a log."""
    return catch_up.catch_up(conn, log.source, catch_up.VIEWS if views is None else views, limit=limit)
