"""What a process remembers of the partnership, so that settling who may act costs no queries.

Authority to record is judged as known at the checkpoint that the statement names as `seen` (ledger §3). What was read is therefore
good as long as nobody else has appended since; that is noticed at the next append, and looked after once a second besides. What
this process itself changes it forgets at once.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from uuid import UUID

    from service.ledger.store import LedgerRecorder

LOOK_EVERY = 1.0  # seconds


class Known:
    """Things that are only read here, by their stream."""

    def __init__(self, recorder: LedgerRecorder) -> None:
        """Begin knowing nothing."""
        self._recorder = recorder
        self._things: dict[UUID, Any] = {}
        self._others, self._looked = recorder.others, 0.0

    def get(self, stream: UUID) -> Any:
        """Return a thing as it was read, or None where it was not, or somebody else may have changed it."""
        if monotonic() - self._looked > LOOK_EVERY:
            self._recorder.look()
            self._looked = monotonic()
        if self._others != self._recorder.others:
            self._others, self._things = self._recorder.others, {}
        return self._things.get(stream)

    def put(self, stream: UUID, thing: Any) -> None:
        """Remember a thing."""
        self._things[stream] = thing

    def forget(self, stream: UUID) -> None:
        """Forget a thing that this process has changed."""
        self._things.pop(stream, None)
