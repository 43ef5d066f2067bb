"""What an item of dissemination refuses: one named rule each."""

from __future__ import annotations

from aggregates.errors import Refused


class NotProduced(Refused):
    """Nothing is said of an item on a day on which there was none."""

    text = "{ref} had not been produced on {day}"


class OneFile(Refused):
    """An item is one content, known by its hash."""

    rule, text = "INV-19", "{ref} is one file: bring the file that is sent, and no other"


class NotOnePage(Refused):
    """A single-page practice briefing has exactly one page, whatever is said of it."""

    rule, source = "INV-22", "framework, page 12"
    text = "{ref} is a single-page practice briefing, so it has one page, not {pages}"


class PagesUncounted(Refused):
    """Whether a briefing has one page has to be known: it is said, and it can be read in the file where that is a PDF."""

    rule, source = "INV-22", "framework, page 12"
    text = "{ref} is a single-page practice briefing: {why}"


class OtherPages(Refused):
    """A file has the pages that it has."""

    text = "The file of {ref} has {counted} pages, not {pages}"


class AlreadyIssued(Refused):
    """An item is issued once; whoever joins later is caught up."""

    rule, text = "INV-18", "{ref} was issued on {on}: who joined later is caught up, and another version is an item of its own"


class NotIssued(Refused):
    """Nobody answers what was sent to nobody."""

    text = "{ref} had not been issued on {day}"


class ItemEnded(Refused):
    """What is withdrawn or superseded takes no more acts, only amendments."""

    rule, text = "INV-19", "{ref} is {status}: nothing more can be recorded of it, only amended"


class NobodyReceives(Refused):
    """An item goes to somebody."""

    rule, text = "INV-18", "Nobody was a member on {day}, so {ref} would go to nobody"


class NotARecipient(Refused):
    """An item is answered by those to whom it was sent."""

    rule, text = "INV-18", "{ref} had not been sent to {agency} on {day}"


class AlreadyReceived(Refused):
    """Whoever has received an item is not caught up with it."""

    rule, text = "INV-18", "{agency} has received {ref} already"


class OtherContent(Refused):
    """What is acknowledged is this very content."""

    rule, text = "INV-19", "What would be acknowledged is not the content of {ref}: look at what was sent, and acknowledge that"


class AlreadyAcknowledged(Refused):
    """An item is acknowledged once; what was said wrong is corrected."""

    text = "{agency} acknowledged {ref} on {on}: correct that entry where it was wrong"


class NotAcknowledged(Refused):
    """What a recipient did with an item comes after it has acknowledged it."""

    text = "{agency} has not acknowledged {ref}: that comes first"


class UnreadableGroups(Refused):
    """Of each group it is said once whether it needs to know."""

    rule, source = "INV-20", "framework, page 10"
    text = "For {ref}, say of each group once whether it needs to know it, or whether that is nice to know: {why}"


class GroupsLeftOut(Refused):
    """An agency does not forget a staff group that it has declared before."""

    rule, source = "INV-20", "framework, page 10"
    text = "{agency} has declared {groups} before: say of each for {ref} whether it needs to know"


class NotADeclaredGroup(Refused):
    """Of a staff group is reported for which it was said whether it needs to know."""

    rule, text = "INV-20", "{agency} has said nothing of {group} when it acknowledged {ref}: its groups are {groups}"


class NotAPart(Refused):
    """A part is counted of a whole."""

    text = "{part} of {whole} cannot be: a part is never more than the whole, and of the whole there is at least one"


class NoImplicationsUnexplained(Refused):
    """That nothing has to change is a finding of its own, with its reason."""

    rule, source, text = "INV-21", "framework, page 12", "Say why nothing has to change at {agency} because of {ref}"


class ImplicationsRest(Refused):
    """An action that came of an item stays while it is on record that it did."""

    rule, source = "INV-34", "framework, page 12"
    text = "{agencies} answered {ref} with {action}: let that answer be corrected first, or withdraw the action, which keeps it on show"


class SupersedesItself(Refused):
    """An item gives way to another one."""

    text = "{ref} cannot be superseded by itself"


class NoSuccessor(Refused):
    """What takes its place has been sent, and stands."""

    rule, text = "INV-19", "{by_ref} is {status}, so it cannot take the place of {ref}: issue it first"


class SuccessorNotSent(Refused):
    """Nobody is freed of what they owe by an item that they never got."""

    rule, source = "INV-19", "framework, page 10"
    text = "{by_ref} was not sent to {agencies}, which have {ref}: send it to them first"


class EmployerOwes(Refused):
    """The chair ends nothing that is owed by the organisation that employs them."""

    rule = "INV-44"
    text = "{agency} employs the {role} and still owes an answer to {ref}: the deputy, or a chair whom it does not employ, has to {act} it"


class StatementNeeded(Refused):
    """Who receives the framework says how it fits their own arrangements; that is what is owed, and an acknowledgement is made once."""

    rule, source = "LIF-RAG-01", "framework, page 10"
    text = "Say in a statement how {ref} fits the arrangements of {agency}: that is what the framework asks of those who receive it"


class FixedByIssue(Refused):
    """What was sent, to whom and when stays as it was sent: the recipients of the day and their dates were found by it."""

    rule = "INV-18"
    text = "{field} of {ref} stays as it was when it was sent, with its recipients and their dates: retract what was sent, and send it anew"
