"""A review: one act of looking at what happened and why. As much of it as an action's source needs: findings, and the response."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, Recorded, stream_id
from aggregates.errors import Refused, said
from aggregates.fields import Identifies, Public  # noqa: TC001 - as date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aggregates.authority import Acting

Kind: TypeAlias = Literal[
    "serious case review",
    "learning review",
    "practice audit",
    "child death theme review",
    "rapid review",
    "local child safeguarding practice review",
    "national review",
    "domestic homicide review",
]
Regime: TypeAlias = Literal["LSCB-WT2015", "MASA-WT2018", "MASA-WT2023"]
ANSWERS = ("accepted", "in part", "rejected")


class NotReferred(Refused):
    """Nothing is found or answered on a day on which the case was not referred."""

    text = "{ref} was not referred on {day}"


class FindingExists(Refused):
    """A finding has a number of its own."""

    text = "{ref} has a finding {number} already: the next one has another number"


class NoSystemFactor(Refused):
    """A finding is about a system, not about a person."""

    rule, source = "INV-06", "framework, Working Together 2015 page 74"
    text = "Finding {number} of {ref} names no system factor: say what in the system made it likely"


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

    text = "A response to {ref} is {{number, response (accepted, in part or rejected), reason, intended_actions}}: {why}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and the system factor behind it."""

    number: str
    statement: str
    polarity: str
    scope: str
    system_factor: str
    themes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Response:
    """What the Board answers to one finding."""

    number: str
    response: str
    reason: str | None
    intended_actions: str | None


@dataclass(frozen=True, slots=True)
class Referred:
    """The case was referred; findings come."""

    word = "referred"


@dataclass(frozen=True, slots=True)
class ResponseFormulated:
    """The Board answered."""

    on: date
    responses: tuple[Response, ...]
    word = "response formulated"


@dataclass(frozen=True, slots=True)
class ReviewState:
    """A review on one day."""

    ref: str
    title: str
    kind: str
    regime: str
    referring_agency: str | None
    notified_on: date
    findings: tuple[Finding, ...] = ()
    status: Referred | ResponseFormulated = Referred()


class Review(Recorded[ReviewState | None]):
    """One review, whatever the statute calls it."""

    TOPIC = "review"

    class Event(Recorded.Event):
        """An event of a review."""

    class Created(Event, Aggregate.Created):
        """What begins the stream of a review; the library wants it by this name, with a topic of its own."""

        TOPIC = "review.created.v1"

    class Referred(Created):
        """A case is put before the Board. It is known by a reference and a title that say nothing of any person."""

        TOPIC = "review.referred.v1"
        ref: Identifies[Public[str]]
        title: Public[str]
        kind: Public[Kind]
        regime: Public[Regime]
        referring_agency: Public[str | None]
        notified_on: Public[date]

    class FindingRecorded(Event):
        """What happened in the system, and why."""

        TOPIC = "review.finding_recorded.v1"
        number: Identifies[Public[str]]
        statement: str
        polarity: Public[Literal["concern", "good_practice"]]
        scope: Public[Literal["single-agency", "multi-agency"]]
        system_factor: str
        themes: Public[tuple[str, ...]]

    class BoardResponseFormulated(Event):
        """The Board answers every finding: objects of `number`, `response`, `reason` and `intended_actions`."""

        TOPIC, CLASS = "review.board_response_formulated.v1", "D"
        responses: tuple[dict[str, Any], ...]

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "review.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "review.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "review.entry_retracted.v1"

    @classmethod
    def refer(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        ref: str,
        title: str,
        kind: Kind,
        regime: Regime,
        referring_agency: str | None = None,
        notified_on: date,
    ) -> Review:
        """Put a case before the Board."""
        said(ref=ref, title=title)
        fields = {"ref": ref, "title": title, "kind": kind, "regime": regime, "referring_agency": referring_agency}
        when = {"notified_on": notified_on, "occurred_on": occurred_on, "late_reason": late_reason}
        return cls.open(cls.Referred, stream_id(origin, "review", ref), **fields, **when, **acting.said)

    def record_finding(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        number: str,
        statement: str,
        polarity: Literal["concern", "good_practice"],
        scope: Literal["single-agency", "multi-agency"],
        system_factor: str,
        themes: tuple[str, ...] = (),
    ) -> None:
        """Record what was found, under a number of its own and with a system factor (INV-06)."""
        self._referred(occurred_on)
        said(number=number, statement=statement)
        if not system_factor.strip():
            raise NoSystemFactor(ref=self.ref, number=number)
        if self.has_finding(number):
            raise FindingExists(ref=self.ref, number=number)
        fields = {"number": number, "statement": statement, "polarity": polarity, "scope": scope, "themes": tuple(themes)}
        when = {"system_factor": system_factor, "occurred_on": occurred_on, "late_reason": late_reason}
        self.record("FindingRecorded", **fields, **when, **acting.said)

    def formulate_response(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, responses: tuple[dict[str, Any], ...]
    ) -> None:
        """Answer every finding exactly once, with a reason where it is not accepted whole (INV-04). A later response replaces it."""
        self._referred(occurred_on)
        read = [self._response(said) for said in responses]
        there = [finding.number for finding in (self.state.findings if self.state else ())]
        times = Counter(response.number for response in read)
        if twice := sorted(number for number, count in times.items() if count > 1):
            raise AnsweredTwice(ref=self.ref, numbers=twice)
        if unknown := sorted(times.keys() - set(there)):
            raise UnknownFinding(ref=self.ref, numbers=unknown)
        if missing := [number for number in there if number not in times]:
            raise NotEveryFinding(ref=self.ref, missing=missing)
        self.record("BoardResponseFormulated", responses=tuple(responses), occurred_on=occurred_on, late_reason=late_reason, **acting.said)

    def has_finding(self, number: str) -> bool:
        """Say whether a finding of this number stands."""
        return self.state is not None and any(finding.number == number for finding in self.state.findings)

    def _referred(self, day: date) -> None:
        if self.state is None or self.state_on(day) is None:
            raise NotReferred(ref=self.ref, day=day)

    def _response(self, given: dict[str, Any]) -> Response:
        if unknown := given.keys() - {"number", "response", "reason", "intended_actions"}:
            raise UnreadableResponse(ref=self.ref, why=f"there is no {', '.join(sorted(unknown))} in it")
        if wrong := sorted(name for name, value in given.items() if value is not None and not isinstance(value, str)):
            raise UnreadableResponse(ref=self.ref, why=f"{', '.join(wrong)} is a text")
        response = _response(given)
        if not response.number or response.response not in ANSWERS:
            raise UnreadableResponse(ref=self.ref, why="a number and a response are needed")
        if response.response != "accepted" and not (response.reason or "").strip():
            raise NoReason(ref=self.ref, number=response.number, response=response.response)
        return response

    def check_corrected(self, event: type[Any], body: Mapping[str, Any]) -> None:
        """Refuse a response that could not have been given (INV-04)."""
        for given in body["responses"] if event is Review.BoardResponseFormulated else ():
            self._response(given)

    @staticmethod
    def fold(entries: Iterable[Entry], before: ReviewState | None = None) -> ReviewState | None:
        """Fold what stands."""
        now = before
        for entry in entries:
            body = entry.body
            if issubclass(entry.event, Review.Referred):
                now = ReviewState(**{n: body[n] for n in ("ref", "title", "kind", "regime", "referring_agency", "notified_on")})
            elif now and issubclass(entry.event, Review.FindingRecorded):
                now = replace(now, findings=(*now.findings, Finding(**{name: body[name] for name in Finding.__slots__})))
            elif now and issubclass(entry.event, Review.BoardResponseFormulated):
                answers = tuple(_response(given) for given in body["responses"])
                now = replace(now, status=ResponseFormulated(entry.occurred_on, answers))
        return now


def _response(given: dict[str, Any]) -> Response:
    return Response(given.get("number", ""), given.get("response", ""), given.get("reason"), given.get("intended_actions"))
