"""Two references of one person, once that is known: counted, drawn and asked as one; before it was known they are two."""

from __future__ import annotations

import uuid
from datetime import date
from functools import partial

import psycopg
import pytest

from aggregates.training_session import TrainingSession, refusals
from projections import returns, training
from tests.service.test_training import COURSE, HELD

DAY = date(2016, 9, 30)


@pytest.fixture
def board(seeded):
    """Give a board with a data protection officer, and the references of those who come to a session."""
    seeded.join("dpo", "data protection officer")
    seeded.act("board-manager", "offer_course", "C1", **COURSE)
    return seeded


def registered(it, name):
    """Register somebody."""
    ref = str(uuid.uuid4())
    it.act("board-manager", "register_subject", ref, name=name, contact=None)
    return ref


def delivered(it, ref, *people, agency="RIV"):
    """Hold a session to which these came."""
    it.act("trainer", "schedule_session", ref, course="C1", planned_on=str(HELD), trainers=["trainer"], capacity=16)
    it.act("trainer", "deliver_session", ref)
    for person in people:
        it.act("trainer", "record_attendance", ref, participant=person, agency=agency, staff_group="nurses")


def merge(it, one, other):
    """Find out that two references are of one person; return the position before."""
    before = it.board.size()
    it.act("dpo", "merge_subjects", one, into=other, reason="One person")
    return before


def reading(it, view, known_at=None):
    """Read a view of the day, as known at a position or now."""
    now = it.catch_up()
    with psycopg.connect(it.config.conninfo("reader")) as conn:
        return view(conn, as_at=DAY, known_at=known_at or now)


def test_a_session_and_the_workforce_count_a_person_once(board):
    """Who came under two references is one who came, from when that is on record; as known before, two."""
    one, other, third = (registered(board, name) for name in ("N. Vellum", "Nina Vellum", "O. Else"))
    delivered(board, "S1", one, other, third)
    delivered(board, "S2", other, third)
    before = merge(board, other, one)

    (then, _), (now, _) = (reading(board, training.sessions, at) for at in (before, None))
    assert (len(then.there), then.twice) == (3, {})
    assert (len(now.there), now.twice) == (2, {"2": "1"})
    came = [
        sum(group.in_date for row in reading(board, returns.workforce, at) for group in row.attended)
        for at in (before, None)
    ]  # fmt: skip
    assert came == [3, 2]
    held = partial(training.held, returns=training.Cpd())
    assert [one.attended for at in (before, None) for one in reading(board, held, at)] == [3, 2, 2, 2]


def test_inv_24_nobody_is_drawn_twice(board):
    """INV-24: a sample is not drawn from a population that has somebody twice; their second attendance is retracted first."""
    one, other, third = (registered(board, name) for name in ("N. Vellum", "Nina Vellum", "O. Else"))
    delivered(board, "S1", one, other, third)
    board.act("trainer", "close_attendance", "S1")
    merge(board, other, one)

    with pytest.raises(refusals.CountedTwice) as refused:
        board.act("quality-chair", "draw_telephone_sample", "S1", reason=None)
    assert (refused.value.facts["first"], refused.value.facts["second"]) == ("1", "2")
    entries = board.board.load(TrainingSession, "S1", fresh=True).entries
    second = [e.number for e in entries if e.event is TrainingSession.AttendanceRecorded][1]
    said = {"about": "session", "amends": second, "reason": "The same person"}
    board.act("board-manager", "propose_amendment", "S1", **said)
    board.act("chair", "retract_entry", "S1", proposal=len(entries) + 1, **said)
    board.act("trainer", "close_attendance", "S1")
    board.act("quality-chair", "draw_telephone_sample", "S1", reason=None)
    assert board.board.load(TrainingSession, "S1", fresh=True).state.draws[-1].population == ("1", "3")


def test_inv_24_an_attendance_is_not_closed_over_somebody_twice_nor_gives_them_a_second_number(board):
    """INV-24: known to be one person, they get no second number, and no closing counts two."""
    one, other, third = (registered(board, name) for name in ("N. Vellum", "Nina Vellum", "N. V."))
    delivered(board, "S1", one, other)
    merge(board, other, one)
    merge(board, third, one)

    with pytest.raises(refusals.HasANumber):
        board.act("trainer", "record_attendance", "S1", participant=third, agency="RIV", staff_group="nurses")
    with pytest.raises(refusals.CountedTwice):
        board.act("trainer", "close_attendance", "S1")


def test_inv_26_yearly_cpd_is_the_persons(board):
    """INV-26: a trainer who answered in one office is in date in the other that they hold under another reference, once that is known."""
    board.join("second-trainer", "trainer", employer="CQH")
    asked = {"kind": "trainer_cpd", "respondent": "trainer", "period": "2016", "due_on": "2016-10-01"}
    assert board.board.cpd_in_date(("second-trainer",), HELD) == {"second-trainer": False}
    answer(board, asked)
    before = merge(board, str(board.people["second-trainer"]), str(board.people["trainer"]))

    then, now = (reading(board, training.cpd, at) for at in (before, None))
    assert [found.covers("second-trainer", HELD) for found in (then, now)] == [False, True]
    assert board.board.cpd_in_date(("second-trainer",), HELD) == {"second-trainer": True}


def answer(it, asked):
    """Let a trainer answer their yearly questionnaire."""
    ref = f"trainer_cpd-{asked['period']}-{asked['respondent']}"
    it.act("chair", "request_return", ref, **asked)
    answers = [{"question": "learned", "answer": "Much"}, {"question": "hours", "answer": 12}, {"question": "delivered", "answer": 4}]
    it.act("trainer", "submit_return", ref, answers=answers)
