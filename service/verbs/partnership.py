"""The verbs of the partnership: who we are, and who acts for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.authority import BOARD
from aggregates.partnership import Agency, Partnership, SubGroup
from aggregates.partnership.office import Office
from aggregates.registry.data_subject import DataSubject
from service.commands import LEAD
from service.desk.refusals import CodeTaken, NotFound, OwnAppointment
from service.recording.references import References
from service.recording.resting import resting_on

if TYPE_CHECKING:
    from service.recording import Done, Write


class PartnershipVerbs(References):
    """What the Board decides about itself."""

    def establish_partnership(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Put the partnership itself on record, with the regime that binds it."""
        return self._begin(ref, Partnership.establish, write, **said)

    def set_local_setting(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Set one of the Board's own limits."""
        return self._change(Partnership, ref, Partnership.set_local_setting, write, **said)

    def change_regime(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Put the partnership under another regime; whatever arose before keeps its own."""
        return self._change(Partnership, ref, Partnership.change_regime, write, **said)

    def adopt_framework(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Adopt a learning and improvement framework."""
        return self._change(Partnership, ref, Partnership.adopt_framework, write, **said)

    def review_framework(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Review the framework in force."""
        return self._change(Partnership, ref, Partnership.review_framework, write, **said)

    @resting_on(SubGroup)
    def join_agency(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record that an agency joins, for the first time or again after it left."""
        self._free(ref, SubGroup)
        return self._begin_or_go_on(Agency, ref, Agency.join, Agency.rejoin, write, named="code", **said)

    def rename_agency(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record an agency's new name."""
        return self._change(Agency, ref, Agency.rename, write, **said)

    @resting_on(Agency)
    def constitute_sub_group(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Constitute a sub-group."""
        self._free(ref, Agency)
        return self._begin(ref, SubGroup.constitute, write, **said)

    def dissolve_sub_group(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Dissolve a sub-group."""
        return self._change(SubGroup, ref, SubGroup.dissolve, write, **said)

    @resting_on(Agency)
    def appoint_office_holder(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Appoint a registered person to an office, new or vacant."""
        if self.find(DataSubject, str(said["holder"].subject)) is None:
            raise NotFound(kind="person", ref=said["holder"].subject)
        if said["acting"].is_(said["holder"]):
            raise OwnAppointment(office=ref)
        self._there(Agency, "agency", said["employer"])
        if said["body"] and not self.find(SubGroup, said["body"]):
            self._there(Agency, "sub-group or agency", said["body"])
        if leads := said["body"] or (said["employer"] if said["role"] == LEAD else None):
            self._stays(leads, said["occurred_on"])
        return self._begin_or_go_on(Office, ref, Office.begin, Office.appoint, write, named="office", **said)

    def stand_down_office_holder(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """End a term of office."""
        return self._change(Office, ref, Office.stand_down, write, **said)

    def _free(self, code: str, other: type[Any]) -> None:
        """Refuse a code that the Board itself has, or a thing of the other kind: who acts for whom is told by codes alone."""
        if code == BOARD or self.find(other, code) is not None:
            raise CodeTaken(code=code, kind="the Board" if code == BOARD else f"the {other.TOPIC.replace('_', '-')} {code}")
