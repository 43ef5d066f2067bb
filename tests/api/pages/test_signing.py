"""Signing a form with one's own key: what the pages give to the browser's script, which `tests/acceptance` runs, and take from it."""

from __future__ import annotations

import re
from html import unescape

import pytest

from service.ledger import keys
from tests.api.pages.conftest import Browser, day
from tests.api.test_signing import KEY, named, signed
from tests.boards import ORIGIN

FORM = {**day("act.occurred_on", 2016, 9, 5), "rag": "amber", "narrative": "Half is read"}
PATH = "/actions/A1/report_progress"


def statements(page: str) -> list[dict]:
    """Return what the page says is to be signed."""
    parts = re.findall(r'<section data-statement="([^"]+)".*?</section>', page, re.DOTALL)
    disclosures = re.findall(r'data-disclosure="([^"]+)"', page)
    assert len(parts) == 1
    return [{"unsigned": parts[0], "disclosures": [unescape(one) for one in disclosures]}]


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

    done = lead.post(PATH, {"act.signed": [signed(one) for one in statements(lead.page)]})
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
    answer = lead.post(PATH, {**form, "act.signed": [signed(one) for one in again]})
    assert (answer.status_code, "has moved on since this was prepared" in lead.words) == (412, True)
