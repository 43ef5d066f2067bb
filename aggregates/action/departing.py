"""What becomes of an action whose owner leaves the partnership: another agency takes it over, or it is outstanding at departure (INV-36).

What is handed over stays what was promised: its due date, its evidence and its original owner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregates.action import refusals
from aggregates.action import state as s
from aggregates.action.acts import OPEN, OWED
from aggregates.action.decisions import Decisions
from aggregates.errors import said
from aggregates.partnership.membership import why_not_leaving

if TYPE_CHECKING:
    from datetime import date

    from aggregates.authority import Acting


class Departing(Decisions):
    """What can be decided about an action besides when its owner leaves."""

    def transfer_obligation(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, successor: str, reason: str
    ) -> None:
        """Ask another agency to take it over as it stands. Whoever was asked before and did not answer is asked no more."""
        then = self._on(occurred_on, "transferred", OPEN)
        self._overseen(acting, then, or_manager=True)
        said(successor=successor, reason=reason)
        if successor == then.owner:
            raise refusals.SameOwner(ref=self.ref, owner=successor)
        if successor == then.overseen_by:
            raise refusals.OverseesItself(ref=self.ref, owner=successor)
        if successor == then.offered_to:
            raise refusals.AlreadyOffered(ref=self.ref, successor=successor)
        fields = {"successor": successor, "reason": reason}
        self.record("ObligationTransferred", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def accept_transfer(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, owner_office: str | None = None
    ) -> None:
        """Take it over, for the successor. The clock does not stop."""
        self._offered(acting, self._on(occurred_on, "taken over", OPEN))
        fields = {"owner_office": owner_office}
        self.record("ObligationTransferAccepted", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def refuse_transfer(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reason: str) -> None:
        """Refuse, for the successor, to take it over, and say why: it stays with the Board."""
        self._offered(acting, self._on(occurred_on, "taken over", OPEN))
        said(reason=reason)
        self.record("ObligationTransferRefused", occurred_on=occurred_on, late_reason=late_reason, reason=reason, **acting.said)

    def declare_outstanding(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reason: str, leaves_on: date | None = None
    ) -> None:
        """Say in public that its owner leaves with it undone: `leaves_on` is the day that the owner has announced.

        The chair does not say so of the chair's own employer (INV-44).
        """
        then = self._on(occurred_on, "declared outstanding", OWED | s.Slipped)
        if refused := why_not_leaving(then.owner, leaves_on, acting.judged_on(occurred_on, late_reason)):
            raise refused
        self._judged(acting, then, "OutstandingDeclared")
        said(reason=reason)
        self.record("OutstandingDeclared", occurred_on=occurred_on, late_reason=late_reason, reason=reason, **acting.said)

    def _offered(self, acting: Acting, then: s.State) -> None:
        """Refuse whoever was not asked on the day, or is not asked any more."""
        for at in (then, self.state):
            if at is None or at.offered_to is None or not acting.acts_for(at.offered_to):
                asked = f"{at.offered_to} is asked" if at and at.offered_to else "nobody is asked to take it over"
                raise refusals.NotOffered(ref=self.ref, offered=asked)
