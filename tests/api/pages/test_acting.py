"""Forms: what is offered, what is recorded, what is refused and how, and that the same form sent twice is recorded once."""

from __future__ import annotations

import re
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aggregates.action import Action
from api import access
from api.pages.acting import choices, forms
from api.pages.acting.forms.missing import COMES_FROM
from service.application import Board
from service.desk import accounts
from service.ledger import keys
from service.recording import establishing
from tests.api.conftest import serving
from tests.api.pages.conftest import HTML, a_file, browser, day
from tests.boards import Clock, Seeded, assign
from tests.logs import create_views

DONE = {**day("act.occurred_on", 2016, 9, 5)}
RULE = "nobody judges an action that their own agency owns; framework, page 8"
OWN_ACTION = f"Coombe Quay Hospital owns A2, so it cannot sign it off ({RULE})"


def implemented(it: Seeded, ref: str = "A1", lead: str = "riv-lead") -> None:
    """Bring an action to where it awaits its sign-off."""
    held = it.board.receive(a_file()[0], "audit.pdf", it.callers[lead])
    it.act(lead, "accept_action", ref)
    said = [{"sha256": held.sha256, "title": "Audit of ten files", "evidence_date": "2016-09-02"}]
    it.act(lead, "submit_evidence", ref, evidence=said, effect="Nine of ten", narrative=None)
    it.act(lead, "mark_implemented", ref, statement="All teams work so")
    it.catch_up()


def status(it: Seeded, ref: str = "A1") -> str:
    """Return where an action stands, as the board itself has it."""
    return it.board.load(Action, ref).state.status.word


def test_a_lead_is_offered_what_an_owner_can_do_now(sign_in):
    """An assigned action offers its owner to accept and to dispute it, and nothing that comes later."""
    who = sign_in("riv-lead")
    who.get("/actions/A1")
    offered = {link.rpartition("/")[2] for link in who.links if link.startswith("/actions/A1/")}

    assert offered == {"accept_action", "dispute_action"}


def test_what_is_done_is_recorded_and_its_receipt_shown(sign_in):
    """Sending a form records one event, leads to the action, and shows the receipt to keep."""
    who = sign_in("riv-lead")
    response = who.send("/actions/A1/accept_action", DONE)
    who.seeded.catch_up()
    words = who.text(response.location)

    assert response.status_code == 303
    assert status(who.seeded) == "accepted"
    assert "Recorded Accepted" in words
    assert f"/api/v1/events/{who.recorded}/receipt" in who.links


def test_a_receipt_is_shown_before_the_views_have_it(sign_in):
    """What is recorded and not shown yet is said to be so, and its receipt is there already."""
    who = sign_in("riv-lead")
    response = who.send("/actions/A1/accept_action", DONE)
    words = who.text(response.location)

    assert "1 event was recorded a moment ago and is not shown here yet" in words
    assert f"Event {who.recorded}" in words


def test_a_new_action_is_found_before_the_views_have_it(sign_in):
    """Whoever has just assigned an action is not told that there is none."""
    who = sign_in("chair")
    response = who.send("/actions/new", new_action())
    shown = who.get(response.location)

    assert (response.status_code, shown.status_code) == (303, 503)
    assert "A9 is recorded as event" in who.words


def new_action(**changed: str) -> dict[str, str]:
    """Return the form that assigns an action, filled in."""
    said = {"act.ref": "A9", "title": "Teach the pathway", "kind": "training", "source": "SB-2015-01/F1", "owner": "RIV"}
    said |= {"owner_office": "riv-lead", "overseen_by": "QEG", "success_measure": "All are taught"}
    said |= {"intended_outcome": "Children are seen"}
    return said | day("due_on", 2016, 12, 16) | DONE | changed


def test_the_same_form_sent_twice_is_recorded_once(sign_in):
    """Sending a form again, as impatient people and browsers do, records nothing more and leads to the same receipt."""
    who = sign_in("riv-lead")
    first = who.send("/actions/A1/accept_action", DONE)
    before = who.recorded
    again = who.client.post("/actions/A1/accept_action", data=who.sent, headers=HTML)

    assert (again.status_code, again.location, who.recorded) == (303, first.location, before)


def test_a_refusal_names_its_rule_and_keeps_what_was_typed(sign_in):
    """The owner's own chair cannot sign off: the page says so by rule and page, keeps every word, and nothing is recorded."""
    who = sign_in("quality-chair")
    implemented(who.seeded, "A2", "cqh-lead")
    before = who.recorded
    response = who.send("/actions/A2/sign_off_action", {"effect": "Nine of ten are followed up", **DONE})

    assert (response.status_code, who.recorded) == (422, before)
    assert OWN_ACTION in who.words
    assert "Nine of ten are followed up" in who.page
    assert "Error: Sign the action off" in who.page


def test_why_an_act_is_not_open_stands_on_the_actions_page(sign_in):
    """The owner's own chair reads on the action's page why there is no sign-off for them, and is offered none."""
    who = sign_in("quality-chair")
    implemented(who.seeded, "A2", "cqh-lead")
    words = who.text("/actions/A2")

    assert OWN_ACTION in words
    assert "/actions/A2/sign_off_action" not in who.links


def test_another_agencys_chair_is_offered_the_sign_off_and_makes_it(sign_in):
    """A chair of another agency signs off, with the checks that follow."""
    who = sign_in("quality-chair")
    implemented(who.seeded)
    who.get("/actions/A1")

    assert "/actions/A1/sign_off_action" in who.links
    form = who.text("/actions/A1/sign_off_action")
    assert "The evidence on which it rests: Audit of ten files, dated 2 September 2016 Its effect, as it was handed in: Nine of ten" in form
    assert f"How we will know: {who.seeded.board.load(Action, 'A1').state.success_measure}" in form
    (file,) = (link for link in who.links if link.startswith("/api/v1/evidence/"))
    assert who.client.get(file).status_code == 200
    assert who.send("/actions/A1/sign_off_action", {"effect": "Nine of ten", **DONE}).status_code == 303
    assert status(who.seeded) == "sustaining"


def test_the_manager_is_offered_what_can_be_recorded_for_others(sign_in):
    """The board manager records for the owner's office, which is then named beside theirs."""
    who = sign_in("board-manager")
    who.get("/actions/A1")
    link = next(link for link in who.links if link.startswith("/actions/A1/accept_action"))
    response = who.send(link, {"act.on_behalf_of": "riv-lead", **DONE})
    who.seeded.catch_up()

    assert (link, response.status_code) == ("/actions/A1/accept_action?act.on_behalf_of=riv-lead", 303)
    assert "on behalf of Riv lead" in who.text("/actions/A1")


@pytest.mark.parametrize("office", ["chair", "riv-lead"])
def test_nobody_else_records_for_another_office(sign_in, office):
    """Naming another office by hand is refused."""
    who = sign_in(office)
    path = "/actions/A1/report_progress" if office == "riv-lead" else "/actions/A1/vary_due_date"
    said = {
        "rag": "green",
        "narrative": "Well",
        "reason": "More time",
        "act.on_behalf_of": "board-manager",
        **day("due_on", 2017, 1, 31),
        **DONE,
    }

    assert who.send(path, said).status_code == 403
    assert "Only the board manager may record on behalf of another office" in who.words


def test_a_role_that_never_may_is_refused_before_it_writes(sign_in):
    """A lead who opens the form of a sign-off by its address is told whose act it is."""
    who = sign_in("riv-lead")
    response = who.get("/actions/A1/sign_off_action")

    assert response.status_code == 403
    assert "may not sign the action off" in who.words


def test_a_form_that_is_never_theirs_is_one_sentence(sign_in):
    """Whoever holds a right role in a wrong place reads whose act it is, and is not let fill in a form that is refused in the end."""
    who = sign_in("quality-chair")
    response = who.get("/actions/A1/accept_action")

    assert response.status_code == 403
    assert "A1 is owned by Riverside Community Health: only Riverside Community Health can say that" in who.words
    assert "act.occurred_on" not in who.page


def test_the_manager_is_asked_for_whom_where_it_is_never_their_own_act(sign_in):
    """Of an act that the manager can only record for others, the form offers those alone whose act it may be, and asks for one."""
    who = sign_in("board-manager")
    for_others, their_own = who.text("/actions/A1/sign_off_action"), who.text("/actions/A1/report_progress")

    assert "On behalf of (optional)" not in for_others
    assert "Quality chair" in for_others
    assert not re.search(r"Riv lead|Trainer", for_others)
    assert "On behalf of (optional)" in their_own
    assert "Riv lead" in their_own


def test_a_choice_of_nothing_says_what_is_missing_and_who_sets_it_up(database):
    """On a fresh board home says what to do first; where there is no sub-group to choose, the form says so, and who constitutes one."""
    ring = keys.create(database, origin="log.fresh.example/1")
    access.create_secret(database)
    board = Board(database, ring)
    said = {"board_name": "Fresh", "name": "R. Vale", "contact": "r.vale@fresh.example", "demonstration": False}
    person = establishing.establish(board, Ed25519PrivateKey.generate(), **said)
    with psycopg.connect(database.conninfo("writer"), autocommit=True) as conn:
        account = accounts.create_account(conn, said["contact"], "correct horse battery staple", person=person)
        fresh = Seeded(database, board, Clock(), callers={"board-manager": accounts.Caller(account, person, said["contact"])})
    create_views(database)
    fresh.catch_up()
    with serving(fresh) as app:
        who = browser(app, fresh, "board-manager")
        first = who.text("/"), who.links
        words = who.text("/actions/new")

    steps = ("/agencies/new", "/sub-groups/new", "/subjects/new", "/partnership/adopt_framework")
    assert [step in first[1] for step in steps] == [True] * 4, first
    setting_up = "This comes first, by the board manager, the chair or the deputy chair: Constitute a sub-group"
    assert f"Overseen by There is no sub-group to choose yet. {setting_up}" in words
    assert "/sub-groups/new" in who.links
    assert 'name="overseen_by"' not in who.page
    set_up = "This comes first, by the board manager, the lead reviewer or the sub-group chair: Record a finding"
    assert f"There is no finding to choose yet. {set_up}" in words


def test_every_choice_says_where_it_comes_from():
    """No field in which something on record is chosen can be empty without a word."""
    chosen = {name.rpartition(".")[2] for name in choices.CHOSEN}

    assert chosen | {"on_behalf_of"} == {name.rpartition(".")[2] for name in COMES_FROM}


def test_one_of_many_people_is_found_by_a_part_of_their_name_or_by_their_agency(sign_in):
    """A list of everybody is grouped by agency, and looked through without JavaScript; what was typed stays, and nothing is recorded."""
    who = sign_in("board-manager")
    for number in range(6):
        who.seeded.act("board-manager", "register_subject", str(UUID(int=number + 1, version=4)), name=f"Ada Quill {number}")
    who.seeded.catch_up()
    who.get("/offices/new")
    every = who.page.partition('<select class="govuk-select" id="holder"')[2].partition("</select>")[0]
    groups = {one.partition('"')[0]: re.findall(r">([^<]+)</option>", one) for one in every.split('<optgroup label="')[1:]}
    assert "The riv-lead" in groups["Riverside Community Health"], groups
    assert list(groups)[-1] == "Of no agency on record"
    before = who.recorded
    looked = {"act.ref": "deputy", "title": "Deputy chair", "act.part-holder": "LEAD riv", "act.more": "holder"}
    assert (who.send("/offices/new", looked).status_code, who.recorded) == (200, before)
    assert ("The riv-lead" in who.words, "The cqh-lead" in who.words, 'value="Deputy chair"' in who.page) == (True, False, True)
    assert "is needed" not in who.words
    nobody = looked | {"act.part-holder": "Nobody of this name"}

    assert "Nobody on record is called so" in (who.send("/offices/new", nobody) and who.words)


def test_one_of_very_many_is_looked_for_and_what_was_chosen_stays(sign_in):
    """More than anybody reads through are not listed: a part of the name finds them, the first of many, and what was chosen stays."""
    who = sign_in("board-manager")
    with who.seeded.board.together():
        for number in range(forms.MANY + 1):
            assign(who.seeded, f"Z{number}", title=f"Look again {number}")
    who.seeded.catch_up()

    def offered() -> list[str]:
        every = who.page.partition('id="about"')[2].partition("</select>")[0].partition("</fieldset>")[0]
        return re.findall(r'value="([a-z]+:[^"]+)"', every)

    who.get("/challenges/new")
    assert (offered(), "entries to choose from: look for those you mean" in who.words, "None is chosen yet" in who.words) == (
        [],
        True,
        True,
    )
    looked = {"act.ref": "C9", "act.part-about": "AGAIN look", "act.more": "about", "about": "action:A1"}
    who.send("/challenges/new", looked)
    assert (offered()[0], len(offered())) == ("action:A1", forms.MANY + 1)
    assert f"here are the first {forms.MANY}, say more of the name" in who.words
    who.send("/challenges/new", looked | {"act.part-about": "look z170"})
    assert (offered(), "1 of" in who.words) == (["action:A1", "action:Z170"], True)
    who.send("/challenges/new", looked | {"act.part-about": "Nothing of this name", "about": ""})

    assert (offered(), "Nothing on record is called so" in who.words) == ([], True)


def test_another_agencys_action_does_not_exist(sign_in):
    """A lead can neither open nor send the form of another agency's action: there is none, as for one that never was."""
    who = sign_in("cqh-lead")
    before = who.recorded
    told = [who.get("/actions/A1/accept_action"), who.get("/actions/A1"), who.get("/actions/A77")]
    who.get("/actions/A2/accept_action")
    told.append(who.post("/actions/A1/accept_action", DONE))

    assert "Follow up every missed appointment" not in who.words
    assert ([response.status_code for response in told], who.recorded) == ([404] * 4, before)


def test_what_somebody_else_recorded_meanwhile_is_pointed_out(sign_in):
    """A form that was made for an earlier position is shown again, with what was typed, and recorded only when sent once more."""
    who = sign_in("riv-lead")
    who.get("/actions/A1/dispute_action")
    who.seeded.act("chair", "vary_due_date", "A1", due_on="2017-01-31", reason="More time")
    response = who.post("/actions/A1/dispute_action", {"reason": "Not ours", **DONE})

    assert (response.status_code, "Not ours" in who.page) == (412, True)
    assert "Someone else recorded something about this while you were writing" in who.words
    assert who.post("/actions/A1/dispute_action", {"reason": "Not ours", **DONE}).status_code == 303


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"reason": ""}, "Reason: this is needed"),
        ({"reason": "Not ours", "act.occurred_on-day": "31", "act.occurred_on-month": "2"}, "True from: this is no date"),
        ({"reason": "Not ours", "act.occurred_on-day": "x"}, "True from: this is no date"),
        ({"reason": "Not ours", "act.occurred_on-year": "2017"}, "is in the future"),
        ({"reason": "Not ours", "act.occurred_on-year": "2015"}, "say why in “Why it is recorded so late”"),
        ({"reason": "For 943 476 5919 it is not ours"}, "carries what looks like an NHS number"),
        ({"reason": "A child born 2.5.2009"}, "carries what looks like a date of birth"),
        ({"reason": "x" * 10_001}, "a text has at most 10000 characters"),
    ],
)
def test_what_cannot_be_read_or_recorded_is_said_beside_it(sign_in, said, told):
    """Each thing that is wrong with a form gets one sentence, what was typed stays, and nothing is recorded."""
    who = sign_in("riv-lead")
    before = who.recorded
    response = who.send("/actions/A1/dispute_action", DONE | said)

    assert (400 <= response.status_code < 500, who.recorded) == (True, before)
    assert told in who.words
    assert said["reason"] in who.page


def test_a_new_action_takes_its_reference_and_nothing_else_may_have_it(sign_in):
    """Assigning under a reference that is taken is refused, and the form keeps what was typed."""
    who = sign_in("chair")

    assert who.send("/actions/new", new_action()).location.startswith("/actions/A9?receipt=")
    assert who.send("/actions/new", new_action(**{"act.ref": "A1"})).status_code == 409
    assert "A1 is already on record" in who.words
    assert who.send("/actions/new", new_action(**{"act.ref": "no spaces"})).status_code == 422


def test_choices_are_what_is_on_record(sign_in):
    """The form of a new action offers agencies, sub-groups, offices and findings by their names."""
    words = sign_in("chair").text("/actions/new")

    for named in ("Riverside Community Health", "Quality and Effectiveness Group", "Riv lead", "SB-2015-01 Alder, finding F1", "The Board"):
        assert named in words


def evidence(**said: object) -> dict[str, object]:
    """Return the form that hands in evidence, filled in."""
    return {
        "evidence": a_file(),
        "evidence_title": "Audit of ten files",
        "effect": "Nine of ten",
        **day("evidence_date", 2016, 9, 2),
        **DONE,
    } | said


def test_evidence_is_handed_in_with_its_file_and_given_back_to_who_may(sign_in):
    """A form with a file records its hash and its dates; the board reads the file, the public does not."""
    who = sign_in("riv-lead")
    who.seeded.act("riv-lead", "accept_action", "A1")
    response = who.send("/actions/A1/submit_evidence", evidence())
    who.seeded.catch_up()
    words = who.text("/actions/A1")
    link = next(link for link in who.links if link.startswith("/api/v1/evidence/"))

    assert response.status_code == 303
    assert "Audit of ten files (30 bytes), dated 2 September 2016, received 5 September 2016" in words
    assert sign_in("chair").client.get(link).data == b"%PDF-1.4 an audit of ten files"
    assert sign_in("cqh-lead").client.get(link).status_code == 404
    assert sign_in().client.get(link).status_code == 401


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        ({"evidence": a_file(b"")}, 422, "audit.pdf is empty"),
        ({"evidence": None}, 422, "Choose a file"),
        (day("evidence_date", 2016, 13, 1), 422, "this is no date"),
        (day("evidence_date", 2017, 1, 1), 422, "is in the future"),
    ],
)
def test_evidence_that_cannot_be_taken_is_refused_in_words(sign_in, said, code, told):
    """An empty file, none at all, one of no date and one from the future are refused; nothing is recorded."""
    who = sign_in("riv-lead")
    who.seeded.act("riv-lead", "accept_action", "A1")
    before = who.recorded
    response = who.send("/actions/A1/submit_evidence", {name: value for name, value in evidence(**said).items() if value is not None})

    assert (response.status_code, who.recorded) == (code, before)
    assert told in who.words


def test_a_refusal_about_one_field_stands_beside_it_and_leads_there(sign_in):
    """A day that has not come is refused beside the field in which it was typed, and the summary leads there; so is a missing reason."""
    who = sign_in("riv-lead")
    who.seeded.act("riv-lead", "accept_action", "A1")
    for changed, name in (
        (day("evidence_date", 2017, 1, 1), "evidence_date"),
        (day("act.occurred_on", 2017, 1, 1), "act.occurred_on"),
        (day("act.occurred_on", 2015, 1, 1), "act.late_reason"),
    ):
        assert who.send("/actions/A1/submit_evidence", evidence(**changed)).status_code == 422
        (href,) = [link for link in who.links if link.startswith(f"#{name}")]
        assert f'id="{href[1:]}"' in who.page
        assert f'id="{name}-error"' in who.page, name


@pytest.mark.parametrize("month", ["9", "09", "sep", "Sep", "SEPTEMBER"])
def test_a_month_may_be_written_as_a_word(sign_in, month):
    """A month is a number, or its English name or the first three letters of it, in capitals or not."""
    who = sign_in("riv-lead")
    who.seeded.act("riv-lead", "accept_action", "A1")
    assert who.send("/actions/A1/submit_evidence", evidence(**{"evidence_date-month": month})).status_code == 303


def test_a_file_that_came_with_a_refused_form_is_not_asked_for_again(sign_in):
    """The file of a form that was refused is kept: the second time the form is sent without it."""
    who = sign_in("riv-lead")
    who.seeded.act("riv-lead", "accept_action", "A1")
    refused = who.send("/actions/A1/submit_evidence", evidence(**day("evidence_date", 2016, 13, 1)))
    said = {name: value for name, value in evidence().items() if name != "evidence"}

    assert refused.status_code == 422
    assert "“audit.pdf” has been received" in who.words
    assert who.post("/actions/A1/submit_evidence", said).status_code == 303


def test_a_file_over_the_limit_is_refused(sign_in, app):
    """A body over the limit of what is taken in is refused as too large."""
    who = sign_in("riv-lead")
    who.seeded.act("riv-lead", "accept_action", "A1")
    app.config["MAX_CONTENT_LENGTH"] = 4096
    who.get("/actions/A1/submit_evidence")
    response = who.post("/actions/A1/submit_evidence", evidence(evidence=a_file(b"x" * 10_000)))

    assert (response.status_code, response.mimetype) == (413, "text/html")


def test_what_somebody_typed_is_never_markup(sign_in):
    """A text with markup is shown as it was typed."""
    who = sign_in("riv-lead")
    said = "<script>alert(1)</script> & <b>more</b>"
    who.send("/actions/A1/dispute_action", {"reason": said, **DONE})
    who.seeded.catch_up()

    assert said in who.text("/actions/A1")
    assert "<script>alert(1)" not in who.page
