"""The rules of a training session that say no."""

from __future__ import annotations

from aggregates.errors import Refused


class NoPlaces(Refused):
    """A session is for somebody."""

    text = "{ref} needs at least one place, not {capacity}"


class NotTheirSession(Refused):
    """A trainer acts upon their own sessions."""

    text = "{ref} is given by {trainers}: a trainer schedules and records their own sessions"


class WrongSessionStage(Refused):
    """What is done with a session follows from where it stands."""

    text = "{ref} is {status}: {act}"


class NotScheduled(Refused):
    """Nothing is recorded of a session on a day before it was scheduled."""

    text = "{ref} had not been scheduled on {day}"


class NotTheDayOfIt(Refused):
    """Somebody was there on a day of the session: from it their follow-up is counted."""

    rule, text = "INV-23", "{ref} was held from {first} to {last}, so nobody attended it on {day}: say the day of attendance"


class HasANumber(Refused):
    """A participant is recorded once in a session."""

    text = "That person is number {number} of {ref} already"


class NoReasonForRefusal(Refused):
    """Where an agency did not release somebody, it says why."""

    source, text = "framework, page 9", "Say why the release to {ref} was refused"


class AttendanceIsClosed(Refused):
    """The population of a sample is frozen."""

    rule, text = "INV-24", "The attendance at {ref} was closed on {on}: retract the closing first, where somebody is missing"


class AttendanceFrozen(Refused):
    """Nobody is taken out of a population that was drawn from."""

    rule, text = "INV-24", "The telephone sample of {ref} was drawn from {population}: retract the draw first"


class NobodyOfThisNumber(Refused):
    """What a participant says is said by somebody who was there."""

    text = "Nobody attended {ref} as number {number} by {day}"


class ScoreOutOfRange(Refused):
    """Scores go from 1 to 5."""

    text = "{field} goes from 1 to 5, not {score}"


class AlreadySaid(Refused):
    """The form of the day is filled in once."""

    text = "The {what} of number {number} of {ref} is on record: where it is wrong, have it corrected or retracted"


class FollowUpNotDue(Refused):
    """The follow-up comes three calendar months after the attendance, and not before."""

    rule, source, text = "INV-23", "framework, page 8", "The follow-up of number {number} of {ref} is due on {due_on}"


class FollowUpIssuedAlready(Refused):
    """Each participant is asked once."""

    text = "Number {number} of {ref} was asked on {on}"


class NotAskedYet(Refused):
    """An answer answers a question."""

    text = "Number {number} of {ref} had not been sent the follow-up by {day}"


class AnswerIncomplete(Refused):
    """A follow-up says whether it was used, whether it was shared, and what came of it."""

    source, text = "framework, page 15", "The follow-up of {ref} says {missing}"


class NotTheirAnswer(Refused):
    """A manager adds their own view: what a participant answers, the participant answers."""

    text = "Only number {number} of {ref} says that, by their link, or on paper through the board manager: a manager adds manager_view"


class ViewWithoutWords(Refused):
    """A manager says what the training brought, in words."""

    source, text = "framework, page 15", "Say what the training of number {number} of {ref} brought: a view is in words"


class NotTheirParticipant(Refused):
    """A manager speaks of their own staff; the agency of the day of attendance keeps the duty."""

    text = "Number {number} of {ref} attended for another agency"


class NothingToDrawFrom(Refused):
    """A sample is drawn from a closed attendance."""

    rule, text = "INV-24", "Close the attendance at {ref} before you draw, with somebody in it"


class PopulationMoved(Refused):
    """What was closed is what is drawn from."""

    rule, text = "INV-24", "The attendance at {ref} is not any more what was closed on {on}: close it again"


class PopulationForTwo(Refused):
    """Whom chance finds follows from the closing: whoever could take it back alone, and close again, would choose."""

    rule = "INV-24"
    text = (
        "The attendance at {ref} is closed, and nobody changes alone what a sample is drawn from: propose the amendment of entry {amends}, "
        "and the chair or the deputy chair makes it"
    )


class CountedTwice(Refused):
    """Somebody with two references is one person, and is counted and drawn once."""

    rule = "INV-24"
    text = "Numbers {first} and {second} of {ref} are one person: retract the attendance of one of them, and close the attendance again"


class NoReasonToDrawAgain(Refused):
    """Nobody draws until a convenient sample appears: a second draw says why, also after one that was retracted; both stay on show."""

    rule, text = "INV-24", "{ref} was drawn on {on}: say why it has to be drawn again"


class TrainerInvolved(Refused):
    """Who trained in a session has no hand in judging it."""

    rule, text = "INV-25", "Who trained in {ref} neither draws, nor calls, nor observes, nor evaluates it"


class NotTheNewestDraw(Refused):
    """Calls are made by the draw that stands."""

    rule, text = "INV-24", "{ref} has no draw {draw}, or it was drawn again since: {newest} is the newest"


class NotDrawn(Refused):
    """Who is called is who was drawn, or the next of the order in the place of somebody who could not be reached or declined."""

    rule, text = "INV-24", "Number {number} of {ref} is not to be called: by draw {draw} those are {asked}"


class CallsEnded(Refused):
    """Nobody is called again who was reached, who declined, or who did not answer three times."""

    text = "Number {number} of {ref} is not called again: {why}"


class NothingAnswered(Refused):
    """Somebody who was reached said something."""

    text = "Say what number {number} of {ref} answered"


class ObserverOfTheProvider(Refused):
    """Where the Board has set so, an observer comes from another employer than the trainers."""

    rule, text = (
        "INV-25",
        "{observer} is employed by {agency}, as a trainer of {ref} is: by the Board's setting observers come from elsewhere",
    )


class UnreadablePoint(Refused):
    """The points are the five of the plan, each said once."""

    source = "framework, page 8"
    text = "The points of {ref} are objects of a point ({points}), done and an explanation, each once: {why}"


class PointOpen(Refused):
    """A session is not evaluated while one of the five points is neither done nor explained."""

    rule, source = "INV-26", "framework, page 8"
    text = "{ref} cannot be evaluated: {open} is neither done nor explained"


class PointNotDone(Refused):
    """Whether a point is done follows from what is on record."""

    rule, text = "INV-26", "{point} of {ref} is not done by what is on record: explain it instead"


class EvaluationRests(Refused):
    """The yearly CPD with which a session was evaluated stays while the evaluation stands."""

    rule, source = "INV-26", "framework, page 8"
    text = "{ref} was evaluated on {on} with {cpd} as the yearly CPD of {trainers}: retract that evaluation first"


class ImpactUnproven(Refused):
    """An impact is shown by follow-ups, calls or observations that there are: satisfaction never stands in for it."""

    rule = "INV-27"
    text = "Name follow-ups, calls or observations of {ref} that show the impact (follow-up:4, call:1/4, observation:OFFICE), not {named}"


class ImpactNotSaid(Refused):
    """An impact is one that somebody told of: answers that it had none do not add up to some."""

    rule = "INV-27"
    text = (
        "Nothing that is named tells of {impact} impact of {ref}: name a follow-up that says so, a call that was answered in words, or an "
        "observation that found it good"
    )


class TrainingFixed(Refused):
    """What a session was of, and what was reckoned from it, stays as it was recorded."""

    rule, text = "INV-34", "{field} of {ref} cannot be corrected: {instead}"
