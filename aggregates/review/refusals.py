"""What a review refuses: one named rule each."""

from __future__ import annotations

from aggregates.errors import Refused

WT2015_74 = "framework, Working Together 2015 page 74"


class NotReferred(Refused):
    """Nothing can be said of a review on a day on which the case was not referred."""

    text = "{ref} was not referred on {day}"


class AlreadyReferred(Refused):
    """A case is before the Board once: the referring agency knows it by one reference of its own."""

    text = "{agency} has referred {local_ref} already: it is {other}"


class WrongStage(Refused):
    """Each act has the stages of a review that it can follow (domain B.4)."""

    text = "{ref} is {status}, so {act}"


class ReviewEnded(Refused):
    """What is closed, was decided against or is not relevant takes no more acts but those that open it again, and amendments."""

    text = "{ref} is {status}: nothing more can be recorded of it unless it is opened again"


class KindNotInRegime(Refused):
    """A review is of a kind that its regime has."""

    rule, text = "INV-42", "{regime} has no {kind}: it has {kinds}"


class NotTheChair(Refused):
    """The chair decides; the deputy does so where the chair cannot."""

    rule, source = "INV-02", "Working Together 2015: the final decision rests with the chair of the LSCB"
    text = "Whether {ref} is conducted is decided by the chair who was in office on {day}; a sub-group recommends"


class ChairNotIndependent(Refused):
    """The chair's independence: what concerns the chair's own employer is decided by the deputy."""

    rule = "INV-44"
    text = "{ref} concerns {agency}, which employs the {role}, so the {role} cannot {act}"


class NothingSaidOfLateness(Refused):
    """A decision that took longer than it should says why."""

    text = "{ref} should have been decided by {due_on} ({because}): say in why_late why it took until {day}"


class AlternativeWithoutKind(Refused):
    """An alternative is a review of another kind."""

    rule, text = "INV-03", "An alternative to {ref} is a review of another kind than a {kind}: say which in review_kind"


class DeclinedWithKind(Refused):
    """Who decides against a review decides on no kind of it."""

    text = "It is decided not to conduct {ref}: leave review_kind out, or decide on an alternative"


class NotDecided(Refused):
    """A decision is notified when there is one."""

    text = "Nothing was decided about {ref} by {day}"


class NotTheKindDecided(Refused):
    """What is commissioned is what was decided."""

    rule, text = "INV-02", "It was decided to conduct {ref} as a {decided}, so it is not commissioned as a {kind}: decide anew first"


class NoExplanation(Refused):
    """Whoever is told that there will be no review is told why."""

    rule, source = "INV-03", "National panel of independent experts, guidance on initiation decisions"
    text = "{body} is told that {ref} is not conducted: send an explanation with it"


class NoRapidReview(Refused):
    """Only some kinds of review begin with a rapid review."""

    text = "A {kind} under {regime} has no rapid review to send"


class OrganisationThere(Refused):
    """An organisation is under review once."""

    text = "{organisation} is under review in {ref} already"


class NotIndependent(Refused):
    """The lead reviewer is independent of the organisations under review, now and for some years back."""

    rule, source = "INV-01", WT2015_74
    text = "The lead reviewer of {ref} is, or was in the last {years} years, affiliated with {organisations}, which is under review"


class InvolvedInCase(Refused):
    """The lead reviewer is independent of the case."""

    rule, source, text = "INV-01", WT2015_74, "Somebody who was involved in the case cannot lead {ref}"


class BreachNotRecorded(Refused):
    """Once the lead reviewer is known not to be independent, that is recorded before anything else."""

    rule, source = "INV-01", WT2015_74
    text = "The lead reviewer of {ref} is affiliated with {organisations}, which is under review: record the breach of independence first"


class LeadReviewerThere(Refused):
    """A review has one lead reviewer; another takes their place by a replacement, which says why."""

    text = "{ref} has a lead reviewer: replace them"


class NoLeadReviewer(Refused):
    """What a lead reviewer does needs one who is independent."""

    rule, source, text = "INV-01", WT2015_74, "{ref} has no independent lead reviewer on {day}, so {act}"


class NotTheLeadReviewer(Refused):
    """A lead reviewer reviews what they were appointed to."""

    text = "{ref} is led by somebody else: a lead reviewer acts for their own review alone"


class NotAsked(Refused):
    """An agency answers what it was asked."""

    text = "{agency} was not asked for information for {ref} by {day}"


class NotTheirInformation(Refused):
    """An agency's information is the agency's to submit."""

    text = "The information that {agency} was asked for is {agency}'s to submit"


class NoReasonGiven(Refused):
    """Whoever of a family was not approached is owed a reason."""

    rule, source, text = "INV-05", WT2015_74, "Say why {outcome} is what became of the invitation for {ref}"


class NoParallelProcess(Refused):
    """A pause waits for a process that is on record."""

    rule, text = "INV-10", "No {process} process is noted beside {ref}: a pause names one that is"


class ReviewByBefore(Refused):
    """A pause and a deferral are looked at again, on a later day."""

    rule, text = "INV-10", "{review_by} is no day to look at {ref} again: choose one after {day}"


class NotLater(Refused):
    """An extension moves a date to a later one."""

    text = "{until} is not after {day}: an extension of {ref} goes further"


class FindingExists(Refused):
    """A finding has a number of its own."""

    text = "{ref} has a finding {number} already: the next one has another number"


class RecommendationExists(Refused):
    """A recommendation has a number of its own."""

    text = "{ref} has a recommendation {number} already: the next one has another number"


class NoSystemFactor(Refused):
    """A finding is about a system, not about a person."""

    rule, source = "INV-06", WT2015_74
    text = "Finding {number} of {ref} names no system factor: say what in the system made it likely"


class NamesAPerson(Refused):
    """A finding names nobody."""

    rule, source = "INV-06", WT2015_74
    text = "{field} of {ref} names a person ({name}): write what their role is instead"


class NotEveryFinding(Refused):
    """The Board answers every finding."""

    rule, text = "INV-04", "The response to {ref} says nothing of {missing}: it covers every finding"


class AnsweredTwice(Refused):
    """The Board answers every finding once."""

    rule, text = "INV-04", "The response to {ref} answers {numbers} more than once"


class UnknownFinding(Refused):
    """The Board answers findings that there are."""

    rule, text = "INV-04", "{ref} has no finding {numbers}"


class NoReason(Refused):
    """A finding that is not wholly accepted is owed a reason."""

    rule, text = "INV-04", "The response to finding {number} of {ref} is {response}: say why"


class UnreadableResponse(Refused):
    """A response to a finding has the members that it has."""

    text = "A response to {ref} has a number, a response (accepted, in part or rejected), a reason and intended_actions: {why}"


class UnreadableItem(Refused):
    """An object in a list has the members that it has."""

    text = "{what} of {ref} has {takes}: {why}"


class NotAHash(Refused):
    """A document is known by the SHA-256 of its bytes."""

    text = "{field} of {ref} is the SHA-256 of a document, 64 hexadecimal digits in lower case"


class NotAnswered(Refused):
    """A report is published with the Board's response to it."""

    rule, source, text = "INV-04", WT2015_74, "{ref} has no response of the Board, so it cannot be published"


class NotWhatWasPresented(Refused):
    """What is published is what the Board was shown, or a redaction of it that says so."""

    rule, text = "INV-08", "This is not the report of {ref} that was presented: name in redaction_of the hash of which it is a redaction"


class TakenDownTooSoon(Refused):
    """A report stays on the website for the time that the regime sets."""

    rule, text = "INV-09", "{ref} has to stay online until {least} at least ({because}), so not only until {until}"


class AlreadyPublished(Refused):
    """What is published stands until it is withdrawn."""

    text = "{ref} is published: withdraw the report before another is published"


class NotPublished(Refused):
    """Deposits, checks and withdrawals are of what is published."""

    text = "Nothing of {ref} is published on {day}"


class DeferredTooLong(Refused):
    """A decision not to publish yet is looked at again within six months."""

    rule, text = "INV-05", "{review_by} is more than six months after {day}: a deferral of {ref} is looked at again by {latest}"


class NothingConsidered(Refused):
    """Considering the implications for training says something of at least one of them."""

    rule, source = "INV-05", "framework, page 12"
    text = "Nothing is said of {ref}'s implications for training: answer (a) courses, (b) poster, (c) briefing or (d) one-page briefing"


class CannotClose(Refused):
    """A review is closed when nothing stands against it."""

    rule, source, text = "INV-05", WT2015_74, "{ref} cannot be closed: {blockers}"
