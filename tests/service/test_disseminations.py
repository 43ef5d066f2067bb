"""What is sent to the members: who receives it, who may answer, thirty at once, and what a departure leaves (INV-18 to INV-22, INV-36)."""

from __future__ import annotations

import io
import struct
import threading
import uuid
import zlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfWriter

from aggregates import Agency, Challenge, Dissemination
from aggregates.dissemination import refusals
from aggregates.errors import Refused
from aggregates.partnership.agency import Accounted
from aggregates.partnership.membership import NotAMember, OpenObligations, OwedByTheDeparted
from service.desk.refusals import NotAllowed, NotFound, NotInOffice, StaleVersion
from service.desk.submission import Submission
from tests.boards import assign

if TYPE_CHECKING:
    from tests.boards import Seeded

GROUPS = [{"group": "Health visitors", "basis": "need_to_know"}, {"group": "Reception", "basis": "nice_to_know"}]
MANY = 30


def pdf(pages: int) -> io.BytesIO:
    """Make a PDF of so many empty pages."""
    writer, file = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    writer.write(file)
    return io.BytesIO(file.getvalue())


def file_of(it: Seeded, content: io.BytesIO | None = None) -> dict[str, str]:
    """Receive a file, and say what it is."""
    held = it.board.receive(content or io.BytesIO(b"the report"), "report", it.callers["quality-chair"])
    return {"sha256": held.sha256, "title": "The report", "evidence_date": "2016-09-02"}


def produced(it: Seeded, ref: str = "D1", **other: Any) -> dict[str, str]:
    """Put an item on record; return its file."""
    file = file_of(it, other.pop("content", None))
    said = {"title": "Alder", "kind": "scr_report", "source": "review:SB-2015-01", "findings": ["SB-2015-01/F1"], "pages": None}
    it.act("quality-chair", "produce_material", ref, **said | other, evidence=[file])
    return file


def issued(it: Seeded, ref: str = "D1", **other: Any) -> str:
    """Send an item to every member; return the hash of its content."""
    file = produced(it, ref, **other)
    it.act("chair", "issue_dissemination", ref)
    return file["sha256"]


def acknowledge(it: Seeded, content: str, ref: str = "D1", who: str = "riv-lead", **other: Any) -> Any:
    """Acknowledge an item for an agency."""
    said = {"content_sha256": content, "staff_groups": GROUPS, "cascade_plan": "At the locality meetings"}
    return it.act(who, "acknowledge_dissemination", ref, **said | other)


def item(it: Seeded, ref: str = "D1") -> Any:
    """Return what is true of an item."""
    return it.board.load(Dissemination, ref, fresh=True).state


def test_inv_18_membership_is_read_on_the_day(seeded):
    """INV-18: who joins after the issue receives it only once it is caught up; who is none yet on that day is named in vain."""
    content = issued(seeded)
    seeded.act("board-manager", "join_agency", "NEW", name="New Trust", category="health", section_11="yes")
    seeded.join("new-lead", "designated lead", "NEW", "NEW")
    with pytest.raises(NotFound):
        acknowledge(seeded, content, who="new-lead")
    with pytest.raises(NotAMember):
        seeded.act("chair", "catch_up_agency", "D1", agency="NEW", occurred_on=date(2016, 9, 1), late_reason="…")
    seeded.act("chair", "catch_up_agency", "D1", agency="NEW")
    acknowledge(seeded, content, who="new-lead")

    assert sorted(item(seeded).recipients) == ["CQH", "NEW", "RIV"]
    assert item(seeded).item.issued.recipients == ("CQH", "RIV")


def test_inv_19_who_acknowledges_is_in_office_and_a_recipient(seeded):
    """INV-32, F.6: a lead whose term ended yesterday, another role, and a recipient with another content in hand acknowledge nothing."""
    content = issued(seeded)
    with pytest.raises(NotAllowed):
        acknowledge(seeded, content, who="chair")
    with pytest.raises(refusals.OtherContent):
        acknowledge(seeded, "cd" * 32)
    seeded.act("board-manager", "stand_down_office_holder", "riv-lead", until_on="2016-09-05", reason="retired")
    seeded.clock.advance(days=1)
    with pytest.raises(NotInOffice):
        acknowledge(seeded, content)

    assert item(seeded).outstanding == {"CQH", "RIV"}


def test_inv_20_groups_are_remembered_from_one_item_to_the_next(seeded):
    """INV-20: what an agency declared for one item has its basis in the next; a correction forgets none that was declared before."""
    first, second = issued(seeded), issued(seeded, "D2", content=io.BytesIO(b"another"))
    acknowledge(seeded, first)
    with pytest.raises(refusals.GroupsLeftOut) as refused:
        acknowledge(seeded, second, "D2", staff_groups=GROUPS[:1])
    assert refused.value.facts["groups"] == ["Reception"]
    acknowledge(seeded, second, "D2", staff_groups=[*GROUPS, {"group": "Managers", "basis": "nice_to_know"}])
    acknowledge(seeded, second, "D2", who="cqh-lead", staff_groups=[{"group": "Wards", "basis": "need_to_know"}])
    fewer = {"about": "dissemination", "amends": 3, "corrected": {"staff_groups": GROUPS[:1]}, "reason": "Reception reads nothing"}
    with pytest.raises(refusals.GroupsLeftOut):
        seeded.act("riv-lead", "correct_entry", "D2", **fewer)
    seeded.act("riv-lead", "correct_entry", "D1", **fewer)

    assert seeded.board.declared_groups("RIV") == ("Health visitors", "Reception", "Managers")
    seeded.act("riv-lead", "retract_entry", "D2", about="dissemination", amends=3, reason="It was not read")
    assert seeded.board.declared_groups("RIV") == ("Health visitors",)


def bomb():
    """Return a PDF of 70 kB and one page, which takes a parser seconds: what says that it is one unpacks into 70 MB."""
    head, page = b"3 0 ", b"<< /Type /Page /Parent 2 0 R >>"
    packed = zlib.compress(head + page + b" " * 70_000_000)
    said = b"/Type /ObjStm /N 1 /First %d /Filter /FlateDecode" % len(head)
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", _stream(said, packed)]
    content, places = b"%PDF-1.7\n", [(0, 0, 0)]
    for number, body in zip((1, 2, 4), objects, strict=True):
        places += [(2, 4, 0)] if number == 4 else []  # the third is within the fourth
        places.append((1, len(content), 0))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(struct.pack(">BIH", *place) for place in places)
    listed = _stream(b"/Type /XRef /Size 5 /W [1 4 2] /Root 1 0 R", table)
    return io.BytesIO(content + b"5 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF" % (listed, len(content)))


def _stream(said, content):
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (said, len(content), content)


def test_inv_22_the_pages_are_counted_in_the_file(seeded):
    """INV-22: a PDF of two pages that is said to have one is refused, and so is one that cannot be read, or not in time; one is one."""
    for content, pages, refusal in (
        (bomb(), 1, refusals.PagesUncounted),
        (pdf(2), 1, refusals.NotOnePage),
        (pdf(2), None, refusals.NotOnePage),
        (io.BytesIO(b"%PDF-1.7 and then nothing"), 1, refusals.PagesUncounted),
    ):
        with pytest.raises(refusal):
            produced(seeded, kind="single_page_briefing", content=content, pages=pages)
    produced(seeded, kind="single_page_briefing", content=pdf(1))
    produced(seeded, "D2", kind="poster", content=io.BytesIO(b"%PDF-1.7 and then nothing"))

    assert (item(seeded).item.pages, item(seeded, "D2").item.pages) == (1, None)


def test_what_an_item_names_is_on_record(seeded):
    """Its review, its findings, the agencies of a briefing, the actions that came of it and what takes its place are there."""
    for wrong in ({"source": "review:SB-9"}, {"source": "action:A1"}, {"findings": ["SB-2015-01/F9"]}):
        with pytest.raises(NotFound):
            produced(seeded, **wrong)
    content = issued(seeded)
    acknowledge(seeded, content)
    for act, said, who in (
        ("deliver_practice_briefing", {"agencies": ["NOBODY"], "participants": 3}, "chair"),
        ("identify_implications", {"change_needed": True, "why": None, "actions": ["A2"]}, "riv-lead"),  # which is another agency's
        ("supersede_dissemination", {"by_ref": "D9", "reason": "…"}, "chair"),
    ):
        with pytest.raises(NotFound):
            seeded.act(who, act, "D1", **said)
    seeded.act("riv-lead", "identify_implications", "D1", change_needed=True, why=None, actions=["A1"])

    assert item(seeded).recipients["RIV"].implications.actions == ("A1",)


def test_inv_34_an_answer_keeps_the_actions_that_came_of_the_item(seeded):
    """INV-34: an action that a recipient answered with is withdrawn, not retracted; once it is retracted nobody answers with it."""
    acknowledge(seeded, issued(seeded))
    assign(seeded, "A7")
    seeded.act("riv-lead", "identify_implications", "D1", change_needed=True, why=None, actions=["A1", "A7"])
    gone = {"about": "action", "amends": 1, "reason": "Assigned twice"}
    with pytest.raises(refusals.ImplicationsRest, match="RIV answered D1 with A7"):
        seeded.act("chair", "retract_entry", "A7", **gone)
    amend = {"about": "dissemination", "amends": 4, "reason": "It did not come of this"}
    seeded.act("riv-lead", "correct_entry", "D1", **amend, corrected={"actions": ["A1"]})
    seeded.act("chair", "retract_entry", "A7", **gone)
    with pytest.raises(NotFound):
        seeded.act("riv-lead", "retract_entry", "D1", **amend | {"amends": 5})
    with pytest.raises(NotFound):
        seeded.act("board-manager", "correct_entry", "D1", **amend, corrected={"actions": ["A1", "A7"]}, on_behalf_of="riv-lead")
    answer = {"change_needed": True, "why": None, "actions": ["A7"]}
    with pytest.raises(NotFound):
        seeded.act("board-manager", "identify_implications", "D1", **answer, on_behalf_of="riv-lead")


def joined(it: Seeded, code: str) -> None:
    """Let another agency join, with a lead who acts for it."""
    person, office = uuid.uuid4(), f"lead-{code}"
    it.act("board-manager", "join_agency", code, name=f"Agency {code}", category="voluntary", section_11="no")
    it.act("board-manager", "register_subject", str(person), name=f"The {office}", contact=it.email(office))
    said = {"title": office, "role": "designated lead", "body": code, "holder": str(person), "employer": code, "from_on": "2016-09-01"}
    it.act("board-manager", "appoint_office_holder", office, **said, until_on=None)
    it.callers[office] = replace(it.callers["riv-lead"], account=uuid.uuid4(), person=person, email=it.email(office), office=office)


def test_thirty_agencies_acknowledge_at_once(seeded):
    """Each recipient has its own version: thirty who saw the item as it was issued are all recorded, each once, in some order."""
    codes = [f"A{number:02}" for number in range(MANY)]
    with seeded.board.together():
        for code in codes:
            joined(seeded, code)
    content = issued(seeded)
    seen, ready = item_version(seeded), threading.Barrier(MANY)
    refused: list[Refused] = []

    def act(code: str) -> None:
        ready.wait()
        try:
            acknowledge(seeded, content, who=f"lead-{code}", seen=seen)
        except Refused as error:
            refused.append(error)

    threads = [threading.Thread(target=act, args=(code,)) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == []
    assert item(seeded).outstanding == {"CQH", "RIV"}
    assert item_version(seeded) == seen + MANY


def item_version(it: Seeded) -> int:
    """Return the version of an item's stream."""
    return int(it.board.load(Dissemination, "D1", fresh=True).version)


def test_a_recipient_is_told_to_look_again_where_its_own_record_moved(seeded):
    """What others did is nothing to it; what concerns it (its own acts, the item itself) it has to have seen."""
    content = issued(seeded)
    seen = item_version(seeded)
    acknowledge(seeded, content, who="cqh-lead", seen=seen)
    acknowledge(seeded, content, seen=seen)
    with pytest.raises(StaleVersion):
        seeded.act("riv-lead", "identify_implications", "D1", change_needed=True, why=None, actions=[], seen=seen)


def test_inv_36_an_agency_does_not_leave_an_acknowledgement_behind_unseen(seeded):
    """INV-36: what is not acknowledged keeps it, is declared outstanding item by item, and nothing brings it back afterwards."""
    content = issued(seeded)
    acknowledge(seeded, issued(seeded, "D2", content=io.BytesIO(b"another")), "D2", who="cqh-lead")
    seeded.act("board-manager", "transfer_obligation", "A2", successor="RIV", reason="dissolved")
    seeded.act("riv-lead", "accept_transfer", "A2")
    seeded.act("board-manager", "announce_departure", "CQH", leaves_on="2016-09-05", reason="dissolved")
    seeded.act("board-manager", "stand_down_office_holder", "cqh-lead", until_on="2016-09-05", reason="dissolved")
    with pytest.raises(OpenObligations) as refused:
        seeded.act("board-manager", "leave_agency", "CQH", reason="dissolved", successor="RIV")
    assert refused.value.facts["obligations"] == ("the acknowledgement of the dissemination D1",)
    seeded.act("chair", "declare_obligation_outstanding", "CQH", item="dissemination:D1", reason="Nobody was left to read it")
    seeded.act("board-manager", "leave_agency", "CQH", reason="dissolved", successor="RIV")

    accounted = seeded.board.load(Agency, "CQH", fresh=True).state.status.accounted
    assert Accounted("dissemination:D1", "outstanding at departure") in accounted
    assert item(seeded).received("CQH") is not None
    acknowledge(seeded, content)
    with pytest.raises(OwedByTheDeparted):
        seeded.act("board-manager", "retract_entry", "D2", about="dissemination", amends=3, reason="wrong")
    with pytest.raises(NotAMember):
        seeded.act("chair", "catch_up_agency", "D1", agency="CQH")


def test_ineffectiveness_can_be_challenged(seeded):
    """F.6: a challenge is about an item as about an action; to an agency that did not receive it, it is not there."""
    produced(seeded)
    seeded.act("chair", "issue_dissemination", "D1", to=["RIV"])
    said = {"about": "dissemination:D1", "to": "QEG", "summary": "Half know it", "statement": "What will be done?"}
    seeded.act("riv-lead", "report_ineffectiveness", "D1", what="Half of the staff do not know the threshold")
    with pytest.raises(NotFound):
        seeded.board.act(seeded.callers["cqh-lead"], Submission(name="raise_challenge", ref="C2", fields=said))
    seeded.board.act(seeded.callers["riv-lead"], Submission(name="raise_challenge", ref="C1", fields=said))

    assert seeded.board.load(Challenge, "C1").state.about == "dissemination:D1"
