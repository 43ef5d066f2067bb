"""The record as pages show it: the register, an action, an event down to its statement, and what is withheld from whom."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from base64 import b64encode
from datetime import date

import psycopg
import pytest

from aggregates.action import Action
from tests.api.pages.conftest import a_file
from tests.api.pages.test_acting import implemented
from tests.boards import assign


def rows(page: str) -> list[str]:
    """Return the references of the actions that a register shows, in its order."""
    return [
        part.partition('"')[0].partition("?")[0] for part in page.split('class="govuk-link muniment-register__title" href="/actions/')[1:]
    ]


def test_the_register_shows_what_the_reader_may_see(reader):
    """The Board sees every action, a designated lead only their own agency's, also where they ask for another's."""
    seen = {}
    for office, path in (("chair", "/actions"), ("riv-lead", "/actions"), ("riv-lead", "/actions?owner=CQH"), ("cqh-lead", "/actions")):
        who = reader(office)
        who.get(path)
        seen[office, path] = rows(who.page)

    assert seen == {
        ("chair", "/actions"): ["A1", "A2"],
        ("riv-lead", "/actions"): ["A1"],
        ("riv-lead", "/actions?owner=CQH"): [],
        ("cqh-lead", "/actions"): ["A2"],
    }


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("sort=ref&order=descending", ["A2", "A1"]),
        ("owner=CQH", ["A2"]),
        ("overseen_by=QEG", ["A1", "A2"]),
        ("status=accepted", []),
        ("sort=nonsense&page=nonsense", ["A1", "A2"]),
        ("status=nonsense", []),
        ("only=nonsense", []),
        ("only=overdue", []),
        ("only=open", ["A1", "A2"]),
        ("only=signed-off", []),
        ("only=held", []),
        ("source=SB-2015-01", ["A1", "A2"]),
        ("page=2", []),
    ],
)
def test_the_register_filters_and_sorts(reader, query, refs):
    """Each filter leaves what it names, and one that names nothing leaves nothing."""
    who = reader("chair")

    assert who.get(f"/actions?{query}").status_code == 200
    assert rows(who.page) == refs


def test_the_register_opens_on_what_is_still_owed(sign_in):
    """What is owed stands first in the order of its due date, also over the API; whoever sorts by due date finds all of it by that."""
    who = sign_in("chair")
    assign(who.seeded, "A0", due_on="2016-10-01")
    who.seeded.act("chair", "withdraw_action", "A0", reason="Not needed")
    who.seeded.catch_up()

    for path, refs in (("/actions", ["A1", "A2", "A0"]), ("/actions?sort=due", ["A0", "A1", "A2"])):
        who.get(path)
        assert rows(who.page) == refs, path
    first = who.client.get("/api/v1/actions?sort=owed&limit=2").json
    following = who.client.get(f"/api/v1/actions?sort=owed&limit=2&after={first['items'][-1]['ref']}").json
    assert [one["ref"] for page in (first, following) for one in page["items"]] == ["A1", "A2", "A0"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/actions?status=closed", ["No actions are left by these filters", "Standing: Closed", "Without “Standing”: 2 actions"]),
        (
            "/actions?status=closed&owner=RIV",
            ["left by these filters", "Clear the filters", "Owned by: Riverside Community Health", "”: 0 actions", "”: 1 action"],
        ),
        ("/actions?only=nonsense", ["Show: “nonsense”, which is none of the choices", "Without “Show”: 2 actions"]),
        ("/actions?source=NONE-1", ["From review: “NONE-1”, which is none of the choices"]),
        ("/actions?page=9", ["There is no such page", "The list has 2 actions"]),
        (
            "/reviews?status=nonsense",
            ["No reviews are left by these filters", "Standing: “nonsense”, which is none", "”: 1 review"],
        ),
        ("/reviews?only=paused&kind=serious+case+review", ["Show: Paused", "Kind: Serious case review", "Clear the filters"]),
        ("/reviews?page=9", ["There is no such page", "The list has 1 review"]),
        ("/meetings?page=9", ["No meeting was on record"]),
        ("/returns?kind=s11&late=yes", ["No returns are left by these filters", "Clear the filters"]),
    ],
)
def test_what_leaves_nothing_is_named_with_the_way_to_clear_it(reader, path, said):
    """Where filters leave nothing each is named in words, with how many rows there are without it; a page past the last is said too."""
    words = reader("chair").text(path)

    assert [one for one in said if one not in words] == [], words


def test_a_filter_that_is_cleared_leaves_the_others(reader):
    """The way out of a filter that leaves nothing keeps the other filters and opens the rows that it counts."""
    who = reader("chair")
    who.text("/actions?status=closed&owner=RIV")
    link = next(link for link in who.links if link.startswith("/actions?owner=RIV") and "status" not in link)

    assert (who.get(link).status_code, rows(who.page)) == (200, ["A1"])


def test_each_figure_opens_the_rows_that_it_counts(sign_in):
    """What a figure counts is what its link lists, also where the page shows only some of the rows."""
    who = sign_in("chair")
    who.seeded.act("riv-lead", "accept_action", "A1")
    who.seeded.clock.advance(days=120)
    who.seeded.catch_up()
    for shown in ("/actions", "/actions?only=signed-off", "/actions?only=overdue&owner=RIV"):
        who.get(shown)
        numbers = [int(n) for n in re.findall(r'muniment-figures__number">(\d+)', who.page)]
        counted = list(zip(numbers, [link for link in who.links if "only=" in link and not link.startswith("/actions.csv")], strict=False))
        listed = [(who.get(link).status_code, len(rows(who.page))) for _, link in counted]
        assert listed == [(200, number) for number, _ in counted], shown


ASSIGNED = {"A1": 21, "A2": 22}  # the events that set when they are due


def test_the_standing_opens_the_act_that_brought_it_there(sign_in):
    """The act that brought an action where it stands is no report since, nor what the service did itself; date and sign-off open theirs."""
    who = sign_in("chair")
    implemented(who.seeded)
    returned = who.seeded.act("quality-chair", "return_evidence", "A1", reason="The sample is too small").positions[-1]
    who.seeded.act("riv-lead", "report_progress", "A1", rag="amber", narrative="A larger sample is drawn")
    implemented(who.seeded, "A2", "cqh-lead")
    signed = who.seeded.act("chair", "sign_off_action", "A2", effect="Nine of ten").positions
    who.seeded.catch_up()
    who.get("/actions?sort=ref")
    opened = [int(link.rpartition("/")[2]) for link in who.links if link.startswith("/events/")]

    assert (len(signed), opened) == (3, [ASSIGNED["A1"], returned, ASSIGNED["A2"], signed[0], signed[0]])


def test_the_due_date_opens_the_act_that_set_it(sign_in):
    """What reopened an action set the date that holds; where the sign-off before it is retracted, it reopened nothing and set none."""
    who = sign_in("chair")

    def opens() -> int:
        who.seeded.catch_up()
        told = re.search(r"Event (\d+) ?, which set the date", who.text("/actions/A2"))
        return int(told[1]) if told else 0

    implemented(who.seeded, "A2", "cqh-lead")
    signed = who.seeded.act("chair", "sign_off_action", "A2", effect="Nine of ten")
    version = who.seeded.board.load(Action, "A2").version - len(signed.positions) + 1
    who.seeded.clock.advance(days=200)
    held = who.seeded.board.receive(a_file()[0], "audit.pdf", who.seeded.callers["chair"])
    file = {"sha256": held.sha256, "title": "Audit of ten files", "evidence_date": "2016-09-02"}
    looked = {"method": "audit", "evidence": [file], "result": "slipped", "unintended_consequences": None}
    who.seeded.act("chair", "record_sustainment_check", "A2", **looked)
    again = who.seeded.act("chair", "reopen_action", "A2", reason="Staff have changed", due_on="2017-10-30").positions[0]
    assert opens() == again
    who.seeded.act("chair", "retract_entry", "A2", about="action", amends=version, reason="Signed too early")
    assert opens() == ASSIGNED["A2"]


def test_a_retraction_is_noted_beside_the_standing_that_it_restores(sign_in):
    """After its sign-off was retracted an action stands where it stood before, and the row names what was retracted, when and why."""
    who = sign_in("quality-chair")
    implemented(who.seeded)
    signed = who.seeded.act("quality-chair", "sign_off_action", "A1", effect="Nine of ten").positions[0]
    version = who.seeded.board.load(Action, "A1").version - 2
    who.seeded.act("quality-chair", "retract_entry", "A1", about="action", amends=version, reason="Signed too early")
    who.seeded.catch_up()
    words = who.text("/actions?owner=RIV")

    assert "Implemented, awaiting sign-off" in words
    assert f"/events/{signed - 1}" in who.links
    assert "Signed off 5 September 2016: Retracted on 5 September 2016" in words
    assert "Reason: Signed too early" in words


def test_the_register_pages_on_the_server(sign_in):
    """Twenty-five actions stand on a page; the next and the one before keep filters, order and clocks."""
    who = sign_in("chair")
    for number in range(3, 31):
        assign(who.seeded, f"A{number}")
    who.seeded.catch_up()
    who.get("/actions?sort=ref&as_at=2016-09-05&only=open")
    first, following = rows(who.page), next(link for link in who.links if "page=2" in link)
    who.get(following)
    second = rows(who.page)

    assert first + second == [f"A{number}" for number in range(1, 31)]
    assert {"sort=ref", "as_at=2016-09-05", "only=open", "page=2"} == set(following.partition("?")[2].split("&"))
    assert any("page=1" in link for link in who.links)


def test_the_register_is_exported_whole_and_harmless(sign_in):
    """The export has every row that the filters leave, and nothing in it that a spreadsheet would run."""
    who = sign_in("chair")
    assign(who.seeded, "A3", title='=HYPERLINK("http://elsewhere.example","A3")')
    who.seeded.catch_up()
    response = who.client.get("/actions.csv?sort=ref")
    lines = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))

    assert response.mimetype == "text/csv"
    assert [line["reference"] for line in lines] == ["A1", "A2", "A3"]
    assert lines[2]["title"] == '\'=HYPERLINK("http://elsewhere.example","A3")'
    assert {line["as known at event"] for line in lines} == {str(who.recorded)}


def test_a_designated_leads_export_is_their_agencys(reader):
    """The export is separated as the page is."""
    lines = reader("riv-lead").client.get("/actions.csv").data.decode("utf-8-sig").splitlines()

    assert [line.partition(",")[0] for line in lines] == ["reference", "A1"]


@pytest.mark.parametrize("path", ["/actions", "/actions/A1", "/replay", "/events/3"])
@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("known_at=2016-09-04", 422, "Nothing had been recorded by 4 September 2016: the log begins on 5 September 2016"),
        ("as_at=2017-01-01", 422, "1 January 2017 is still to come: today is 5 September 2016"),
        ("known_at=2017-01-01", 422, "Nothing is known yet at 1 January 2017"),
        ("known_at=99999", 422, "Nothing is known yet at entry 99999"),
        ("as_at=yesterday", 400, "“yesterday” is not a date: write it as 14 November 2016"),
        ("known_at=soon", 400, "“soon” is neither a date nor the number of an event"),
        ("as_at=5%20September%202016", 200, "5 September 2016"),
    ],
)
def test_dates_that_cannot_be_shown_are_answered_in_words(reader, path, query, status, told):
    """What cannot be known, has not happened or is no date is said beside the form, and the page shows today."""
    who = reader("chair")

    assert who.get(f"{path}?{query}").status_code == status
    assert told in who.words


def test_dates_in_the_wrong_order_are_answered_in_words(sign_in):
    """Nobody could know a day before it came: the page says so."""
    who = sign_in("chair")
    who.seeded.clock.advance(days=10)
    who.seeded.act("riv-lead", "accept_action", "A1")
    who.seeded.catch_up()
    response = who.get("/actions?as_at=2016-09-15&known_at=2016-09-05")

    assert response.status_code == 422
    assert "On 5 September 2016 nobody could know the position on 15 September 2016" in who.words


def test_the_clocks_stay_in_every_link(reader):
    """Links to the record lead to the same day and the same knowledge."""
    who = reader("chair")
    who.get("/actions?as_at=2016-09-05&known_at=21")
    kept = [link for link in who.links if link.startswith(("/actions/", "/events/", "/actions.csv", "/actions?only"))]

    assert kept
    assert all("as_at=2016-09-05&known_at=21" in link for link in kept)


def test_an_action_tells_its_story_with_who_did_what(sign_in):
    """The page of an action has its facts, and each entry with the office, and the person's name for those who may know it."""
    it = sign_in("chair")
    it.seeded.act("riv-lead", "accept_action", "A1")
    it.seeded.catch_up()
    words = it.text("/actions/A1")

    for told in (
        "Owned by Riverside Community Health",
        "Finding 1",
        "16 December 2016",
        "by The riv-lead, Riv lead, Riverside Community Health",
    ):
        assert told in words


def test_who_did_it_is_no_name_for_a_trainer(sign_in):
    """A trainer reads offices, not people; and the personal field is withheld, with what it is sealed as."""
    it = sign_in("trainer")
    it.seeded.act("cqh-lead", "accept_action", "A2")
    it.seeded.catch_up()
    position = it.recorded

    assert "by Cqh lead, Coombe Quay Hospital" in it.text("/actions/A2")
    assert "The cqh-lead" not in it.page
    assert "Recorded by by_person Withheld from you Sealed as" in it.text(f"/events/{position}")
    assert "Recorded by by_person The cqh-lead" in sign_in("chair").text(f"/events/{position}")


def test_what_is_restricted_is_hidden_from_who_may_not_read_it(sign_in):
    """A narrative for named roles is there for the chair, and for a trainer only as a digest."""
    it = sign_in("trainer")
    it.seeded.act("cqh-lead", "accept_action", "A2")
    it.seeded.act("cqh-lead", "report_progress", "A2", rag="amber", narrative="Two of three wards")
    it.seeded.catch_up()

    assert "Two of three wards" not in it.text("/actions/A2") + it.text(f"/events/{it.recorded}")
    assert "Narrative narrative Withheld from you" in it.words
    assert "Two of three wards" in sign_in("chair").text(f"/events/{it.recorded}")


def test_an_erased_value_is_said_to_be_erased(sign_in):
    """Once a person's key is destroyed, the page says that the value is erased; the rest of the event stays."""
    it = sign_in("chair")
    with psycopg.connect(it.seeded.config.conninfo("owner"), autocommit=True) as conn:
        conn.execute("DELETE FROM sealed.value WHERE position = 21")
        conn.execute("DELETE FROM sealed.subject_key WHERE subject = %s", (it.seeded.people["chair"],))
    words = it.text("/events/21")

    assert "Recorded by by_person [erased" in words
    assert "Assigned" in words


def test_an_event_is_shown_down_to_the_bytes_that_were_sealed(reader):
    """The sealed entry on the page hashes to its leaf, which is the one in the log, and holds the statement that is shown."""
    who = reader("chair")
    who.get("/events/21")
    sealed = who.page.partition('aria-label="The sealed entry">')[2].partition("</pre>")[0].replace("&#34;", '"')
    with psycopg.connect(who.seeded.config.conninfo("reader")) as conn:
        row = conn.execute("SELECT leaf, entry FROM ledger.event WHERE position = 21").fetchone()

    assert sealed == bytes(row[1]).decode()
    assert hashlib.sha256(b"\0" + sealed.encode()).digest() == row[0]
    assert b64encode(row[0]).decode() in who.words.replace("&#43;", "+")
    assert json.loads(sealed)["stmt"] in who.page


def test_events_of_another_agency_do_not_exist(reader):
    """A designated lead steps past what is another agency's: there is no page of it, and no link to one."""
    who = reader("cqh-lead")

    assert (who.get("/events/21").status_code, who.get("/events/22").status_code) == (404, 200)
    assert "/events/21" not in who.links


def test_what_was_not_known_then_is_not_there_then(reader):
    """An event that came later does not exist for who asks what was known before."""
    assert reader("chair").get("/events/22?known_at=21").status_code == 404


def test_what_is_done_only_now_is_offered_only_now(sign_in):
    """A page that shows another day or an earlier knowledge offers no acts."""
    who = sign_in("riv-lead")
    who.seeded.clock.advance(days=1)

    assert "this page shows another day" in who.text("/actions/A1?as_at=2016-09-05")
    assert not any(link.startswith("/actions/A1/") for link in who.links)


def test_asking_what_can_be_done_changes_nothing(sign_in):
    """The decisions are only asked: the action's events and its state stay as they are."""
    who = sign_in("riv-lead")
    before = who.recorded, who.seeded.board.load(Action, "A1").version
    who.get("/actions/A1")

    assert (who.recorded, who.seeded.board.load(Action, "A1").version) == before


def test_a_replay_pages_through_what_later_knowledge_changed(sign_in):
    """What later knowledge changed is shown a page at a time, each once; of more events than a sentence holds it says how many."""
    who = sign_in("chair")
    first = who.seeded.catch_up()
    who.seeded.clock.advance(days=20)
    with who.seeded.board.together():
        for number in range(30):
            assign(who.seeded, f"Z{number:02}", due_on="2016-09-10", occurred_on=date(2016, 9, 5), late_reason="Found in a drawer")
    who.seeded.catch_up()
    path = f"/replay?as_at=2016-09-15&known_at={first}"
    pages = []
    while path:
        who.get(path)
        shown = who.page.partition('id="changed"')[2].partition('id="step"')[0]
        pages.append(re.findall(r"<h3[^>]*>.*?/actions/(Z\d\d)", shown, re.DOTALL))
        path = next((link for link in who.links if link.startswith("/replay?") and f"page={len(pages) + 1}" in link), "").partition("#")[0]

    assert ([len(page) for page in pages], len({ref for page in pages for ref in page})) == ([25, 5], 30)
    assert "1 to 25 of 30 actions" in who.text(f"/replay?as_at=2016-09-15&known_at={first}")
    assert "30 were recorded late" in who.words
    assert "and 10 more" in who.words
    assert "There is no such page" in who.text(f"/replay?as_at=2016-09-15&known_at={first}&page=9")
