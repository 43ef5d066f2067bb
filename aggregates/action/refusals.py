"""What an action refuses: one named rule each."""

from __future__ import annotations

from aggregates.errors import Refused


class NotAssigned(Refused):
    """Nothing can be said of an action on a day on which nobody had promised it."""

    text = "{ref} was not assigned on {day}"


class WrongState(Refused):
    """Each act has the states that it can follow (domain B.4)."""

    text = "{ref} is {status}, so it cannot be {act}"


class ActionEnded(Refused):
    """What is closed, withdrawn or superseded takes no more acts, only amendments."""

    text = "{ref} is {status}: nothing more can be recorded of it, only amended"


class NotOwner(Refused):
    """The owner's acts are the owner's."""

    text = "{ref} is owned by {owner}: only {owner} can say that"


class NotOverseeing(Refused):
    """An action is judged by those who oversee it."""

    text = "{ref} is overseen by {overseen_by}: only its chair, or the chair of the Board, can decide that"


class OverseesItself(Refused):
    """Who owns an action does not oversee it."""

    rule, text = "INV-11", "{owner} cannot both own {ref} and oversee it"


class NotBoardLevel(Refused):
    """A promise is given up by the Board, not by a sub-group or an agency."""

    rule, text = "INV-16", "{ref} can be given up only by the chair of the Board"


class OwnAction(Refused):
    """The agency that owns an action does not judge it."""

    rule, source = "INV-11", "framework, page 8"
    text = "{agency} owns {ref}, so it cannot {act}"


class ChairsEmployer(Refused):
    """The chair's independence: nothing owed by the chair's own employer is judged by the chair. The deputy does."""

    rule = "INV-44"
    text = "{agency} owns {ref} and employs the {role}, so the {role} cannot {act}"


class SamePerson(Refused):
    """One person does not both submit and sign off, even in two offices."""

    rule, text = "INV-12", "The same person submitted evidence for {ref} and would sign it off"


class NoEvidence(Refused):
    """Sign-off needs evidence that came before it, stands, and was not returned."""

    rule, text = "INV-13", "{ref} has no evidence, received by {day} and not returned, that a sign-off could rest on"


class NothingSubmitted(Refused):
    """A submission of evidence brings evidence."""

    text = "A submission of evidence for {ref} needs at least one item"


class EvidenceNotYetThere(Refused):
    """Evidence is not dated after the day on which it was handed in."""

    text = "Evidence for {ref} is dated {evidence_date}, after the day on which it was submitted, {day}"


class DueBeforeItBegins(Refused):
    """A due date lies after the day on which it is set."""

    rule, text = "INV-15", "{due_on} is no date for {ref} that is set on {day}: choose a later one"


class SameDueDate(Refused):
    """A variation changes the date."""

    rule, text = "INV-15", "{ref} is due on {due_on} already"


class CuredInRetrospect(Refused):
    """Once its date has passed, nothing that is recorded takes a day off the lateness, whatever day it claims (journey F.7)."""

    rule = "INV-15"
    text = (
        "{ref} was due on {due_on}, and on {today} that cannot be cured by what claims an earlier day: vary it as of today, or say why "
        "it is recorded so late"
    )


class AlreadyOffered(Refused):
    """A transfer that waits for its answer is not made again."""

    rule, text = "INV-36", "{successor} is asked already to take {ref} over, and has not answered"


class NotOffered(Refused):
    """Who takes an obligation over, or refuses to, was asked to."""

    rule, text = "INV-36", "{ref} is not offered to you: {offered}"


class SameOwner(Refused):
    """A reassignment changes the owner."""

    text = "{ref} is owned by {owner} already"


class NoCheckAfterSignOff(Refused):
    """A sustainment check comes after the sign-off whose effect it looks at."""

    rule, text = "INV-14", "{ref} was signed off on {signed_off_on}: a sustainment check comes later than that"


class ChecksOutstanding(Refused):
    """Closing needs the scheduled checks."""

    rule, source = "INV-14", "Working Together 2015, pages 73 and 74"
    text = "{ref} cannot be closed before its sustainment check of {due_on} is made"


class NotSustained(Refused):
    """Closing needs a last check that held."""

    rule, source = "INV-14", "Working Together 2015, pages 73 and 74"
    text = "{ref} cannot be closed: {found}"


class NotOverdue(Refused):
    """Only what is overdue is escalated."""

    rule, text = "INV-17", "{ref} was not overdue on {day}"


class AlreadyReminded(Refused):
    """Each reminder of a spell is issued once, and none after an escalation."""

    rule, text = (
        "INV-17",
        "{ref} was reminded of, or escalated, later than {days_before} days before its due date: that reminder is not due",
    )


class NothingDue(Refused):
    """What the service issues by itself is due when it is issued, and is for whoever owns the action then."""

    rule, text = "INV-17", "Nothing, or not this, is to be issued of {ref} on {day}"


class LevelSkipped(Refused):
    """Only the Board's own offices skip a level: whoever skips one keeps the service's notices of it from being issued."""

    rule, text = "INV-17", "{ref} was escalated to level {at}, so by hand it cannot go to level {level}: take the next"


class EscalatedToOwner(Refused):
    """An action is escalated above its owner, not to them."""

    rule, text = "INV-17", "{to_office} owns {ref}: escalate it to an office above"


class LevelNotHigher(Refused):
    """Within one overdue spell, escalation only climbs."""

    rule, text = "INV-17", "{ref} is escalated to level {at} already: the next is a higher one, up to 9, and not {level}"


class SupersededByItself(Refused):
    """Another action takes its place."""

    text = "{ref} cannot be superseded by itself"
