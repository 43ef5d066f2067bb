"""What the history promises: every entry as it was recorded, and what was known of it when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given

from aggregates.entry import standing, stream_id
from aggregates.entry.fields import to_json
from aggregates.entry.topics import typed_entry
from aggregates.entry.values import Sealed
from projections.inspection import history as inspection_history
from projections.inspection.history import amendments_of, entry, history
from projections.two_clocks import catch_up, decoded_log, rebuild, tracking
from projections.two_clocks.decoded_log import GapError
from tests.logs import Log
from tests.projections.promises import Promise
from tests.projections.views import DAY, MANY, follow, fresh, logs, say

if TYPE_CHECKING:
    from service.config import Config


@MANY
@given(logs())
def test_the_history_says_of_each_entry_what_the_folds_make_of_it(conn: psycopg.Connection[Any], log: Log) -> None:
    """What the history shows as standing, and what it then says, is what the aggregates' own rule lets stand, at every position."""
    fresh(conn)
    follow(conn, log)

    for known_at in range(len(log.entries) + 1):
        shown = history(conn, known_at=known_at)
        entries = [typed_entry(e.position, e.topic, e.body, e.amends) for e in shown]
        expected = {e.number: to_json(e.event, e.body) for e in standing(entries)}
        plain = [e for e in shown if e.amends is None or "proposed" in e.topic]
        assert {e.position: _numbered(e) for e in plain if e.status != "retracted"} == expected


def _numbered(entry: inspection_history.HistoryEntry) -> dict[str, Any]:
    return dict(entry.said) | ({"amends": entry.amends} if entry.amends else {})


@pytest.fixture
def corrected(conn: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """Give a promise whose day was corrected, then its correction retracted, and a proposal that waits."""
    log = Log()
    say(log, "a", Promise.Made, DAY)
    say(log, "a", Promise.EntryCorrected, DAY + timedelta(1), amends=1, corrected_public={"occurred_on": "2016-01-05"})
    say(log, "b", Promise.Made, DAY + timedelta(9))
    say(log, "a", Promise.EntryRetracted, DAY + timedelta(2), amends=2)
    say(log, "a", Promise.AmendmentProposed, DAY + timedelta(2), amends=1)
    follow(conn, log)
    return conn


def test_an_entry_shows_only_what_was_known_of_it(corrected: psycopg.Connection[Any]) -> None:
    """A correction is not there before it was recorded, is while it stands, and is no more once it is retracted."""
    seen = [entry(corrected, 1, known_at=known_at) for known_at in (1, 2, 4)]

    assert [(e.status, e.since.day, e.body["occurred_on"]) for e in seen if e] == [
        ("stands", 1, "2016-01-01"),
        ("corrected", 5, "2016-01-01"),
        ("stands", 1, "2016-01-01"),
    ]
    assert entry(corrected, 2, known_at=1) is None


def test_amendments_of_an_entry_are_all_shown(corrected: psycopg.Connection[Any]) -> None:
    """The page of an entry lists what amends it or proposes to, also what does not stand itself."""
    shown = amendments_of(corrected, 1, known_at=5)

    assert [(e.position, e.status) for e in shown] == [(2, "retracted"), (5, "stands")]
    assert [e.proposals for e in [entry(corrected, 1, known_at=known_at) for known_at in (4, 5)] if e] == [(), (5,)]


def test_a_history_as_at_a_day_follows_corrected_days(corrected: psycopg.Connection[Any]) -> None:
    """An entry whose day was corrected is listed from the right day, and its amendments with it."""
    as_at = DAY + timedelta(3)

    assert [[e.position for e in history(corrected, known_at=k, as_at=as_at)] for k in (1, 3, 4)] == [[1], [], [1, 2, 4]]


def test_a_history_comes_in_pages(corrected: psycopg.Connection[Any]) -> None:
    """Each page goes on after the last entry of the one before; a page is full although entries are left out of it."""
    first = history(corrected, known_at=5, kind="promise", limit=2)
    second = history(corrected, known_at=5, kind="promise", after=first[-1].position, limit=2)
    of_a = history(corrected, known_at=5, ref="a", limit=3)
    by_the_second = history(corrected, known_at=5, as_at=DAY + timedelta(1), limit=4)

    assert [[e.position for e in page] for page in (first, second, of_a, by_the_second)] == [[1, 2], [3, 4], [1, 2, 4], [1, 2, 4, 5]]


def test_amendments_are_counted_by_the_day_on_which_they_were_recorded(corrected: psycopg.Connection[Any]) -> None:
    """Corrections and retractions of a period can be listed; a proposal alone is none."""
    recorded = date(2016, 1, 4)
    day_before = recorded - timedelta(1)

    assert [e.position for e in inspection_history.amendments(corrected, first=recorded, last=recorded, known_at=5)] == [2, 4]
    assert inspection_history.amendments(corrected, first=day_before, last=day_before, known_at=5) == []


def test_lateness_is_counted_in_london_days(conn: psycopg.Connection[Any]) -> None:
    """An entry recorded at half past midnight in a London summer is a day late, and flagged only beyond the Board's limit."""
    log = Log()
    say(log, "a", Promise.Made, date(2016, 6, 30), at=datetime(2016, 6, 30, 22, 30, tzinfo=UTC))
    say(log, "b", Promise.Made, date(2016, 6, 30), at=datetime(2016, 6, 30, 23, 30, tzinfo=UTC))
    say(log, "c", Promise.Made, date(2016, 5, 26), at=datetime(2016, 6, 30, 23, 45, tzinfo=UTC))
    say(log, "d", Promise.Made, date(2016, 5, 27), at=datetime(2016, 6, 30, 23, 50, tzinfo=UTC), late_reason="holiday")
    follow(conn, log)
    shown = history(conn, known_at=4)

    assert [e.late for e in shown] == [0, 1, 36, 35]
    assert [e.too_late() for e in shown] == [False, False, True, False]
    assert [e.position for e in inspection_history.recorded_late(conn, known_at=4, limit_days=30)] == [4, 3]
    assert shown[3].late_reason == "holiday"


def test_personal_values_never_enter(conn: psycopg.Connection[Any]) -> None:
    """In place of a personal value stands whom it is about, and folds see the same pointer as the aggregate does."""
    log, person = Log(), uuid4()
    say(log, "a", Promise.Made, DAY, by_person=Sealed(person, "a name"))
    follow(conn, log)
    shown = entry(conn, 1, known_at=1)

    assert shown is not None
    assert shown.body["by_person"] == {"sealed": str(person)}
    assert typed_entry(1, shown.topic, shown.body, None).body["by_person"] == Sealed(person)


def test_a_gap_in_what_is_handed_in_stops(conn: psycopg.Connection[Any]) -> None:
    """The decoded log takes the next entry and no other; what it has already, it passes over."""
    log = Log()
    for ref in "abc":
        say(log, ref, Promise.Made, DAY)

    assert decoded_log.extend(conn, log.entries[:1]) == 1
    with pytest.raises(GapError, match="entry 2 of the log comes next, not 3"):
        decoded_log.extend(conn, log.entries[2:])
    assert decoded_log.extend(conn, log.entries) == 3


def test_an_amendment_of_what_is_not_there_stops(conn: psycopg.Connection[Any]) -> None:
    """An amendment that names no earlier version of its own stream cannot be applied, and nothing after it is."""
    log = Log()
    say(log, "a", Promise.Made, DAY)
    say(log, "a", Promise.EntryRetracted, DAY, amends=2)

    with pytest.raises(catch_up.Halted, match="NothingAmendedError"):
        follow(conn, log)
    assert tracking.head(conn) == 1


def test_an_unknown_event_stops(conn: psycopg.Connection[Any]) -> None:
    """An event of a later version of Muniment is not guessed at, and a topic never reaches beyond the events."""
    log = Log()
    say(log, "a", Promise.Made, DAY)
    for topic in ("promise.broken.v9", "os:system", "tests.logs:Log"):
        entry = decoded_log.Decoded(2, stream_id("test", "promise", "a"), 2, topic, log.clock, "", "", "", b"", "j", {})
        other = Log()
        other.entries = [*log.entries, entry]

        with pytest.raises(catch_up.Halted, match="UnknownEventError"):
            follow(conn, other)


def test_the_history_can_be_rebuilt(conn: psycopg.Connection[Any], database: Config) -> None:
    """Built again from the ledger's entries it has the same rows, and its readers may still read it."""
    log = Log()
    for n in range(30):
        say(log, "abc"[n % 3], Promise.Made if n < 3 else Promise.Passed, DAY, **({"owner": "B"} if n >= 3 else {}))
    say(log, "a", Promise.EntryRetracted, DAY, amends=2)
    follow(conn, log)
    everything = "SELECT * FROM views.inspection_history ORDER BY position"
    before = conn.execute(everything).fetchall()
    rebuild.rebuild_log(conn, log.source)

    with psycopg.connect(database.conninfo("reader")) as reader:
        assert reader.execute(everything).fetchall() == before
