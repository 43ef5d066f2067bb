"""What a two-clock view promises, against its definition: fold what had occurred, as amended by what was known."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates import Agency
from projections.two_clocks import catch_up, decoded_log, read_model, rebuild, tracking
from tests.aggregates.people import MANAGER, ORIGIN
from tests.logs import Log, catch_up_with
from tests.projections.promises import Promise, Promises
from tests.projections.views import DAY, DAYS, MANY, PROMISES, follow, fresh, logs, say

if TYPE_CHECKING:
    from service.config import Config

CONTENT = "SELECT key, valid, known, title, owner, due_on, status FROM views.promises ORDER BY key, known, valid"
FILED = "SELECT key, position FROM views.promises_entry ORDER BY key, position"
VIEW = """
    SELECT key, title, owner, due_on, status FROM views.promises
     WHERE valid @> %s::date AND known @> %s::bigint ORDER BY key"""


def content(entry: Any, log: list[Any]) -> dict[str, Any] | None:
    """Say what an entry says, as amended by the entries of the log that stand; None if one retracts it."""
    said = dict(entry.fields)
    for later in log:
        if later.stream != entry.stream or later.fields.get("amends") != entry.version or "proposed" in later.topic:
            continue
        change = content(later, log)
        if change is None:
            continue
        if "retracted" in later.topic:
            return None
        said |= change["corrected_public"]
    return said


def defined(log: Log, as_at: date, known_at: int) -> list[tuple[Any, ...]]:
    """Fold what was known by then and had, as amended, occurred by then: the definition, as slow as it is plain."""
    known = [e for e in log.entries if e.position <= known_at]
    plain = [(content(e, known), e) for e in known if "amend" not in e.topic and "correct" not in e.topic and "retract" not in e.topic]
    refs = {e.stream: e.fields["ref"] for e in known if e.version == 1}
    stand = sorted(((said["occurred_on"], e.position, e, said) for said, e in plain if said is not None), key=lambda s: s[:2])
    promises: dict[str, list[Any]] = {}
    for day, _, entry, said in stand:
        ref = refs[entry.stream]
        if day > str(as_at):
            continue
        match entry.topic:
            case "promise.made.v1":
                promises[ref] = [said["title"], said["owner"], date.fromisoformat(said["due_on"]), "made"]
            case "promise.dropped.v1":
                promises.pop(ref, None)
            case "promise.passed.v1" if ref in promises:
                promises[ref][1] = said["owner"]
            case "promise.kept.v1" if ref in promises:
                promises[ref][3] = "kept"
    return sorted((ref, *row) for ref, row in promises.items())


@MANY
@given(logs(), st.lists(st.tuples(DAYS, st.integers(0, 14)), min_size=1, max_size=8), st.integers(1, 5))
def test_every_view_is_the_fold_that_defines_it(
    conn: psycopg.Connection[Any], log: Log, clocks: list[tuple[date, int]], limit: int
) -> None:
    """At any two clocks the table answers what folding the log answers, whatever the size of a batch."""
    fresh(conn)
    follow(conn, log, limit)

    for as_at, known_at in clocks:
        expected = defined(log, as_at, min(known_at, len(log.entries)))
        assert expected == conn.execute(VIEW, [as_at, known_at]).fetchall()


@MANY
@given(logs(), st.integers(1, 5))
def test_rebuilding_gives_the_same_rows(conn: psycopg.Connection[Any], log: Log, limit: int) -> None:
    """Rows depend on the log alone: not on batches, not on when catch-up ran, not on an entry delivered again, not on a rebuild."""
    fresh(conn)
    part = Log()
    for entry in log.entries:
        part.entries.append(entry)
        follow(conn, part, limit)
        decoded_log.extend(conn, part.entries)
    lived = conn.execute(CONTENT).fetchall(), conn.execute(FILED).fetchall()
    fresh(conn)
    follow(conn, log)
    followed = conn.execute(CONTENT).fetchall(), conn.execute(FILED).fetchall()
    rebuild.rebuild(conn, PROMISES)
    rebuilt = conn.execute(CONTENT).fetchall(), conn.execute(FILED).fetchall()

    assert lived == followed == rebuilt


def interleaved(count: int, keys: int) -> Log:
    """Make a log in which promises pass from hand to hand, some of it recorded late."""
    log = Log()
    for n in range(count):
        event = Promise.Made if n < keys else Promise.Passed
        say(log, str(n % keys), event, DAY + timedelta(n % 5), owner=str(n))
    return log


def test_a_crash_before_commit_loses_nothing(conn: psycopg.Connection[Any]) -> None:
    """A batch that does not commit leaves no trace; the next attempt starts where the last one ended."""
    log = interleaved(12, 3)
    decoded_log.extend(conn, log.entries)
    for _ in log.entries:
        with conn.transaction(force_rollback=True):
            read_model.project(conn, PROMISES, 2)
        read_model.project(conn, PROMISES, 1)
    survived = conn.execute(CONTENT).fetchall()

    fresh(conn)
    follow(conn, log)

    assert survived == conn.execute(CONTENT).fetchall()


def test_an_amendment_may_move_the_key(conn: psycopg.Connection[Any]) -> None:
    """An entry that is about something else as corrected is shown there from the correction on, and nowhere else; a rebuild agrees."""

    class ByOwner(Promises):
        def keys(self, ref: str, entry: Any) -> tuple[str, ...]:
            return (f"{ref}/{entry.body['owner']}",) if "owner" in entry.body else ()

    log = Log()
    say(log, "a", Promise.Made, DAY)
    say(log, "a", Promise.EntryCorrected, DAY, amends=1, corrected_public={"owner": "B"})
    catch_up_with(conn, log, [ByOwner()], 1)
    lived = conn.execute(CONTENT).fetchall(), conn.execute(FILED).fetchall()

    assert [[row[0] for row in conn.execute(VIEW, [DAY, known_at])] for known_at in (1, 2)] == [["a/A"], ["a/B"]]
    rebuild.rebuild(conn, ByOwner())
    assert (conn.execute(CONTENT).fetchall(), conn.execute(FILED).fetchall()) == lived


def test_a_diverged_table_stops_catch_up(conn: psycopg.Connection[Any]) -> None:
    """A row that somebody changed by hand is found when an entry would close it; a rebuild puts it right."""
    log = Log()
    say(log, "a", Promise.Made, DAY)
    follow(conn, log)
    conn.execute("DELETE FROM views.promises")
    say(log, "a", Promise.Passed, DAY + timedelta(1), owner="B")

    with pytest.raises(catch_up.Halted, match="DivergedError"):
        follow(conn, log)
    assert [h.position for h in tracking.halted(conn)] == [2]

    rebuild.rebuild(conn, PROMISES)
    assert follow(conn, log) == 2
    assert [row[2] for row in conn.execute(VIEW, [DAY + timedelta(1), 2])] == ["B"]


def test_a_correction_may_move_the_day(conn: psycopg.Connection[Any]) -> None:
    """Before the correction was known the promise was there from the first day; afterwards only from the fifth."""
    log = Log()
    say(log, "a", Promise.Made, DAY)
    say(log, "a", Promise.EntryCorrected, DAY + timedelta(9), amends=1, corrected_public={"occurred_on": "2016-01-05"})
    follow(conn, log)

    assert [len(conn.execute(VIEW, [DAY, known_at]).fetchall()) for known_at in (1, 2)] == [1, 0]


def test_a_retracted_retraction_restores(conn: psycopg.Connection[Any]) -> None:
    """An amendment is an entry, and can itself be retracted."""
    log = Log()
    say(log, "a", Promise.Made, DAY)
    say(log, "a", Promise.EntryRetracted, DAY, amends=1)
    say(log, "a", Promise.EntryRetracted, DAY, amends=2)
    follow(conn, log)

    assert [len(conn.execute(VIEW, [DAY, known_at]).fetchall()) for known_at in (1, 2, 3)] == [1, 0, 1]


def test_the_later_correction_wins(conn: psycopg.Connection[Any]) -> None:
    """Of two corrections the later holds, also when the earlier one is itself corrected afterwards."""
    log = Log()
    say(log, "a", Promise.Made, DAY)
    say(log, "a", Promise.EntryCorrected, DAY, amends=1, corrected_public={"owner": "B"})
    say(log, "a", Promise.EntryCorrected, DAY, amends=1, corrected_public={"owner": "C"})
    say(log, "a", Promise.EntryCorrected, DAY, amends=2, corrected_public={"corrected_public": {"owner": "D"}})
    follow(conn, log)

    assert [conn.execute(VIEW, [DAY, known_at]).fetchall()[0][2] for known_at in (1, 2, 3, 4)] == ["A", "B", "C", "C"]


def test_contradictory_history_is_impossible(conn: psycopg.Connection[Any]) -> None:
    """The table refuses two rows of one key that hold on the same day at the same position, and rows that never hold."""
    log = Log()
    say(log, "a", Promise.Made, DAY)
    follow(conn, log)
    rebuild.rebuild(conn, PROMISES)

    with pytest.raises(psycopg.errors.ExclusionViolation):
        conn.execute("INSERT INTO views.promises SELECT * FROM views.promises")
    with pytest.raises(psycopg.errors.CheckViolation):
        conn.execute("INSERT INTO views.promises SELECT 'b', 'empty', known, title, owner, due_on, status FROM views.promises")


def test_what_has_no_end_has_no_bound(conn: psycopg.Connection[Any]) -> None:
    """What still holds, and what is still known, is open: no date or position stands for "for ever"."""
    log = Log()
    say(log, "a", Promise.Made, DAY)
    follow(conn, log)
    rows = "SELECT upper_inf(valid), upper_inf(known), upper(valid), upper(known) FROM views.promises"
    lived = conn.execute(rows).fetchall()
    rebuild.rebuild(conn, PROMISES)

    assert lived == conn.execute(rows).fetchall() == [(True, True, None, None)]


def test_a_view_does_not_move_while_catch_up_runs(conn: psycopg.Connection[Any], database: Config) -> None:
    """A reader that has read the position sees the same answer at it, however far catch-up or a rebuild goes meanwhile."""
    log = interleaved(300, 7)
    decoded_log.extend(conn, log.entries)
    read_model.project(conn, PROMISES, 100)
    reading, stop, seen = Event(), Event(), set()

    def read() -> None:
        with psycopg.connect(database.conninfo("reader"), autocommit=True) as reader:
            position = tracking.head(reader)
            while not stop.is_set():
                seen.add(tuple(reader.execute(VIEW, [DAY + timedelta(4), position]).fetchall()))
                reading.set()

    thread = Thread(target=read)
    thread.start()
    reading.wait(10)
    follow(conn, log, 10)
    rebuild.rebuild(conn, PROMISES)
    stop.set()
    thread.join()

    assert len(seen) == 1


def test_two_catch_ups_at_once_apply_each_entry_once(conn: psycopg.Connection[Any], database: Config) -> None:
    """The second waits for the first, and goes on where it ended."""
    log = interleaved(100, 3)
    follow(conn, log)
    alone = conn.execute(CONTENT).fetchall()

    def run() -> None:
        with psycopg.connect(database.conninfo("projector"), autocommit=True) as worker:
            follow(worker, log, 3)

    fresh(conn)
    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert alone == conn.execute(CONTENT).fetchall()


def test_a_view_of_another_kind_passes_entries_over(conn: psycopg.Connection[Any]) -> None:
    """Entries of aggregates that a view does not read move its position and nothing else."""

    class Others(Promises):
        kinds = frozenset({"other"})

    log = interleaved(5, 2)

    assert catch_up_with(conn, log, [Others()]) == 5
    assert conn.execute(CONTENT).fetchall() == []


def test_what_another_wrote_meanwhile_is_not_passed_over(conn: psycopg.Connection[Any]) -> None:
    """A view is not moved past entries that somebody else put into the decoded log, whatever this batch holds for it."""
    log = Log()
    agency = Agency.join(ORIGIN, acting=MANAGER, occurred_on=DAY, code="RIV", name="Riverside", category="health", section_11="yes")
    log.record(agency)
    say(log, "a", Promise.Made, DAY)

    def source(after: int, _: int) -> list[decoded_log.Decoded]:
        decoded_log.extend(conn, log.entries[after:])
        return log.entries[after : after + 1]

    assert catch_up.catch_up(conn, source, [PROMISES]) == 2
    assert len(conn.execute(CONTENT).fetchall()) == 1
