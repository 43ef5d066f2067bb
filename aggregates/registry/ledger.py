"""The ledger: its first entry says what it is, under which keys; later ones under which it went on, who was handed packs, what was lost.

Nothing here is corrected or retracted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, OnRecord, stream_id
from aggregates.entry.fields import Public  # noqa: TC001 - as date
from aggregates.entry.values import Sealed
from aggregates.errors import Refused, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from aggregates.authority import Acting


Why: TypeAlias = Literal["planned", "lost", "compromised"]


class SealedBefore(Refused):
    """Each key seals its own part of the log, and nothing again after it was succeeded."""

    rule, text = "ledger §3", "The key {log_vkey} sealed this log before: it goes on under a key and a name that are new"


class SealedAlready(Refused):
    """That a pack was handed over is on record once for each office and pack."""

    rule, text = "INV-41", "That this very pack was handed to {office} is on record already"


@dataclass(frozen=True, slots=True)
class Loss:
    """What somebody holds of the log that it has lost: where, of which size, and the root as their checkpoint has it (empty: none)."""

    place: str
    size: int
    root: str


def root_of(checkpoint: str | None) -> str:
    """Return the root in a checkpoint, as it stands there; empty where there is none."""
    return "".join((checkpoint or "").split("\n")[2:3])


@dataclass(frozen=True, slots=True)
class Succession:
    """The log went on under another key after so many events, for a reason; the key before it vouched for it, or did not."""

    on: date
    replaces: str
    log_vkey: str
    size: int
    reason: str
    vouched: bool


@dataclass(frozen=True, slots=True)
class LedgerState:
    """The ledger as it was established, under which keys it went on, and what it has lost since."""

    origin: str
    log_vkey: str
    statement_key: str
    holder: str
    board: str
    demonstration: bool
    established_on: date
    handed: frozenset[tuple[str, str]] = frozenset()  # packs by whose office and the SHA-256 of their files
    losses: tuple[Loss, ...] = ()
    successions: tuple[Succession, ...] = ()

    @property
    def sealed_by(self) -> tuple[str, ...]:
        """The keys that sealed it, in their order: the last one does now."""
        return (self.log_vkey, *(one.log_vkey for one in self.successions))


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

    class Succeeded(Event):
        """Another log key, under another name, seals the log from this entry on: all that was sealed before is in its tree (ADR 0021).

        `replaces` is the key before it; `checkpoint` the last signed note by that one, over everything before this entry;
        `replaced_proof` its signature for the new key, where it vouches for it.
        """

        TOPIC = "ledger.succeeded.v1"
        replaces: Public[str]
        log_vkey: Public[str]
        checkpoint: Public[str]
        replaced_proof: Public[str | None]
        reason: Public[Why]

    class PackSealed(Event):
        """A pack was handed to whoever holds an office: of what, with what of it disclosed, and what it was, to the byte.

        `scope` is in the words of `service.ledger.pack.scope`; `disclosed` are the classes of fields that are shown; `size` and `root` are
        of its checkpoint; `pack_sha256` is the SHA-256 of a list of its files (`service.ledger.pack.writing.files_sha256`).
        """

        TOPIC, CLASS = "ledger.pack_sealed.v1", "C"
        office: Public[str]
        recipient: Sealed
        scope: Public[str]
        disclosed: Public[tuple[str, ...]]
        entries_n: Public[int]
        size: Public[int]
        root: Public[str]
        pack_sha256: Public[str]

    class IntegrityFailed(Event):
        """The log was found to lack what others hold of it: `size` events were left, and were gone on from.

        `held` are objects of `place`, `size` and `checkpoint`: who holds how many events, and the signed note where it is there.
        """

        TOPIC = "ledger.integrity_failed.v1"
        size: Public[int]
        held: Public[tuple[dict[str, Any], ...]]
        reason: Public[str]

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

    def succeed(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        log_vkey: str,
        checkpoint: str,
        replaced_proof: str | None,
        reason: Why,
    ) -> None:
        """Go on under another log key, which nothing of this log was ever sealed by."""
        now = self.state
        if now is None or log_vkey in now.sealed_by:
            raise SealedBefore(log_vkey=log_vkey)
        fields = {"log_vkey": log_vkey, "checkpoint": checkpoint, "replaced_proof": replaced_proof, "reason": reason}
        self.record("Succeeded", occurred_on=occurred_on, replaces=now.sealed_by[-1], **fields, **acting.said)

    def seal_pack(self, *, acting: Acting, occurred_on: date, office: str, recipient: UUID, pack_sha256: str, **sealed: object) -> None:
        """Put on record that a pack was handed over. Refuse what is on record: the same pack, to the same office."""
        if self.state and (office, pack_sha256) in self.state.handed:
            raise SealedAlready(office=office)
        person = Sealed(recipient, str(recipient))
        fields = {"office": office, "recipient": person, "pack_sha256": pack_sha256, **sealed}
        self.record("PackSealed", occurred_on=occurred_on, **fields, **acting.said)

    def admit_loss(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, size: int, held: Sequence[dict[str, Any]], reason: str
    ) -> None:
        """Admit that the log lacks what others hold, and go on from what is left."""
        said(reason=reason)
        fields = {"size": size, "held": tuple(held), "reason": reason}
        self.record("IntegrityFailed", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    @property
    def ref(self) -> str:
        """Return the one name of the one ledger."""
        return "ledger"

    @staticmethod
    def fold(entries: Iterable[Entry]) -> LedgerState | None:
        """Fold what is on record."""
        now: LedgerState | None = None
        for entry in entries:
            body = entry.body
            if now is None and issubclass(entry.event, Ledger.Established):
                known = {name: body[name] for name in ("origin", "log_vkey", "statement_key", "holder", "board", "demonstration")}
                now = LedgerState(**known, established_on=entry.occurred_on)
            elif now and issubclass(entry.event, Ledger.Succeeded):
                keys, size = (body["replaces"], body["log_vkey"]), int(body["checkpoint"].split("\n")[1])
                after = Succession(entry.occurred_on, *keys, size, body["reason"], body["replaced_proof"] is not None)
                now = replace(now, successions=(*now.successions, after))
            elif now and issubclass(entry.event, Ledger.PackSealed):
                now = replace(now, handed=now.handed | {(body["office"], body["pack_sha256"])})
            elif now and issubclass(entry.event, Ledger.IntegrityFailed):
                lost = (Loss(one["place"], one["size"], root_of(one.get("checkpoint"))) for one in body["held"])
                now = replace(now, losses=(*now.losses, *lost))
        return now
