"""What has to be on record before there is anything to choose in a form, and where and by whom it is recorded."""

from __future__ import annotations

from typing import Any, Final

from api.pages.acting.addresses import address_of
from service.commands import COMMANDS
from service.commands.asking import ONE_OF_ITS_KIND, RESOURCES

COMES_FROM: Final = {
    "agencies": ("agency", "join_agency"),
    "actions": ("action", "assign_action"),
    "content_sha256": ("material", "produce_material"),
    "staff_group": ("staff group that was declared", "acknowledge_dissemination"),
    "owner": ("agency or sub-group", "join_agency"),
    "overseen_by": ("sub-group", "constitute_sub_group"),
    "owner_office": ("office", "appoint_office_holder"),
    "to_office": ("office", "appoint_office_holder"),
    "lead_office": ("office", "appoint_office_holder"),
    "on_behalf_of": ("office", "appoint_office_holder"),
    "ref": ("office of an inspector", "appoint_office_holder"),
    "source": ("finding", "record_finding"),
    "respondent": ("agency or sub-group", "join_agency"),
    "question_set": ("question set", "request_return"),
    "standard": ("return with standards", "request_return"),
    "section": ("report of a year", "request_return"),
    "by_ref": ("action", "assign_action"),
    "agency": ("agency", "join_agency"),
    "successor": ("agency", "join_agency"),
    "item": ("question to it without an answer", "raise_challenge"),
    "employer": ("agency", "join_agency"),
    "referring_agency": ("agency", "join_agency"),
    "body": ("agency or sub-group", "join_agency"),
    "to": ("agency or sub-group", "join_agency"),
    "about": ("action or review", "refer_review"),
    "declare_key_compromised.thumbprint": ("key that has ended", "revoke_signing_key"),
    "thumbprint": ("live key of a member", "enrol_signing_key"),
    "replaces": ("live key of a member", "enrol_signing_key"),
    "holder": ("person", "register_subject"),
    "into": ("other person", "register_subject"),
    "identity_checked_by": ("office", "appoint_office_holder"),
    "matter": ("hold that stands", "place_legal_hold"),
    "reference": ("request for access that waits", "request_access"),
    "participant": ("person", "register_subject"),
    "course": ("course on offer", "offer_course"),
    "revised_course": ("course on offer", "offer_course"),
    "trainers": ("office of a trainer", "appoint_office_holder"),
    "observer": ("office", "appoint_office_holder"),
    "number": ("participant on record", "record_attendance"),
    "draw": ("draw", "draw_telephone_sample"),
    "evidence_of_impact": ("follow-up, call or observation", "return_follow_up"),
    "reviewer": ("person", "register_subject"),
    "meeting": ("meeting", "hold_meeting"),
    "because_of": ("finding", "record_finding"),
    "informed_by": ("finding", "record_finding"),
    "findings": ("finding", "record_finding"),
}


def missing(name: str, command: str = "") -> dict[str, Any] | None:
    """Return what has to be on record before there is anything to choose for a field of a command, and where and by whom it is recorded."""
    comes_from = COMES_FROM.get(f"{command}.{name}") or COMES_FROM.get(name)
    if comes_from is None:
        return None
    what, first = comes_from
    who = sorted(COMMANDS[first].by)
    by = f"the {' or the '.join((', the '.join(who[:-1]), who[-1])) if who[1:] else who[0]}"
    found = COMMANDS[first]
    href = address_of(found, None) if found.creates or found.kind in ONE_OF_ITS_KIND else f"/{RESOURCES[found.kind]}"
    return {"text": f"There is no {what} to choose yet. This comes first, by {by}", "href": href, "link": found.title}
