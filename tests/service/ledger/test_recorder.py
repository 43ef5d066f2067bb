"""The event-sourcing library's own promises about a recorder, kept by ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from eventsourcing.persistence import Notification, StoredEvent
from eventsourcing.tests import persistence

from service.database.connection import datastore
from service.desk.coming_in import held
from service.ledger.sealed import Subjects
from service.ledger.store import LedgerRecorder
from service.verify import unb64url
from tests.service.ledger.sample import KEY, LOG_KEY, ORIGIN, WRAPPING_KEY, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.config import Config

BEFORE = 1  # the library expects an empty log; ours begins with the entry that establishes it


class PlainRecorder(LedgerRecorder):
    """Our recorder, for callers who hand in any bytes as an event: each becomes the one field of a signed statement."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Sign and append."""
        return [position - BEFORE for position in super().insert_events([self._signed(event) for event in stored_events], **kwargs)]

    def select_events(self, *args: Any, **kwargs: Any) -> Sequence[StoredEvent]:
        """Read the bytes again."""
        return [
            StoredEvent(event.originator_id, event.originator_version, event.topic, _bytes(event.state))
            for event in super().select_events(*args, **kwargs)
        ]

    def select_notifications(
        self, start: int | None, limit: int, stop: int | None = None, *args: Any, **kwargs: Any
    ) -> Sequence[Notification]:
        """Read them in the log's order."""
        begin, end = (start or 0) + BEFORE, None if stop is None else stop + BEFORE
        if start is None:
            begin, kwargs = BEFORE, kwargs | {"inclusive_of_start": False}
        return [
            Notification(n.originator_id, n.originator_version, n.topic, _bytes(n.state), n.id - BEFORE)
            for n in super().select_notifications(begin, limit, end, *args, **kwargs)
        ]

    def max_notification_id(self) -> int | None:
        """Count without the first entry."""
        return (super().max_notification_id() or BEFORE) - BEFORE or None

    def _signed(self, event: StoredEvent) -> StoredEvent:
        stream, version = event.originator_id, event.originator_version
        state = KEY.attest(event.topic, str(stream), version, self.seen(), {"state": event.state.decode()})
        return StoredEvent(stream, version, event.topic, state)


def _bytes(state: bytes) -> bytes:
    return json.loads(unb64url(state.decode().split("~")[1]))[2].encode()


class TestLibrary(persistence.ApplicationRecorderTestCase):
    """The library's suite, as it is."""

    @pytest.fixture(autouse=True)
    def _log(self, database: Config):
        with Sample(database) as app:
            app.establish()
        self.datastore = datastore(database.conninfo("writer"))
        self.datastore.pool.resize(1, 24)
        yield
        self.datastore.close()

    def create_recorder(self) -> LedgerRecorder:
        """Make the recorder that the suite tests."""
        return PlainRecorder(self.datastore, LOG_KEY, Subjects(self.datastore, WRAPPING_KEY, ORIGIN, erase_too=held.erase))

    def test_insert_subscribe(self) -> None:
        """A subscriber is told of what is appended while it waits."""
        self.optional_test_insert_subscribe()
