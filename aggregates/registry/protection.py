"""The refusals of what the law asks about a person: requests and decisions, restrictions, legal holds, and the erasure.

A person is a reference. Two references of one person are merged: each keeps its own stream, and one goes on for both.
"""

from __future__ import annotations

from aggregates.errors import Refused


class MergedAway(Refused):
    """What is decided about a person is decided once, where their references were merged into."""

    text = "{ref} is one person with {into}: record it there"


class MergedWithItself(Refused):
    """Two references are merged, not one."""

    text = "{ref} cannot be merged with itself"


class MergesBack(Refused):
    """References merge into one that goes on."""

    text = "{into} was itself merged into {survivor}: merge {ref} into that one"


class Gone(Refused):
    """Nothing more is asked or decided about data that are no longer there."""

    rule, text = "INV-39", "What was kept about {ref} was erased on {on}"


class AlreadyRestricted(Refused):
    """A person is restricted once at a time."""

    source, text = "UK GDPR Article 18", "{ref} has been restricted since {on}"


class NotRestricted(Refused):
    """Only what is in force is lifted."""

    source, text = "UK GDPR Article 18", "{ref} is not restricted on {day}"


class AlreadyHeld(Refused):
    """One hold for each matter."""

    rule, text = "INV-39", "{ref} has been held for {matter} since {on}"


class NoHold(Refused):
    """A hold is released for the matter for which it was placed."""

    rule, text = "INV-39", "No hold on {ref} for {matter} stands on {day}"


class HoldStands(Refused):
    """Nothing is erased that a court, an inquiry or a claim may ask for."""

    rule, text = "INV-39", "A legal hold on {ref} stands, for {matters}: until it is released, an erasure can only be refused"


class ErasureAsked(Refused):
    """One request at a time is decided."""

    rule, text = "INV-39", "An erasure of {ref} was requested on {on} and waits for its decision"


class ErasureNotAsked(Refused):
    """What is decided was requested."""

    rule, text = "INV-39", "No request to erase {ref} waits for a decision on {day}"


class ExemptionUnnamed(Refused):
    """Whoever is refused, wholly or in part, is told by which exemption, and may complain."""

    rule, text = "INV-39", "An erasure that is {outcome} names the exemption by which something is kept"


class ExemptionUnused(Refused):
    """What is granted whole keeps nothing."""

    rule, text = "INV-39", "An erasure that is granted whole has no exemption: say granted-in-part where something is kept"


class NotGranted(Refused):
    """Personal data are destroyed on a decision, and on no other authority."""

    rule, text = "INV-39", "No erasure of {ref} was granted that is not done"


class StillServes(Refused):
    """Who acts for the Board is not forgotten while they do: a successor comes first."""

    rule, text = "INV-39", "{ref} holds {offices}: stand them down first, and let somebody else take the office"


class ErasureStands(Refused):
    """What was destroyed does not come back by an amendment."""

    rule, text = "INV-39", "Entry {amends} says what of {ref} was destroyed, and is never amended"


class InPersonAlone(Refused):
    """What destroys, or lets be destroyed, what is kept about somebody is decided by the data protection officer in person."""

    rule, text = "INV-39", "Nobody records for {office} what cannot be undone: the holder of that office has to do it, for {ref}"


class ReceivedAnotherDay(Refused):
    """What is answered is the request as it was brought in, with its day, which is corrected where it was brought in, and nowhere else.

    Of an answer without a request, as it was once taken, the day is what was recorded. Where that is wrong, it is retracted, the request
    brought in, and answered: so nobody is late, or in time, by a word in the answer alone.
    """

    source, text = (
        "UK GDPR Article 15",
        "The request {reference} was received on {on}, not on {received_on}: where that is wrong, correct the request itself",
    )


class AccessNotAsked(Refused):
    """What is answered was requested, and is answered once."""

    source, text = "UK GDPR Article 15", "No request for access {reference} of {ref} waits for an answer on {day}"


class AccessAsked(Refused):
    """A request is brought in once."""

    source, text = "UK GDPR Article 15", "The request {reference} about {ref} was brought in on {on} and waits for its answer"


class AccessWaits(Refused):
    """Whoever asked what is kept about them is answered before it is destroyed."""

    source = "UK GDPR Article 15"
    text = "The request for access {reference} about {ref} waits for its answer, due {due_on}: answer it, then erase what is kept"


class NothingAsked(Refused):
    """What is held of somebody is gathered for them, and for nobody else."""

    source, text = "UK GDPR Article 15", "Nobody asked for what is held about {ref}: bring the request in first"


class KeptUntilWhen(Refused):
    """What is kept on is kept until a later day, on which it is due again; what is erased is kept until no day."""

    source = "UK GDPR Article 5(1)(e)"
    text = "What is kept on is kept until a day after {day}, and what is to be erased until none: this is {outcome}"


class NotErased(Refused):
    """Recipients are told of what was done."""

    source, text = "UK GDPR Article 19", "Nothing that was kept about {ref} was erased by {day}: tell recipients once it is"


class DisclosedAfter(Refused):
    """Nothing is disclosed of what is not there."""

    source, text = "UK GDPR Article 19", "What was kept about {ref} was erased on {on}: nothing of it was disclosed on {disclosed_on}"
