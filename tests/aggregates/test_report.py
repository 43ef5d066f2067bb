"""The report of a year, as a function of the log: what it says, what it may not say, and what it keeps to itself."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.action import Action
from aggregates.clocks.dates import later
from aggregates.clocks.regimes import REGIMES, WORDS
from aggregates.entry import Entry, standing
from aggregates.entry.fields import fields_by_name
from aggregates.entry.values import FEWEST
from aggregates.partnership import Course, Partnership, Priorities
from aggregates.registry import Ledger
from aggregates.returns import Return
from aggregates.returns.report import TOPICS, NotPublic, OnLog, canonical, compose, missing
from aggregates.returns.report.document import FIGURES
from aggregates.returns.report.parts import Figure, Number
from aggregates.returns.report.record import READ
from aggregates.returns.report.suppression import suppressed
from aggregates.review import Review
from aggregates.training_session import TrainingSession

DAY = date(2016, 9, 5)
AS_AT = date(2017, 9, 30)


class Log:
    """A log that a test writes, entry by entry."""

    def __init__(self) -> None:
        """Begin with a partnership."""
        self.entries: list[OnLog] = []
        self.add(Ledger.Established, "ledger", origin="log.test/1", board="The Board", demonstration=False)
        self.add(Partnership.Established, "partnership", name="The Board", regime="LSCB-WT2015", effective_on=DAY)

    def add(self, event: Any, ref: str, on: date = DAY, /, **said: Any) -> int:
        """Put one more entry on record; what it does not say is empty. Return its position."""
        body = dict.fromkeys(fields_by_name(event)) | {"occurred_on": on} | said
        self.entries.append(OnLog(ref, f"jti-{len(self.entries) + 1}", on, Entry(len(self.entries) + 1, on, event, body)))
        return len(self.entries)

    def action(self, ref: str, owner: str = "RIV", due_on: date = date(2017, 1, 31)) -> int:
        """Promise something."""
        said = {"title": f"Action {ref}", "kind": "training", "source": "SB-1/F1", "owner": owner, "overseen_by": "QEG", "due_on": due_on}
        return self.add(Action.Assigned, ref, ref=ref, **said)

    def report(self, **how: Any) -> dict[str, Any]:
        """Return the report of 2016-17."""
        return compose(self.entries, **{"period": "2016-17", "as_at": AS_AT, "known_at": len(self.entries)} | how)


def test_what_a_regime_asks_of_its_report_is_computed():
    """Each figure that a regime names is one that can be computed, and each that can be is asked for by a regime."""
    named = {figure for regime in REGIMES.values() for section in regime.report_sections for figure in section.figures}

    assert named == set(FIGURES)
    assert {need.figure for regime in REGIMES.values() for s in regime.report_sections for need in s.needs} <= {*named, WORDS}


def test_the_headline_counts_what_lasted_with_the_events_behind_it():
    """Of what was signed off in time, what was tested half a year on, and what held; each number names its events, and nothing else."""
    log = Log()
    signed, checks = [], []
    for ref, months, result in (("A1", 6, "held"), ("A2", 6, "slipped"), ("A3", 2, "held"), ("A4", None, None)):
        log.action(ref)
        signed.append(log.add(Action.SignedOff, ref, date(2016, 10, 3)))
        if months:
            checks.append(log.add(Action.SustainmentChecked, ref, later(date(2016, 10, 3), months=months), result=result))
    log.action("A5")
    log.add(Action.SignedOff, "A5", date(2017, 4, 1))  # after the year
    headline = log.report()["headline"]

    assert headline["says"] == "Of 4 actions signed off, 2 were tested again after 6 months, and 1 held when last tested."
    counts = {one["label"]: (one["is"], one["events"]) for one in headline["counts"]}
    assert counts["Signed off"] == (4, signed)
    assert counts["Tested again"] == (2, checks[:2])
    assert (counts["Held when last tested"], counts["Slipped when last tested"]) == ((1, checks[:1]), (1, checks[1:2]))


def test_the_headline_counts_an_action_by_its_last_test_and_says_what_went_before_and_after():
    """What slipped, was mended and held counts as held, and its line says that it had slipped; what was reopened after its test says so."""
    log = Log()
    behind = {}
    for ref, results in (("A1", ("slipped", "held")), ("A2", ("slipped",)), ("A3", ("held",)), ("A4", ("held",))):
        log.action(ref)
        behind[ref] = [log.add(Action.SignedOff, ref, date(2015, 10, 5))]
        for number, result in enumerate(results):
            checked = later(date(2015, 10, 5), months=6 * (number + 1))
            at = log.add(Action.SustainmentChecked, ref, checked, result=result)
            behind[ref].insert(1, at)
            if result == "slipped":
                reopened = log.add(Action.Reopened, ref, checked, reason="It did not last", due_on=date(2016, 8, 1))
                behind[ref] += [reopened] if ref == "A2" else []
    behind["A3"].append(log.add(Action.Reopened, "A3", date(2016, 11, 7), reason="Staff have changed", due_on=date(2017, 8, 1)))
    headline = log.report()["headline"]

    assert headline["says"] == "Of 4 actions signed off, 4 were tested again after 6 months, and 3 held when last tested."
    assert [(one["cells"][0][-3:-1], one["cells"][-1], one["events"]) for one in headline["rows"]] == [
        ("A1", "held, where it had slipped by 5 April 2016", behind["A1"]),
        ("A2", "slipped; reopened 5 April 2016", behind["A2"]),
        ("A3", "held; reopened 7 November 2016", behind["A3"]),
        ("A4", "held", behind["A4"]),
    ]


def test_inv_40_a_report_that_says_another_class_has_no_report_and_names_the_field():
    """INV-40: a figure made of what is not public, in its words, its table or its numbers, fails the build and names event and field."""
    log = Log()
    log.action("A1")
    log.add(Action.SignedOff, "A1", effect="What changed for one child")

    def figure(how: str) -> Any:
        def made(year: Any) -> Figure:
            (said,) = year.so_far(Action.SignedOff)
            effect = said["effect"]
            one = Figure("returns", "Wrong", says="", columns=("Effect",))
            return {
                "words": lambda: replace(one, says=f"It changed: {effect}"),
                "sentence": lambda: replace(one, says=effect),
                "cell": lambda: replace(one, rows=[(effect,)], behind=[()]),
                "number": lambda: replace(one, counts=[("Effect", Number(effect))]),
            }[how]()

        return made

    for how in ("words", "sentence", "cell", "number"):
        with pytest.raises(NotPublic, match=r"effect of action\.signed_off\.v1") as refused:
            canonical(log.report(figures=FIGURES | {"returns": figure(how)}))
        assert refused.value.code() == "not-public"


def test_inv_40_nothing_that_is_not_public_changes_a_report():
    """INV-40: let every field that is not public say something else, and the report is the same to the byte."""
    log = Log()
    log.action("A1")
    log.add(Action.SignedOff, "A1", effect="One thing", by_office="quality-chair", late_reason="The rota")
    log.add(Action.SustainmentChecked, "A1", date(2017, 4, 3), result="held", method="A sample", unintended_consequences="None")
    before = canonical(log.report())
    for one in list(log.entries):
        private = {name: f"other {name}" for name, field in fields_by_name(one.entry.event).items() if field.sensitivity != "public"}
        log.entries[one.entry.number - 1] = replace(one, entry=one.entry._replace(body={**one.entry.body, **private}))

    assert canonical(log.report()) == before


def test_nothing_of_one_person_alone_is_read():
    """A report reads no event about one person but those that it counts by session, and cites none of them."""
    of_people = {
        event.TOPIC
        for event in READ
        for field in fields_by_name(event).values()
        if field.sensitivity == "personal" and field.name != "by_person"
    }

    assert of_people == {"training_session.booking_lapsed.v1", "training_session.follow_up_returned.v1"}
    assert not re.match(TOPICS, "training_session.attendance_recorded.v1")


def tables(rows: int, columns: int) -> st.SearchStrategy[list[list[int]]]:
    """Give tables of counts of people, small ones more often."""
    return st.lists(st.lists(st.integers(0, 9), min_size=columns, max_size=columns), min_size=rows, max_size=rows)


@given(st.one_of(tables(1, 2), tables(2, 2), tables(3, 2)))
def test_no_small_count_is_said_and_none_can_be_worked_out(counts):
    """Whoever has what is said of a table, totals included, finds for every small count at least two that it could be."""
    shown = suppressed(counts)
    whole = [[*row, sum(row)] for row in counts]
    whole.append([sum(column) for column in zip(*whole, strict=True)])
    hidden = [(r, c) for r, line in enumerate(shown) for c, count in enumerate(line) if count is None]

    assert all(count == whole[r][c] for r, line in enumerate(shown) for c, count in enumerate(line) if count is not None)
    assert {(r, c) for r, line in enumerate(whole) for c, count in enumerate(line) if 0 < count < FEWEST} <= set(hidden)
    inner = [(r, c) for r, c in hidden if r < len(counts) and c < len(counts[0])]
    others: set[tuple[int, int]] = set()  # hidden counts that could be something else: one more or less here and there is enough to see it
    for moved in itertools.product((-1, 0, 1), repeat=len(inner)):
        tried = [[*row] for row in counts]
        for (r, c), by in zip(inner, moved, strict=True):
            tried[r][c] += by
        full = [[*row, sum(row)] for row in tried]
        full.append([sum(column) for column in zip(*full, strict=True)])
        said = all(shown[r][c] in {None, count} for r, line in enumerate(full) for c, count in enumerate(line))
        if said and all(count >= 0 for line in full for count in line):
            others |= {(r, c) for r, c in hidden if full[r][c] != whole[r][c]}
    assert others == set(hidden)


def test_nobody_counts_on_that_withheld_counts_are_not_nought():
    """Of five courses at each of which one did not come, no total says so: five withheld counts that make five would each be one."""
    shown = suppressed([[20 + course, 1] for course in range(5)])

    assert [line[1] for line in shown[:-1]] == [None] * 5
    assert shown[-1][1] is None
    assert suppressed([[20, 1]] * 4 + [[20, 6]])[-1][1] == 10  # where somebody else may be behind it, the total is said


def test_small_counts_of_people_are_withheld_and_no_event_of_a_person_is_cited():
    """Three who came and one who did not: only how many sessions there were is said, and the session's own event stands behind it."""
    log = Log()
    log.add(Course.CourseOffered, "C1", ref="C1", title="Neglect")
    log.add(TrainingSession.Scheduled, "S1", ref="S1", course="C1")
    delivered = log.add(TrainingSession.Delivered, "S1", date(2016, 11, 30), course="C1")
    log.add(TrainingSession.AttendanceClosed, "S1", date(2016, 11, 30), number_attended=3)
    log.add(TrainingSession.BookingLapsed, "S1", date(2016, 11, 30), number="4", outcome="no-show")
    report = log.report()
    came = next(one for section in report["sections"] for one in section["figures"] if one["id"] == "training")

    assert [[cell["is"] for cell in row["cells"][1:]] for row in came["rows"]] == [[1, None, None, None], [1, None, None, None]]
    assert report["events"].keys() == {str(delivered)}


def test_no_figure_gives_away_what_another_withholds():
    """Of 21 who booked one did not come: that 20 owe a follow-up, which is whoever came, is withheld with how many came."""
    log = Log()
    day = date(2016, 10, 3)
    log.add(Course.CourseOffered, "C1", ref="C1", title="Neglect")
    log.add(TrainingSession.Delivered, "S1", day, course="C1")
    log.add(TrainingSession.AttendanceClosed, "S1", day, number_attended=20)
    log.add(TrainingSession.BookingLapsed, "S1", day, number="21", outcome="no-show")
    for number in range(1, 21):
        log.add(TrainingSession.FollowUpIssued, "S1", date(2017, 1, 3), number=str(number), owed=True)
    for number in range(1, 13):
        log.add(TrainingSession.FollowUpReturned, "S1", date(2017, 1, 20), number=str(number), answered_by="participant")
    figures = {one["id"]: one["rows"] for section in log.report()["sections"] for one in section["figures"]}
    came, owed = ([[cell["is"] for cell in row["cells"][2:]] for row in figures[name]] for name in ("training", "follow_up"))

    assert [row[:2] for row in came] == [[None, None]] * 2
    assert [row[2] for row in owed] == [None] * 2
    assert all(row.count(None) > 1 for row in owed)  # or what is withheld would be the sum of the others


def test_a_section_is_missing_until_it_has_what_it_needs_or_is_explained():
    """The partners' report of 2020-21 needs impact, priorities and what families say; an explanation counts whenever it was given."""
    log = Log()
    log.add(Partnership.RegimeChanged, "partnership", date(2019, 9, 29), regime="MASA-WT2018", effective_on=date(2019, 9, 29))
    log.add(Review.Referred, "SB-1", ref="SB-1", title="Firwood", kind="rapid review")
    log.add(Review.Decided, "SB-1", outcome="conduct")
    log.add(Review.BoardResponseFormulated, "SB-1", date(2020, 10, 16))
    how = {"period": "2020-21", "as_at": date(2021, 4, 1)}
    assert [gap for one in log.report(**how)["sections"] for gap in one["gaps"]] == [
        {"says": "no impact statement for Firwood", "clause": "LIF-PRI-10", "needs": "impact", "of": "review:SB-1"},
        {"says": "no priority was set for 2020-21", "clause": None, "needs": "priorities", "of": None},
        {"says": "no feedback of children or families is on record", "clause": None, "needs": "families", "of": None},
    ]
    log.add(Review.ImpactEvaluated, "SB-1", date(2021, 3, 1), year=2020, judgement="Contact is asked about")
    log.add(Priorities.PrioritiesSet, "2020-2022", date(2020, 4, 1), period="2020-2022", priority="Neglect", informed_by=())
    whose = {"kind": "board_annual_report", "respondent": "BOARD", "period": "2020-21"}
    later_on = date(2021, 9, 1)
    log.add(Return.SectionExplained, "R", later_on, **whose, section="families", explanation="It is asked for next year.")
    report = log.report(**how)

    assert missing(report) == []
    assert [section["told"] and section["told"]["says"] for section in report["sections"]][-1] == "It is asked for next year."
    assert (report["title"], report["regime"]["id"]) == ("Yearly report", "MASA-WT2018")


def test_the_report_of_the_year_before_answered_by_being_published():
    """The Board answers by publishing its report, in time or late by its first edition; until then it did not answer."""
    log = Log()
    asked = {"kind": "board_annual_report", "respondent": "BOARD"}
    log.add(Return.Requested, "R", **asked, ref="R", period="2015-16", due_on=date(2016, 9, 30))
    log.add(Return.Requested, "S", **asked, ref="S", period="2016", due_on=date(2016, 12, 31))

    def told() -> tuple[Any, Any]:
        figures = {figure["id"]: figure for section in log.report()["sections"] for figure in section["figures"]}
        return figures["returns"]["says"], [row["cells"][1].rpartition(", ")[2] for row in figures["unanswered"]["rows"]]

    assert told() == ("2 returns were due: 0 came in time, 0 late, and 2 never.", ["2015-16", "2016"])
    for ref, edition, on in (("R", 1, date(2016, 9, 9)), ("R", 2, date(2017, 1, 9)), ("S", 1, date(2017, 1, 9))):
        log.add(Return.Published, ref, on, edition=edition, known_at=1, period="2015-16")
    assert told() == ("2 returns were due: 1 came in time, 1 late, and 0 never.", [])


def test_an_edition_of_before_editions_said_why_is_read_beside_those_that_do():
    """ADR 0011: what was published under the older topic is an edition like any other, and gave no reason."""
    log = Log()
    log.add(Return.Requested, "R", ref="R", kind="board_annual_report", respondent="BOARD", period="2016", due_on=date(2017, 6, 1))
    for event, edition, why in ((Return.PublishedBefore, 1, {}), (Return.Published, 2, {"reason": "The accounts are closed"})):
        log.add(event, "R", edition=edition, period="2016", **why)
    state = Return.fold(standing(one.entry for one in log.entries if one.ref == "R"))

    assert [one.entry.event.TOPIC for one in log.entries[-2:]] == ["return.published.v1", "return.published.v2"]
    assert [(one.edition, one.reason) for one in state.published] == [(1, None), (2, "The accounts are closed")]


def test_a_correction_is_counted_and_what_it_corrects_says_the_new():
    """F.10: a result that is corrected counts as corrected in every figure, and the report says how many entries were put right."""
    log = Log()
    log.action("A1")
    log.add(Action.SignedOff, "A1", date(2016, 10, 3))
    wrong = log.add(Action.SustainmentChecked, "A1", date(2017, 4, 3), result="slipped")
    before = log.report()
    log.add(Action.EntryCorrected, "A1", date(2016, 12, 1), amends=wrong, corrected_public={"result": "held"})
    after = log.report()

    assert (before["headline"]["says"], after["headline"]["says"]) == (
        "Of 1 action signed off, 1 was tested again after 6 months, and 0 held when last tested.",
        "Of 1 action signed off, 1 was tested again after 6 months, and 1 held when last tested.",
    )
    assert after["record"]["says"] == "1 entry was corrected and 0 retracted."


def test_what_moves_to_another_year_after_its_report_was_signed_is_told_by_the_next_one_and_by_no_other():
    """F.10: the report that was signed stays to the byte; the next has one line of adjustment, with the events; the one after has none."""
    log = Log()
    whose = {"kind": "board_annual_report", "respondent": "BOARD"}
    log.action("A1")
    signed_off = log.add(Action.SignedOff, "A1", date(2017, 3, 30))
    log.action("A2")
    stays = log.add(Action.SignedOff, "A2", date(2017, 2, 1))
    first = {"period": "2016-17", "as_at": date(2017, 6, 30), "known_at": len(log.entries)}

    def report(**how: Any) -> bytes:
        return canonical(compose(log.entries[: how["known_at"]], **how))

    before = report(**first)
    log.add(Return.Published, "R-2016-17", date(2017, 6, 30), **whose, edition=1, **first)
    later_day, elsewhere = {"occurred_on": "2017-04-03"}, {"occurred_on": "2017-02-08"}
    corrected = log.add(Action.EntryCorrected, "A1", date(2017, 9, 4), amends=signed_off, corrected_public=later_day)
    log.add(Action.EntryCorrected, "A2", date(2017, 9, 4), amends=stays, corrected_public=elsewhere)  # in the same year
    second = {"period": "2017-18", "as_at": date(2018, 6, 30), "known_at": len(log.entries)}
    record = log.report(**second)["record"]
    log.add(Return.Published, "R-2017-18", date(2018, 6, 30), **whose, edition=1, **second)

    assert report(**first) == before
    assert record["rows"] == [
        {"cells": ["Action signed off: Action A1 (A1)", "2016-17", "30 March 2017", "3 April 2017"], "events": [signed_off, corrected]}
    ]
    assert log.report(**second)["headline"]["counts"][0]["is"] == 2  # it counts where it belongs
    third = {"period": "2018-19", "as_at": date(2019, 6, 30)}
    assert log.report(**third)["record"]["rows"] == []
    log.add(Action.EntryRetracted, "A2", date(2019, 5, 6), amends=stays)
    assert [row["cells"][1:] for row in log.report(**third)["record"]["rows"]] == [["2016-17", "8 February 2017", "Taken back"]]
