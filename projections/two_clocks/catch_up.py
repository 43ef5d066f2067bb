"""Keep every view in step with the log: one leader, in batches, until it is told to stop or meets an entry that it cannot apply.

The leader holds an advisory lock of the database on the very connection that writes: who loses the connection has lost the lead, and
what was not committed. Others wait for the lead. The log's NOTIFY wakes it; because a wake-up can be lost, it also looks by itself.

An entry that cannot be read or applied stops everything there, loudly: the position is put on show (`tracking.halted`) and `Halted`
is raised, which ends the process. What came before it stays answered for. A supervisor starts it again: it resumes from its position.
"""

from __future__ import annotations

import logging
import time
from contextlib import closing, suppress
from threading import Event
from typing import TYPE_CHECKING, Any

import psycopg

from projections.action_register import ActionRegister
from projections.dissemination import Disseminations, Recipients
from projections.falling_due import Notices
from projections.inspection.inspections import Inspections
from projections.obligations import Cadences, Obligations, Standings
from projections.partnership import (
    Agencies,
    Challenges,
    Courses,
    Meetings,
    Offices,
    PrioritiesOfPeriods,
    Resources,
    Settings,
    SubGroups,
)
from projections.people import Protection
from projections.returns.listing import Returns
from projections.reviews import Reviews
from projections.training.sessions import Sessions
from projections.two_clocks import decoded_log, read_model, rebuild, tracking
from projections.two_clocks.halting import Halted
from projections.two_clocks.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from psycopg import Connection

    from projections.two_clocks.decoded_log import Decoded
    from projections.two_clocks.timeline import Projection

    Source = Callable[[int, int], Iterable[Decoded]]

VIEWS: tuple[Projection, ...] = (
    Offices(),
    Agencies(),
    SubGroups(),
    Settings(),
    Meetings(),
    PrioritiesOfPeriods(),
    Courses(),
    Resources(),
    Challenges(),
    Reviews(),
    ActionRegister(),
    Returns(),
    Disseminations(),
    Recipients(),
    Inspections(),
    Protection(),
    Notices(),
    Obligations(),
    Standings(),
    Cadences(),
    Sessions(),
)
BATCH = 500  # entries a transaction
POLL = 1.0  # seconds after which it looks although nothing woke it
WAKE = "stored_events"  # the channel on which the log says that it grew
LEAD = 4_158_310_905_577_412_093  # any number, but always this one: whoever holds it leads
CREATING = LEAD + 1

log = logging.getLogger(__name__)


class UnknownView(Exception):  # noqa: N818 - a refusal, as everywhere in the product
    """Somebody names a view that is not there."""

    def __init__(self, name: str) -> None:
        """Take the name."""
        self.name, self.known = name, (decoded_log.TABLE, *(view.table for view in VIEWS))
        super().__init__(f"there is no view {name}: the views are {', '.join(self.known)}")


def create_all(conn: Connection[Any]) -> None:
    """Create the tables of every view, where they are not there yet. The connection is the projector's."""
    with conn.transaction():
        conn.execute("SELECT pg_advisory_xact_lock(%s)", [CREATING])
        tracking.create(conn)
        decoded_log.create(conn)
        decoded_log.index(conn)
        for view in VIEWS:
            read_model.create(conn, view)


def work(conninfo: str, source: Source, *, stop: Event | None = None, poll: float = POLL, woken: bool = True) -> None:
    """Lead, or wait to; keep every view in step until `stop` is set. Raises `Halted`. A lost database is waited for.

    `source(after, limit)` gives the log's next entries, verified, in order; it raises at one that it cannot read. `stop` is looked
    at every `poll` seconds. Who is not to be `woken` looks only then: many entries at a time cost less than each as it comes.
    """
    stop = stop or Event()
    while not stop.is_set():
        try:
            with closing(psycopg.connect(conninfo, autocommit=True)) as conn:
                _lead(conn, source, stop, poll, woken=woken)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            log.warning("the database went away: %s", error)
            stop.wait(poll)


def _lead(conn: Connection[Any], source: Source, stop: Event, poll: float, *, woken: bool) -> None:
    conn.execute("SET synchronous_commit = off")  # what a crash takes of the views is built again from the log
    while conn.execute("SELECT pg_try_advisory_lock(%s)", [LEAD]).fetchone() != (True,):
        if stop.wait(poll):
            return
    log.info("leading")
    create_all(conn)
    _remake(conn, source)
    if woken:
        conn.execute(f"LISTEN {WAKE}")
    while not stop.is_set():
        catch_up(conn, source)
        if woken:
            list(conn.notifies(timeout=poll, stop_after=1))
        else:
            stop.wait(poll)


def _remake(conn: Connection[Any], source: Source) -> None:
    """Rebuild the views whose tables another version of Muniment made in another way."""
    if tracking.shape_of(conn, decoded_log.TABLE) != decoded_log.SHAPE:
        rebuild.rebuild_log(conn, source)
    reading = Reading(conn)
    for view in VIEWS:
        if tracking.shape_of(conn, view.table) != read_model.shape_of(view):
            log.info("rebuilding %s", view.table)
            rebuild.rebuild(conn, view, reading)


def catch_up(conn: Connection[Any], source: Source, views: Sequence[Projection] = VIEWS, *, limit: int = BATCH) -> int:
    """Apply all that the source has; return the position that every view has reached. Raises `Halted`.

    Where a view has most of the log still before it, the log is recorded to its end first, and the view built as a rebuild would.
    """
    before, behind, reading = tracking.head(conn), True, Reading(conn)
    while True:
        done = tracking.position_of(conn, decoded_log.TABLE)
        entries, trouble = _take(source, done, limit)
        if not (entries or trouble or behind):
            return before
        trouble = _record(conn, entries) or trouble
        position = tracking.position_of(conn, decoded_log.TABLE)
        if len(entries) == limit and not trouble and _far(before, position):
            continue
        idle = [view.table for view in views if not _reads(view, entries)]
        alone = position <= (entries[-1].position if entries else done)  # nobody else has written what we have not seen
        untouched = tracking.pass_over(conn, idle, done, position) if alone else set()
        for view in views:
            if view.table not in untouched:
                _project(view, reading, position, limit)
        if (head := tracking.head(conn)) > before:
            tracking.announce(conn, head)
            before = head
        if trouble:
            raise _halt(conn, decoded_log.TABLE, position + 1, trouble) from trouble
        behind = False


def _far(reached: int, position: int) -> bool:
    """Say whether a view is so far behind that it is quicker to build it anew."""
    return position - reached >= max(BATCH, position / 2)


def _reads(view: Projection, entries: Sequence[Decoded]) -> bool:
    """Say whether a view has to do with some entries: any may have a text that one of them has erased."""
    return any(decoded_log.kind_of(entry.topic) in view.kinds or entry.topic == decoded_log.ERASED for entry in entries)


def _take(source: Source, done: int, limit: int) -> tuple[list[Decoded], Exception | None]:
    """Take the next entries, up to one that cannot be read."""
    entries: list[Decoded] = []
    try:
        for entry in source(done, limit):
            entries.append(entry)  # noqa: PERF402 - what came before the one that cannot be read is kept
    except (psycopg.OperationalError, psycopg.InterfaceError):
        raise  # the database went away; nothing is wrong with the entry
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, what came before it is applied
        return entries, error
    return entries, None


def _record(conn: Connection[Any], entries: Sequence[Decoded]) -> Exception | None:
    """Write the entries into the decoded log, up to one that cannot be; return what is wrong with that one."""
    batches = [entries]
    while batches:
        batch = batches.pop(0)
        try:
            decoded_log.extend(conn, batch)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 - found again, alone
            if len(batch) == 1:
                return error
            batches = [[entry] for entry in batch]
    return None


def _project(view: Projection, reading: Reading, until: int, limit: int) -> None:
    """Bring one view up to a position; where an entry cannot be applied, up to the one before it."""
    conn = reading.conn
    reached = tracking.position_of(conn, view.table)
    if _far(reached, until):
        with suppress(Exception):  # whatever is wrong with an entry is found out below, at that entry
            reached = rebuild.rebuild(conn, view, reading)
    while reached < until:
        try:
            reached = read_model.project(conn, view, limit, reading)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            raise
        except Exception as error:
            if limit == 1:
                raise _halt(conn, view.table, tracking.position_of(conn, view.table) + 1, error) from error
            limit = 1


def _halt(conn: Connection[Any], view: str, position: int, error: Exception) -> Halted:
    reason = f"{type(error).__name__}: {error}"
    tracking.halt(conn, view, position, reason)
    log.error("%s cannot apply entry %d: %s", view, position, reason)
    return Halted(view, position, reason)


def wait_on(conn: Connection[Any], position: int, timeout: float) -> bool:
    """Wait, on a connection that commits by itself, until every view has reached a position; say whether it came within `timeout` seconds.

    It is woken by the views' own channel, and looks once in a while. Where many wait in one process, `tracking.Shown` does so for all.
    """
    if tracking.head(conn) >= position:
        return True
    deadline = time.monotonic() + timeout
    conn.execute(f"LISTEN {tracking.CHANNEL}")
    try:
        while tracking.head(conn) < position:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            for notice in conn.notifies(timeout=min(remaining, POLL)):
                if int(notice.payload) >= position:
                    return True
        return True
    finally:
        conn.execute(f"UNLISTEN {tracking.CHANNEL}")


def rebuild_views(conn: Connection[Any], source: Source, names: Sequence[str] = ()) -> dict[str, int]:
    """Build these views again from the log, or all of them; return the position that each has reached. Raises `UnknownView`."""
    views = {view.table: view for view in VIEWS}
    for name in names:
        if name not in views and name != decoded_log.TABLE:
            raise UnknownView(name)
    reached = {}
    if not names or decoded_log.TABLE in names:
        reached[decoded_log.TABLE] = rebuild.rebuild_log(conn, source)
    reading = Reading(conn)
    return reached | {name: rebuild.rebuild(conn, view, reading) for name, view in views.items() if not names or name in names}
