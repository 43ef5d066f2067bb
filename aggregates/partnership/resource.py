"""A resource that the Board recommends: an address on the web, looked at from time to time, and what people say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.clocks.dates import later
from aggregates.entry import Entry, Recorded, stream_id
from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - as date
from aggregates.errors import Refused, said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Acting

Kind: TypeAlias = Literal["website", "own website", "e-mail updates", "repository", "report", "tool", "video", "alternative learning"]
Useful: TypeAlias = Literal["yes", "in part", "no"]
ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s]+\Z")
LONGEST_CADENCE = 120  # months


class NotAnAddress(Refused):
    """A resource is found at its address on the web."""

    text = "{url} is no address of {ref}: it begins with https:// or http:// and has no spaces"


class NoCadence(Refused):
    """A resource is looked at again after some months."""

    text = "{ref} cannot be looked at every {months} months: write a number from 1 to 120"


class NotListed(Refused):
    """Nothing is said of a resource on a day on which it was not listed."""

    text = "{ref} was not listed on {day}"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody says of it."""

    on: date
    by_agency: str | None
    useful: str
    comment: str | None


@dataclass(frozen=True, slots=True)
class ResourceState:
    """A resource on one day; `reachable` is what the last look found, None before the first."""

    ref: str
    title: str
    url: str
    kind: str
    check_every: int
    listed_on: date
    checked_on: date | None = None
    reachable: bool | None = None
    feedback: tuple[Feedback, ...] = ()

    @property
    def check_due(self) -> date:
        """Return the day by which it is looked at again."""
        return later(self.checked_on or self.listed_on, months=min(max(self.check_every, 1), LONGEST_CADENCE))


class Resource(Recorded[ResourceState | None]):
    """One resource."""

    TOPIC = "resource"

    class Event(Recorded.Event):
        """An event of a resource."""

    class Created(Event, Aggregate.Created):
        """What begins the stream of a resource; the library wants it by this name, with a topic of its own."""

        TOPIC = "resource.created.v1"

    class ResourceListed(Created):
        """The Board recommends it. It is looked at every `check_every` months."""

        TOPIC = "resource.listed.v1"
        ref: Identifies[Public[str]]
        title: Public[str]
        url: Public[str]
        kind: Public[Kind]
        check_every: Public[int]

    class ResourceChecked(Event):
        """Somebody, or the service, looked whether it is there."""

        TOPIC, CLASS = "resource.checked.v1", "C"
        reachable: Public[bool]
        found: Public[str | None]

    class ResourceFeedbackReceived(Event):
        """Somebody says whether it was of use."""

        TOPIC = "resource.feedback_received.v1"
        useful: Public[Useful]
        comment: str | None

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "resource.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "resource.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "resource.entry_retracted.v1"

    @classmethod
    def list_(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        ref: str,
        title: str,
        url: str,
        kind: Kind,
        check_every: int,
    ) -> Resource:
        """Recommend it, and say how often it is looked at, in months."""
        said(ref=ref, title=title)
        _check(ref, url, check_every)
        fields = {"ref": ref, "title": title, "url": url, "kind": kind, "check_every": check_every}
        stream = stream_id(origin, "resource", ref)
        return cls.open(cls.ResourceListed, stream, occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def check(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reachable: bool, found: str | None = None
    ) -> None:
        """Say whether it was there, and what was found."""
        self._listed(occurred_on)
        said(found=found)
        fields = {"reachable": reachable, "found": found}
        self.record("ResourceChecked", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def give_feedback(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, useful: Useful, comment: str | None = None
    ) -> None:
        """Say whether it was of use."""
        self._listed(occurred_on)
        said(comment=comment)
        fields = {"useful": useful, "comment": comment}
        self.record("ResourceFeedbackReceived", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def _listed(self, day: date) -> None:
        if self.state is None or self.state_on(day) is None:
            raise NotListed(ref=self.ref, day=day)

    def check_corrected(self, entry: Entry) -> None:
        """Refuse an address or a cadence that could not have been listed."""
        if entry.event is Resource.ResourceListed:
            _check(self.ref, entry.body["url"], entry.body["check_every"])

    @staticmethod
    def fold(entries: Iterable[Entry], before: ResourceState | None = None) -> ResourceState | None:
        """Fold what stands."""
        now = before
        for entry in entries:
            body = entry.body
            if issubclass(entry.event, Resource.ResourceListed):
                known = {name: body[name] for name in ("ref", "title", "url", "kind", "check_every")}
                now = ResourceState(**known, listed_on=entry.occurred_on)
            elif now and issubclass(entry.event, Resource.ResourceChecked):
                now = replace(now, checked_on=entry.occurred_on, reachable=body["reachable"])
            elif now and issubclass(entry.event, Resource.ResourceFeedbackReceived):
                said_ = Feedback(entry.occurred_on, body["by_agency"], body["useful"], body["comment"])
                now = replace(now, feedback=(*now.feedback, said_))
        return now


def _check(ref: str, url: str, check_every: int) -> None:
    if not ADDRESS.match(url):
        raise NotAnAddress(ref=ref, url=url)
    if not 1 <= check_every <= LONGEST_CADENCE:
        raise NoCadence(ref=ref, months=check_every)
