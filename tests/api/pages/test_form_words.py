"""The words of forms and of what stands against them: a field by its form's own label, a value as it was typed, and who can read it."""

from __future__ import annotations

import re

import pytest

from aggregates.partnership.membership import HasLeft
from api.pages.acting.addresses import address_of
from api.pages.acting.choices.people import apart
from api.pages.frame.words import title_of, to_people
from service.commands import COMMANDS
from tests.api.pages.conftest import a_file, day
from tests.api.pages.whole import THINGS
from tests.boards import assign
from tests.service.test_reviews import FINDING, walk

THUMBPRINT = "Q8_rifmrneyvbgfihxhu-zyObm4R_a_b-c_d"


def test_a_value_is_never_rewritten():
    """Only the name of a declared field is said by its label: a thumbprint or a code with underscores stays as it is."""
    assert to_people("", f"There is no key {THUMBPRINT}, nor an office quality_chair: see late_reason.") == (
        f"There is no key {THUMBPRINT}, nor an office quality_chair: see “Why it is recorded so late”."
    )


@pytest.mark.parametrize(
    ("path", "said", "told"),
    [
        ("/agencies/new", {"act.ref": "no code"}, "Code: letters, digits"),
        ("/agencies/new", {"act.ref": ""}, "Code: this is needed"),
        ("/offices/new", {"act.ref": ""}, "Office: this is needed"),
        ("/inspections/new", {"act.ref": ""}, "For which office: this is needed"),
    ],
)
def test_a_form_calls_its_reference_one_thing(reader, path, said, told):
    """What is wrong with a new thing's reference is said under the name that the form has for it."""
    who = reader("board-manager")
    filled = {"name": "A name", "category": "health", "partner": "local", "obligations": "framework", "section_11": "no"}
    who.send(path, filled | said)

    assert told in who.words
    assert "ref of" not in who.words


def test_forms_name_no_field_as_a_program_does(reader):
    """The introductions of forms say what people see: no objects of a list, no name of a field; a regime by its own name."""
    who = reader("chair")
    decide, refer, inspect = (who.text(path) for path in ("/reviews/SB-2015-01/decide_review", "/reviews/new", "/inspections/new"))

    assert "are objects" not in decide
    assert not re.search(r"\bceiling\b", inspect)
    assert "Lscb-wt2015" not in refer


def test_who_can_read_a_field_is_said_as_it_is(reader):
    """Nothing is published without an account but by the Board itself, and the form says so."""
    words = reader("board-manager").text("/agencies/new")

    assert "Who can read it: the public." not in words
    assert words.count("Who can read it: signed-in members, inspectors and auditors; and the public, where the Board publishes it.") == 1
    assert "It is shown beside the entry. Who can read it: signed-in members, inspectors and auditors." in words


def test_an_opening_is_called_one():
    """That an inspector opened something reads as what it was, and not as if evidence had been given away."""
    assert title_of("inspection.evidence_disclosed.v1") == "Opened by an inspector or an auditor"


def test_what_is_optional_can_be_chosen_away_again(reader):
    """An optional choice of a few has one for none of them, which stands chosen until another is."""
    who = reader("board-manager")
    who.get("/reviews/new")
    optional = [one for one in re.findall(r'<input class="govuk-radios__input".*?>', who.page) if 'value=""' in one]

    assert optional
    assert all("checked" in one for one in optional)


def test_a_response_has_a_row_for_each_finding(sign_in):
    """The form of a response begins with a row for each finding of the review, whose number is chosen and not typed."""
    who = sign_in("chair")
    walk(who.seeded, "present_review_report", "SB-C")
    who.seeded.act("quality-chair", "record_finding", "SB-C", **FINDING | {"number": "F2"})
    who.seeded.catch_up()
    who.get("/reviews/SB-C/formulate_response")
    rows = [
        re.findall(r'<option value="(F\d)"( selected)?>', row)
        for row in re.findall(r"<select[^>]*-number.*?</select>", who.page, re.DOTALL)
    ]

    assert rows == [[("F1", " selected"), ("F2", "")], [("F1", ""), ("F2", " selected")]]


def test_a_number_in_the_name_of_a_file_is_said_to_be_there(sign_in):
    """Where a file's name, or its title, carries an NHS number, the refusal says which of them does."""
    who = sign_in("riv-lead")
    who.seeded.act("riv-lead", "accept_action", "A1")
    said = {**day("act.occurred_on", 2016, 9, 5), **day("evidence_date", 2016, 9, 2), "effect": "Nine of ten"}
    who.send("/actions/A1/submit_evidence", said | {"evidence_title": "An audit", "evidence": a_file(name="943 476 5919.pdf")})
    assert "The name of the file carries what looks like an NHS number" in who.words

    who.send("/actions/A1/submit_evidence", said | {"evidence_title": "Of 943 476 5919", "evidence": a_file()})
    assert "The title of the evidence carries what looks like an NHS number" in who.words


def test_what_the_service_did_is_its_own(sign_in):
    """An entry that no office made is called the service's own where somebody may not amend it, and nobody's name is None."""
    who = sign_in("board-manager")
    told = [who.text(f"/events/{position}") for position in range(1, 7)]

    assert any("is a decision of the service itself" in words for words in told)
    assert [words for words in told if re.search(r"\bof None\b", words)] == []


def test_what_keeps_an_agency_from_leaving_is_a_click_away(sign_in):
    """The refusal of a departure links each action and office that it names, on the agency's page and beside the form."""
    who = sign_in("board-manager")
    who.seeded.act("riv-lead", "accept_action", "A1")
    for path in ("/agencies/RIV", "/agencies/RIV/leave_agency"):
        who.get(path)
        said = who.page.partition("cannot leave while it holds")[2].partition("unaccounted for")[0]
        assert {"/actions/A1", "/offices/riv-lead"} <= set(re.findall(r'href="([^"]+)"', said)), path


def test_nothing_new_is_offered_to_whom_it_would_be_refused_for_having_left(sign_in):
    """An agency that has left is not offered as the owner of an action; where it is named all the same, the refusal says since when."""
    who = sign_in("chair")
    who.seeded.act("board-manager", "join_agency", "NEW", name="New Trust", category="health", section_11="yes")
    who.seeded.catch_up()
    there = who.text("/actions/new")
    who.seeded.act("board-manager", "leave_agency", "NEW", reason="merged")
    who.seeded.clock.advance(days=30)
    who.seeded.catch_up()

    assert "New Trust" in there
    assert "New Trust" not in who.text("/actions/new")
    with pytest.raises(HasLeft, match="NEW left the partnership on 5 September 2016"):
        assign(who.seeded, "A9", owner="NEW", owner_office=None)


def test_names_that_are_alike_are_told_apart():
    """Beside a name that several have stands whose each is, and where that is alike too their reference; other names stay."""
    person = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed"
    named = {"a": "Trainer", "b": "Trainer", "c": "Chair", "d": "Lead", "e": "Lead", person: "Lead"}
    whose = {"a": "Riverside", "b": "Holmgate", "d": "Riverside", "e": "Riverside", person: "Riverside"}

    assert apart(named, lambda code: whose.get(code, "")) == {
        "a": "Trainer, Riverside", "b": "Trainer, Holmgate", "c": "Chair", "d": "Lead, Riverside, d", "e": "Lead, Riverside, e",
        person: "Lead, Riverside, 1b9d6bcd",
    }  # fmt: skip


def test_what_is_asked_and_refused_is_said_in_the_words_of_the_form(whole):
    """A period that is none is said of the period, a part of more than the whole as people count, and what an agency answers by in full."""
    manager, lead = whole("board-manager"), whole("riv-lead")
    asked = {"kind": "learning_needs", "period": "next year!", "respondent": "RIV", **day("due_on", 2016, 12, 16)}
    assert manager.send("/returns/new", asked).status_code == 422
    assert "next year! is no period: write 2016, 2016-17, 2016-H2, 2016-Q3 or 2016-09" in manager.words
    assert "Reference" not in manager.words
    words = manager.text("/agencies/new")
    assert "What kind of organisation it is: health, local authority" in words
    assert "By agreement with the Board" in words
    said = {"about": "item", "staff_group": "Health visitors", "reach": "12", "headcount": "10", "channel": "A meeting"}
    assert lead.send("/disseminations/D1/report_cascade", said).status_code == 422
    assert "12 of 10 cannot be: a part is never more than the whole" in lead.words


def test_a_round_of_section_11_begins_where_its_rounds_stand(whole):
    """The page of section 11 leads to the form that asks all who answer for it at once, with them chosen."""
    manager, lead = whole("board-manager"), whole("riv-lead")
    lead.get("/section-11")
    assert "/returns/ask?kind=s11" not in lead.links
    manager.get("/section-11")
    assert "/returns/ask?kind=s11" in manager.links

    page = manager.get("/returns/ask?kind=s11").get_data(as_text=True)
    assert re.findall(r'name="respondents"[^>]*value="(\w+)" checked', page) == ["CQH", "RIV"]


def test_no_form_says_twice_or_wrongly_who_reads_the_day(whole):
    """The day goes with all that is shown of an entry, so it has no readers of its own; what is asked about people is for named roles."""
    people = [whole(office) for office in ("board-manager", "chair", "riv-lead", "quality-chair", "trainer")]
    for name, command in COMMANDS.items():
        path = address_of(command, THINGS.get(command.kind))
        who = next(who for who in people if 'name="act.key"' in (who.get(path) and who.page))
        hint = who.page.partition('id="act.occurred_on-hint"')[2].partition("</div>")[0]
        assert ("Whoever reads any of this reads the day" in hint, "Who can read it" in hint) == (True, False), name
        assert not (command.kind == "subject" and not command.creates and "signed-in members" in who.words), name
