"""Judging it: somebody who did not train in it watches, and the sub-group looks at the five points together (INV-25 to INV-27)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from aggregates.entry.values import says
from aggregates.errors import said
from aggregates.training_session import refusals
from aggregates.training_session import state as s
from aggregates.training_session.decisions.sampling import Sampling

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from uuid import UUID

    from aggregates.authority import Act
    from aggregates.entry.values import Evidence
    from aggregates.training_session.events import Grade, Judgement

UNKNOWN = "not known"


class Judging(Sampling):
    """The last two of the five points, and all of them."""

    def observe_delivery(
        self,
        *,
        observer: str,
        grade: Grade,
        notes: str | None = None,
        evidence: tuple[Evidence, ...] = (),
        watched_by: UUID | None,
        observer_agency: str | None,
        trained_by: Collection[UUID] = (),
        trained_for: Collection[str] = (),
        another_employer: bool = False,
        **act: Unpack[Act],
    ) -> None:
        """Record what an observer saw: `watched_by` held the office on the day, `trained_for` are the trainers' employers on it.

        `another_employer` is the Board's own setting: that an observer comes from another employer than the trainers.
        """
        now = self._held(act, "it is observed while it is held, and that is recorded before its evaluation")
        self._apart(act, trained_by)
        if observer in now.trainers or (watched_by and any(act["acting"].one_person(watched_by, trainer) for trainer in trained_by)):
            raise refusals.TrainerInvolved(ref=self.ref)
        if another_employer and observer_agency is not None and observer_agency in trained_for:
            raise refusals.ObserverOfTheProvider(ref=self.ref, observer=observer, agency=observer_agency)
        if act["occurred_on"] < now.first_day:
            raise refusals.WrongSessionStage(ref=self.ref, status="not begun by then", act="nobody can have watched it")
        said(notes=notes)
        fields = {"observer": observer, "observer_agency": observer_agency, "grade": grade, "notes": notes, "evidence": tuple(evidence)}
        self._say("DeliveryObserved", act, **fields)

    def evaluate(
        self,
        *,
        points: tuple[dict[str, Any], ...] = (),
        impact_practice: Judgement,
        impact_management: Judgement,
        evidence_of_impact: tuple[str, ...] = (),
        changes: str,
        revised_course: str | None = None,
        in_date: Mapping[str, bool],
        trained_by: Collection[UUID] = (),
        **act: Unpack[Act],
    ) -> None:
        """Look at the five points together; those of them that are not done are explained. `in_date` says whose yearly CPD is."""
        now = self._held(act, "it is evaluated once, after it was delivered")
        self._apart(act, trained_by)
        if act["occurred_on"] < (now.delivered_on or now.planned_on):
            raise refusals.WrongSessionStage(ref=self.ref, status="not over by then", act="it is evaluated after it was delivered")
        found = self._points(now.done(in_date), points)
        said(changes=changes, revised_course=revised_course)
        evidence = tuple(dict.fromkeys(evidence_of_impact))
        self.check_impact((impact_practice, impact_management), evidence)
        judged: dict[str, Any] = {"impact_practice": impact_practice, "impact_management": impact_management}
        scores = {name: s.mean(getattr(given, name) for given in now.feedback) for name in ("satisfaction", "learning")}
        judged |= {"evidence_of_impact": evidence, "course": now.course, "format": now.format}
        self._say("Evaluated", act, points=found, changes=changes, revised_course=revised_course, **judged, **scores)

    def check_impact(self, judged: Collection[str], evidence: tuple[str, ...]) -> None:
        """Refuse an impact that nothing shows, or that something shows which is not there: feedback forms show none (INV-27)."""
        there = self.state.evidence if self.state else frozenset()
        strange = [one for one in evidence if one not in there]
        if strange or (not evidence and any(judgement != UNKNOWN for judgement in judged)):
            raise refusals.ImpactUnproven(ref=self.ref, named=strange or "nothing")
        for impact in ("marked", "some"):
            if impact in judged and self.state and not self.state.telling_of(impact) & set(evidence):
                raise refusals.ImpactNotSaid(ref=self.ref, impact=impact)

    def _points(self, done: Mapping[s.Point, bool], given: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
        """Return the five points, each done by what is on record or explained (INV-26)."""
        explained = check_points(self.ref, given)
        if wrong := [point for point, one in explained.items() if one.get("done") is True and not done[point]]:
            raise refusals.PointNotDone(ref=self.ref, point=wrong[0])
        if still := [point for point in s.POINTS if not done[point] and not says(explained.get(point, {}).get("explanation"))]:
            raise refusals.PointOpen(ref=self.ref, open=still)
        words = {point: explained.get(point, {}).get("explanation") for point in s.POINTS}
        return tuple({"point": point, "done": done[point], "explanation": words[point]} for point in s.POINTS)


def check_points(ref: str, given: Iterable[Mapping[str, Any]]) -> dict[s.Point, Mapping[str, Any]]:
    """Return what is said of each point; refuse what is no point, a point twice and what is of another kind."""
    found: dict[s.Point, Mapping[str, Any]] = {}
    for one in given:
        facts = {"ref": ref, "points": s.POINTS}
        point = next((point for point in s.POINTS if point == one.get("point")), None)
        if point is None or point in found:
            raise refusals.UnreadablePoint(**facts, why=f"{one.get('point')} is not one of them, or comes twice")
        if unknown := one.keys() - {"point", "done", "explanation"}:
            raise refusals.UnreadablePoint(**facts, why=f"there is no {', '.join(sorted(unknown))} in it")
        if not isinstance(one.get("done", False), bool) or not isinstance(one.get("explanation"), str | None):
            raise refusals.UnreadablePoint(**facts, why="done is true or false, and an explanation a text")
        found[point] = one
    return found
