"""What the law asks about a person: requests and what was decided, restrictions, legal holds, and what was erased.

A person is a reference. Two references of one person are merged: each keeps its own stream, and one goes on for both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from aggregates.clocks.dates import later
from aggregates.errors import Refused

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


class MergedAway(Refused):
    """What is decided about a person is decided once, where their references were merged into."""

    rule, text = "INV-39", "{ref} is one person with {into}: record it there"


class MergedWithItself(Refused):
    """Two references are merged, not one."""

    text = "{ref} cannot be merged with itself"


class MergesBack(Refused):
    """References merge into one that goes on."""

    text = "{into} was itself merged into {survivor}: merge {ref} into that one"


class Gone(Refused):
    """Nothing more is asked or decided about data that are no longer there."""

    rule, text = "INV-39", "What was kept about {ref} was erased on {on}"


class AlreadyRestricted(Refused):
    """A person is restricted once at a time."""

    source, text = "UK GDPR Article 18", "{ref} has been restricted since {on}"


class NotRestricted(Refused):
    """Only what is in force is lifted."""

    source, text = "UK GDPR Article 18", "{ref} is not restricted on {day}"


class AlreadyHeld(Refused):
    """One hold for each matter."""

    rule, text = "INV-39", "{ref} has been held for {matter} since {on}"


class NoHold(Refused):
    """A hold is released for the matter for which it was placed."""

    rule, text = "INV-39", "No hold on {ref} for {matter} stands on {day}"


class HoldStands(Refused):
    """Nothing is erased that a court, an inquiry or a claim may ask for."""

    rule, text = "INV-39", "A legal hold on {ref} stands, for {matters}: until it is released, an erasure can only be refused"


class ErasureAsked(Refused):
    """One request at a time is decided."""

    rule, text = "INV-39", "An erasure of {ref} was requested on {on} and waits for its decision"


class ErasureNotAsked(Refused):
    """What is decided was requested."""

    rule, text = "INV-39", "No request to erase {ref} waits for a decision on {day}"


class ExemptionUnnamed(Refused):
    """Whoever is refused, wholly or in part, is told by which exemption, and may complain."""

    rule, text = "INV-39", "An erasure that is {outcome} names the exemption by which something is kept"


class ExemptionUnused(Refused):
    """What is granted whole keeps nothing."""

    rule, text = "INV-39", "An erasure that is granted whole has no exemption: say granted-in-part where something is kept"


class NotGranted(Refused):
    """Personal data are destroyed on a decision, and on no other authority."""

    rule, text = "INV-39", "No erasure of {ref} was granted that is not done"


class StillServes(Refused):
    """Who acts for the Board is not forgotten while they do: a successor comes first."""

    rule, text = "INV-39", "{ref} holds {offices}: stand them down first, and let somebody else take the office"


class ErasureStands(Refused):
    """What was destroyed does not come back by an amendment."""

    rule, text = "INV-39", "Entry {amends} says what of {ref} was destroyed, and is never amended"


class InPersonAlone(Refused):
    """What destroys, or lets be destroyed, what is kept about somebody is decided by the data protection officer in person."""

    rule, text = "INV-39", "Nobody records for {office} what cannot be undone: the holder of that office has to do it, for {ref}"


class AnsweredBefore(Refused):
    """A request is answered on the day on which it came, or later."""

    source, text = "UK GDPR Article 15", "A request received on {received_on} cannot be answered on {day}"


class AccessAsked(Refused):
    """A request is brought in once."""

    source, text = "UK GDPR Article 15", "The request {reference} about {ref} was brought in on {on} and waits for its answer"


class NothingAsked(Refused):
    """What is held of somebody is gathered for them, and for nobody else."""

    source, text = "UK GDPR Article 15", "Nobody asked for what is held about {ref}: bring the request in first"


class KeptUntilWhen(Refused):
    """What is kept on is kept until a later day, on which it is due again; what is erased is kept until no day."""

    source = "UK GDPR Article 5(1)(e)"
    text = "What is kept on is kept until a day after {day}, and what is to be erased until none: this is {outcome}"


class NotErased(Refused):
    """Recipients are told of what was done."""

    source, text = "UK GDPR Article 19", "Nothing that was kept about {ref} was erased by {day}: tell recipients once it is"


class DisclosedAfter(Refused):
    """Nothing is disclosed of what is not there."""

    source, text = "UK GDPR Article 19", "What was kept about {ref} was erased on {on}: nothing of it was disclosed on {disclosed_on}"


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
    def granted_on(self) -> date | None:
        """Return when it was decided to erase, where that was decided last and has not been done; None where nothing waits to be erased."""
        decided = [one for one in self.erasures if one.decided_on]
        if self.erased_on is not None:
            return None
        if decided and decided[-1].outcome in GRANTED:
            return decided[-1].decided_on
        return self.retentions[-1].on if self.retentions and self.retentions[-1].outcome == "to be erased" else None


def answer_due(on: date) -> date:
    """Return the day by which whoever asks is answered. LAW UK GDPR Article 12(3): within one month of receipt."""
    return later(on, months=1)
