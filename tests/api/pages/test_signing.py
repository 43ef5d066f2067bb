"""Signing a form with one's own key: what the pages give to the browser's script, which `tests/acceptance` runs, and take from it."""

from __future__ import annotations

import re

import pytest

from service.ledger import keys
from tests.api.pages.conftest import Browser, a_file, day
from tests.api.test_signing import KEY, named, signed
from tests.boards import ORIGIN

DONE = day("act.occurred_on", 2016, 9, 5)
ROUND = {"kind": "learning_needs", "period": "2016-17"}
FORM = {**DONE, "rag": "amber", "narrative": "Half is read"}
PATH = "/actions/A1/report_progress"


def statements(page: str) -> list[str]:
    """Sign what the page says is to be signed, as its script does."""
    parts = re.findall(r'<section data-statement="([^"]+)"(.*?)</section>', page, re.DOTALL)
    found = [{"unsigned": one, "disclosures": re.findall(r'data-disclosure="([^"]+)"', part)} for one, part in parts]
    return [signed(one) for one in found]


@pytest.fixture
def lead(sign_in) -> Browser:
    """Give the lead of RIV, who has accepted A1 and has a key."""
    who = sign_in("riv-lead")
    assert who.send("/actions/A1/accept_action", day("act.occurred_on", 2016, 9, 5)).status_code == 303, who.words
    who.get("/keys")
    assert who.post("/keys/enrol_signing_key", keys.enrolment(KEY, ORIGIN, "riv-lead")).status_code == 303, who.words
    who.seeded.catch_up()
    return who


def test_a_form_is_shown_once_more_and_recorded_as_it_was_signed(lead):
    """With a key the form shows in words what is to be signed, and records nothing; signed, it is recorded, and the views say by whom."""
    before = lead.recorded
    lead.get(PATH)
    assert f'data-thumbprints="{named(KEY)}"' in lead.page
    shown = lead.post(PATH, {**FORM, "act.prepare": named(KEY)})
    assert (shown.status_code, lead.recorded) == (200, before)
    assert [words for words in ("Sign: Report progress", "Half is read", "5 September 2016") if words not in lead.words] == []

    done = lead.post(PATH, {"act.signed": statements(lead.page)})
    assert (done.status_code, lead.recorded) == (303, before + 1), lead.words
    lead.seeded.catch_up()
    lead.get(done.headers["Location"])
    assert [words for words in ("Signed With your own key", "Signed by the actor") if words not in lead.words] == []


def test_whoever_goes_back_finds_what_they_typed_and_what_moved_is_shown_again(lead):
    """From what is to be signed one goes back to the form as it was; and where something moved meanwhile, the form says so."""
    lead.send(PATH, {**FORM, "act.prepare": named(KEY)})
    again = statements(lead.page)
    form = lead.hidden
    lead.post(PATH, {"act.change": "yes"})
    assert ("Half is read" in lead.page, "this is needed" in lead.words) == (True, False)

    lead.seeded.act("riv-lead", "report_progress", "A1", rag="green", narrative="Another was first")
    lead.page = ""
    answer = lead.post(PATH, {**form, "act.signed": again})
    assert (answer.status_code, "has moved on since this was prepared" in lead.words) == (412, True)


def test_a_file_and_a_correction_are_signed_by_the_same_form(lead):
    """A file that came with the form is not sent again, and an entry is put right, both as they were shown and signed."""
    before = lead.recorded
    said = {"evidence": a_file(), "evidence_title": "Audit", "effect": "Nine of ten", **day("evidence_date", 2016, 9, 2), **DONE}
    lead.send("/actions/A1/submit_evidence", said | {"act.prepare": named(KEY)})
    assert lead.post("/actions/A1/submit_evidence", {"act.signed": statements(lead.page)}).status_code == 303, lead.words
    lead.seeded.catch_up()

    address = f"/events/{before + 1}/correct"
    lead.get(address)
    form = lead.filled | {"corrected-effect": "Eight of ten", "reason": "Counted again"}
    lead.post(address, form | {"act.prepare": named(KEY)})
    assert "Eight of ten" in lead.words
    assert lead.post(address, {"act.signed": statements(lead.page)}).status_code == 303, lead.words
    lead.seeded.catch_up()
    assert lead.text("/actions/A1").count("Signed by the actor") == 2


def test_a_round_is_signed_for_each_who_is_asked(sign_in):
    """Of several who are asked at once each is asked by a statement of its own; who cannot be asked is left out, and said so."""
    who = sign_in("chair")
    who.seeded.act("chair", "enrol_signing_key", "keys", **keys.enrolment(KEY, ORIGIN, "chair"))
    who.seeded.act("chair", "request_return", "learning_needs-2016-17-QEG", **ROUND, respondent="QEG", due_on="2016-12-16")
    said = ROUND | {"respondents": ["RIV", "CQH", "QEG"], "act.prepare": named(KEY), **day("due_on", 2016, 12, 16), **DONE}
    before = who.recorded
    who.send("/returns/ask", said)
    found = statements(who.page)
    assert (len(found), who.recorded, "is left out" in who.words) == (2, before, True)

    who.post("/returns/ask", {"respondents": ["RIV", "CQH"], "act.signed": found})
    assert ("2 asked, 0 not" in who.words, who.recorded) == (True, before + 2), who.words
