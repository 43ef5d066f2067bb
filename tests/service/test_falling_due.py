"""What the service issues by itself as days pass: each reminder and each escalation once, to an office that somebody holds (F.7)."""

from __future__ import annotations

import threading
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from aggregates.action import Action, refusals
from aggregates.clocks.dates import london
from aggregates.clocks.ladder import Notice
from projections.falling_due import Seats, actions_due
from projections.partnership import offices
from service.application import Board
from service.cli.falling_due import ViewsBehind, due_today, issue, issue_due, issuing
from service.cli.running.working import goes_out
from service.config import Config
from service.desk.refusals import NotFound
from tests.boards import assign

DUE = date(2016, 12, 16)


def on(it, day, hour=9):
    """Let it be some hour, UTC, of a day."""
    it.clock.now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def after(days):
    """Give the day so many days after the due date of the actions of the small board."""
    return DUE + timedelta(days=days)


@contextmanager
def views(it):
    """Give a connection to the views, as `muniment work` has it."""
    with closing(psycopg.connect(it.config.conninfo("projector"), autocommit=True)) as conn:
        yield conn


def look(it, day, hour=9):
    """Let a worker look on a day; return what it issued, each as action, level, office and days late."""
    on(it, day, hour)
    it.catch_up()
    with views(it) as conn:
        found = issue_due(conn, it.board)
    it.catch_up()
    return [(one.ref, level(one), one.to_office, one.served_late_days) for one in of_actions(found)]


def of_actions(found):
    """Give what is due of actions, and not of obligations."""
    return [one for one in found if "|" not in one.ref]


def level(one):
    """Give the level of a notice: nought for a reminder."""
    return int(one.notice.rpartition(" ")[2]) if one.notice.startswith("escalation") else 0


def issued(it, ref="A1"):
    """List what is on record as issued of an action: what, level or days before, office, vacant offices, days late."""
    kinds = {Action.ReminderIssued: "days_before", Action.Escalated: "level"}
    entries = [entry for entry in it.board.load(Action, ref, fresh=True).entries if entry.event in kinds]
    said = [(entry.event.__name__, entry.body[kinds[entry.event]], entry.body) for entry in entries]
    return [(name, which, body["to_office"], body["vacant_offices"], body["served_late_days"]) for name, which, body in said]


def test_each_rung_is_served_once_on_its_day(seeded):
    """F.7: a reminder seven days before and one on the day, then the sub-group's chair at 14 days and the Board's at 28; each once."""
    looked = {days: look(seeded, after(days)) for days in (-8, -7, -6, 0, 1, 13, 14, 15, 27, 28, 29, 60)}

    assert {days: found for days, found in looked.items() if found} == {
        -7: [("A1", 0, "riv-lead", 0), ("A2", 0, "cqh-lead", 0)],
        0: [("A1", 0, "riv-lead", 0), ("A2", 0, "cqh-lead", 0)],
        14: [("A1", 1, "quality-chair", 0), ("A2", 1, "quality-chair", 0)],
        28: [("A1", 2, "chair", 0), ("A2", 2, "chair", 0)],
    }
    assert issued(seeded) == [
        ("ReminderIssued", 7, "riv-lead", (), 0),
        ("ReminderIssued", 0, "riv-lead", (), 0),
        ("Escalated", 1, "quality-chair", (), 0),
        ("Escalated", 2, "chair", (), 0),
    ]


def test_what_the_service_issues_is_its_own_act(seeded):
    """Nobody is said to have reminded or escalated: the entry is of the service, true on the day on which it was served."""
    look(seeded, after(14))
    entry = seeded.board.load(Action, "A1", fresh=True).entries[-1]

    assert (entry.event.CLASS, entry.occurred_on) == ("C", after(14))
    assert {entry.body[name] for name in ("by_person", "by_office", "by_agency", "on_behalf_of")} == {None}


def test_looking_twice_on_a_day_issues_once(seeded):
    """Whoever looks again, in the same process or after a restart, finds nothing left to issue."""
    first = look(seeded, after(0))
    again = look(seeded, after(0), hour=15)
    restarted = Board(seeded.config, seeded.board.keys, clock=seeded.clock)
    with closing(restarted), views(seeded) as conn:
        third = issue_due(conn, restarted)

    assert (len(first), again, of_actions(third)) == (2, [], [])


def test_after_three_days_asleep_the_highest_is_served_once_and_said_to_be_late(seeded):
    """Nothing ran from the 13th to the 31st day: on waking the first escalation was never served, and the second is, three days late."""
    look(seeded, after(0))
    woken = look(seeded, after(31))

    assert woken == [("A1", 2, "chair", 3), ("A2", 2, "chair", 3)]
    assert [which for what, which, *_ in issued(seeded) if what == "Escalated"] == [2]
    assert look(seeded, after(32)) == []


def test_two_workers_at_once_issue_each_notice_once(seeded):
    """Two processes that both saw the same notices due, and both act, leave one event of each (and one leads at a time anyway)."""
    on(seeded, after(14))
    seeded.catch_up()
    other = Board(seeded.config, seeded.board.keys, clock=seeded.clock)
    with closing(other), views(seeded) as conn:
        found = due_today(conn, seeded.board)
        start, failed = threading.Barrier(2), []

        def act(board):
            start.wait(10)
            try:
                issue(board, found)
            except Exception as error:  # noqa: BLE001 - whatever a thread raised is what the test is about
                failed.append(error)

        workers = [threading.Thread(target=act, args=(board,)) for board in (seeded.board, other)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)

    assert failed == []
    assert (len(issued(seeded, "A1")), len(issued(seeded, "A2"))) == (1, 1)


def test_the_same_notice_at_the_same_version_is_answered_with_what_was_recorded(seeded):
    """Even who loaded the action before the other recorded is told what is on record: the key is of the action, the spell and the rung."""
    on(seeded, after(14))
    seeded.catch_up()
    notice = Notice(1, 14, after(14), 0)
    told = {"owner": "RIV", "today": after(14), "to_office": "quality-chair", "vacant_offices": ()}
    first = seeded.board.issue_notice("A1", notice, **told)

    with pytest.raises(refusals.NothingDue):
        seeded.board.issue_notice("A1", notice, **told)
    with seeded.board.datastore.get_connection() as conn:
        keys = [row["key"] for row in conn.execute("SELECT key FROM desk.idempotency WHERE first = %s", (first.positions[0],))]
    assert keys == ["A1/1/1/14/0"]


def test_one_process_issues_at_a_time(seeded):
    """While another holds the lead of issuing, a worker issues nothing, and leaves the lead free when it is done."""
    on(seeded, after(14))
    seeded.catch_up()
    with views(seeded) as conn, views(seeded) as another:
        another.execute("SELECT pg_advisory_lock(%s)", [4_158_310_905_577_412_095])
        meanwhile = issue_due(conn, seeded.board)
        another.execute("SELECT pg_advisory_unlock_all()")

        assert meanwhile == []
        assert len(of_actions(issue_due(conn, seeded.board))) == 2


def test_a_new_owner_begins_the_ladder_anew(seeded):
    """Reassigned on day 20: the new owner is reminded at once, and escalated 14 and 28 days after they were asked; history is kept."""
    look(seeded, after(14))
    on(seeded, after(20))
    seeded.act("chair", "reassign_action", "A1", owner="CQH", owner_office="cqh-lead", reason="The team moved")
    looked = {days: [found for found in look(seeded, after(days)) if found[0] == "A1"] for days in (20, 21, 33, 34, 47, 48, 49)}

    assert {days: found for days, found in looked.items() if found} == {
        20: [("A1", 0, "cqh-lead", 0)],
        34: [("A1", 1, "quality-chair", 0)],
        48: [("A1", 2, "chair", 0)],
    }
    assert [which for what, which, *_ in issued(seeded) if what == "Escalated"] == [1, 1, 2]


def test_a_new_date_begins_the_ladder_anew_and_cures_nothing(seeded):
    """Varied on day 10 it stays ten days overdue, is reminded of its new date, and is escalated by that one (INV-15, INV-17)."""
    look(seeded, after(0))
    on(seeded, after(10))
    seeded.act("quality-chair", "vary_due_date", "A1", due_on=str(after(40)), reason="The panel moved")
    looked = {days: [found for found in look(seeded, after(days)) if found[0] == "A1"] for days in (14, 28, 33, 40, 54, 68)}

    assert {days: found[0][1:] for days, found in looked.items() if found} == {
        33: (0, "riv-lead", 0),
        40: (0, "riv-lead", 0),
        54: (1, "quality-chair", 0),
        68: (2, "chair", 0),
    }
    assert seeded.board.load(Action, "A1", fresh=True).state.days_overdue_on(after(41)) == 11


def test_what_is_discharged_is_left_alone(seeded):
    """A withdrawn action is neither reminded of nor escalated, on whatever day one looks."""
    seeded.act("chair", "withdraw_action", "A1", reason="The service was decommissioned")

    assert {ref for days in (-7, 0, 14, 28) for ref, *_ in look(seeded, after(days))} == {"A2"}


def test_a_higher_escalation_by_hand_is_not_undercut(seeded):
    """Whoever escalated to the Board's chair by hand on day 3 hears no lower level afterwards (INV-17)."""
    on(seeded, after(3))
    seeded.act("board-manager", "escalate_action", "A1", level=2, to_office="chair")

    assert [found for days in (3, 14, 28, 40) for found in look(seeded, after(days)) if found[0] == "A1"] == []
    assert issued(seeded) == [("Escalated", 2, "chair", (), None)]


def test_an_empty_office_is_passed_over_and_flagged(seeded):
    """Where nobody holds the office, the next is told, and the event names the vacancy (F.7)."""
    on(seeded, after(1))
    for office in ("riv-lead", "quality-chair"):
        seeded.act("board-manager", "stand_down_office_holder", office, until_on=str(after(1)), reason="Left")
    looked = [found for days in (2, 14, 28) for found in look(seeded, after(days)) if found[0] == "A1"]

    assert looked == [("A1", 0, "chair", 2), ("A1", 1, "chair", 0), ("A1", 2, "chair", 0)]
    assert [vacant for *_, vacant, _ in issued(seeded)] == [("riv-lead",), ("quality-chair",), ()]


def test_where_nobody_holds_any_office_nothing_is_issued(seeded):
    """A notice that nobody could read is not said to be served: it waits, and is listed with the office that it should go to."""
    on(seeded, after(1))
    for office in ("quality-chair", "chair", "board-manager"):
        seeded.act("board-manager", "stand_down_office_holder", office, until_on=str(after(13)), reason="Left")
    waiting = look(seeded, after(14))
    with views(seeded) as conn:
        told = [(one.to_office, one.vacant_offices) for one in of_actions(due_today(conn, seeded.board))]

    assert waiting == []
    assert told == [(None, ("quality-chair",))] * 2


def test_a_reminder_without_a_named_office_goes_to_the_owners_lead(seeded):
    """An action that names no office of its owner reminds the owner's designated lead; one of a sub-group reminds its chair."""
    assign(seeded, "A3", owner_office=None)
    assign(seeded, "A4", owner="BOARD", owner_office=None)
    seeded.act("board-manager", "constitute_sub_group", "TRAIN", name="Training", terms_of_reference=None)
    assign(seeded, "A5", owner="QEG", owner_office=None, overseen_by="TRAIN")

    assert [found[:3] for found in look(seeded, after(-7))][2:] == [
        ("A3", 0, "riv-lead"),
        ("A4", 0, "board-manager"),
        ("A5", 0, "quality-chair"),
    ]


def test_an_overseer_without_a_chair_is_flagged_by_the_role(seeded):
    """A sub-group that never had a chair is a vacancy too: the Board's chair is told in its place."""
    seeded.act("board-manager", "constitute_sub_group", "TRAIN", name="Training", terms_of_reference=None)
    assign(seeded, "A3", overseen_by="TRAIN")
    look(seeded, after(14))

    assert issued(seeded, "A3") == [("Escalated", 1, "chair", ("sub-group chair",), 0)]


def test_the_board_sets_the_days(seeded):
    """The local settings reminder_days and escalation_days are the ladder; level by level it then ends with the Board's chair."""
    seeded.act("chair", "set_local_setting", "partnership", setting="reminder_days", value="14, 3")
    seeded.act("chair", "set_local_setting", "partnership", setting="escalation_days", value="5, 10, 20")
    looked = {days: [found[1:3] for found in look(seeded, after(days)) if found[0] == "A1"] for days in (-14, -7, -3, 0, 5, 10, 14, 20)}

    assert {days: found[0] for days, found in looked.items() if found} == {
        -14: (0, "riv-lead"),
        -3: (0, "riv-lead"),
        5: (1, "quality-chair"),
        10: (2, "chair"),
        20: (3, "chair"),
    }


def test_the_day_is_londons(seeded):
    """In summer the day begins an hour before Greenwich's: at 23:30 UTC the reminder of tomorrow is due, at 22:30 it is not."""
    assign(seeded, "A3", due_on="2017-07-14")
    before = datetime(2017, 7, 6, 22, 30, tzinfo=UTC)
    found = []
    for moment in (before, before + timedelta(hours=1)):
        seeded.clock.now = moment
        seeded.catch_up()
        with views(seeded) as conn:
            found.append([one.ref for one in due_today(conn, seeded.board) if not level(one)])

    assert found == [[], ["A3"]]


def test_the_clocks_going_back_moves_nothing(seeded):
    """Fourteen days over the end of summer time are fourteen days: the 25-hour day counts as one."""
    assign(seeded, "A3", due_on="2017-10-22")
    early, late = look(seeded, date(2017, 11, 4), hour=23), look(seeded, date(2017, 11, 5), hour=0)

    assert [found[1:] for found in early if found[0] == "A3"] == [(0, "riv-lead", 13)]
    assert [found[1:] for found in late if found[0] == "A3"] == [(1, "quality-chair", 0)]


def test_no_bank_holiday_moves_the_ladder(seeded):
    """Calendar days are counted: what is due on Good Friday is reminded of on that day, and escalated on the Friday fortnight."""
    assign(seeded, "A3", due_on="2017-04-14")
    look(seeded, date(2017, 4, 7))
    looked = {day: [found[1] for found in look(seeded, date(2017, 4, day)) if found[0] == "A3"] for day in (13, 14, 17, 27, 28)}

    assert looked == {13: [], 14: [0], 17: [], 27: [], 28: [1]}


def test_a_notice_is_refused_where_it_is_not_due_any_more(seeded):
    """What a view saw due is asked about again before it is recorded: another owner, another day or an unknown office is refused."""
    on(seeded, after(14))
    seeded.catch_up()
    notice = Notice(1, 14, after(14), 0)
    told = {"today": after(14), "to_office": "quality-chair", "vacant_offices": ()}

    with pytest.raises(refusals.NothingDue):
        seeded.board.issue_notice("A1", notice, owner="CQH", **told)
    with pytest.raises(refusals.NothingDue):
        seeded.board.issue_notice("A1", notice._replace(level=2), owner="RIV", **told)
    with pytest.raises(NotFound):
        seeded.board.issue_notice("A1", notice, owner="RIV", **told | {"to_office": "nobody-there"})
    assert issued(seeded) == []


def test_an_action_that_changed_meanwhile_does_not_stop_the_rest(seeded):
    """An action withdrawn between the look and the act is passed over, and the next one is escalated."""
    on(seeded, after(14))
    seeded.catch_up()
    with views(seeded) as conn:
        found = due_today(conn, seeded.board)
    seeded.act("chair", "withdraw_action", "A1", reason="The service was decommissioned")

    assert [one.ref for one in of_actions(issue(seeded.board, found))] == ["A2"]


def test_views_that_are_behind_are_refused(seeded):
    """What is due is not read off views that do not know what is on record."""
    seeded.act("chair", "withdraw_action", "A1", reason="The service was decommissioned")

    with views(seeded) as conn, pytest.raises(ViewsBehind):
        due_today(conn, seeded.board, patience=0.01)


def test_the_query_and_the_rule_agree(seeded):
    """On every day of a year, whatever was served, what the query finds due is what the rule says of each action's state."""
    for days in range(-20, 60, 3):
        on(seeded, after(days))
        position = seeded.catch_up()
        today = london(seeded.clock())
        with views(seeded) as conn:
            clocks = {"as_at": today, "known_at": position}
            listed = actions_due(conn, Seats(offices(conn, **clocks), today), seeded.board.ladder, **clocks)
            found = {one.of.ref: one.notice for one in listed}
        states = {ref: seeded.board.load(Action, ref, fresh=True).state for ref in ("A1", "A2")}

        assert found == {ref: due for ref, state in states.items() if (due := rule(state, seeded.board.ladder, today))}
        if days % 2:
            look(seeded, after(days))


def rule(state, ladder, today):
    """Say the ladder's rule in the plainest words, for comparison."""
    begun = max(state.due_on, state.spell_began_on)
    rungs = [(-n, 0) for n in sorted(ladder.reminder_days, reverse=True)] + [(n, i + 1) for i, n in enumerate(ladder.escalation_days)]
    come = [(n, level) for n, level in rungs if (today - begun).days >= n]
    served = [(n, level) for n, level in rungs if (level and level <= state.escalation_level) or (
        not level and (state.escalation_level or (state.reminded_before is not None and n <= -state.reminded_before)))]  # fmt: skip
    if not come or come[-1] in served:
        return None
    days, level = come[-1]
    since = max(begun + timedelta(days=days), state.spell_began_on)
    return Notice(level, days, since, (today - since).days)


def test_a_demonstration_issues_what_falls_due_only_when_asked(tmp_path):
    """A demonstration is witnessed like any log; the hundreds of notices of its untold days are issued with --notices alone."""
    real, shown = Config(data=tmp_path), Config(data=tmp_path, demonstration_clock=datetime(2021, 9, 30, 9, tzinfo=UTC))

    assert issuing in goes_out(real, notices=False)
    assert issuing not in goes_out(shown, notices=False)
    assert set(goes_out(shown, notices=True)) == set(goes_out(real, notices=False))
