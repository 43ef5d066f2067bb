"""The verbs of a departure: what an agency owes is taken over, refused or declared outstanding, and then it leaves (INV-36)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.action import Action
from aggregates.partnership import Agency
from aggregates.partnership.office import Office
from service.recording.holding import Holding

if TYPE_CHECKING:
    from service.recording import Done, Write


class LeavingVerbs(Holding):
    """What is decided when an agency leaves."""

    def leave_agency(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that an agency leaves; refuse with the list of what is open, as the log has it at each try."""
        if said["successor"]:
            self._member(said["successor"], said["occurred_on"])

        def leave(agency: Agency, **said: Any) -> None:
            open_obligations = self.open_obligations(ref, said["occurred_on"])
            agency.leave(open_obligations=open_obligations, accounted=self.accounted_for(ref), **said)

        return self._change(Agency, ref, leave, write, **said)

    def transfer_obligation(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Ask another member to take an action over."""
        self._member(said["successor"], said["occurred_on"])
        return self._change(Action, ref, Action.transfer_obligation, write, **said)

    def accept_transfer(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Take an action over, for the agency that was asked, while it is a member."""
        self._there(Office, "office", said["owner_office"])

        def accept(action: Action, **said: Any) -> None:
            if action.state and action.state.offered_to:
                self._member(action.state.offered_to, said["occurred_on"])
            action.accept_transfer(**said)

        return self._change(Action, ref, accept, write, **said)

    def refuse_transfer(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Refuse to take an action over; the Board keeps it."""
        return self._change(Action, ref, Action.refuse_transfer, write, **said)

    def declare_outstanding(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Declare an action outstanding at the departure of its owner."""
        return self._change(Action, ref, Action.declare_outstanding, write, **said)
