"""What every decision about an action stands on: the day, who makes it, and what already shows that it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from aggregates.action import refusals
from aggregates.action import state as s
from aggregates.authority import CHAIRS, MANAGER
from aggregates.entry import Entry, Recorded, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import date
    from types import UnionType
    from uuid import UUID

    from aggregates.action.shown import SignOff, Submission
    from aggregates.authority import Act, Acting
    from aggregates.entry.values import Evidence

    # Tells who held an office on a day: of what was recorded on behalf, an entry names the office and not the person.
    HeldBy: TypeAlias = Callable[[str, date], UUID | None]

OWED: Final = s.Assigned | s.Disputed | s.Working | s.Implemented
ANSWERED: Final = s.Working | s.Implemented | s.SignedOff | s.Sustaining
OPEN: Final = OWED | s.SignedOff | s.Sustaining | s.Slipped


# What is decided about an action by those who do not own it, and whether the Board's manager may.
JUDGED: Final = {
    "EvidenceReturned": ("return its evidence", False),
    "SignedOff": ("sign it off", False),
    "DueDateVaried": ("vary its due date", False),
    "SustainmentChecked": ("check it", True),
    "Closed": ("close it", False),
    "OutstandingDeclared": ("declare it outstanding", False),
    "Superseded": ("supersede it", True),
}


def nobody(_: str, __: date) -> UUID | None:
    """Say that nobody held an office: where nothing was recorded on behalf, nobody needs to be looked up."""
    return None


def unsustained(then: s.State) -> str | None:
    """Say why it cannot be said to have lasted, in words; None where every scheduled check is made and the last one held (INV-14)."""
    if then.checks_scheduled:
        return f"the check of {_written(then.checks_scheduled[0])} is not made"
    last = then.status.checks[-1] if isinstance(then.status, s.Sustaining) and then.status.checks else None
    if last is None:
        return "no check was made"
    return None if last.result == "held" else f"its last check was {last.words}"


class Acts(Recorded[s.State | None]):
    """An action as its decisions see it."""

    @property
    def beneficiary(self) -> str | None:
        """Return the owner, whom a decision here is about."""
        return self.state.owner if self.state else None

    def lacking(self, stands: Sequence[Entry]) -> dict[int, frozenset[str]]:
        """Say what a sign-off and a closing rest on and do not find: what was asked for them (INV-13, INV-14)."""
        found = super().lacking(stands)
        for place, entry in enumerate(stands):
            before = self.fold(stands[:place])
            if before is not None and entry.event.TOPIC == "action.signed_off.v1":
                found[entry.number] = frozenset(self._unfounded(entry, before))
            elif before is not None and before.sign_off and entry.event.TOPIC == "action.closed.v1":
                found[entry.number] = frozenset({why} if (why := unsustained(before)) else ())
        return found

    def _unfounded(self, entry: Entry, before: s.State) -> Iterator[str]:
        """Give what a sign-off would not find: an action that is implemented, and all the evidence that its signer had before them."""
        if not isinstance(before.status, s.Implemented):
            yield "nobody would have said by then that it was implemented"
        if not self.evidence_for(before, entry.occurred_on, on_behalf=entry.body["on_behalf_of"] is not None):
            yield f"no evidence would have been received by {_written(entry.occurred_on)}"
        signed = self.fold(standing(self.entries[: entry.number - 1]))
        handed_in = {submission.items for submission in before.standing_evidence}
        for submission in signed.standing_evidence if signed else ():
            if submission.items not in handed_in:
                yield f"the evidence of {_written(submission.on)} would be gone"

    @staticmethod
    def evidence_for(then: s.State, day: date, *, on_behalf: bool) -> bool:
        """Say whether there is evidence for a sign-off of a day: handed in, not returned, and received by then (INV-13).

        The service says when a file came. What the manager records on behalf of offices is history: a sign-off of long ago and the
        files that it rested on come in together, so there the days count on which they are said to have been handed in.
        """
        return any((on_behalf and one.by is None) or one.received_by(day) for one in then.standing_evidence)

    def check_amended(self, act: Act, after: Sequence[Entry]) -> None:
        """Refuse what would take days off its lateness, once they have passed, and not say why that is recorded so late."""
        self._check_cured(act["acting"], act.get("late_reason"), after)

    def _check_cured(self, acting: Acting, late_reason: str | None, after: Iterable[Entry]) -> None:
        """Refuse a cure in retrospect (INV-15, F.7): what stands `after` may not say that it was less late than is on record.

        Whatever day it claims, what is recorded once the date has passed takes no day off the lateness. It may where it says why it
        is recorded so late: a meeting did vary the date in time, and its minutes came later, or the Board brings in its history.
        The action then shows that reason beside its date.
        """
        before, then, today = self.state, self.fold(after), acting.today
        if today is None or before is None or then is None or (late_reason or "").strip():
            return
        if then.days_uncovered_on(today) < before.days_uncovered_on(today):
            raise refusals.CuredInRetrospect(ref=self.ref, due_on=before.due_on, today=today)

    def _with(self, name: str, day: date, **said: Any) -> list[Entry]:
        """Return what would stand with one more entry."""
        return standing([*self.entries, Entry(len(self.entries) + 1, day, getattr(type(self), name), said)])

    def _on(self, day: date, act: str, allowed: UnionType | type[s.Status]) -> s.State:
        """Return what was true on the day, or refuse: the act could not follow then, or could not now."""
        then, now = self.state_on(day), self.state
        if then is None or now is None:
            raise refusals.NotAssigned(ref=self.ref, day=day)
        for at in (now, then):
            if isinstance(at.status, s.Ended):
                raise refusals.ActionEnded(ref=self.ref, status=at.status.word)
            if not isinstance(at.status, allowed):
                raise refusals.WrongState(ref=self.ref, status=at.status.word, act=act)
        return then

    def _for_the_owner(self, acting: Acting, then: s.State) -> None:
        if not acting.acts_for(then.owner):
            raise refusals.NotOwner(ref=self.ref, owner=then.owner)

    def _overseen(self, acting: Acting, then: s.State, *, or_manager: bool = False) -> None:
        if not (acting.body == then.overseen_by or acting.role in CHAIRS or (or_manager and acting.role == MANAGER)):
            raise refusals.NotOverseeing(ref=self.ref, overseen_by=then.overseen_by)

    def check_independence(self, entry: Entry, acting: Acting, theirs: Collection[str] = ()) -> None:  # noqa: ARG002 - the owner says whose
        """Refuse a decision about what its maker's own agency owns (INV-11, INV-44), or that is not theirs."""
        then = self.state_on(entry.occurred_on)
        if then and (name := entry.event.__name__) in JUDGED:
            self._judged(acting, then, name)

    def _judged(self, acting: Acting, then: s.State, name: str) -> None:
        act, or_manager = JUDGED[name]
        if acting.acts_for(then.owner) or acting.recorder_agency == then.owner:
            chairs = acting.role in CHAIRS and acting.agency == then.owner
            refusal = refusals.ChairsEmployer if chairs else refusals.OwnAction
            raise refusal(ref=self.ref, agency=then.owner, role=acting.role, act=act)
        self._overseen(acting, then, or_manager=or_manager)

    def _another_person(self, acting: Acting, *acts: Submission | SignOff, held_by: HeldBy) -> None:
        """Refuse whoever did one of these, in person or as the holder of the office for which it was recorded (INV-12)."""
        for act in acts:
            person = act.by.subject if act.by else held_by(act.by_office, act.on) if act.by_office else None
            if acting.is_(person, recorded_for=True):
                raise refusals.SamePerson(ref=self.ref)

    def _later(self, due_on: date, day: date) -> None:
        if due_on <= day:
            raise refusals.DueBeforeItBegins(ref=self.ref, due_on=due_on, day=day)

    def _after_sign_off(self, day: date, then: s.State) -> None:
        if then.sign_off and day <= then.sign_off.on:
            raise refusals.NoCheckAfterSignOff(ref=self.ref, signed_off_on=then.sign_off.on)

    def _dated_by(self, day: date, evidence: tuple[Evidence, ...]) -> None:
        for item in evidence:
            if item.evidence_date > day:
                raise refusals.EvidenceNotYetThere(ref=self.ref, evidence_date=item.evidence_date, day=day, field="evidence_date")


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
