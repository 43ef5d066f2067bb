"""The small board with one of everything on record: what the tests of its pages look at."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from service.desk.submission import Submission

if TYPE_CHECKING:
    from tests.boards import Seeded

HASH = "ab" * 32
THINGS = {
    "partnership": "partnership",
    "agency": "RIV",
    "sub-group": "QEG",
    "office": "quality-chair",
    "meeting": "QEG-2016-09",
    "priorities": "2016-17",
    "course": "C1",
    "resource": "R1",
    "challenge": "CH-1",
    "review": "SB-2016-09",
    "action": "A1",
    "session": "S-1",
    "inspection": "inspector",
    "dissemination": "D1",
    "keys": "keys",
    "subject": "22222222-3333-4444-8555-666666666666",
    "return": "s11-2016-RIV",
}


def fill(it: Seeded) -> Seeded:
    """Put one of everything on record. What concerns RIV alone is not there for CQH: the meeting, the challenge and the review."""
    held = it.board.receive(BytesIO(b"%PDF-1.4 minutes"), "minutes.pdf", next(iter(it.callers.values())))
    it.act("chair", "set_local_setting", "partnership", setting="quorum", value="1/2")
    attendance = [{"agency": "RIV", "attendance": "present"}]
    agenda = [{"id": "1", "title": "Missed appointments", "about": "action:A1"}]
    minutes = [{"sha256": held.sha256, "title": "Minutes", "evidence_date": "2016-09-02"}]
    it.act("quality-chair", "hold_meeting", "QEG-2016-09", body="QEG", attendance=attendance, agenda=agenda, evidence=minutes)
    it.act("chair", "set_priorities", "2016-17", priority="Neglect", lead_office="quality-chair", informed_by=["SB-2015-01/F1"])
    said = {"title": "Neglect", "level": "core", "format": "1 day", "provider": "The Board", "skills": "To ask", "follow_up_owed": True}
    it.act("board-manager", "offer_course", "C1", **said, because_of=["SB-2015-01/F1"])
    it.act("board-manager", "list_resource", "R1", title="Library", url="https://library.example/r1", kind="website", check_every=6)
    asked = {"about": "action:A1", "to": "RIV", "summary": "Why so late?", "statement": "It took a year"}
    it.board.act(it.callers["quality-chair"], Submission(name="raise_challenge", ref="CH-1", fields=asked))
    it.act(
        "riv-lead", "refer_review", "SB-2016-09", title="Larch", kind="serious case review", regime="LSCB-WT2015", referring_agency="RIV",
        notified_on="2016-09-01",
    )  # fmt: skip
    criteria = [{"criterion": "A child was seriously harmed", "met": True}]
    it.act("chair", "decide_review", "SB-2016-09", outcome="conduct", review_kind=None, criteria=criteria, rationale="Both limbs are met")
    it.act(
        "chair", "commission_review", "SB-2016-09", review_kind="serious case review", methodology="systems", scope="one pathway",
        proportionality="one family", organisations=["RIV"],
    )  # fmt: skip
    content = [{"sha256": held.sha256, "title": "The Alder briefing", "evidence_date": "2016-09-02"}]
    item = {"title": "Alder: what to do", "kind": "newsletter", "source": "review:SB-2015-01", "findings": ["SB-2015-01/F1"]}
    it.act("quality-chair", "produce_material", "D1", **item, evidence=content, pages=None)
    it.act("board-manager", "issue_dissemination", "D1", audiences=[{"group": "Health visitors", "basis": "need_to_know"}])
    groups = [{"group": "Health visitors", "basis": "need_to_know"}, {"group": "Reception", "basis": "nice_to_know"}]
    said = {"content_sha256": held.sha256, "staff_groups": groups, "cascade_plan": "At the locality meetings"}
    it.act("riv-lead", "acknowledge_dissemination", "D1", **said)
    it.act("board-manager", "invite_family", "SB-2016-09", relations=["grandmother"], count=1, how_explained="By a visit")
    it.act("board-manager", "register_subject", THINGS["subject"], name="P. Northway", contact=None)
    _session(it)
    said = {"kind": "s11", "respondent": "RIV", "period": "2016", "due_on": "2016-12-31"}
    it.act("chair", "request_return", THINGS["return"], **said)
    it.open_inspection()
    it.catch_up()
    return it


def _session(it: Seeded) -> None:
    """Hold a session of the course at which somebody of RIV was, and draw whom to telephone."""
    it.act("trainer", "schedule_session", "S-1", course="C1", planned_on="2016-09-05", trainers=["trainer"], capacity=16)
    it.act("trainer", "deliver_session", "S-1")
    it.act("trainer", "record_attendance", "S-1", participant=str(it.people["riv-lead"]), agency="RIV", staff_group="nurses")
    it.act("trainer", "close_attendance", "S-1")
    it.act("board-manager", "give_feedback", "S-1", number="1", satisfaction=5, learning=4, comment="More on fathers")
    it.act("quality-chair", "draw_telephone_sample", "S-1")
    it.act("quality-chair", "observe_delivery", "S-1", observer="riv-lead", grade="good", notes="It began late")
