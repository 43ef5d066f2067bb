"""The partnership itself: its name, its regime, and what the framework leaves to the Board to set."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, Recorded, stream_id
from aggregates.errors import Refused, said
from aggregates.fields import Public  # noqa: TC001 - as date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Acting

Regime: TypeAlias = Literal["LSCB-WT2015", "MASA-WT2018", "MASA-WT2023"]
Setting: TypeAlias = Literal["backdating_limit", "sustainment_checks"]
# INV-33: recording more than this after the fact needs a reason. Framework L59 says no number, so both are set locally.
BACKDATING_LIMIT = 35
SUSTAINMENT_CHECKS = (6, 12)


class SettingUnreadable(Refused):
    """A local setting has a value of its kind."""

    text = "{setting} cannot be {value}: write {kind}"


@dataclass(frozen=True, slots=True)
class PartnershipState:
    """The partnership on one day: days that an entry may be late, and months after sign-off at which to look again."""

    name: str
    regime: str
    effective_on: date
    backdating_limit: int = BACKDATING_LIMIT
    sustainment_checks: tuple[int, ...] = SUSTAINMENT_CHECKS


class Partnership(Recorded[PartnershipState | None]):
    """The partnership itself."""

    TOPIC = "partnership"

    class Event(Recorded.Event):
        """An event of the partnership."""

        CLASS: ClassVar[str] = "D"

    class Created(Event, Aggregate.Created):
        """What begins its stream; the library wants it by this name, with a topic of its own."""

        TOPIC = "partnership.created.v1"

    class Established(Created):
        """There is a partnership, under a regime."""

        TOPIC = "partnership.established.v1"
        name: Public[str]
        regime: Public[Regime]
        effective_on: Public[date]

    class LocalSettingSet(Event):
        """The Board decides what the framework leaves open."""

        TOPIC = "partnership.local_setting_set.v1"
        setting: Public[Setting]
        value: Public[str]

    class AmendmentProposed(Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "partnership.amendment_proposed.v1"

    class EntryCorrected(Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "partnership.entry_corrected.v1"

    class EntryRetracted(Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "partnership.entry_retracted.v1"

    @classmethod
    def establish(
        cls,
        origin: str,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        name: str,
        regime: Regime,
        effective_on: date,
    ) -> Partnership:
        """Establish the partnership."""
        said(name=name)
        fields = {"name": name, "regime": regime, "effective_on": effective_on}
        stream = stream_id(origin, "partnership", "partnership")
        return cls.open(cls.Established, stream, occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def set_local_setting(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, setting: Setting, value: str) -> None:
        """Set what the framework leaves to the Board: `backdating_limit` in days, `sustainment_checks` in months after sign-off."""
        if _read(setting, value) is None:
            kind = "a number of days, such as 35" if setting == "backdating_limit" else "months after sign-off, such as 6, 12"
            raise SettingUnreadable(setting=setting, value=value, kind=kind)
        fields = {"setting": setting, "value": value}
        self.record("LocalSettingSet", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    @property
    def ref(self) -> str:
        """Return the one name of the one partnership."""
        return "partnership"

    @staticmethod
    def fold(entries: Iterable[Entry], before: PartnershipState | None = None) -> PartnershipState | None:
        """Fold what stands; a setting that a correction left unreadable leaves the one before it."""
        now = before
        for entry in entries:
            body = entry.body
            if issubclass(entry.event, Partnership.Established):
                now = PartnershipState(body["name"], body["regime"], body["effective_on"])
            elif now and issubclass(entry.event, Partnership.LocalSettingSet) and (months := _read(body["setting"], body["value"])):
                limit = body["setting"] == "backdating_limit"
                now = replace(now, backdating_limit=months[0]) if limit else replace(now, sustainment_checks=months)
        return now


def _read(setting: str, value: str) -> tuple[int, ...] | None:
    """Return a setting's numbers, ascending; None where it is not so written."""
    if not re.fullmatch(r"[1-9]\d{0,2}( *, *[1-9]\d{0,2})*", value, re.ASCII):
        return None
    numbers = tuple(int(part) for part in value.split(","))
    several = setting == "sustainment_checks"
    return numbers if numbers == tuple(sorted(set(numbers))) and (several or len(numbers) == 1) else None
