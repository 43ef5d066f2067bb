"""How each entry changes what is true of an item, and of each recipient of it.

Two folds, because two views need them apart: of the item, and of one recipient. Both are total: what a recipient did stands by itself,
whether or not it is still on record that the item had been issued to it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aggregates.dissemination import events
from aggregates.dissemination import state as s
from aggregates.entry import Recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from aggregates.entry import Entry

# What recipients do; whoever was caught up is a recipient from then on.
THEIRS: Final = (events.CaughtUp, events.Acknowledged, events.CascadeReported, events.LearningDiscussed, events.ImplicationsIdentified)


def theirs(entry: Entry) -> str | None:
    """Return the recipient of whom an entry is; None where it is of the item."""
    return str(entry.body["agency"]) if issubclass(entry.event, THEIRS) else None


def fold(entries: Iterable[Entry], before: s.DisseminationState | None = None) -> s.DisseminationState | None:
    """Fold the entries that stand into the item with its recipients; None where there was nothing to send."""
    item = before.item if before else None
    known = dict(before.recipients) if before else {}
    own: dict[str, list[Entry]] = defaultdict(list)
    of_the_item: list[Entry] = []
    for entry in entries:
        agency = theirs(entry)
        (of_the_item if agency is None else own[agency]).append(entry)
    item = fold_item(of_the_item, item)
    known |= {agency: recipient for agency, acts in own.items() if (recipient := fold_recipient(acts, known.get(agency)))}
    if item is None:
        return None
    known |= {code: s.Recipient(code) for code in (item.issued.recipients if item.issued else ()) if code not in known}
    return s.DisseminationState(item, known)


def fold_item(entries: Iterable[Entry], before: s.Item | None = None) -> s.Item | None:
    """Fold what stands of the item, its recipients apart."""
    item = before
    for entry in entries:
        if issubclass(entry.event, events.MaterialProduced):
            item = _produced(entry.occurred_on, entry.body)
        elif item is not None and (take := OF_THE_ITEM.get(entry.event.TOPIC)):
            item = take(item, entry.occurred_on, entry.body)
    return item


def fold_recipient(entries: Iterable[Entry], before: s.Recipient | None = None) -> s.Recipient | None:
    """Fold what stands of one recipient."""
    recipient = before
    for entry in entries:
        if not issubclass(entry.event, Recorded.AmendmentProposed):
            recipient = _taken(recipient or s.Recipient(str(entry.body["agency"])), entry)
    return recipient


def pairs(given: Iterable[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    """Return groups with their basis, as leniently as a fold reads."""
    return tuple((str(one.get("group", "")), str(one.get("basis", ""))) for one in given)


def _produced(on: date, body: Any) -> s.Item:
    said = {name: body[name] for name in ("ref", "title", "kind", "source", "findings", "content_sha256", "pages")}
    return s.Item(**said, produced_on=on, content=body["evidence"])


def _issued(item: s.Item, on: date, body: Any) -> s.Item:
    dates = (body["acknowledgement_due"], body["embedding_due"])
    return replace(item, issued=s.Issued(on, tuple(body["recipients"]), pairs(body["audiences"]), *dates))


def _briefed(item: s.Item, on: date, body: Any) -> s.Item:
    return replace(item, briefings=(*item.briefings, s.Briefing(on, tuple(body["agencies"]), body["participants"])))


def _ineffective(item: s.Item, on: date, body: Any) -> s.Item:
    return replace(item, ineffective=(*item.ineffective, s.Ineffectiveness(on, body["agency"], body["what"], body["evidence"])))


def _withdrawn(item: s.Item, on: date, body: Any) -> s.Item:
    return replace(item, ended=s.Withdrawn(on, body["reason"]))


def _superseded(item: s.Item, on: date, body: Any) -> s.Item:
    return replace(item, ended=s.Superseded(on, body["by_ref"], body["reason"]))


OF_THE_ITEM: Final[dict[str, Callable[[s.Item, date, Any], s.Item]]] = {
    events.Issued.TOPIC: _issued,
    events.PracticeBriefingDelivered.TOPIC: _briefed,
    events.IneffectivenessReported.TOPIC: _ineffective,
    events.Withdrawn.TOPIC: _withdrawn,
    events.Superseded.TOPIC: _superseded,
}


def _taken(recipient: s.Recipient, entry: Entry) -> s.Recipient:
    on, body = entry.occurred_on, entry.body
    match entry.event.TOPIC:
        case events.CaughtUp.TOPIC:
            due = {"acknowledgement_due": body["acknowledgement_due"], "embedding_due": body["embedding_due"]}
            return replace(recipient, received_on=on, **due)
        case events.Acknowledged.TOPIC:
            groups = pairs(body["staff_groups"])
            said = s.Acknowledgement(on, body["content_sha256"], groups, body["cascade_plan"], body["statement"])
            return replace(recipient, acknowledgement=said)
        case events.CascadeReported.TOPIC:
            reached = s.Cascade(on, *(body[name] for name in ("staff_group", "reach", "headcount", "channel", "about")))
            return replace(recipient, cascades=(*recipient.cascades, reached))
        case events.LearningDiscussed.TOPIC:
            talk = s.Discussion(on, *(body[name] for name in ("forum", "held", "expected", "evidence", "suggestions")))
            return replace(recipient, discussions=(*recipient.discussions, talk))
        case events.ImplicationsIdentified.TOPIC:
            return replace(recipient, implications=s.Implications(on, body["change_needed"], body["why"], tuple(body["actions"])))
    return recipient
