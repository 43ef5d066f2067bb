"""What comes by itself of obligations: notices on the ladder, each once; and the returns that the calendar asks for."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from aggregates.authority import Acting
from aggregates.clocks.ladder import Ladder, Notice
from aggregates.framework.library import SETS
from aggregates.framework.telling.notices import NoticeNotDue, Obligation, Owed, Told
from aggregates.returns import Return
from projections import obligations
from projections.falling_due import told
from projections.falling_due.returns import called
from projections.falling_due.silence import labels_of
from projections.obligations import Wanted
from service.application import Board
from service.cli.falling_due import due_today, issue, issue_due
from service.ledger.errors import MovedMeanwhile

SHA256 = next(iter(SETS))
AUDIT = "LIF-RBM-03|RIV|2016-09-05..2017-03-04"  # half a year from the adoption: due on 4 March 2017
DUE = date(2017, 3, 4)
OWED = Owed("LIF-RBM-03", "RIV", "2016-09-05..2017-03-04", DUE, date(2016, 9, 5))
LADDER = Ladder((7, 0), (14, 28))


@pytest.fixture
def adopted(seeded):
    """Give the small board with the framework in force."""
    said = {"version": "2016", "sha256": SHA256, "supersedes": None, "provenance": "Board", "minute": None, "review_due": "2017-09-05"}
    seeded.act("chair", "adopt_framework", "partnership", **said)
    return seeded


def after(days):
    """Give the day so many days after the audit is due."""
    return DUE + timedelta(days)


@contextmanager
def views(it):
    """Give a connection to the views, as `muniment work` has it."""
    with closing(psycopg.connect(it.config.conninfo("projector"), autocommit=True)) as conn:
        yield conn


def on(it, day):
    """Let it be a morning; return the position that the views have reached."""
    it.clock.now = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return it.catch_up()


def look(it, day):
    """Let a worker look on a day; return what it did of the audit: what, to whom, and how late."""
    on(it, day)
    with views(it) as conn:
        found = issue_due(conn, it.board)
    it.catch_up()
    return [(one.notice, one.to_office, one.served_late_days) for one in found if one.ref == AUDIT]


def served(it, ref=AUDIT):
    """List what is on record as told of an obligation."""
    found = it.board.find(Obligation, ref, fresh=True)
    names = ("level", "days_before", "to_office", "vacant_offices", "served_late_days")
    return [tuple(entry.body[name] for name in names) for entry in found.entries] if found else []


def test_an_obligation_climbs_the_ladder_of_the_board(adopted):
    """Reminded seven days before and on the day; escalated to the manager after 14 days and to the Board's chair after 28; each once."""
    looked = {days: look(adopted, after(days)) for days in (-8, -7, -6, 0, 1, 14, 15, 28, 29, 60)}

    assert {days: found for days, found in looked.items() if found} == {
        -7: [("reminder 7 days before it is due", "riv-lead", 0)],
        0: [("reminder on the day", "riv-lead", 0)],
        14: [("escalation to level 1", "board-manager", 0)],
        28: [("escalation to level 2", "chair", 0)],
    }
    assert served(adopted) == [
        (0, 7, "riv-lead", (), 0),
        (0, 0, "riv-lead", (), 0),
        (1, -14, "board-manager", (), 0),
        (2, -28, "chair", (), 0),
    ]


def test_the_board_is_told_of_what_a_sub_group_would_owe_that_it_does_not_have(adopted):
    """The manager is reminded, as of all that the Board owes, and no office is said to be vacant; under the sub-group's own code."""
    on(adopted, date(2016, 9, 30))
    with views(adopted) as conn:
        known = adopted.board.recorder.size
        (one,) = obligations.owed(conn, as_at=date(2016, 9, 30), known_at=known, wanted=Wanted(clause="LIF-TRN-10"))
        on(adopted, one.due_on)
        (found,) = [each for each in due_today(conn, adopted.board) if each.ref == one.key]

    assert (found.owner, found.to_office, found.vacant_offices) == ("training", "board-manager", ())


def test_what_slept_serves_the_highest_once_and_says_how_late(adopted):
    """Three days late on waking: one event, of the highest that is due, and how late it was served (F.7)."""
    look(adopted, after(0))

    assert look(adopted, after(31)) == [("escalation to level 2", "chair", 3)]
    assert look(adopted, after(31)) == look(adopted, after(32)) == []


def test_two_that_saw_the_same_leave_one_event(adopted):
    """Two schedulers that looked at the same moment: the first tells, and the second finds that it was told."""
    on(adopted, after(14))
    other = Board(adopted.config, adopted.board.keys, clock=adopted.clock)
    with closing(other), views(adopted) as conn:
        found = [one for one in due_today(conn, adopted.board) if one.ref == AUDIT]
        assert len(issue(adopted.board, found)) == 1
        assert issue(other, found) == []

    assert served(adopted) == [(1, -14, "board-manager", (), 0)]


def test_what_was_done_meanwhile_is_not_reminded_of(adopted):
    """Something was recorded between the look and the notice: nobody knows any more what is owed, so nothing is told before a new look."""
    on(adopted, after(14))
    with views(adopted) as conn:
        (one,) = [one for one in due_today(conn, adopted.board) if one.ref == AUDIT]
    adopted.act("board-manager", "rename_agency", "CQH", name="Coombe Quay Trust")

    with pytest.raises(MovedMeanwhile):
        one.issue(adopted.board)
    assert served(adopted) == []


def test_an_empty_office_is_passed_over_and_flagged(adopted):
    """Where the owner's lead is gone, the next office is told and the vacancy is on record (F.7)."""
    on(adopted, after(-30))
    adopted.act("board-manager", "stand_down_office_holder", "riv-lead", until_on=str(after(-30)), reason="Left")
    look(adopted, after(-7))

    assert served(adopted) == [(0, 7, "chair", ("riv-lead",), 0)]


def test_between_the_manager_and_the_chair_stands_the_chief_officer(adopted):
    """F.5: where the Board has set three escalations, the second goes to the agency's chief officer; a Board without one flags that."""
    adopted.act("chair", "set_local_setting", "partnership", setting="escalation_days", value="7, 14, 28")
    look(adopted, after(14))
    adopted.join("riv-chief", "chief officer", "RIV", "RIV")
    other = AUDIT.replace("RIV", "CQH")
    on(adopted, after(28))
    look(adopted, after(28))

    assert served(adopted) == [(2, -14, "chair", ("chief officer",), 0), (3, -28, "chair", (), 0)]
    assert [level for level, *_ in served(adopted, other)] == [2, 3]


def test_who_has_left_is_told_nothing(adopted):
    """What an agency left undone is outstanding at its departure: nobody is there to be reminded, and those that stay are (F.7)."""
    on(adopted, after(-20))
    adopted.act("chair", "withdraw_action", "A1", reason="The service was decommissioned")
    adopted.act("chair", "announce_departure", "RIV", leaves_on=str(after(-10)), reason="Merged")
    on(adopted, after(-10))
    adopted.act("board-manager", "stand_down_office_holder", "riv-lead", until_on=str(after(-10)), reason="Merged")
    adopted.act("chair", "leave_agency", "RIV", reason="Merged", successor=None)
    on(adopted, after(0))
    with views(adopted) as conn:
        reminded = {one.owner for one in due_today(conn, adopted.board) if "|" in one.ref}

    assert "CQH" in reminded
    assert "RIV" not in reminded


def test_the_calendar_asks_for_each_return_once(adopted):
    """Four weeks before a half-year ends every member is asked for its knowledge audit, by the service, once; nothing asks for it again."""
    refs = ["knowledge_audit-2016-H2-CQH", "knowledge_audit-2016-H2-RIV"]
    on(adopted, after(-29))
    with views(adopted) as conn:
        early = [one.ref for one in issue_due(conn, adopted.board)]
    on(adopted, after(-28))
    with views(adopted) as conn:
        asked = [one.ref for one in issue_due(conn, adopted.board) if one.ref.startswith("knowledge_audit")]
    on(adopted, after(-27))
    with views(adopted) as conn:
        again = [one.ref for one in due_today(conn, adopted.board) if one.ref.startswith("knowledge_audit")]
    request = adopted.board.load(Return, refs[1], fresh=True).entries[0]

    assert [ref for ref in early if ref.startswith("knowledge_audit")] == again == []
    assert asked == refs
    assert (request.body["due_on"], request.body["by_office"], request.body["by_person"]) == (DUE, None, None)


def test_what_the_board_asked_for_itself_is_not_asked_for_again(adopted):
    """A request of the Board for the same kind, respondent and period stands, under whatever name it gave the period."""
    on(adopted, after(-40))
    said = {"kind": "knowledge_audit", "respondent": "RIV", "period": "2016-H2", "due_on": str(DUE), "question_set": None}
    adopted.act("chair", "request_return", "knowledge_audit-2016-H2-RIV", **said, legal_basis=None, shared_with=[])
    on(adopted, after(-28))
    with views(adopted) as conn:
        asked = [one.ref for one in due_today(conn, adopted.board) if one.ref.startswith("knowledge_audit")]

    assert asked == ["knowledge_audit-2016-H2-CQH"]


@pytest.mark.parametrize(
    ("period", "name"),
    [
        ("2016-09-16..2017-03-15", "2016-H2"),
        ("2017-03-16..2017-09-15", "2017-H1"),
        ("2016-09-16..2017-09-15", "2016-17"),
        ("2016-09-16..2016-12-15", "2016-Q4"),
        ("2016-09-16..2019-09-15", None),
    ],
)
def test_a_period_has_the_name_that_holds_most_of_it(period, name):
    """Whatever day a framework was adopted on, each of its periods has one name, and one for which an answer counts for it."""
    assert called(period, labels_of(period)) == name


def test_the_same_date_asked_anew_begins_the_ladder_anew():
    """INV-17: discharged and owed again since the last notice, or owed by another date, it begins at the foot of the ladder."""
    stands = Told(DUE, OWED.spell_began_on, None, 2, after(28))

    assert stands.climbing(OWED).escalation_level == 2
    assert stands.climbing(OWED._replace(spell_began_on=after(40))).escalation_level == 0
    assert stands.climbing(OWED._replace(due_on=after(60))).escalation_level == 0


def test_within_a_spell_notices_only_climb():
    """INV-17: no rung is served twice, and none below one that was; a new date begins anew, and history is kept."""
    service = {"acting": Acting(), "owed": OWED, "ladder": LADDER, "to_office": "riv-lead", "vacant_offices": ()}
    it = Obligation.first_notice("x", occurred_on=after(14), notice=Notice(1, 14, after(14), 0), **service)
    for notice in (Notice(0, 0, DUE, 14), Notice(1, 14, after(14), 0)):
        with pytest.raises(NoticeNotDue):
            it.next_notice(occurred_on=after(14), notice=notice, **service)
    it.next_notice(occurred_on=after(28), notice=Notice(2, 28, after(28), 0), **service)
    later = OWED._replace(due_on=after(60), spell_began_on=after(30))
    it.next_notice(occurred_on=after(53), notice=Notice(0, -7, after(53), 0), **service | {"owed": later})

    assert [entry.body["level"] for entry in it.entries] == [1, 2, 0]
    assert (it.state.due_on, it.state.escalation_level, it.state.reminded_before) == (after(60), 0, 7)


def test_what_was_told_is_as_at_and_as_known_at(adopted):
    """The view of notices answers for any day as known at any position, by clause, owner and subject."""
    look(adopted, after(0))
    position = on(adopted, after(14))
    look(adopted, after(14))
    with views(adopted) as conn:
        before = told(conn, as_at=after(14), known_at=position)[AUDIT]
        then = told(conn, as_at=after(14), known_at=adopted.catch_up())[AUDIT]

    assert (before.reminded_before, before.escalation_level) == (0, 0)
    assert (then.escalation_level, then.told_on) == (1, after(14))
