"""What is kept of a person, and what was asked and decided of it: the state that a person's stream folds to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from aggregates.clocks.dates import later

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from aggregates.entry.values import Sealed

Outcome: TypeAlias = Literal["granted", "granted-in-part", "refused"]
# LAW UK GDPR Article 17(3): what may stand against an erasure. LAW Article 18(2): what restricted data may still be used for.
Exemption: TypeAlias = Literal["expression", "legal obligation or public task", "public health", "archiving or research", "legal claims"]
OpenFor: TypeAlias = Literal["inspection", "audit", "rehearsal"]
Retention: TypeAlias = Literal["kept on", "to be erased"]
GRANTED = frozenset({"granted", "granted-in-part"})


@dataclass(frozen=True, slots=True)
class Restriction:
    """What is kept is not opened, but for what is named."""

    on: date
    reason: str
    open_for: tuple[str, ...]
    lifted_on: date | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is erased while it stands."""

    on: date
    matter: str
    reason: str
    released_on: date | None = None


@dataclass(frozen=True, slots=True)
class ErasureRequest:
    """Somebody asks that what is kept about them be erased, and what was decided."""

    on: date
    reference: str
    identity_checked_by: str
    decided_on: date | None = None
    outcome: Outcome | None = None
    exemption: str | None = None
    reason: str | None = None
    withdrawn_on: date | None = None

    @property
    def due_on(self) -> date:
        """Return the day by which it is to be decided."""
        return answer_due(self.on)


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """Somebody asks what is kept about them, and when they were answered."""

    on: date
    reference: str
    identity_checked_by: str
    answered_on: date | None = None

    @property
    def due_on(self) -> date:
        """Return the day by which it is to be answered."""
        return answer_due(self.on)


@dataclass(frozen=True, slots=True)
class RetentionDecision:
    """What was due by the retention schedule, and what becomes of it."""

    on: date
    outcome: Retention
    kept_until: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class Granted:
    """What is to be erased, and is not yet: decided on a day, of a request and by when they hear of it, or of what was due."""

    on: date
    reference: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Notified:
    """Somebody outside was told of the erasure."""

    on: date
    recipient: str
    disclosed_on: date
    how: str


@dataclass(frozen=True, slots=True)
class AccessAnswer:
    """Somebody asked what is kept about them, and was answered."""

    on: date
    reference: str
    received_on: date
    outcome: str
    exemption: str | None


@dataclass(frozen=True, slots=True)
class SubjectState:
    """What is kept of a person; who may, opens it, until it is erased."""

    name: Sealed
    contact: Sealed | None
    registered_on: date
    merged_into: UUID | None = None
    restrictions: tuple[Restriction, ...] = ()
    holds: tuple[Hold, ...] = ()
    erasures: tuple[ErasureRequest, ...] = ()
    accesses: tuple[AccessAnswer, ...] = ()
    erased_on: date | None = None
    erased: int = 0  # values that went
    access_requests: tuple[AccessRequest, ...] = ()
    retentions: tuple[RetentionDecision, ...] = ()
    notified: tuple[Notified, ...] = ()

    @property
    def restriction(self) -> Restriction | None:
        """Return the restriction that is in force."""
        return next((one for one in self.restrictions if one.lifted_on is None), None)

    @property
    def held(self) -> tuple[str, ...]:
        """Return the matters for which holds stand."""
        return tuple(one.matter for one in self.holds if one.released_on is None)

    @property
    def asked(self) -> ErasureRequest | None:
        """Return the request that waits for its decision."""
        return next((one for one in self.erasures if one.decided_on is None and one.withdrawn_on is None), None)

    @property
    def access_asked(self) -> tuple[AccessRequest, ...]:
        """Return the requests for access that wait for their answer."""
        return tuple(one for one in self.access_requests if one.answered_on is None)

    @property
    def granted(self) -> Granted | None:
        """Return the erasure that was decided last and has not been done; None where nothing waits to be erased."""
        if self.erased_on is not None:
            return None
        decided = next((one for one in reversed(self.erasures) if one.decided_on), None)
        if decided and decided.decided_on and decided.outcome in GRANTED:
            return Granted(decided.decided_on, decided.reference, decided.due_on)
        last = self.retentions[-1] if self.retentions else None
        return Granted(last.on) if last and last.outcome == "to be erased" else None


def answer_due(on: date) -> date:
    """Return the day by which whoever asks is answered. LAW UK GDPR Article 12(3): within one month of receipt."""
    return later(on, months=1)
