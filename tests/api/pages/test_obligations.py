"""The pages of what is owed: the list, each clause, each obligation, and everybody beside every clause; each agency's own alone."""

from __future__ import annotations

import re
from io import BytesIO

import pytest

from aggregates.framework.library import SETS
from api.pages.obligations import listing
from api.pages.obligations.wording import in_a_line
from tests.api.pages.conftest import browser
from tests.service.test_training import held

SET = next(iter(SETS.values()))


def _section_11(seeded, due_on="2017-04-01"):
    """Ask Riverside for a section 11 audit, half a year after the framework was adopted."""
    asked = {"kind": "s11", "respondent": "RIV", "period": "2017", "due_on": due_on}
    seeded.act("chair", "request_return", "s11-2017-RIV", **asked)
    seeded.catch_up()


@pytest.fixture
def visit(app, seeded):
    """Give a way to sign in to a board that has adopted the framework, half a year on."""
    said = {"version": "2016", "sha256": SET.sha256, "supersedes": None, "review_due": "2017-09-30", "provenance": "ours", "minute": None}
    seeded.act("chair", "adopt_framework", "partnership", **said)
    seeded.clock.advance(days=190)
    seeded.catch_up()
    return lambda office: browser(app, seeded, office)


def test_the_list_says_what_is_owed_by_whom_and_why(visit):
    """What is still owed stands in the order of due date, with the clause, the basis of the date beside it, and how it stands in words."""
    who = visit("board-manager")
    words = who.text("/obligations?owner=RIV&clause=LIF-RBM-03")

    for said in ("Audit what practitioners know and do", "LIF-RBM-03", "Riverside Community Health", "5 September 2016 to 4 March 2017",
                 "Framework", "The framework says so", "Overdue", "10 days late", "1 to 2 of 2 obligations"):  # fmt: skip
        assert said in words


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/obligations?owner=NOPE", "There is no agency NOPE"),
        ("/obligations?clause=NOPE", "There is no clause NOPE"),
        ("/obligations?state=NOPE", "There is no state called NOPE"),
        ("/obligations?only=NOPE", "There is no selection called NOPE"),
        ("/returns?respondent=NOPE", "There is no agency NOPE"),
        ("/compliance?part=NOPE", "There is no part of the framework NOPE"),
    ],
)
def test_a_filter_that_names_nothing_is_refused(visit, path, why):
    """What there is none of is refused by its name, since an empty list would read as if nothing were owed."""
    who = visit("chair")

    assert who.get(path).status_code == 404
    assert why in who.words


def test_a_clause_says_the_frameworks_words_and_its_rule(visit):
    """A clause's page has its words, page and lines, how it is found in the record, and who owes it; of what is lost, that it is."""
    who = visit("chair")
    words = who.text("/obligations/LIF-RBM-03")
    lost = who.text("/obligations/LIF-STK-01")

    for said in ("on a 6 monthly basis", "Line 164 of the text", "every 6 months", "Coombe Quay Hospital", "Overdue: 1"):
        assert said in words
    assert "Nothing is put in its place" in lost
    assert "DIAGRAM LOST: the framework shows this in a diagram, which is not in its text" in lost
    assert "SGSCB: South Gloucestershire Safeguarding Children Board, which wrote the framework" in who.text("/obligations/LIF-OBJ-06")
    assert who.get("/obligations/LIF-NONE").status_code == 404


def test_an_obligation_says_what_asked_for_it_and_that_nothing_shows_it_done(visit):
    """Its page names the event that asked for it and, where no event discharged it, says so up to the last event on record."""
    who = visit("chair")
    words = who.text("/obligations/LIF-RBM-03/RIV/2016-09-05..2017-03-04")

    for said in ("Asked for 5 September 2016", "Due 4 March 2017 10 days late The framework says so", "shows that it was done",
                 "Certificate of absence", "None was served", "Framework adopted"):  # fmt: skip
        assert said in words
    assert "demonstration" not in words
    assert who.get("/obligations/LIF-RBM-03/RIV/never").status_code == 404


def test_an_obligation_says_what_meets_it_and_leads_there(visit, seeded):
    """Its page says in plain words what would meet it, and leads whom it is for to it, once it can be answered; others it leads nowhere."""
    lead, chair = visit("riv-lead"), visit("chair")
    path = "/obligations/LIF-RBM-03/RIV/2016-09-05..2017-03-04"

    assert "What meets it Met when the return is submitted" in lead.text(path)
    assert "It is answered in a return, and none waits for Riverside Community Health: the Board has to ask for it first" in lead.words
    asked = {"kind": "knowledge_audit", "respondent": "RIV", "period": "2017-H1", "due_on": "2017-06-30", "question_set": None}
    seeded.act("chair", "request_return", "knowledge_audit-2017-H1-RIV", **asked, legal_basis=None, shared_with=[])
    seeded.catch_up()
    assert "What you can do now Answer the return" in lead.text(path)
    assert "/returns/knowledge_audit-2017-H1-RIV/submit_return" in lead.links
    assert "Nothing: as it stands, the next step is not yours" in chair.text(path)


def test_a_form_that_an_obligation_leads_to_is_filled_in(visit, seeded):
    """What the rule asks the act to be, whose it is, and which part it is about stand in the form that leads from the obligation."""
    groups = [{"group": "Health visitors", "basis": "need_to_know"}]
    content = seeded.board.receive(BytesIO(b"%PDF-1.4 briefing"), "briefing.pdf", seeded.callers["quality-chair"])
    item = {"title": "Larch", "kind": "newsletter", "source": "review:SB-2015-01", "findings": []}
    file = {"sha256": content.sha256, "title": "Larch", "evidence_date": "2017-03-01"}
    seeded.act("quality-chair", "produce_material", "D9", **item, evidence=[file], pages=None)
    seeded.act("board-manager", "issue_dissemination", "D9", audiences=groups)
    said = {"content_sha256": content.sha256, "staff_groups": groups, "cascade_plan": "At the next meeting"}
    seeded.act("riv-lead", "acknowledge_dissemination", "D9", **said)
    seeded.catch_up()
    lead, chair = visit("riv-lead"), visit("chair")
    lead.get("/obligations/LIF-RBM-02.cascade/RIV/dissemination:D9/Health visitors")
    form = next(link for link in lead.links if link.startswith("/disseminations/D9/report_cascade?"))
    lead.get(form)

    assert (lead.filled["staff_group"], lead.filled["about"]) == ("Health visitors", "item")
    chair.get("/obligations/LIF-RBM-10.ask/BOARD/partnership:partnership")
    assert "/returns/ask?kind=training_strategy" in chair.links


def test_an_obligation_says_what_met_it_and_what_undid_that(visit, seeded):
    """What was met and is owed again says so in the words of the field, in its list and its cell, and shows both events in its history."""
    seeded.act("board-manager", "constitute_sub_group", "training", name="Training", terms_of_reference=None)
    asked = {"kind": "training_strategy", "respondent": "training", "period": "2017", "due_on": "2017-09-30", "question_set": None}
    seeded.act("chair", "request_return", "training_strategy-2017-training", **asked, legal_basis=None, shared_with=[])
    seeded.clock.advance(days=7)
    seeded.act("chair", "waive_return", "training_strategy-2017-training", reason="There is one already")
    seeded.catch_up()
    who = visit("chair")
    words = who.text("/obligations/LIF-RBM-10.ask/BOARD/partnership:partnership")

    for said in ("How it stands Open Was met on 14 March 2017: a return is asked for Event",
                 "Undone on 21 March 2017: the return is waived Event", "shows that it was done, but for what was undone",
                 "Requested: Training strategy 2017, Training", "Waived: Training strategy 2017, Training"):  # fmt: skip
        assert said in words
    assert "Certificate of absence" not in words
    assert "Was met on 14 March 2017: a return is asked for" in who.text("/obligations?clause=LIF-RBM-10")
    assert "1 was met, and that was undone" in who.text("/compliance?part=LIF-RBM")


def test_an_obligation_about_a_thing_leads_to_the_form(visit, seeded):
    """What is owed about a thing has the form of that thing itself under what can be done now, as soon as it is asked for."""
    _section_11(seeded)
    lead, chair = visit("riv-lead"), visit("chair")
    lead.get("/obligations?clause=LIF-AGX-11")
    page = next(link for link in lead.links if link.endswith("return%3As11-2017-RIV"))

    assert "What meets it Met when the return is submitted" in lead.text(page)
    assert "/returns/s11-2017-RIV/submit_return" in lead.links
    chair.get(page)
    assert "/returns/s11-2017-RIV/submit_return" not in chair.links


def test_an_obligation_offers_nothing_that_would_be_refused_and_says_who_can(visit, seeded):
    """What a participant alone can say is not offered to the lead of their agency, who is told who says it; the manager enters it."""
    held(seeded, count=1)
    seeded.clock.advance(days=100)
    seeded.act("board-manager", "issue_follow_up", "S1", number="1")
    seeded.catch_up()
    path, form = "/obligations/LIF-APPC-PR-05/RIV/session:S1/1", "/sessions/S1/return_follow_up"
    lead, manager = visit("riv-lead"), visit("board-manager")

    words = lead.text(path)
    assert "Only number 1 of S1 says that, by their link, or on paper through the board manager" in words
    assert not [link for link in lead.links if link.startswith(form)]
    manager.get(path)
    assert f"{form}?shared_with_colleagues=yes&number=1" in manager.links

    view = lead.text(form)
    assert "Manager view" in view
    assert "Manager view (optional)" not in view
    assert "Impact" not in view
    assert "None Some Marked or Not said" in manager.text(form)
    assert lead.send(form, {"number": "1", "manager_view": "She asks the child now"}).status_code == 303, lead.words


def test_every_cell_of_the_grid_opens(visit):
    """Each says in words how many stand how, and leads to them; what a sub-group would owe that there is none of is the Board's."""
    who = visit("chair")
    words = who.text("/compliance")
    cells = [link for link in who.links if link.startswith("/obligations?clause=")]

    assert "1 open" in words
    assert "1 of 1" not in words
    assert "Not asked yet" in words
    assert len(cells) > 20
    for link in cells[:3]:
        assert who.get(link).status_code == 200
        assert "1 to" in who.words
    who.get("/compliance?part=LIF-TRN")
    theirs = [link for link in who.links if link.startswith("/obligations?clause=LIF-TRN-10")]
    assert theirs == ["/obligations?clause=LIF-TRN-10&owner=BOARD&only=all"]
    assert "The Board, which has no Training sub-group" in who.text(theirs[0])


def test_an_agency_sees_its_own_alone(visit):
    """A designated lead finds what their agency owes on every one of these pages, and nothing of what another does."""
    who = visit("riv-lead")
    for path in ("/obligations", "/obligations?owner=CQH", "/compliance", "/obligations/LIF-RBM-03"):
        assert "Coombe Quay" not in who.text(path)
    assert "Riverside Community Health" in who.text("/compliance")
    assert who.get("/obligations/LIF-RBM-03/CQH/2016-09-05..2017-03-04").status_code == 404


def test_home_says_what_is_owed_in_the_frameworks_words(visit):
    """What an office owes stands at home in the order of its due date, in the words of the clause, with the basis of the date."""
    words = visit("riv-lead").text("/")

    assert "5 September 2016 to 4 September 2017" in words
    assert "suitably recruited, qualified and enabled to safeguard children" in words
    assert "Set locally" in words


def test_home_says_of_what_the_next_step_is_anothers(visit, seeded):
    """What cannot be answered before the Board asks says so until it does; what others record says who; what is one's own says nothing."""
    lead = visit("riv-lead")
    audit = re.compile(r"\( LIF-AGX-01\) (The next step is not yours. Once the Board asks for it)?")
    words = lead.text("/")
    assert audit.search(words)[1]
    assert "( LIF-AGX-08) The next step is not yours. Recorded by others: board manager, sub-group chair, trainer" in words
    assert "(LIF-TRN-02) Later" in words  # of an action it is theirs
    said = {"kind": "workforce_assurance", "respondent": "RIV", "period": "2016", "due_on": "2017-03-31"}
    seeded.act("chair", "request_return", "workforce_assurance-2016-RIV", **said)
    seeded.catch_up()

    assert audit.search(lead.text("/"))[1] is None


def test_what_is_coming_due_stands_first_at_home_and_can_be_chosen(visit, seeded):
    """What is due soon stands before what is overdue, under headings of their own, and the list of what is owed can be narrowed to it."""
    _section_11(seeded)
    who = visit("riv-lead")
    words = who.text("/")
    places = [
        words.index(said)
        for said in ("Due in the next 28 days", "Section 11 audit 2017, Riverside", "Overdue, the most recent first", "Later")
    ]

    assert places == sorted(places)
    boards = visit("chair").text("/")
    assert "With no day stated Owed since 5 September 2016 " in boards[boards.index("Later") :]
    coming = who.text("/obligations?only=coming")
    assert "Section 11 audit 2017, Riverside" in coming
    assert "Due 4 March 2017" not in coming
    assert "days late" not in coming


def test_the_boards_figures_count_what_is_overdue_of_the_framework(visit):
    """Beside the overdue actions home counts the overdue obligations, and the figure opens as many of them."""
    who = visit("chair")
    number = re.search(r"([\d,]+) obligations overdue", who.text("/"))

    assert number
    assert "/obligations?state=overdue" in who.links
    assert f"of {number[1]} obligations" in who.text("/obligations?state=overdue")


def test_two_participants_of_a_session_are_told_apart(visit, seeded):
    """What is owed about each of several participants says which one, in the words of the field and never as an item."""
    course = {"title": "Neglect", "level": "core", "format": "1 day", "provider": "The Board", "skills": "To ask", "follow_up_owed": True}
    seeded.act("board-manager", "offer_course", "C1", **course, because_of=["SB-2015-01/F1"])
    seeded.act("trainer", "schedule_session", "S-1", course="C1", planned_on="2017-03-14", trainers=["trainer"], capacity=16)
    seeded.act("trainer", "deliver_session", "S-1")
    for office, agency in (("riv-lead", "RIV"), ("cqh-lead", "CQH")):
        who = {"participant": str(seeded.people[office]), "agency": agency, "staff_group": "nurses"}
        seeded.act("trainer", "record_attendance", "S-1", **who)
    seeded.catch_up()
    words = visit("chair").text("/obligations?only=all&clause=LIF-TRN-08")

    assert "Participant 1" in words
    assert "Participant 2" in words
    assert "Item" not in words


def test_a_line_at_home_names_the_item():
    """Where something is said in one line, the thing and its item stand in it, or two lines would read alike."""
    assert (
        in_a_line([{"text": "S-1 Neglect", "href": "/sessions/S-1"}, {"text": "Participant 2", "quiet": True}])
        == "S-1 Neglect, Participant 2"
    )
    assert in_a_line("At least one course") == "At least one course"


def test_an_agencys_page_says_what_it_owes_and_did(visit):
    """The page of an agency counts what was asked of it by how it stands, and shows what is open; another agency is not shown it."""
    who = visit("riv-lead")
    own, other = who.text("/agencies/RIV"), who.text("/agencies/CQH")

    assert "What it owes" in own
    assert "Of all that was asked of it" in own
    assert "What it owes" not in other


def test_a_file_holds_all_that_it_is_of_or_is_refused(visit, monkeypatch):
    """More obligations than are given as one file are none that stops in the middle: the refusal says how many there are."""
    monkeypatch.setattr(listing, "MOST", 3)
    answer = visit("board-manager").client.get("/obligations?format=csv")

    assert answer.status_code == 413
    assert "narrow the list, or read it over the API" in answer.get_data(as_text=True)


def test_a_framework_whose_clauses_are_not_here_is_named_and_not_taken_for_one_that_asks_nothing(visit, seeded):
    """Where the Board has adopted a set of clauses that nobody has here, the list and the grid say that what it asks is not computed."""
    assert "is not computed here" not in visit("chair").text("/obligations")
    said = {"version": "2018", "sha256": "ab" * 32, "supersedes": "2016", "review_due": "2017-09-30", "provenance": "ours", "minute": None}
    seeded.act("chair", "adopt_framework", "partnership", **said)
    seeded.catch_up()

    for page in ("/obligations", "/compliance"):
        assert "What the framework in force asks is not computed here." in visit("chair").text(page), page
