"""The ledger: its first entry says what it is, under which keys. Nothing here is corrected or retracted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, ClassVar

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, OnRecord, stream_id
from aggregates.entry.fields import Public  # noqa: TC001 - as date
from aggregates.errors import said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Acting


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The ledger as it was established."""

    origin: str
    log_vkey: str
    statement_key: str
    holder: str
    board: str
    demonstration: bool
    established_on: date


class Ledger(OnRecord[LedgerState | None]):
    """The ledger: its first entry says what it is, and its leaf hash is the board's fingerprint."""

    TOPIC = "ledger"

    class Event(OnRecord.Event):
        """An event of the ledger."""

        CLASS: ClassVar[str] = "D"

    class Created(Event, Aggregate.Created):
        """What begins its stream; the library wants it by this name, with a topic of its own."""

        TOPIC = "ledger.created.v1"

    class Established(Created):
        """There is a log, under these keys; a demonstration says so here."""

        TOPIC = "ledger.established.v1"
        origin: Public[str]
        log_vkey: Public[str]
        statement_key: Public[str]
        holder: Public[str]
        board: Public[str]
        demonstration: Public[bool]

    @classmethod
    def establish(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        log_vkey: str,
        statement_key: str,
        holder: str,
        board: str,
        demonstration: bool,
    ) -> Ledger:
        """Begin the log: position 1."""
        said(origin=origin, holder=holder, board=board)
        fields = {"origin": origin, "log_vkey": log_vkey, "statement_key": statement_key, "holder": holder, "board": board}
        when = {"occurred_on": occurred_on, "late_reason": late_reason, "demonstration": demonstration}
        return cls.open(cls.Established, stream_id(origin, "ledger", "ledger"), **fields, **when, **acting.said)

    @property
    def ref(self) -> str:
        """Return the one name of the one ledger."""
        return "ledger"

    @staticmethod
    def fold(entries: Iterable[Entry]) -> LedgerState | None:
        """Fold what is on record."""
        for entry in entries:
            if issubclass(entry.event, Ledger.Established):
                known = {name: entry.body[name] for name in LedgerState.__slots__ if name != "established_on"}
                return LedgerState(**known, established_on=entry.occurred_on)
        return None
