"""How each entry changes what is true of a session.

Total, so that history can always be read: an amendment can leave an entry without what it rested on. What is said by or of somebody
who was not there, an answer that nobody was asked for and a call to nobody who was drawn say nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from aggregates.training_session import state as s
from aggregates.training_session.sample import Call, Draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from aggregates.entry import Entry

    Take: TypeAlias = Callable[[s.SessionState, date, Any], s.SessionState]

AS_SAID: Final = ("ref", "course", "format", "follow_up_owed", "planned_on", "trainers", "trainer_agencies", "capacity")


def fold(entries: Iterable[Entry], before: s.SessionState | None = None) -> s.SessionState | None:
    """Fold the entries that stand, in the order in which they were true; None where nothing was scheduled."""
    now = before
    for entry in entries:
        if entry.event.TOPIC == "training_session.scheduled.v1":
            now = s.SessionState(**{name: entry.body[name] for name in AS_SAID}, scheduled_on=entry.occurred_on)
        elif now is not None and (take := TAKES.get(entry.event.TOPIC)):
            now = take(now, entry.occurred_on, entry.body)
    return now


def _cancelled(it: s.SessionState, on: date, body: Any) -> s.SessionState:
    return replace(it, status=s.Cancelled(on, body["reason"]))


def _delivered(it: s.SessionState, on: date, _: Any) -> s.SessionState:
    status = s.Delivered(on) if isinstance(it.status, s.Scheduled) else it.status
    return replace(it, status=status, delivered_on=on)


def _attended(it: s.SessionState, on: date, body: Any) -> s.SessionState:
    who = s.Attendee(body["number"], body["participant"], body["agency"], body["staff_group"], on)
    return replace(it, attendees=(*it.attendees, who))


def _lapsed(it: s.SessionState, _: date, body: Any) -> s.SessionState:
    return replace(it, lapsed=(*it.lapsed, s.Lapsed(**{name: body[name] for name in s.Lapsed.__slots__})))


def _closed(it: s.SessionState, on: date, body: Any) -> s.SessionState:
    return replace(it, closing=s.Closing(on, body["number_attended"], body["population_sha256"]))


def _evaluating(it: s.SessionState, since: date) -> s.SessionState:
    return replace(it, status=s.Evaluating(since)) if isinstance(it.status, s.Delivered) else it


def _feedback(it: s.SessionState, on: date, body: Any) -> s.SessionState:
    if it.attendee(body["number"]) is None:
        return it
    given = s.Feedback(**{name: body[name] for name in s.Feedback.__slots__})
    return _evaluating(replace(it, feedback=(*it.feedback, given)), on)


def _planned(it: s.SessionState, on: date, body: Any) -> s.SessionState:
    if it.attendee(body["number"]) is None:
        return it
    return _evaluating(replace(it, plans=(*it.plans, body["number"])), on)


def _issued(it: s.SessionState, on: date, body: Any) -> s.SessionState:
    if it.attendee(body["number"]) is None or it.follow_up(body["number"]) is not None:
        return it
    asked = s.FollowUp(body["number"], body["agency"], body["owed"], body["fell_due_on"], on, body["due_on"])
    return _evaluating(replace(it, follow_ups=(*it.follow_ups, asked)), on)


def _returned(it: s.SessionState, on: date, body: Any) -> s.SessionState:
    asked = it.follow_up(body["number"])
    if asked is None:
        return it
    back = asked
    if body["answered_by"] == "participant":
        said = {name: body[name] for name in ("used_in_practice", "shared_with_colleagues", "effect_on_children", "impact")}
        back = replace(back, answer=s.Answer(on, **said, times=asked.answer.times + 1 if asked.answer else 1))
    if body["manager_view"] is not None:
        back = replace(back, manager_view=body["manager_view"], manager_on=on)
    return replace(it, follow_ups=tuple(back if one is asked else one for one in it.follow_ups))


def _drawn(it: s.SessionState, on: date, body: Any) -> s.SessionState:
    said = {name: body[name] for name in Draw.__slots__ if name not in {"on", "calls"}}
    return _evaluating(replace(it, draws=(*it.draws, Draw(on=on, **said))), on)


def _called(it: s.SessionState, on: date, body: Any) -> s.SessionState:
    drawn = next((one for one in it.draws if one.draw == body["draw"]), None)
    if drawn is None or body["number"] not in drawn.asked:
        return it
    call = Call(body["number"], body["attempt"], on, body["outcome"], body["answers"])
    by_it = replace(drawn, calls=(*drawn.calls, call))
    return replace(it, draws=tuple(by_it if one is drawn else one for one in it.draws))


def _observed(it: s.SessionState, on: date, body: Any) -> s.SessionState:
    seen = s.Observation(on, **{name: body[name] for name in ("observer", "observer_agency", "grade", "notes")})
    return _evaluating(replace(it, observations=(*it.observations, seen)), on)


def _evaluated(it: s.SessionState, on: date, body: Any) -> s.SessionState:
    points = tuple(s.PointFound(str(one.get("point")), one.get("done") is True, _text(one.get("explanation"))) for one in body["points"])
    said = {name: body[name] for name in s.Evaluation.__slots__ if name not in {"on", "points"}}
    status = it.status if isinstance(it.status, s.Cancelled) else s.Evaluated(on)
    return replace(it, status=status, evaluation=s.Evaluation(on, points, **said))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


TAKES: Final[Mapping[str, Take]] = {
    "training_session.cancelled.v1": _cancelled,
    "training_session.delivered.v1": _delivered,
    "training_session.attendance_recorded.v1": _attended,
    "training_session.booking_lapsed.v1": _lapsed,
    "training_session.attendance_closed.v1": _closed,
    "training_session.feedback_received.v1": _feedback,
    "training_session.action_plan_recorded.v1": _planned,
    "training_session.follow_up_issued.v1": _issued,
    "training_session.follow_up_returned.v1": _returned,
    "training_session.telephone_sample_drawn.v1": _drawn,
    "training_session.telephone_call_made.v1": _called,
    "training_session.delivery_observed.v1": _observed,
    "training_session.evaluated.v1": _evaluated,
}
