"""An example of every command but those about a review: who does it, what has to be there first, and who may not."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from service.desk.submission import Submission
from service.ledger.keys import prove
from service.verify import b64url, thumbprint
from tests.api.acts import returns
from tests.boards import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.api.conftest import Asking
    from tests.boards import Seeded

PDF = b"%PDF-1.7 the audit of the pathway"
FILE = {"sha256": sha256(PDF).hexdigest(), "title": "Audit", "evidence_date": "2016-09-02"}
FRAMEWORK = {"version": "2016", "sha256": "ab" * 32, "review_due": "2017-09-01", "provenance": "after Plymouth's"}
MEETING = {
    "ref": "B-2016-09", "body": "BOARD", "attendance": [{"agency": "RIV", "attendance": "present"}],
    "agenda": [{"id": "4", "title": "Alder", "about": "review:SB-2015-01"}],
}  # fmt: skip
COURSE = {
    "ref": "IACP", "title": "Inter-Agency Child Protection", "level": "core", "format": "1 day", "provider": "Workforce",
    "skills": "Ask the child", "follow_up_owed": True, "because_of": ["SB-2015-01/F1"],
}  # fmt: skip
RESOURCE = {"ref": "CASPAR", "title": "CASPAR", "url": "https://caspar.example", "kind": "e-mail updates", "check_every": 6}
SESSION = {"ref": "S1", "course": "IACP", "planned_on": "2016-09-05", "trainers": ["trainer"], "capacity": 16}
CAME = {"participant": "{riv-lead}", "agency": "RIV", "staff_group": "nurses"}
FEEDBACK = {"number": "1", "satisfaction": 5, "learning": 4, "comment": "More on fathers"}
FOLLOW_UP = {
    "number": "1", "used_in_practice": True, "shared_with_colleagues": True, "impact": "some", "effect_on_children": "They are heard",
}  # fmt: skip
POINTS = ("feedback", "follow-up", "calls", "observation", "trainer CPD")
OPEN_POINTS = [{"point": point, "explanation": "A very small session"} for point in POINTS]
EVALUATION = {"points": OPEN_POINTS, "impact_practice": "not known", "impact_management": "not known", "changes": "Revise module 2"}
HELD = ("offer_course", "schedule_session", "deliver_session", "record_attendance")
CLOSED = (*HELD, "close_attendance")
PRIORITY = {"ref": "2016-17", "priority": "Neglect", "lead_office": "quality-chair", "informed_by": ["SB-2015-01/F1"]}
CHALLENGE = {"ref": "C1", "about": "action:A1", "to": "RIV", "summary": "Slow", "statement": "Why so slow?"}
ANSWER = {"answer": "The rota was not agreed", "what_changed": "It is"}
AGENCY = {"ref": "NEW", "name": "New Trust", "category": "health", "section_11": "yes"}
MATERIAL = {
    "ref": "D1", "title": "Alder: the report", "kind": "scr_report", "source": "review:SB-2015-01", "findings": ["SB-2015-01/F1"],
    "evidence": [FILE],
}  # fmt: skip
ACKNOWLEDGED = {
    "content_sha256": FILE["sha256"], "staff_groups": [{"group": "Health visitors", "basis": "need_to_know"}],
    "cascade_plan": "At the locality meetings",
}  # fmt: skip
CASCADE = {"staff_group": "Health visitors", "reach": 32, "headcount": 40, "channel": "Locality meeting", "about": "item"}
INSPECTION = {
    "ref": "inspector", "body": "Ofsted", "purpose": "inspection", "covers_from": "2015-07-01", "ceiling": "2016-09-05",
    "expires_on": "2016-10-01",
}  # fmt: skip
ACTION = {
    "ref": "A9", "title": "Train the night staff", "kind": "training", "owner": "RIV", "overseen_by": "QEG", "due_on": "2017-01-31",
    "success_measure": "All of them", "intended_outcome": "They know what to do",
}  # fmt: skip
OFFICE = {"ref": "deputy", "title": "Deputy chair", "role": "deputy chair", "holder": "{cqh-lead}", "from_on": "2016-09-01"}
HOLDER = "riv-lead"
FIRST, SECOND = (Ed25519PrivateKey.from_private_bytes(bytes([byte]) * 32) for byte in b"12")


def _key(private: Ed25519PrivateKey) -> dict[str, str]:
    public = private.public_key().public_bytes_raw()
    said = {"thumbprint": thumbprint(public), "public_key": b64url(public), "holder": HOLDER, "purpose": "acts"}
    return said | {"proof": prove(private, ORIGIN, HOLDER, "acts")}


AGREED = prove(FIRST, ORIGIN, HOLDER, "acts", of=_key(SECOND)["thumbprint"])
ROTATED = _key(SECOND) | {"replaces": _key(FIRST)["thumbprint"], "replaced_proof": AGREED}
SIGNED = "{signed}"  # the position after that at which the key was enrolled
COMPROMISED = {"thumbprint": _key(FIRST)["thumbprint"], "from_position": SIGNED, "reason": "The laptop was stolen"}
DISPUTED = ("a signed act", "revoke_signing_key", "declare_key_compromised")
ISSUED = ("produce_material", "issue_dissemination")
IMPLEMENTED = ("accept_action", "submit_evidence", "mark_implemented")
SIGNED_OFF = (*IMPLEMENTED, "sign_off_action")
DUE = (*SIGNED_OFF, "schedule_sustainment_check", "a fortnight")

LASTED = (*SIGNED_OFF, *["half a year, and a check that held"] * 2)

PERSON = "11111111-2222-4333-8444-555555555555"
KNOWN = ("register_subject", "an officer")  # somebody, and who decides about their data
ASKED = {"reference": "DP-2016-4", "identity_checked_by": "board-manager"}


def signed_act(it: Seeded) -> None:
    """Enrol a key of the lead's, under which they accept an action."""
    it.act("board-manager", "enrol_signing_key", "keys", **_key(FIRST))
    asked = Submission(name="accept_action", ref="A1", fields={}, prepare=COMPROMISED["thumbprint"])
    (one,) = it.board.act(it.callers["riv-lead"], asked).unsigned.statements
    signature = b64url(FIRST.sign(one.unsigned.encode()))
    signed = "~".join([f"{one.unsigned}.{signature}", *one.disclosures.values(), ""])
    it.board.act(it.callers["riv-lead"], Submission(name="accept_action", ref="A1", fields={}, signed=[signed]))


# What has to be there first and is no act of the table.
BESIDES: dict[str, Callable[[Seeded], object]] = {
    "a fortnight": lambda it: it.clock.advance(days=14),
    "a winter": lambda it: it.clock.advance(days=120),
    "another version": lambda it: (
        it.act("chair", "produce_material", "D2", **{name: value for name, value in MATERIAL.items() if name != "ref"}),
        it.act("chair", "issue_dissemination", "D2"),
    ),
    "an inspector": lambda it: it.join("inspector", "inspector"),
    "a report that was asked for": returns.asked_for,
    "a report of which each section is explained": returns.explained,
    "a signed act": signed_act,
    "an officer": lambda it: it.join("dpo", "data protection officer"),
    "another reference": lambda it: it.act("board-manager", "register_subject", PERSON.replace("1", "6"), name="Ada Quill"),
    "half a year, and a check that held": lambda it: (it.clock.advance(days=190), checked(it, "held")),
    "a check that slipped": lambda it: checked(it, "slipped"),
}


def checked(it: Seeded, result: str) -> None:
    """Look whether A1 lasted."""
    it.act("chair", "record_sustainment_check", "A1", method="audit", evidence=[FILE], result=result, unintended_consequences=None)


# Each act: who does it, where, what they say; what has to be there first; and an office that may not do it.
ACTS: dict[str, tuple[str, str, dict[str, Any], tuple[str, ...], str]] = {
    "set_local_setting": ("chair", "partnership/set_local_setting", {"setting": "quorum", "value": "2/3"}, (), "riv-lead"),
    "change_regime": ("chair", "partnership/change_regime", {"regime": "MASA-WT2018", "effective_on": "2019-09-29"}, (), "riv-lead"),
    "adopt_framework": ("chair", "partnership/adopt_framework", FRAMEWORK, (), "quality-chair"),
    "review_framework": (
        "chair", "partnership/review_framework", {"version": "2016", "outcome": "retained", "review_due": "2017-09-15"},
        ("adopt_framework",), "riv-lead",
    ),
    "join_agency": ("board-manager", "agencies", AGENCY, (), "riv-lead"),
    "rename_agency": ("board-manager", "agencies/RIV/rename_agency", {"name": "Riverside"}, (), "riv-lead"),
    "leave_agency": ("board-manager", "agencies/NEW/leave_agency", {"reason": "dissolved"}, ("join_agency",), "riv-lead"),
    "constitute_sub_group": ("chair", "sub-groups", {"ref": "TRAIN", "name": "Training"}, (), "trainer"),
    "dissolve_sub_group": ("chair", "sub-groups/TRAIN/dissolve_sub_group", {"reason": "merged"}, ("constitute_sub_group",), "trainer"),
    "register_subject": (
        "board-manager", "subjects", {"ref": PERSON, "name": "P. Northway"}, (), "riv-lead",
    ),
    "merge_subjects": (
        "dpo", f"subjects/{PERSON}/merge_subjects", {"into": PERSON.replace("1", "6"), "reason": "She married"},
        (*KNOWN, "another reference"), "board-manager",
    ),
    "apply_restriction": (
        "dpo", f"subjects/{PERSON}/apply_restriction", {"open_for": ["inspection"], "reason": "Contested"}, KNOWN, "board-manager",
    ),
    "lift_restriction": (
        "dpo", f"subjects/{PERSON}/lift_restriction", {"reason": "It was right"}, (*KNOWN, "apply_restriction"), "chair",
    ),
    "place_legal_hold": (
        "dpo", f"subjects/{PERSON}/place_legal_hold", {"matter": "Inquest", "reason": "The coroner asks"}, KNOWN, "board-manager",
    ),
    "release_legal_hold": (
        "dpo", f"subjects/{PERSON}/release_legal_hold", {"matter": "Inquest", "reason": "Over"}, (*KNOWN, "place_legal_hold"), "chair",
    ),
    "request_erasure": ("riv-lead", f"subjects/{PERSON}/request_erasure", ASKED, KNOWN, "quality-chair"),
    "decide_erasure": (
        "dpo", f"subjects/{PERSON}/decide_erasure", {"outcome": "granted", "reason": "Nothing stands against it"},
        (*KNOWN, "request_erasure"), "board-manager",
    ),
    "erase_personal_data": (
        "dpo", f"subjects/{PERSON}/erase_personal_data", {}, (*KNOWN, "request_erasure", "decide_erasure"), "board-manager",
    ),
    "withdraw_erasure_request": (
        "riv-lead", f"subjects/{PERSON}/withdraw_erasure_request", {"reason": "They wrote"}, (*KNOWN, "request_erasure"), "quality-chair",
    ),
    "notify_recipient": (
        "dpo", f"subjects/{PERSON}/notify_recipient", {"recipient": "Ofsted", "disclosed_on": "2016-09-05", "how": "By letter"},
        (*KNOWN, "request_erasure", "decide_erasure", "erase_personal_data"), "board-manager",
    ),
    "decide_retention": (
        "dpo", f"subjects/{PERSON}/decide_retention", {"outcome": "kept on", "kept_until": "2020-09-05", "reason": "An inquiry may ask"},
        KNOWN, "board-manager",
    ),
    "request_access": ("riv-lead", f"subjects/{PERSON}/request_access", ASKED, KNOWN, "quality-chair"),
    "answer_access_request": (
        "dpo", f"subjects/{PERSON}/answer_access_request",
        {"reference": "DP-2016-4", "received_on": "2016-09-05", "outcome": "given"}, (*KNOWN, "request_access"), "board-manager",
    ),
    "appoint_office_holder": ("board-manager", "offices", OFFICE, (), "quality-chair"),
    "stand_down_office_holder": (
        "board-manager", "offices/trainer/stand_down_office_holder", {"until_on": "2016-09-04", "reason": "retired"}, (), "quality-chair",
    ),
    "enrol_signing_key": ("board-manager", "keys/enrol_signing_key", _key(FIRST), (), "cqh-lead"),
    "rotate_signing_key": ("board-manager", "keys/rotate_signing_key", ROTATED, ("enrol_signing_key",), "cqh-lead"),
    "revoke_signing_key": (
        "board-manager", "keys/revoke_signing_key", {"thumbprint": _key(FIRST)["thumbprint"], "reason": "lost"}, ("enrol_signing_key",),
        "cqh-lead",
    ),
    "declare_key_compromised": (
        "board-manager", "keys/declare_key_compromised", COMPROMISED, ("enrol_signing_key", "revoke_signing_key"), "cqh-lead",
    ),
    "affirm_statement": (
        "riv-lead", "keys/affirm_statement", {"position": SIGNED, "reason": "I did sign it"}, DISPUTED,
        "cqh-lead",
    ),
    "repudiate_statement": (
        "riv-lead", "keys/repudiate_statement", {"position": SIGNED, "reason": "I was on leave"},
        DISPUTED, "cqh-lead",
    ),
    "open_inspection": ("chair", "inspections", INSPECTION, ("an inspector",), "quality-chair"),
    "close_inspection": (
        "chair", "inspections/inspector/close_inspection", {"reason": "done"}, ("an inspector", "open_inspection"), "quality-chair",
    ),
    "hold_meeting": ("board-manager", "meetings", MEETING, (), "riv-lead"),
    "file_minutes": ("board-manager", "meetings/B-2016-09/file_minutes", {"evidence": [FILE]}, ("hold_meeting",), "trainer"),
    "set_priorities": ("chair", "priorities", PRIORITY, (), "quality-chair"),
    "offer_course": ("quality-chair", "courses", COURSE, (), "riv-lead"),
    "revise_course": ("quality-chair", "courses/IACP/revise_course", {"what": "Thresholds"}, ("offer_course",), "trainer"),
    "withdraw_course": ("board-manager", "courses/IACP/withdraw_course", {"reason": "Replaced"}, ("offer_course",), "chair"),
    "list_resource": ("board-manager", "resources", RESOURCE, (), "trainer"),
    "check_resource": ("board-manager", "resources/CASPAR/check_resource", {"reachable": True}, ("list_resource",), "riv-lead"),
    "give_resource_feedback": (
        "trainer", "resources/CASPAR/give_resource_feedback", {"useful": "yes"}, ("list_resource", "an inspector"), "inspector",
    ),
    "raise_challenge": ("quality-chair", "challenges", CHALLENGE, (), "trainer"),
    "answer_challenge": ("riv-lead", "challenges/C1/answer_challenge", ANSWER, ("raise_challenge",), "trainer"),
    "assign_action": ("chair", "actions", ACTION, (), "trainer"),
    "accept_action": ("riv-lead", "actions/A1/accept_action", {}, (), "trainer"),
    "dispute_action": ("riv-lead", "actions/A1/dispute_action", {"reason": "It is not ours"}, (), "trainer"),
    "reassign_action": (
        "chair", "actions/A1/reassign_action", {"owner": "CQH", "owner_office": "cqh-lead", "reason": "It is theirs"}, (), "riv-lead",
    ),
    "transfer_obligation": ("chair", "actions/A2/transfer_obligation", {"successor": "RIV", "reason": "merged"}, (), "riv-lead"),
    "accept_transfer": ("riv-lead", "actions/A2/accept_transfer", {}, ("transfer_obligation",), "chair"),
    "refuse_transfer": ("riv-lead", "actions/A2/refuse_transfer", {"reason": "not ours"}, ("transfer_obligation",), "quality-chair"),
    "announce_departure": (
        "board-manager", "agencies/RIV/announce_departure", {"leaves_on": "2016-09-30", "reason": "merged"}, (), "riv-lead",
    ),
    "declare_outstanding": (
        "chair", "actions/A1/declare_outstanding", {"reason": "dissolved"}, ("announce_departure",), "quality-chair",
    ),
    "declare_obligation_outstanding": (
        "chair", "agencies/RIV/declare_obligation_outstanding", {"item": "challenge:C1", "reason": "dissolved"},
        ("raise_challenge", "announce_departure"), "board-manager",
    ),
    "vary_due_date": (
        "quality-chair", "actions/A1/vary_due_date", {"due_on": "2017-01-31", "reason": "the rota"}, ("accept_action",), "riv-lead",
    ),
    "report_progress": (
        "riv-lead", "actions/A1/report_progress", {"rag": "amber", "narrative": "Half is read"}, ("accept_action",), "trainer",
    ),
    "submit_evidence": (
        "riv-lead", "actions/A1/submit_evidence", {"evidence": [FILE], "effect": "Children are seen"}, ("accept_action",), "trainer",
    ),
    "return_evidence": ("quality-chair", "actions/A1/return_evidence", {"reason": "too few"}, IMPLEMENTED, "riv-lead"),
    "mark_implemented": ("riv-lead", "actions/A1/mark_implemented", {"statement": "It is done"}, IMPLEMENTED[:-1], "trainer"),
    "sign_off_action": ("quality-chair", "actions/A1/sign_off_action", {"effect": "Children are seen"}, IMPLEMENTED, "riv-lead"),
    "schedule_sustainment_check": ("chair", "actions/A1/schedule_sustainment_check", {"due_on": "2016-09-20"}, SIGNED_OFF, "riv-lead"),
    "record_sustainment_check": (
        "chair", "actions/A1/record_sustainment_check", {"method": "audit", "evidence": [FILE], "result": "held"}, DUE, "riv-lead",
    ),
    "reopen_action": (
        "chair", "actions/A1/reopen_action", {"reason": "it slipped", "due_on": "2017-03-01"}, (*DUE, "a check that slipped"), "riv-lead",
    ),
    "close_action": (
        "quality-chair", "actions/A1/close_action", {"reason": "it lasts"}, LASTED, "riv-lead",
    ),
    "withdraw_action": ("chair", "actions/A1/withdraw_action", {"reason": "not needed"}, (), "quality-chair"),
    "supersede_action": ("chair", "actions/A1/supersede_action", {"by_ref": "A2", "reason": "one pathway"}, (), "quality-chair"),
    "produce_material": ("quality-chair", "disseminations", MATERIAL, (), "riv-lead"),
    "issue_dissemination": ("board-manager", "disseminations/D1/issue_dissemination", {}, ("produce_material",), "riv-lead"),
    "catch_up_agency": (
        "board-manager", "disseminations/D1/catch_up_agency", {"agency": "NEW"}, (*ISSUED, "join_agency"), "riv-lead",
    ),
    "acknowledge_dissemination": ("riv-lead", "disseminations/D1/acknowledge_dissemination", ACKNOWLEDGED, ISSUED, "chair"),
    "report_cascade": (
        "riv-lead", "disseminations/D1/report_cascade", CASCADE, (*ISSUED, "acknowledge_dissemination"), "quality-chair",
    ),
    "record_discussion": (
        "riv-lead", "disseminations/D1/record_discussion", {"forum": "team_meeting", "held": 5, "expected": 6},
        (*ISSUED, "acknowledge_dissemination"), "chair",
    ),
    "identify_implications": (
        "riv-lead", "disseminations/D1/identify_implications", {"change_needed": False, "why": "We do so already"},
        (*ISSUED, "acknowledge_dissemination"), "chair",
    ),
    "deliver_practice_briefing": (
        "quality-chair", "disseminations/D1/deliver_practice_briefing", {"agencies": ["RIV"], "participants": 24}, ISSUED, "riv-lead",
    ),
    "report_ineffectiveness": (
        "cqh-lead", "disseminations/D1/report_ineffectiveness", {"what": "Nobody finds the pathway"}, ISSUED, "trainer",
    ),
    "supersede_dissemination": (
        "chair", "disseminations/D1/supersede_dissemination", {"by_ref": "D2", "reason": "A redacted report"}, (*ISSUED, "another version"),
        "riv-lead",
    ),
    "withdraw_dissemination": ("chair", "disseminations/D1/withdraw_dissemination", {"reason": "A name was in it"}, ISSUED, "riv-lead"),
    "escalate_action": (
        "chair", "actions/A1/escalate_action", {"level": 1, "to_office": "quality-chair"}, ("a winter",), "riv-lead",
    ),
    "schedule_session": ("trainer", "sessions", SESSION, ("offer_course",), "riv-lead"),
    "cancel_session": ("board-manager", "sessions/S1/cancel_session", {"reason": "Snow"}, HELD[:2], "riv-lead"),
    "deliver_session": ("trainer", "sessions/S1/deliver_session", {}, HELD[:2], "riv-lead"),
    "record_attendance": ("trainer", "sessions/S1/record_attendance", CAME, HELD[:3], "chair"),
    "lapse_booking": ("trainer", "sessions/S1/lapse_booking", CAME | {"outcome": "no-show"}, HELD[:3], "chair"),
    "close_attendance": ("trainer", "sessions/S1/close_attendance", {}, HELD, "chair"),
    "give_feedback": ("board-manager", "sessions/S1/give_feedback", FEEDBACK, HELD, "trainer"),
    "record_action_plan": (
        "board-manager", "sessions/S1/record_action_plan", {"number": "1", "plan": "To ask the child"}, HELD, "trainer",
    ),
    "issue_follow_up": ("quality-chair", "sessions/S1/issue_follow_up", {"number": "1"}, (*HELD, "a winter"), "trainer"),
    "return_follow_up": (
        "board-manager", "sessions/S1/return_follow_up", FOLLOW_UP, (*HELD, "a winter", "issue_follow_up"), "trainer",
    ),
    "draw_telephone_sample": ("quality-chair", "sessions/S1/draw_telephone_sample", {}, CLOSED, "trainer"),
    "record_telephone_call": (
        "quality-chair", "sessions/S1/record_telephone_call", {"draw": "1", "number": "1", "outcome": "reached", "answers": "She asks now"},
        (*CLOSED, "draw_telephone_sample"), "trainer",
    ),
    "observe_delivery": (
        "quality-chair", "sessions/S1/observe_delivery", {"observer": "riv-lead", "grade": "good"}, CLOSED, "trainer",
    ),
    "evaluate_session": ("quality-chair", "sessions/S1/evaluate_session", EVALUATION, CLOSED, "trainer"),
}  # fmt: skip

ACTS |= returns.ACTS


def said(ask: Asking, name: str) -> dict[str, Any]:
    """Return what is said in an act, with the references of those people whom it names by their office."""
    people: dict[str, Any] = {f"{{{office}}}": str(person) for office, person in ask.seeded.people.items()}
    if SIGNED in ACTS[name][2].values():
        enrolled = {key.thumbprint: key.enrolled_at for key in ask.seeded.board.registry.all()}
        people[SIGNED] = enrolled.get(COMPROMISED["thumbprint"], 0) + 1
    return {field: people.get(value, value) if isinstance(value, str) else value for field, value in ACTS[name][2].items()}


def do(ask: Asking, name: str, office: str | None = None, **how: Any) -> Any:
    """Do an act, in its own office unless another is named."""
    who, path, *_ = ACTS[name]
    return ask.post(f"/api/v1/{path}", office or who, said(ask, name), **how)


def prepared(ask: Asking, name: str) -> None:
    """Do what has to be there first; the file that some acts cite is always there."""
    ask.seeded.board.receive(io.BytesIO(PDF), "audit.pdf", ask.seeded.callers["riv-lead"])
    for each in ACTS[name][3]:
        if each in BESIDES:
            BESIDES[each](ask.seeded)
        else:
            done = do(ask, each)
            assert done.status_code in {200, 201}, (each, done.json)
