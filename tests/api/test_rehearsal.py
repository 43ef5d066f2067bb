"""Rehearsal (domain B.8): an agency sees what an inspector would see of it, records nothing meanwhile, and steps out by one click."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pytest

from aggregates.errors import IdentifyingField
from aggregates.registry.inspection import InspectionOpen
from service.desk.refusals import (
    BeyondTheirOffice,
    MayNotRehearse,
    NotAllowed,
    NotAnInspector,
    NotFound,
    OnlyTheBoardManager,
    RehearsesOnly,
)
from tests.api.pages.conftest import browser
from tests.api.pages.whole import fill
from tests.api.test_role_matrix import FORMS, addresses

DAYS = {"covers_from": "2015-07-01", "ceiling": "2016-09-05", "expires_on": "2016-10-01"}
OF_RIV = DAYS | {"body": "Riverside", "purpose": "rehearsal", "agency": "RIV"}
SAID = {"rag": "amber", "narrative": "Two of three wards"}
INSET = re.compile(r"<(p|div)[^>]*govuk-inset-text.*?</\1>", re.DOTALL)  # whose inspection it is


@pytest.fixture
def board(seeded):
    """Give a board on which Riverside's lead has a rehearsal, given by the Board, and an action of theirs says something restricted."""
    seeded.act("riv-lead", "accept_action", "A1")
    seeded.act("riv-lead", "report_progress", "A1", **SAID)
    seeded.act("board-manager", "open_inspection", "riv-lead", **OF_RIV)
    seeded.catch_up()
    return seeded


def entered(who):
    """Enter the rehearsal, as a browser does."""
    who.get("/rehearsal")
    assert who.post("/rehearsal/enter", {}).status_code == 303
    return who


@pytest.fixture
def lead(app, board):
    """Give Riverside's lead, in their rehearsal."""
    return entered(browser(app, board, "riv-lead"))


@dataclass(frozen=True)
class Seen:
    """What an address answers: its status and what is in it, but for whose inspection it is."""

    status: int
    said: str


def seen(who, path):
    """Ask for an address."""
    answer = who.client.get(path, headers={"Accept": "text/html"})
    if answer.is_json and "items" in answer.json:
        return Seen(answer.status_code, str([item for item in answer.json["items"] if item.get("kind") != "inspection"]))
    who.page = INSET.sub("", answer.get_data().decode(errors="replace"))
    links = re.findall(r'href="([^"]*)"', who.page.partition("<main")[2].partition("</main")[0])
    return Seen(answer.status_code, "\n".join([who.words.removeprefix(f"{who.office.replace('-', ' ').capitalize()} "), *links]))


@pytest.mark.parametrize("who", [("riv-lead", "RIV", "/"), ("chair", None, "/api/")], ids=lambda who: who[0])
def test_who_rehearses_sees_what_an_inspector_would(app, seeded, routes, who):
    """Every address answers one in a rehearsal as it answers an inspector of the same scope; what the inspector opens is on record."""
    office, agency, of = who
    fill(seeded)
    seeded.act("chair", "open_inspection", office, **OF_RIV | {"agency": agency})
    seeded.act("chair", "close_inspection", "inspector", reason="Another scope")
    seeded.open_inspection(agency=agency)
    seeded.act("riv-lead", "accept_action", "A1")
    seeded.act("riv-lead", "report_progress", "A1", **SAID)
    seeded.catch_up()
    every = [
        path
        for path, rule, view in addresses(routes, "GET")
        if view.access not in {"public", "account"}
        and not rule.endpoint.startswith(FORMS)
        and "inspections" not in path
        and path != "/api-keys"
    ]
    paths = ["/", *(path for path in every if path.startswith(of))]
    they, one = entered(browser(app, seeded, office)), browser(app, seeded, "inspector")
    sizes, rehearsed = [they.recorded], {path: seen(they, path) for path in paths}
    sizes, inspected = [*sizes, they.recorded], {path: seen(one, path) for path in paths}

    assert {path: (rehearsed[path], inspected[path]) for path in paths if rehearsed[path] != inspected[path]} == {}
    assert {it.status for it in rehearsed.values()} >= {200, 404}
    assert sizes[0] == sizes[1] < they.recorded


def test_an_agency_rehearses_by_itself_and_steps_out_and_in(app, seeded):
    """One form of two dates opens it and enters it; one button leaves it, in the same session, and another enters it again."""
    who = browser(app, seeded, "riv-lead")
    seeded.catch_up()
    assert "/rehearsal" in (who.get("/") and who.links)
    form = who.get("/rehearsal") and who.filled
    begun = who.post("/rehearsal", form)
    seeded.catch_up()

    assert (begun.status_code, begun.location.partition("?")[0]) == (303, "/")
    words = who.text(begun.location)
    assert "You rehearse an inspection of Riverside Community Health" in words
    assert "Where to begin" in words
    assert "Your rehearsal covers 5 March 2015 to 5 September 2016, of one agency, and is open until 19 September 2016" in words
    assert "What an inspector opens of what is restricted is put on record" in words
    assert "Leave the rehearsal" in who.page
    assert who.get("/actions/A1/accept_action").status_code == 403
    assert "Leave the rehearsal" in who.page
    assert (who.post("/rehearsal/leave", {}).status_code, who.get("/actions/A1/accept_action").status_code) == (303, 200)
    assert "Leave the rehearsal" not in who.page
    assert "5 March 2015 to 5 September 2016" in who.text("/rehearsal")
    assert who.post("/rehearsal/enter", {}).status_code == 303
    assert "Leave the rehearsal" in (who.get("/") and who.page)


def test_the_rehearsal_is_on_record_for_the_agency_and_the_board(lead):
    """That it was opened is an event, which the Board sees, and the agency too; an inspector and other agencies do not."""
    lead.post("/rehearsal/leave", {})
    seeded, app = lead.seeded, lead.client.application
    for office, told in (("riv-lead", True), ("chair", True), ("cqh-lead", False)):
        who = browser(app, seeded, office)
        items = who.client.get("/api/v1/inspections").json["items"]
        feed = {(e["kind"], e["ref"]) for e in who.client.get("/api/v1/events").json["items"]}
        assert ([row["ref"] for row in items] == ["riv-lead"]) is told, office
        assert (("inspection", "riv-lead") in feed) is told, office
        assert (who.get("/inspections/riv-lead").status_code == 200) is told, office


def test_nothing_is_recorded_in_a_rehearsal(lead):
    """Read-only by construction: no page and no address of the API records anything, nor makes a key; nor does the service behind them."""
    size, seeded = lead.recorded, lead.seeded
    lead.get("/account")
    keyed = {"Idempotency-Key": "k1", "If-Match": "*", "X-CSRFToken": lead.hidden["csrf_token"]}
    tried = [
        lead.client.post("/api/v1/actions/A1/report_progress", json=SAID, headers=keyed),
        lead.client.post("/api/v1/actions/A1/report_progress", json=SAID | {"office": "riv-lead"}, headers=keyed),
        lead.client.post("/api/v1/inspections/riv-lead/close_inspection", json={"reason": "Done"}, headers=keyed),
        lead.post("/actions/A1/report_progress", SAID),
        lead.post("/api-keys", {"label": "mine", "may": "everything", "days": "365"}),
    ]

    assert [(it.status_code, "rehearsal" in it.text) for it in tried] == [(403, True)] * len(tried)
    for office, refusal, more in (("riv-lead", NotAllowed, {}), ("board-manager", OnlyTheBoardManager, {"on_behalf_of": "riv-lead"})):
        seeded.callers["rehearsing"] = replace(seeded.callers[office], rehearses=True)
        with pytest.raises(refusal):
            seeded.act("rehearsing", "report_progress", "A1", **SAID, **more)
    assert lead.recorded == size


def test_a_rehearsal_shows_no_other_agency(lead):
    """Hostile: another agency's action and its entries, a day beyond the ceiling, and the register of people."""
    lead.seeded.clock.advance(days=3)
    ask = lead.client.get

    assert [row["ref"] for row in ask("/api/v1/actions").json["items"]] == ["A1"]
    assert [ask(path).status_code for path in ("/api/v1/actions/A2", "/api/v1/actions/A2/history", "/actions/A2")] == [404] * 3
    assert ask("/api/v1/actions").json["clocks"]["as_at"] == "2016-09-05"
    beyond = ask("/api/v1/actions?as_at=2016-09-06")
    assert (beyond.status_code, beyond.json["type"]) == (403, "/problems/outside-inspection")
    for path in ("/api/v1/subjects", "/data-protection", "/reports"):
        assert ask(path).status_code == 403
    assert {"/data-protection", "/reports"}.isdisjoint(lead.get("/actions") and lead.links)


@pytest.mark.parametrize(
    ("by", "ref", "other", "refusal"),
    [
        ("riv-lead", "riv-lead", {"agency": "CQH"}, BeyondTheirOffice),
        ("riv-lead", "riv-lead", {"agency": None}, BeyondTheirOffice),
        ("board-manager", "riv-lead", {"agency": "CQH"}, BeyondTheirOffice),
        ("board-manager", "riv-lead", {"agency": None}, BeyondTheirOffice),
        ("riv-lead", "riv-lead", {"purpose": "inspection"}, RehearsesOnly),
        ("board-manager", "riv-lead", {"purpose": "audit"}, NotAnInspector),
        ("riv-lead", "cqh-lead", {}, RehearsesOnly),
        ("riv-lead", "inspector", {}, RehearsesOnly),
        ("board-manager", "trainer", {"agency": "CQH"}, MayNotRehearse),  # who may not read what is restricted
        ("board-manager", "nobody-there", {}, MayNotRehearse),
    ],
)
def test_nobody_rehearses_what_their_office_does_not_see(seeded, by, ref, other, refusal):
    """Hostile: a rehearsal of another agency, of everything, as an inspection, for another office, for who reads nothing restricted."""
    seeded.join("inspector", "inspector")
    with pytest.raises(refusal):
        seeded.act(by, "open_inspection", ref, **OF_RIV | other)


def test_who_may_not_rehearse_is_told_why(app, seeded):
    """The Board hears whose office it is and for whom rehearsing is; an office without a rehearsal, that none is open, and how one is."""
    with pytest.raises(MayNotRehearse, match="trainer may not rehearse an inspection: on 5 September 2016 a trainer holds it") as told:
        seeded.act("board-manager", "open_inspection", "trainer", **OF_RIV | {"agency": "CQH"})
    assert told.value.facts["roles"] >= {"chair", "designated lead"}
    who = browser(app, seeded, "riv-lead")
    who.get("/rehearsal")
    assert who.post("/rehearsal/enter", {}).status_code == 403
    assert "No rehearsal by riv-lead is open on 5 September 2016: whoever holds the office begins one" in who.words


def test_a_rehearsal_is_not_corrected_into_another(board):
    """Hostile: what it is of and for is never corrected, and nobody closes or amends another office's."""
    for wrong in ({"agency": "CQH"}, {"agency": None}, {"purpose": "inspection"}):
        with pytest.raises(IdentifyingField):
            board.act("board-manager", "correct_entry", "riv-lead", about="inspection", amends=1, corrected=wrong, reason="No")
    with pytest.raises(RehearsesOnly):
        board.act("cqh-lead", "close_inspection", "riv-lead", reason="No")
    with pytest.raises(NotFound):
        board.act("cqh-lead", "retract_entry", "riv-lead", about="inspection", amends=1, reason="No")
    with pytest.raises(InspectionOpen):
        board.act("riv-lead", "open_inspection", "riv-lead", **OF_RIV)
    board.act("riv-lead", "close_inspection", "riv-lead", reason="Other days")


def test_who_follows_in_the_office_rehearses_nothing_of_another_agency(lead):
    """Hostile: an office that passes to another agency's lead while its rehearsal is open shows them nothing of the first agency's."""
    seeded = lead.seeded
    seeded.act("board-manager", "stand_down_office_holder", "riv-lead", until_on="2016-09-05", reason="Moves")
    seeded.clock.advance(days=1)
    said = {"title": "Lead", "role": "designated lead", "body": "CQH", "employer": "CQH", "holder": str(seeded.people["riv-lead"])}
    seeded.act("board-manager", "appoint_office_holder", "riv-lead", **said, from_on="2016-09-06", until_on=None)
    seeded.catch_up()
    answer = lead.client.get("/api/v1/actions")

    assert (answer.status_code, answer.json["type"]) == (403, "/problems/beyond-their-office")


def test_after_its_last_day_or_its_closing_a_rehearsal_shows_nothing(lead):
    """Hostile: what has ended shows nothing, says so on a page from which one steps out, and is entered no more."""
    seeded = lead.seeded
    seeded.act("riv-lead", "close_inspection", "riv-lead", reason="Seen enough")
    closed = lead.get("/actions")
    told = lead.words

    assert (closed.status_code, lead.client.get("/api/v1/actions").json["type"]) == (403, "/problems/rehearsal-ended")
    assert "Your rehearsal ended on 5 September 2016: leave it" in told
    assert "Leave the rehearsal" in lead.page
    lead.post("/rehearsal/leave", {})
    assert "Begin the rehearsal" in (lead.get("/rehearsal") and lead.page)
    assert lead.post("/rehearsal/enter", {}).status_code == 403
    assert lead.get("/actions/A1").status_code == 200
    seeded.act("riv-lead", "open_inspection", "riv-lead", **OF_RIV)
    lead.get("/rehearsal")
    lead.post("/rehearsal/enter", {})
    seeded.clock.advance(days=27)
    assert lead.get("/actions").status_code == 403


def test_what_a_rehearsal_lends_ends_with_it(lead):
    """Hostile: out of it, whoever rehearsed has the rights of their office and no inspector's; whoever changes office has left it."""
    assert lead.client.get("/api/v1/inspections").json["items"]
    lead.post("/rehearsal/leave", {})
    assert [lead.get(path).status_code for path in ("/data-protection", "/reports", "/actions/A2")] == [403, 403, 404]
    lead.get("/rehearsal")
    lead.post("/rehearsal/enter", {})
    lead.get("/office")
    assert lead.post("/office", {"office": "riv-lead"}).status_code == 303
    assert "Leave the rehearsal" not in (lead.get("/") and lead.page)


def test_who_cannot_rehearse_finds_no_way_in(app, seeded):
    """A trainer, an inspector and a chair of a sub-group are refused the page, and nobody is invited to inspect by a rehearsal."""
    seeded.open_inspection()
    seeded.act("board-manager", "open_inspection", "riv-lead", **OF_RIV)
    seeded.catch_up()
    for office in ("trainer", "inspector", "quality-chair"):
        who = browser(app, seeded, office)
        assert who.get("/rehearsal").status_code == 403
        who.get("/account")
        assert who.post("/rehearsal/enter", {}).status_code == 403
    chair = browser(app, seeded, "chair")
    assert "/inspections/riv-lead/invite" not in (chair.get("/inspections/riv-lead") and chair.links)
    chair.get("/inspections/riv-lead/invite")
    assert chair.post("/inspections/riv-lead/invite", {}).status_code == 422
    assert "riv-lead is the office of a designated lead, who signs in and rehearses" in chair.words
