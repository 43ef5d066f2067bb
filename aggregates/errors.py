"""Refusals. A rule says no in one named exception that carries its facts: what, in which state, by which rule and source."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar, Final

from aggregates.entry.values import says

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


# The rules of the house in words: a refusal names the one that refused, and its number stays with it for programs.
RULES: Final[Mapping[str, str]] = {
    "INV-01": "whoever leads a review is independent of what is under review",
    "INV-02": "the chair decides about reviews",
    "INV-03": "what is decided of a review is said with its reasons",
    "INV-04": "the Board answers every finding before a report is published",
    "INV-05": "a review closes when all that it asks for is on record",
    "INV-06": "a finding is about the system, and names nobody",
    "INV-07": "what concerns several agencies is answered by the Board or a sub-group",
    "INV-08": "what is published is what was presented",
    "INV-09": "a report stays online as long as it has to",
    "INV-10": "a pause says what it waits for, and until when",
    "INV-11": "nobody judges an action that their own agency owns",
    "INV-12": "whoever submits evidence does not sign it off",
    "INV-13": "a sign-off rests on evidence",
    "INV-14": "an action closes once it has been shown to last",
    "INV-15": "the date that was promised first is never lost",
    "INV-16": "the Board alone gives an action up",
    "INV-17": "notices go one step at a time, when they are due",
    "INV-18": "what is sent goes to the members of that day",
    "INV-19": "what is acknowledged is the very content that was sent",
    "INV-20": "an acknowledgement speaks of every staff group",
    "INV-21": "that nothing has to change needs a reason",
    "INV-22": "a single-page briefing has one page",
    "INV-23": "participants are asked again three months after they attended",
    "INV-24": "chance draws the telephone sample, from those who were there",
    "INV-25": "no trainer judges their own session",
    "INV-26": "each of the five points is done, or it is explained why not",
    "INV-27": "satisfaction never stands in for impact",
    "INV-28": "there is one return for a kind, a respondent and a period",
    "INV-29": "whoever answers does not grade the answer, and both grades stay",
    "INV-30": "a grade below the threshold has an action, or a reason why not",
    "INV-31": "the questions are those that were pinned when they were asked",
    "INV-32": "an office acts within the term of its holder",
    "INV-33": "nothing is dated ahead, and what comes late says why",
    "INV-34": "what is on record is corrected in the open, and never changed",
    "INV-35": "a decision is amended by whoever made it, or with the chair",
    "INV-36": "an agency leaves nothing that it owes unaccounted for",
    "INV-37": "a position is shown as it could be known",
    "INV-39": "what is kept about people is erased by decision, never under a legal hold, and for good",
    "INV-40": "the public is told what is public, and nothing else",
    "INV-41": "an inspection sees the days that it covers, and all that it opens goes on record",
    "INV-42": "everything keeps the regime under which it arose",
    "INV-43": "working days are those of the pinned calendar",
    "INV-44": "the chair does not judge what their own employer owes",
    "INV-45": "nothing on record identifies a child",
    "domain B.6": "an act is for the offices whose role may do it",
    "ledger §3": "a key is its holder's alone, and is enrolled, ended and disputed on record",
}


class Refused(Exception):  # noqa: N818 - the field's word: an act is refused, it is not an error
    """A rule says no. Never raised itself: each rule has its own.

    `text` is the sentence that a person reads, with the facts in braces; `rule` is the invariant's number (`RULES` has its words) and
    `source` the page or statute that it comes from, both empty where the rule is only good sense.
    """

    rule: ClassVar[str] = ""
    source: ClassVar[str] = ""
    text: ClassVar[str] = ""

    def __init__(self, **facts: Any) -> None:
        """Keep the facts, and say the sentence."""
        self.facts = facts
        super().__init__(self.message)

    @property
    def field(self) -> str:
        """Return the field that is to be mended, where its facts name one as `field`; nothing otherwise."""
        return str(self.facts.get("field") or "")

    @classmethod
    def code(cls) -> str:
        """Return the stable name of the refusal: `OwnAction` is `own-action`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @property
    def sentence(self) -> str:
        """Return the sentence with its facts alone, without its rule and its end."""
        return self._said(str)

    @property
    def message(self) -> str:
        """Return the sentence with its facts and, in brackets, the rule in words and its source."""
        return self.in_words(str)

    def in_words(self, called: Callable[[str], str]) -> str:
        """Return the sentence with what each text among its facts is `called`: a code by its name, where a person reads it."""
        said = self._said(called)
        because = "; ".join(part for part in (RULES.get(self.rule), self.source) if part)
        return f"{said} ({because})." if because else f"{said}."

    def _said(self, called: Callable[[str], str]) -> str:
        return self.text.format(**{name: _words(value, called) for name, value in self.facts.items()})

    def __reduce__(self) -> Any:
        """Let a refusal cross a process boundary with its facts."""
        return _again, (type(self), self.facts)


def _again(kind: type[Refused], facts: dict[str, Any]) -> Refused:
    return kind(**facts)


def _words(value: Any, called: Callable[[str], str]) -> Any:
    if isinstance(value, (set, frozenset, list, tuple)):
        return ", ".join(str(_words(v, called)) for v in (sorted(value) if isinstance(value, (set, frozenset)) else value))
    if hasattr(value, "strftime"):
        return f"{value.day} {value:%B %Y}"
    return called(value) if isinstance(value, str) else value


class NothingToAmend(Refused):
    """An amendment names an entry that is not there, or is itself what it would amend."""

    rule, text = "INV-34", "There is no entry {amends} of {ref} to amend"


class AlreadyRetracted(Refused):
    """An entry that no longer stands cannot be amended again."""

    rule, text = "INV-34", "Entry {amends} of {ref} has been retracted"


class RestsOnIt(Refused):
    """What a later entry rests on is not amended away under it."""

    rule = "INV-34"
    text = (
        "With entry {amends} of {ref} amended so, entry {rests} would stand without what it asks for: {missing}. Retract entry {rests} "
        "first, or reopen what it ended"
    )


class RestsForEver(RestsOnIt):
    """What rests on it is itself never amended, so neither is this: it was opened, or destroyed, and that it was stays on record."""

    text = (
        "With entry {amends} of {ref} amended so, entry {rests} would stand without what it asks for: {missing}. Entry {rests} is never "
        "amended, so entry {amends} stays as it is"
    )


class IdentifyingField(Refused):
    """What says which thing an entry is about cannot be corrected: retract it and record it anew."""

    rule, text = (
        "INV-34",
        "{fields} says what entry {amends} of {ref} is about and cannot be corrected: retract the entry and record it anew",
    )


class UnknownField(Refused):
    """A correction names a field that the entry does not have."""

    rule, text = "INV-34", "Entry {amends} of {ref} has no field {fields}"


class SealedField(Refused):
    """A personal value is corrected where the person is registered, never in an entry that only points at them."""

    rule, text = "INV-34", "{fields} of entry {amends} of {ref} is about a person and cannot be corrected here"


class NoSuchProposal(Refused):
    """A countersignature names a proposal that is not there, was made already, or proposes something else."""

    rule, text = "INV-35", "There is no open proposal {proposal} on {ref} that says the same"


class NothingToCorrect(Refused):
    """A correction says no field."""

    rule, text = "INV-34", "The correction of entry {amends} of {ref} says nothing that was wrong"


class WrongKindCorrected(Refused):
    """A corrected value is not of the kind of the field that it corrects."""

    rule, text = "INV-34", "Entry {amends} of {ref} cannot be corrected so: {why}"


class ProposalIsFixed(Refused):
    """What is countersigned is what was proposed: a proposal is retracted, never changed under the countersigner's hand."""

    rule, text = "INV-35", "Entry {amends} of {ref} is a proposal and cannot be corrected: retract it and propose anew"


class NotAmendable(Refused):
    """Registrations (of keys, of people, of the ledger itself) are ended by an act of their own, never corrected or retracted."""

    rule = "INV-34"
    text = (
        "Entries of {ref} are registrations: they are not corrected or retracted. What should not be registered is ended by an act of its "
        "own: a key is revoked, and what is kept of a person is erased"
    )


class NotTheirsToAmend(Refused):
    """An entry is amended by the office that made it, or by whom INV-35 names."""

    rule, text = "INV-35", "Entry {amends} of {ref} was made by {made_by}, and is not yours to amend"


class CountersignatureNeeded(Refused):
    """The board manager amends a decision only with the chair's countersignature."""

    rule, text = "INV-35", "Entry {amends} of {ref} is a decision of {made_by}: propose the amendment, and the chair makes it"


class BeneficiaryAlone(Refused):
    """The agency that a decision is about does not amend it."""

    rule, text = "INV-35", "Entry {amends} of {ref} is a decision about {agency}, which cannot amend it"


class NotTheCountersigner(Refused):
    """A proposed amendment is made by the chair."""

    rule, text = "INV-35", "Proposal {proposal} on {ref} is made by the chair or the deputy chair"


class OwnProposal(Refused):
    """A countersignature is a second person's."""

    rule, text = "INV-35", "Proposal {proposal} on {ref} is yours: somebody else has to make it"


class Blank(Refused):
    """A field that says why, or what changed, says nothing."""

    text = "{field} says nothing: write it in words"


def said(**texts: str | None) -> None:
    """Refuse the first of these texts that is only blanks; None is no text."""
    for field, text in texts.items():
        if text is not None and not says(text):
            raise Blank(field=field)


class NothingNamed(Refused):
    """A list that an act is about has at least one thing in it."""

    text = "{field} names nothing: give at least one"


def named(**lists: Sequence[object]) -> None:
    """Refuse the first of these lists that is empty."""
    for field, items in lists.items():
        if not items:
            raise NothingNamed(field=field)
