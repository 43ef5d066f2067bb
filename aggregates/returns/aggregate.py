"""A return: its events, and how it begins; `decisions` has what can be decided afterwards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.labels import meant
from aggregates.entry import Recorded, stream_id
from aggregates.errors import said
from aggregates.returns import events, refusals
from aggregates.returns.decisions import Decisions
from aggregates.returns.fold import fold as fold_return
from aggregates.returns.reporting import Reporting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from aggregates.authority import Acting
    from aggregates.entry import Entry
    from aggregates.returns.questions import QuestionSet
    from aggregates.returns.state import ReturnState

PERIOD: Final = re.compile(r"[0-9]{4}(-([0-9]{2}|H[12]|Q[1-4]))?\Z")  # each of the ways of writing one in one way


class Return(Reporting, Decisions):
    """One answer owed by one party to a question set by a date."""

    TOPIC = "return"

    Event = events.Event
    Created = events.Created

    Requested = events.Requested
    Submitted = events.Submitted
    Amended = events.Amended
    Moderated = events.Moderated
    NoActionDecided = events.NoActionDecided
    Accepted = events.Accepted
    Waived = events.Waived
    Presented = events.Presented
    SectionExplained = events.SectionExplained
    Published = events.Published
    PublishedBefore = events.PublishedBefore

    class AmendmentProposed(events.Event, Recorded.AmendmentProposed):
        """An amendment waits for its countersignature."""

        TOPIC = "return.amendment_proposed.v1"

    class EntryCorrected(events.Event, Recorded.EntryCorrected):
        """Fields of an earlier entry were wrong."""

        TOPIC = "return.entry_corrected.v1"

    class EntryRetracted(events.Event, Recorded.EntryRetracted):
        """An earlier entry should not stand."""

        TOPIC = "return.entry_retracted.v1"

    @classmethod
    def request(cls, origin: str, **asked: Any) -> Return:
        """Ask a respondent for something by a date; see `_asked` for what has to be said."""
        return cls.open(cls.Requested, stream_id(origin, "return", asked["ref"]), **_asked(**asked))

    def request_again(self, **asked: Any) -> None:
        """Ask again where the request was retracted: of one kind, respondent and period there is one return (INV-28)."""
        if self.state is not None:
            facts = {"on": self.state.requested_on, "status": self.state.status.word}
            raise refusals.AlreadyRequested(ref=self.ref, **facts)
        self.record("Requested", **_asked(**asked))

    def check_corrected(self, entry: Entry) -> None:
        """Refuse another question set, a date before it was asked for, and to share it with the respondent."""
        body = entry.body
        if entry.event is events.Requested:
            if body["question_set"] != self.entries[entry.number - 1].body["question_set"]:
                raise refusals.PinnedQuestions(ref=self.ref)
            _check_due(self.ref, body["due_on"], body["occurred_on"])
            _check_shared(self.ref, body["respondent"], body["shared_with"] or ())

    @staticmethod
    def fold(entries: Iterable[Entry], before: ReturnState | None = None) -> ReturnState | None:
        """Fold what stands into what is true of the return; None where it was not asked for."""
        return fold_return(entries, before)


def reference(kind: str, period: str, respondent: str) -> str:
    """Return the reference by which a return is known."""
    return f"{kind}-{period}-{respondent}"


def _asked(
    *,
    acting: Acting,
    occurred_on: date,
    late_reason: str | None = None,
    ref: str,
    kind: str,
    respondent: str,
    period: str,
    due_on: date,
    legal_basis: str | None = None,
    shared_with: tuple[str, ...] = (),
    asked: QuestionSet,
    carried_forward_from: str | None = None,
) -> dict[str, Any]:
    """Return what a request says, with its question set pinned by hash (INV-31)."""
    said(respondent=respondent, legal_basis=legal_basis)
    if not PERIOD.match(period) or meant(period) is None:
        raise refusals.OddPeriod(period=period)
    if ref != reference(kind, period, respondent):
        raise refusals.NotItsReference(ref=ref, expected=reference(kind, period, respondent))
    _check_due(ref, due_on, occurred_on)
    _check_shared(ref, respondent, shared_with)
    fields = {"ref": ref, "kind": kind, "respondent": respondent, "period": period, "due_on": due_on, "legal_basis": legal_basis}
    pinned = {"question_set": asked.id, "question_set_sha256": asked.sha256}
    found = {"shared_with": tuple(shared_with), "carried_forward_from": carried_forward_from, "requested_for": acting.body}
    return {"occurred_on": occurred_on, "late_reason": late_reason, **fields, **pinned, **found, **acting.said}


def _check_due(ref: str, due_on: date, day: date) -> None:
    if due_on <= day:
        raise refusals.DueBeforeRequested(ref=ref, due_on=due_on, day=day)


def _check_shared(ref: str, respondent: str, shared_with: Iterable[str]) -> None:
    seen = {respondent}
    for code in shared_with:
        said(shared_with=code)
        if code in seen:
            raise refusals.SharedWithRespondent(ref=ref, code=code)
        seen.add(code)
