"""What the register of actions shows, at its two clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, get_args
from uuid import UUID

import pytest

from aggregates import Office
from aggregates.entry.values import Sealed
from projections import action_register
from projections.action_register import Filters, Sort, hindsight, one, overdue, register
from projections.inspection import history as inspection_history
from projections.two_clocks.clocks import position_at
from tests.aggregates.people import (
    CHAIR,
    DUE,
    MANAGER,
    ORIGIN,
    QUALITY,
    RIV,
    assigned,
    checked,
    implemented,
    on,
    signed_off,
    slipped,
    sustaining,
)
from tests.logs import Log, catch_up_with

if TYPE_CHECKING:
    import psycopg

FIRST = date(2016, 12, 1)
PUT_RIGHT = date(2016, 12, 5)


def refs(rows: list[action_register.ActionRow]) -> list[str]:
    """Name the actions."""
    return [row.ref for row in rows]


@pytest.fixture
def several(board: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """Give a register of six actions in different states: one overdue, one re-dated late, one signed off, one that slipped."""
    log = Log()
    log.record(assigned(ref="A2"))
    late = assigned(ref="A10", owner="WMP", source="SB-2016-03/F2", due_on=on(20))
    late.vary_due_date(acting=QUALITY, occurred_on=on(30), due_on=on(400), reason="panel moved")
    log.record(late)
    log.record(assigned(ref="A1", due_on=on(10), overseen_by="TRAINING", source="SB-2015-01/F1"))
    log.record(sustaining(ref="A3"))
    log.record(slipped(ref="A4"))
    withdrawn = assigned(ref="A5", source="SB-2016-030/F1")
    withdrawn.withdraw(acting=CHAIR, occurred_on=on(50), reason="Overtaken by the merger")
    log.record(withdrawn)
    catch_up_with(board, log)
    return board


def test_f10_a_wrong_sign_off_is_put_right_and_nothing_is_hidden(board: psycopg.Connection[Any]) -> None:
    """F.10: as known before, signed off; as known after, flagged as the owner's own; as known once retracted, not signed off."""
    log, action = Log(), signed_off(ref="A13")
    office = Office.begin(
        ORIGIN, acting=CHAIR, occurred_on=date(2014, 9, 1), office="quality-chair", title="Chair of Quality", role="sub-group chair",
        body="QUALITY", holder=Sealed(UUID(int=4)), employer="CQH", from_on=date(2014, 9, 1),
    )  # fmt: skip
    log.live(office)
    log.live(action)
    office.correct(acting=CHAIR, occurred_on=PUT_RIGHT, amends=1, corrected={"employer": "RIV"}, reason="Recorded wrongly")
    corrected = log.live(office)
    action.propose_amendment(acting=MANAGER, occurred_on=PUT_RIGHT, amends=5, reason="Signed by the owner's own employee")
    proposed = log.live(action)
    action.retract(acting=CHAIR, occurred_on=PUT_RIGHT, amends=5, reason="Signed by the owner's own employee", proposal=6)
    retracted = log.live(action)
    catch_up_with(board, log)
    before = position_at(board, FIRST)
    seen = [one(board, "A13", as_at=FIRST, known_at=known_at) for known_at in (before, corrected, proposed, retracted)]

    assert [(row.status, row.signed_off_by, row.signed_off_by_owner) for row in seen if row] == [
        ("signed off", "quality-chair", False),
        ("signed off", "quality-chair", True),
        ("signed off", "quality-chair", True),
        ("implemented", None, False),
    ]
    assert {row.signed_off_by_agency for row in seen[:3] if row} == {"CQH"}
    assert [row.signers_agency_now for row in seen[:2] if row] == ["CQH", "RIV"]
    history = inspection_history.history(board, kind="action", ref="A13", known_at=retracted, as_at=FIRST)
    assert [(e.topic.split(".")[1], e.status, e.retracted_by) for e in history[4:]] == [
        ("signed_off", "retracted", retracted),
        ("amendment_proposed", "stands", None),
        ("entry_retracted", "stands", None),
    ]
    assert [e.proposals for e in [inspection_history.entry(board, 6, known_at=k) for k in (proposed, retracted)] if e] == [(proposed,), ()]


def test_overdue_is_of_the_day_asked_for(board: psycopg.Connection[Any]) -> None:
    """What is due on a day is overdue from the next one, for as long as nobody signs it off; nothing stored says so."""
    log = Log()
    log.record(implemented(ref="A8"))
    catch_up_with(board, log)
    rows = [one(board, "A8", as_at=date(2016, 12, day), known_at=4) for day in (15, 16, 17, 31)]

    assert [(row.overdue, row.days_overdue) for row in rows if row] == [(False, 0), (False, 0), (True, 1), (True, 15)]


def test_inv_15_a_late_new_date_does_not_cure(several: psycopg.Connection[Any]) -> None:
    """INV-15: an action re-dated after its date had passed is overdue and re-dated, and shows both dates."""
    row = one(several, "A10", as_at=on(35), known_at=25)

    assert row is not None
    assert (row.overdue, row.days_overdue, row.times_redated) == (True, 10, 1)
    assert (row.original_due_on, row.due_on) == (on(20), on(400))


def test_the_register_agrees_with_the_aggregates(several: psycopg.Connection[Any]) -> None:
    """On any day the register counts as overdue what the aggregates do, by as many days."""
    late = assigned(ref="A10", due_on=on(20))
    late.vary_due_date(acting=QUALITY, occurred_on=on(30), due_on=on(400), reason="panel moved")
    actions = [assigned(ref="A2"), late, assigned(ref="A1", due_on=on(10)), sustaining(ref="A3"), slipped(ref="A4")]

    for days in (0, 5, 11, 21, 31, 45, 96, 399, 401, 500):
        states = [(action, action.state_on(on(days))) for action in actions]
        expected = {a.ref: n for a, s in states if s and (n := s.days_overdue_on(on(days)))}
        assert {row.ref: row.days_overdue for row in overdue(several, as_at=on(days), known_at=25)} == expected


def test_a_register_is_filtered_and_counted(several: psycopg.Connection[Any]) -> None:
    """Each filter narrows the list and the count alike; a review's reference takes in its findings and no other review's."""
    at = {"as_at": on(410), "known_at": 25}
    expected = {
        Filters(): ["A1", "A2", "A3", "A4", "A5", "A10"],
        Filters(owner="WMP"): ["A10"],
        Filters(overseen_by="TRAINING"): ["A1"],
        Filters(status="slipped"): ["A4"],
        Filters(source="SB-2016-03"): ["A2", "A3", "A4", "A10"],
        Filters(source="SB-2016-03/F2"): ["A10"],
        Filters(overdue_only=True): ["A1", "A2", "A10"],
        Filters(overdue_only=True, owner="RIV"): ["A1", "A2"],
        Filters(open_only=True): ["A1", "A2", "A10"],
        Filters(owner="nobody"): [],
    }

    assert {f: refs(register(several, **at, filters=f, sort="ref")) for f in expected} == expected
    assert {f: action_register.count(several, **at, filters=f) for f in expected} == {f: len(rows) for f, rows in expected.items()}


@pytest.mark.parametrize("sort", get_args(Sort))
@pytest.mark.parametrize("descending", [False, True])
def test_pages_follow_each_other_in_any_order(several: psycopg.Connection[Any], sort: Sort, descending: bool) -> None:
    """Page after page gives each action once, in the order of the whole list."""
    at = {"as_at": on(410), "known_at": 25, "sort": sort, "descending": descending}
    whole = refs(register(several, **at))
    pages: list[str] = []
    while page := refs(register(several, **at, after=pages[-1] if pages else None, limit=2)):
        pages += page

    assert pages == whole
    assert sorted(whole) == ["A1", "A10", "A2", "A3", "A4", "A5"]


def test_orders_are_those_that_people_expect(several: psycopg.Connection[Any]) -> None:
    """References count, statuses follow an action's life, and the longest overdue comes first."""
    at = {"as_at": on(410), "known_at": 25}

    assert refs(register(several, **at, sort="ref")) == ["A1", "A2", "A3", "A4", "A5", "A10"]
    assert refs(register(several, **at, sort="status")) == ["A1", "A2", "A10", "A3", "A4", "A5"]
    assert refs(overdue(several, **at)) == ["A1", "A2", "A10"]


def test_a_summary_counts_what_the_register_lists(several: psycopg.Connection[Any]) -> None:
    """The sentences above the register count its rows; without rows they count nothing."""
    counted = action_register.summary(several, as_at=on(410), known_at=25)

    assert (counted.total, counted.owed, counted.overdue, counted.signed_off, counted.held, counted.slipped) == (6, 3, 3, 2, 0, 1)
    assert counted.by_status == {"assigned": 3, "sustaining": 1, "slipped": 1, "withdrawn": 1}
    assert action_register.summary(several, as_at=date(2010, 1, 1), known_at=25).total == 0


def test_a_row_shows_what_shows_it(board: psycopg.Connection[Any]) -> None:
    """A row has the evidence with its files, the effect, whether it lasted and which looks are still to come; people as pointers."""
    log, action = Log(), sustaining(ref="A8")
    checked(action, 222)
    log.record(action)
    catch_up_with(board, log)
    row = one(board, "A8", as_at=on(230), known_at=8)

    assert row is not None
    assert [(e["on"], e["by"], e["items"][0]["filename"]) for e in row.evidence] == [
        (str(on(30)), {"sealed": str(UUID(int=6))}, "audit.pdf")
    ]
    assert (row.effect, row.sustained, row.checks_scheduled) == ("Referrals come the same day", "held after 6 months", [str(on(405))])
    assert row.changed_at == 8


def test_a_withdrawn_action_stays_in_the_register(several: psycopg.Connection[Any]) -> None:
    """INV-16: what the Board gave up is still listed, with its reason."""
    row = one(several, "A5", as_at=on(410), known_at=25)

    assert row is not None
    assert (row.status, row.end_reason, row.overdue) == ("withdrawn", "Overtaken by the merger", False)


def test_f1_hindsight_says_what_the_board_believed_and_what_we_know(board: psycopg.Connection[Any]) -> None:
    """F.1: three actions were believed overdue; now it is five, and the two entries that were recorded late are named."""
    log, day = Log(), date(2016, 11, 14)
    for ref in ("A1", "A2", "A3"):
        log.live(assigned(ref=ref, due_on=on(30)))
    then = log.live(assigned(ref="A4"))
    for ref in ("A5", "A6"):
        log.record(assigned(ref=ref, due_on=on(30), late_reason="The minutes were lost"), at=datetime(2016, 11, 28, 9, tzinfo=UTC))
    log.live(assigned(ref="A7", occurred_on=date(2016, 11, 29), due_on=date(2016, 11, 30)))
    catch_up_with(board, log)
    assert position_at(board, day) == then
    found = hindsight.overdue(board, as_at=day, known_then=then, known_now=7)

    assert found.sentence == (
        "On 14 November 2016 the Board believed 3 actions were overdue. We now know it was 5: two were recorded late (events 5, 6)."
    )
    assert [(r.ref, r.overdue, [e.late for e in r.entries]) for r in found.reversals] == [("A5", True, [77]), ("A6", True, [77])]
    assert {e.late_reason for e in found.recorded_late} == {"The minutes were lost"}


def test_hindsight_names_corrections_and_retractions(board: psycopg.Connection[Any]) -> None:
    """A belief that an amendment overturned is put down to that amendment, and to no other entry."""
    log, day = Log(), date(2016, 12, 20)
    retracted, corrected = signed_off(ref="A1"), assigned(ref="A2", due_on=on(30))
    for action in (retracted, corrected, assigned(ref="A3")):
        log.live(action)
    then = len(log.entries)
    retracted.report_progress(acting=RIV, occurred_on=on(35), rag="green", narrative="On course")
    log.record(retracted, at=datetime(2016, 12, 21, 9, tzinfo=UTC))
    retracted.retract(acting=QUALITY, occurred_on=on(101), amends=5, reason="Wrong action")
    corrected.correct(acting=QUALITY, occurred_on=on(102), amends=1, corrected={"due_on": DUE.replace(year=2017)}, reason="Typing error")
    log.record(retracted, at=datetime(2016, 12, 22, 9, tzinfo=UTC))
    now = log.record(corrected)
    catch_up_with(board, log)
    found = hindsight.overdue(board, as_at=day, known_then=then, known_now=now)

    assert found.sentence == (
        "On 20 December 2016 the Board believed 2 actions were overdue. We now know it was 2: "
        "one was retracted (event 9), one was corrected (event 10)."
    )
    assert [(r.ref, r.overdue) for r in found.reversals] == [("A1", True), ("A2", False)]
    assert hindsight.overdue(board, as_at=day, known_then=then, known_now=then).sentence == (
        "On 20 December 2016 the Board believed 2 actions were overdue. Nothing recorded since changes that."
    )


def test_changes_between_two_pairs_of_clocks_are_listed(several: psycopg.Connection[Any]) -> None:
    """An action is listed where what it shows differs, not because it has been overdue for longer."""
    changes = hindsight.changes(several, (on(12), 25), (on(25), 25))

    assert [(c.ref, c.before and c.before.overdue, c.after and c.after.overdue) for c in changes] == [("A10", False, True)]
