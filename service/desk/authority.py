"""On what authority somebody acts or reads (domain B.6).

Authority to record is judged by the register of offices on the day of recording; independence, by who employed the holder of
the office on the day on which the act is true (ledger §3).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, assert_never

from aggregates.authority import Acting
from aggregates.partnership import Agency
from aggregates.partnership.agency import Left
from aggregates.partnership.office import Holder, Office
from aggregates.registry import Inspection, InspectionState
from aggregates.registry.inspection import InspectionEnded, NoInspectionOpen, NoRehearsalOpen, RehearsalEnded
from service import commands
from service.desk import roles
from service.desk.coming_in.refusals import NotForThisKey
from service.desk.refusals import BeyondTheirOffice, NotAllowed, NotInOffice, NotSignedIn, OnlyTheBoardManager, UnknownOffice
from service.desk.roles import ROLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from uuid import UUID

    from service.commands import Command
    from service.desk.accounts import Caller
    from service.desk.persons import Persons

READS_ON: Final = timedelta(days=90)  # for which the leads of an agency that left read their own history


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader may see: the whole Board's record, or one agency's; with or without what is restricted.

    Who `leads` reviews is of no agency: of reviews and actions they see those that they lead, and what came of these.

    Of an inspection, the positions of the days that it covers, and what happened on them. An action, a review or a challenge that
    stood on such a day is shown with all that brought it there, also from before the first day, because it could not be understood
    without; such entries say so. A feed, a step from event to event and the list of meetings begin with the first day.
    """

    agency: str | None
    restricted: bool
    inspection: InspectionState | None = None
    leads: UUID | None = None
    role: str | None = None
    rehearses: bool = False  # the inspection is one that nobody came for: what they open in it is open to them every day

    @property
    def protects(self) -> bool:
        """Say whether they may read what the law asks about people (domain B.6), who are of no agency."""
        return self.agency is None and roles.may(self.role, "data protection")

    @property
    def purpose(self) -> str | None:
        """Return for what they open what is personal, where a restriction may name it."""
        return self.inspection.purpose if self.inspection else commands.OFFICER if self.role == commands.OFFICER else None

    @property
    def partial(self) -> bool:
        """Say whether what they may see is less than the Board's: what is counted of it says nothing of the Board."""
        return self.agency is not None or self.leads is not None

    @property
    def period(self) -> tuple[date, date] | None:
        """Return the days that an inspector may ask for, the first and the last."""
        return (self.inspection.covers_from, self.inspection.ceiling) if self.inspection else None


def acting(board: Persons, caller: Caller, office: str | None, on_behalf_of: str | None, *, occurred_on: date, today: date) -> Acting:
    """Return as whom the caller acts: in a rehearsal, as who records nothing.

    Refuses an office that they do not hold today, and to act for another but as board manager.
    """
    if office is None:
        raise NotSignedIn
    seat, merged = _office(board, office).holder_on(today), board.merged()
    if seat is None or not (_is(merged, seat.holder.subject, caller.person) or (caller.speaks_for_all and board.demonstration)):
        raise NotInOffice(who=caller.email, office=office, day=today)
    person = seat.holder.subject
    if caller.rehearses and on_behalf_of is None:
        return Acting(person, office, roles.INSPECTOR, today=today, merged=merged)
    if caller.rehearses:
        raise OnlyTheBoardManager(office=office, on_behalf_of=on_behalf_of)
    if on_behalf_of is None:
        then = _office(board, office).holder_on(occurred_on) or seat
        if then.holder != seat.holder and then.employer != seat.employer:  # or a successor could judge as their predecessor might
            raise NotInOffice(who=caller.email, office=office, day=occurred_on)
    by = by_register(partial(_office, board), office, on_behalf_of, occurred_on=occurred_on, today=today)
    stands_for = holder(board, on_behalf_of, occurred_on) if on_behalf_of else None
    return replace(by, person=person, stands_for=stands_for, merged=merged)


def by_register(office_of: Callable[[str], Filled], office: str, on_behalf_of: str | None, *, occurred_on: date, today: date) -> Acting:
    """Return as whom an office acts, by a register of offices, whoever the person is. Refuses one that nobody holds.

    Nobody but the board manager acts for another, who held the office on the day of the act.
    """
    holder = office_of(office).holder_on(today)
    if holder is None:
        raise NotInOffice(who="Nobody", office=office, day=today)
    if on_behalf_of is None:
        then = office_of(office).holder_on(occurred_on) or holder
        return Acting(None, office, holder.role, holder.body, then.employer, today=today)
    if holder.role != commands.MANAGER:
        raise OnlyTheBoardManager(office=office, on_behalf_of=on_behalf_of)
    they = office_of(on_behalf_of).holder_on(occurred_on)
    if they is None:
        raise NotInOffice(who=on_behalf_of, office=on_behalf_of, day=occurred_on)
    return Acting(None, office, they.role, they.body, they.employer, on_behalf_of, None, holder.employer, today)


class Filled(Protocol):
    """An office that says who holds it on a day."""

    def holder_on(self, day: date) -> Holder | None:
        """Return the term that covers a day."""


def allow(command: Command, who: Acting) -> None:
    """Refuse a command to an office that may not give it."""
    if who.role not in command.by:
        raise NotAllowed(who=called(who.role), act=command.title.lower(), roles=command.by)


def check(board: Persons, caller: Caller, right: str, *, today: date) -> None:
    """Refuse a right to a role that does not have it, and what is of the whole Board to who inspects one agency."""
    it, seat = roles.RIGHTS[right], _seat(board, caller, today)
    role = roles.INSPECTOR if caller.rehearses else seat.role
    if role not in it.by:
        raise NotAllowed(who=called(role), act=it.act, roles=it.by)
    if it.whole and scope(board, caller, today=today).agency is not None:
        raise NotAllowed(who="Who inspects one agency", act=it.act, roles=["who inspects them all"])


def check_program(caller: Caller, command: Command) -> None:
    """Refuse a command for which the caller's API key was not made."""
    acts = caller.program.acts if caller.program else None
    if acts is not None and command.name not in acts:
        raise NotForThisKey(act=command.title.lower(), acts=acts or "reading alone")


def called(role: str | None) -> str:
    """Return a role with its article, as a sentence begins with it."""
    return f"{'An' if (role or 'member').startswith(tuple('aeiou')) else 'A'} {role or 'member'}"


def scope(board: Persons, caller: Caller, *, today: date) -> Scope:
    """Return what the caller may read, by the role of the office that they hold today (`roles`).

    An inspector or an auditor reads what the inspection covers that is open for their office, and nothing without one (INV-41). Who
    rehearses reads what an inspector would, as far as it is theirs to read every day.
    """
    own = _by_office(board, caller, today)
    if not caller.rehearses:
        return own
    opened = rehearsal(board, str(caller.office), today)
    if own.agency not in {None, opened.agency}:
        raise BeyondTheirOffice(office=caller.office, own=own.agency)
    return replace(own, agency=opened.agency, inspection=opened, role=roles.INSPECTOR, rehearses=True)


def _by_office(board: Persons, caller: Caller, today: date) -> Scope:
    vacant = caller.office is not None and _office(board, caller.office).holder_on(today) is None
    if vacant and (left := _left_lately(board, caller, today)):
        return Scope(left, restricted=True, role=commands.LEAD)
    found = of_office(board, str(caller.office), _seat(board, caller, today), today)
    return replace(found, leads=caller.person) if found.leads else found


def of_office(board: Persons, office: str, holder: Holder, today: date) -> Scope:
    """Return what whoever holds an office may read in it."""
    it = ROLES.get(holder.role)
    if it is None:
        raise NotAllowed(who=called(holder.role), act="read the Board's record", roles=ROLES)
    match it.sees:
        case "the whole record":
            return Scope(None, it.restricted, role=holder.role)
        case "their agency's":
            return Scope(holder.of or holder.employer or "", it.restricted, role=holder.role)
        case "what they lead":
            return Scope("", it.restricted, leads=holder.holder.subject, role=holder.role)
        case "what they inspect":
            opened = inspection(board, office, today)
            return Scope(opened.agency, it.restricted, opened, role=holder.role)
    assert_never(it.sees)


def receives(board: Persons, office: str, today: date) -> Scope:
    """Return what whoever holds an office may be handed in a pack; refuse an office that is vacant, or whose role takes none."""
    holder = _office(board, office).holder_on(today)
    if holder is None:
        raise NotInOffice(who="Nobody", office=office, day=today)
    it = roles.RIGHTS["packs"]
    if holder.role not in it.by:
        raise NotAllowed(who=called(holder.role), act=it.act, roles=it.by)
    return of_office(board, office, holder, today)


def _seat(board: Persons, caller: Caller, today: date) -> Holder:
    """Return the term in which a caller holds the office in which they act; refuse who acts in none, or holds it no more."""
    if caller.office is None:
        raise NotAllowed(who="Somebody without an office", act="read the Board's record", roles={"office holders of the Board"})
    term = _office(board, caller.office).holder_on(today)
    if term is None or not _is(board.merged(), term.holder.subject, caller.person):
        raise NotInOffice(who=caller.email, office=caller.office, day=today)
    return term


def inspection(board: Persons, office: str, day: date) -> InspectionState:
    """Return the inspection that is open for an office on a day; refuses where none is, or it has ended."""
    found = board.find(Inspection, office)
    state: InspectionState | None = found.state if found else None
    if state is None:
        raise NoInspectionOpen(office=office, day=day)
    if not state.open_on(day):
        raise InspectionEnded(office=office, ended_on=state.ended_on)
    return state


def rehearsal(board: Persons, office: str, day: date) -> InspectionState:
    """Return the rehearsal that is open for an office on a day; refuses where none is, or it has ended."""
    found = board.find(Inspection, office)
    state: InspectionState | None = found.state if found else None
    if state is None or state.purpose != "rehearsal":
        raise NoRehearsalOpen(office=office, day=day)
    if not state.open_on(day):
        raise RehearsalEnded(office=office, ended_on=state.ended_on)
    return state


def _left_lately(board: Persons, caller: Caller, today: date) -> str | None:
    """Return the agency that a caller was the lead of when it left, for the days for which its leads read on (journey F.9)."""
    office = _office(board, caller.office or "")
    term = max(office.state.terms if office.state else (), key=lambda term: term.from_on, default=None)
    if term is None or term.role != commands.LEAD or not _is(board.merged(), term.holder.subject, caller.person):
        return None
    agency = board.find(Agency, term.of)
    status = agency.state.status if agency and agency.state else None
    if not isinstance(status, Left) or not (term.serves_on(status.on) or term.serves_on(status.on - timedelta(1))):
        return None
    return term.of if today <= status.on + READS_ON else None


def _is(merged: Mapping[UUID, UUID], one: UUID, other: UUID | None) -> bool:
    """Say whether two references are of one person."""
    return other is not None and merged.get(one, one) == merged.get(other, other)


def holder(board: Persons, office: str, day: date) -> UUID:
    """Return the person who holds an office on a day; refuses where nobody does."""
    found = _office(board, office).holder_on(day)
    if found is None:
        raise NotInOffice(who="Nobody", office=office, day=day)
    return found.holder.subject


def _office(board: Persons, code: str) -> Office:
    office = board.find(Office, code)
    if office is None:
        raise UnknownOffice(office=code)
    found: Office = office
    return found
