"""The pages of the Board: each thing has one at the two clocks, and nobody sees on it what is not theirs."""

from __future__ import annotations

import re

import psycopg
import pytest

from api.pages.frame.entries import page_of
from tests.api.pages.whole import THINGS

PAGES = {kind: page_of(kind, ref) for kind, ref in THINGS.items()}
LISTS = ("/reviews", "/challenges", "/meetings", "/courses", "/resources", "/inspections", "/partnership")
NOT_CQHS = ("meeting", "challenge", "review", "action", "inspection", "subject", "return")
SAYS = {
    "/partnership": ("Severnbrook", "Local Safeguarding Children Board", "Half of the members", "Chair", "Riverside Community", "Neglect"),
    "/agencies/RIV": ("Riverside Community Health", "Section 11, Children Act 2004", "Riv lead", "1 owed of 1"),
    "/sub-groups/QEG": ("Quality and Effectiveness Group", "Oversees actions", "Quality chair"),
    "/offices/quality-chair": ("Held by The quality-chair", "Coombe Quay Hospital", "1 September 2016"),
    "/meetings": ("QEG-2016-09", "1 of 1 present: a quorum (1/2)"),
    "/meetings/QEG-2016-09": ("Present: Riverside Community Health", "Missed appointments", "A1 Follow up every", "1 on file"),
    "/priorities/2016-17": ("Neglect", "Quality chair", "SB-2015-01/F1"),
    "/courses": ("C1 Neglect", "Core, 1 day", "On offer", "SB-2015-01/F1"),
    "/courses/C1": ("To ask", "asked again after three months"),
    "/resources": ("R1 Library", "https://library.example/r1", "Nobody has looked yet", "To be looked at by 5 March 2017"),
    "/resources/R1": ("Every 6 months", "Nobody has said so yet"),
    "/challenges": ("CH-1 Why so late?", "Quality chair", "Riverside Community Health", "Not answered yet"),
    "/challenges/CH-1": ("It took a year", "A1 Follow up every missed appointment"),
    "/inspections": ("Inspection by Ofsted", "1 July 2015 to 5 September 2016", "Open until 1 October 2016"),
    "/inspections/inspector": ("Inspector", "Every agency", "Nothing."),
    "/reviews": ("SB-2016-09 Larch", "Serious case review", "What stops it closing"),
    "/reviews/SB-2016-09": (
        "Decided Conduct: serious case review, 5 September 2016 by Chair", "A child was seriously harmed: met",
        "Decide whether to conduct a review", "Done 5 September 2016, in time", "1 month from 1 September 2016", "Law",
        "No invitation is on record", "Decided 5 September 2016", "Report presented Not yet",
    ),
    "/reviews/SB-2015-01": ("F1: Missed appointments were not followed up", "A1 Follow up every missed appointment (A1): Riverside", "A2"),
}  # fmt: skip


@pytest.mark.parametrize("path", SAYS)
def test_the_pages_say_what_is_on_record(whole, path):
    """Each page of the Board gives the chair what is on record of its thing, and what was recorded, entry by entry."""
    words = whole("chair").text(path)

    assert [said for said in SAYS[path] if said not in words] == []


@pytest.mark.parametrize("path", [*LISTS, *PAGES.values()])
def test_every_page_stands_at_its_two_clocks(whole, path):
    """Each has its permanent address and says when it was current; before anything was recorded there is nothing of the thing."""
    who = whole("chair")
    who.text(path)
    assert any("known_at=" in link and link.startswith("http://localhost/") for link in who.links)

    before = who.get(f"{path}?as_at=2016-01-01")
    assert before.status_code == (200 if path in {*LISTS, "/keys"} else 404), who.words  # keys go by events, not by days


@pytest.mark.parametrize("kind", THINGS)
def test_what_is_another_agencys_is_not_there(whole, kind):
    """The lead of another agency finds no page of what is not theirs, in words that do not tell it from what never was; nor on a list."""
    who = whole("cqh-lead")
    code = who.get(PAGES[kind]).status_code

    assert code == (404 if kind in NOT_CQHS else 200)
    if code == 404:
        assert all(f'{PAGES[kind]}"' not in who.client.get(path).get_data(as_text=True) for path in LISTS)


def test_a_meeting_without_a_quorum_says_so(sign_in):
    """Of two members one was there: the meeting's page and the list say that it was too few, by the quorum of the day."""
    who = sign_in("chair")
    attendance = [{"agency": "RIV", "attendance": "absent"}]
    who.seeded.act("chair", "hold_meeting", "B-1", body="BOARD", attendance=attendance, agenda=[], evidence=[])
    who.seeded.catch_up()

    assert "0 of 2 present No quorum (1/2)" in who.text("/meetings/B-1")
    assert "0 of 2 present No quorum (1/2)" in who.text("/meetings")


def test_an_inspector_opens_every_page_and_can_do_nothing(whole):
    """The inspector reads each page within the inspection, is offered nothing, and no form opens."""
    who = whole("inspector")

    for kind, path in PAGES.items():
        assert who.get(path).status_code == 200, (kind, who.words)
        assert "Nothing: as it stands" in who.words or "Nothing: this page shows another day" in who.words, kind
    assert who.get("/reviews/new").status_code == 403
    assert who.post("/reviews/SB-2016-09/pause_review", {}).status_code in {400, 403}


@pytest.mark.parametrize("path", ["/", "/inspections", "/inspections/inspector", "/reviews", "/replay"])
def test_an_inspection_that_has_ended_says_so_on_every_page(sign_in, path):
    """After the last day the inspector reads in place of each page on which day the inspection ended, and whom to ask."""
    who = sign_in("chair")
    who.seeded.open_inspection(expires_on="2016-09-10")
    who.seeded.catch_up()
    who = sign_in("inspector")
    assert who.get(path).status_code == 200
    who.seeded.clock.advance(days=6)

    assert who.get(path).status_code == 403
    assert "Your inspection ended on 10 September 2016" in who.words
    assert "ask the chair or the board manager, who can open another (an inspection sees the days that it covers" in who.words


def test_an_entry_from_before_an_inspection_says_so(sign_in):
    """The earlier entries of an action that stood on the days covered are marked; no step leads from them to others of then."""
    who = sign_in("chair")
    who.seeded.clock.advance(days=2)
    who.seeded.open_inspection(covers_from="2016-09-06", ceiling="2016-09-07")
    who.seeded.act("riv-lead", "accept_action", "A1")
    who.seeded.catch_up()
    assert "Before the first day of your inspection" not in who.text("/actions/A1")
    who = sign_in("inspector")

    assert "Before the first day of your inspection: shown because" in who.text("/actions/A1")
    assigned = next(link for link in who.links if link.startswith("/events/21"))
    assert "Before the first day of your inspection" in who.text(assigned)
    assert not [link for link in who.links if link.startswith(("/events/20", "/events/22"))]


def test_who_holds_an_office_is_told_to_those_who_may_know(whole):
    """A trainer reads which offices there are, and nobody's name; the chair reads the names."""
    for path in ("/partnership", "/offices/quality-chair", "/agencies/CQH", "/sub-groups/QEG"):
        whole("chair").get(path)
        assert "The quality-chair" in whole("chair").text(path)
        assert "The quality-chair" not in whole("trainer").text(path)


def test_an_inspector_is_told_a_name_where_they_open_it_and_it_goes_on_record(sign_in):
    """The list of offices names nobody to an inspector; an office's page does, and that it was opened is on record (INV-41)."""
    who = sign_in("chair")
    who.seeded.open_inspection()
    who.seeded.catch_up()
    who = sign_in("inspector")
    assert "The quality-chair" not in who.text("/partnership").partition("What was recorded")[0]
    before = who.recorded
    assert "The quality-chair" in who.text("/offices/quality-chair")
    with psycopg.connect(who.seeded.config.conninfo("reader")) as conn:
        topics = conn.execute("SELECT topic FROM ledger.event WHERE position > %s", (before,)).fetchall()

    assert topics == [("inspection.evidence_disclosed.v1",)]


def test_what_is_restricted_in_a_review_is_for_named_roles(whole):
    """How somebody of the family is related stands on the page for the chair, and nowhere for a reader without that right."""
    assert "grandmother" in whole("chair").text("/reviews/SB-2016-09")
    assert whole("trainer").get("/reviews/SB-2016-09").status_code == 404
    words = whole("riv-lead").text("/reviews/SB-2016-09")
    assert "No invitation is on record" in words


def test_a_review_begins_with_what_stops_it_and_folds_what_is_looked_up(whole):
    """What stops it closing, and its clocks, stand above its findings; the rest folds under headings."""
    who = whole("chair")
    words = who.text("/reviews/SB-2016-09")
    order = ["Notified", "What stops it closing", "Clocks", "Findings", "How it came about", "What was recorded"]
    folded = re.findall(r'<details class="govuk-details muniment-folded"[^>]*>.*?<h2[^>]*>([^<]+)</h2>', who.page, re.DOTALL)

    assert sorted(order, key=words.index) == order
    assert folded[:2] == ["How it came about", "The clocks, and by what right they run"]
    assert {"Who took part", "This review on another day"} <= set(folded)
    assert "Referred by Riverside Community Health" in words


@pytest.mark.parametrize("office", ["quality-chair", "trainer", "inspector", "riv-lead"])
def test_no_list_leads_where_its_reader_may_not_go(whole, office):
    """Each link in the middle of a list opens for whoever reads it: nothing is offered that would be refused."""
    who = whole(office)
    for path in ("/reports", "/partnership", "/courses", "/resources", "/inspections/inspector"):
        if who.get(path).status_code != 200:
            continue
        main = who.page.partition("<main")[2].partition("</main")[0]
        led = {href for href in re.findall(r'href="(/[^"#?]*(?:\?kind[^"]*)?)"', main) if not href.startswith(("/api", "/static"))}
        assert {href: status for href in led if (status := who.get(href).status_code) >= 400} == {}


def test_two_offices_of_one_title_are_told_apart(sign_in, seeded):
    """Two trainers who are both called so stand with whose each is; of one employer, with the codes of their offices."""
    seeded.join("trainer-riv", "trainer", None, "RIV", title="Trainer")
    seeded.catch_up()
    who = sign_in("chair")
    assert "Trainer, Riverside Community Health" in who.text("/partnership")
    assert "Trainer, Coombe Quay Hospital" in who.words

    seeded.join("trainer-riv-2", "trainer", None, "RIV", title="Trainer")
    seeded.catch_up()
    assert "Trainer, trainer-riv-2" in who.text("/partnership")


def test_the_tracker_filters_by_kind_regime_and_standing(whole):
    """Each filter of the tracker leaves what matches it."""
    who = whole("chair")
    everything = "SB-2015-01 Alder", "SB-2016-09 Larch"
    for query, left in (("status=in+progress", [False, True]), ("kind=serious case review", [True, True]), ("only=ended", [False, False])):
        words = who.text(f"/reviews?{query}")
        assert [one in words for one in everything] == left, query


@pytest.mark.parametrize(("office", "there"), [("chair", True), ("riv-lead", False), ("inspector", True)])
def test_the_menu_leads_to_what_a_role_is_for(whole, office, there):
    """Each group is on everybody's menu, and the pages of the one that is open; inspections on that of those whom they concern."""
    who = whole(office)
    who.get("/partnership")

    assert {"/obligations", "/reviews", "/disseminations", "/returns", "/partnership", "/meetings", "/replay"} <= set(who.links)
    assert ("/inspections" in who.links) == there


def test_the_register_leads_with_whether_it_lasts(sign_in):
    """Of what was signed off, tested again and held, each number opens the rows that it counts."""
    who = sign_in("chair")
    assert "Nothing has been signed off yet" in who.text("/actions")
    assert "0 signed off now" in who.words  # told apart from all that ever were, some of which were reopened

    who.text("/actions?only=ever-signed-off")
    assert "No actions are left by these filters" in who.words
