"""What anybody may see of the reviews that the Board has published: report and response, what came of them, and who is silent (PUB)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aggregates.action.state import Outstanding, Withdrawn
from aggregates.dissemination import Dissemination
from aggregates.returns.report.record import OF_ACTIONS
from aggregates.review import Review

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from aggregates.action.state import State
    from aggregates.returns.report.record import Record, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedAction:
    """An action that came of a published review. `heard_on` is the last day of which anything is on record; `events` are behind it."""

    ref: str
    title: str
    owner: str
    original_due_on: date
    due_on: date
    days_overdue: int
    status: str
    signed_off_on: date | None
    sustained: str | None
    given_up_because: str | None
    heard_on: date
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """An organisation that was sent what came of a review, and has not said that it has it."""

    who: str
    sent_on: date
    due_on: date
    event: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedReview:
    """A review whose report and response are there for everybody to read, or were until they were taken down."""

    ref: str
    title: str
    kind: str
    published_on: date
    url: str
    report_sha256: str
    response_sha256: str | None
    keep_online_until: date
    taken_down: str | None
    event: int
    impacts: tuple[tuple[int, str, int], ...]  # year, judgement, event
    actions: tuple[PublishedAction, ...]
    silent: tuple[Silence, ...]


def published_reviews(record: Record) -> list[PublishedReview]:
    """Return the reviews that were published by the day of the record, the last first."""
    begun = record.last_of(Review.Referred, Review.ExternalNoted)
    down = {said.ref: said for said in record.so_far(Review.ReportWithdrawn)}
    shown = [said for ref, said in record.last_of(Review.ReportPublished).items() if ref in begun]
    return [_review(record, begun[said.ref], said, down.get(said.ref)) for said in sorted(shown, key=lambda said: said.on, reverse=True)]


def _review(record: Record, begun: Said, said: Said, down: Said | None) -> PublishedReview:
    judged = [one for one in record.so_far(Review.ImpactEvaluated) if one.ref == said.ref]
    return PublishedReview(
        ref=said.ref,
        title=begun["title"],
        kind=begun["kind"],
        published_on=said.on,
        **{name: said[name] for name in ("url", "report_sha256", "response_sha256", "keep_online_until")},
        taken_down=down["reason"] if down and down.on >= said.on else None,
        event=said.at,
        impacts=tuple((one["year"], one["judgement"], one.at) for one in judged),
        actions=_actions(record, said.ref),
        silent=_silent(record, f"review:{said.ref}"),
    )


def _actions(record: Record, review: str) -> tuple[PublishedAction, ...]:
    lives: Mapping[str, list[Said]] = defaultdict(list)
    for said in record.so_far(*OF_ACTIONS):
        lives[said.ref].append(said)
    its = [action for action in record.actions.values() if str(action.source or "").partition("/")[0] == review]
    return tuple(_action(record, action, lives[action.ref]) for action in its)


def _action(record: Record, action: State, life: list[Said]) -> PublishedAction:
    ended = action.status if isinstance(action.status, Withdrawn | Outstanding) else None
    return PublishedAction(
        ref=action.ref,
        title=action.title,
        owner=record.body(action.owner),
        original_due_on=action.original_due_on,
        due_on=action.due_on,
        days_overdue=action.days_overdue_on(record.as_at),
        status=action.status.word,
        signed_off_on=action.sign_off.on if action.sign_off else None,
        sustained=action.sustained,
        given_up_because=ended.reason if ended else None,
        heard_on=life[-1].on,
        events=tuple(said.at for said in life),
    )


def _silent(record: Record, source: str) -> tuple[Silence, ...]:
    ended = {said.ref for said in record.so_far(Dissemination.Withdrawn, Dissemination.Superseded)}
    has = {(said.ref, said["agency"]) for said in record.so_far(Dissemination.Acknowledged)}
    sent = [said for said in record.so_far(Dissemination.Issued) if said["source"] == source and said.ref not in ended]
    return tuple(
        Silence(who=record.body(agency), sent_on=said.on, due_on=said["acknowledgement_due"], event=said.at)
        for said in sent
        for agency in said["recipients"]
        if (said.ref, agency) not in has and said["acknowledgement_due"] < record.as_at
    )
