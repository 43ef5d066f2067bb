"""What a second hostile reading found: days that stop every view, codes that collide, files by their hash, texts that nobody sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest

from aggregates import Agency
from aggregates.entry.fields import LATEST
from aggregates.errors import WrongKindCorrected
from service.desk.refusals import (
    CodeTaken,
    KeyReused,
    LateWithoutReason,
    NoSuchDay,
    NotFound,
    OfficeOfAnother,
    PersonalData,
    WrongKind,
)
from service.desk.screening import found
from service.desk.submission import LONGEST_TEXT, Submission
from service.ledger.errors import NotAStatement
from service.recording.evidence.refusals import UnknownEvidence
from tests.boards import assign

ITEM = {"title": "An audit", "evidence_date": "2016-09-01"}
INVISIBLE = "\u200b \u2060\u00ad"


def recorded(seeded):
    """Return how many events the log holds."""
    return seeded.board.recorder.head().frontier.size


@pytest.mark.parametrize("day", [date(216, 9, 5), date(1899, 12, 31)])
def test_a_day_that_no_view_can_hold_is_refused_whoever_brings_it(seeded, day):
    """INV-33: a mistyped century is refused for every act, and every act after it is recorded as before."""
    before = recorded(seeded)
    with pytest.raises(NoSuchDay):
        seeded.act("board-manager", "set_local_setting", "partnership", setting="quorum", value="1/2", occurred_on=day, late_reason="late")
    with pytest.raises(NoSuchDay):
        assign(seeded, "A9", occurred_on=day, late_reason="late")

    assert recorded(seeded) == before
    seeded.act("board-manager", "set_local_setting", "partnership", setting="quorum", value="1/2")
    seeded.catch_up()


def test_what_could_not_be_read_back_is_never_signed(seeded):
    """An event that holds a value that no reader would take is refused before it is signed, whichever way it came."""
    agency = seeded.board.load(Agency, "CQH", fresh=True)
    agency.record("DepartureAnnounced", occurred_on=LATEST.replace(year=2200), leaves_on=LATEST, reason="x", by_office="board-manager")
    (event,) = agency.collect_events()
    with pytest.raises(NotAStatement, match="read back"):
        seeded.board.mapper.to_stored_event(event)


@pytest.mark.parametrize("code", ["QEG", "BOARD"])
def test_no_agency_has_the_code_of_a_sub_group_or_of_the_board(seeded, code):
    """INV-07, INV-11: who acts for whom is told by codes, so an agency takes none that is there."""
    with pytest.raises(CodeTaken):
        seeded.act("board-manager", "join_agency", code, name="Another", category="health", section_11="yes")


@pytest.mark.parametrize("code", ["RIV", "BOARD"])
def test_no_sub_group_has_the_code_of_an_agency_or_of_the_board(seeded, code):
    """INV-07, INV-11: nor does a sub-group."""
    with pytest.raises(CodeTaken):
        seeded.act("board-manager", "constitute_sub_group", code, name="Another", terms_of_reference=None)


def test_a_file_is_cited_by_who_brought_it(seeded):
    """B.6: the hash of another agency's file opens nothing: citing it answers as if it were not there; who brings it themselves may."""
    theirs = seeded.board.receive(BytesIO(b"what CQH found"), "audit.txt", seeded.callers["cqh-lead"])
    seeded.act("riv-lead", "accept_action", "A1")
    cites = {"evidence": [ITEM | {"sha256": theirs.sha256}], "effect": "seen"}
    with pytest.raises(UnknownEvidence):
        seeded.act("riv-lead", "submit_evidence", "A1", **cites)

    seeded.board.receive(BytesIO(b"what CQH found"), "the same.txt", seeded.callers["riv-lead"])
    assert seeded.act("riv-lead", "submit_evidence", "A1", **cites).positions


@pytest.mark.parametrize("listed", [[{}], [1], [["x"]], [None]])
def test_a_correction_of_another_kind_is_refused_in_words(seeded, listed):
    """What a list cannot hold is refused by name, also where what it names is looked up first."""
    seeded.act("chair", "set_priorities", "2016-17", priority="Neglect", lead_office="quality-chair", informed_by=["SB-2015-01/F1"])
    with pytest.raises(WrongKindCorrected):
        seeded.act(
            "chair", "correct_entry", "2016-17", about="priorities", amends=1, corrected={"informed_by": listed}, reason="recorded wrongly"
        )


def test_one_key_in_two_offices_is_not_one_command(seeded):
    """A command that is repeated under its key in another office is another: it is told so, and not answered with the first one's."""
    both = seeded.callers["riv-lead"]
    other = replace(both, office="trainer")
    it = Submission(name="accept_action", ref="A1", fields={}, key="once")
    seeded.board.act(both, it)

    with pytest.raises(KeyReused):
        seeded.board.answered(other, it)


def test_a_corrected_text_is_no_longer_than_any_other(seeded):
    """What is too long to be recorded is too long to be corrected to."""
    said = {"corrected": {"title": "x" * (LONGEST_TEXT + 1)}, "reason": "typing error"}
    with pytest.raises(WrongKind, match="at most"):
        seeded.act("chair", "correct_entry", "A1", about="action", amends=1, **said)


def test_what_nobody_sees_is_no_reason(seeded):
    """INV-33: a late reason of characters without a width is none, and so is a title."""
    with pytest.raises(LateWithoutReason):
        seeded.act("chair", "set_priorities", "2015-16", priority="Neglect", occurred_on=date(2016, 1, 5), late_reason=INVISIBLE)
    with pytest.raises(WrongKindCorrected):
        seeded.act("chair", "correct_entry", "A1", about="action", amends=1, corrected={"title": INVISIBLE}, reason="typing error")


@pytest.mark.parametrize(
    "text",
    [
        "943/476/5919", "943_476_5919", "943\u00b7476\u00b75919", "9 4 3 4 7 6 5 9 1 9", "943\u200b4765919", "born on the 1st of May 2010",
        "birthday 1 Feb 2010", "d.o.b.: 2010/02/01", "DOB 12-Mar-2009", "dob 12Mar2009", "DOB 12032009", "born March 12th 2009",
        "born the 12th of March 2009", "born on Thursday 12 March 2009", "12/03/2009 (dob)", "DoB= 12 / 03 / 2009",
        "born in Bristol on 12/03/2009", "(943) 476 5919", "943,476,5919", "943:476:5919", "943 + 476 + 5919", "943|476|5919",
        "94 34 76 59 19", "94347 65919", "UPN H8012 0000 1001",
    ],
)  # fmt: skip
def test_a_number_or_a_birthday_is_found_however_it_is_written(text):
    """INV-45: neither other marks between the digits nor characters without a width hide what identifies a child."""
    assert found(f"It was {text}, as the file says")


@pytest.mark.parametrize(
    "text",
    [
        "2016-09-05, 14:10 and 11:20",
        "Rooms 1 2 3 4 5 6 7 8 9 1 were used",
        "0117 496 0000",
        "pages 943-950",
        "10/09/16 12:30",
        "born early. Read on 12/03/2015",
    ],
)
def test_days_rooms_and_telephones_are_nobodys_number(text):
    """What only looks like it is no NHS number: its check digit is wrong, or it is not grouped as one."""
    assert found(text) is None


def test_who_is_counted_is_screened_too(seeded):
    """INV-45: a group of those who are counted is called by whoever counts, so its name identifies no child either."""
    ref = "workforce_training-2016-17-RIV"
    seeded.act("chair", "request_return", ref, kind="workforce_training", respondent="RIV", period="2016-17", due_on="2016-12-16")
    counts = {"Jane, born 12/03/2009": {"headcount": 1, "trained": 1, "in_date": 1, "due_90": 0, "lapsed": 0}}
    answers = [{"question": "counts", "answer": counts}, {"question": "counted_on", "answer": "2016-09-05"}]
    with pytest.raises(PersonalData):
        seeded.act("riv-lead", "submit_return", ref, answers=answers)


@pytest.mark.parametrize("mark", ["\u202e", "\u2066"])
def test_no_text_is_read_otherwise_than_it_is_written(seeded, mark):
    """Nothing is recorded that turns round how the rest of a text is read."""
    with pytest.raises(WrongKind):
        seeded.act("chair", "set_priorities", "2016-17", priority=f"Neglect{mark}", lead_office="quality-chair")


def test_a_name_is_found_although_something_unseen_is_in_it(seeded):
    """INV-06: a soft hyphen or a character without a width hides nobody in a finding."""
    said = {"number": "F2", "polarity": "concern", "scope": "single-agency", "system_factor": "workload", "themes": []}
    for name in ("R. V\u200bale", "R. Va\u00adle"):
        with pytest.raises(Exception, match="names"):
            seeded.act("board-manager", "record_finding", "SB-2015-01", statement=f"{name} did not call back", **said)


def test_a_departed_hash_names_no_file(seeded):
    """A file that was never received is not there, for anybody."""
    seeded.act("riv-lead", "accept_action", "A1")
    with pytest.raises((UnknownEvidence, NotFound)):
        seeded.act("riv-lead", "submit_evidence", "A1", evidence=[ITEM | {"sha256": "0" * 64}], effect="seen")


def test_what_an_agency_owes_is_asked_of_its_own_office(seeded):
    """An action is asked of an office of its owner, whose holder sees it; another's office is refused when it is assigned or passed on."""
    with pytest.raises(OfficeOfAnother):
        assign(seeded, "A9", owner="RIV", owner_office="cqh-lead")
    with pytest.raises(OfficeOfAnother):
        seeded.act("chair", "reassign_action", "A1", owner="CQH", owner_office="riv-lead", reason="moved")
    seeded.act("board-manager", "transfer_obligation", "A2", successor="RIV", reason="merged")
    with pytest.raises(OfficeOfAnother):
        seeded.act("riv-lead", "accept_transfer", "A2", owner_office="cqh-lead")
    assign(seeded, "A9", owner="BOARD", owner_office="chair")
