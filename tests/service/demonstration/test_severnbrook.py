"""Severnbrook's seven years: well-formed, always the same, accepted by every rule, and showing what they were written to show."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import pytest
from psycopg.sql import SQL, Identifier

from projections import returns, training
from projections.action_register import hindsight
from projections.inspection import history as inspection_history
from projections.two_clocks import catch_up, clocks, decoded_log
from service import commands
from service.cli.running.working import source
from service.demonstration import BEGUN, TODAY, VISITORS, write
from service.demonstration.dissemination.notices import TOLD
from service.desk import authority
from service.desk.submission import read_fields

pytestmark = pytest.mark.xdist_group("severnbrook")  # one worker copies it, once


def test_it_is_the_same_every_time(tmp_path):
    """Two people who start the demonstration see the same bytes, evidence files included."""
    first, second = (write(tmp_path / name).parent for name in ("one", "two"))
    told = {path.relative_to(first): path.read_bytes() for path in first.rglob("*") if path.is_file()}

    assert told == {path.relative_to(second): path.read_bytes() for path in second.rglob("*") if path.is_file()}
    assert len(told) > 50


def test_every_line_is_a_command_that_we_declare(lines):
    """What a line does is a declared command, and it says what that command takes and nothing else."""
    for line in lines:
        if line["do"] == TOLD:  # by the service itself
            continue
        command = commands.find(line["do"], line.get("of"))
        assert command is not None, line["key"]
        read_fields(command, line["ref"], line["fields"])


def test_its_clock_only_goes_forward(lines):
    """Each line is recorded no earlier than the one before it, and no earlier than what it is about."""
    times = [datetime.fromisoformat(line["at"]) for line in lines]

    assert times == sorted(times)
    assert times[0] > BEGUN
    assert times[-1] < TODAY
    assert all(date.fromisoformat(line["occurred_on"]) <= at.date() for line, at in zip(lines, times, strict=True))


def test_every_line_has_a_key_of_its_own(lines):
    """An interrupted demonstration is taken up again: no two lines share a key."""
    assert [key for key, times in Counter(line["key"] for line in lines).items() if times > 1] == []


def test_the_dirt_is_there(lines):
    """The record is as untidy as a real one: late entries with reasons, corrections, a retraction, a revoked key."""
    done = Counter(line["do"] for line in lines)

    assert len([line for line in lines if line.get("late_reason")]) == 11
    assert (done["correct_entry"], done["propose_amendment"], done["retract_entry"], done["revoke_signing_key"]) == (6, 1, 1, 1)
    assert (done["refer_review"], done["note_external_review"], done["record_finding"], done["assign_action"]) == (5, 7, 17, 42)


def test_no_rule_refuses_a_line(shown, lines):
    """Seven years pass every rule of the product, line by line, through the same door as any user's data."""
    assert shown.said.code == 0, shown.said
    assert f"Recorded {len(lines):,} acts; 0 were on record already" in shown.said.err


def test_every_visitor_holds_an_office_today(shown):
    """Each of those for whom the demonstration has a way in is in office."""
    assert all(authority.holder(shown.board, visitor.office, TODAY.date()) for visitor in VISITORS)


def test_what_was_believed_on_14_november_2016(shown):
    """F.1: the Board believed three actions overdue; we now know of five, because two were recorded late, with reasons."""
    day = date(2016, 11, 14)
    then = clocks.position_at(shown.views, day)
    seen = hindsight.overdue(shown.views, as_at=day, known_then=then, known_now=clocks.position_at(shown.views, TODAY.date()))

    assert seen.sentence.startswith("On 14 November 2016 the Board believed 3 actions were overdue. We now know it was 5: two ")
    assert {r.ref for r in seen.reversals} == {"A3-BPF", "A3-HVN"}
    assert [bool(entry.late_reason) for entry in seen.recorded_late] == [True, True]
    assert {ref for ref, row in shown.register(day, day).items() if row.overdue} == {"A3-FAR", "A3-SBC-HOU", "A3-TVA"}


def test_the_wrong_sign_off_and_its_retraction(shown):
    """F.10: A13 was signed off as known on 1 December 2016; as known on the 5th it was not, and nothing hides that it had been."""
    day, retracted = date(2016, 12, 1), date(2016, 12, 5)

    believed = shown.register(day, day)["A13"]
    known = shown.register(day, retracted)["A13"]
    history = inspection_history.history(shown.views, kind="action", ref="A13", known_at=clocks.position_at(shown.views, retracted))

    assert (believed.signed_off_on, believed.signed_off_by_owner) == (date(2016, 11, 21), False)
    assert (known.signed_off_on, known.status) == (None, "implemented")
    assert [entry.topic.split(".")[1] for entry in history[-2:]] == ["amendment_proposed", "entry_retracted"]


def test_how_it_stands_at_the_end(shown):
    """On 30 September 2021: 31 closed, 4 back at work because they slipped, 3 overdue, 2 withdrawn, 2 handed to a successor."""
    rows = shown.register(TODAY.date(), TODAY.date())
    status = Counter(row.status for row in rows.values())

    assert (len(rows), status["closed"], status["withdrawn"]) == (42, 31, 2)
    assert {ref for ref, row in rows.items() if row.overdue} == {"A3-SBC-HOU", "A10", "A18"}
    slipped = {ref for ref, row in rows.items() if (row.sustained or "").startswith("slipped") and not row.overdue}
    assert slipped == {"A11", "A12", "A13", "A14"}
    assert {ref for ref, row in rows.items() if row.owner != row.original_owner} == {"A17", "A19"}


def test_dogwood_held_and_then_slipped(shown):
    """The neglect tool: held at the first re-audit, slipped at the second, promised again for a later date."""
    refs = ("A11", "A12", "A13", "A14")
    held, slipped, again = (shown.register(day, TODAY.date()) for day in (date(2017, 7, 10), date(2018, 1, 22), date(2018, 2, 5)))

    assert [held[ref].sustained.split()[0] for ref in refs] == ["held"] * 4
    assert [slipped[ref].status for ref in refs] == ["slipped"] * 4
    assert [(again[ref].status, again[ref].due_on) for ref in refs] == [("reopened", date(2019, 3, 29))] * 4


@pytest.mark.parametrize("day", [date(2016, 11, 1), TODAY.date()])
def test_what_the_database_counts_is_what_each_row_says(shown, day):
    """Held sessions and the counts of the workforce, put together in the database, are those of the sessions and returns one by one."""
    at = {"as_at": day, "known_at": clocks.position_at(shown.views, TODAY.date())}
    cpd = training.cpd(shown.views, **at)
    sessions = [(row, training.points(row, cpd)) for row in training.sessions(shown.views, **at) if row.delivered_on]
    assert training.held(shown.views, cpd, **at) == [training.as_counted(row, five) for row, five in sessions] != []

    newest = {}
    for row in reversed(returns.returns(shown.views, **at, filters=returns.Filters(kind="workforce_training"))):  # the last due last
        newest[row.respondent, row.owed] = row.ref
    counts = returns.workforce(shown.views, **at)
    assert newest == {(row.agency, owed): ref for row in counts for owed, ref in ((False, row.ref), (True, row.asked)) if ref}


def test_every_view_has_rows_and_is_the_same_when_it_is_built_again(shown):
    """Seven years leave something in every view; built again from the ledger's bytes, each has the very same rows."""
    tables = (decoded_log.TABLE, *(view.table for view in catch_up.VIEWS))
    everything = {name: SQL("SELECT * FROM {} ORDER BY 1, 2, 3").format(Identifier("views", name)) for name in tables}
    before = {name: shown.views.execute(query).fetchall() for name, query in everything.items()}

    catch_up.rebuild_views(shown.views, source(shown.board.config))

    assert {name: shown.views.execute(query).fetchall() for name, query in everything.items()} == before
    assert [name for name, rows in before.items() if not rows] == []
