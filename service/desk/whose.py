"""Whose a thing of the record is: what is another agency's does not exist for who acts for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.action import Action
from aggregates.authority import BOARD, Acting
from aggregates.dissemination import Dissemination
from aggregates.partnership import Meeting
from aggregates.partnership.challenge import Challenge
from aggregates.registry import Inspection
from aggregates.returns import Return
from aggregates.review import Review
from aggregates.training_session import TrainingSession
from service import commands
from service.desk.roles import ONE_AGENCY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def theirs(who: Acting, thing: Any) -> bool:
    """Say whether a thing is there for who acts: another agency's action or review does not exist for a designated lead (journey F.3).

    Nor does a review that they do not lead for a lead reviewer, who is of no agency (domain B.6).

    An action is its owner's, and whose it is to become; a review is the referring agency's, the office's that referred it, and of
    whoever was asked about it; a return is its respondent's, be it an agency or an office; a challenge is of who raised it and of
    whom it was put to; a meeting, but of the Board, of those whom its attendance names; a session is of those who train in it, and of
    the agencies whose staff had a place or train; an item of dissemination is of those who received it; an inspection is of the
    office that it is for.
    """
    if who.on_behalf_of is not None:
        return True
    if who.role == commands.LEAD_REVIEWER:
        return _led(who, thing) if isinstance(thing, Review) else _of(None, who, thing)
    return who.role not in ONE_AGENCY or _of(who.body or who.agency, who, thing)


def _led(who: Acting, review: Review) -> bool:
    lead = review.state.lead if review.state else None
    return lead is not None and who.is_(lead.reviewer)


def _of(ours: str | None, who: Acting, thing: Any) -> bool:
    """Say whether a thing is of an agency, or of the office of who acts."""
    if isinstance(thing, Return):
        respondent = thing.entries[0].body["respondent"]
        return respondent == who.office or (who.role == commands.LEAD and respondent == ours)
    if isinstance(thing, Review):
        referred = thing.entries[0].body
        by = referred["on_behalf_of"] or referred["by_office"]
        return who.office == by or (thing.state is not None and ours in thing.state.agencies)
    whose = WHOSE.get(type(thing))
    return whose is None or (thing.state is not None and whose(thing.state, ours, who.office))


# Of other things: whether what is true of one makes it an agency's, or an office's.
WHOSE: Final[Mapping[type[Any], Callable[[Any, str | None, str | None], bool]]] = {
    Action: lambda it, ours, _: ours is not None and ours in {it.owner, it.offered_to},
    Challenge: lambda it, ours, office: ours in it.concerns or office in {it.raised_by, it.to},
    Inspection: lambda it, _, office: it.office == office,
    Meeting: lambda it, ours, _: it.body == BOARD or ours in dict(it.attendance),
    TrainingSession: lambda it, ours, office: office in it.trainers or ours in it.agencies,
    Dissemination: lambda it, ours, _: ours is not None and it.received(ours) is not None,
}
