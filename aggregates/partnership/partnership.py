"""The partnership itself: its name, the regime that binds it, its framework, and what the framework leaves to the Board to set."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date  # noqa: TC003 - fields.py reads the annotations of events at run time
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from eventsourcing.domain import Aggregate

from aggregates.entry import Entry, Recorded, stream_id
from aggregates.entry.fields import Public  # noqa: TC001 - as date
from aggregates.errors import Refused, said
from aggregates.partnership import framework, settings
from aggregates.partnership.settings import Setting  # noqa: TC001 - as date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregates.authority import Acting

Regime: TypeAlias = Literal["LSCB-WT2015", "MASA-WT2018", "MASA-WT2023"]


class NotEstablishedYet(Refused):
    """Nothing is decided for a partnership on a day on which there was none."""

    text = "There was no partnership on {day}"


class SameRegime(Refused):
    """A change of regime brings another."""

    rule, text = "INV-42", "The partnership is under {regime} already"


class RegimeGoesBack(Refused):
    """A regime takes effect after the one before it: what arose under that one keeps it."""

    rule, text = "INV-42", "{regime} cannot take effect on {effective_on}: the regime before it took effect on {since}"


class RegimeNotInForce(Refused):
    """What arises on a day arises under the regime that binds the Board on it."""

    rule, text = "INV-42", "{regime} did not bind the Board on {day}: {in_force} did"


@dataclass(frozen=True, slots=True)
class PartnershipState(settings.LocalSettings):
    """The partnership on one day, with what it sets for itself.

    `regime` is the one that was recorded last, and takes effect on `effective_on`; `regime_on` answers for a day (INV-42).
    """

    name: str
    regime: str
    effective_on: date
    regimes: tuple[tuple[str, date], ...] = ()
    framework: framework.Framework | None = None
    versions: tuple[str, ...] = ()

    def regime_on(self, day: date) -> str:
        """Return the regime that had taken effect by a day; before any had, the first."""
        in_effect = [(since, n) for n, (_, since) in enumerate(self.regimes) if since <= day]
        return self.regimes[max(in_effect)[1] if in_effect else 0][0]

    def binding(self, regime: str | None, day: date) -> str:
        """Return the regime under which something arose on a day; refuse another. Of days before the first the record knows nothing."""
        in_force = self.regime_on(day)
        if regime not in {None, in_force} and day >= min(since for _, since in self.regimes):
            raise RegimeNotInForce(regime=regime, day=day, in_force=in_force)
        return regime or in_force


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

    class RegimeChanged(Event):
        """Another regime binds it from a day on. What arose before keeps the regime under which it arose (INV-42)."""

        TOPIC = "partnership.regime_changed.v1"
        regime: Public[Regime]
        effective_on: Public[date]

    class FrameworkAdopted(Event):
        """The Board adopts a learning and improvement framework: the set of obligations that this hash is of."""

        TOPIC = "partnership.framework_adopted.v1"
        version: Public[str]
        sha256: Public[str]
        supersedes: Public[str | None]
        review_due: Public[date]
        provenance: Public[str]
        minute: Public[str | None]

    class FrameworkReviewed(Event):
        """The Board looks at its framework again, and keeps it or has it revised."""

        TOPIC = "partnership.framework_reviewed.v1"
        version: Public[str]
        outcome: Public[Literal["retained", "revised"]]
        review_due: Public[date]
        minute: Public[str | None]

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
        """Set what the framework leaves to the Board, written as `settings.SETTINGS` says."""
        settings.check(setting, value)
        fields = {"setting": setting, "value": value}
        self.record("LocalSettingSet", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def change_regime(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, regime: Regime, effective_on: date
    ) -> None:
        """Let another regime bind it. Nothing is closed and nothing re-dated: what arose before keeps its own (INV-42)."""
        now = self._established(occurred_on)
        if regime == now.regime:
            raise SameRegime(regime=regime)
        if effective_on <= now.effective_on:
            raise RegimeGoesBack(regime=regime, effective_on=effective_on, since=now.effective_on)
        fields = {"regime": regime, "effective_on": effective_on}
        self.record("RegimeChanged", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def adopt_framework(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        version: str,
        sha256: str,
        supersedes: str | None = None,
        review_due: date,
        provenance: str,
        minute: str | None = None,
    ) -> None:
        """Adopt a framework, the first or in the place of the one in force."""
        now = self._established(occurred_on)
        said(version=version, provenance=provenance, minute=minute)
        framework.check_hash(sha256)
        if version in now.versions:
            raise framework.VersionInForce(version=version)
        in_force = now.framework.version if now.framework else None
        if supersedes != in_force:
            raise framework.SupersedesAnother(in_force=in_force or "none yet", supersedes=supersedes or "none")
        framework.check_later(review_due, occurred_on)
        fields = {"version": version, "sha256": sha256, "supersedes": supersedes, "review_due": review_due}
        fields |= {"provenance": provenance, "minute": minute}
        self.record("FrameworkAdopted", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def review_framework(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        version: str,
        outcome: Literal["retained", "revised"],
        review_due: date,
        minute: str | None = None,
    ) -> None:
        """Keep the framework in force, or have it revised: until the revision is adopted it stays in force. Say when to look again."""
        now = self._established(occurred_on)
        then = self.state_on(occurred_on)
        for at in (now, then):
            if at is None or at.framework is None:
                raise framework.NoneInForce(day=occurred_on)
            if at.framework.version != version:
                raise framework.NotInForce(day=occurred_on, in_force=at.framework.version, version=version)
        said(minute=minute)
        framework.check_later(review_due, occurred_on)
        fields = {"version": version, "outcome": outcome, "review_due": review_due, "minute": minute}
        self.record("FrameworkReviewed", occurred_on=occurred_on, late_reason=late_reason, **fields, **acting.said)

    def _established(self, day: date) -> PartnershipState:
        """Return what is true now, or refuse a day on which there was no partnership."""
        if self.state is None or self.state_on(day) is None:
            raise NotEstablishedYet(day=day)
        return self.state

    def check_corrected(self, entry: Entry) -> None:
        """Refuse a framework without a hash, and a review that would be due before the day on which it is set."""
        body = entry.body
        if "review_due" in body:
            framework.check_later(body["review_due"], body["occurred_on"])
        if entry.event is Partnership.FrameworkAdopted:
            framework.check_hash(body["sha256"])

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
                since = body["effective_on"]
                now = PartnershipState(body["name"], body["regime"], since, ((body["regime"], since),))
            elif now is None:
                continue
            elif issubclass(entry.event, Partnership.RegimeChanged):
                changed = (body["regime"], body["effective_on"])
                now = replace(now, regime=changed[0], effective_on=changed[1], regimes=(*now.regimes, changed))
            elif issubclass(entry.event, Partnership.FrameworkAdopted):
                now = replace(now, framework=framework.adopted(entry), versions=(*now.versions, body["version"]))
            elif issubclass(entry.event, Partnership.FrameworkReviewed):
                now = replace(now, framework=framework.reviewed(now.framework, entry))
            elif issubclass(entry.event, Partnership.LocalSettingSet):
                value = settings.read(body["setting"], body["value"])
                now = now if value is None else replace(now, **{body["setting"]: value})
        return now
