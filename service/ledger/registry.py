"""The keys that the log knows: who may sign statements, from which position and until which.

The registry itself is in the log, as events; `ledger.append` keeps these rows beside them, in the same transaction, so that it can
refuse under its lock a statement whose key is not live.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.verify import ENROLLED, ESTABLISHED, REVOKED, ROTATED, parse_entry, statement_header, thumbprint, unb64url

if TYPE_CHECKING:
    from eventsourcing.postgres import PostgresDatastore


@dataclass(frozen=True)
class Enrolled:
    """A key that an event of this append enrols: live from the position after the event's.

    `event` is the event's place in its own `insert_events`, from 0. The key that establishes a log is live at once.
    """

    event: int
    holder: str
    public_key: bytes
    purpose: str


@dataclass(frozen=True)
class Ended:
    """A key that an event of this append ends: it is still live at the event's position, and at none after it."""

    event: int
    thumbprint: str


KeyChange = Enrolled | Ended


def key_changes(thing: Any) -> list[KeyChange]:
    """Return what an aggregate's pending events change in the registry of keys, for `insert_events`."""
    changes: list[KeyChange] = []
    for place, event in enumerate(thing.pending_events):
        topic = type(event).TOPIC
        if topic == ESTABLISHED:
            changes.append(Enrolled(place, event.holder, unb64url(event.statement_key), "service-statements"))
        if topic in {ROTATED, REVOKED}:
            changes.append(Ended(place, event.replaces if topic == ROTATED else event.thumbprint))
        if topic in {ENROLLED, ROTATED}:
            changes.append(Enrolled(place, event.holder, unb64url(event.public_key), event.purpose))
    return changes


def as_json(changes: list[tuple[int, KeyChange]]) -> dict[str, list[dict[str, Any]]] | None:
    """Return changes, each with its entry's place in the append (from 1), as `ledger.append` takes them; None for none."""
    if not changes:
        return None
    enrolled = [
        {
            "n": n,
            "header": statement_header(key.public_key),
            "thumbprint": thumbprint(key.public_key),
            "holder": key.holder,
            "public_key": b64encode(key.public_key).decode(),
            "purpose": key.purpose,
        }
        for n, key in changes
        if isinstance(key, Enrolled)
    ]
    ended = [{"n": n, "thumbprint": key.thumbprint} for n, key in changes if isinstance(key, Ended)]
    return {"enrolled": enrolled, "ended": ended}


@dataclass(frozen=True)
class KnownKey:
    """A key that was enrolled in this log. It may sign positions after `enrolled_at`, up to and including `ended_at`."""

    header: str
    thumbprint: str
    holder: str
    public_key: bytes
    purpose: str
    enrolled_at: int
    ended_at: int | None
    origin: str


class Registry:
    """The keys of one log. Found once, a key is remembered: enrolments are for ever; `all` reads the ends anew."""

    _select = (
        "SELECT k.header, k.thumbprint, k.holder, k.public_key, k.purpose, k.enrolled_at, x.ended_at"
        " FROM ledger.signing_key k LEFT JOIN ledger.signing_key_end x USING (thumbprint)"
    )

    def __init__(self, datastore: PostgresDatastore, origin: str) -> None:
        """Take the database, as the writer, and the log's origin."""
        self._datastore, self._origin = datastore, origin
        self._found: dict[str, KnownKey] = {}
        self._headers: dict[int, str] = {}  # of statements that were disputed, or asked about: no entry changes

    def find(self, header: str) -> KnownKey | None:
        """Return the key whose statements begin with this header, None where the log knows none."""
        if header not in self._found:
            with self._datastore.get_connection() as conn:
                rows = conn.execute(f"{self._select} WHERE k.header = %s", (header,)).fetchall()
            self._found.update((row["header"], KnownKey(origin=self._origin, **row)) for row in rows)
        return self._found.get(header)

    def signer(self, position: int) -> KnownKey | None:
        """Return the key under which the statement at a position was made; None where there is none."""
        if position not in self._headers:
            with self._datastore.get_connection() as conn:
                row = conn.execute("SELECT entry FROM ledger.event WHERE position = %s", (position,)).fetchone()
            if row is None:
                return None
            self._headers[position] = parse_entry(bytes(row["entry"]))[1].partition(".")[0]
        return self.find(self._headers[position])

    def all(self) -> list[KnownKey]:
        """Return every key in the order of enrolment, with the ends as they are now."""
        with self._datastore.get_connection() as conn:
            rows = conn.execute(f"{self._select} ORDER BY k.enrolled_at, k.header").fetchall()
        return [KnownKey(origin=self._origin, **row) for row in rows]
