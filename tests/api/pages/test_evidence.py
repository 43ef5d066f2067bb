"""Evidence on pages: one form for it, and the list of what an agency handed in, for what, and what became of it."""

from __future__ import annotations

from hashlib import sha256

import psycopg

from tests.api.pages.conftest import a_file, day

PDF = a_file()[0].getvalue()
SAID = {**day("evidence_date", 2016, 9, 2), "effect": "Nine of ten children were seen again"}
NEW = "/evidence/new"


def handed_in(who, **said):
    """Have somebody hand in a file for A1, and bring the views up to date."""
    response = who.send(NEW, SAID | {"act.ref": "A1", "evidence": a_file()} | said)
    who.seeded.catch_up()
    return response


def test_one_form_hands_in_evidence_and_shows_the_receipt(sign_in):
    """A lead chooses the action, the file, the date and says the effect; the receipt stands above the list of all that was handed in."""
    who = sign_in("riv-lead")
    nothing = who.text(NEW)
    who.seeded.act("riv-lead", "accept_action", "A1")
    who.seeded.catch_up()
    form, only = who.text(NEW), who.filled.get("act.ref")
    before = who.recorded
    response = who.send(NEW, SAID | {"act.ref": "A1", "evidence": a_file()})
    at_once = who.text(response.location)
    who.seeded.catch_up()
    shown = who.text(response.location)

    assert "None of your actions waits for evidence" in nothing
    assert form.index("Action") < form.index("File") < form.index("Date on the evidence") < form.index("Effect for children")
    assert only == "A1"  # of one there is nothing to choose
    assert (response.status_code, who.recorded) == (303, before + 1)
    assert "Recorded Evidence submitted" in at_once
    assert NEW in who.links
    assert f"/api/v1/events/{who.recorded}/receipt" in who.links
    assert f"/api/v1/evidence/{sha256(PDF).hexdigest()}" in who.links
    assert "audit audit.pdf, 30 bytes Dated 2 September 2016, received 5 September 2016" in shown
    assert "Follow up every missed appointment (A1) Received Receipt" in shown
    assert "Received" in shown


def test_the_form_says_what_is_missing_and_keeps_the_rest(sign_in):
    """Without an action, or with a file that is not taken, nothing is recorded; what was typed stands there, and so does the file."""
    who = sign_in("riv-lead")
    who.seeded.act("riv-lead", "accept_action", "A1")
    who.seeded.catch_up()
    before = who.recorded
    without = who.send(NEW, SAID | {"evidence": a_file()})
    words, hidden, filled = who.words, who.hidden, who.filled
    refused = who.send(NEW, SAID | {"act.ref": "A1", "evidence": a_file(b"MZ program", "audit.pdf")})
    said = who.words
    again = who.post(NEW, SAID | {"act.ref": "A1"} | hidden)
    empty = who.send(NEW, {"evidence": a_file(b"", "empty.pdf")}) and who.words

    assert (without.status_code, refused.status_code, again.status_code, who.recorded) == (422, 422, 303, before + 1)
    assert "Choose what it is for" in words
    for wrong in ("empty.pdf is empty", "Choose what it is for", "a date is needed"):
        assert wrong in empty, empty
    assert (hidden["evidence_filename"], filled["effect"]) == ("audit.pdf", SAID["effect"])
    assert "audit.pdf is a Windows program. Evidence is a PDF" in said


def test_what_became_of_it_is_said_with_the_reason(sign_in):
    """Returned, with why; accepted; late; not given out: each is said, to the agency and to the Board's offices alone."""
    who, chair, other = sign_in("riv-lead"), sign_in("quality-chair"), sign_in("cqh-lead")
    who.seeded.act("riv-lead", "accept_action", "A1")
    handed_in(who)
    who.seeded.act("quality-chair", "return_evidence", "A1", reason="The sample is too small")
    who.seeded.clock.advance(days=365)
    handed_in(who, evidence=a_file(b"%PDF-1.4 of forty files", "forty.pdf"))
    received = who.text("/evidence")
    who.seeded.act("riv-lead", "mark_implemented", "A1", statement="All teams work so")
    who.seeded.act("quality-chair", "sign_off_action", "A1", effect="Children are seen")
    who.seeded.catch_up()
    accepted = who.text("/evidence")
    with psycopg.connect(who.seeded.config.conninfo("writer"), autocommit=True) as conn:
        conn.execute("UPDATE desk.evidence_file SET found = 'Test', checked_at = now() WHERE sha256 = %s", (sha256(PDF).digest(),))

    assert "Returned 5 September 2016 The sample is too small" in received
    assert "days after it was due" in received
    assert "Accepted 5 September 2017" in accepted
    assert "Not given out: something harmful was found in it" in who.text("/evidence")
    assert f"/api/v1/evidence/{sha256(PDF).hexdigest()}" not in who.links
    assert "forty.pdf" in chair.text("/evidence?agency=RIV")
    assert "forty.pdf" not in other.text("/evidence?agency=RIV")
    assert chair.get("/evidence?agency=NOBODY").status_code == 404


def test_the_board_is_called_so_within_a_sentence(sign_in):
    """What the Board itself handed in is listed under a sentence in which it is not written as at the beginning of one."""
    assert "What the Board handed in, for what, and what became of it." in sign_in("chair").text("/evidence?agency=BOARD")
