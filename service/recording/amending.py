"""What an amendment of one thing would do to others: above all, give an agency that has left something to owe again (INV-36).

A departure is refused while anything is open. What was settled for it stays settled: no amendment, of whatever entry and by whomever,
brings back by another door what the departure had to see settled.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from aggregates.action import state as of_action
from aggregates.dissemination import DisseminationState
from aggregates.entry import Recorded
from aggregates.partnership import Agency
from aggregates.partnership.agency import Left
from aggregates.partnership.challenge import ChallengeState, Raised
from aggregates.partnership.membership import (
    DeclarationsRest,
    HeldForTheDeparted,
    MembershipRests,
    NotOwed,
    OwedByTheDeparted,
    why_not_leaving,
)
from aggregates.partnership.office import Office
from aggregates.returns import ReturnState
from aggregates.review.state import ReviewState
from service.recording.across.holding import Holding, held_after, promised

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aggregates.entry import Entry
    from aggregates.partnership.agency import AgencyState
    from aggregates.partnership.office import OfficeState

# The fields that say who is asked to take something on.
ASKED: Final = {
    "action.assigned.v1": "owner",
    "action.reassigned.v1": "owner",
    "action.obligation_transferred.v1": "successor",
    "agency.left.v1": "successor",
}


class Amending(Holding):
    """The log of one board, and what amendments would make of it."""

    def amended(self, amend: Callable[..., None], thing: Any, /, **said: Any) -> None:
        """Amend a thing; refuse what an agency would then owe, hold or have declared that could not have come about."""
        if not isinstance(thing, Recorded):
            amend(thing, **said)  # which refuses: nothing of it is amended
            return
        which = (said["amends"], said.get("corrected"))
        now, then = thing.rewritten(*which)
        had, has = thing.standing, thing.amended(*which)
        amend(thing, **said)  # whoever may not amend it hears that first
        self._check_asked(now, then)
        self._check_owed(thing, thing.fold(had), thing.fold(has))
        if isinstance(thing, Office):
            self._check_held(thing, thing.fold(had), thing.fold(has))
        elif isinstance(thing, Agency):
            self._check_declared(thing, now, then, thing.fold(has))
            self._check_announced(thing, had, has)
            self._check_membership(thing.ref, thing.fold(had), thing.fold(has), said["occurred_on"])

    def _check_asked(self, now: Entry | None, then: Entry | None) -> None:
        """Refuse an owner or a successor that could not have been named on that day."""
        if then is None or (field := ASKED.get(then.event.TOPIC)) is None or (asked := then.body[field]) is None:
            return
        another = now is not None and now.body[field] != asked
        if another and then.event is not Agency.AgencyLeft:
            self._owner(asked, then.occurred_on)
        elif (another or now is None or now.occurred_on != then.occurred_on) and self.find(Agency, asked):
            self._took_part(asked, then.occurred_on)

    def _check_owed(self, thing: Any, had: Any, has: Any) -> None:
        """Refuse what an agency that is not a member would owe, and does not now."""
        for code in sorted(_owing(thing, has) - _owing(thing, had)):
            agency: Agency | None = self.find(Agency, code)
            if agency and (agency.state is None or isinstance(agency.state.status, Left)):
                raise OwedByTheDeparted(ref=thing.ref, agency=code)

    def _check_held(self, office: Office, had: OfficeState | None, has: OfficeState | None) -> None:
        """Refuse a term in which somebody would act for an agency after it left."""
        for code in {term.of for term in has.terms} if has else ():
            agency: Agency | None = self.find(Agency, code)
            status = agency.state.status if agency and agency.state else None
            if isinstance(status, Left) and held_after(has, code, status.on) and not held_after(had, code, status.on):
                raise HeldForTheDeparted(ref=office.ref, agency=code, day=status.on)

    def _check_declared(self, agency: Agency, now: Entry | None, then: Entry | None, has: AgencyState | None) -> None:
        """Refuse to have declared outstanding what is not owed, or, of an agency that has left, to have declared it no more."""
        gone, new = (entry.body["item"] if entry and entry.event is Agency.ObligationOutstanding else None for entry in (now, then))
        if gone == new:
            return
        if gone and has and isinstance(has.status, Left):
            raise OwedByTheDeparted(ref=gone, agency=agency.ref)
        if new and new not in (owed := self.owed(agency.ref)):
            raise NotOwed(ref=agency.ref, item=new, open_items=", ".join(owed) or "there is nothing")

    def _check_announced(self, agency: Agency, had: Sequence[Entry], has: Sequence[Entry]) -> None:
        """Refuse to take the announcement away from under the actions that were declared outstanding at the departure."""

        def rests(stand: Sequence[Entry], day: date) -> bool:
            then = Agency.fold(entry for entry in stand if entry.occurred_on <= day)
            return why_not_leaving(agency.ref, then.leaves_on if then else None, day) is None

        declared = self.left_undone(agency.ref).items()
        if items := [f"action {ref}" for ref, day in declared if rests(had, day) and not rests(has, day)]:
            raise DeclarationsRest(ref=agency.ref, items=items)

    def _check_membership(self, ref: str, had: AgencyState | None, has: AgencyState | None, day: date) -> None:
        """Refuse to take days of its membership from an agency that owes something."""
        if had is None or (has and has.joined_on <= had.joined_on and _until(has) >= _until(had)):
            return
        last = has.status.on if has and isinstance(has.status, Left) else day
        if obligations := self.obligations(ref, last, outstanding=has.outstanding if has else ()):
            raise MembershipRests(ref=ref, obligations=tuple(obligations))


def _until(agency: AgencyState) -> date:
    return agency.status.on if isinstance(agency.status, Left) else date.max


def _owing(thing: Any, state: Any) -> set[str]:
    """Return who owes something by what a thing says."""
    match state:
        case of_action.State():
            return {state.owner} if promised(state) else set()
        case ChallengeState(status=Raised()):
            return {str(thing.entries[0].body["put_to"])}
        case ReturnState():
            return {state.respondent} if state.owed else set()
        case DisseminationState():
            return set(state.outstanding)
        case ReviewState():
            return {one.agency for one in state.information if one.submitted_on is None}
    return set()
