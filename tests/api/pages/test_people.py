"""The data-protection register and a person's page: what the law asks, who may read it, and what stands where something is not opened."""

from __future__ import annotations

import pytest

from service.desk.refusals import Identifies, PersonalData
from tests.api.pages.conftest import browser
from tests.api.pages.whole import THINGS, fill

PERSON = THINGS["subject"]
ASKED = {"reference": "DP-2016-4", "identity_checked_by": "board-manager"}
DOUBTFUL = "The ward rota of 943 476 5919 was not agreed"


@pytest.fixture
def board(app, seeded):
    """Give browsers for the offices of a board with one of everything, and a data protection officer."""

    def board(office):
        return browser(app, seeded, office)

    fill(seeded).join("dpo", "data protection officer")
    seeded.catch_up()
    board.seeded = seeded
    return board


def act(board, command, **fields):
    """Let the officer decide about the person."""
    board.seeded.act("dpo", command, PERSON, **fields)
    board.seeded.catch_up()


def test_the_register_says_what_is_asked_and_names_nobody(board):
    """Requests, restrictions and holds stand with their dates and decisions, by reference: no name is in the register or its data."""
    act(board, "place_legal_hold", matter="Inquest", reason="The coroner asks")
    act(board, "request_erasure", **ASKED)
    act(board, "decide_erasure", outcome="refused", exemption="legal claims", reason="The inquest is open")
    who = board("dpo")
    assert who.get("/data-protection").status_code == 200

    told = ("Held: Inquest", "Erasure asked 5 September 2016", "Refused 5 September 2016, by exemption: legal claims")
    for words in (f"{PERSON[:8]}…", *told):
        assert words in who.words, words
    rows = board.seeded.keys and who.client.get("/api/v1/subjects").json["items"]
    row = next(row for row in rows if row["ref"] == PERSON)
    assert (row["held"], row["erasures"][0]["outcome"]) == (["Inquest"], "refused")
    assert "Northway" not in who.page
    assert "Northway" not in str(rows)


def test_a_persons_page_has_the_sessions_at_which_they_were(board):
    """The officer finds each with the day and the agency of that day; that an inspector opened the page is on record; a lead finds none."""
    person = board.seeded.people["riv-lead"]
    told = "Agency on that day Staff group Number there S-1 Neglect 5 September 2016 Riverside Community Health"
    for office in ("dpo", "inspector"):
        assert told in board(office).text(f"/subjects/{person}")
    board.seeded.catch_up()
    assert str(person) in board("board-manager").get("/inspections/inspector").get_data(as_text=True)
    assert board("riv-lead").get(f"/subjects/{person}").status_code == 404


def test_a_persons_page_has_their_requests_and_what_can_be_done(board):
    """The officer finds who it is, each request with its dates, and what can be done next."""
    act(board, "request_erasure", **ASKED)
    who = board("dpo")
    who.get(f"/subjects/{PERSON}")

    for words in ("P. Northway", "DP-2016-4", "Waits for its decision", "Decide the request to erase", "Place a legal hold"):
        assert words in who.words, words
    assert "Bring in a request to erase" not in who.words


def test_whoever_may_know_people_reads_their_names_and_no_long_reference(board):
    """The officer's home and forms name whom they are about; nobody reads a person by 32 digits."""
    act(board, "request_erasure", **ASKED)
    board.seeded.catch_up()
    who = board("dpo")

    assert "Erasure requested: P. Northway" in who.text("/")
    assert "P. Northway Place a legal hold" in who.text(f"/subjects/{PERSON}/place_legal_hold")
    assert PERSON not in who.words
    assert f"Erasure asked 5 September 2016, {ASKED['reference']}" in who.text("/data-protection")


@pytest.mark.parametrize(("office", "may"), [("chair", True), ("board-manager", True), ("quality-chair", False), ("riv-lead", False)])
def test_who_may_read_the_register(board, office, may):
    """Domain B.6: the chair, the manager, the officer and who inspects read it; sub-groups and agencies do not, nor a person's page."""
    act(board, "place_legal_hold", matter="Inquest", reason="The coroner asks")
    who = board(office)

    assert who.get("/data-protection").status_code == (200 if may else 403)
    assert who.get(f"/subjects/{PERSON}").status_code == (200 if may else 404)
    assert ("/data-protection" in who.links) == may
    position = board.seeded.board.size()
    assert who.get(f"/events/{position}").status_code == (200 if may else 404)


def test_what_was_erased_says_so_everywhere(board):
    """After the erasure every page says when, at every clock; counts and lists stay what they were."""
    registered = next(n for n in range(1, board.seeded.board.size()) if board.seeded.board.subjects.reveal(n, "name") == "P. Northway")
    act(board, "request_erasure", **ASKED)
    act(board, "decide_erasure", outcome="granted", exemption=None, reason="Nothing stands against it")
    who = board("dpo")
    who.get(f"/events/{registered}")
    assert "P. Northway" in who.words
    act(board, "erase_personal_data")

    for path in (f"/events/{registered}", f"/subjects/{PERSON}", "/data-protection"):
        who.get(path)
        assert "[erased 5 September 2016" in who.words, path
        assert "Northway" not in who.page, path
    assert who.client.get(f"/api/v1/subjects/{PERSON}").json["item"]["name"] is None


def test_who_is_restricted_is_not_opened_but_for_what_is_named(board):
    """A restricted person's name stands closed for the chair, and open for an inspection where the restriction names that."""
    trainer = str(board.seeded.people["quality-chair"])
    board.seeded.act("dpo", "apply_restriction", trainer, open_for=["inspection"], reason="Accuracy is contested")
    board.seeded.catch_up()
    chair, inspector, officer = board("chair"), board("inspector"), board("dpo")
    for who, named in ((chair, False), (inspector, True), (officer, True)):
        who.get("/meetings/QEG-2016-09")
        assert ("The quality-chair" in who.words) == named, who.office
        assert ("[restricted]" in who.words) != named, who.office
    board.seeded.act("dpo", "lift_restriction", trainer, reason="It was accurate")
    board.seeded.catch_up()

    chair.get("/meetings/QEG-2016-09")
    assert "The quality-chair" in chair.words


def test_merged_references_are_shown_as_one_person(board):
    """What was done under a reference that was merged is shown under the name of the one that goes on."""
    board.seeded.act("dpo", "merge_subjects", str(board.seeded.people["quality-chair"]), into=PERSON, reason="One person")
    board.seeded.catch_up()
    who = board("chair")
    who.get("/meetings/QEG-2016-09")

    assert "P. Northway" in who.words


def refused(board, text, kind=PersonalData):
    """Have a text of a dispute refused; return the refusal."""
    with pytest.raises(kind) as told:
        board.seeded.act("riv-lead", "dispute_action", "A1", reason=text)
    return told.value


def test_inv_45_a_doubtful_text_is_held_until_the_officer_has_seen_it(board):
    """INV-45: it is refused and held once; the officer alone sees it, allows it, and the very same text is then recorded."""
    refused(board, DOUBTFUL)
    refused(board, DOUBTFUL)
    who = board("dpo")
    who.get("/data-protection")
    assert who.words.count(DOUBTFUL) == 1
    for other in ("chair", "board-manager"):
        elsewhere = board(other)
        elsewhere.get("/data-protection")
        assert DOUBTFUL not in elsewhere.words
    number = board.seeded.board.held.waiting()[0].id
    who.get("/data-protection")
    who.client.post(f"/data-protection/held/{number}", data={**who.hidden, "allowed": "yes"})

    assert board.seeded.board.held.waiting() == []
    refused(board, DOUBTFUL + " again")
    board.seeded.act("riv-lead", "dispute_action", "A1", reason=DOUBTFUL)


def test_inv_45_what_identifies_somebody_is_never_recorded(board):
    """INV-45: a text that the officer has found to identify somebody stays refused, and is told so; the text itself is gone."""
    refused(board, DOUBTFUL)
    held = board.seeded.board.held
    held.decide(held.waiting()[0].id, allowed=False, by="dpo")

    assert "identifies somebody" in str(refused(board, DOUBTFUL, Identifies))
    assert held.waiting() == []


def test_inv_45_the_name_of_somebody_on_record_is_held_too(board):
    """INV-45: the whole name of a registered person, however it is written, is held; a surname alone is nobody's."""
    for text in ("Ask P. Northway", "ask p northway about it", "Ask P. NORTHWAY"):
        assert "the name of a person on record" in str(refused(board, text))
    board.seeded.act("riv-lead", "dispute_action", "A1", reason="The Northway clinic is not ours")
