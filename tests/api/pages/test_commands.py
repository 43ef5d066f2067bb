"""Every command that a person makes has its page: opened, sent, refused, and with a row more for whoever asks for one."""

from __future__ import annotations

import re
from datetime import date
from hashlib import sha256

import psycopg
import pytest

from aggregates.entry.fields import shape
from aggregates.framework.library import SETS
from aggregates.partnership import Agency
from aggregates.partnership.membership import OWED, promised_in_words
from api.errors import every_refusal
from api.pages.acting.addresses import address_of
from api.pages.acting.rows import ROWS
from api.pages.frame.words import to_people
from api.pages.reviews.next import STAGES, STOPS, TAKES_AWAY
from projections.partnership import holding
from projections.two_clocks import tracking
from service.commands import AMENDMENTS, COMMANDS
from tests.api.pages.conftest import a_file, day
from tests.api.pages.whole import THINGS, fill

FOR_PROGRAMS = {"IfMatchMissing"}  # no form can bring these about
DONE = day("act.occurred_on", 2016, 9, 5)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_without_its_page(whole, name):
    """The form of each declared command opens for the board manager at its address, titled as declared."""
    command = COMMANDS[name]
    who = whole("board-manager")
    response = who.get(address_of(command, THINGS.get(command.kind)))

    assert response.status_code == 200, who.words
    assert command.title in who.words


def test_every_list_of_objects_has_its_rows():
    """No field of a command that holds objects is left without a form for them."""
    asked = {f.name for command in COMMANDS.values() for f in shape(command.event) if f in command.fields and f.kind is dict}

    assert asked == ROWS.keys()


# For a kind of thing: who, where, what they say; then what they leave out or say instead, and what is told them.
FORMS = {
    "a review": (
        "riv-lead", "/reviews/new", {"act.ref": "SB-9", "title": "Yew", "kind": "serious case review", "regime": "LSCB-WT2015",
        "referring_agency": "RIV", **day("notified_on", 2016, 9, 1)}, {"title": ""}, "Title: this is needed", "/reviews/SB-9",
    ),
    "another body's review": (
        "chair", "/reviews/new/note_external_review", {"act.ref": "DHR-1", "title": "Elm", "kind": "domestic homicide review",
        "regime": "LSCB-WT2015", "board": "Their board", "year": "2015"}, {"year": "late"}, "this is no whole number", "/reviews/DHR-1",
    ),
    "a meeting": (
        "chair", "/meetings/new", {"act.ref": "B-1", "body": "BOARD", "attendance-0-agency": "RIV", "attendance-0-attendance": "present",
        "attendance-1-agency": "CQH", "attendance-1-attendance": "", "agenda-0-id": "1", "agenda-0-title": "Neglect"},
        {"agenda-0-title": ""}, "Agenda, item 1: title is needed", "/meetings/B-1",
    ),
    "an agency": (
        "chair", "/agencies/new", {"act.ref": "NEW", "name": "New Trust", "category": "health", "section_11": "yes"},
        {"act.ref": "CQH"}, "Coombe Quay Hospital is a member of the partnership already", "/agencies/NEW",
    ),
    "an office": (
        "chair", "/offices/new", {"act.ref": "deputy", "title": "Deputy chair", "role": "deputy chair", "holder": "{cqh-lead}",
        **day("from_on", 2016, 9, 5)}, {"holder": "{chair}"}, "Nobody appoints themselves", "/offices/deputy",
    ),
    "a challenge": (
        "riv-lead", "/challenges/new", {"act.ref": "CH-2", "about": "action:A1", "to": "QEG", "summary": "Help", "statement": "We need it"},
        {"about": "action:A2"}, "There is no action A2", "/challenges/CH-2",
    ),
    "a course": (
        "board-manager", "/courses/new", {"act.ref": "C2", "title": "Two", "level": "core", "format": "1 day", "provider": "Us",
        "skills": "To ask", "follow_up_owed": "no", "because_of": ["SB-2015-01/F1"]}, {"skills": ""}, "says nothing of the skills",
        "/courses/C2",
    ),
    "a resource": (
        "board-manager", "/resources/new", {"act.ref": "R2", "title": "Two", "url": "https://two.example/",
         "kind": "tool", "check_every": "3"},
        {"url": "two"}, "two is no address", "/resources/R2",
    ),
    "a priority": (
        "chair", "/priorities/new", {"act.ref": "2017-18", "priority": "Neglect", "lead_office": "quality-chair"},
        {"priority": ""}, "Priority: this is needed", "/priorities/2017-18",
    ),
    "the partnership": (
        "chair", "/partnership/set_local_setting", {"setting": "ack_window", "value": "21"}, {"value": "soon"},
        "“Acknowledgement of what is disseminated” cannot be soon", "/partnership",
    ),
    "a person": ("chair", "/subjects/new", {"name": "Somebody New"}, {"name": ""}, "Name: this is needed", "/subjects/"),
    "an inspection": (
        "chair", "/inspections/inspector/close_inspection", {"reason": "It is done"}, {"reason": ""}, "Reason: this is needed",
        "/inspections/inspector",
    ),
}  # fmt: skip


@pytest.fixture
def filled(sign_in, seeded):
    """Give a way to be signed in on a board with one of everything that the test has for itself."""
    fill(seeded)
    return sign_in


@pytest.mark.parametrize("what", FORMS)
def test_a_form_is_refused_in_words_and_then_recorded(filled, what):
    """What is wrong is said beside what was typed and records nothing; put right, it is recorded and leads to the thing's page."""
    office, path, said, wrong, told, leads = FORMS[what]
    who = filled(office)
    people = {f"{{{name}}}": str(person) for name, person in who.seeded.people.items()}
    said, wrong = (
        {name: people.get(value, value) if isinstance(value, str) else value for name, value in form.items()} for form in (said, wrong)
    )
    before = who.recorded

    refused = who.send(path, DONE | said | wrong)
    assert (400 <= refused.status_code < 500, who.recorded) == (True, before), who.words
    assert told in who.words
    response = who.send(path, DONE | said)
    assert response.status_code == 303, who.words
    assert response.location.startswith(leads)
    who.seeded.catch_up()
    assert "Recorded" in who.text(response.location)


def test_the_response_to_each_finding_is_a_row(filled):
    """The form has a row for each finding; a part acceptance without its reason is refused by INV-04, and every row is kept."""
    who = filled("chair")
    path = "/reviews/SB-2015-01/formulate_response"
    who.get(path)
    assert who.filled["responses-0-number"] == "F1"
    said = {"responses-0-number": "F1", "responses-0-response": "in part", "responses-0-intended_actions": "Ask again", **DONE}

    assert who.send(path, said).status_code == 422
    assert "The response to finding F1 of SB-2015-01 is in part: say why (the Board answers every finding" in who.words
    assert "Ask again" in who.page
    assert who.send(path, said | {"responses-0-reason": "Half of it is done"}).status_code == 303
    who.seeded.catch_up()
    assert "response: in part. Reason: Half of it is done" in who.text("/reviews/SB-2015-01")


def test_more_rows_record_nothing_and_keep_what_was_typed(filled):
    """Whoever asks for more rows gets three more, with every word still there, and nothing is recorded."""
    who = filled("chair")
    before = who.recorded
    said = {
        "act.ref": "B-2",
        "agenda-0-id": "1",
        "agenda-0-title": "Neglect",
        "agenda-1-id": "",
        "agenda-1-title": "",
        "act.more": "agenda",
    }
    response = who.send("/meetings/new", said)

    assert (response.status_code, who.recorded) == (200, before)
    assert "agenda-4-title" in who.page
    assert "agenda-5-title" not in who.page
    assert 'value="Neglect"' in who.page


def test_a_framework_is_adopted_whose_clauses_are_known(filled):
    """LIF-INT-01: whoever adopts a framework chooses among those whose clauses can be followed; one that is not known says so."""
    who = filled("chair")
    (known,) = SETS
    said = {"version": "2016", "provenance": "The Board", "sha256": known, **day("review_due", 2017, 9, 1)}
    assert f'value="{known}"' in who.get("/partnership/adopt_framework").get_data(as_text=True)
    assert who.send("/partnership/adopt_framework", DONE | said).status_code == 303
    who.seeded.catch_up()
    assert "not known to this service" not in who.text("/partnership")

    unknown = {"version": "2", "sha256": "ab" * 32, "supersedes": "2016", "review_due": "2017-09-01", "provenance": "The Board"}
    who.seeded.act("chair", "adopt_framework", "partnership", **unknown)
    who.seeded.catch_up()
    assert "Its clauses are not known to this service: nobody is shown to owe anything by it" in who.text("/partnership")


def test_a_document_is_known_by_its_hash_and_not_kept(filled):
    """Choosing a document records its SHA-256; the document itself is nowhere."""
    who = filled("board-manager")
    content = b"what the rapid review found, page by page"
    said = {"title": "Firwood", "kind": "rapid review", "regime": "MASA-WT2018", "referring_agency": "RIV", "notified_on": "2016-09-01"}
    who.seeded.act("chair", "refer_review", "SB-RR", **said)
    who.seeded.catch_up()
    sent = {"to_body": "The Panel", "report_sha256-file": a_file(content, "report.pdf")}
    response = who.send("/reviews/SB-RR/send_rapid_review", DONE | sent)
    assert response.status_code == 303, who.words
    with psycopg.connect(who.seeded.config.conninfo("reader")) as conn:
        row = conn.execute("SELECT disclosures FROM ledger.disclosure ORDER BY position DESC LIMIT 1").fetchone()
    who.seeded.catch_up()

    assert sha256(content).hexdigest()[:12] in who.text(response.location)
    assert not list(who.seeded.config.data.rglob(f"*{sha256(content).hexdigest()}*")), row


def test_what_can_be_done_is_what_would_be_recorded(filled):
    """A review that is commissioned offers what follows, and neither what came before nor what only comes later."""
    who = filled("board-manager")
    words = who.text("/reviews/SB-2016-09")

    assert {"Constitute the review team", "Appoint the lead reviewer", "Note a parallel process"} <= {t for t in _titles() if t in words}
    assert "/reviews/SB-2016-09/commission_review" not in who.links
    assert "/reviews/SB-2016-09/resume_review" not in who.links
    assert "/reviews/SB-2016-09/deposit_report" not in who.links


def test_what_comes_next_stands_first_and_the_rest_folds(filled):
    """Of a review that is commissioned the lead reviewer comes next; what is less likely folds under its stage, each thing once."""
    who = filled("board-manager")
    who.text("/reviews/SB-2016-09")
    first, _, rest = who.page.partition("What you can do now</h2>")[2].partition("<details")
    rest = rest.partition("</details>")[0]

    assert "/reviews/SB-2016-09/appoint_lead_reviewer" in first
    assert "/reviews/SB-2016-09/note_parallel_process" not in first
    assert {"Setting it up", "Hearing people", "Time"} <= {heading for heading in STAGES if heading in rest}
    assert "/reviews/SB-2016-09/note_parallel_process" in rest
    assert "/reviews/SB-2016-09/appoint_lead_reviewer" not in rest


def test_every_act_on_a_review_has_its_stage():
    """No command about a review is left out of the stages, and none is in two; what comes next is a command that there is."""
    about = sorted(n for n, c in COMMANDS.items() if c.kind == "review" and not c.creates and n not in AMENDMENTS)

    assert sorted(name for names in STAGES.values() for name in names) == about
    assert {name for names in (*STOPS.values(), *TAKES_AWAY.values()) for name in names} <= set(about)


@pytest.mark.parametrize(
    ("office", "path", "why"),
    [
        ("chair", "/reviews/SB-2016-09/commission_review", "SB-2016-09"),
        ("board-manager", "/reviews/SB-2016-09/resume_review", "so"),
        ("riv-lead", "/actions/A1/mark_implemented", "A1 is assigned, so it cannot be"),
        (
            "quality-chair",
            "/actions/A1/escalate_action",
            "A1 was not overdue on 5 September 2016 (notices go one step",
        ),
    ],
)
def test_a_form_that_would_be_refused_says_so_before_it_is_filled_in(filled, office, path, why):
    """What cannot be done today is not offered, and its address says why first; the form folds, for what was so on an earlier day."""
    who = filled(office)
    who.get(path.rpartition("/")[0])
    assert path not in who.links
    words = who.text(path)

    assert "This cannot be recorded of today" in words
    assert why in words
    assert words.index(why) < words.index("It was so on an earlier day: record it late") < words.index("Before you record it")


def test_a_form_that_can_be_sent_says_nothing_against_itself(filled):
    """What is offered opens as a form and nothing else."""
    assert "This cannot be recorded of today" not in filled("riv-lead").text("/actions/A1/accept_action")
    assert "This cannot be recorded of today" not in filled("board-manager").text("/reviews/SB-2016-09/appoint_lead_reviewer")


def _titles() -> set[str]:
    return {command.title for command in COMMANDS.values() if command.kind == "review"}


def test_a_form_of_another_agencys_thing_does_not_exist(filled):
    """Forms about a review, a challenge or a meeting of others are answered to a lead as if there were none, opened or sent."""
    who = filled("cqh-lead")
    before = who.recorded
    for path in ("/reviews/SB-2016-09/notify_incident", "/challenges/CH-1/answer_challenge"):
        assert who.get(path).status_code == 404, path
        assert who.post(path, {"csrf_token": who.hidden.get("csrf_token", "")}).status_code in {400, 404}

    assert who.recorded == before


def test_only_whom_it_was_put_to_answers_a_challenge(filled):
    """The one who raised a challenge is told in place of the form who answers it; whom it was put to answers it."""
    assert filled("quality-chair").get("/challenges/CH-1/answer_challenge").status_code == 403
    who = filled("riv-lead")
    assert "/challenges/CH-1/answer_challenge" in (who.get("/challenges/CH-1") and who.links)
    said = {"answer": "The post was vacant", "what_changed": "Two people share it now"}

    assert who.send("/challenges/CH-1/answer_challenge", DONE | said).status_code == 303
    who.seeded.catch_up()
    assert "Two people share it now" in who.text("/challenges")


def test_an_agency_that_owes_is_told_what_stops_it_leaving(filled):
    """INV-36: whoever would record that it leaves reads on its page what is open, item by item."""
    assert "Riverside Community Health cannot leave while it holds" in filled("chair").text("/agencies/RIV")


def test_an_agency_is_seen_to_hold_what_the_log_says_it_holds(filled):
    """Pages ask the views what each agency owes; it is what a decision would be refused for, which asks the log."""
    who, found = filled("chair"), []
    asked = {"agency": "CQH", "due_on": "2016-10-14", "request": "A chronology"}
    who.seeded.act("quality-chair", "request_agency_information", "SB-2016-09", **asked)
    who.seeded.catch_up()
    board = who.seeded.board
    with psycopg.connect(who.seeded.config.conninfo("reader")) as conn:
        at = {"as_at": date(2016, 9, 5), "known_at": tracking.head(conn)}
        for agency in (member.ref for member in board.every(Agency)):
            seen, logged = holding.owed(conn, agency, **at), board.owed(agency)
            seen_promised = [promised_in_words(*each) for each in holding.promised(conn, agency, **at).items()]
            assert (list(seen), seen_promised) == (list(logged), [*board._promised(agency)])
            assert seen == logged
            found += [item.partition(":")[0] for item in seen] + ["action"] * len(seen_promised)
    assert {*found} == {"action", *OWED}


def test_no_form_speaks_of_the_fields_of_the_machine(whole):
    """On no form of a command is anything called by the name that a program has for it."""
    who = whole("board-manager")
    for name, command in COMMANDS.items():
        who.get(address_of(command, THINGS.get(command.kind)))
        assert re.findall(r"\b[a-z]+_[a-z_0-9]+\b|[Ss]ha256", re.sub(r"[\w-]{43}", "", who.words)) == [], name  # keys apart


@pytest.mark.parametrize("refusal", list(every_refusal()), ids=lambda refusal: refusal.code())
def test_no_refusal_speaks_of_the_fields_of_the_machine(refusal):
    """What a person reads of a refusal names no field as a program does, nor anything of a request."""
    told = to_people(refusal.code(), re.sub(r"\{\w+(![rs])?\}", "…", refusal.text))

    assert re.findall(r"\b[a-z]+_[a-z_0-9]+\b|sha256|csrf|[Ii]dempotency|If-Match|\{|\}", told) == [] or refusal.__name__ in FOR_PROGRAMS
