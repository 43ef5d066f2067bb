"""A key of the registry, all of them on a position, and what is refused of them by name (ledger §3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from aggregates.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class KeyEnrolled(Refused):
    """A key is enrolled once, for one holder and one purpose."""

    rule, text = "ledger §3", "The key {thumbprint} is enrolled already, for {holder}"


class UnknownKey(Refused):
    """Only an enrolled key is rotated or revoked."""

    rule, text = "ledger §3", "There is no key {thumbprint}"


class NothingToReplace(Refused):
    """A key takes the place of one that its holder has."""

    rule, text = "ledger §3", "{holder} has no key that signs now, so there is none to replace: enrol one"


class KeyEnded(Refused):
    """A key ends once."""

    rule, text = "ledger §3", "The key {thumbprint} of {holder} was {status} already"


class OtherHolder(Refused):
    """A rotation replaces a key by another of the same holder, for the same purpose."""

    rule, text = "ledger §3", "The key {replaces} is {holder}'s for {purpose}: its replacement is too"


class ServicesOwn(Refused):
    """The service's own key is rotated, or nothing could be recorded."""

    rule, text = "ledger §3", "The key {thumbprint} is the service's own and signs now: rotate it first"


class ForTheServiceAlone(Refused):
    """Who attests what others do is the service, and nobody by a key of theirs."""

    rule, text = "ledger §3", "No key of {holder} attests what others do: that is the service's own, put in place where its files are"


class StillLive(Refused):
    """Whoever has a key in wrong hands ends it before anything else."""

    rule, text = "ledger §3", "The key {thumbprint} may still sign: revoke it first, or rotate it where it is the service's own"


class DisputedAlready(Refused):
    """What is disputed stays so; a second declaration goes further back."""

    rule, text = "ledger §3", "What the key {thumbprint} signed is disputed already, from event {since} on"


class NotInItsLife(Refused):
    """A key can be disputed only for positions at which it could sign."""

    rule, text = (
        "ledger §3",
        "The key {thumbprint} could sign events {first} to {last}: event {position} is none of them",
    )


class NotDisputed(Refused):
    """Only a statement under a key that was compromised is affirmed or repudiated."""

    rule, text = "ledger §3", "Event {position} is not disputed"


class Answered(Refused):
    """Whoever is said to have signed a statement says once whether they did."""

    rule, text = "ledger §3", "Event {position} was {answer} already"


@dataclass(frozen=True, slots=True)
class Key:
    """A key that may sign, or might until it was `rotated` or `revoked`; from `disputed_from` on, somebody else may have signed.

    The bytes of the key that established the log stand in position 1, not here.
    """

    thumbprint: str
    public_key: str | None
    holder: str
    purpose: str
    status: Literal["live", "rotated", "revoked"] = "live"
    disputed_from: int | None = None
    since: date | None = None  # when it was enrolled, or took another's place: an office passes on, and a key does not


@dataclass(frozen=True, slots=True)
class KeysState:
    """Every key that was ever enrolled, and what its holders said of the statements that are disputed, by position."""

    keys: tuple[Key, ...] = ()
    answers: Mapping[int, str] = field(default_factory=dict)

    def find(self, thumbprint: str) -> Key | None:
        """Return a key by its thumbprint (RFC 7638)."""
        return next((k for k in self.keys if k.thumbprint == thumbprint), None)
