"""What a hostile reading of the rules found, and finds closed."""

from __future__ import annotations

import uuid
from datetime import date
from io import BytesIO

import pytest

from aggregates.action.refusals import EscalatedToOwner, LevelSkipped
from aggregates.errors import NotTheirsToAmend, Refused, WrongKindCorrected
from aggregates.partnership.office import LeadOfNobody, TermEndsFirst
from service.desk.refusals import EvidenceNotCorrected, FutureDate, NotFound, NotInOffice, OwnAppointment, PersonalData, WrongKind
from service.desk.screening import found


def recorded(seeded):
    """Return how many events the log holds."""
    return seeded.board.recorder.head().frontier.size


@pytest.fixture
def before(seeded):
    """Give the size of the log before anything is tried."""
    return recorded(seeded)


def test_an_escalation_has_few_levels(seeded):
    """A level that no view could hold is refused, instead of stopping the register."""
    seeded.clock.advance(days=150)
    seeded.act("chair", "escalate_action", "A1", level=1, to_office="chair")

    with pytest.raises(Refused, match="up to 9"):
        seeded.act("chair", "escalate_action", "A1", level=10, to_office="chair")
    with pytest.raises(WrongKind):
        seeded.act("chair", "escalate_action", "A1", level=3_000_000_000, to_office="chair")
    seeded.catch_up()


def test_a_successor_does_not_judge_as_their_predecessor_might(seeded):
    """INV-11: an act cannot be dated into the term of somebody with another employer."""
    successor = str(uuid.uuid4())
    seeded.act("board-manager", "register_subject", successor, name="A successor")
    seeded.act("board-manager", "stand_down_office_holder", "quality-chair", until_on="2016-09-04", reason="moved on")
    term = {"title": "Chair of Quality", "role": "sub-group chair", "body": "QEG", "from_on": "2016-09-05"}
    seeded.act("board-manager", "appoint_office_holder", "quality-chair", **term, holder=successor, employer="RIV", until_on=None)
    seeded.clock.advance(days=3)
    caller = seeded.callers["quality-chair"]
    seeded.callers["quality-chair"] = type(caller)(caller.account, uuid.UUID(successor), caller.email, "quality-chair")

    with pytest.raises(NotInOffice):
        seeded.act("quality-chair", "vary_due_date", "A1", due_on="2017-01-01", reason="more time", occurred_on=date(2016, 9, 3))


@pytest.mark.parametrize(
    ("corrected", "refusal"),
    [
        ({"occurred_on": "2030-01-01"}, FutureDate),
        ({"occurred_on": "2001-01-01"}, Refused),
        ({"owner": "GHOST"}, NotFound),
        ({"overseen_by": "GHOST"}, NotFound),
        ({"title": "   "}, WrongKindCorrected),
        ({"due_on": "1999-01-01"}, Refused),
    ],
)
def test_a_correction_obeys_the_rules_of_what_it_corrects(seeded, before, corrected, refusal):
    """What the command would have refused cannot be slipped in by correcting it."""
    with pytest.raises(refusal):
        seeded.act("chair", "correct_entry", "A1", about="action", amends=1, corrected=corrected, reason="typing error")

    assert recorded(seeded) == before


def test_evidence_is_never_rewritten(seeded):
    """A correction cannot cite a file that was never received, nor say when one came."""
    file = seeded.board.receive(BytesIO(b"minutes"), "minutes.txt", seeded.callers["riv-lead"])
    item = {"sha256": file.sha256, "title": "Minutes", "evidence_date": "2016-09-01"}
    seeded.act("riv-lead", "accept_action", "A1")
    seeded.act("riv-lead", "submit_evidence", "A1", evidence=[item], effect="seen")

    forged = [item | {"sha256": "f" * 64}]
    with pytest.raises(EvidenceNotCorrected):
        seeded.act("riv-lead", "correct_entry", "A1", about="action", amends=3, corrected={"evidence": forged}, reason="wrong file")


def test_a_lead_does_not_retract_what_their_employee_decided_elsewhere(seeded):
    """INV-35: a finding is amended by the office that made it, not by the agency that employs its holder."""
    birch = {"title": "Birch", "kind": "serious case review", "regime": "LSCB-WT2015", "notified_on": "2016-09-01"}
    finding = {"polarity": "concern", "scope": "single-agency", "system_factor": "supervision", "themes": []}
    seeded.act("chair", "refer_review", "SB-2016-02", referring_agency="CQH", **birch)
    seeded.act("quality-chair", "record_finding", "SB-2016-02", number="F1", statement="Calls were not returned", **finding)

    with pytest.raises(NotTheirsToAmend):
        seeded.act("cqh-lead", "retract_entry", "SB-2016-02", about="review", amends=2, reason="we disagree")


def test_nobody_appoints_themselves(seeded):
    """An office holder appoints others (domain B.6)."""
    me = str(seeded.people["board-manager"])
    with pytest.raises(OwnAppointment):
        seeded.act(
            "board-manager", "appoint_office_holder", "qeg-vice", title="Vice chair", role="sub-group chair", body="QEG", holder=me,
            employer=None, from_on="2016-09-01", until_on=None,
        )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "NHS9434765919", "943.476.5919", "943\u00a0476\u00a05919", "943  476  5919", "943\u2011476\u20115919", "943\n476\n5919",
        "DOB \u2013 12/03/2009", "DOB:\u00a012\u00a0March\u00a02009", "born on 3 March 2014",
    ],
)  # fmt: skip
def test_a_number_is_found_however_it_is_dressed(text):
    """INV-45: what a word processor makes of a number or a date hides it from nobody."""
    assert found(f"as we said, {text} was present") is not None


@pytest.mark.parametrize(
    "text", ["3f2a9434-7659-4194-8e5d-a9434765919f", "0b9434765919" + "f" * 52, "see 9434e765-919a-4e57-b943-4765919abcde"]
)
def test_no_number_is_found_in_a_uuid_or_a_hash(text):
    """Ten digits of a UUID or of a file's SHA-256 are nobody's number: a program may name things by them."""
    assert found(text) is None


def test_what_is_said_of_a_file_is_screened_too(seeded, before):
    """INV-45: a title, a file name or a kind of file is text like any other, on one line."""
    file = seeded.board.receive(BytesIO(b"minutes"), "minutes.txt", seeded.callers["riv-lead"])
    item = {"sha256": file.sha256, "title": "Minutes", "evidence_date": "2016-09-01"}
    seeded.act("riv-lead", "accept_action", "A1")

    with pytest.raises(PersonalData):
        seeded.act("riv-lead", "submit_evidence", "A1", evidence=[item | {"title": "of 943 476 5919"}])
    for bad in ({"filename": "a\nb.pdf"}, {"media_type": "943\n476"}, {"classification": "secret"}):
        with pytest.raises(WrongKind):
            seeded.act("riv-lead", "submit_evidence", "A1", evidence=[item | bad])

    assert recorded(seeded) == before + 1


@pytest.mark.parametrize("day", ["9999-12-31", "2200-01-01", "1899-12-31"])
def test_no_day_is_taken_with_which_no_clock_can_reckon(seeded, before, day):
    """A day centuries away would stop the views for good: it is refused at the door, in a command and in a correction."""
    ended = {"until_on": day, "reason": "for ever"}
    with pytest.raises(WrongKind, match="a day from 1900-01-01 to 2199-12-31"):
        seeded.act("board-manager", "stand_down_office_holder", "trainer", **ended)
    with pytest.raises(WrongKindCorrected, match="a day from 1900-01-01"):
        seeded.act("board-manager", "correct_entry", "trainer", about="office", amends=1, corrected={"until_on": day}, reason="for ever")

    assert recorded(seeded) == before


def test_no_overseer_silences_the_ladder(seeded):
    """INV-17: a sub-group's chair escalates one level at a time, and nobody to the owner: neither keeps the Board from being told."""
    seeded.clock.advance(days=110)
    with pytest.raises(LevelSkipped):
        seeded.act("quality-chair", "escalate_action", "A1", level=9, to_office="chair")
    with pytest.raises(EscalatedToOwner):
        seeded.act("chair", "escalate_action", "A1", level=1, to_office="riv-lead")


def test_a_term_is_not_corrected_to_end_before_it_begins(seeded):
    """INV-32: a correction makes no term that could not have been given."""
    wrong = {"corrected": {"until_on": "2016-08-01"}, "reason": "typing error"}
    with pytest.raises(TermEndsFirst):
        seeded.act("board-manager", "correct_entry", "trainer", about="office", amends=1, **wrong)


def test_a_lead_leads_in_an_agency(seeded):
    """INV-32: a designated lead of no agency would answer for nobody, and see what is nobody's: such an appointment is refused."""
    said = {"title": "Lead", "role": "designated lead", "body": None, "employer": None, "from_on": "2016-09-01", "until_on": None}
    with pytest.raises(LeadOfNobody):
        seeded.act("chair", "appoint_office_holder", "stray-lead", holder=str(seeded.people["cqh-lead"]), **said)


@pytest.mark.parametrize(
    "corrected",
    [{"owner": ["RIV"]}, {"source": 5}, {"overseen_by": {"a": 1}}, {"owner_office": 7}]
    + [{"occurred_on": day} for day in ("2016-13-01", "20160901", "2016-W35-4", 20160901)],
)
def test_a_correction_of_another_kind_is_refused_in_words(seeded, corrected):
    """What is no text where a text belongs, and no day where a day does, is refused by its field, before anything is looked up by it."""
    with pytest.raises(WrongKindCorrected):
        seeded.act("chair", "correct_entry", "A1", about="action", amends=1, corrected=corrected, reason="typing error")
