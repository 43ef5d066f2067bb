"""The verbs of a departure: what an agency owes is taken over, refused or declared outstanding, and then it leaves (INV-36)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.action import Action
from aggregates.dissemination import Dissemination
from aggregates.partnership import Agency
from aggregates.partnership.challenge import Challenge
from aggregates.partnership.office import Office
from aggregates.registry import Keys
from aggregates.returns import Return
from aggregates.review import Review
from service.recording.across.holding import Holding
from service.recording.resting import resting_on

if TYPE_CHECKING:
    from service.recording import Done, Write


class LeavingVerbs(Holding):
    """What is decided when an agency leaves."""

    @resting_on(Action, Office, Review, Return, Challenge, Dissemination, Keys)
    def leave_agency(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that an agency leaves; refuse with the list of what is open, as the log has it at each try."""
        if said["successor"]:
            self._member(said["successor"], said["occurred_on"])

        def leave(agency: Agency, **said: Any) -> None:
            open_obligations = self.open_obligations(agency, said["occurred_on"])
            agency.leave(open_obligations=open_obligations, accounted=self.accounted_for(agency), **said)

        return self._change(Agency, ref, leave, write, **said)

    def announce_departure(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Announce that an agency will leave."""
        return self._change(Agency, ref, Agency.announce_departure, write, **said)

    @resting_on(Review, Return, Challenge, Dissemination)
    def declare_obligation_outstanding(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Declare something that an agency was asked, and has not answered, outstanding at its departure."""

        def declare(agency: Agency, **said: Any) -> None:
            already = agency.state.outstanding if agency.state else ()
            agency.declare_obligation_outstanding(owed=[item for item in self.owed(ref) if item not in already], **said)

        return self._change(Agency, ref, declare, write, **said)

    @resting_on(Agency)
    def transfer_obligation(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Ask another member to take an action over."""
        self._member(said["successor"], said["occurred_on"])
        return self._change(Action, ref, Action.transfer_obligation, write, **said)

    @resting_on(Agency)
    def accept_transfer(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Take an action over, for the agency that was asked, while it is a member."""
        self._there(Office, "office", said["owner_office"])

        def accept(action: Action, **said: Any) -> None:
            if action.state and action.state.offered_to:
                self._member(action.state.offered_to, said["occurred_on"])
                self._asked(said["owner_office"], action.state.offered_to, said["occurred_on"])
            action.accept_transfer(**said)

        return self._change(Action, ref, accept, write, **said)

    def refuse_transfer(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Refuse to take an action over; the Board keeps it."""
        return self._change(Action, ref, Action.refuse_transfer, write, **said)

    @resting_on(Agency)
    def declare_outstanding(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Declare an action outstanding at the announced departure of its owner."""

        def declare(action: Action, **said: Any) -> None:
            owner = self.find(Agency, action.state.owner) if action.state else None
            then = owner.state_on(said["occurred_on"]) if owner else None
            action.declare_outstanding(leaves_on=then.leaves_on if then else None, **said)

        return self._change(Action, ref, declare, write, **said)
