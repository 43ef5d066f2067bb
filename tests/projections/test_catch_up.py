"""What the process that keeps the views in step promises."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from projections.two_clocks import catch_up, decoded_log, read_model, tracking
from tests.logs import Log
from tests.projections.promises import Promise, Promises
from tests.projections.views import DAY, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from aggregates.entry import Entry
    from service.config import Config
    from tests.projections.promises import State

PATIENCE = 30.0  # seconds until a condition that should come true is given up


@contextmanager
def worker(database: Config, entries: int, broken: int = 0) -> Iterator[subprocess.Popen[str]]:
    """Run a catch-up process, and end it."""
    command = [sys.executable, "-m", "tests.projections.worker", database.conninfo("projector"), str(entries), str(broken)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def until(condition: Callable[[], bool]) -> bool:
    """Look again and again whether a condition has come true."""
    deadline = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < deadline:
        Event().wait(0.02)
    return condition()


LEADERS = """
    SELECT pid FROM pg_locks
     WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) + objid::bigint = %s
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


def leaders(conn: psycopg.Connection[Any]) -> list[int]:
    """Return the server processes that hold the lead."""
    return [pid for (pid,) in conn.execute(LEADERS, [catch_up.LEAD])]


def test_one_leads_and_another_takes_over(board: psycopg.Connection[Any], database: Config) -> None:
    """Of two processes one works; when it is killed, the other goes on from where it was."""
    with worker(database, 20) as first:
        assert until(lambda: tracking.head(board) == 20)
        with worker(database, 30) as second:
            waiting = (
                "SELECT count(DISTINCT pid) FROM pg_stat_activity WHERE usename = 'muniment_projector' AND datname = current_database()"
            )
            assert until(lambda: board.execute(waiting).fetchone() == (3,))
            (leader,) = leaders(board)
            assert tracking.head(board) == 20

            first.kill()

            assert until(lambda: tracking.head(board) == 30)
            assert leaders(board) != [leader]
            assert second.poll() is None


def test_an_entry_that_cannot_be_read_stops_the_process_loudly(board: psycopg.Connection[Any], database: Config) -> None:
    """The process ends with an error, what came before is answered for, and the position is on show until it has been passed."""
    with worker(database, 20, broken=13) as process:
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert "inspection_history cannot apply entry 13: ValueError: its signature is not that of its key" in said
    assert tracking.head(board) == 12
    assert [(h.projection, h.position) for h in tracking.halted(board)] == [("inspection_history", 13)]

    with worker(database, 20):
        assert until(lambda: tracking.head(board) == 20)
        assert until(lambda: tracking.halted(board) == [])


def test_whoever_waits_is_woken(board: psycopg.Connection[Any], database: Config) -> None:
    """All who wait in a process go on at the views' own notice, which one connection hears for them; it is made again where it was lost."""
    connections = [psycopg.connect(database.conninfo("reader"), autocommit=True) for _ in range(2)]
    made, told, shown = iter(connections), list[bool](), tracking.Shown(lambda: next(made))
    threads = [Thread(target=lambda: told.append(shown.wait(5, PATIENCE))) for _ in range(2)]
    for thread in threads:
        thread.start()
    with psycopg.connect(database.conninfo("owner"), autocommit=True) as killer:
        killer.execute("SELECT pg_terminate_backend(%s)", [connections[0].info.backend_pid])

    assert until(lambda: tracking.announce(board, 5) or told == [True, True])  # no view has moved: nothing but the notice can tell
    shown.close()


def test_catch_up_gives_notice(board: psycopg.Connection[Any]) -> None:
    """What the views have reached is on their channel once it is committed, a batch at a time."""
    log = Log()
    for n in range(5):
        say(log, str(n), Promise.Made, DAY)
    board.execute(f"LISTEN {tracking.CHANNEL}")
    catch_up.catch_up(board, log.source, limit=2)

    assert [notice.payload for notice in board.notifies(timeout=PATIENCE, stop_after=3)] == ["2", "4", "5"]


def test_waiting_ends(board: psycopg.Connection[Any]) -> None:
    """A position that does not come is given up after the time that the reader has; one that is there needs no waiting."""
    assert not catch_up.wait_on(board, 1, timeout=0.1)
    assert catch_up.wait_on(board, 0, timeout=0.0)
    assert not tracking.Shown(lambda: board).wait(1, 0.0)


def test_it_is_woken_by_the_log(database: Config, board: psycopg.Connection[Any]) -> None:
    """The log's notice starts the leader at once, long before it would have looked by itself."""
    log, stop = Log(), Event()
    say(log, "a", Promise.Made, DAY)
    thread = Thread(target=catch_up.work, args=(database.conninfo("projector"), log.source), kwargs={"stop": stop, "poll": PATIENCE})
    thread.start()
    assert until(lambda: tracking.head(board) == 1)
    say(log, "b", Promise.Made, DAY)
    board.execute(f"NOTIFY {catch_up.WAKE}")
    assert until(lambda: tracking.head(board) == 2)

    stop.set()
    board.execute(f"NOTIFY {catch_up.WAKE}")
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_it_can_look_from_time_to_time_alone(database: Config, board: psycopg.Connection[Any]) -> None:
    """Told not to be woken, it follows the log all the same, and ends when it is told to."""
    log, stop = Log(), Event()
    conninfo = database.conninfo("projector")
    thread = Thread(target=catch_up.work, args=(conninfo, log.source), kwargs={"stop": stop, "poll": 0.02, "woken": False})
    thread.start()
    say(log, "a", Promise.Made, DAY)

    assert until(lambda: tracking.head(board) == 1)
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_it_waits_for_a_database_that_went_away(database: Config, board: psycopg.Connection[Any]) -> None:
    """When its connection is cut it connects again, leads again and goes on."""
    log, stop = Log(), Event()
    say(log, "a", Promise.Made, DAY)
    thread = Thread(target=catch_up.work, args=(database.conninfo("projector"), log.source), kwargs={"stop": stop, "poll": 0.02})
    thread.start()
    assert until(lambda: tracking.head(board) == 1)
    (leader,) = leaders(board)
    board.execute("SELECT pg_terminate_backend(%s)", [leader])
    say(log, "b", Promise.Made, DAY)
    assert until(lambda: tracking.head(board) == 2)

    assert leaders(board) != [leader]
    stop.set()
    thread.join(PATIENCE)


def test_a_table_made_in_another_way_is_rebuilt(database: Config, board: psycopg.Connection[Any]) -> None:
    """When a version of Muniment makes a view's table otherwise, whoever leads builds it again before going on."""
    log, stop = Log(), Event()
    catch_up.catch_up(board, log.source)
    board.execute("ALTER TABLE views.action_register DROP COLUMN title")
    board.execute("UPDATE views.tracking SET shape = 'older'")
    thread = Thread(target=catch_up.work, args=(database.conninfo("projector"), log.source), kwargs={"stop": stop, "poll": 0.02})
    thread.start()
    shapes = {view.table: read_model.shape_of(view) for view in catch_up.VIEWS} | {decoded_log.TABLE: decoded_log.SHAPE}
    assert until(lambda: {name: tracking.shape_of(board, name) for name in shapes} == shapes)

    board.execute("SELECT title FROM views.action_register")
    stop.set()
    thread.join(PATIENCE)


@pytest.mark.parametrize("applies", [700, 1_000])
def test_a_view_with_most_of_the_log_before_it_is_built_at_once(conn: psycopg.Connection[Any], applies: int) -> None:
    """It has the rows that following the log gives; where an entry cannot be applied, it stops there and shows all that came before."""

    class Breaking(Promises):
        def fold(self, entries: Sequence[Entry], before: State | None = None) -> State | None:
            if any(entry.number > applies for entry in entries):
                raise ValueError("nobody can say what that means")
            return super().fold(entries, before)

    log, view = Log(), Breaking()
    for n in range(1_000):
        say(log, str(n % 40), Promise.Made if n < 40 else Promise.Passed, DAY, owner=str(n))
    with nullcontext() if applies == 1_000 else pytest.raises(catch_up.Halted, match=f"entry {applies + 1}:"):
        catch_up.catch_up(conn, log.source, [view])
    rows = "SELECT key, valid, known, owner FROM views.promises ORDER BY key, known"
    built = conn.execute(rows).fetchall()

    assert tracking.head(conn) == applies
    conn.execute("DELETE FROM views.promises")
    conn.execute("DELETE FROM views.promises_entry")
    conn.execute("UPDATE views.tracking SET position = 0 WHERE projection = 'promises'")
    while read_model.project(conn, view, 100) < applies:
        pass
    assert conn.execute(rows).fetchall() == built


def test_views_are_rebuilt_by_name(board: psycopg.Connection[Any]) -> None:
    """One view, several or all of them are built again; a name that is none is refused with those that there are."""
    log = Log()
    for n in range(5):
        say(log, str(n), Promise.Made, DAY)
    catch_up.catch_up(board, log.source)

    assert catch_up.rebuild_views(board, log.source, ["offices"]) == {"offices": 5}
    assert catch_up.rebuild_views(board, log.source) == dict.fromkeys([decoded_log.TABLE, *(v.table for v in catch_up.VIEWS)], 5)
    with pytest.raises(catch_up.UnknownView, match="there is no view registers: the views are inspection_history, offices"):
        catch_up.rebuild_views(board, log.source, ["registers"])


def test_creating_the_views_again_changes_nothing(board: psycopg.Connection[Any], database: Config) -> None:
    """Any number of processes may create the views, at once and again."""
    log = Log()
    say(log, "a", Promise.Made, DAY)
    catch_up.catch_up(board, log.source)

    def create() -> None:
        with psycopg.connect(database.conninfo("projector"), autocommit=True) as conn:
            catch_up.create_all(conn)

    threads = [Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert tracking.head(board) == 1
