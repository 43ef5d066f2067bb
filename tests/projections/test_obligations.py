"""What is owed is read off the record by rules that are data, on the terms of a day: nobody states it, and nothing re-dates it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.sql import SQL

from aggregates import Agency, Partnership, SubGroup
from aggregates.clocks.dates import later
from aggregates.clocks.ladder import Ladder
from aggregates.entry.fields import shape
from aggregates.entry.values import Sealed
from aggregates.framework.facts import FACTS, Fact
from aggregates.framework.index import Index
from aggregates.framework.library import read_sets
from aggregates.partnership.office import Office
from projections.falling_due import open_obligations
from projections.obligations import Cadences, Obligations, Standings, Wanted, count, grid, history, instance, owed, place
from projections.obligations.states import LACKING, STATE, STATES, STILL_OWED, state_of
from projections.two_clocks import catch_up
from tests.aggregates.people import CHAIR, MANAGER, ORIGIN, QUALITY, checked, on, slipped, sustaining
from tests.logs import Log, catch_up_with
from tests.projections.promises import Promise
from tests.projections.test_obligations_fold import fresh
from tests.projections.test_one_fold import OBLIGATIONS
from tests.projections.views import MANY, say

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

ADOPTED = date(2016, 9, 16)
HEAD = """
id = "T"
title = "Promises"
publisher = "Nobody"
published = "2016"
review_due = "2017"
[bodies]
cdop = "CDP"
"""
CLAUSE = """
[[clause]]
id = "{id}"
lines = "1"
page = 1
text = "{id} is done"
owed_by = "owner"
owed_to = "anybody"
cadence = "-"
evidence = "-"
events = "-"
views = "OBL"
check = "M"
[[clause.rule]]
"""
BY_SETTING = """
form = "event"
trigger = {event = "promise.made", owner = {field = "owner"}}
due = {setting = "ack_window", unit = "days"}
basis = "local_setting"
setting = "ack_window"
discharged_by = {event = "promise.passed", owner = {field = "owner"}}
"""
BY_LAW = """
form = "event"
trigger = {event = "promise.made", owner = {is = "BOARD"}}
due = {months = 1}
basis = "statutory"
discharged_by = {event = "promise.kept", owner = {is = "BOARD"}}
"""
YEARLY = """
form = "calendar"
every = {years = 1}
owner = {each = "member"}
discharged_by = {event = "promise.passed", owner = {field = "owner"}}
"""
OF_TRAINERS = YEARLY.replace("member", "trainer")
OF_A_PANEL = BY_LAW.replace("BOARD", "cdop")
ADDED = """
form = "event"
trigger = {event = "promise.passed", owner = {field = "owner"}}
due = {days = 7}
discharged_by = {event = "promise.kept", owner = {is = "RIV"}}
"""
LOOKED_AT = """
form = "standing"
thing = "action"
fact = "after sign-off it is looked at again on each day that was set for that"
owner = {fact = true}
basis = "local_setting"
setting = "sustainment_checks"
"""
DONE_IN_TIME = """
form = "standing"
thing = "action"
fact = "what was promised because of a review is signed off by its date"
owner = {is = "BOARD"}
basis = "local_setting"
discharged_by = {event = "action.signed_off", owner = {is = "BOARD"}}
undone_by = {event = "action.reopened"}
"""
OF_ONE = """
form = "standing"
thing = "agency"
fact = "it is a charity"
owner = {is = "BOARD"}
some = true
"""


TAKEN_BACK = """
form = "event"
trigger = {event = "promise.made", where = {owner = "BOARD"}, owner = {is = "BOARD"}, subject = {is = "all"}}
due = {days = 28}
discharged_by = {event = "promise.passed", owner = {is = "BOARD"}, subject = {is = "all"}}
undone_by = {event = "promise.dropped"}
"""
TAKEN_BACK_EACH = BY_SETTING + 'undone_by = {event = "promise.dropped"}'
YEARLY_TAKEN_BACK = YEARLY + 'undone_by = {event = "promise.dropped"}'


def a_charity(now: Any) -> Fact:
    """Ask that it is a charity."""
    return Fact(now.category == "voluntary")


UNSAID: dict[str, Any] = {field.name: () if field.many else None for field in shape(Agency.AgencyLeft)}


class Owed:
    """A small board whose framework is a file of this test's, and its views."""

    def __init__(self, conn: psycopg.Connection[Any], folder: Path, **clauses: str) -> None:
        """Write the file, adopt it, and let two agencies join."""
        file = folder / "set.toml"
        file.write_text(HEAD + "".join(CLAUSE.format(id=f"T-{name}") + rule for name, rule in clauses.items()))
        sets = read_sets([file.read_bytes()])
        self.conn, self.index, self.sha256, self.log = conn, Index(sets.values()), next(iter(sets)), Log()
        self.views = (
            Obligations(self.index),
            Standings(self.index, {**FACTS, "agency": {"it is a charity": a_charity}}),
            Cadences(self.index),
        )
        fresh(conn, *self.views)
        self.partnership = Partnership.establish(
            ORIGIN, acting=MANAGER, occurred_on=date(2014, 1, 1), name="Severnbrook", regime="LSCB-WT2015", effective_on=date(2014, 1, 1)
        )
        self.agencies = {
            code: Agency.join(ORIGIN, acting=MANAGER, occurred_on=date(2014, 1, 1), code=code, name=code, category=kind, section_11="yes")
            for code, kind in (("RIV", "health"), ("CQH", "voluntary"))
        }
        self.adopt(self.sha256, "2016", ADOPTED, None)

    def adopt(self, sha256: str, version: str, day: date, supersedes: str | None) -> None:
        """Adopt a framework."""
        said: dict[str, Any] = {"version": version, "sha256": sha256, "supersedes": supersedes, "review_due": later(day, months=12)}
        self.partnership.adopt_framework(acting=CHAIR, occurred_on=day, provenance="ours", **said)

    def set(self, setting: Any, value: str, day: date) -> None:
        """Set something locally."""
        self.partnership.set_local_setting(acting=CHAIR, occurred_on=day, setting=setting, value=value)

    def at(self, day: date, known_at: int | None = None, **wanted: Any) -> list[Any]:
        """Return what is owed on a day."""
        return owed(self.conn, as_at=day, known_at=known_at or self.up_to_date(), wanted=Wanted(**wanted), index=self.index)

    def up_to_date(self) -> int:
        """Bring the views in step; return the position that they have reached."""
        for aggregate in (self.partnership, *self.agencies.values()):
            self.log.live(aggregate)
        catch_up_with(self.conn, self.log, [*(view for view in catch_up.VIEWS if view.table not in OBLIGATIONS), *self.views])
        return len(self.log.entries)


DAYS = st.none() | st.integers(0, 5).map(lambda n: date(2016, 1, 1) + timedelta(n))


DATED = ("due_on", "discharged_on", "ended_on", "left_on")


@MANY
@given(st.sampled_from(("event", "standing", "calendar")), st.fixed_dictionaries(dict.fromkeys(DATED, DAYS)), DAYS.filter(bool))
def test_a_state_is_the_same_in_python_and_in_sql(board: psycopg.Connection[Any], form: Any, columns: Any, as_at: Any) -> None:
    """How an obligation stands does not depend on where it is found: every combination of days gives one of the words in both."""
    asked = SQL("SELECT {} FROM (SELECT %(form)s::text AS form, {}) AS one").format(
        STATE, SQL(", ").join(SQL(f"%({name})s::date AS {name}") for name in columns)
    )
    found = board.execute(asked, {"form": form, "as_at": as_at, **columns}).fetchone()

    assert found == (state_of(form, **columns, as_at=as_at),)
    assert found[0] in STATES


def test_a_new_obligation_is_a_change_of_data(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """A clause that is added to a set in a file is owed and discharged by the events that its rule names, and no code knows of it."""
    it = Owed(board, tmp_path, law=BY_LAW, added=ADDED)
    say(it.log, "a", Promise.Made, date(2017, 1, 1))
    say(it.log, "a", Promise.Passed, date(2017, 2, 1), owner="RIV")
    asked = it.at(date(2017, 2, 1), clause="T-added")
    kept = say(it.log, "a", Promise.Kept, date(2017, 2, 20))
    done = it.at(date(2017, 3, 1), clause="T-added")

    assert [(one.owner, one.subject, one.due_on, one.state) for one in asked] == [("RIV", "promise:a", date(2017, 2, 8), "open")]
    assert [(one.state, one.days_late, one.discharged_at) for one in done] == [("met late", 12, kept)]


def test_the_basis_of_a_date_stands_beside_it(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """A date that the Board chose names the day on which it chose it; one that the law gives says so; neither is taken for the other."""
    it = Owed(board, tmp_path, law=BY_LAW, own=BY_SETTING)
    say(it.log, "a", Promise.Made, date(2016, 10, 1), owner="RIV")
    it.set("ack_window", "14", date(2016, 12, 1))
    say(it.log, "b", Promise.Made, date(2017, 1, 1), owner="RIV")
    found = {(one.clause, one.subject): (one.basis, one.set_on, one.due_on) for one in it.at(date(2017, 6, 1))}

    assert found["T-law", "promise:a"] == ("statutory", None, date(2016, 11, 1))
    assert found["T-own", "promise:a"] == ("local_setting", None, date(2016, 10, 29))
    assert found["T-own", "promise:b"] == ("local_setting", date(2016, 12, 1), date(2017, 1, 15))


def test_what_is_set_later_re_dates_nothing(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """What arose under one setting keeps the date that it had; only what arises afterwards has another."""
    it = Owed(board, tmp_path, own=BY_SETTING)
    say(it.log, "a", Promise.Made, date(2016, 10, 1), owner="RIV")
    before = it.at(date(2016, 10, 2))
    it.set("ack_window", "90", date(2016, 10, 10))

    assert [one.due_on for one in it.at(date(2016, 10, 11))] == [one.due_on for one in before]


def test_inv_42_another_regime_re_dates_and_relabels_nothing(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """When another regime takes effect, what was owed before is owed as it was: by whom, by when, by what right, and how it stands."""
    it = Owed(board, tmp_path, law=BY_LAW, own=BY_SETTING, yearly=YEARLY)
    say(it.log, "a", Promise.Made, date(2016, 10, 1), owner="RIV")
    say(it.log, "b", Promise.Made, date(2017, 1, 1), owner="CQH")
    say(it.log, "b", Promise.Passed, date(2017, 1, 2), owner="CQH")
    before = it.at(date(2019, 9, 30))
    it.partnership.change_regime(acting=CHAIR, occurred_on=date(2019, 9, 1), regime="MASA-WT2018", effective_on=date(2019, 9, 29))

    assert it.at(date(2019, 9, 30)) == before
    assert len(before) > 6


def test_nothing_is_owed_but_while_the_framework_is_in_force(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """What happened before the adoption, or once another set took its place, asks nothing; the law always asks."""
    it = Owed(board, tmp_path, law=BY_LAW, own=BY_SETTING, yearly=YEARLY)
    for ref, day in (("a", date(2016, 9, 1)), ("b", date(2016, 10, 1)), ("c", date(2018, 2, 1))):
        say(it.log, ref, Promise.Made, day, owner="RIV")
    it.adopt("ab" * 32, "2018", date(2018, 1, 1), "2016")
    found = it.at(date(2018, 12, 31), owners=frozenset({"RIV", "BOARD"}))

    assert [one.subject for one in found if one.clause == "T-own"] == ["promise:b"]
    assert sorted(one.subject for one in found if one.clause == "T-law") == ["promise:a", "promise:b", "promise:c"]
    assert [one.subject for one in found if one.clause == "T-yearly"] == ["2016-09-16..2017-09-15", "2017-09-16..2018-09-15"]


def test_what_was_open_when_its_owner_left_is_outstanding_at_departure(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """What a departed agency had not done stays its own, as outstanding; what was not due yet has ended, and nothing arises."""
    it = Owed(board, tmp_path, own=BY_SETTING, yearly=YEARLY)
    say(it.log, "a", Promise.Made, date(2016, 10, 1), owner="RIV")
    it.up_to_date()
    left = date(2017, 12, 1)
    it.log.say(it.agencies["RIV"].id, Agency.AgencyLeft, UNSAID | {"occurred_on": left, "reason": "merged"})
    found = {(one.clause, one.subject): (one.state, one.days_late) for one in it.at(date(2020, 1, 1), owners=frozenset({"RIV"}))}

    assert found == {
        ("T-own", "promise:a"): ("outstanding at departure", (left - date(2016, 10, 29)).days),
        ("T-yearly", "2016-09-16..2017-09-15"): ("outstanding at departure", (left - date(2017, 9, 15)).days),
        ("T-yearly", "2017-09-16..2018-09-15"): ("ended", 0),
    }


def test_who_joins_again_takes_nothing_away_from_what_was_outstanding(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """INV-36: what was outstanding when an agency left stays so after it has joined again, on rows of its own."""
    it = Owed(board, tmp_path, own=BY_SETTING, yearly=YEARLY)
    riverside, left = frozenset({"RIV"}), date(2017, 12, 1)
    say(it.log, "a", Promise.Made, date(2016, 10, 1), owner="RIV")
    it.up_to_date()
    it.log.say(it.agencies["RIV"].id, Agency.AgencyLeft, UNSAID | {"occurred_on": left, "reason": "merged"})
    before = {one.key: (one.state, one.days_late) for one in it.at(date(2017, 12, 1), owners=riverside)}
    unsaid: dict[str, Any] = {field.name: None for field in shape(Agency.AgencyJoined)}
    joined = {"code": "RIV", "name": "RIV", "category": "health", "section_11": "yes", "occurred_on": date(2017, 12, 2)}
    it.log.say(it.agencies["RIV"].id, Agency.AgencyJoined, unsaid | joined)
    say(it.log, "b", Promise.Made, date(2018, 1, 1), owner="RIV")
    after = {one.key: (one.state, one.days_late) for one in it.at(date(2019, 1, 1), owners=riverside)}

    assert [state for state, _ in before.values()].count("outstanding at departure") == 2
    assert before.items() <= after.items()
    assert {key: state for key, (state, _) in after.items() if key not in before} == {
        "T-own|RIV|promise:b": "overdue",
        "T-yearly|RIV|2018-09-16..2019-09-15": "open",
    }


def trains(it: Owed, office: str, *terms: tuple[int, date, date | None]) -> None:
    """Let persons hold the office of a trainer, one after the other."""
    held: Office | None = None
    for person, from_on, until_on in terms:
        who = {"title": office, "role": "trainer", "holder": Sealed(UUID(int=person)), "from_on": from_on, "until_on": until_on}
        said: dict[str, Any] = {"acting": CHAIR, "occurred_on": from_on, **who}
        if held is None:
            held = Office.begin(ORIGIN, office=office, **said)
        else:
            held.appoint(**said)
    it.log.live(held)


def test_a_trainer_owes_once_and_what_somebody_else_did_in_the_office_is_not_theirs(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """LIF-TRN-11: all trainers, not all offices: who holds two owes once; who takes one over owes from then on, and for themselves."""
    it, told = Owed(board, tmp_path, yearly=OF_TRAINERS), {}
    trains(it, "trainer-a", (1, date(2016, 9, 1), date(2018, 2, 28)), (2, date(2018, 3, 1), None))
    trains(it, "trainer-b", (1, date(2017, 1, 1), None))
    say(it.log, "in her other office", Promise.Passed, date(2017, 5, 1), owner="trainer-b")
    say(it.log, "by her successor", Promise.Passed, date(2018, 6, 1), owner="trainer-a")
    for one in it.at(date(2018, 10, 1)):
        told[one.owner, one.arose_on.year] = one.state

    assert told == {
        ("trainer-a", 2016): "met", ("trainer-a", 2017): "overdue", ("trainer-a", 2018): "open", ("trainer-b", 2018): "open",
    }  # fmt: skip
    assert [one.state for one in it.at(date(2018, 10, 1), owners=frozenset({"trainer-a"}))] == ["met", "overdue", "open"]


def test_what_must_hold_of_one_holds_where_it_holds_of_any(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """One thing of which a fact holds is enough, however many there are of which it does not; the event that made it so is named."""
    it = Owed(board, tmp_path, some=OF_ONE)
    (one,) = it.at(date(2017, 1, 1))

    assert (one.state, one.owner, one.subject, one.arose_on) == ("holds", "BOARD", "agency", ADOPTED)
    assert it.log.entries[one.discharged_at - 1].fields["code"] == "CQH"


def test_the_board_answers_for_a_body_that_it_does_not_have(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """A clause is owed although there is no sub-group of the name: by the Board, until it has one; under the code of its own."""
    it, boards = Owed(board, tmp_path, panel=OF_A_PANEL), frozenset({"BOARD"})
    say(it.log, "a", Promise.Made, date(2017, 1, 1))

    def owing(day: date) -> Any:
        cells = grid(it.conn, as_at=day, known_at=it.up_to_date(), index=it.index)
        return [one.owner for one in it.at(day, owners=boards)], [who for _, who in cells], it.at(day, clause="T-panel")[0].owner

    assert owing(date(2017, 2, 1)) == (["CDP"], ["BOARD"], "CDP")
    assert grid(it.conn, as_at=date(2017, 2, 1), known_at=it.up_to_date(), owners=boards, index=it.index).keys() == {("T-panel", "BOARD")}
    it.log.live(SubGroup.constitute(ORIGIN, acting=CHAIR, occurred_on=date(2017, 3, 1), code="CDP", name="Overview Panel"))
    assert owing(date(2017, 3, 1)) == ([], ["CDP"], "CDP")


def test_what_was_known_then_is_what_is_shown_of_then(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """A discharge that was recorded late is not there for whoever asks what was known before it; a retraction makes it owed again."""
    it = Owed(board, tmp_path, own=BY_SETTING)
    say(it.log, "a", Promise.Made, date(2016, 10, 1), owner="RIV")
    before = it.up_to_date()
    say(it.log, "a", Promise.Passed, date(2016, 10, 5), owner="RIV")
    done = it.up_to_date()
    say(it.log, "a", Promise.EntryRetracted, date(2016, 12, 1), amends=2)
    after = it.up_to_date()
    states = [[one.state for one in it.at(date(2016, 12, 1), known_at)] for known_at in (before, done, after)]

    assert states == [["overdue"], ["met"], ["overdue"]]


def undoing(one: Any) -> tuple[Any, ...]:
    """Return what is said of an obligation that something undid."""
    return one.was_discharged_on, one.was_discharged_at, one.undone_on, one.undone_at


def test_what_met_it_and_was_taken_back_meets_it_no_more(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """Before that day, and as known before, it was met; from then on it is overdue by its own date, until something else meets it."""
    it = Owed(board, tmp_path, own=TAKEN_BACK)
    say(it.log, "asked", Promise.Made, date(2016, 10, 1), owner="BOARD")
    for ref in ("first", "second"):
        say(it.log, ref, Promise.Made, date(2016, 10, 2), owner="RIV")
    passed = say(it.log, "first", Promise.Passed, date(2016, 10, 5), owner="RIV")
    met = it.up_to_date()
    dropped = say(it.log, "first", Promise.Dropped, date(2017, 1, 10))
    undone = it.up_to_date()
    anew = say(it.log, "second", Promise.Passed, date(2017, 2, 1), owner="RIV")

    def said(day: date, known_at: int | None = None) -> Any:
        (one,) = it.at(day, known_at)
        return one.state, one.due_on, one.days_late, one.discharged_on, one.discharged_at, *undoing(one)

    nothing, due = (None,) * 4, date(2016, 10, 29)
    gone = (date(2016, 10, 5), passed, date(2017, 1, 10), dropped)
    assert said(date(2017, 1, 9)) == said(date(2017, 3, 1), met) == ("met", due, 0, date(2016, 10, 5), passed, *nothing)
    assert said(date(2017, 1, 10)) == ("overdue", due, 73, None, None, *gone)
    assert said(date(2017, 3, 1), undone) == ("overdue", due, 123, None, None, *gone)
    assert said(date(2017, 3, 1)) == ("met late", due, 95, date(2017, 2, 1), anew, *gone)
    cells = [
        grid(board, as_at=date(2017, 3, 1), known_at=known_at, index=it.index)["T-own", "BOARD"] for known_at in (undone, it.up_to_date())
    ]
    assert [(cell.undone, cell.words) for cell in cells] == [(1, "1 overdue; 1 was met, and that was undone"), (0, "1 met late")]
    (one,) = it.at(date(2017, 3, 1))
    assert history(board, one, as_at=date(2017, 3, 1), known_at=it.up_to_date()) == [passed, dropped, anew]


def test_what_was_undone_is_told_of_anew(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """Its notices begin anew on the day on which what met it was undone: it is another spell, by the same due date."""
    it = Owed(board, tmp_path, own=TAKEN_BACK)
    say(it.log, "asked", Promise.Made, date(2016, 10, 1), owner="BOARD")
    say(it.log, "a", Promise.Made, date(2016, 10, 2), owner="RIV")
    say(it.log, "a", Promise.Passed, date(2016, 12, 5), owner="RIV")
    say(it.log, "a", Promise.Dropped, date(2017, 1, 10))
    known = it.up_to_date()
    before, met, after = (
        open_obligations(board, Ladder((7, 0), (14, 28)), as_at=day, known_at=known, index=it.index)
        for day in (date(2016, 12, 4), date(2016, 12, 5), date(2017, 1, 10))
    )

    assert met == []
    assert [(one.due_on, one.spell_began_on) for one in (*before, *after)] == [
        (date(2016, 10, 29), date(2016, 10, 1)),
        (date(2016, 10, 29), date(2017, 1, 10)),
    ]


def test_what_another_stood_for_in_time_stays_met_in_time(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """Where something else stands when one thing is taken back, it is met since the first day, by the event that shows it now."""
    it = Owed(board, tmp_path, own=TAKEN_BACK)
    say(it.log, "asked", Promise.Made, date(2016, 10, 1), owner="BOARD")
    for ref in ("first", "second"):
        say(it.log, ref, Promise.Made, date(2016, 10, 2), owner="RIV")
    say(it.log, "first", Promise.Passed, date(2016, 10, 5), owner="RIV")
    second = say(it.log, "second", Promise.Passed, date(2017, 1, 5), owner="RIV")
    say(it.log, "first", Promise.Dropped, date(2017, 1, 10))
    (one,) = it.at(date(2017, 3, 1))
    (cell,) = grid(board, as_at=date(2017, 3, 1), known_at=it.up_to_date(), index=it.index).values()

    assert (one.state, one.days_late, one.discharged_on, one.discharged_at) == ("met", 0, date(2016, 10, 5), second)
    assert (cell.counts, cell.undone) == ({"met": 1}, 0)


def test_a_period_is_met_no_more_by_what_was_taken_back(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """What was done in a period and taken back in a later one leaves the first overdue, and says what had met it."""
    it = Owed(board, tmp_path, yearly=YEARLY_TAKEN_BACK)
    say(it.log, "a", Promise.Made, date(2016, 10, 1), owner="RIV")
    passed = say(it.log, "a", Promise.Passed, date(2016, 10, 5), owner="RIV")
    dropped = say(it.log, "a", Promise.Dropped, date(2017, 11, 1))
    riverside = frozenset({"RIV"})
    before, after = it.at(date(2017, 10, 31), owners=riverside)[0], it.at(date(2017, 11, 1), owners=riverside)[0]
    cell = grid(board, as_at=date(2017, 11, 1), known_at=it.up_to_date(), index=it.index)["T-yearly", "RIV"]

    assert (before.state, before.discharged_at, *undoing(before)) == ("met", passed, None, None, None, None)
    assert (after.state, after.days_late, after.discharged_at) == ("overdue", 47, None)
    assert undoing(after) == (date(2016, 10, 5), passed, date(2017, 11, 1), dropped)
    assert (cell.undone, cell.counts) == (1, {"overdue": 1, "open": 1})


def test_what_held_and_was_undone_says_so(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """Of a state of things the event that undid it is named, and the one since which it held; to be asked for anew undoes nothing."""
    it, action = Owed(board, tmp_path, done=DONE_IN_TIME, looked=LOOKED_AT), slipped()
    it.up_to_date()
    it.log.live(action)
    signed_off = next(e.position for e in it.log.entries if e.topic == "action.signed_off.v1")
    it.up_to_date()
    action.reopen(acting=QUALITY, occurred_on=on(410), reason="It slipped", due_on=on(500))
    it.log.live(action)
    known = it.up_to_date()
    before, after = ({one.clause: one for one in it.at(on(day), known)} for day in (409, 420))

    assert (before["T-done"].state, before["T-done"].discharged_at, before["T-done"].undone_at) == ("met", signed_off, None)
    assert (after["T-done"].state, after["T-done"].due_on, after["T-done"].discharged_at) == ("open", on(500), None)
    assert undoing(after["T-done"]) == (before["T-done"].discharged_on, signed_off, on(410), known)
    assert undoing(after["T-looked"]) == (None, None, None, None)


@pytest.mark.parametrize("last", ["held", "slipped"])
def test_a_check_that_came_late_stays_late(board: psycopg.Connection[Any], tmp_path: Path, last: str) -> None:
    """LIF-PRI-12: once the action is closed, or slipped, its late checks are still late; before a check was known it was overdue."""
    it, action = Owed(board, tmp_path, looked=LOOKED_AT), sustaining()
    it.log.live(action)
    scheduled = it.up_to_date()
    checked(action, 222 + 30)
    it.log.live(action)
    once = it.up_to_date()
    checked(action, 405 + 20, last)
    if last == "held":
        action.close(acting=QUALITY, occurred_on=on(430), reason="It lasted")
    it.log.live(action)

    def said(day: int, known_at: int | None = None) -> Any:
        (one,) = it.at(on(day), known_at)
        return one.state, one.due_on, one.days_late, f"the check of {on(222).day} {on(222):%B %Y} came 30 days late" in (one.grade or "")

    assert said(500) == ("met late", on(405), 20, True)
    assert said(424) == ("overdue", on(405), 19, True)
    assert said(500, once) == ("overdue", on(405), 95, True)
    assert said(240) == said(240, scheduled) == ("overdue", on(222), 18, False)


def many(it: Owed) -> None:
    """Put a good many obligations on record, in every state."""
    for number in range(30):
        day = ADOPTED + timedelta(days=20 * number)
        say(it.log, f"p{number:02}", Promise.Made, day, owner="RIV" if number % 3 else "CQH")
        if number % 4 == 0:
            say(it.log, f"p{number:02}", Promise.Passed, day + timedelta(days=number * 2), owner="RIV" if number % 3 else "CQH")
        if number % 8 == 0:
            say(it.log, f"p{number:02}", Promise.Dropped, day + timedelta(days=90))


def test_pages_together_are_the_whole(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """Asked for in pages, of whatever size, each obligation comes once, in the order of due date; and their number is known beforehand."""
    it = Owed(board, tmp_path, law=BY_LAW, own=BY_SETTING, undone=TAKEN_BACK_EACH, yearly=YEARLY_TAKEN_BACK, some=OF_ONE)
    many(it)
    known, day = it.up_to_date(), date(2018, 2, 1)
    whole = it.at(day, known)
    paged: list[Any] = []
    while page := owed(it.conn, as_at=day, known_at=known, after=place(paged[-1]) if paged else None, limit=7, index=it.index):
        paged += page

    assert paged == whole
    assert len({one.key for one in whole}) == len(whole)
    assert count(it.conn, as_at=day, known_at=known, index=it.index) == len(whole)


@pytest.mark.parametrize("day", [ADOPTED, date(2017, 5, 5), date(2018, 2, 1), date(2030, 1, 1)])
def test_the_grid_counts_what_is_owed(board: psycopg.Connection[Any], tmp_path: Path, day: date) -> None:
    """As known whenever, each cell counts the obligations that it opens, state by state, and says what most asks to be looked at."""
    it = Owed(board, tmp_path, law=BY_LAW, own=BY_SETTING, undone=TAKEN_BACK_EACH, yearly=YEARLY_TAKEN_BACK, some=OF_ONE)
    many(it)
    for known in known_then(it):
        counted: dict[Any, dict[str, int]] = {}
        for one in it.at(day, known):
            cell = counted.setdefault((one.clause, one.owner), {})
            cell[one.state] = cell.get(one.state, 0) + 1
        cells = grid(it.conn, as_at=day, known_at=known, index=it.index)

        assert {place: cell.counts for place, cell in cells.items()} == counted
        assert all(cell.says == min(cell.counts, key=STATES.index) for cell in cells.values())


@pytest.mark.parametrize("day", [ADOPTED, date(2017, 5, 5), date(2018, 2, 1), date(2030, 1, 1)])
def test_what_is_open_is_what_is_open_among_all(board: psycopg.Connection[Any], tmp_path: Path, day: date) -> None:
    """On any day as known whenever, the open obligations are those of all that are neither discharged nor ended."""
    it = Owed(board, tmp_path, law=BY_LAW, own=BY_SETTING, undone=TAKEN_BACK_EACH, yearly=YEARLY_TAKEN_BACK, some=OF_ONE)
    many(it)
    for known in known_then(it):
        assert it.at(day, known, open_only=True) == [one for one in it.at(day, known) if one.state in STILL_OWED | LACKING]


def known_then(it: Owed) -> list[int]:
    """Return positions from the first part of the log to its end."""
    head = it.up_to_date()
    return [head * part // 7 for part in range(1, 8)]


def test_what_is_asked_for_narrowly_is_what_it_is_among_all(board: psycopg.Connection[Any], tmp_path: Path) -> None:
    """By owner, clause, state or openness, and one by one, the same obligations come out as among all of them."""
    it = Owed(board, tmp_path, law=BY_LAW, own=BY_SETTING, undone=TAKEN_BACK_EACH, yearly=YEARLY_TAKEN_BACK, some=OF_ONE)
    many(it)
    known, day = it.up_to_date(), date(2018, 2, 1)
    whole = it.at(day, known)

    assert it.at(day, known, owners=frozenset({"RIV"})) == [one for one in whole if one.owner == "RIV"]
    assert it.at(day, known, clause="T-own") == [one for one in whole if one.clause == "T-own"]
    assert it.at(day, known, states=["overdue"]) == [one for one in whole if one.state == "overdue"]
    assert it.at(day, known, due_by=day) == [one for one in whole if one.due_on and one.due_on <= day]
    for one in whole:
        assert instance(it.conn, one.rule, one.owner, one.subject, as_at=day, known_at=known, index=it.index) == one
    assert instance(it.conn, "T-own", "NOBODY", "promise:p01", as_at=day, known_at=known, index=it.index) is None
    assert instance(it.conn, "T-none", "RIV", "promise:p01", as_at=day, known_at=known, index=it.index) is None
