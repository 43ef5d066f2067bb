"""What each finding, answer and publication changes, and what follows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aggregates.review import parts as p
from aggregates.review import state as s
from aggregates.review.fold.steps import begun, joined

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aggregates.review.fold.steps import Take


def _found(review: s.ReviewState, _: date, body: Any) -> s.ReviewState:
    finding = p.Finding(**{name: body[name] for name in p.Finding.__slots__})
    return begun(replace(review, findings=(*review.findings, finding)))


def _recommendation(review: s.ReviewState, _: date, body: Any) -> s.ReviewState:
    return replace(review, recommendations=(*review.recommendations, p.Recommendation(body["number"], body["to"], body["text"])))


def _presented(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    shown = replace(review, report=p.Report(on, body["report_sha256"], body["meeting"]))
    return replace(shown, status=s.ReportPresented(on)) if isinstance(review.status, s.Working | s.ReportPresented) else shown


def _answered(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    answer = p.Answer(on, tuple(p.response_of(given) for given in body["responses"]))
    moves = s.Referred | s.Decided | s.Working | s.Answering | s.Relevant
    status = s.ResponseFormulated(on) if isinstance(review.status, moves) else review.status
    return replace(review, answer=answer, status=status)


def _deferred(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    deferred = replace(review, deferral=p.Deferral(on, body["reason"], body["review_by"]))
    moves = isinstance(review.status, s.Answering | s.PublicationDeferred)
    return replace(deferred, status=s.PublicationDeferred(on, body["review_by"])) if moves else deferred


def _published(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    came_from = (review.report.sha256,) if review.report else ()
    lineage = joined(review.publication.lineage if review.publication else (), *came_from, body["report_sha256"])
    names = ("report_sha256", "response_sha256", "url", "keep_online_until")
    publication = p.Publication(on=on, lineage=lineage, **{name: body[name] for name in names})
    moves = isinstance(review.status, s.Answering | s.PublicationDeferred | s.Reopened)
    return replace(review, publication=publication, status=s.Published(on) if moves else review.status)


def _of_the_publication(review: s.ReviewState, **changes: Any) -> s.ReviewState:
    return replace(review, publication=replace(review.published, **changes)) if review.published else review


def _deposited(review: s.ReviewState, _: date, body: Any) -> s.ReviewState:
    there = review.published.deposited_in if review.published else ()
    return _of_the_publication(review, deposited_in=joined(there, body["repository"]))


def _verified(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    return _of_the_publication(review, verified_on=on, verified=body["result"])


def _withdrawn(review: s.ReviewState, on: date, _: Any) -> s.ReviewState:
    """Take the report down: what is left is the response, until something is published or deferred again."""
    down = _of_the_publication(review, withdrawn_on=on)
    if review.published is None or not isinstance(review.status, s.Published | s.Monitoring):
        return down
    return replace(down, status=s.ResponseFormulated(review.answer.on if review.answer else on))


def _referred_to_training(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    training = replace(review.training, findings=joined(review.training.findings, *body["findings"]))
    return _monitored(replace(review, training=training), on)


def _considered(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    names = ("courses", "poster", "briefing_needed", "briefing_why", "one_page_briefing")
    answered = {name: body[name] for name in names if body[name] is not None}
    return _monitored(replace(review, training=replace(review.training, **answered)), on)


def _evaluated(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    impact = p.Impact(body["year"], body["judgement"], body["unintended_consequences"])
    return _monitored(replace(review, impacts=(*review.impacts, impact)), on)


def _closed(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    return replace(review, status=s.Closed(on, body["grounds"]))


def _reopened(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    return replace(review, status=s.Reopened(on, body["grounds"])) if isinstance(review.status, s.Closed) else review


def _monitored(review: s.ReviewState, on: date) -> s.ReviewState:
    """Let the following through begin, once there is a publication, a deferral or, where nothing is published, a response."""
    follows = s.Published | s.PublicationDeferred if review.publishes else s.Published | s.PublicationDeferred | s.ResponseFormulated
    return replace(review, status=s.Monitoring(on)) if isinstance(review.status, follows) else review


TAKES: Final[Mapping[str, Take]] = {
    "review.finding_recorded.v1": _found,
    "review.recommendation_made.v1": _recommendation,
    "review.report_presented.v1": _presented,
    "review.board_response_formulated.v1": _answered,
    "review.publication_deferred.v1": _deferred,
    "review.report_published.v1": _published,
    "review.report_deposited.v1": _deposited,
    "review.publication_verified.v1": _verified,
    "review.report_withdrawn.v1": _withdrawn,
    "review.learning_referred_to_training.v1": _referred_to_training,
    "review.training_implications_considered.v1": _considered,
    "review.impact_evaluated.v1": _evaluated,
    "review.closed.v1": _closed,
    "review.reopened.v1": _reopened,
}
