"""The sessions: planned, booked, held, and what those who came said on the day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from service.demonstration.board.people import MANAGER
from service.demonstration.script import Line
from service.demonstration.script.chance import after, between, one_of, share, some, weighted
from service.demonstration.training.evaluating import evaluating
from service.demonstration.training.follow_up import follow_ups
from service.demonstration.training.people import Participants, Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from service.demonstration.training.people import Participant

    Said = Mapping[str, Any]

PLANNED, BOOKED = timedelta(weeks=9), timedelta(weeks=3)  # before the day
FEEDBACK, PLANS, COMMENTS = 0.88, 0.6, 0.4  # of those who came
SATISFIED: Final = {5: 44, 4: 38, 3: 13, 2: 4, 1: 1}
LEARNED: Final = {5: 30, 4: 44, 3: 20, 2: 5, 1: 1}


def sessions(said: Said, programme: Said, staff: Said, erased: Mapping[str, date]) -> Iterator[Line]:
    """Yield the sessions of training.toml, one after the other.

    `programme` are the courses, `staff` the agencies' staff groups, and `erased` who asked for the erasure of their data, and when.
    """
    owed = {ref: follow_up for ref, _, _, _, follow_up, *_ in programme["courses"]}
    participants = Participants(said, staff, erased)
    for ref, course, on, trainers, capacity, attended, lapsed in said["sessions"]:
        yield _scheduled(ref, course, on, trainers, capacity)
        booked = []
        for someone, line in participants.book(ref, on - BOOKED, attended + lapsed):
            booked.append(someone)
            if line:
                yield line
        yield Line(do="deliver_session", ref=ref, by=trainers[0], on=on)
        came = {str(number): someone for number, someone in enumerate(booked[:attended], 1)}
        session = Session(ref, course, on, trainers, owed[course], came)
        yield from _attendance(session, booked[attended:], said)
        yield from _on_the_day(session, said)
        yield from follow_ups(session, said)
        yield from evaluating(session, said)
    ref, course, on, trainers, capacity, cancelled_on, reason = said["cancelled"]
    yield _scheduled(ref, course, on, trainers, capacity)
    yield Line(do="cancel_session", ref=ref, by="training-chair", on=cancelled_on, fields={"reason": reason})


def _scheduled(ref: str, course: str, on: date, trainers: list[str], capacity: int) -> Line:
    fields = {"course": course, "planned_on": on, "trainers": trainers, "capacity": capacity}
    return Line(do="schedule_session", ref=ref, by="training-chair", on=on - PLANNED, fields=fields)


def _attendance(session: Session, missing: list[Participant], said: Said) -> Iterator[Line]:
    by, on = session.trainers[0], session.on
    for number, who in session.came.items():
        fields: dict[str, Any] = {"participant": who.ref, "agency": who.agency, "staff_group": who.staff_group}
        yield Line(do="record_attendance", ref=session.ref, by=by, on=on, fields=fields, apart=number)
    refused = said["refused"].get(session.ref, 0)
    for place, who in enumerate(missing):
        outcome = "release-refused" if place < refused else "no-show" if share(session.ref, place, "lapse") < 0.45 else "cancelled"  # noqa: PLR2004
        reason = said["said"]["refused"] if outcome == "release-refused" else one_of(said["said"]["lapse"], session.ref, place)
        fields = {"participant": who.ref, "agency": who.agency, "staff_group": who.staff_group, "outcome": outcome, "reason": reason}
        yield Line(do="lapse_booking", ref=session.ref, by=by, on=on, fields=fields, apart=f"missing {place}")
    yield Line(do="close_attendance", ref=session.ref, by=by, on=after(on, 1))


def _on_the_day(session: Session, said: Said) -> Iterator[Line]:
    """Yield what was said on paper, entered by the Board's office some days later."""
    on = after(session.on, 5)
    given = said["satisfied"].get(session.ref)
    for place, number in enumerate(session.came):
        if given or share(session.ref, number, "feedback") < FEEDBACK:
            before = between(2, 4, session.ref, number, "before")
            fields: dict[str, Any] = {
                "number": number,
                "satisfaction": given[place] if given else weighted(SATISFIED, session.ref, number, "satisfied"),
                "learning": weighted(LEARNED, session.ref, number, "learned"),
                "confidence_before": before,
                "confidence_after": min(5, before + between(0, 2, session.ref, number, "after")),
            }
            if share(session.ref, number, "comments") < COMMENTS:
                fields["comment"] = one_of(said["said"]["comment"], session.ref, number)
            yield Line(do="give_feedback", ref=session.ref, by=MANAGER, on=on, fields=fields, apart=number)
    for number in some(list(session.came), round(len(session.came) * PLANS), session.ref, "plans"):
        fields = {"number": number, "plan": one_of(said["said"]["plan"], session.ref, number)}
        yield Line(do="record_action_plan", ref=session.ref, by=MANAGER, on=on, fields=fields, apart=number)
