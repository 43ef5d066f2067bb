"""Which keys may sign what.

Nothing here is corrected or retracted: a key is ended by its revocation, at a position, and what stands before stays valid
(ledger §3). That whoever enrols a key holds it is checked by the caller; that the statement's key is live, by the store.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, OnRecord, Opening, stream_id
from aggregates.entry.fields import Public  # noqa: TC001 - as date
from aggregates.errors import said
from aggregates.registry.key_state import (
    Answered,
    DisputedAlready,
    Key,
    KeyEnded,
    KeyEnrolled,
    KeysState,
    NotDisputed,
    NotInItsLife,
    OtherHolder,
    ServicesOwn,
    StillLive,
    UnknownKey,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Acting

Purpose: TypeAlias = Literal["service-statements", "acts"]
SERVICES: Final = "service-statements"


class Keys(OnRecord[KeysState]):
    """The registry of keys: enrolled with proof of possession, rotated under both, revoked by position.

    A compromise makes what a key signed from a position on *disputed*, never void: its holder affirms or repudiates each statement.
    """

    TOPIC = "keys"

    class Event(OnRecord.Event):
        """An event of the registry."""

        CLASS: ClassVar[str] = "D"
        STANDS: ClassVar[bool] = True

    class Created(Event, Aggregate.Created):
        """What begins its stream; the library wants it by this name, with a topic of its own."""

        TOPIC = "keys.created.v1"

    class SigningKeyEnrolled(Event, Opening):
        """A holder may sign with this key from here on. `proof` shows that whoever enrols it has it."""

        TOPIC = "keys.signing_key_enrolled.v1"
        thumbprint: Public[str]
        public_key: Public[str]
        holder: Public[str]
        purpose: Public[Purpose]
        proof: Public[str]

    class SigningKeyRotated(Event):
        """Another key takes the place of one that ends here; `replaced_proof` is the ending key's agreement."""

        TOPIC = "keys.signing_key_rotated.v1"
        thumbprint: Public[str]
        public_key: Public[str]
        holder: Public[str]
        purpose: Public[Purpose]
        proof: Public[str]
        replaces: Public[str]
        replaced_proof: Public[str]

    class SigningKeyRevoked(Event):
        """A key may sign nothing after this entry."""

        TOPIC = "keys.signing_key_revoked.v1"
        thumbprint: Public[str]
        reason: Public[str]

    class SigningKeyCompromised(Event):
        """Somebody else may have signed with a key from a position on, until it ended."""

        TOPIC = "keys.signing_key_compromised.v1"
        thumbprint: Public[str]
        from_position: Public[int]
        reason: Public[str]

    class StatementAffirmed(Event):
        """Its holder signed a disputed statement, and stands by it."""

        TOPIC = "keys.statement_affirmed.v1"
        position: Public[int]
        reason: Public[str]

    class StatementRepudiated(Event):
        """Its holder did not sign a disputed statement. What it says is for the Board to retract."""

        TOPIC = "keys.statement_repudiated.v1"
        position: Public[int]
        reason: Public[str]

    @classmethod
    def begin(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        thumbprint: str,
        public_key: str,
        holder: str,
        purpose: Purpose,
        proof: str,
    ) -> Keys:
        """Enrol the first key of a log: what `enrol` does for the next."""
        fields = {"thumbprint": thumbprint, "public_key": public_key, "holder": holder, "purpose": purpose, "proof": proof}
        said(**fields)
        when = {"occurred_on": occurred_on, "late_reason": late_reason}
        return cls.open(cls.SigningKeyEnrolled, stream_id(origin, "keys", "keys"), **fields, **when, **acting.said)

    def enrol(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        thumbprint: str,
        public_key: str,
        holder: str,
        purpose: Purpose,
        proof: str,
    ) -> None:
        """Let a holder sign with a key, once its possession is proved."""
        fields = {"thumbprint": thumbprint, "public_key": public_key, "holder": holder, "purpose": purpose, "proof": proof}
        said(**fields)
        self._new(thumbprint)
        self.record("SigningKeyEnrolled", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def rotate(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        thumbprint: str,
        public_key: str,
        holder: str,
        purpose: Purpose,
        proof: str,
        replaces: str,
        replaced_proof: str,
        founding: Key | None = None,
    ) -> None:
        """Put another key of the same holder in the place of one; `founding` is the key that position 1 established the log with."""
        fields = {"thumbprint": thumbprint, "public_key": public_key, "holder": holder, "purpose": purpose, "proof": proof}
        said(**fields, replaced_proof=replaced_proof)
        old = self._live(replaces, founding)
        self._new(thumbprint)
        if (old.holder, old.purpose) != (holder, purpose):
            raise OtherHolder(replaces=replaces, holder=old.holder, purpose=old.purpose)
        fields |= {"replaces": replaces, "replaced_proof": replaced_proof}
        self.record("SigningKeyRotated", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def revoke(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, thumbprint: str, reason: str) -> None:
        """End a key: by position, so what it signed before stays valid. The service's own is rotated, or nothing could be recorded."""
        said(reason=reason)
        if self._live(thumbprint, None).purpose == SERVICES:
            raise ServicesOwn(thumbprint=thumbprint)
        fields = {"thumbprint": thumbprint, "reason": reason}
        self.record("SigningKeyRevoked", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def declare_compromised(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        thumbprint: str,
        from_position: int,
        reason: str,
        first: int,
        last: int | None,
    ) -> None:
        """Dispute what a key that has ended signed from a position on. It may have signed the positions `first` to `last`."""
        said(reason=reason)
        key = self.state.find(thumbprint)
        if key is None:
            raise UnknownKey(thumbprint=thumbprint)
        if key.status == "live":
            raise StillLive(thumbprint=thumbprint)
        if last is None or not first <= from_position <= last:
            raise NotInItsLife(thumbprint=thumbprint, first=first, last=last, position=from_position)
        if key.disputed_from is not None and key.disputed_from <= from_position:
            raise DisputedAlready(thumbprint=thumbprint, since=key.disputed_from)
        fields = {"thumbprint": thumbprint, "from_position": from_position, "reason": reason}
        self.record("SigningKeyCompromised", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def affirm(self, *, position: int, by: str, **said: Any) -> None:
        """Stand by a disputed statement; `by` is the thumbprint of the key that signed it."""
        self._answer("StatementAffirmed", position, by, **said)

    def repudiate(self, *, position: int, by: str, **said: Any) -> None:
        """Say that a disputed statement is not its holder's; `by` is the thumbprint of the key that signed it."""
        self._answer("StatementRepudiated", position, by, **said)

    def _answer(
        self, event: str, position: int, by: str, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reason: str
    ) -> None:
        self._disputed(position, by)
        said(reason=reason)
        self.record(event, occurred_on=occurred_on, late_reason=late_reason, position=position, reason=reason, **acting.said)

    def _disputed(self, position: int, by: str) -> None:
        key = self.state.find(by)
        if key is None or key.disputed_from is None or position < key.disputed_from:
            raise NotDisputed(position=position)
        if answer := self.state.answers.get(position):
            raise Answered(position=position, answer=answer)

    def _new(self, thumbprint: str) -> None:
        if key := self.state.find(thumbprint):
            raise KeyEnrolled(thumbprint=thumbprint, holder=key.holder)

    def _live(self, thumbprint: str, founding: Key | None) -> Key:
        key = self.state.find(thumbprint)
        if key is None and founding and founding.thumbprint == thumbprint:
            key = founding
        if key is None:
            raise UnknownKey(thumbprint=thumbprint)
        if key.status != "live":
            raise KeyEnded(thumbprint=thumbprint, holder=key.holder, status=key.status)
        return key

    @property
    def ref(self) -> str:
        """Return the one name of the one registry."""
        return "keys"

    @staticmethod
    def fold(entries: Iterable[Entry]) -> KeysState:
        """Fold what is on record, in the order of recording: keys end by position."""
        keys: dict[str, Key] = {}
        answers: dict[int, str] = {}
        for entry in sorted(entries, key=lambda e: e.number):
            body = entry.body
            if answer := ANSWERS.get(entry.event.TOPIC):
                answers[body["position"]] = answer
            elif entry.event is Keys.SigningKeyCompromised:
                _changed(keys, body["thumbprint"], disputed_from=body["from_position"])
            elif entry.event is Keys.SigningKeyRevoked:
                _changed(keys, body["thumbprint"], status="revoked")
            else:
                if old := body.get("replaces"):
                    keys[old] = replace(keys.get(old) or Key(old, None, body["holder"], body["purpose"]), status="rotated")
                known = {name: body[name] for name in ("thumbprint", "public_key", "holder", "purpose")}
                keys[body["thumbprint"]] = Key(**known, since=entry.occurred_on)
        return KeysState(tuple(keys.values()), answers)


ANSWERS: Final = {Keys.StatementAffirmed.TOPIC: "affirmed", Keys.StatementRepudiated.TOPIC: "repudiated"}


def _changed(keys: dict[str, Key], thumbprint: str, **fields: Any) -> None:
    if key := keys.get(thumbprint):
        keys[thumbprint] = replace(key, **fields)
