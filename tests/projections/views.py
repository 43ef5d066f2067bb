"""What tests of the views say and ask: entries of promises, an empty view, catching up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from psycopg.sql import SQL, Identifier

from aggregates.entry import stream_id
from projections.two_clocks import decoded_log, read_model, tracking
from tests.logs import Log, catch_up_with
from tests.projections.promises import Promise, Promises

if TYPE_CHECKING:
    import psycopg

PROMISES = Promises()
DAY = date(2016, 1, 1)
DAYS = st.integers(0, 6).map(lambda n: DAY + timedelta(n))
PLAIN = (Promise.Made, Promise.Passed, Promise.Kept, Promise.Dropped)
AMENDMENTS = (Promise.EntryCorrected, Promise.EntryRetracted, Promise.AmendmentProposed)
NOBODY: dict[str, Any] = dict.fromkeys(("by_person", "by_office", "by_agency", "on_behalf_of", "late_reason"))
UNSAID: dict[Any, dict[str, Any]] = {
    Promise.Made: {"title": "t", "owner": "A", "due_on": DAY + timedelta(60)},
    Promise.EntryRetracted: {"reason": "wrong", "proposal": None},
    Promise.EntryCorrected: {"reason": "wrong", "proposal": None, "corrected": None, "corrected_restricted": None},
    Promise.AmendmentProposed: {"reason": "wrong", "corrected_public": None, "corrected": None, "corrected_restricted": None},
}
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def say(log: Log, ref: str, event: Any, day: date, at: Any = None, **said: Any) -> int:
    """Put an event of a promise on record, with what it leaves unsaid; return its position."""
    identity = {"ref": ref} if event is Promise.Made else {}
    whole = NOBODY | {"occurred_on": day} | identity | UNSAID.get(event, {}) | said
    return log.say(stream_id("test", "promise", ref), event, whole, at)


@st.composite
def logs(draw: Any) -> Log:
    """Draw up to 14 entries of three promises, in any order of days; some amend an earlier one, be it an amendment."""
    log = Log()
    versions: dict[str, int] = {}
    for _ in range(draw(st.integers(1, 14))):
        ref = draw(st.sampled_from("abc"))
        version = versions[ref] = versions.get(ref, 0) + 1
        event = draw(st.sampled_from((*PLAIN, *AMENDMENTS) if version > 1 else (Promise.Made,)))
        said: dict[str, Any] = {}
        if event in {Promise.Made, Promise.Passed}:
            said["owner"] = draw(st.sampled_from("AB"))
        if event in AMENDMENTS:
            said["amends"] = draw(st.integers(1, version - 1))
        if event is Promise.EntryCorrected:
            amended = [e for e in log.entries if e.stream == stream_id("test", "promise", ref)][said["amends"] - 1]
            said["corrected_public"] = draw(corrections(amended.topic))
        say(log, ref, event, draw(DAYS), **said)
    return log


def corrections(topic: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw what may be corrected of an entry; of a correction, also what it corrects."""
    day = {"occurred_on": DAYS.map(str)}
    owner = {"owner": st.sampled_from("XYZ")}
    more = {
        "promise.made.v1": owner | {"due_on": DAYS.map(str)},
        "promise.passed.v1": owner,
        "promise.entry_corrected.v1": {"corrected_public": st.fixed_dictionaries({}, optional=day)},
    }
    return st.fixed_dictionaries({}, optional=day | more.get(topic, {}))


def fresh(conn: psycopg.Connection[Any]) -> None:
    """Empty the views."""
    with conn.transaction():
        conn.execute("DELETE FROM views.tracking")
        decoded_log.create(conn)
        if conn.execute("SELECT to_regclass('views.promises')").fetchone() == (None,):
            read_model.create(conn, PROMISES)
        tracking.begin(conn, PROMISES.table, read_model.shape_of(PROMISES))
        for table in ("halted", "inspection_history", "promises", "promises_entry"):
            conn.execute(SQL("DELETE FROM {}").format(Identifier("views", table)))


def follow(conn: psycopg.Connection[Any], log: Log, limit: int = 500) -> int:
    """Catch up with a log, the promises alone."""
    return catch_up_with(conn, log, [PROMISES], limit)
