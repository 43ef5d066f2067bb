"""A challenge: one member of the partnership asks another to account for something on record, and what changed because of it.

Inspectors look for partners that hold each other to account. What is challenged, and who, is not corrected: a challenge that went
to the wrong address is retracted and raised anew, so nobody is found challenged who was not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, ClassVar

from eventsourcing.domain import Aggregate

from aggregates.authority import BOARD, CHAIRS, MANAGER
from aggregates.entry import Entry, Recorded, stream_id
from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - as date
from aggregates.errors import Refused, said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Acting


class ChallengesItself(Refused):
    """One holds another to account, not oneself."""

    text = "{to} cannot challenge itself"


class NotRaised(Refused):
    """Nothing is answered on a day on which it had not been asked."""

    text = "{ref} had not been raised on {day}"


class AlreadyAnswered(Refused):
    """A challenge is answered once; what is still open is a challenge of its own."""

    text = "{ref} was answered on {on}: raise another challenge where that is not enough"


class NotChallenged(Refused):
    """A challenge is answered by whom it was put to."""

    text = "{ref} was put to {to}: only {to} can answer it"


class AddressFixed(Refused):
    """What a challenge is about, and to whom, stays as it was raised."""

    rule, text = "INV-34", "To whom {ref} was put, and about what, cannot be corrected: retract it and raise it anew"


@dataclass(frozen=True, slots=True)
class Raised:
    """It waits for its answer."""

    word: ClassVar[str] = "raised"


@dataclass(frozen=True, slots=True)
class Answered:
    """It was answered."""

    on: date
    by_office: str | None
    answer: str
    what_changed: str
    word: ClassVar[str] = "answered"


@dataclass(frozen=True, slots=True)
class ChallengeState:
    """A challenge on one day. `concerns` are the agencies and sub-groups whose it is: who raised it, and whom it was put to."""

    ref: str
    about: str
    to: str
    summary: str
    statement: str
    raised_on: date
    raised_by: str | None
    concerns: tuple[str, ...]
    status: Raised | Answered = Raised()


class Challenge(Recorded[ChallengeState | None]):
    """One challenge."""

    TOPIC = "challenge"

    class Event(Recorded.Event):
        """An event of a challenge."""

        CLASS: ClassVar[str] = "D"

    class Created(Event, Aggregate.Created):
        """What begins the stream of a challenge; the library wants it by this name, with a topic of its own."""

        TOPIC = "challenge.created.v1"

    class ChallengeRaised(Created):
        """A member puts it to an office, an agency, a sub-group or the Board. `about` is `review:SB-2016-03` or `action:A13`."""

        TOPIC = "challenge.raised.v1"
        COMPUTED: ClassVar[frozenset[str]] = frozenset({"raised_for", "put_to"})
        ref: Identifies[Public[str]]
        about: Public[str]
        to: Public[str]
        summary: Public[str]
        statement: str
        raised_for: Public[str | None]
        put_to: Public[str | None]

    class ChallengeAnswered(Event):
        """Whom it was put to answers, and says what changed."""

        TOPIC = "challenge.answered.v1"
        answer: str
        what_changed: Public[str]

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "challenge.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "challenge.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "challenge.entry_retracted.v1"

    @classmethod
    def raise_(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        ref: str,
        about: str,
        to: str,
        summary: str,
        statement: str,
        put_to: str | None = None,
    ) -> Challenge:
        """Put a challenge. `put_to` is the body whose office `to` is, or `to` itself; None for an office of the Board."""
        said(ref=ref, about=about, to=to, summary=summary, statement=statement)
        if to in {acting.in_name_of, acting.body} or (to == BOARD and acting.role in CHAIRS | {MANAGER}):
            raise ChallengesItself(to=to)
        fields = {"ref": ref, "about": about, "to": to, "summary": summary, "statement": statement}
        found = {"raised_for": acting.body, "put_to": put_to}
        when = {"occurred_on": occurred_on, "late_reason": late_reason}
        return cls.open(cls.ChallengeRaised, stream_id(origin, "challenge", ref), **fields, **found, **when, **acting.said)

    def answer(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, answer: str, what_changed: str) -> None:
        """Answer it, for whom it was put to, and say what changed: nothing is an answer too, in words."""
        then = self.state_on(occurred_on)
        if then is None or self.state is None:
            raise NotRaised(ref=self.ref, day=occurred_on)
        if isinstance(self.state.status, Answered):
            raise AlreadyAnswered(ref=self.ref, on=self.state.status.on)
        theirs = then.to in {acting.in_name_of, acting.body} or (then.to == BOARD and acting.role in CHAIRS | {MANAGER})
        if not theirs:
            raise NotChallenged(ref=self.ref, to=then.to)
        said(answer=answer, what_changed=what_changed)
        fields = {"answer": answer, "what_changed": what_changed}
        self.record("ChallengeAnswered", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def check_corrected(self, entry: Entry) -> None:
        """Refuse to put it to somebody else, or to make it about something else."""
        if entry.event is Challenge.ChallengeRaised and any(entry.body[name] != self.entries[0].body[name] for name in ("to", "about")):
            raise AddressFixed(ref=self.ref)

    @staticmethod
    def fold(entries: Iterable[Entry], before: ChallengeState | None = None) -> ChallengeState | None:
        """Fold what stands."""
        now = before
        for entry in entries:
            body = entry.body
            if issubclass(entry.event, Challenge.ChallengeRaised):
                known = {name: body[name] for name in ("ref", "about", "to", "summary", "statement")}
                office = body["on_behalf_of"] or body["by_office"]
                concerns = tuple(dict.fromkeys(code for code in (body["raised_for"], body["put_to"]) if code))
                now = ChallengeState(**known, raised_on=entry.occurred_on, raised_by=office, concerns=concerns)
            elif now and issubclass(entry.event, Challenge.ChallengeAnswered):
                office = body["on_behalf_of"] or body["by_office"]
                now = replace(now, status=Answered(entry.occurred_on, office, body["answer"], body["what_changed"]))
        return now
