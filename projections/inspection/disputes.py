"""Which statements are disputed because their key was compromised, and what their holders said of them, as known at a position (ledger §3).

Nothing is void by it: what the Board makes of a repudiated statement it says by retracting it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aggregates.registry import Keys
from aggregates.registry.keys import ANSWERS

if TYPE_CHECKING:
    from psycopg import Connection

COMPROMISED: Final = Keys.SigningKeyCompromised.TOPIC
SAID: Final = """
    SELECT position, topic, body FROM views.inspection_history
     WHERE kind = 'keys' AND topic = ANY(%(topics)s) AND position <= %(known_at)s ORDER BY position"""
SIGNED: Final = """
    SELECT position, topic, holder, h.thumbprint FROM views.inspection_history AS h
      JOIN unnest(%(keys)s::text[], %(first)s::bigint[]) AS k (thumbprint, first) ON h.thumbprint = k.thumbprint AND position >= first
     WHERE position <= %(known_at)s ORDER BY position"""


@dataclass(frozen=True, slots=True)
class Dispute:
    """Why a statement is disputed, by the position of the entry that says so; its holder's answer, and the position of that."""

    by: int
    answer: str | None = None
    answered_by: int | None = None


class Disputes:
    """All that is disputed, as known at a position."""

    def __init__(self, conn: Connection[Any], known_at: int) -> None:
        """Read which keys were compromised, and what was answered: a few entries, or none."""
        self._conn, self._known_at = conn, known_at
        self._from: dict[str, tuple[int, int]] = {}
        self._answers: dict[int, tuple[str, int]] = {}
        for position, topic, body in conn.execute(SAID, {"topics": [COMPROMISED, *ANSWERS], "known_at": known_at}):
            if topic == COMPROMISED:  # a second one goes further back
                self._from[body["thumbprint"]] = body["from_position"], position
            else:
                self._answers[body["position"]] = ANSWERS[topic], position

    def statements(self) -> list[tuple[int, str, str, Dispute]]:
        """Return every disputed statement as position, topic, holder and dispute, in the order of recording."""
        asked = {"keys": list(self._from), "first": [first for first, _ in self._from.values()], "known_at": self._known_at}
        rows = self._conn.execute(SIGNED, asked).fetchall()
        by = {key: position for key, (_, position) in self._from.items()}
        return [(position, topic, holder, Dispute(by[key], *self._answers.get(position, ()))) for position, topic, holder, key in rows]

    def of(self, position: int, thumbprint: str) -> Dispute | None:
        """Return the dispute over the statement at a position, under a key; None where there is none."""
        first, by = self._from.get(thumbprint, (position + 1, 0))
        return Dispute(by, *self._answers.get(position, ())) if first <= position else None
