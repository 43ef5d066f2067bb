"""A sub-group of the Board: constituted with terms of reference, until it is dissolved. It oversees actions, and may own some."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, ClassVar

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, Recorded, stream_id
from aggregates.entry.fields import Identifies, Public  # noqa: TC001 - as date
from aggregates.errors import Refused, said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Acting


class NotConstituted(Refused):
    """What was dissolved, or never constituted, cannot be dissolved."""

    text = "{ref} is not constituted on {day}"


@dataclass(frozen=True, slots=True)
class Constituted:
    """It works."""

    word: ClassVar[str] = "constituted"


@dataclass(frozen=True, slots=True)
class Dissolved:
    """It worked until a day."""

    on: date
    reason: str
    word: ClassVar[str] = "dissolved"


@dataclass(frozen=True, slots=True)
class SubGroupState:
    """A sub-group on one day."""

    code: str
    name: str
    terms_of_reference: str | None
    constituted_on: date
    status: Constituted | Dissolved = Constituted()


class SubGroup(Recorded[SubGroupState | None]):
    """A sub-group of the Board."""

    TOPIC = "sub_group"

    class Event(Recorded.Event):
        """An event of a sub-group."""

        CLASS: ClassVar[str] = "D"

    class Created(Event, Aggregate.Created):
        """What begins the stream of a sub-group; the library wants it by this name, with a topic of its own."""

        TOPIC = "sub_group.created.v1"

    class SubGroupConstituted(Created):
        """The Board sets it up, and says for what."""

        TOPIC = "sub_group.constituted.v1"
        code: Identifies[Public[str]]
        name: Public[str]
        terms_of_reference: Public[str | None]

    class SubGroupDissolved(Event):
        """The Board ends it."""

        TOPIC = "sub_group.dissolved.v1"
        reason: Public[str]

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "sub_group.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "sub_group.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "sub_group.entry_retracted.v1"

    @classmethod
    def constitute(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        code: str,
        name: str,
        terms_of_reference: str | None = None,
    ) -> SubGroup:
        """Set up a sub-group."""
        said(code=code, name=name)
        fields = {"code": code, "name": name, "terms_of_reference": terms_of_reference}
        stream = stream_id(origin, "sub_group", code)
        return cls.open(cls.SubGroupConstituted, stream, occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def dissolve(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reason: str) -> None:
        """End it."""
        for at in (self.state, self.state_on(occurred_on)):
            if at is None or isinstance(at.status, Dissolved):
                raise NotConstituted(ref=self.ref, day=occurred_on)
        said(reason=reason)
        self.record("SubGroupDissolved", occurred_on=occurred_on, late_reason=late_reason, reason=reason, **acting.said)

    @staticmethod
    def fold(entries: Iterable[Entry], before: SubGroupState | None = None) -> SubGroupState | None:
        """Fold what stands."""
        now = before
        for entry in entries:
            body = entry.body
            if issubclass(entry.event, SubGroup.SubGroupConstituted):
                now = SubGroupState(body["code"], body["name"], body["terms_of_reference"], entry.occurred_on)
            elif now and issubclass(entry.event, SubGroup.SubGroupDissolved):
                now = replace(now, status=Dissolved(entry.occurred_on, body["reason"]))
        return now
