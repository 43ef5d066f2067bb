"""What each entry about a person changes, and what it would need: total, as every fold is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from aggregates.registry import protection as law
from aggregates.registry.subject_state import (
    AccessAnswer,
    AccessRequest,
    ErasureRequest,
    Hold,
    Notified,
    Restriction,
    RetentionDecision,
    SubjectState,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from aggregates.entry import Entry

    Step = Callable[[SubjectState, date, Mapping[str, Any]], SubjectState]


def after(now: SubjectState, entry: Entry) -> SubjectState:
    """Return what is true after an entry."""
    step = STEPS.get(_name(entry))
    return step(now, entry.occurred_on, entry.body) if step else now


def _merged(now: SubjectState, _: date, body: Mapping[str, Any]) -> SubjectState:
    return replace(now, merged_into=body["into"])


def _restricted(now: SubjectState, day: date, body: Mapping[str, Any]) -> SubjectState:
    return replace(now, restrictions=(*now.restrictions, Restriction(day, body["reason"], tuple(body["open_for"]))))


def _lifted(now: SubjectState, day: date, _: Mapping[str, Any]) -> SubjectState:
    return replace(now, restrictions=tuple(replace(one, lifted_on=one.lifted_on or day) for one in now.restrictions))


def _held(now: SubjectState, day: date, body: Mapping[str, Any]) -> SubjectState:
    return replace(now, holds=(*now.holds, Hold(day, body["matter"], body["reason"])))


def _released(now: SubjectState, day: date, body: Mapping[str, Any]) -> SubjectState:
    matter = body["matter"]
    return replace(now, holds=tuple(replace(h, released_on=h.released_on or day) if h.matter == matter else h for h in now.holds))


def _asked(now: SubjectState, day: date, body: Mapping[str, Any]) -> SubjectState:
    return replace(now, erasures=(*now.erasures, ErasureRequest(day, body["reference"], body["identity_checked_by"])))


def _decided(now: SubjectState, day: date, body: Mapping[str, Any]) -> SubjectState:
    said = {name: body[name] for name in ("outcome", "exemption", "reason")}
    return replace(now, erasures=tuple(replace(one, decided_on=day, **said) if one is now.asked else one for one in now.erasures))


def _withdrawn(now: SubjectState, day: date, _: Mapping[str, Any]) -> SubjectState:
    return replace(now, erasures=tuple(replace(one, withdrawn_on=day) if one is now.asked else one for one in now.erasures))


def _retained(now: SubjectState, day: date, body: Mapping[str, Any]) -> SubjectState:
    return replace(now, retentions=(*now.retentions, RetentionDecision(day, body["outcome"], body["kept_until"], body["reason"])))


def _notified(now: SubjectState, day: date, body: Mapping[str, Any]) -> SubjectState:
    return replace(now, notified=(*now.notified, Notified(day, body["recipient"], body["disclosed_on"], body["how"])))


def _access_asked(now: SubjectState, day: date, body: Mapping[str, Any]) -> SubjectState:
    return replace(now, access_requests=(*now.access_requests, AccessRequest(day, body["reference"], body["identity_checked_by"])))


def _erased(now: SubjectState, day: date, body: Mapping[str, Any]) -> SubjectState:
    return replace(now, erased_on=day, erased=len(body["erased"]))


def _answered(now: SubjectState, day: date, body: Mapping[str, Any]) -> SubjectState:
    request = next((one for one in now.access_asked if one.reference == body["reference"]), None)
    received_on = request.on if request else body["received_on"]  # of the request, also where its day was corrected since
    asked = tuple(
        replace(one, answered_on=one.answered_on or day) if one.reference == body["reference"] else one for one in now.access_requests
    )
    answer = AccessAnswer(day, body["reference"], received_on, body["outcome"], body["exemption"])
    return replace(now, accesses=(*now.accesses, answer), access_requests=asked)


STEPS: Final[dict[str, Step]] = {
    "subjects_merged": _merged,
    "restriction_applied": _restricted,
    "restriction_lifted": _lifted,
    "legal_hold_placed": _held,
    "legal_hold_released": _released,
    "erasure_requested": _asked,
    "erasure_request_withdrawn": _withdrawn,
    "erasure_decided": _decided,
    "retention_decided": _retained,
    "recipient_notified": _notified,
    "access_requested": _access_asked,
    "personal_data_erased": _erased,
    "access_request_answered": _answered,
}


def _name(entry: Entry) -> str:
    """Return what happened, whichever version of its shape it was recorded in."""
    return str(entry.event.TOPIC.split(".")[1])


def exempted(outcome: str, exemption: str | None) -> None:
    """Refuse a refusal without its exemption, and an exemption by which nothing is kept."""
    if outcome != "granted" and exemption is None:
        raise law.ExemptionUnnamed(outcome=outcome)
    if outcome == "granted" and exemption is not None:
        raise law.ExemptionUnused


def lacks(entry: Entry, before: SubjectState) -> str | None:
    """Say what an entry would need and does not find."""
    waiting = {one.reference for one in before.access_asked}
    needs: dict[str, tuple[tuple[bool, str], ...]] = {
        "access_request_answered": ((entry.body.get("reference") in waiting, "nobody would have asked for what was answered"),),
        "restriction_lifted": ((before.restriction is not None, "there would be no restriction to lift"),),
        "legal_hold_released": ((entry.body.get("matter") in before.held, "there would be no hold to release"),),
        "erasure_request_withdrawn": ((before.asked is not None, "nobody would have asked for what was withdrawn"),),
        "recipient_notified": ((before.erased_on is not None, "nothing would have been erased of which somebody was told"),),
        "erasure_decided": ((before.asked is not None, "nobody would have asked for what was decided"),),
        "personal_data_erased": (
            (before.granted is not None or before.merged_into is not None, "nothing would have been granted that was erased"),
            (not before.held, "a legal hold would have stood against what was erased"),
            (not before.access_asked, "somebody would still wait to be told what was kept, and was erased"),
        ),
    }
    return next((words for found, words in needs.get(_name(entry), ()) if not found), None)
