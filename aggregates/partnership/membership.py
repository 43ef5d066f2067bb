"""What is refused of an agency's membership, by name."""

from __future__ import annotations

from aggregates.errors import Refused


class NotAMember(Refused):
    """What is not a member (any more) takes no part."""

    text = "{ref} is not a member of the partnership on {day}"


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


class NotOwed(Refused):
    """Only what an agency still owes is declared outstanding, each once."""

    rule, text = "INV-36", "{item} is nothing that {ref} still owes and could leave behind: {open_items}"


class ChairsOwnAgency(Refused):
    """The chair's independence: what the chair's own employer owes is not excused by the chair. The deputy does it."""

    rule, text = "INV-44", "{ref} employs the {role}, so the {role} cannot declare what it owes outstanding"


class OpenObligations(Refused):
    """An agency does not leave its promises behind unseen."""

    rule, text = "INV-36", "{ref} cannot leave while it holds {obligations}: transfer, discharge or declare each"
