"""What an agency's earlier memberships were, and what is refused of a membership, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from aggregates.clocks.dates import MONTHS, later
from aggregates.errors import Refused

if TYPE_CHECKING:
    from datetime import date

YEARS_AHEAD: Final = 2  # for which a departure can be announced


@dataclass(frozen=True, slots=True)
class Spell:
    """A membership that was over before the present one began: what was owed in it stays as it was left."""

    joined_on: date
    left_on: date
    category: str
    section_11: str


class NotAMember(Refused):
    """What is not a member (any more) takes no part."""

    text = "{ref} is not a member of the partnership on {day}"


class HasLeft(NotAMember):
    """What has left takes on nothing new."""

    text = "{ref} left the partnership on {on}"


class AlreadyAMember(Refused):
    """An agency joins once, until it leaves."""

    text = "{ref} is a member of the partnership already"


class SameName(Refused):
    """A new name is another one."""

    text = "{ref} has the name {name} already"


class SucceedsItself(Refused):
    """Another agency goes on where one leaves off."""

    rule, text = "INV-36", "{ref} cannot be its own successor"


class NotLeaving(Refused):
    """What an agency owes is declared outstanding at its departure, and at nothing else."""

    rule, text = "INV-36", "{ref} is not leaving: nothing that it owes is outstanding at its departure until that is announced"


class LeavesBefore(Refused):
    """A departure is announced before it happens, or on its day."""

    text = "{ref} cannot announce on {day} that it leaves on {leaves_on}, which is before"


class LeavesTooLate(Refused):
    """A departure is announced for a day that is in sight: what is declared outstanding at it is owed until then."""

    rule, text = "INV-36", "{ref} cannot announce on {day} that it leaves on {leaves_on}: choose a day until {latest}"


class DeparturePassed(Refused):
    """Whoever announced to leave, and did not, has not left what it owes behind."""

    rule = "INV-36"
    text = "{ref} announced to leave on {leaves_on}, before {day}: announce its departure anew before more is declared outstanding at it"


class DeclarationsRest(Refused):
    """A departure is not taken back while what it excused stays excused."""

    rule, text = "INV-36", "{items} of {ref} is outstanding at the departure that would not be announced any more: retract that first"


class OwedByTheDeparted(Refused):
    """What an agency left accounted for when it left does not become its own again."""

    rule, text = "INV-36", "{ref} would be owed by {agency}, which is not a member: it was accounted for when {agency} left"


class HeldForTheDeparted(Refused):
    """Nobody acts for an agency that has left."""

    rule, text = "INV-36", "{ref} would be held for {agency}, which is not a member, after {day}"


class MembershipRests(Refused):
    """An agency is not taken out of the partnership by an amendment either, while it owes something."""

    rule, text = "INV-36", "{ref} holds {obligations}: days of its membership cannot be taken away before each is transferred or discharged"


class NotOwed(Refused):
    """Only what an agency still owes is declared outstanding, each once."""

    rule, text = "INV-36", "{item} is nothing that {ref} still owes and could leave behind: {open_items}"


class ChairsOwnAgency(Refused):
    """The chair's independence: what the chair's own employer owes is not excused by the chair. The deputy does it."""

    rule, text = "INV-44", "{ref} employs the {role}, so the {role} cannot declare what it owes outstanding"


class OpenObligations(Refused):
    """An agency does not leave its promises behind unseen."""

    rule, text = "INV-36", "{ref} cannot leave while it holds {obligations}: transfer, discharge or declare each"


# What an agency owes beside its actions, by the kind of the thing that it owes it to.
OWED: Final = {
    "review": "information for the review {}",
    "challenge": "the challenge {}",
    "return": "the return {}",
    "dissemination": "the acknowledgement of the dissemination {}",
}


def owed_in_words(kind: str, ref: str) -> str:
    """Return in words what an agency owes beside its actions."""
    return OWED[kind].format(ref)


def promised_in_words(ref: str, offered_to: str | None) -> str:
    """Return in words an action that an agency still owes."""
    return f"action {ref}" + (f" (offered to {offered_to}, which has not answered)" if offered_to else "")


def why_not_leaving(ref: str, leaves_on: date | None, day: date) -> Refused | None:
    """Return why nothing of this agency's is declared outstanding on a day, by the day that it has announced; None where it can be."""
    if leaves_on is None:
        return NotLeaving(ref=ref)
    return DeparturePassed(ref=ref, leaves_on=leaves_on, day=day) if day > leaves_on else None


def check_in_sight(ref: str, day: date, leaves_on: date) -> None:
    """Refuse to announce on a day a departure that has been, or that is too far off."""
    if leaves_on < day:
        raise LeavesBefore(ref=ref, day=day, leaves_on=leaves_on)
    if leaves_on > (latest := later(day, months=MONTHS * YEARS_AHEAD)):
        raise LeavesTooLate(ref=ref, day=day, leaves_on=leaves_on, latest=latest)
