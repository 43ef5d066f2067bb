"""How each entry of an action changes what is true of it.

Total, so that history can always be read: an amendment can leave an entry without what it rested on. What rests on a sign-off
says nothing where that sign-off does not stand; anything else is taken at its word.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aggregates.action import state as s
from aggregates.action.shown import Check, SignOff, Submission
from aggregates.authority import BOARD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aggregates.entry import Entry


def fold(entries: Iterable[Entry], before: s.State | None = None) -> s.State | None:
    """Fold the entries that stand, in the order in which they were true; None where the action was not assigned."""
    action = before
    for entry in entries:
        if entry.event.TOPIC == "action.assigned.v1":
            action = _assigned(entry)
        elif action is not None and (take := _TAKES.get(entry.event.TOPIC)) and not isinstance(action.status, s.Ended):
            action = take(action, entry, entry.body)
    return action


def spell(entries: Iterable[Entry]) -> int:
    """Return the number of the entry that began the spell in which an action is; `entries` are those that stand."""
    return max(
        (entry for entry in entries if entry.event.TOPIC in _BEGIN_A_SPELL), key=lambda entry: (entry.occurred_on, entry.number)
    ).number


def _assigned(entry: Entry) -> s.State:
    body = entry.body
    as_said = ("ref", "title", "kind", "source", "owner", "owner_office", "overseen_by", "success_measure", "intended_outcome", "due_on")
    said = {name: body[name] for name in as_said}
    day = entry.occurred_on
    return s.State(**said, original_owner=body["owner"], original_due_on=body["due_on"], assigned_on=day, spell_began_on=day)


def _accepted(action: s.State, _: Entry, __: Any) -> s.State:
    return replace(action, status=s.Accepted()) if isinstance(action.status, s.Assigned | s.Disputed) else action


def _disputed(action: s.State, _: Entry, body: Any) -> s.State:
    return replace(action, status=s.Disputed(body["reason"])) if isinstance(action.status, s.Assigned | s.Accepted) else action


def _reassigned(action: s.State, entry: Entry, body: Any) -> s.State:
    """Let the new owner answer, unless it is signed off already; the clock does not stop, the escalation begins anew."""
    status = action.status if action.sign_off else s.Assigned()
    owner = {"owner": body["owner"], "owner_office": body["owner_office"], "offered_to": None}
    return _spell_begun(replace(action, status=status, **owner), entry)


def _due_date_varied(action: s.State, entry: Entry, body: Any) -> s.State:
    late = action.days_late_when_redated + max(0, (entry.occurred_on - action.due_on).days)
    times, why = action.times_redated + 1, body["late_reason"] or action.redated_with_reason
    redated = replace(action, due_on=body["due_on"], times_redated=times, days_late_when_redated=late, redated_with_reason=why)
    return _spell_begun(redated, entry)


def _progress_reported(action: s.State, _: Entry, body: Any) -> s.State:
    status = s.InProgress() if isinstance(action.status, s.Accepted | s.InProgress | s.Reopened) else action.status
    return replace(action, rag=body["rag"], status=status)


def _evidence_submitted(action: s.State, entry: Entry, body: Any) -> s.State:
    by = None if body["on_behalf_of"] else body["by_person"]
    office = body["on_behalf_of"] or body["by_office"]
    submission = Submission(entry.occurred_on, body["evidence"], body["effect"], by, office)
    status = s.EvidenceSubmitted() if isinstance(action.status, s.Working) else action.status
    return replace(action, evidence=(*action.evidence, submission), status=status)


def _evidence_returned(action: s.State, _: Entry, body: Any) -> s.State:
    returned = s.Returned(body["reason"])
    status = returned if isinstance(action.status, s.EvidenceSubmitted | s.Implemented) else action.status
    return replace(action, evidence=_used_up(action), status=status)


def _implemented(action: s.State, entry: Entry, body: Any) -> s.State:
    return action if action.sign_off else replace(action, status=s.Implemented(entry.occurred_on, body["statement"]))


def _signed_off(action: s.State, entry: Entry, body: Any) -> s.State:
    by = None if body["on_behalf_of"] else body["by_person"]
    office = body["on_behalf_of"] or body["by_office"]
    sign_off = SignOff(entry.occurred_on, office, body["by_agency"], by, body["effect"])
    return _spell_begun(replace(action, status=s.SignedOff(sign_off)), entry)


def _check_scheduled(action: s.State, _: Entry, body: Any) -> s.State:
    match action.status:
        case s.SignedOff(sign_off=sign_off):
            return replace(action, status=s.Sustaining(sign_off, (body["due_on"],)))
        case s.Sustaining() as now:
            return replace(action, status=replace(now, scheduled=tuple(sorted((*now.scheduled, body["due_on"])))))
    return action


def _checked(action: s.State, entry: Entry, body: Any) -> s.State:
    if (sign_off := action.sign_off) is None:
        return action
    check = Check(entry.occurred_on, sign_off.on, body["result"], body["method"], body["unintended_consequences"])
    before = action.status if isinstance(action.status, s.Sustaining) else s.Sustaining(sign_off, ())
    looked = replace(before, checks=(*before.checks, check))
    status = s.Slipped(sign_off, check, looked.met) if check.result == "slipped" else looked
    return replace(action, status=status, last_check=check)


def _reopened(action: s.State, entry: Entry, body: Any) -> s.State:
    """Take a new promise, with a date of its own: what was shown before shows only what slipped."""
    if not action.sign_off:
        return action
    status = s.Reopened(entry.occurred_on, body["reason"])
    again = replace(action, status=status, due_on=body["due_on"], evidence=_used_up(action), days_late_when_redated=0)
    return _spell_begun(again, entry)


def _transferred(action: s.State, _: Entry, body: Any) -> s.State:
    return replace(action, offered_to=body["successor"])


def _transfer_accepted(action: s.State, entry: Entry, body: Any) -> s.State:
    """Let the successor answer for it as it stands."""
    if action.offered_to is None:
        return action
    status = s.Accepted() if isinstance(action.status, s.Assigned | s.Disputed) else action.status
    return _passed_on(replace(action, status=status), action.offered_to, body["owner_office"], entry)


def _transfer_refused(action: s.State, entry: Entry, _: Any) -> s.State:
    """Leave it with the Board, which has to say what becomes of it."""
    if action.offered_to is None:
        return action
    return _passed_on(action if action.sign_off else replace(action, status=s.Assigned()), BOARD, None, entry)


def _passed_on(action: s.State, owner: str, owner_office: str | None, entry: Entry) -> s.State:
    passed = replace(action, inherited_from=action.owner, owner=owner, owner_office=owner_office, offered_to=None)
    return _spell_begun(passed, entry)


def _outstanding_declared(action: s.State, entry: Entry, body: Any) -> s.State:
    return replace(action, status=s.Outstanding(entry.occurred_on, body["reason"]), offered_to=None)


def _closed(action: s.State, entry: Entry, body: Any) -> s.State:
    sign_off = action.sign_off
    return replace(action, status=s.Closed(entry.occurred_on, body["reason"], sign_off, action.checks_met)) if sign_off else action


def _withdrawn(action: s.State, entry: Entry, body: Any) -> s.State:
    return replace(action, status=s.Withdrawn(entry.occurred_on, body["reason"]), offered_to=None)


def _superseded(action: s.State, entry: Entry, body: Any) -> s.State:
    return replace(action, status=s.Superseded(entry.occurred_on, body["by_ref"], body["reason"]), offered_to=None)


def _escalated(action: s.State, _: Entry, body: Any) -> s.State:
    return action if action.discharged else replace(action, escalation_level=body["level"], escalated_to=body["to_office"])


def _reminded(action: s.State, _: Entry, body: Any) -> s.State:
    return action if action.discharged else replace(action, reminded_before=body["days_before"])


def _spell_begun(action: s.State, entry: Entry) -> s.State:
    """Begin the ladder anew (INV-17); `spell` below finds the same entries."""
    return replace(action, escalation_level=0, escalated_to=None, reminded_before=None, spell_began_on=entry.occurred_on)


def _used_up(action: s.State) -> tuple[Submission, ...]:
    return tuple(replace(submission, counts=False) for submission in action.evidence)


_TAKES: Final[dict[str, Callable[[s.State, Entry, Any], s.State]]] = {
    "action.accepted.v1": _accepted,
    "action.disputed.v1": _disputed,
    "action.reassigned.v1": _reassigned,
    "action.due_date_varied.v1": _due_date_varied,
    "action.progress_reported.v1": _progress_reported,
    "action.evidence_submitted.v1": _evidence_submitted,
    "action.evidence_returned.v1": _evidence_returned,
    "action.implemented.v1": _implemented,
    "action.signed_off.v1": _signed_off,
    "action.sustainment_check_scheduled.v1": _check_scheduled,
    "action.sustainment_checked.v1": _checked,
    "action.reopened.v1": _reopened,
    "action.obligation_transferred.v1": _transferred,
    "action.obligation_transfer_accepted.v1": _transfer_accepted,
    "action.obligation_transfer_refused.v1": _transfer_refused,
    "action.outstanding_declared.v1": _outstanding_declared,
    "action.closed.v1": _closed,
    "action.withdrawn.v1": _withdrawn,
    "action.superseded.v1": _superseded,
    "action.escalated.v1": _escalated,
    "action.reminder_issued.v1": _reminded,
}
_BEGIN_A_SPELL: Final = frozenset(
    {
        "action.assigned.v1",
        "action.reassigned.v1",
        "action.due_date_varied.v1",
        "action.signed_off.v1",
        "action.reopened.v1",
        "action.obligation_transfer_accepted.v1",
        "action.obligation_transfer_refused.v1",
    }
)
