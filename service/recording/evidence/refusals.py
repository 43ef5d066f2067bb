"""Why a file is not taken in, or not given out: one refusal for each rule, which says what was found."""

from __future__ import annotations

from aggregates.errors import Refused


class EmptyFile(Refused):
    """An empty file is no evidence."""

    text = "{filename} is empty"


class TooManyFiles(Refused):
    """A request brings no more files than somebody chooses for one act."""

    text = "One request brings {most} files at most. Send the others before it, one by one, and cite them"


class UnknownEvidence(Refused):
    """Evidence is cited that the store does not hold."""

    text = "No file with the SHA-256 {sha256} has been received"


class TypeNotTaken(Refused):
    """Evidence is of a kind that everybody can open and nothing runs in, whatever its name says."""

    text = (
        "{filename} is {found}. Evidence is a PDF, a PNG or JPEG picture, plain text, CSV, or a Word, Excel, PowerPoint or OpenDocument "
        "file without macros: save it as one of these, and send that"
    )


class NamedAsAnother(Refused):
    """A file's name ends as what is in it does, so that nobody opens it as something else."""

    text = "{filename} is {found} by what is in it, so its name ends in {endings}: name it so, and send it again"


class CarriesCode(Refused):
    """Nothing that could run comes in with evidence: no macro, no program, no embedded object."""

    text = "{filename} carries {found}. Save it without, as a PDF for instance, and send that"


class ReachesOutside(Refused):
    """Evidence is whole in itself: nothing in it is fetched from elsewhere when it is opened."""

    text = "{filename} brings in {found}, which is not in the file. Save it with all that it shows, as a PDF for instance, and send that"


class CannotLookInside(Refused):
    """What nobody can look into is not taken in."""

    text = "{filename} cannot be looked into: {why}. Save it anew, as a PDF for instance, and send that"


class NotWhatWasSent(Refused):
    """A file is taken in as it was sent, where its sender says by its digest what that was."""

    text = "What came of {filename} is not what was sent: its Content-Digest is {found}, and not {said}. Send it again"


class NotWhatWasKept(Refused):
    """A file is given out only where it is still, to the last bit, what was received."""

    text = (
        "What is stored under the SHA-256 {sha256} is not the file that was received, so it is not given out. Whoever runs the service: "
        "restore it from a backup, as the runbook says"
    )


class StoreAway(Refused):
    """Where evidence is kept does not answer, or does not take what it is given."""

    text = (
        "Where evidence is kept does not answer as it should. Nothing of this was recorded; try again in a few minutes. Whoever runs the "
        "service: its log says what the answer was"
    )


class NotLocked(Refused):
    """A bucket that anybody could empty keeps no evidence."""

    text = (
        "The bucket for evidence does not lock what is put into it for {days} days, in compliance mode. Nothing of this was recorded. "
        "Whoever runs the service: set the bucket's default retention"
    )


class Malware(Refused):
    """Nothing harmful is taken in."""

    text = "Something harmful, {found}, was found in {filename}, so it is not taken in, and nothing was recorded"


class NotGivenOut(Refused):
    """Nobody is given a file in which something harmful was found; what is on record of it stays."""

    text = "Something harmful, {found}, was found in the file with the SHA-256 {sha256}. It stays on record, and nobody is given it"


class NotYetShared(Refused):
    """A file is given to others once it has been looked at for malware."""

    text = "Nobody has looked for malware yet in the file with the SHA-256 {sha256}. It is shared once it is found clean"
