"""Journey F.6, walked from outside over HTTP: a review is published, sent to the members, acknowledged, passed on and embedded.

What the ladder of obligations and the knowledge audit do in it is theirs to walk.
"""

from __future__ import annotations

import io
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfWriter

from tests.acceptance import boards
from tests.acceptance.asking import Asking, ends_well
from tests.acceptance.served import only_served, served
from tests.databases import reachable_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.xdist_group("dissemination journey")

REPORT, RESPONSE = b"Birch: the overview report", "cd" * 32
REVIEW = "local child safeguarding practice review"
DAY, LATER = "2016-09-12", "2017-01-10"
POLICE = [{"group": "Response officers", "basis": "nice_to_know"}, {"group": "Protection unit", "basis": "need_to_know"}]
NEW = {"AVM": "Avonmouth Police", "HBP": "Hartbridge Probation", "FAR": "Farleigh Academy"}
REVIEWER = "11111111-2222-4333-8444-555555555555"
CRITERIA = [{"criterion": "A child was seriously harmed", "met": True}]
FOUND = {"polarity": "concern", "scope": "single-agency", "system_factor": "no one rota", "themes": []}
# A review as far as its report.
BIRCH = (
    ("chair", "decide_review", {"outcome": "conduct", "criteria": CRITERIA, "rationale": "Both limbs are met"}),
    ("chair", "commission_review", {"review_kind": REVIEW, "methodology": "systems", "scope": "one pathway",
     "proportionality": "one family", "organisations": ["RIV"]}),
    ("quality-chair", "record_finding", {"number": "F1", "statement": "Calls were not returned", **FOUND}),
    ("quality-chair", "record_finding", {"number": "F2", "statement": "Supervision did not test optimism", **FOUND}),
)  # fmt: skip


def on(day: str) -> dict[str, str]:
    """Give the setting that lets a demonstration take place at nine on a day."""
    return {"MUNIMENT_DEMONSTRATION_CLOCK": f"{day}T09:00:00+00:00"}


def pdf(pages: int) -> bytes:
    """Make a PDF of so many empty pages."""
    writer, file = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    writer.write(file)
    return file.getvalue()


def joins(ask: Asking, code: str, name: str) -> None:
    """Let an agency join, with a designated lead."""
    office = f"lead-{code}"
    ask.does("board-manager", "agencies", ref=code, name=name, category="police", section_11="yes")
    person = boards.person(office)
    ask.does("board-manager", "subjects", ref=person, name=f"The {office}", contact=f"{office}@severnbrook.example")
    said = {"title": f"Lead at {name}", "role": "designated lead", "body": code, "holder": person, "employer": code}
    ask.does("board-manager", "offices", ref=office, **said, from_on="2016-09-01")


@pytest.fixture(scope="module")
def ask(postgres: str) -> Iterator[Asking]:
    """Give a small board with five members on a day in September, served, and whoever asks it; all tests here share it."""
    with ExitStack() as stack:
        product = stack.enter_context(boards.small_board(postgres).copy(reachable_folder() / "board", postgres))
        asking = Asking(stack.enter_context(served(product, on(DAY))))
        for code, name in NEW.items():
            joins(asking, code, name)
        yield asking


@pytest.fixture(scope="module")
def published(ask: Asking) -> dict[str, Any]:
    """Walk to the publication: refused without a response to every finding, then made; return what was answered on the way."""
    case = {"kind": REVIEW, "regime": "MASA-WT2023", "referring_agency": "RIV", "notified_on": "2016-09-05"}
    ask.does("chair", "reviews", ref="SB-2016-04", title="Birch", **case)
    for office, command, said in BIRCH:
        ask.does(office, f"reviews/SB-2016-04/{command}", **said)
    ask.does("board-manager", "subjects", ref=REVIEWER, name="Philippa Northway", contact="p.northway@severnbrook.example")
    declared = {"affiliations": [], "involved_in_case": False, "declaration_sha256": RESPONSE}
    ask.does("chair", "reviews/SB-2016-04/appoint_lead_reviewer", reviewer=REVIEWER, **declared)
    report = ask.brings("quality-chair", REPORT, "Birch: the report", DAY)
    ask.does("board-manager", "reviews/SB-2016-04/present_review_report", report_sha256=report["sha256"])
    there = {"url": "https://severnbrook.example/birch", "keep_online_until": "2017-12-31"}
    publication = {"report_sha256": report["sha256"], "response_sha256": RESPONSE, **there}
    answers = [{"number": number, "response": "accepted", "intended_actions": "One rota"} for number in ("F1", "F2")]
    refused = [ask.tries("chair", "reviews/SB-2016-04/publish_report", **publication)]
    refused.append(ask.tries("chair", "reviews/SB-2016-04/formulate_response", responses=answers[:1]))
    ask.does("chair", "reviews/SB-2016-04/formulate_response", responses=answers)
    ask.does("chair", "reviews/SB-2016-04/publish_report", **publication)
    item = {"title": "Birch: the report", "kind": "scr_report", "source": "review:SB-2016-04", "findings": ["SB-2016-04/F2"]}
    ask.does("quality-chair", "disseminations", ref="D1", **item, evidence=[report])
    ask.does("chair", "disseminations/D1/issue_dissemination", audiences=[{"group": "All practitioners", "basis": "need_to_know"}])
    return {"refused": refused, "report": report}


def acknowledges(ask: Asking, office: str, content: str, ref: str = "D1", **other: Any) -> Any:
    """Try to acknowledge an item for an agency."""
    said = {"content_sha256": content, "staff_groups": [{"group": "Everybody", "basis": "need_to_know"}], "cascade_plan": "At once"}
    return ask.tries(office, f"disseminations/{ref}/acknowledge_dissemination", **said | other)


def how_far(ask: Asking, ref: str = "D1", office: str = "chair", **clocks: str) -> dict[str, str]:
    """Return how far each agency is with an item."""
    return {cell["agency"]: cell["status"] for cell in ask.item(f"disseminations/{ref}", office, **clocks)["recipients"]}


def test_f6_nothing_is_published_without_a_response_to_every_finding(ask, published):
    """Birch is not published before the Board has answered F2 (INV-04); then its members are sent it the same day, all of them."""
    assert [answer.json["rule"] for answer in published["refused"]] == ["INV-04", "INV-04"]
    item = ask.item("disseminations/D1")

    assert how_far(ask) == dict.fromkeys(("AVM", "CQH", "FAR", "HBP", "RIV"), "outstanding")
    assert (item["issued_on"], item["acknowledgement_due"], item["embedding_due"]) == (DAY, "2016-10-10", "2016-12-12")
    assert item["content_sha256"] == published["report"]["sha256"]
    assert [cell["ref"] for cell in ask.items("disseminations") if cell["source"] == "review:SB-2016-04"] == ["D1"]


@pytest.fixture(scope="module")
def acknowledged(ask: Asking, published: dict[str, Any]) -> dict[str, Any]:
    """Let the police and probation acknowledge it, and try what could go wrong on the way."""
    content = published["report"]["sha256"]
    tried = {
        "another content": acknowledges(ask, "lead-AVM", "ab" * 32),
        "no group": acknowledges(ask, "lead-AVM", content, staff_groups=[]),
        "the chair": acknowledges(ask, "chair", content),
    }
    assert acknowledges(ask, "lead-AVM", content, staff_groups=POLICE).status == 200
    assert acknowledges(ask, "lead-HBP", content).status == 200
    tried["no reason"] = ask.tries("lead-HBP", "disseminations/D1/identify_implications", change_needed=False)
    ask.does("lead-HBP", "disseminations/D1/identify_implications", change_needed=False, why="No child is seen by our staff alone")
    return tried


def test_f6_the_police_owe_a_report_for_those_alone_who_need_to_know(ask, acknowledged):
    """The acknowledgement names the content and each staff group: response officers nice to know, the protection unit need to know."""
    [cell] = ask.item("disseminations/D1", "lead-AVM")["recipients"]

    assert (cell["agency"], cell["status"]) == ("AVM", "acknowledged")
    assert [lack for lack in cell["lacks"] if "reached" in lack] == ["a report that it reached Protection unit"]
    assert cell["acknowledgement"]["staff_groups"] == [[one["group"], one["basis"]] for one in POLICE]
    problems = {name: (answer.status, answer.json["type"].rpartition("/")[2]) for name, answer in acknowledged.items()}
    assert problems == {
        "another content": (422, "other-content"),
        "no group": (422, "unreadable-groups"),
        "the chair": (403, "not-allowed"),
        "no reason": (422, "no-implications-unexplained"),
    }


def test_f6_an_agency_sees_its_own_answer_and_no_other(ask, acknowledged):
    """Another agency's acknowledgement is not there for a lead: neither in the item, nor as an event, nor in its history."""
    assert acknowledged
    history = ask.items("disseminations/D1/history", "chair")
    [theirs] = [e for e in history if e["topic"] == "dissemination.acknowledged.v1" and e["fields"]["agency"] == "HBP"]
    seen = ask.items("disseminations/D1/history", "lead-AVM")

    assert ask.get(f"events/{theirs['position']}", "lead-AVM").status == 404
    assert {e["fields"].get("agency") for e in seen} == {None, "AVM"}
    assert ask.get(f"events/{theirs['position']}", "lead-HBP").status == 200
    assert list(how_far(ask, office="lead-FAR")) == ["FAR"]


@pytest.fixture(scope="module")
def briefed(ask: Asking, acknowledged: dict[str, Any]) -> dict[str, Any]:
    """Let Training answer its four questions, with a one-page briefing that has one page and a poster."""
    assert acknowledged
    answers = {"courses": "Twelve reviewed, two revised", "poster": "Printed", "one_page_briefing": "Sent as D2"}
    needed = {"agenda_item": "Training 4", "briefing_needed": True, "briefing_why": "Two agencies share the pathway"}
    ask.does("quality-chair", "reviews/SB-2016-04/consider_training_implications", **answers, **needed)
    two, one = (ask.brings("quality-chair", pdf(pages), "Birch on a page", DAY) for pages in (2, 1))
    item = {"title": "Birch on a page", "kind": "single_page_briefing", "source": "review:SB-2016-04", "pages": 1}
    refused = ask.tries("quality-chair", "disseminations", ref="D2", **item, evidence=[two])
    ask.does("quality-chair", "disseminations", ref="D2", **item, evidence=[one])
    ask.does("board-manager", "disseminations/D2/issue_dissemination")
    ask.does("quality-chair", "disseminations/D1/deliver_practice_briefing", agencies=["AVM", "RIV"], participants=24)
    return {"refused": refused, "content": one["sha256"]}


def test_f6_a_single_page_briefing_has_one_page(ask, briefed):
    """A PDF of two pages that claims one is refused by INV-22; one of one page goes to all members."""
    assert (briefed["refused"].status, briefed["refused"].json["rule"]) == (422, "INV-22")
    assert len(how_far(ask, "D2")) == 5
    assert ask.item("disseminations/D2")["pages"] == 1


def test_f6_a_group_that_was_declared_is_not_forgotten(ask, briefed):
    """For the briefing the police say of every group that they named for the report whether it needs to know (INV-20)."""
    refused = acknowledges(ask, "lead-AVM", briefed["content"], "D2", staff_groups=POLICE[:1])

    assert (refused.status, refused.json["rule"]) == (422, "INV-20")
    assert "Protection unit" in refused.json["detail"]
    assert acknowledges(ask, "lead-AVM", briefed["content"], "D2", staff_groups=POLICE).status == 200


@pytest.fixture(scope="module")
def embedded(ask: Asking, briefed: dict[str, Any]) -> Iterator[Asking]:
    """Let the police embed it; and give whoever asks the same board in January, when the others have done nothing more."""
    assert briefed
    reached = {"staff_group": "Protection unit", "reach": 32, "headcount": 40, "channel": "Shift briefing", "about": "item"}
    ask.does("lead-AVM", "disseminations/D1/report_cascade", **reached)
    ask.does("lead-AVM", "disseminations/D1/identify_implications", change_needed=True)
    for forum in ("team_meeting", "supervision"):
        ask.does("lead-AVM", "disseminations/D1/record_discussion", forum=forum, held=9, expected=12)
    with only_served(ask.product, on(LATER)) as later:
        yield ask.elsewhere(later)


def test_f6_after_three_months_the_matrix_says_how_far_each_is(embedded):
    """In January the police have embedded it, probation acknowledged it, and the others are late; as at the day of issue nobody was."""
    cells = {cell["agency"]: cell for cell in embedded.item("disseminations/D1")["recipients"]}

    assert how_far(embedded) == {"AVM": "embedded", "CQH": "outstanding", "FAR": "outstanding", "HBP": "acknowledged", "RIV": "outstanding"}
    assert [cells[code]["late_days"] for code in ("AVM", "FAR", "HBP")] == [0, 92, 29]
    said = embedded.item(f"events/{cells['AVM']['because']}")
    assert said["topic"] == "dissemination.learning_discussed.v1"
    sent = embedded.item(f"events/{cells['FAR']['because']}")
    assert sent["topic"] == "dissemination.issued.v1"
    assert {cell["late_days"] for cell in embedded.item("disseminations/D1", as_at=DAY)["recipients"]} == {0}


def test_f6_who_says_that_it_does_not_work_is_heard(embedded):
    """What does not work is reported, challenged and answered for by a new action."""
    told = "Half of the staff do not know the threshold"
    embedded.does("riv-lead", "disseminations/D1/report_ineffectiveness", what=told)
    asked = {"about": "dissemination:D1", "to": "CQH", "summary": "Half know it", "statement": "What will be done?"}
    embedded.does("quality-chair", "challenges", ref="CH-9", **asked)
    action = {"title": "Teach the threshold", "kind": "training", "owner": "CQH", "overseen_by": "QEG", "due_on": "2017-06-30"}
    measured = {"success_measure": "Nine of ten know it", "intended_outcome": "Children are referred in time"}
    embedded.does("chair", "actions", ref="A90", **action, source="SB-2016-04/F2", **measured)

    assert [one["what"] for one in embedded.item("disseminations/D1")["ineffective"]] == [told]
    assert embedded.item("challenges/CH-9")["about"] == "dissemination:D1"


def test_f6_superseded_what_was_acknowledged_stays_and_the_next_is_owed_anew(embedded):
    """Could go wrong: the report is superseded after acknowledgements; they stay with the first, and everybody owes the second."""
    second = embedded.brings("quality-chair", b"Birch: the report, redacted", "Birch, redacted", LATER)
    item = {"title": "Birch: the report, redacted", "kind": "scr_report", "source": "review:SB-2016-04"}
    embedded.does("quality-chair", "disseminations", ref="D3", **item, evidence=[second])
    early = embedded.tries("chair", "disseminations/D1/supersede_dissemination", by_ref="D3", reason="A name was in it")
    embedded.does("chair", "disseminations/D3/issue_dissemination")
    embedded.does("chair", "disseminations/D1/supersede_dissemination", by_ref="D3", reason="A name was in it")

    assert early.problem == (422, "no-successor")
    assert how_far(embedded)["AVM"] == "embedded"
    assert set(how_far(embedded, "D3").values()) == {"outstanding"}
    assert acknowledges(embedded, "lead-FAR", second["sha256"]).problem == (422, "item-ended")


def test_f6_who_joins_later_is_caught_up_and_who_is_outside_is_not_there(embedded):
    """Could go wrong: an agency that joined after the issue has to be caught up; until then the item is not there for its lead."""
    joins(embedded, "NEW", "New Trust")
    content = embedded.item("disseminations/D2")["content_sha256"]
    assert acknowledges(embedded, "lead-NEW", content, "D2").problem == (404, "not-found")
    assert embedded.get("disseminations/D2", "lead-NEW").status == 404
    embedded.does("board-manager", "disseminations/D2/catch_up_agency", agency="NEW")

    assert acknowledges(embedded, "lead-NEW", content, "D2").status == 200
    assert how_far(embedded, "D2", "lead-NEW") == {"NEW": "acknowledged"}


def test_f6_who_leaves_before_it_is_due_leaves_it_outstanding(embedded):
    """Could go wrong: an agency leaves with an acknowledgement owed: refused, declared outstanding item by item, and on record for ever."""
    embedded.does("board-manager", "agencies/FAR/announce_departure", leaves_on=LATER, reason="It closes")
    embedded.does("board-manager", "offices/lead-FAR/stand_down_office_holder", until_on=LATER, reason="It closes")
    refused = embedded.tries("board-manager", "agencies/FAR/leave_agency", reason="It closes")
    for ref in ("D2", "D3"):
        said = {"item": f"dissemination:{ref}", "reason": "Nobody was left to read it"}
        embedded.does("chair", "agencies/FAR/declare_obligation_outstanding", **said)
    embedded.does("board-manager", "agencies/FAR/leave_agency", reason="It closes")

    assert refused.problem == (422, "open-obligations")
    assert "the acknowledgement of the dissemination D2" in refused.json["detail"]
    assert how_far(embedded, "D2")["FAR"] == "outstanding"


def test_f6_a_lead_whose_term_ended_acknowledges_nothing(embedded):
    """Could go wrong: INV-32: from the day after their term, a lead acknowledges nothing."""
    content = embedded.item("disseminations/D2")["content_sha256"]
    assert embedded.key("lead-HBP")
    embedded.does("board-manager", "offices/lead-HBP/stand_down_office_holder", until_on="2017-01-09", reason="Retired")

    assert acknowledges(embedded, "lead-HBP", content, "D2").problem == (403, "not-in-office")


def test_f6_ends_well(embedded):
    """The pack verifies offline, and rebuilding every view from zero changes nothing."""
    ends_well(embedded.product, "dissemination")
