"""An example of every command about a return: Riverside's audit of what its practitioners know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.boards import Seeded

REF = "knowledge_audit-2016-H2-RIV"
REQUEST = {"ref": REF, "kind": "knowledge_audit", "respondent": "RIV", "period": "2016-H2", "due_on": "2016-12-31"}
ANSWERS = [
    {"question": "asked", "answer": 20},
    {"question": "items", "answer": "The briefing on missed appointments"},
    {"question": "correct", "answer": 85},
    {"question": "implemented", "answer": "They ring on the same day; the log shows it"},
]
ANSWER = {"answers": ANSWERS, "self_grades": [{"standard": "1", "grade": 3}, {"standard": "2", "grade": 2}], "staff_n": 20}
GRADES = [{"standard": "1", "grade": 3}, {"standard": "2", "grade": 1, "reason": "The log has gaps"}]
NO_ACTION = {"standard": "2", "reason": "The next audit looks at the log"}
REPORT = "board_annual_report-2015-16-BOARD"
SUBMITTED = ("request_return", "submit_return")
MODERATED = (*SUBMITTED, "moderate_return")


def asked_for(it: Seeded, period: str = "2015-16") -> None:
    """Ask the Board for its report of a year."""
    said = {"kind": "board_annual_report", "respondent": "BOARD", "period": period, "due_on": "2017-10-31"}
    it.act("chair", "request_return", f"board_annual_report-{period}-BOARD", **said)


def explained(it: Seeded, period: str = "2015-16") -> None:
    """Say of each section of the report what it has to say."""
    asked_for(it, period)
    for section in ("assessment", "weaknesses", "reviews", "resources"):
        said = {"section": section, "explanation": "It is told in the minutes."}
        it.act("board-manager", "explain_section", f"board_annual_report-{period}-BOARD", **said)


# Each act: who does it, where, what they say; what has to be there first; and an office that may not do it.
ACTS: dict[str, tuple[str, str, dict[str, Any], tuple[str, ...], str]] = {
    "request_return": ("chair", "returns", REQUEST, (), "riv-lead"),
    "submit_return": ("riv-lead", f"returns/{REF}/submit_return", ANSWER, ("request_return",), "chair"),
    "amend_return": ("riv-lead", f"returns/{REF}/amend_return", ANSWER | {"reason": "The log was counted again"}, SUBMITTED, "chair"),
    "moderate_return": (
        "quality-chair", f"returns/{REF}/moderate_return", {"grades": GRADES, "panel": "Quality panel"}, SUBMITTED, "riv-lead",
    ),
    "decide_no_action": ("quality-chair", f"returns/{REF}/decide_no_action", NO_ACTION, MODERATED, "chair"),
    "accept_return": ("quality-chair", f"returns/{REF}/accept_return", {}, (*MODERATED, "decide_no_action"), "chair"),
    "waive_return": ("chair", f"returns/{REF}/waive_return", {"reason": "The team was dissolved"}, ("request_return",), "quality-chair"),
    "present_return": (
        "board-manager", f"returns/{REF}/present_return", {"meeting": "B-2016-09", "agenda_item": "4"}, (*SUBMITTED, "hold_meeting"),
        "riv-lead",
    ),
    "explain_section": (
        "board-manager", f"returns/{REPORT}/explain_section", {"section": "resources", "explanation": "The council's accounts say it."},
        ("a report that was asked for",), "riv-lead",
    ),
    "publish_return": (
        "chair", f"returns/{REPORT}/publish_return", {"as_at": "2016-09-05"}, ("a report of which each section is explained",),
        "quality-chair",
    ),
}  # fmt: skip
