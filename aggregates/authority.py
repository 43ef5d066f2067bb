"""Who acts, and on what authority: handed to aggregates, which never look anything up. And who may amend what (INV-35)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NotRequired, TypedDict

from aggregates import errors
from aggregates.entry.values import Sealed, says

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from aggregates.entry import Entry

CHAIRS: Final = frozenset({"chair", "deputy chair"})
MANAGER: Final = "board manager"
# The code of the Board itself, where it owns an action (INV-07): its chair, deputy and manager act for it.
BOARD: Final = "BOARD"
SERVICE: Final = "the service itself"  # which recorded what no office did


@dataclass(frozen=True, slots=True)
class Acting:
    """The person and the office that act, as the register of offices has them on the day.

    `role`, `body` and `agency` are those of the office in whose name the act is: the office itself, or the one that
    `on_behalf_of` names when the board manager records what another office did. `agency` is the employer of its holder on the
    day on which the act is true (INV-11). The service itself acts as `Acting()`.
    """

    person: UUID | None = None
    office: str | None = None
    role: str | None = None
    body: str | None = None
    agency: str | None = None
    on_behalf_of: str | None = None
    stands_for: UUID | None = None  # who held the office that `on_behalf_of` names, on that day
    recorder_agency: str | None = None  # the employer of who records for them
    today: date | None = None  # when they record it, which may be long after the act was true; None where the service acts
    # The references that were merged away, each with the one that goes on for it: two of one person are that person (INV-12).
    merged: Mapping[UUID, UUID] = field(default_factory=dict, compare=False, repr=False)

    @property
    def said(self) -> dict[str, Any]:
        """Return the envelope's fields that say who acted."""
        return {
            "by_person": Sealed(self.person, str(self.person)) if self.person else None,
            "by_office": self.office,
            "by_agency": self.agency,
            "on_behalf_of": self.on_behalf_of,
        }

    @property
    def in_name_of(self) -> str | None:
        """Return the office whose act it is."""
        return self.on_behalf_of or self.office

    def judged_on(self, day: date, late_reason: str | None) -> date:
        """Return the day by which a term is judged: that of recording, whatever earlier day is claimed without saying why so late."""
        return day if self.today is None or says(late_reason) else max(day, self.today)

    def is_(self, who: Sealed | UUID | None, *, recorded_for: bool = False) -> bool:
        """Say whether this is who acts, under whichever of their references; or who held the office that they record for."""
        person = who.subject if isinstance(who, Sealed) else who
        those = {self.person, self.stands_for} if recorded_for else {self.person}
        return person is not None and any(self.one_person(person, one) for one in those if one)

    def one_person(self, one: UUID, other: UUID) -> bool:
        """Say whether two references are of one person, as far as that is known when the act is recorded."""
        return self.merged.get(one, one) == self.merged.get(other, other)

    def acts_for(self, owner: str) -> bool:
        """Say whether the act is that of an owner: an agency, a sub-group, or the Board."""
        return owner in {self.agency, self.body} or (owner == BOARD and self.role in CHAIRS | {MANAGER})


class Act(TypedDict):
    """What stands around every act: who acts, since when it is true, and why it is recorded so late."""

    acting: Acting
    occurred_on: date
    late_reason: NotRequired[str | None]


def may_propose(acting: Acting, entry: Entry, *, ref: str) -> None:
    """Check who proposes: the board manager, or the office that made the entry."""
    if acting.role != MANAGER and not _made(acting, entry):
        raise errors.NotTheirsToAmend(ref=ref, amends=entry.number, made_by=_maker(entry) or SERVICE)


def may_amend(acting: Acting, entry: Entry, beneficiary: str | None, *, decision: bool, ref: str) -> None:
    """Check who amends without a countersignature.

    A decision: the office that made it, unless it acts for whom it is about. Anything else: the office that made it, whoever holds
    it now, or the board manager.
    """
    facts = {"ref": ref, "amends": entry.number, "made_by": _maker(entry) or SERVICE}
    mine = _made(acting, entry)
    if decision and acting.role == MANAGER and not mine:
        raise errors.CountersignatureNeeded(**facts)
    if not (mine or (not decision and acting.role == MANAGER)):
        raise errors.NotTheirsToAmend(**facts)
    if decision and beneficiary is not None and acting.acts_for(beneficiary):
        raise errors.BeneficiaryAlone(**facts, agency=beneficiary)


def may_countersign(acting: Acting, proposal: Entry, beneficiary: str | None, *, ref: str) -> None:
    """Check who makes a proposed amendment: the chair or the deputy, another person than proposed it, not of the agency it is about."""
    facts = {"ref": ref, "proposal": proposal.number}
    proposer = proposal.body["by_person"]
    if acting.role not in CHAIRS:
        raise errors.NotTheCountersigner(**facts)
    if _made(acting, proposal) or acting.is_(proposer):
        raise errors.OwnProposal(**facts)
    if beneficiary is not None and acting.agency == beneficiary:
        raise errors.BeneficiaryAlone(ref=ref, amends=proposal.body["amends"], agency=beneficiary)


def _maker(entry: Entry) -> str | None:
    office: str | None = entry.body["on_behalf_of"] or entry.body["by_office"]
    return office


def _made(acting: Acting, entry: Entry) -> bool:
    return acting.in_name_of is not None and acting.in_name_of == _maker(entry)
