"""What is asked and decided about a person's data, each by its rule: erasure, retention, access, and who outside is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Unpack

from aggregates.errors import said
from aggregates.registry import protection as law
from aggregates.registry.subject_fold import exempted
from aggregates.registry.subject_state import GRANTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from aggregates.authority import Act, Acting
    from aggregates.registry.subject_state import ErasureRequest, Exemption, Outcome, Retention, SubjectState

TAKEN_UP: Final = "It was asked under another reference of the same person, which was merged into this one"


class SubjectActs:
    """The decisions of a person's stream that begin with somebody's right, or with the retention schedule."""

    if TYPE_CHECKING:
        ref: str
        state: SubjectState | None

        def _kept(self, *, merged: bool = False) -> SubjectState: ...
        def _in_person(self, acting: Acting) -> None: ...
        def _record(self, name: str, act: Act, /, **fields: Any) -> None: ...

    def request_erasure(self, *, reference: str, identity_checked_by: str, **act: Unpack[Act]) -> None:
        """Take a request to erase down, whose identity was checked outside."""
        now = self._kept()
        said(reference=reference)
        if waits := now.asked or now.granted:
            raise law.ErasureAsked(ref=self.ref, on=waits.on)
        fields = {"reference": reference, "identity_checked_by": identity_checked_by}
        self._record("ErasureRequested", act, **fields)

    def withdraw_erasure_request(self, *, reason: str, **act: Unpack[Act]) -> None:
        """Let a request rest that was not decided, because whoever asked wants it no more; also where they were merged away."""
        now = self._kept(merged=True)
        said(reason=reason)
        if now.asked is None or act["occurred_on"] < now.asked.on:
            raise law.ErasureNotAsked(ref=self.ref, day=act["occurred_on"])
        self._record("ErasureRequestWithdrawn", act, reason=reason)

    def decide_erasure(
        self,
        *,
        outcome: Outcome,
        exemption: Exemption | None = None,
        reason: str,
        held: Sequence[str] = (),
        asked: Sequence[ErasureRequest] = (),
        **act: Unpack[Act],
    ) -> None:
        """Decide a request. `held` are the matters for which holds stand on any reference of the person.

        `asked` are the requests that wait under references merged into this one: what was asked there is taken up here, and decided once.
        """
        now = self._kept()
        self._in_person(act["acting"])
        said(reason=reason)
        if now.asked is None and asked:
            now = self._take_up(asked[0], act)
        if now.asked is None or act["occurred_on"] < now.asked.on:
            raise law.ErasureNotAsked(ref=self.ref, day=act["occurred_on"])
        exempted(outcome, exemption)
        if outcome in GRANTED and (matters := {*held, *now.held}):
            raise law.HoldStands(ref=self.ref, matters=matters)
        self._record("ErasureDecided", act, outcome=outcome, exemption=exemption, reason=reason)

    def _take_up(self, request: ErasureRequest, act: Act) -> SubjectState:
        """Bring in here what was asked under a reference of the same person, as of the day on which it was."""
        when: Act = {**act, "occurred_on": max(request.on, self._kept().registered_on), "late_reason": TAKEN_UP}
        self._record("ErasureRequested", when, reference=request.reference, identity_checked_by=request.identity_checked_by)
        return self._kept()

    def decide_merged(self, *, outcome: Outcome, exemption: Exemption | None = None, reason: str, **act: Unpack[Act]) -> None:
        """Put down of a request under a reference that was merged away what is decided where the references were merged into."""
        now = self._kept(merged=True)
        if now.asked is None or act["occurred_on"] < now.asked.on:
            raise law.ErasureNotAsked(ref=self.ref, day=act["occurred_on"])
        self._record("ErasureDecided", act, outcome=outcome, exemption=exemption, reason=reason)

    def decide_retention(
        self, *, outcome: Retention, kept_until: date | None = None, reason: str, held: Sequence[str] = (), **act: Unpack[Act]
    ) -> None:
        """Decide what becomes of what is due: kept until a later day, or to be erased. `held` as of an erasure."""
        now = self._kept()
        self._in_person(act["acting"])
        said(reason=reason)
        if (outcome == "kept on") != (kept_until is not None and kept_until > act["occurred_on"]):
            raise law.KeptUntilWhen(outcome=outcome, day=act["occurred_on"])
        if waits := now.asked or now.granted:
            raise law.ErasureAsked(ref=self.ref, on=waits.on)
        if outcome == "to be erased" and (matters := {*held, *now.held}):
            raise law.HoldStands(ref=self.ref, matters=matters)
        self._record("RetentionDecided", act, outcome=outcome, kept_until=kept_until, reason=reason)

    def erase(self, *, erased: Sequence[Mapping[str, Any]], granted: bool = False, held: Sequence[str] = (), **act: Unpack[Act]) -> None:
        """Put on record what is destroyed with this. `granted` says that it was, for another reference of the same person."""
        now = self._kept(merged=granted)
        self._in_person(act["acting"])
        if not (granted or now.granted):
            raise law.NotGranted(ref=self.ref)
        if matters := {*held, *now.held}:
            raise law.HoldStands(ref=self.ref, matters=matters)
        if waits := next(iter(now.access_asked), None):
            raise law.AccessWaits(ref=self.ref, reference=waits.reference, due_on=waits.due_on)
        self._record("PersonalDataErased", act, erased=tuple(map(dict, erased)))

    def notify_recipient(self, *, recipient: str, disclosed_on: date, how: str, **act: Unpack[Act]) -> None:
        """Take down that somebody outside was told of the erasure (UK GDPR Article 19)."""
        now = self.state
        said(recipient=recipient, how=how)
        if now is None or now.erased_on is None or act["occurred_on"] < now.erased_on:
            raise law.NotErased(ref=self.ref, day=act["occurred_on"])
        if disclosed_on > now.erased_on:
            raise law.DisclosedAfter(ref=self.ref, disclosed_on=disclosed_on, on=now.erased_on)
        self._record("RecipientNotified", act, recipient=recipient, disclosed_on=disclosed_on, how=how)

    def request_access(self, *, reference: str, identity_checked_by: str, **act: Unpack[Act]) -> None:
        """Take a request for access down, whose identity was checked outside."""
        now = self._kept()
        said(reference=reference)
        if waits := next((one for one in now.access_asked if one.reference == reference), None):
            raise law.AccessAsked(ref=self.ref, reference=reference, on=waits.on)
        self._record("AccessRequested", act, reference=reference, identity_checked_by=identity_checked_by)

    def answer_access(self, *, reference: str, received_on: date, outcome: str, exemption: str | None = None, **act: Unpack[Act]) -> None:
        """Say that somebody was answered who asked what is kept about them; also where they were merged away or erased meanwhile."""
        waiting = self.state.access_asked if self.state else ()
        said(reference=reference, exemption=exemption)
        waits = next((one for one in waiting if one.reference == reference), None)
        if waits is None or act["occurred_on"] < waits.on:
            raise law.AccessNotAsked(ref=self.ref, reference=reference, day=act["occurred_on"])
        if received_on != waits.on:
            raise law.ReceivedAnotherDay(reference=reference, on=waits.on, received_on=received_on)
        if outcome != "given" and exemption is None:
            raise law.ExemptionUnnamed(outcome=outcome)
        fields = {"reference": reference, "received_on": received_on, "outcome": outcome, "exemption": exemption}
        self._record("AccessRequestAnswered", act, **fields)
