"""Who may record which event of a return, and when: each method checks today's rules, and refuses by name or records one event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.errors import said
from aggregates.returns import refusals
from aggregates.returns.acts import Acts, unreasoned
from aggregates.returns.answers import check_answers, check_counted, check_grades
from aggregates.returns.fold import judged_of
from aggregates.returns.state import Moderated

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from aggregates.authority import Acting
    from aggregates.entry.values import Evidence
    from aggregates.returns.questions import QuestionSet
    from aggregates.returns.state import ReturnState


class Decisions(Acts):
    """What can be decided about a return. `asked` is its question set as pinned, `theirs` the respondent and who employs it.

    `handed_in_by` are the persons who answered it.
    """

    def submit(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        answers: tuple[dict[str, Any], ...],
        self_grades: tuple[dict[str, Any], ...] = (),
        staff_n: int | None = None,
        evidence: tuple[Evidence, ...] = (),
        asked: QuestionSet,
        carried: Collection[str] = (),
    ) -> None:
        """Answer, for the respondent. What is late is accepted, and shown late; what was brought forward has been reviewed (INV-31)."""
        then = self._on(occurred_on, "submitted")
        self._answers_for(acting, then.respondent)
        for at in (then, self.state):
            if at and at.given:
                raise refusals.NotAtThisStage(ref=self.ref, status=at.status.word, act="submitted")
        check_answers(asked, answers, ref=self.ref, carried=carried)
        check_counted(asked, staff_n, ref=self.ref)
        check_grades(asked, self_grades, ref=self.ref)
        fields = {"answers": tuple(answers), "self_grades": tuple(self_grades), "staff_n": staff_n, "evidence": tuple(evidence)}
        self._say("Submitted", occurred_on, late_reason, acting, **fields)

    def amend(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        answers: tuple[dict[str, Any], ...],
        self_grades: tuple[dict[str, Any], ...] = (),
        staff_n: int | None = None,
        evidence: tuple[Evidence, ...] = (),
        reason: str,
        asked: QuestionSet,
    ) -> None:
        """Answer anew, for the respondent, and say why. What was moderated is moderated again."""
        then = self._on(occurred_on, "amended", answered=True)
        self._answers_for(acting, then.respondent)
        said(reason=reason)
        check_answers(asked, answers, ref=self.ref)
        check_counted(asked, staff_n, ref=self.ref)
        check_grades(asked, self_grades, ref=self.ref)
        fields = {"answers": tuple(answers), "self_grades": tuple(self_grades), "staff_n": staff_n, "evidence": tuple(evidence)}
        self._say("Amended", occurred_on, late_reason, acting, **fields, reason=reason)

    def moderate(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        grades: tuple[dict[str, Any], ...] = (),
        panel: str | None = None,
        asked: QuestionSet,
        theirs: Collection[str],
        handed_in_by: Collection[UUID] = (),
    ) -> None:
        """Grade each standard beside the self-grade, which stays; say why where the two differ (INV-29)."""
        then = self._on(occurred_on, "moderated", answered=True)
        self._independent(acting, then.respondent, theirs, "Moderated", handed_in_by)
        said(panel=panel)
        check_grades(asked, grades, ref=self.ref, reasons=True)
        for at in (then, self.state):
            if at and (first := next(iter(unreasoned(grades, at)), None)):
                grade = next(judged.grade for judged in judged_of(grades) if judged.standard == first)
                facts = {"standard": first, "ref": self.ref, "respondent": then.respondent, "grade": grade}
                raise refusals.GradeWithoutReason(**facts, self_grade=at.self_grades.get(first))
        self._say("Moderated", occurred_on, late_reason, acting, grades=tuple(grades), panel=panel)

    def decide_no_action(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        standard: str,
        reason: str,
        threshold: int,
        theirs: Collection[str],
        handed_in_by: Collection[UUID] = (),
    ) -> None:
        """Leave a standard below the threshold without an action, and say why (INV-30)."""
        then = self._on(occurred_on, "decided about", answered=True)
        self._independent(acting, then.respondent, theirs, "NoActionDecided", handed_in_by)
        said(reason=reason)
        for at in (self.state, then):
            if at is None or at.moderation is None:
                raise refusals.NothingModerated(ref=self.ref)
            judged = at.moderation.by_standard.get(standard)
            if judged is None:
                raise refusals.NotModerated(ref=self.ref, standard=standard)
            if judged.grade >= threshold:
                raise refusals.NotBelowThreshold(ref=self.ref, standard=standard, grade=judged.grade, threshold=threshold)
        self._say("NoActionDecided", occurred_on, late_reason, acting, standard=standard, reason=reason)

    def accept(
        self,
        *,
        acting: Acting,
        occurred_on: date,
        late_reason: str | None = None,
        reason: str | None = None,
        asked: QuestionSet,
        theirs: Collection[str],
        handed_in_by: Collection[UUID] = (),
        threshold: int,
        acted_on: Collection[str],
        challenges: Collection[str] = (),
    ) -> None:
        """Accept it. `acted_on` are the standards that have an action, `challenges` those about it that are open (INV-30)."""
        then = self._on(occurred_on, "accepted", answered=True)
        self._independent(acting, then.respondent, theirs, "Accepted", handed_in_by)
        said(reason=reason)
        if challenges:
            raise refusals.StillChallenged(ref=self.ref, challenges=sorted(challenges))
        for at in (self.state, then):
            self._acceptable(at, asked, threshold, acted_on)
        self._say("Accepted", occurred_on, late_reason, acting, reason=reason)

    def _acceptable(self, at: ReturnState | None, asked: QuestionSet, threshold: int, acted_on: Collection[str]) -> None:
        if at is None:
            return
        if asked.standards and at.moderation is None:
            raise refusals.NothingModerated(ref=self.ref)
        if asked.standards and not isinstance(at.status, Moderated):
            raise refusals.NotAtThisStage(ref=self.ref, status=at.status.word, act="accepted")
        if gaps := [number for number in at.below(threshold) if number not in {*acted_on, *dict(at.no_action)}]:
            raise refusals.GapsUnanswered(ref=self.ref, standards=gaps, threshold=threshold)

    def waive(self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, reason: str, theirs: Collection[str]) -> None:
        """Ask no more for it, and say why in public: never for the organisation that employs who waives it (INV-44)."""
        then = self._on(occurred_on, "waived")
        self._independent(acting, then.respondent, theirs, "Waived")
        said(reason=reason)
        self._say("Waived", occurred_on, late_reason, acting, reason=reason)

    def present(
        self, *, acting: Acting, occurred_on: date, late_reason: str | None = None, meeting: str, agenda_item: str | None = None
    ) -> None:
        """Put it before a meeting, as it was answered."""
        then = self.state_on(occurred_on)
        if then is None or self.state is None:
            raise refusals.NotRequested(ref=self.ref, day=occurred_on)
        for at in (self.state, then):
            if not at.given:
                raise refusals.NotAtThisStage(ref=self.ref, status=at.status.word, act="presented")
        said(meeting=meeting, agenda_item=agenda_item)
        self._say("Presented", occurred_on, late_reason, acting, meeting=meeting, agenda_item=agenda_item)
