"""Which keys may sign what.

Nothing here is corrected or retracted: a key is ended by its revocation, at a position, and what stands before stays valid
(ledger §3). That whoever enrols a key holds it is checked by the caller; that the statement's key is live, by the store.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, OnRecord, Opening, stream_id
from aggregates.entry.fields import Public  # noqa: TC001 - as date
from aggregates.errors import Refused, said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Acting

Purpose: TypeAlias = Literal["service-statements", "acts"]


class KeyEnrolled(Refused):
    """A key is enrolled once, for one holder and one purpose."""

    source, text = "ledger §3", "The key {thumbprint} is enrolled already, for {holder}"


class UnknownKey(Refused):
    """Only an enrolled key is rotated or revoked."""

    source, text = "ledger §3", "There is no key {thumbprint}"


class KeyEnded(Refused):
    """A key ends once."""

    source, text = "ledger §3", "The key {thumbprint} of {holder} was {status} already"


class OtherHolder(Refused):
    """A rotation replaces a key by another of the same holder, for the same purpose."""

    source, text = "ledger §3", "The key {replaces} is {holder}'s for {purpose}: its replacement is too"


@dataclass(frozen=True, slots=True)
class Key:
    """A key that may sign, or might until it was `rotated` or `revoked`.

    The bytes of the key that established the log stand in position 1, not here.
    """

    thumbprint: str
    public_key: str | None
    holder: str
    purpose: str
    status: Literal["live", "rotated", "revoked"] = "live"
    since: date | None = None  # when it was enrolled, or took another's place: an office passes on, and a key does not


@dataclass(frozen=True, slots=True)
class KeysState:
    """Every key that was ever enrolled."""

    keys: tuple[Key, ...] = ()

    def find(self, thumbprint: str) -> Key | None:
        """Return a key by its thumbprint (RFC 7638)."""
        return next((k for k in self.keys if k.thumbprint == thumbprint), None)


class Keys(OnRecord[KeysState]):
    """The registry of keys: enrolled with proof of possession, rotated under both, revoked by position."""

    TOPIC = "keys"

    class Event(OnRecord.Event):
        """An event of the registry."""

        CLASS: ClassVar[str] = "D"

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
        self._live(thumbprint, None)
        fields = {"thumbprint": thumbprint, "reason": reason}
        self.record("SigningKeyRevoked", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

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
        for entry in sorted(entries, key=lambda e: e.number):
            body = entry.body
            if entry.event is Keys.SigningKeyRevoked:
                if ended := keys.get(body["thumbprint"]):
                    keys[ended.thumbprint] = replace(ended, status="revoked")
                continue
            if old := body.get("replaces"):
                keys[old] = replace(keys.get(old) or Key(old, None, body["holder"], body["purpose"]), status="rotated")
            known = {name: body[name] for name in ("thumbprint", "public_key", "holder", "purpose")}
            keys[body["thumbprint"]] = Key(**known, since=entry.occurred_on)
        return KeysState(tuple(keys.values()))
