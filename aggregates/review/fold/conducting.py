"""What is done in the course of a review, and what each of it changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aggregates.review import items
from aggregates.review import parts as p
from aggregates.review import state as s
from aggregates.review.fold.steps import begun, joined

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aggregates.review.fold.steps import Take


def _commissioned(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    names = ("methodology", "scope", "period_from", "period_until", "proportionality")
    status = s.Commissioned(on) if isinstance(review.status, s.Referred | s.Decided | s.Declined) else review.status
    commission = p.Commission(on=on, **{name: body[name] for name in names})
    under = joined(review.organisations, *body["organisations"])
    return replace(review, commission=commission, organisations=under, kind=body["review_kind"], status=status)


def _organisation_added(review: s.ReviewState, _: date, body: Any) -> s.ReviewState:
    return replace(review, organisations=joined(review.organisations, body["organisation"]))


def _team(review: s.ReviewState, _: date, body: Any) -> s.ReviewState:
    return replace(review, team=items.members_of(body["members"]))


def _lead(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    return replace(review, lead=items.lead_of(on, body))


def _replaced(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    return _lead(review, on, body) if review.lead else review


def _breached(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    return replace(review, lead=replace(review.lead, breached_on=on, breach=body["grounds"])) if review.lead else review


def _requested(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    others = tuple(asked for asked in review.information if asked.agency != body["agency"])
    return begun(replace(review, information=(*others, p.Information(body["agency"], on, body["due_on"]))))


def _submitted(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    asked = tuple(replace(one, submitted_on=on) if one.agency == body["agency"] else one for one in review.information)
    return begun(replace(review, information=asked))


def _practitioners_invited(review: s.ReviewState, _: date, body: Any) -> s.ReviewState:
    people = review.practitioners
    return begun(replace(review, practitioners=replace(people, invited=people.invited + body["count"])))


def _practitioners_contributed(review: s.ReviewState, _: date, body: Any) -> s.ReviewState:
    people = review.practitioners
    return begun(replace(review, practitioners=replace(people, contributed=people.contributed + body["count"])))


def _family_invited(review: s.ReviewState, on: date, _: Any) -> s.ReviewState:
    return begun(replace(review, family=(*review.family, p.FamilyContact(on, "invited", None))))


def _family_involved(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    return begun(replace(review, family=(*review.family, p.FamilyContact(on, body["outcome"], body["reason"]))))


def _feedback(review: s.ReviewState, _: date, body: Any) -> s.ReviewState:
    return replace(review, feedback=review.feedback + body["count"])


def _process_noted(review: s.ReviewState, _: date, body: Any) -> s.ReviewState:
    return replace(review, processes=(*review.processes, p.Process(body["process"], body["note"])))


def _paused(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    if not isinstance(review.status, s.Commissioned | s.InProgress):
        return review
    pause = p.Pause(on, body["process"], body["review_by"], body["reason"])
    return replace(review, pauses=(*review.pauses, pause), status=s.Paused(pause))


def _resumed(review: s.ReviewState, _: date, __: Any) -> s.ReviewState:
    return replace(review, status=s.InProgress()) if isinstance(review.status, s.Paused) else review


def _extended(review: s.ReviewState, _: date, body: Any) -> s.ReviewState:
    return replace(review, extended_to=body["until"])


TAKES: Final[Mapping[str, Take]] = {
    "review.commissioned.v1": _commissioned,
    "review.organisation_added.v1": _organisation_added,
    "review.team_constituted.v1": _team,
    "review.lead_reviewer_appointed.v1": _lead,
    "review.lead_reviewer_replaced.v1": _replaced,
    "review.independence_breached.v1": _breached,
    "review.agency_information_requested.v1": _requested,
    "review.agency_information_submitted.v1": _submitted,
    "review.practitioners_invited.v1": _practitioners_invited,
    "review.practitioners_contributed.v1": _practitioners_contributed,
    "review.family_invited.v1": _family_invited,
    "review.family_involvement_recorded.v1": _family_involved,
    "review.participant_feedback_received.v1": _feedback,
    "review.parallel_process_noted.v1": _process_noted,
    "review.paused.v1": _paused,
    "review.resumed.v1": _resumed,
    "review.timescale_extended.v1": _extended,
}
