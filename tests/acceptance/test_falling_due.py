"""Reminders and escalations as they happen to a board: by `muniment work`, whatever runs, sleeps or runs twice (journey F.7)."""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest

from tests.acceptance.product import positions, verify, wait

REMINDED, ESCALATED = "action.reminder_issued.v1", "action.escalated.v1"


def at(day):
    """Give the setting that lets a demonstration take place at nine on a day."""
    return {"MUNIMENT_DEMONSTRATION_CLOCK": f"{day}T09:00:00+00:00"}


@contextmanager
def workers(board, day, count=1):
    """Let some workers run, on a day, as long as the context lasts."""
    started = [board.start("work", "--notices", **at(day)) for _ in range(count)]
    try:
        yield
    finally:
        for work in started:
            work.terminate()
        for work in started:
            work.communicate(timeout=30)


def due(board, day):
    """List what `muniment due` says of a day: action, notice, office and days late."""
    said = json.loads(board.does("due", "--format", "json", **at(day)))
    actions = [one for one in said["items"] if "|" not in one["ref"]]
    return [(one["ref"], one["notice"], one["to_office"], one["served_late_days"]) for one in actions]


def test_what_is_due_is_listed_before_it_is_issued(board):
    """`muniment due` says on each day what is to be issued and to whom, and issues nothing."""
    assert due(board, "2016-12-08") == []
    assert due(board, "2016-12-09") == [
        ("A1", "reminder 7 days before it is due", "riv-lead", 0),
        ("A2", "reminder 7 days before it is due", "cqh-lead", 0),
    ]
    assert due(board, "2016-12-30")[0] == ("A1", "escalation to level 1", "quality-chair", 0)
    assert "to be issued today" in board.does("due", **at("2016-12-09"))
    assert positions(board, REMINDED) == []


def test_what_is_due_is_narrowed_to_an_agency_or_an_office(board):
    """`muniment due` counts what is due to an office or of an agency among all that is; who is nobody is refused by name."""
    day = at("2016-12-09")
    whole, to, of = (board.does("due", *narrowed, **day) for narrowed in ((), ("--to", "riv-lead"), ("--agency", "RIV")))

    assert "it issues no notices" in " ".join(whole.split())
    for narrowed in (to, of):
        assert ("A1" in narrowed, "A2" in narrowed) == (True, False)
        assert " of " in narrowed.partition("to be issued")[0]
    for narrowed in (("--to", "NOPE"), ("--agency", "NOPE")):
        ran = board.run("due", *narrowed, **day)
        assert (ran.code, "NOPE" in ran.err) == (1, True)


def test_two_workers_that_slept_for_three_days_issue_the_highest_once(board):
    """F.7: three days late on waking, and two of them, they issue one event each of the highest that is due, which still verifies."""
    with workers(board, "2017-01-16", count=2):
        wait(lambda: len(positions(board, ESCALATED)) == 2, "both escalations")
        wait(lambda: board.ask("SELECT min(position) FROM views.tracking") == [(board.size,)], "the views")
        assert due(board, "2017-01-16") == []
    with workers(board, "2017-01-17"):
        board.brings_in(
            {"do": "report_progress", "ref": "A1", "by": "riv-lead", "fields": {"rag": "red", "narrative": "Late"}}, **at("2017-01-17")
        )
        wait(lambda: board.ask("SELECT min(position) FROM views.tracking") == [(board.size,)], "the views")

    bodies = [body for (body,) in board.ask("SELECT body FROM views.inspection_history WHERE topic = %s", ESCALATED)]
    assert {(body["level"], body["to_office"], body["served_late_days"]) for body in bodies} == {(2, "chair", 3)}
    assert (len(positions(board, ESCALATED)), len(positions(board, REMINDED))) == (2, 0)
    assert verify(board.pack()).code == 0


@pytest.mark.parametrize("command", [("due",), ("due", "--format", "json")])
def test_in_a_demonstration_without_a_clock_nothing_falls_due(board, command):
    """A demonstration takes place at no time unless it is given one: long after every date, nothing is due in it."""
    said = board.does(*command, MUNIMENT_DEMONSTRATION_CLOCK="")

    assert "0 to be issued today" in said
