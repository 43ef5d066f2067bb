"""What every decision about a review stands on: on which day it is possible, and who makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from aggregates.authority import CHAIRS
from aggregates.entry import Recorded
from aggregates.review import refusals
from aggregates.review import state as s
from aggregates.review.parts import same

if TYPE_CHECKING:
    from collections.abc import Collection
    from types import UnionType

    from aggregates.authority import Act, Acting
    from aggregates.entry import Entry
    from aggregates.entry.values import Sealed
    from aggregates.partnership.office import Holder

CHAIR, DEPUTY, LEAD_REVIEWER = "chair", "deputy chair", "lead reviewer"
JUDGED: Final = {  # what a chair decides about a review, and never about one of their own employer
    "Decided": "decide whether to conduct it",
    "Closed": "close it",
    "Reopened": "reopen it",
    "BoardResponseFormulated": "respond to it",
    "Commissioned": "commission it",
    "PublicationDeferred": "defer its publication",
    "ReportPublished": "publish it",
    "ReportWithdrawn": "withdraw its report",
}
Stages: TypeAlias = "UnionType | type[s.Status]"


class Acts(Recorded[s.ReviewState | None]):
    """A review as its decisions see it."""

    def _say(self, event: str, act: Act, /, **fields: Any) -> None:
        when = {"occurred_on": act["occurred_on"], "late_reason": act.get("late_reason")}
        self.record(event, **when, **fields, **act["acting"].said)

    def _then(self, act: Act, cannot: str, stages: Stages, *, still: bool = False, breach: bool = False) -> s.ReviewState:
        """Return what was true on the day of an act, or refuse: it could not follow then, or the review has ended since.

        `cannot` says what would then not be possible. What is recorded late may be late for what came since, unless it has to be
        possible `still`. A breach of the lead reviewer's independence is recorded before anything else (INV-01).
        """
        day, now = act["occurred_on"], self.state
        then = self.state_on(day)
        if then is None or now is None:
            raise refusals.NotReferred(ref=self.ref, day=day)
        for at in (now, then) if still else (then,):
            if not isinstance(at.status, stages):
                ended = isinstance(at.status, s.Ended)
                raise (refusals.ReviewEnded if ended else refusals.WrongStage)(ref=self.ref, status=at.status.word, act=cannot)
        if isinstance(now.status, s.Closed) and not isinstance(now.status, stages):
            raise refusals.ReviewEnded(ref=self.ref, status=now.status.word)
        if now.conflicts and not breach:
            raise refusals.BreachNotRecorded(ref=self.ref, organisations=now.conflicts)
        return then

    def check_independence(self, entry: Entry, acting: Acting, theirs: Collection[str] = ()) -> None:  # noqa: ARG002 - the review says of whom
        """Refuse what a chair or a deputy decided of a review of their own employer (INV-44)."""
        then = self.state_on(entry.occurred_on)
        if then and (name := entry.event.__name__) in JUDGED:
            self._independent(acting, then, name)

    def _independent(self, acting: Acting, then: s.ReviewState, name: str) -> None:
        """Refuse a chair or a deputy whose own employer is under review (INV-44)."""
        if acting.role in CHAIRS and self._concerns(acting.agency, then):
            raise refusals.ChairNotIndependent(ref=self.ref, agency=acting.agency, role=acting.role, act=JUDGED[name])

    def _chairs(self, act: Act, then: s.ReviewState, name: str, chair: Holder | None) -> None:
        """Refuse everybody but the chair, and the deputy unless there is no chair or theirs is the employer under review."""
        role = act["acting"].role
        self._independent(act["acting"], then, name)
        if role == CHAIR or (role == DEPUTY and (chair is None or self._concerns(chair.employer, then))):
            return
        raise refusals.NotTheChair(ref=self.ref, day=act["occurred_on"])

    def _reviewing(self, act: Act, then: s.ReviewState) -> None:
        """Refuse a lead reviewer who leads another review, or led this one and was replaced since."""
        acting = act["acting"]
        if acting.role != LEAD_REVIEWER:
            return
        for at in (then, self.state):
            leads: Sealed | None = at.lead.reviewer if at and at.lead else None
            if not acting.is_(leads, recorded_for=True):
                raise refusals.NotTheLeadReviewer(ref=self.ref)

    def _led(self, act: Act, then: s.ReviewState, cannot: str, *, needed: bool = False) -> None:
        """Refuse while the lead reviewer is known not to be independent, or where one is needed and there is none (INV-01).

        It is asked of the day of the act and of today: what is recorded late was not found by somebody whom nobody knew to be tied.
        """
        for lead in (then.lead, self.state.lead if self.state else None):
            if (lead is None and needed) or (lead is not None and lead.breached_on is not None):
                raise refusals.NoLeadReviewer(ref=self.ref, day=act["occurred_on"], act=cannot)

    def _concerns(self, agency: str | None, then: s.ReviewState) -> bool:
        """Say whether a review concerns an agency, then or now: it is under review, or put the case before the Board."""
        if agency is None:
            return False
        concerned = (name for at in (then, self.state) if at for name in (*at.organisations, at.referring_agency or ""))
        return same(agency) in map(same, concerned)
