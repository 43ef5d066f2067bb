"""A return as its decisions see it: who may act upon it, when, and what an amendment may not take away under what rests on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from aggregates.authority import BOARD, CHAIRS, MANAGER, Act, Acting
from aggregates.entry import Entry, Recorded
from aggregates.entry.amending import standing, steps
from aggregates.entry.values import says
from aggregates.returns import events as e
from aggregates.returns import refusals
from aggregates.returns.fold import fold, judged_of
from aggregates.returns.state import ReturnState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date
    from uuid import UUID


# What is decided about an answer by somebody other than who gave it.
JUDGED: Final = {"Moderated": "moderate", "NoActionDecided": "decide about", "Accepted": "accept", "Waived": "waive"}


class Acts(Recorded[ReturnState | None]):
    """Who may do what to a return, and what is checked of every act."""

    LEAD: ClassVar[str] = "designated lead"

    @property
    def beneficiary(self) -> str | None:
        """Return the respondent, whom a decision here is about."""
        return self.state.respondent if self.state else None

    def has_standard(self, number: str) -> bool:
        """Say whether a standard of this number was graded, by the respondent or in moderation."""
        return self.state is not None and any(number in dict(given.grades) for given in self.state.given)

    def _on(self, day: date, act: str, *, answered: bool = False) -> ReturnState:
        """Return what was true on the day, or refuse: the act could not follow then, or could not now."""
        then, now = self.state_on(day), self.state
        if then is None or now is None:
            raise refusals.NotRequested(ref=self.ref, day=day)
        for at in (now, then):
            if at.ended:
                raise refusals.ReturnEnded(ref=self.ref, status=at.status.word, act=act)
            if answered and not at.given:
                raise refusals.NotAtThisStage(ref=self.ref, status=at.status.word, act=act)
        return then

    def _answers_for(self, acting: Acting, respondent: str) -> None:
        """Refuse who is not of the respondent's own office (domain B.6): its lead, its chair, the office itself, or the Board's manager."""
        bodies: dict[str | None, set[str | None]] = {
            self.LEAD: {acting.agency, acting.body},
            "sub-group chair": {acting.body},
            MANAGER: {BOARD},
        }
        own = bodies.get(acting.role, set()) | {acting.in_name_of}
        if respondent not in own:
            raise refusals.NotTheRespondent(ref=self.ref, respondent=respondent)

    def check_independence(self, entry: Entry, acting: Acting, theirs: Collection[str] = ()) -> None:
        """Refuse a judgement by whom the respondent employs, or who acts for it (INV-29, INV-44)."""
        then = self.state_on(entry.occurred_on)
        if then and (name := entry.event.__name__) in JUDGED:
            self._independent(acting, then.respondent, theirs or {then.respondent}, name)

    def _independent(
        self, acting: Acting, respondent: str, theirs: Collection[str], name: str, handed_in_by: Collection[UUID] = ()
    ) -> None:
        """Refuse whom the respondent employs, who acts for it or handed it in (INV-29); of a chair, by the rule of their own (INV-44)."""
        act = JUDGED[name]
        if any(acting.is_(person, recorded_for=True) for person in handed_in_by):
            raise refusals.HandedInByYou(ref=self.ref, act=act)
        if acting.role in CHAIRS and acting.agency in theirs:
            raise refusals.EmployersReturn(ref=self.ref, respondent=respondent, role=acting.role, act=act)
        if {acting.agency, acting.body, acting.in_name_of, acting.recorder_agency} & set(theirs) - {None}:
            raise refusals.OwnReturn(ref=self.ref, respondent=respondent, act=act)

    def _say(self, name: str, occurred_on: date, late_reason: str | None, acting: Acting, /, **said: Any) -> None:
        """Record an event, with whose return it is."""
        first = self.entries[0].body
        whose = {part: first[part] for part in ("kind", "respondent", "period")}
        self.record(name, occurred_on=occurred_on, late_reason=late_reason, **whose, **said, **acting.said)

    def lacking(self, stands: Sequence[Entry]) -> dict[int, frozenset[str]]:
        """Say what entries rest on and would not find: an answer, a moderation, and what an acceptance had before it (INV-30)."""
        found = super().lacking(stands)
        for entry, before in steps(stands, fold):
            if before is not None and not issubclass(entry.event, e.Requested):
                found[entry.number] = frozenset(self._missing(entry, before))
        return found

    def _missing(self, entry: Entry, before: ReturnState) -> Iterator[str]:
        kind = entry.event
        if before.ended and not issubclass(kind, e.Presented | e.SectionExplained | e.Published | Recorded.AmendmentProposed):
            yield f"it would have been {before.status.word} before"
        if not before.given and issubclass(kind, e.Amended | e.Moderated | e.NoActionDecided | e.Accepted | e.Presented):
            yield "nothing would have been submitted"
        if issubclass(kind, e.Moderated):
            yield from (f"the reason for the grade of standard {number}" for number in unreasoned(entry.body["grades"], before))
        elif issubclass(kind, e.NoActionDecided):
            if before.moderation is None or entry.body["standard"] not in before.moderation.by_standard:
                yield f"standard {entry.body['standard']} would not be moderated"
        elif issubclass(kind, e.Accepted):
            yield from self._unaccepted(entry, before)

    def _unaccepted(self, entry: Entry, before: ReturnState) -> Iterator[str]:
        """Give what an acceptance would not find of what was before whoever accepted it."""
        seen = fold(standing(self.entries[: entry.number - 1]))
        if before.self_grades and before.moderation is None:
            yield "nobody would have moderated it"
        if seen and seen.moderation and before.moderation and seen.moderation.grades != before.moderation.grades:
            yield "the moderated grades that were accepted"
        gone = dict(seen.no_action if seen else ()).keys() - dict(before.no_action).keys()
        yield from (f"the decision about standard {number}" for number in sorted(gone))

    def check_amended(self, act: Act, after: Sequence[Entry]) -> None:
        """Refuse what would take days off its lateness, once they have passed, and not say why that is recorded so late."""
        before, then, today = self.state, fold(after), act["acting"].today
        if today is None or before is None or then is None or says(act.get("late_reason")):
            return
        if then.late_days_on(today) < before.late_days_on(today):
            raise refusals.LatenessRemoved(ref=self.ref, due_on=before.due_on)


def unreasoned(grades: Any, then: ReturnState) -> list[str]:
    """Return the standards that are graded otherwise than by the respondent itself, without saying why (INV-29)."""
    own = then.self_grades
    return [judged.standard for judged in judged_of(grades) if judged.grade != own.get(judged.standard) and not says(judged.reason)]
