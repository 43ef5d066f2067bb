"""The review tracker at two clocks: where a review stands, which clock runs, and what stops it closing."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING, Any

from projections import action_register, reviews
from projections.two_clocks import rebuild
from tests.aggregates.people import CHAIR, MANAGER, assigned, on
from tests.aggregates.reviews import CSC, HASH, IMPLICATIONS, LEAD, SCR, after, answered, closed, do, led, noted, paused, referred
from tests.logs import Log, catch_up_with

if TYPE_CHECKING:
    import psycopg


def shown(conn: psycopg.Connection[Any], *things: Any) -> Log:
    """Put things on record, and let the views show them."""
    log = Log()
    for thing in things:
        log.record(thing)
    catch_up_with(conn, log)
    return log


def seen(conn: psycopg.Connection[Any], day: date, known_at: int = 1000, ref: str = "SB-2016-03") -> reviews.ReviewRow:
    """Return a review as at a day."""
    row = reviews.review(conn, ref, as_at=day, known_at=known_at)
    assert row is not None
    return row


def test_the_tracker_says_where_a_review_stands_and_which_clock_runs(board: psycopg.Connection[Any]) -> None:
    """Day by day: the two clocks of a referral, the decision, the pause that stops no clock, each with its basis and its source."""
    review = paused()
    do(review, "notify_incident", 3, CSC, to_body="Ofsted", aware_on=after(-4))
    shown(board, review)
    stood = [
        (row.status, row.paused, [(clock.name, clock.state, clock.days_late) for clock in row.clocks])
        for row in (seen(board, after(day)) for day in (4, 25, 150))
    ]

    assert stood == [
        ("referred", False, [("incident_notify", "met", 0), ("decide", "running", 0)]),
        ("decided", False, [("incident_notify", "met", 0), ("decide", "met", 0), ("notify_decision", "running", 0)]),
        (
            "paused",
            True,
            [("incident_notify", "met", 0), ("decide", "met", 0), ("notify_decision", "overdue", 85), ("complete", "paused", 0)],
        ),
    ]
    complete = seen(board, after(150)).clocks[-1]
    assert (complete.due_on, complete.gross_days, complete.net_days, complete.basis) == (date(2016, 9, 9), 120, 80, "law")
    assert complete.source.startswith("Working Together 2015")
    (line,) = reviews.tracker(board, as_at=after(150), known_at=1000)
    assert (line.clocks, line.pauses[0]["review_by"]) == (seen(board, after(150)).clocks, str(after(200)))


def test_a_corrected_notification_moves_the_clock_and_the_earlier_view_stays(board: psycopg.Connection[Any]) -> None:
    """INV-37: as known before the correction the clock is what it was."""
    review = referred()
    review.correct(acting=CSC, occurred_on=after(9), amends=1, corrected={"notified_on": "2016-01-20"}, reason="a fax")
    shown(board, review)

    assert [seen(board, after(10), known_at).clocks[-1].due_on for known_at in (1, 2)] == [date(2016, 3, 8), date(2016, 2, 20)]


def test_the_same_case_under_another_regime_has_its_clocks_and_keeps_them(board: psycopg.Connection[Any]) -> None:
    """INV-42 and F.11: a rapid review owes its report in 15 working days, and has no month to decide."""
    known = {"notified_on": date(2020, 1, 20), "aware_on": date(2020, 1, 14), "occurred_on": date(2020, 1, 20)}
    review = referred(regime="MASA-WT2018", kind="rapid review", **known)
    do(review, "send_rapid_review", 1463, MANAGER, to_body="The Panel", report_sha256=HASH)
    shown(board, review)
    clocks = {clock.name: clock for clock in seen(board, date(2020, 3, 1)).clocks}

    assert list(clocks) == ["incident_notify", "rapid_review"]
    assert (clocks["rapid_review"].due_on, clocks["rapid_review"].state, clocks["incident_notify"].state) == (
        date(2020, 2, 10),
        "met",
        "met",
    )


def test_what_stops_a_review_closing_is_shown_with_its_rule(board: psycopg.Connection[Any]) -> None:
    """INV-05 and INV-07: what is missing in the review, and in the actions that came of it, stands there with its rule."""
    shown(board, answered(), assigned(ref="A7", source="SB-2016-03/F1"))
    missing = [(blocker["code"], blocker["rule"]) for blocker in seen(board, on(1)).blockers]

    assert missing == [
        ("not-published", "INV-05"),
        ("training-unanswered", "INV-05"),
        ("actions-open", "INV-05"),
    ]
    (line,) = reviews.tracker(board, as_at=on(1), known_at=1000)
    assert line.blockers == seen(board, on(1)).blockers


def test_inv_05_what_was_superseded_stops_a_review_until_what_took_its_place_has_ended(board: psycopg.Connection[Any]) -> None:
    """INV-05: the tracker follows an action to what took its place, on each day as known then, as closing does; rebuilt, it is the same."""
    taken = {ref: assigned(ref=ref, source="SB-2016-03/F1") for ref in ("A1", "A2", "A3")}
    last, elsewhere = assigned(ref="B1", source=None), assigned(ref="B2", source="SB-2015-01/F4")
    for ref, by_ref, day in (("A1", "B2", 2), ("A2", "A3", 2), ("A3", "A2", 2)):
        taken[ref].supersede(acting=MANAGER, occurred_on=on(day), by_ref=by_ref, reason="one for both")
    elsewhere.supersede(acting=MANAGER, occurred_on=on(3), by_ref="B1", reason="one for all")
    last.withdraw(acting=CHAIR, occurred_on=on(5), reason="done otherwise")
    log = shown(board, answered(), *taken.values(), elsewhere, last)

    def open_on(day: int, known_at: int = 1000) -> str:
        return next(blocker["text"] for blocker in seen(board, on(day), known_at).blockers if blocker["code"] == "actions-open")

    assert [open_on(day) for day in (1, 4, 5)] == [
        "not closed or withdrawn: A1, A2, A3",
        "not closed or withdrawn: A1, A2, A3",
        "not closed or withdrawn: A2, A3",  # each in the other's place: nobody keeps either
    ]
    assert open_on(5, known_at=len(log.entries) - 1) == "not closed or withdrawn: A1, A2, A3"
    (line,) = reviews.tracker(board, as_at=on(5), known_at=1000)
    for view in (reviews.Reviews(), action_register.ActionRegister()):
        rebuild.rebuild(board, view)
    assert reviews.tracker(board, as_at=on(5), known_at=1000)[0].blockers == line.blockers == seen(board, on(5)).blockers


def test_a_deferral_begins_to_stop_a_review_on_its_day(board: psycopg.Connection[Any]) -> None:
    """INV-05: without anything being recorded on it, the day after a deferral was to be looked at again shows."""
    review = answered()
    do(review, "defer_publication", 165, CHAIR, reason="a trial", review_by=after(300))
    do(review, "consider_training_implications", 170, MANAGER, **IMPLICATIONS)
    shown(board, review)
    codes = [[blocker["code"] for blocker in seen(board, after(day)).blockers] for day in (300, 301)]

    assert codes == [["finding-without-action"], ["deferral-not-reviewed", "finding-without-action"]]


def test_who_leads_is_a_pointer_and_what_is_restricted_is_not_there(board: psycopg.Connection[Any]) -> None:
    """A page has whom to ask for, and whether they are independent; affiliations, and what a family said, are in no row."""
    review = led()
    do(review, "record_family_involvement", 60, relations=("sibling",), outcome="not approached", reason="seven years old")
    do(review, "add_organisation_under_review", 61, organisation="NGH", reason="its ward")
    shown(board, review)
    row = seen(board, after(70))

    assert row.lead is not None
    assert (row.lead["reviewer"], row.lead["independent"], row.lead["conflicts"]) == (str(LEAD.person), False, ["NGH"])
    assert row.blockers[0] == {"code": "breach-not-recorded", "rule": "INV-01", "from_on": None, "text": row.blockers[0]["text"]}
    for private in ("consultant", "seven years old", "2013-06-30", "sibling"):
        assert private not in str(dataclasses.asdict(row))


def test_a_review_from_outside_and_a_closed_one(board: psycopg.Connection[Any]) -> None:
    """Another body's review says whose it is; a closed one has nothing that stops it."""
    shown(board, noted(relevance="relevant", repository_id="C6001"), closed())
    elder, cedar = seen(board, after(500), ref="SB-DHR-1"), seen(board, after(500))

    assert elder.source is not None
    assert (elder.status, elder.source["board"], elder.clocks) == ("relevant", "Severnbrook CSP", [])
    assert (cedar.status, cedar.ended, cedar.blockers, cedar.published_on) == ("closed", True, [], after(170))


def test_whom_a_review_concerns(board: psycopg.Connection[Any]) -> None:
    """The agency that referred it, the office that recorded that, and whoever was asked for information, from then on."""
    review = led()
    do(review, "request_agency_information", 40, SCR, agency="RIV", due_on=after(60), request="a chronology")
    shown(board, review)

    def theirs(agency: str, office: str | None, day: int) -> set[str]:
        return reviews.concerning(board, agency, office, as_at=after(day), known_at=1000)

    assert theirs("SBC-CSC", None, 1) == theirs("OTHER", "csc-lead", 1) == theirs("RIV", None, 41) == {"SB-2016-03"}
    assert theirs("RIV", None, 39) == theirs("NGH", "ngh-lead", 41) == set()


def test_rebuilding_the_tracker_gives_the_same_rows(board: psycopg.Connection[Any]) -> None:
    """INV-37: built again from the log, every version of every row is what it was."""
    review = closed()
    review.correct(acting=CHAIR, occurred_on=after(401), amends=2, corrected={"rationale": "as the panel agreed"}, reason="fuller")
    shown(board, review, noted())
    rows = "SELECT * FROM views.reviews ORDER BY key, known, valid"
    before = board.execute(rows).fetchall()
    rebuild.rebuild(board, reviews.Reviews())

    assert board.execute(rows).fetchall() == before
