"""What each event changes of a return. Total: amendments bring entries in orders that no command would accept."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from aggregates.returns import events as e
from aggregates.returns.state import (
    ASKED,
    Accepted,
    Amended,
    Explanation,
    Given,
    Judged,
    Moderated,
    Moderation,
    Presentation,
    Publication,
    Published,
    ReturnState,
    Submitted,
    Waived,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aggregates.entry import Entry

EDITION = tuple(one.name for one in fields(Publication) if one.name != "on")
SAID = tuple(name for name in ASKED if name not in {"requested_on", "requested_by"})


def fold(entries: Iterable[Entry], before: ReturnState | None = None) -> ReturnState | None:
    """Fold what stands."""
    now = before
    for entry in entries:
        if issubclass(entry.event, e.Requested):
            now = _requested(entry)
        elif now is not None:
            now = _followed(now, entry)
    return now


def _requested(entry: Entry) -> ReturnState:
    body = entry.body
    return ReturnState(
        **{name: body[name] for name in SAID},
        requested_on=entry.occurred_on,
        requested_by=_office(body),
        shared_with=tuple(body["shared_with"] or ()),
    )


def _followed(now: ReturnState, entry: Entry) -> ReturnState:
    """Return what is then true. What comes after the end changes nothing of it, but that it was presented or published."""
    kind, body, on = entry.event, entry.body, entry.occurred_on
    if issubclass(kind, e.Presented):
        return replace(now, presented=(*now.presented, Presentation(on, body["meeting"], body["agenda_item"])))
    if issubclass(kind, e.SectionExplained | e.Published):
        return _reported(now, entry)
    if now.ended:
        return now
    if issubclass(kind, e.Submitted | e.Amended):
        again = bool(now.given)
        return replace(now, status=Amended() if again else Submitted(), given=(*now.given, _given(entry)), moderation=None, no_action=())
    if issubclass(kind, e.Waived):
        return replace(now, status=Waived(on, body["reason"]))
    return _judged(now, entry) if now.given else now


def _reported(now: ReturnState, entry: Entry) -> ReturnState:
    body, on = entry.body, entry.occurred_on
    if issubclass(entry.event, e.Published):
        edition = Publication(on, **{name: body[name] for name in EDITION})
        editions = tuple(sorted((*now.published, edition), key=lambda one: one.edition))
        return replace(now, published=editions, status=now.status if now.ended else Published(on))
    others = (one for one in now.explanations if one.section != body["section"])
    return replace(now, explanations=(*others, Explanation(on, body["section"], body["explanation"])))


def _judged(now: ReturnState, entry: Entry) -> ReturnState:
    kind, body, on = entry.event, entry.body, entry.occurred_on
    if issubclass(kind, e.Moderated):
        made = Moderation(on, _office(body), body["panel"], judged_of(body["grades"]))
        return replace(now, status=Moderated(on), moderations=(*now.moderations, made), moderation=made, no_action=())
    if issubclass(kind, e.NoActionDecided):
        others = tuple((standard, why) for standard, why in now.no_action if standard != body["standard"])
        return replace(now, no_action=(*others, (body["standard"], body["reason"])))
    if issubclass(kind, e.Accepted):
        return replace(now, status=Accepted(on, body["reason"]))
    return now


def _given(entry: Entry) -> Given:
    body = entry.body
    answers = tuple((str(one.get("question")), one.get("answer")) for one in body["answers"] or ())
    grades = tuple((judged.standard, judged.grade) for judged in judged_of(body["self_grades"]))
    files, by = len(body["evidence"] or ()), None if body["on_behalf_of"] else body["by_person"]
    return Given(entry.occurred_on, _office(body), answers, grades, body["staff_n"], files, body.get("reason"), by)


def judged_of(given: Iterable[Mapping[str, Any]] | None) -> tuple[Judged, ...]:
    """Return grades as they were said; what is none is passed over."""
    read = ((one.get("standard"), one.get("grade"), one.get("reason")) for one in given or ())
    return tuple(Judged(str(standard), grade, reason) for standard, grade, reason in read if isinstance(grade, int))


def _office(body: Mapping[str, Any]) -> str | None:
    office: str | None = body["on_behalf_of"] or body["by_office"]
    return office
