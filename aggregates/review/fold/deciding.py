"""How a review comes about: what each referral, notice and decision changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aggregates.review import items
from aggregates.review import parts as p
from aggregates.review import state as s

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aggregates.review.fold.steps import Take


def beginning(body: Any) -> s.ReviewState:
    """Return a review as it begins: referred, or noted from outside."""
    same = {name: body[name] for name in ("ref", "title", "kind", "regime")} | {"proposed_kind": body["kind"]}
    if "board" not in body:
        said = {name: body[name] for name in ("referring_agency", "notified_on", "aware_on", "local_ref")}
        return s.ReviewState(**same, **said, status=s.Referred())
    source = p.Source(body["board"], body["year"], body["repository_id"], body["why"])
    return s.ReviewState(
        **same, referring_agency=None, notified_on=body["occurred_on"], source=source, status=_relevance(body["relevance"])
    )


def _relevance(said: str | None) -> s.Noted | s.Relevant | s.NotRelevant:
    if said is None:
        return s.Noted()
    return s.Relevant() if said == "relevant" else s.NotRelevant()


def _relevance_decided(review: s.ReviewState, _: date, body: Any) -> s.ReviewState:
    if review.source is None:
        return review
    status = _relevance(body["relevance"]) if isinstance(review.status, s.External) else review.status
    return replace(review, source=replace(review.source, why=body["why"]), status=status)


def _told(what: str) -> Take:
    def take(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
        aware_on = body.get("aware_on") or review.aware_on
        return replace(review, aware_on=aware_on, notices=(*review.notices, p.Notice(what, body["to_body"], on)))

    return take


def _recommended(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    return replace(review, recommendation=p.Recommended(on, body["outcome"], body["rationale"]))


def _decided(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    """Take a decision; the earlier ones are kept. It moves only what nothing has been built upon yet."""
    kind = body["review_kind"] or review.proposed_kind
    said = {name: body[name] for name in ("outcome", "rationale", "dissent", "why_late")}
    criteria = items.criteria_of(body["criteria"])
    by_office = body["on_behalf_of"] or body["by_office"]
    decided = replace(review, decisions=(*review.decisions, p.Decision(on=on, kind=kind, criteria=criteria, by_office=by_office, **said)))
    if not isinstance(review.status, s.Referred | s.Decided | s.Declined):
        return decided
    return replace(decided, kind=kind, status=s.Declined(on) if body["outcome"] == "not conduct" else s.Decided(on))


def _advised(review: s.ReviewState, on: date, body: Any) -> s.ReviewState:
    return replace(review, advice=(*review.advice, p.Advice(body["from_body"], on, body["advice_sha256"], body["summary"])))


TAKES: Final[Mapping[str, Take]] = {
    "review.external_relevance_decided.v1": _relevance_decided,
    "review.incident_notified.v1": _told("incident"),
    "review.rapid_review_sent.v1": _told("rapid review"),
    "review.decision_recommended.v1": _recommended,
    "review.decided.v1": _decided,
    "review.decision_notified.v1": _told("decision"),
    "review.panel_advice_received.v1": _advised,
}
