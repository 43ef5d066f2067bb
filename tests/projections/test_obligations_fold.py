"""The views of obligations are pure functions of the log (INV-37), though one entry is filed under many keys and one key has many rows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Identifier

from aggregates import Action, Course, Resource, Review
from aggregates.entry import standing, stream_id
from aggregates.framework import upholding
from aggregates.framework.index import Index
from aggregates.framework.parsing import parse
from projections.obligations import Cadences, Obligations, Standings
from projections.two_clocks import decoded_log, read_model, rebuild, tracking
from projections.two_clocks.decoded_log import kind_of
from tests.logs import catch_up_with
from tests.projections.test_one_fold import in_the_aggregate, lives
from tests.projections.test_timeline import content
from tests.projections.views import DAYS, MANY, logs

if TYPE_CHECKING:
    import psycopg

    from tests.logs import Log

SET = b"""
id = "T"
title = "Promises"
publisher = "Nobody"
published = "2016"
review_due = "2017"

[[clause]]
id = "P-1"
lines = "1"
page = 1
text = "Who has something promised to them is told what became of it"
owed_by = "owner"
owed_to = "anybody"
cadence = "-"
evidence = "-"
events = "-"
views = "OBL"
check = "M"

[[clause.rule]]
form = "event"
early = true
trigger = {event = "promise.made", owner = {field = "owner"}}
due = {field = "due_on"}
discharged_by = {event = "promise.passed", owner = {field = "owner"}}
ended_by = {event = "promise.dropped", owner = {is = "A"}}

[[clause.rule]]
part = "later"
form = "event"
trigger = {event = "promise.made", owner = {field = "owner"}}
discharged_by = {event = "promise.passed", owner = {field = "owner"}}

[[clause.rule]]
part = "undone"
form = "event"
trigger = {event = "promise.made", owner = {is = "A"}, subject = {field = "owner"}}
due = {field = "due_on"}
discharged_by = {event = "promise.passed", owner = {is = "A"}, subject = {field = "owner"}}
undone_by = [{event = "promise.dropped"}, {event = "promise.made", where = {owner = {not = "A"}}}]

[[clause.rule]]
part = "again"
form = "calendar"
every = {days = 3}
owner = {is = "A"}
discharged_by = [
    {event = "promise.passed", where = {owner = {not = "Z"}}, owner = {field = "owner"}},
    {event = "promise.kept", owner = {is = "A"}},
]

[[clause.rule]]
part = "again-undone"
form = "calendar"
every = {days = 3}
owner = {is = "A"}
discharged_by = {event = "promise.passed", owner = {field = "owner"}}
undone_by = [{event = "promise.dropped"}, {event = "promise.made", where = {owner = {not = "A"}}}]
"""
INDEX = Index([parse(SET)])
VIEWS: tuple[Any, ...] = (Obligations(INDEX), Cadences(INDEX))
STANDINGS = Standings()


def fresh(conn: psycopg.Connection[Any], *views: Any) -> None:
    """Empty the views, and have those asked for made as these tests make them: once in a database."""
    with conn.transaction():
        conn.execute("DELETE FROM views.halted")
        conn.execute(SQL("DELETE FROM {}").format(Identifier("views", decoded_log.TABLE)))
        for view in views:
            tables = [SQL("views.{}").format(Identifier(name)) for name in (view.table, view.table + "_entry")]
            if tracking.shape_of(conn, view.table) == read_model.shape_of(view):
                for table in tables:
                    conn.execute(SQL("DELETE FROM {}").format(table))
            else:
                conn.execute(SQL("DROP TABLE IF EXISTS {}").format(SQL(", ").join(tables)))
                conn.execute("DELETE FROM views.tracking WHERE projection = %s", [view.table])
                read_model.create(conn, view)
        conn.execute("UPDATE views.tracking SET position = 0")


def shown(conn: psycopg.Connection[Any], view: Any, as_at: date, known_at: int) -> list[tuple[Any, ...]]:
    """Ask a view."""
    columns = SQL(", ").join(map(Identifier, view.columns))
    query = SQL("SELECT key, {} FROM {} WHERE valid @> %s::date AND known @> %s::bigint ORDER BY key")
    return conn.execute(query.format(columns, Identifier("views", view.table)), [as_at, known_at]).fetchall()


def whole(conn: psycopg.Connection[Any], view: Any) -> list[Any]:
    """Return all that a view holds, and what is filed under what."""
    rows = conn.execute(SQL("SELECT * FROM {} ORDER BY key, known, valid").format(Identifier("views", view.table))).fetchall()
    filed = SQL("SELECT key, position FROM {} ORDER BY key, position").format(Identifier("views", view.table + "_entry"))
    return [rows, conn.execute(filed).fetchall()]


def stands(log: Log, as_at: date, known_at: int) -> list[tuple[date, int, str, str, dict[str, Any]]]:
    """Return what stood as known then and was true by then, in the order in which it was true."""
    known = [e for e in log.entries if e.position <= known_at]
    refs = {e.stream: e.fields["ref"] for e in known if e.version == 1}
    plain = [e for e in known if e.topic.split(".")[1] in {"made", "passed", "kept", "dropped"}]
    found = [(said, e) for e in plain if (said := content(e, known)) is not None]
    days = [(date.fromisoformat(said["occurred_on"]), e.position, e.topic, refs[e.stream], said) for said, e in found]
    return sorted(one for one in days if one[0] <= as_at)


def asked(log: Log, as_at: date, known_at: int) -> list[tuple[Any, ...]]:
    """Say what is owed, by both rules read aloud: as slow as it is plain."""
    owed: dict[str, dict[str, Any]] = {}
    for day, position, topic, ref, said in stands(log, as_at, known_at):
        does = topic.split(".")[1]
        owner = "A" if does == "dropped" else said.get("owner", "")
        for rule in ("P-1", "P-1.later"):
            it = owed.setdefault(f"{rule}|{owner}|promise:{ref}", {})
            over = "done" in it or "ended" in it
            if does == "made" and ("asked" not in it or over):
                if "asked" in it or (rule == "P-1.later" and it.get("done", (day,))[0] != day):
                    it.clear()
                it |= {"asked": (day, position), "due": date.fromisoformat(said["due_on"]) if rule == "P-1" else None}
            elif does == "passed" and not over:
                it["done"] = (day, position)
            elif does == "dropped" and rule == "P-1" and "asked" in it and not over:
                it["ended"] = (day, position)
    nothing = (None, None)
    return sorted(
        (
            key,
            key.split("|")[0],
            "P-1",
            *key.split("|")[1:],
            *it["asked"],
            it["due"],
            *it.get("done", nothing),
            *it.get("ended", nothing),
            *nothing,
            *nothing,
            None,
        )
        for key, it in owed.items()
        if "asked" in it
    )


def undone(log: Log, as_at: date, known_at: int) -> list[tuple[Any, ...]]:
    """Say what is owed by the rule of which what discharged it may be taken back, read aloud for each to whom something was passed."""
    return sorted(row for who in "ABXYZ" if (row := taken_back(who, stands(log, as_at, known_at))))


def taken_back(who: str, happened: list[tuple[date, int, str, str, dict[str, Any]]]) -> tuple[Any, ...] | None:
    """Say of one of them since when it is met, by the first of all that stands, and what was last taken back."""
    asked, nothing = None, (None, None)
    given: list[dict[str, Any]] = []
    since, shown, was = None, None, (*nothing, *nothing)
    for day, position, topic, ref, said in happened:
        does, mine = topic.split(".")[1], said.get("owner") == who
        away = does if does == "dropped" or (does == "made" and said["owner"] != "A") else None
        back = [one for one in given if (one["ref"], one["away"]) == (ref, "made") and does == "made" and not away]
        given = [one | {"away": one["away"] or (away if one["ref"] == ref else None)} for one in given if one not in back]
        given += [one | {"day": day, "position": position, "away": None} for one in back]
        given += [{"ref": ref, "day": day, "position": position, "away": None}] if does == "passed" and mine else []
        first = next((one["position"] for one in given if not one["away"]), None)
        if shown and first != shown:
            was = (since, shown, day, position)
        if first and not shown:
            since = was[0] if was[2] == day else day
        shown, since = first, since if first else None
        if does == "made" and mine and (asked is None or shown):
            given = [] if asked else [one for one in given if one["day"] == day]
            shown = next((one["position"] for one in given if not one["away"]), None)
            since, was = day if shown else None, (*nothing, *nothing)
            asked = (day, position, date.fromisoformat(said["due_on"]))
    return asked and (f"P-1.undone|A|{who}", "P-1.undone", "P-1", "A", who, *asked, since, shown, *nothing, *was, None)


def done(log: Log, as_at: date, known_at: int) -> list[tuple[Any, ...]]:
    """Say what was done for what comes again, by the rule read aloud."""
    answers: dict[tuple[str, date], list[int]] = {}
    for day, position, topic, _, said in stands(log, as_at, known_at):
        owner = "A" if topic == "promise.kept.v1" else said.get("owner") if topic == "promise.passed.v1" else None
        if owner not in {None, "Z"}:
            answers.setdefault((owner, day), []).append(position)
    return sorted(
        (f"P-1.again|{owner}|on {day}|{position}", "P-1.again", owner, None, day, position, None, False, None, None)
        for (owner, day), given in answers.items()
        for position in given[:2]  # for its own period and for the one before
    )


def done_and_undone(log: Log, as_at: date, known_at: int) -> list[tuple[Any, ...]]:
    """Say the same where what was done may be taken back: whatever was is shown, and of what was not as much as counts."""
    found = stands(log, as_at, known_at)
    days: dict[tuple[str, date], list[tuple[Any, ...]]] = {}
    for number, (day, position, topic, ref, said) in enumerate(found):
        if topic == "promise.passed.v1":
            days.setdefault((said["owner"], day), []).append((position, *gone(ref, found[number + 1 :])))
    return sorted(
        (f"P-1.again-undone|{owner}|on {day}|{one[0]}", "P-1.again-undone", owner, None, day, one[0], None, False, *one[1:])
        for (owner, day), given in days.items()
        for one in (*[it for it in given if it[1]], *[it for it in given if not it[1]][:2])
    )


def gone(ref: str, later: list[tuple[date, int, str, str, dict[str, Any]]]) -> tuple[Any, Any]:
    """Say when and by what something was taken back that stands in a promise, if it was, and what had been taken did not come back."""
    was, by = (None, None), None
    for day, position, topic, other, said in later:
        does = topic.split(".")[1]
        if other == ref and by is None and (does == "dropped" or (does == "made" and said["owner"] != "A")):
            was, by = (day, position), does
        elif (other, does, by) == (ref, "made", "made") and said["owner"] == "A":
            was, by = (None, None), None
    return was


@MANY
@given(logs(), st.lists(st.tuples(DAYS, st.integers(0, 14)), min_size=1, max_size=8), st.integers(1, 5))
def test_inv_37_obligations_are_the_fold_that_defines_them(
    board: psycopg.Connection[Any], log: Log, clocks: list[tuple[date, int]], limit: int
) -> None:
    """At any two clocks the views say what the rules, read aloud over the log, say, also where a correction changes whose it is."""
    fresh(board, *VIEWS)
    catch_up_with(board, log, VIEWS, limit)

    for as_at, known_at in [*clocks, (date.max, len(log.entries))]:
        known = min(known_at, len(log.entries))
        assert shown(board, VIEWS[0], as_at, known_at) == sorted(asked(log, as_at, known) + undone(log, as_at, known))
        assert shown(board, VIEWS[1], as_at, known_at) == sorted(done(log, as_at, known) + done_and_undone(log, as_at, known))


@settings(MANY, max_examples=15)  # each makes its tables twice more
@given(logs(), st.integers(1, 5))
def test_inv_37_rebuilding_obligations_gives_the_same_rows(board: psycopg.Connection[Any], log: Log, limit: int) -> None:
    """What is filed and what is shown depend on the log alone: not on batches, and not on whether it was lived or built again."""
    fresh(board, *VIEWS)
    catch_up_with(board, log, VIEWS, limit)
    lived = [whole(board, view) for view in VIEWS]
    for view in VIEWS:
        rebuild.rebuild(board, view)

    assert [whole(board, view) for view in VIEWS] == lived


@pytest.mark.parametrize("aggregate", [Action, Review, Course, Resource])
def test_inv_37_what_must_hold_is_asked_of_the_things_own_state(board: psycopg.Connection[Any], aggregate: Any) -> None:
    """At any two clocks a fact is as the thing's own fold has it, dated by the entries that changed it; rebuilding gives the same rows."""

    @MANY
    @given(lives(aggregate), st.lists(st.tuples(DAYS, st.integers(0, 10)), max_size=4), st.integers(1, 5))
    def holds(log: Log, clocks: list[tuple[date, int]], limit: int) -> None:
        fresh(board, STANDINGS)
        catch_up_with(board, log, [STANDINGS], limit)
        for as_at, known_at in [*clocks, (date.max, len(log.entries))]:
            assert shown(board, STANDINGS, as_at, known_at) == asked_of(aggregate, log, as_at, min(known_at, len(log.entries)))

    holds()
    lived = whole(board, STANDINGS)
    rebuild.rebuild(board, STANDINGS)
    assert whole(board, STANDINGS) == lived


def asked_of(aggregate: Any, log: Log, as_at: date, known_at: int) -> list[tuple[Any, ...]]:
    """Fold each thing with its own fold, entry by entry, and ask it the facts."""
    kind, found = kind_of(aggregate.TOPIC), []
    for ref in ("A1", "A2"):
        positions = {e.version: e.position for e in log.entries if e in streams(log, aggregate, ref)}
        entries = [e for e in standing(in_the_aggregate(log, ref, aggregate, known_at)) if e.occurred_on <= as_at]
        state, thing = None, None
        for entry in entries:
            state = aggregate.fold([entry], state)
            numbered = type(entry)(positions[entry.number], entry.occurred_on, entry.event, entry.body)
            thing = upholding.step(thing, state, numbered, STANDINGS.asked[kind], STANDINGS.rules)
        found += STANDINGS.rows(f"{kind}:{ref}", thing).items() if thing else []
    return sorted((key, *row) for key, row in found)


def streams(log: Log, aggregate: Any, ref: str) -> list[Any]:
    """Return the entries of a thing."""
    return [e for e in log.entries if e.stream == stream_id("test", aggregate.TOPIC, ref)]
