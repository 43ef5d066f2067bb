"""What no aggregate can know of another, and what holds for every act: that what it names is there, and that its date can be true."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from aggregates.action import Action
from aggregates.authority import BOARD, Acting
from aggregates.partnership import Agency, SubGroup
from aggregates.partnership.office import Office
from aggregates.review import Review
from service.desk.authority import theirs
from service.desk.refusals import EvidenceNotCorrected, FutureDate, LateWithoutReason, NotFound
from service.recording.recording import Recording

ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class References(Recording):
    """The log of one board, and what its entries name."""

    def reach(self, who: Acting, kind: type[Any], ref: str) -> Any:
        """Return a thing to act upon. What is another agency's is refused as what is not there: the two are told apart to nobody."""
        thing = self.load(kind, ref)
        if not theirs(who, thing):
            raise NotFound(kind=kind.TOPIC.replace("_", "-"), ref=ref)
        return thing

    def _check_day(self, day: date, today: date, late_reason: str | None) -> None:
        if day > today:
            raise FutureDate(occurred_on=day, today=today)
        limit = self.settings.backdating_limit
        if (today - day).days > limit and not (late_reason or "").strip():
            raise LateWithoutReason(occurred_on=day, today=today, limit=limit)

    def _check_corrected(self, thing: Any, fields: dict[str, Any], today: date, late_reason: str | None) -> None:
        """Hold corrected values to what would be asked of them if they were recorded now."""
        corrected = fields.get("corrected") or {}
        corrected = corrected.get("corrected", corrected)  # a correction of a correction
        if not isinstance(corrected, dict):
            return  # not of its kind, as the aggregate will say
        if "evidence" in corrected:
            raise EvidenceNotCorrected(ref=thing.ref, amends=fields["amends"])
        if isinstance(day := corrected.get("occurred_on"), str) and ISO_DAY.fullmatch(day):
            self._check_day(date.fromisoformat(day), today, late_reason)
        if isinstance(thing, Action):
            self._there(SubGroup, "sub-group", corrected.get("overseen_by"))
            self._there(Office, "office", corrected.get("owner_office"))
            self._owner(corrected.get("owner") or BOARD)
            self._finding(corrected.get("source"))
        elif isinstance(thing, Office):
            self._there(Agency, "agency", corrected.get("employer"))

    def _there(self, kind: type[Any], word: str, ref: str | None) -> None:
        if ref is not None and self.find(kind, ref) is None:
            raise NotFound(kind=word, ref=ref)

    def _owner(self, code: str) -> None:
        """Refuse an owner that is neither the Board, nor a sub-group, nor an agency."""
        if code != BOARD and self.find(Agency, code) is None:
            self._there(SubGroup, "agency or sub-group", code)

    def _finding(self, source: str | None) -> None:
        """Refuse a source that is not `REVIEW/FINDING`, or names what is not on record."""
        if source is None:
            return
        review, _, number = source.partition("/")
        found = self.find(Review, review)
        if found is None or not found.has_finding(number):
            raise NotFound(kind="finding", ref=source)
