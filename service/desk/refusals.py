"""What the service refuses before the law of the place is even asked: who, when, how often, and whether it is there."""

from __future__ import annotations

from aggregates.errors import Refused


class NotSignedIn(Refused):
    """Nobody is signed in, or the key is not known, has expired or was revoked."""

    text = "Sign in, or send a valid API key"


class NotAllowed(Refused):
    """The office may not do this (domain B.6)."""

    text = "{who} may not {act}: that is for {roles}"


class NotAnInspector(Refused):
    """The record is opened to the office of an inspector or an auditor."""

    rule, text = "INV-41", "{office} is no inspector's or auditor's office on {day}: appoint its holder first"


class MayNotRehearse(Refused):
    """An inspection is rehearsed by an office on whose role an inspection may rest."""

    rule, text = "INV-41", "{office} may not rehearse an inspection: on {day} {holder} holds it, and that is for {roles}"


class RehearsesOnly(Refused):
    """An agency opens nothing but a rehearsal, for the office of its own lead; all else the Board opens."""

    rule, text = "INV-41", "{office} opens and closes its own rehearsal, and no other inspection: the chair or the board manager does"


class InRehearsal(Refused):
    """Who rehearses an inspection records nothing, as who inspects."""

    rule, text = "INV-41", "You are in a rehearsal, in which nothing is recorded, as by an inspector: leave it to go on with your own work"


class BeyondTheirOffice(Refused):
    """A rehearsal shows nobody more than their office does."""

    rule, text = "INV-41", "{office} sees the record of {own}: it rehearses an inspection of {own}, and of nothing else"


class NotFound(Refused):
    """There is no such thing, or not for this reader: the two are told apart to nobody."""

    text = "There is no {kind} {ref}"


class AlreadyExists(Refused):
    """A reference is unique in its log."""

    text = "{kind} {ref} is already on record"


class CodeTaken(AlreadyExists):
    """An agency, a sub-group and the Board have codes that nothing else has."""

    text = "{code} is the code of {kind} already: choose another"


class LinkEnded(Refused):
    """A participant's link is for one purpose and for a while; whether there ever was such a link is told to nobody."""

    text = "This link does not open anything any more. Ask whoever sent it to you for another"


class DoorShut(Refused):
    """A demonstration is entered by the addresses that it printed last, and no other log by any."""

    text = (
        "This address lets nobody in any more. If a demonstration printed it, stop that with Ctrl-C and start it again: it prints new ones"
    )


class NoCheckpointYet(Refused):
    """A sample is drawn from a checkpoint that was sealed after the attendance was closed, and before the draw."""

    rule, text = "INV-24", "No checkpoint seals the closed attendance at {ref} yet: draw by itself, after the closing is recorded"


class StaleVersion(Refused):
    """Somebody recorded something since the caller looked."""

    text = "{ref} has changed since you looked at it: you saw version {expected}, it is at {actual}. Look at it again before you act"


class KeyReused(Refused):
    """An idempotency key was used for another command."""

    text = "The idempotency key {key} was used for another command. Use a new key for a new command"


class UnknownCommand(Refused):
    """No command has this name."""

    text = "There is no command {name}. There is {known}"


class KindUnsaid(Refused):
    """An amendment says of what kind of thing it amends an entry."""

    text = "{act} is said `of` a kind of thing: {kinds}"


class UnknownCommandField(Refused):
    """A command was given what it does not take."""

    text = "{act} does not take {fields}. It takes {takes}"


class MovedUnderneath(Refused):
    """What a decision about one thing rests on of others was changed at the same moment, again and again."""

    text = "What this says of {ref} rests on things that others are changing at this moment. Nothing was recorded: do it again"


class FieldMissing(Refused):
    """A command lacks what it needs."""

    text = "{act} needs {fields}"


class WrongKind(Refused):
    """A field's value is not of the kind that the field takes."""

    text = "{field} of {act}: {why}"


class OfficeOfAnother(Refused):
    """What an agency owes is asked of an office of its own."""

    text = "The office {office} is of {body}, and the action is {owner}'s: ask it of an office of {owner}, or of none"


class FutureDate(Refused):
    """What has not happened yet cannot be on record."""

    rule, text = "INV-33", "{occurred_on} is in the future: today is {today}"


class NoSuchDay(Refused):
    """No clock reckons with days before this calendar begins or after it ends."""

    rule, text = "INV-33", "{occurred_on} is no day from {earliest} to {latest}"


class LateWithoutReason(Refused):
    """Recording long after the fact needs a reason, which every view shows."""

    rule = "INV-33"
    text = "{occurred_on} is more than {limit} days before today, {today}: say why in late_reason"


class NotInOffice(Refused):
    """Nobody signs outside their term of office."""

    rule, text = "INV-32", "{who} did not hold the office {office} on {day}"


class OnlyTheBoardManager(Refused):
    """What another office did is recorded for it by the board manager alone."""

    rule, text = "INV-32", "Only the board manager may record on behalf of another office"


class PersonalData(Refused):
    """Free text carries what looks like a person's number or date of birth."""

    rule = "INV-45"
    text = (
        "{field} carries what looks like {pattern}. Nothing was recorded: take it out, or send it again as it stands once the data "
        "protection officer, who finds it among the texts that are held, has said that it identifies nobody"
    )


class Identifies(PersonalData):
    """The data protection officer has seen it, and says that it does identify somebody."""

    text = "{field} carries {pattern}: the data protection officer has seen it, and it identifies somebody. Take it out"


class NotHeldNow(Refused):
    """A text is looked at once."""

    rule, text = "INV-45", "There is no text {ref} that waits for the data protection officer"


class NotADemonstration(Refused):
    """Only a demonstration log lets a command carry the time at which it was recorded."""

    rule, text = "", "This is not a demonstration log: a command cannot say when it was recorded"


class ClockWentBack(Refused):
    """A demonstration's times only go forward."""

    text = "{at} is before the last entry, which was recorded at {last}"


class AlreadyEstablished(Refused):
    """A log is established once."""

    text = "This log is established already: its origin is {origin}"


class NotEstablished(Refused):
    """Nothing can be recorded before the log is established."""

    text = "This log is not established yet: run `muniment init` first"


class TooLarge(Refused):
    """A file or a text is over its limit."""

    text = "{what} is larger than {limit}"


class NoRoom(Refused):
    """A disk is full: nothing can be recorded until there is room on it."""

    text = (
        "The disk is full. Nothing of this was recorded, and nothing that was is lost. Whoever runs the service: make room on the disk "
        "of the database and of the data directory. Then send it again, with the same Idempotency-Key: nothing is recorded twice"
    )


class WeakPassword(Refused):
    """A password is too short to withstand guessing."""

    text = "A password needs at least {least} characters"


class TooManyAttempts(Refused):
    """Somebody tries too often: to sign in, or to ask without being signed in."""

    text = "That was tried too often from where you are, or for this address. Try again in {wait}"


class NoKeyGiven(NotSignedIn):
    """A command that acts for somebody says with which API key."""

    text = "Set MUNIMENT_KEY to the API key with which you act: `muniment key` makes one, and `muniment init` has printed the first"


class WrongCredentials(Refused):
    """The address and the password do not belong together; which of the two is wrong is told to nobody."""

    text = "The e-mail address or the password is not right"


class NotAMailAddress(Refused):
    """An account is known by a mail address."""

    text = "{email} is not a mail address"


class AccountExists(AlreadyExists):
    """An address has one account."""

    text = "There is already an account for {email}"


class OwnAppointment(Refused):
    """An office holder appoints others (domain B.6)."""

    text = "Nobody appoints themselves: another office holder has to appoint you to {office}"


class EvidenceNotCorrected(Refused):
    """What came in is what came in: evidence is retracted and submitted anew, never rewritten."""

    rule, text = "INV-13", "Evidence cannot be corrected: retract entry {amends} of {ref}, and submit the evidence anew"


class UnknownOffice(Refused):
    """A command names an office that was never filled."""

    text = "There is no office {office}"


class KnownByCode(Refused):
    """An agency that is on record is named by its code, which stays when its name changes."""

    rule, text = "INV-01", "{name} is on record as {code}: name it by its code"


class EmployerUnsaid(Refused):
    """Who employed a lead reviewer is among their affiliations, as the register of offices has it."""

    rule, text = (
        "INV-01",
        "The register of offices has {organisations} as an employer of the lead reviewer of {ref}: name it among the rest",
    )
