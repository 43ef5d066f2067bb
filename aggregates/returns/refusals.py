"""The rules of a return that say no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregates.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

CHAIR_INDEPENDENT = "independence of the chair"


class NotItsReference(Refused):
    """A return is known by what was asked, for when, and of whom: so there is one of each (INV-28)."""

    rule, text = "INV-28", "This return is {expected}, not {ref}: its kind, its period and its respondent"


class OddPeriod(Refused):
    """A period is written so that it is the same for everybody who is asked."""

    text = "{period} is no period: write 2016, 2016-17, 2016-H2, 2016-Q3 or 2016-09"


class AlreadyRequested(Refused):
    """There is one return for a kind, a respondent and a period."""

    rule, text = "INV-28", "{ref} was asked for on {on}, and is {status}: there is one return for a kind, a respondent and a period"


class DueBeforeRequested(Refused):
    """A return is due after the day on which it is asked for."""

    text = "{ref} cannot be due on {due_on}: it is asked for on {day}"


class SharedWithRespondent(Refused):
    """A return is shared with others than who gives it, each named once."""

    text = "{ref} cannot be shared with {code}: name each other board or body once, and not the respondent"


class NotForAnAgency(Refused):
    """What the Board and its sub-groups report and plan is answered by them."""

    source, text = "framework, page 11", "A {kind} is the Board's or a sub-group's to give: it is not asked of {agency}"


class NotATrainer(Refused):
    """A trainer's own return is asked of the office of a trainer."""

    text = "{respondent} is not the office of a trainer on {day}: the yearly questionnaire is asked of each trainer's own office"


class PinnedQuestions(Refused):
    """What was asked is what is answered."""

    rule, text = "INV-31", "The question set of {ref} was pinned when it was asked for, and cannot be corrected: retract the request"


class LatenessRemoved(Refused):
    """No amendment makes an answer less late than is on record, without saying why it comes so late."""

    rule, text = "INV-28", "{ref} was due on {due_on}: say why this is recorded so late (late_reason), or it would only seem less late"


class NotRequested(Refused):
    """Nothing is answered or judged on a day on which it had not been asked for."""

    text = "{ref} had not been asked for on {day}"


class ReturnEnded(Refused):
    """A return that was accepted or waived has ended."""

    text = "{ref} is {status}, and nothing is {act} any more"


class NotAtThisStage(Refused):
    """An act has its place in the life of a return."""

    text = "{ref} is {status}: it cannot be {act} now"


class NotTheRespondent(Refused):
    """A return is answered by the respondent's own office."""

    text = "{ref} is asked of {respondent}: only its own office answers"


class OwnReturn(Refused):
    """Nobody moderates or accepts the return of their own agency or sub-group."""

    rule, text = "INV-29", "{ref} is asked of {respondent}, for which you work or act: somebody else has to {act} it"


class HandedInByYou(Refused):
    """Nobody judges what they handed in themselves, in whichever office."""

    rule, text = "INV-29", "You handed {ref} in, in another office: somebody else has to {act} it"


class EmployersReturn(Refused):
    """The chair waives nothing that is owed by the organisation that employs them."""

    rule, source = "INV-44", CHAIR_INDEPENDENT
    text = "{ref} is asked of {respondent}, which employs the {role}: the deputy, or a chair whom it does not employ, has to {act} it"


class GradeWithoutReason(Refused):
    """A moderated grade that differs from the self-grade says why."""

    rule, text = "INV-29", "Standard {standard} of {ref} was graded {self_grade} by {respondent}: say why it is {grade} (reason)"


class NotModerated(Refused):
    """A standard is judged before it is left without an action."""

    rule, text = "INV-30", "Standard {standard} of {ref} has no moderated grade"


class NothingModerated(Refused):
    """What the respondent said of itself is judged by somebody else before anything follows from it."""

    rule, text = "INV-30", "The grades of {ref} have not been moderated: that comes first"


class NotBelowThreshold(Refused):
    """Only where a grade is below the threshold is there something to decide about."""

    rule, text = "INV-30", "Standard {standard} of {ref} was graded {grade}, which is not below the Board's threshold of {threshold}"


class GapsUnanswered(Refused):
    """Before a return is accepted, each grade below the threshold has an action, or a decision that there is none."""

    rule = "INV-30"
    text = "Standard {standards} of {ref} is below the Board's threshold of {threshold}: assign an action for it, or decide on none"


class StillChallenged(Refused):
    """A return about which a challenge is open is not accepted."""

    text = "{ref} is challenged ({challenges}): it is accepted once that is answered"


class AnswersToReview(Refused):
    """What was brought forward from an earlier return is looked at again before it is handed in."""

    rule, text = "INV-31", "{ref} has answers brought forward that nobody has reviewed: {questions}"


class NotAReport(Refused):
    """What is published as the Board's report of a year is that."""

    source, text = (
        "framework, page 3",
        "{ref} is not the Board's report of a year: that alone is explained by section, and published",
    )


class NoSuchSection(Refused):
    """A section is one of those that the law asks for in a report of that year."""

    text = "The report {ref} has no section {section}: there are {sections}"


class YearNotBegun(Refused):
    """Of a year that has not begun there is nothing to report."""

    text = "The year {period} begins on {begins_on}: as at {as_at} there is nothing to report of it"


class YearNotOver(Refused):
    """A report of a year is of the whole year."""

    text = "{ref} speaks of a year that ends on {ends_on}: it cannot be published as at {as_at}"


class NotOnRecordYet(Refused):
    """A report is built from what is on record."""

    rule, text = "INV-37", "Nothing is on record yet at entry {known_at}: the log has {size}"


class SectionsMissing(Refused):
    """A report is not published while something is missing that the law asks for, unless it says why."""

    source = "the regime's own list of what a report must have"
    text = "{ref} cannot be published yet. Something is missing of {sections}: record it, or explain the section"

    def _said(self, called: Callable[[str], str]) -> str:
        """Keep the titles of sections apart, in which there are commas."""
        told = "; ".join(f"“{section}”" for section in self.facts["sections"])
        return self.text.format(ref=called(self.facts["ref"]), sections=told)


class ReportIsAnother(Refused):
    """What is signed is what was seen."""

    text = "{ref} is another report now than the one that you saw ({seen}): look at it again, and sign that ({built})"


class NothingNewToPublish(Refused):
    """An edition says something that the one before it does not."""

    text = "{ref} says nothing that edition {edition} does not: that is published already"


class EditionWithoutReason(Refused):
    """Another edition says why it takes the place of the one before it."""

    text = "{ref} was published already, in edition {edition}: say why another takes its place (reason)"


class PublishedStays(Refused):
    """What was published stays what it was."""

    rule, text = "INV-34", "{ref} was published, in edition {edition}: what was published is never taken back. Publish another edition"


class NoSuchQuestionSet(Refused):
    """What is asked is a question set that there is."""

    rule, text = "INV-31", "There is no question set {question_set}: there are {known}"


class QuestionsLost(Refused):
    """The question set of a return is the file with the hash that was pinned; no other answers for it."""

    rule, text = "INV-31", "The question set {question_set} with the hash {sha256} is not here: put its file back into question-sets"


class UnreadableQuestionSet(Refused):
    """A question set is a file that says what it asks."""

    text = "The question set {file} cannot be read: {why}"


class SetOfAnotherKind(Refused):
    """A question set is for one kind of return."""

    text = "The question set {question_set} is for {its_kind}, not for {kind}"


class UnknownQuestion(Refused):
    """An answer is to a question that was asked."""

    rule, text = "INV-31", "{ref} was not asked {questions}"


class QuestionTwice(Refused):
    """A question is answered once, and a standard graded once."""

    text = "{number} of {ref} is there twice"


class NotEveryQuestion(Refused):
    """What has to be answered is."""

    text = "{ref} lacks answers that are required: {questions}"


class UnreadableAnswer(Refused):
    """An answer is of the kind that its question asks for."""

    text = "The answer to {question} of {ref} cannot be read: write {kind}"


class CountsDisagree(Refused):
    """A part is not more than the whole of which it is counted."""

    text = "{ref} counts more {part} than {whole} in {group}"


class NotEveryStandard(Refused):
    """Each standard of the question set is graded, and no other."""

    text = "{ref} has the standards {standards}: grade each of them once, from 0 to 3"


class UnreadableGrade(Refused):
    """A grade is for a standard, from 0 to 3."""

    text = "A grade of {ref} cannot be read: it has {takes}, and the grade is from 0 to 3"


class StaffNotCounted(Refused):
    """Where practitioners are to take part, an answer says how many did: it can only be answered once."""

    rule, source, text = "LIF-APPC-PR-06", "framework, page 15", "Say how many of your staff took part in answering {ref}"


class AcceptanceRests(Refused):
    """A gap with which a return was accepted keeps what answers it."""

    rule, source = "INV-30", "framework, page 10"
    text = "{ref} was accepted on {on} with {action} as the answer to standard {standard}: give that standard another action first"
