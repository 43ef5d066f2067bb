"""On what authority somebody acts or reads (domain B.6).

Authority to record is judged by the register of offices on the day of recording; independence, by who employed the holder of
the office on the day on which the act is true (ledger §3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from aggregates.action import Action
from aggregates.authority import Acting
from aggregates.partnership.office import Office
from aggregates.registry import Inspection, InspectionState
from aggregates.registry.inspection import NoInspectionOpen
from aggregates.review import Review
from service import commands
from service.desk.refusals import NotAllowed, NotInOffice, NotSignedIn, OnlyTheBoardManager, UnknownOffice

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from service.commands import Command
    from service.desk.accounts import Caller
    from service.recording import Recording

INSPECTORS: Final = frozenset({"inspector", "auditor"})  # who read what is opened to them, and record nothing
ONE_AGENCY: Final = frozenset({commands.LEAD, "trainer"})  # who sees their own agency's record, and no other's


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader may see: the whole Board's record, or one agency's; with or without what is restricted."""

    agency: str | None
    restricted: bool
    inspection: InspectionState | None = None

    @property
    def period(self) -> tuple[date, date] | None:
        """Return the days that an inspector may ask for, the first and the last."""
        return (self.inspection.covers_from, self.inspection.ceiling) if self.inspection else None


def acting(board: Recording, caller: Caller, office: str | None, on_behalf_of: str | None, *, occurred_on: date, today: date) -> Acting:
    """Return as whom the caller acts. Refuses an office that they do not hold today, and to act for another but as board manager."""
    if office is None:
        raise NotSignedIn
    holder = _office(board, office).holder_on(today)
    if holder is None or not (holder.holder.subject == caller.person or (caller.speaks_for_all and board.demonstration)):
        raise NotInOffice(who=caller.email, office=office, day=today)
    person = holder.holder.subject
    if on_behalf_of is None:
        then = _office(board, office).holder_on(occurred_on) or holder
        if then.holder != holder.holder and then.employer != holder.employer:  # or a successor could judge as their predecessor might
            raise NotInOffice(who=caller.email, office=office, day=occurred_on)
        return Acting(person, office, holder.role, holder.body, then.employer)
    if holder.role != commands.MANAGER:
        raise OnlyTheBoardManager(office=office, on_behalf_of=on_behalf_of)
    they = _office(board, on_behalf_of).holder_on(occurred_on)
    if they is None:
        raise NotInOffice(who=on_behalf_of, office=on_behalf_of, day=occurred_on)
    return Acting(person, office, they.role, they.body, they.employer, on_behalf_of, they.holder.subject, holder.employer)


def allow(command: Command, who: Acting) -> None:
    """Refuse a command to an office that may not give it."""
    if who.role not in command.by:
        raise NotAllowed(who=f"A {who.role}", act=command.title.lower(), roles=command.by)


def theirs(who: Acting, thing: Any) -> bool:
    """Say whether a thing is there for who acts: another agency's action or review does not exist for a designated lead (journey F.3).

    An action is its owner's; a review is the referring agency's, and the office's that referred it.
    """
    if who.role not in ONE_AGENCY or who.on_behalf_of is not None or not isinstance(thing, (Action, Review)):
        return True
    ours = who.body or who.agency
    if isinstance(thing, Action):
        return thing.state is not None and thing.state.owner == ours
    referred = thing.entries[0].body
    return who.office == (referred["on_behalf_of"] or referred["by_office"]) or (thing.state and thing.state.referring_agency) == ours


def scope(board: Recording, caller: Caller, *, today: date) -> Scope:
    """Return what the caller may read: a designated lead their own agency's, other offices all, an operator nothing of the Board's.

    An inspector or an auditor reads what the inspection covers that is open for their office, and nothing without one (INV-41).
    """
    if caller.office is None:
        raise NotAllowed(who="Somebody without an office", act="read the Board's record", roles={"office holders of the Board"})
    holder = _office(board, caller.office).holder_on(today)
    if holder is None or holder.holder.subject != caller.person:
        raise NotInOffice(who=caller.email, office=caller.office, day=today)
    if holder.role in INSPECTORS:
        inspection = board.find(Inspection, caller.office)
        if inspection is None or inspection.state is None or not inspection.state.open_on(today):
            raise NoInspectionOpen(office=caller.office, day=today)
        return Scope(inspection.state.agency, restricted=True, inspection=inspection.state)
    if holder.role in ONE_AGENCY:
        return Scope(holder.body or holder.employer or "", restricted=holder.role == commands.LEAD)
    return Scope(None, restricted=True)


def holder(board: Recording, office: str, day: date) -> UUID:
    """Return the person who holds an office on a day; refuses where nobody does."""
    found = _office(board, office).holder_on(day)
    if found is None:
        raise NotInOffice(who="Nobody", office=office, day=day)
    return found.holder.subject


def _office(board: Recording, code: str) -> Office:
    office = board.find(Office, code)
    if office is None:
        raise UnknownOffice(office=code)
    found: Office = office
    return found
