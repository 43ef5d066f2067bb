"""How a session was seen from outside, and what the Training sub-group made of all of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from aggregates.clocks.dates import later
from service.demonstration.script import Line
from service.demonstration.script.chance import after
from service.demonstration.training.follow_up import answering, impact_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from service.demonstration.training.people import Session

    Said = Mapping[str, Any]

LAST: Final = date(2021, 9, 24)  # after which the sub-group has not met
APRIL: Final = 4
POINTS: Final = ("feedback", "follow-up", "calls", "observation", "trainer CPD")
NOT_DONE: Final = {
    "calls": "Not in the sample of sessions whose participants are telephoned this year.",
    "observation": "Not in this year's plan of observations.",
}


def evaluating(session: Session, said: Said) -> Iterator[Line]:
    """Yield the observation and the evaluation of one session, and the revision of its course where that was decided."""
    seen = next((row for row in said["observed"] if row[0] == session.ref), None)
    if seen:
        _, observer, grade, notes = seen
        fields: dict[str, Any] = {"observer": observer, "grade": grade, "notes": notes, "evidence": []}
        yield Line(do="observe_delivery", ref=session.ref, by="training-chair", on=after(session.on, 6), fields=fields)
    year = session.on.year + (session.on.month >= APRIL)  # in which the trainers' year of learning ends
    on = max(after(later(session.on, months=5), 10), said["learned"][str(year)])
    if on > LAST:
        return
    decided, revised, because = said["changes"].get(session.ref, ("None this time.", None, None))
    if revised:
        revision = {"what": revised, "because_of": [because]}
        yield Line(do="revise_course", ref=session.course, by="training-chair", on=on, fields=revision, apart=session.ref)
    yield Line(do="evaluate_session", ref=session.ref, by="training-chair", on=on, fields=_points(session, said, bool(seen)) | {
        "changes": decided, "revised_course": session.course if revised else None,
    })  # fmt: skip


def _points(session: Session, said: Said, seen: bool) -> dict[str, Any]:
    done = {"calls": session.ref in said["sampled"], "observation": seen}
    points = [
        {"point": point, "done": done.get(point, True)} | ({} if done.get(point, True) else {"explanation": NOT_DONE[point]})
        for point in POINTS
    ]
    shown = [f"observation:{row[1]}" for row in said["observed"] if row[0] == session.ref]
    shown += [f"follow-up:{number}" for number in answering(session, said) if impact_on(session, number) != "none"]
    return {
        "points": points,
        "impact_practice": "some" if session.owed else "not known",
        "impact_management": "some" if session.owed else "not known",
        "evidence_of_impact": shown if session.owed else [],
    }
