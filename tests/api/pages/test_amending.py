"""Putting right: there is no edit button; corrections, retractions and proposals are entries, and the old ones stay readable."""

from __future__ import annotations

from io import BytesIO

import pytest

from aggregates.action import Action
from api.pages.acting.rows import ROWS
from tests.api.acts import EVALUATION, FILE, PDF
from tests.api.acts import returns as of_returns
from tests.api.pages.conftest import day
from tests.api.pages.test_acting import implemented
from tests.api.pages.whole import HASH, fill

ASSIGNED_TO_CQH = 22  # the event with which A2 was assigned, a decision of the chair
TODAY = day("act.occurred_on", 2016, 9, 5)


@pytest.fixture
def reported(sign_in):
    """Give the lead's browser and the event of a report that says 320 where 32 is meant."""
    who = sign_in("riv-lead")
    who.seeded.act("riv-lead", "accept_action", "A1")
    done = who.seeded.act("riv-lead", "report_progress", "A1", rag="amber", narrative="Reach: 320 practitioners")
    who.seeded.catch_up()
    return who, done.positions[-1]


def test_a_correction_shows_both_values(reported):
    """Who made an entry corrects it: what was recorded and what is right both stay on the page."""
    who, position = reported
    who.get(f"/events/{position}")
    assert f"/events/{position}/correct" in who.links

    response = who.send(f"/events/{position}/correct", filled(narrative="Reach: 32 practitioners"))
    who.seeded.catch_up()
    words = who.text(response.location)

    assert response.status_code == 303
    assert "Narrative: recorded as Reach: 320 practitioners, now Reach: 32 practitioners" in words
    assert "Later corrected on 5 September 2016" in words


def filled(**corrected: str) -> dict[str, str]:
    """Return the form of a correction of the report, filled in."""
    said = {"rag": "amber", "narrative": "Reach: 320 practitioners"} | corrected
    fields = {f"corrected-{name}": value for name, value in said.items()} | day("corrected-occurred_on", 2016, 9, 5)
    return fields | {"reason": "Typing error"} | TODAY


def test_a_correction_that_changes_nothing_is_refused(reported):
    """A correction says what was wrong."""
    who, position = reported
    before = who.recorded

    assert who.send(f"/events/{position}/correct", filled()).status_code == 422
    assert ("Nothing is changed above" in who.words, who.recorded) == (True, before)


def test_the_form_shows_what_stands(reported):
    """The form of a correction holds the values as they stand."""
    who, position = reported
    who.get(f"/events/{position}/correct")

    assert "Reach: 320 practitioners" in who.page
    assert 'name="corrected-occurred_on-day"' in who.page


def test_a_retracted_entry_no_longer_counts(reported):
    """A retraction takes the entry out of the position, not out of the record."""
    who, position = reported
    who.send(f"/events/{position}/retract", {"reason": "Entered for the wrong action", **TODAY})
    who.seeded.catch_up()

    assert who.seeded.board.load(Action, "A1").state.status.word == "accepted"
    assert "Retracted on 5 September 2016" in who.text(f"/events/{position}")


def test_a_decision_is_amended_by_two(sign_in):
    """The manager cannot retract another office's sign-off, and reads why; the manager proposes it, and the chair makes it."""
    manager, chair = sign_in("board-manager"), sign_in("chair")
    implemented(manager.seeded)
    signed = manager.seeded.act("quality-chair", "sign_off_action", "A1", effect="Nine of ten").positions[0]
    manager.seeded.catch_up()
    manager.get(f"/events/{signed}")
    assert "propose the amendment, and the chair makes it" in manager.words
    assert manager.send(f"/events/{signed}/retract", {"reason": "Signed by the owner", **TODAY}).status_code == 422
    manager.send(f"/events/{signed}/propose", {"act.what": "retract", "reason": "Signed by the owner", **TODAY})
    manager.seeded.catch_up()
    proposal = manager.recorded
    assert "Decide on the amendment proposed for A1" in chair.text("/")
    assert f"/events/{proposal}" in chair.links

    chair.get(f"/events/{proposal}")
    link = next(link for link in chair.links if "proposal=" in link)
    made = chair.send(link, {"reason": "Signed by the owner", **TODAY})

    assert (link, made.status_code) == (f"/events/{signed}/retract?proposal={proposal}", 303)
    assert chair.seeded.board.load(Action, "A1").state.status.word == "implemented"


def test_registrations_are_not_amended_on_a_page(reader):
    """Nothing corrects or retracts the registration of a person or a key."""
    who = reader("board-manager")

    assert who.get("/events/2/correct").status_code == 404
    assert "If it is wrong" not in who.text("/events/2")


def test_another_agencys_entry_cannot_be_amended_because_it_does_not_exist(reader):
    """A lead finds no form for an entry of another agency's action."""
    assert reader("cqh-lead").get("/events/21/retract").status_code == 404


@pytest.mark.parametrize(
    ("office", "act", "told"),
    [
        ("trainer", "correct", "was made by Chair, and is not yours to amend (a decision is amended by whoever made it"),
        (
            "cqh-lead",
            "retract",
            "was made by Chair, and is not yours to amend (a decision is amended by whoever made it",
        ),
        (
            "cqh-lead",
            "propose",
            "was made by Chair, and is not yours to amend (a decision is amended by whoever made it",
        ),
        ("board-manager", "retract", "is a decision of Chair: propose the amendment, and the chair makes it"),
    ],
)
def test_a_form_that_is_never_theirs_is_one_sentence(reader, office, act, told):
    """Who can never amend an entry reads whose it is, in a sentence, where the form would be; nothing is there to fill in."""
    who = reader(office)
    response = who.get(f"/events/{ASSIGNED_TO_CQH}/{act}")

    assert (response.status_code, told in who.words) == (403, True), who.words
    assert 'name="reason"' not in who.page


def answered(act):
    """Answer and moderate a return; give the events with their lists."""
    act("chair", "request_return", of_returns.REF, **{name: said for name, said in of_returns.REQUEST.items() if name != "ref"})
    submitted = act("riv-lead", "submit_return", of_returns.REF, **of_returns.ANSWER, evidence=[])
    moderated = act("quality-chair", "moderate_return", of_returns.REF, grades=of_returns.GRADES, panel="Quality panel")
    return {"answers": submitted, "self_grades": submitted, "grades": moderated}


def sent(act):
    """Send something out; give the events with their lists."""
    groups = [{"group": "Health visitors", "basis": "need_to_know"}]
    item = {"title": "Neglect", "kind": "poster", "source": None, "findings": [], "evidence": [FILE], "pages": None}
    act("quality-chair", "produce_material", "D2", **item)
    issued = act("board-manager", "issue_dissemination", "D2", to=[], audiences=groups)
    said = {"content_sha256": FILE["sha256"], "staff_groups": [*groups, {"group": "Reception", "basis": "nice_to_know"}]}
    return {"audiences": issued, "staff_groups": act("riv-lead", "acknowledge_dissemination", "D2", **said, cascade_plan="At a meeting")}


@pytest.fixture
def listed(sign_in, seeded):
    """Give a way to be signed in, and by its name who recorded each list of objects, and in which event."""
    fill(seeded)
    seeded.board.receive(BytesIO(PDF), "audit.pdf", seeded.callers["quality-chair"])

    def act(office, command, ref, **said):
        return office, seeded.act(office, command, ref, **said).positions[0]

    affiliations = [{"organisation": "City Council", "role": "director", "from_on": "2010-04-01", "until_on": None}]
    reviewer = str(seeded.people["trainer"])
    lead = {"reviewer": reviewer, "affiliations": affiliations, "involved_in_case": False, "declaration_sha256": HASH}
    attendance = [{"agency": "RIV", "attendance": "present"}, {"agency": "CQH", "attendance": "apologies"}]
    agenda = [{"id": "1", "title": "Missed appointments", "about": "action:A1"}, {"id": "2", "title": "Neglect", "about": None}]
    held = act("chair", "hold_meeting", "B-1", body="BOARD", attendance=attendance, agenda=agenda, evidence=[])
    responses = [{"number": "F1", "response": "in part", "reason": "Half is done", "intended_actions": None}]
    criteria = [{"criterion": "A child was seriously harmed", "met": True}, {"criterion": "Agencies failed", "met": False}]
    decision = {"outcome": "conduct", "review_kind": None, "criteria": criteria, "rationale": "Both limbs"}
    team = {"members": [{"organisation": "RIV", "role": "named nurse"}]}
    positions = (
        {
            "attendance": held,
            "agenda": held,
            "affiliations": act("chair", "appoint_lead_reviewer", "SB-2016-09", **lead),
            "members": act("chair", "constitute_review_team", "SB-2016-09", **team),
            "criteria": act("chair", "decide_review", "SB-2015-01", **decision),
            "responses": act("chair", "formulate_response", "SB-2015-01", responses=responses),
            "points": act("quality-chair", "evaluate_session", "S-1", **EVALUATION),
        }
        | answered(act)
        | sent(act)
    )
    seeded.catch_up()
    return sign_in, positions


@pytest.mark.parametrize("name", ROWS)
def test_a_list_of_objects_is_corrected_in_rows(listed, name):
    """The form of a correction has a row for each object that stands; sent back as it is, it changes nothing."""
    sign_in, positions = listed
    office, position = positions[name]
    who = sign_in(office)
    who.get(f"/events/{position}/correct")
    form = {field: text for field, text in who.filled.items() if field not in who.hidden}
    rows = {field: text for field, text in who.filled.items() if field.startswith(f"corrected-{name}-0-")}

    assert rows.keys() == {f"corrected-{name}-0-{part.name}" for part in ROWS[name].parts}
    assert any(rows.values())
    assert who.send(f"/events/{position}/correct", form | {"reason": "Typing error"}).status_code == 422
    assert "Nothing is changed above" in who.words


def test_one_row_is_put_right_and_the_others_stay(listed):
    """An agency that was there is corrected among those that sent apologies; the meeting's page counts it, and shows both."""
    sign_in, positions = listed
    who = sign_in("chair")
    address = f"/events/{positions['attendance'][1]}/correct"
    who.get(address)
    changed = who.filled | {"corrected-attendance-1-attendance": "present", "reason": "They came late"}
    response = who.post(address, changed)
    assert response.status_code == 303, who.words
    who.seeded.catch_up()

    words = who.text("/meetings/B-1")
    assert "2 of 2 present" in words
    assert "Attendance: recorded as" in words
    assert "Agenda: recorded as" not in words


def test_a_row_more_for_a_correction_records_nothing(listed):
    """Whoever asks for more rows while correcting gets them, with what was typed, and nothing is recorded."""
    sign_in, positions = listed
    who = sign_in("chair")
    before = who.recorded
    address = f"/events/{positions['agenda'][1]}/correct"
    who.get(address)
    response = who.post(address, who.filled | {"corrected-agenda-0-title": "Not brought", "act.more": "corrected-agenda"})

    assert (response.status_code, who.recorded) == (200, before), who.words
    assert {"corrected-agenda-4-title"} <= who.filled.keys()
    assert who.filled["corrected-agenda-0-title"] == "Not brought"


def test_what_is_wrong_with_a_row_is_said_in_its_words(listed):
    """A row that lacks a part is named by its list, its number and the part; nothing is recorded."""
    sign_in, positions = listed
    who = sign_in("chair")
    before = who.recorded
    address = f"/events/{positions['agenda'][1]}/correct"
    who.get(address)

    assert who.post(address, who.filled | {"corrected-agenda-1-title": "", "reason": "Typing error"}).status_code == 422
    assert "Agenda, item 2: title is needed" in who.words
    assert who.recorded == before


def test_inv_34_what_never_began_shows_what_was_recorded_of_it(sign_in):
    """INV-34: the page of an action whose assignment was retracted shows both entries, and is not there for another agency's lead."""
    chair, lead = sign_in("chair"), sign_in("cqh-lead")
    retracted = chair.seeded.act("chair", "retract_entry", "A2", about="action", amends=1, reason="Assigned twice").positions[-1]
    chair.seeded.catch_up()
    words = chair.text("/actions/A2")

    assert ("Retracted: it is not in the register" in words, "Assigned twice" in words) == (True, True)
    assert any(href.startswith(f"/events/{retracted}") for href in chair.links)
    assert lead.get("/actions/A2").status_code == 404
    assert chair.get("/actions/NONE").status_code == 404


def test_inv_34_what_rests_on_an_entry_is_said_before_anybody_tries(sign_in):
    """INV-34: the page of the assignment of an accepted action offers to correct it, and says why it cannot be retracted."""
    chair = sign_in("chair")
    chair.seeded.act("cqh-lead", "accept_action", "A2")
    chair.seeded.catch_up()
    words = chair.text(f"/events/{ASSIGNED_TO_CQH}")

    assert "entry 2 would stand without what it asks for: nothing would have begun by then" in words
    assert f"/events/{ASSIGNED_TO_CQH}/correct" in chair.links
    assert f"/events/{ASSIGNED_TO_CQH}/retract" not in chair.links
