"""Shapes change: entries of an older shape, beside those of today's, are read by every fold and every view alike (ADR 0011)."""

from __future__ import annotations

import types
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, get_type_hints

import psycopg
import pytest
from eventsourcing.utils import register_topic
from psycopg.sql import SQL, Identifier

from aggregates import EVENTS
from aggregates.entry import Entry, standing
from aggregates.entry.fields import ENVELOPE, shape
from projections.two_clocks import catch_up, decoded_log
from projections.two_clocks.catch_up import VIEWS
from tests.api.pages.whole import fill
from tests.databases import fresh_database

if TYPE_CHECKING:
    from collections.abc import Mapping

    from projections.two_clocks.decoded_log import Decoded

ONCE = "once_"  # how the older shape called every field of its own


def older(event: Any) -> Any:
    """Declare an older shape of an event: under a topic of its own, with other names, and without what could be left empty."""
    own = [f for f in shape(event) if f.name not in ENVELOPE and not f.identifies and f.name != "amends"]
    lacking = frozenset(f.name for f in own if f.optional and f.kind is str)
    hints = get_type_hints(event, include_extras=True)
    kept = {f.name: hints[f.name] for f in shape(event) if f.name not in ENVELOPE and f.name not in lacking}
    renamed = {ONCE + name if name in {f.name for f in own} else name: hint for name, hint in kept.items()}

    def as_newer(said: Mapping[str, Any]) -> dict[str, Any]:
        return {name.removeprefix(ONCE): value for name, value in said.items()}

    declared = {
        "__annotations__": renamed | {"NEWER": ClassVar[Any]},
        "__module__": __name__,
        "__doc__": "An older shape.",
        "TOPIC": f"{event.TOPIC.rpartition('.')[0]}.v0",
        "NEWER": event,
        "as_newer": staticmethod(as_newer),
    }
    found = types.new_class(f"Older{event.__name__}", event.__bases__, {}, lambda namespace: namespace.update(declared))
    register_topic(declared["TOPIC"], found)  # as an aggregate does for the events that are declared in it
    return found


OLDER = {topic: older(event) for topic, event in EVENTS.items() if event.NEWER is None and not issubclass(event, decoded_log.AMENDMENTS)}


def in_the_older_shape(entry: Decoded) -> Decoded:
    """Return an entry as it would have been recorded before its event had today's shape, where nothing that it says would be missing."""
    event = OLDER.get(entry.topic)
    if event is None:
        return entry
    names = {f.name.removeprefix(ONCE): f.name for f in shape(event)}
    if any(value is not None for name, value in entry.fields.items() if name not in names):
        return entry
    return replace(entry, topic=event.TOPIC, fields={names[name]: value for name, value in entry.fields.items() if name in names})


def rows(conn: psycopg.Connection[Any], entries: list[Decoded]) -> dict[str, list[Any]]:
    """Catch up with a log, half of it at a time; return every row of every view."""
    catch_up.create_all(conn)
    catch_up.catch_up(conn, lambda after, limit: entries[after : after + limit], limit=17)
    every = SQL("SELECT * FROM {} ORDER BY 1, 2, 3")
    return {view.table: conn.execute(every.format(Identifier("views", view.table))).fetchall() for view in VIEWS}


@pytest.fixture
def log(seeded) -> list[Decoded]:
    """Give the entries of a board with one of everything on record."""
    fill(seeded)
    wrong = {"amends": 1, "corrected": {"title": "Neglect, again"}, "reason": "A word was missing"}
    seeded.act("board-manager", "correct_entry", "C1", about="course", **wrong)
    with psycopg.connect(seeded.config.conninfo("reader")) as conn:
        return list(seeded.source(conn)(0, 10_000))


def test_every_view_reads_an_older_shape_beside_todays(log, postgres, tmp_path):
    """Of a log with one of everything every second entry is of an older shape: every row of every view is what it would be otherwise."""
    mixed = [in_the_older_shape(entry) if entry.position % 2 else entry for entry in log]
    assert len({entry.topic for entry in mixed if entry.topic.endswith(".v0")}) > len(log) // 8
    found = []
    for number, entries in enumerate((log, mixed)):
        with fresh_database(postgres, tmp_path / str(number)) as config:
            conn = psycopg.connect(config.conninfo("projector"), autocommit=True)
            with conn:
                found.append(rows(conn, entries))

    assert found[0] == found[1]
    assert {table for table, some in found[0].items() if some} >= {"action_register", "reviews", "meetings", "challenges", "people"}


@pytest.mark.parametrize("topic", OLDER)
def test_every_fold_reads_an_older_shape(topic):
    """What was recorded in an older shape stands in today's: every field under today's name, and what it lacked as declared, or nothing."""
    event = EVENTS[topic]
    said = dict.fromkeys(f.name for f in shape(OLDER[topic])) | {"occurred_on": "2016-09-05"}
    (read,) = standing([Entry(1, said["occurred_on"], OLDER[topic], said)])

    assert read.event is event
    assert set(read.body) == {f.name for f in shape(event)}


def test_what_an_older_shape_lacked_is_what_the_newer_declares():
    """A field that was added since says what the newer shape declares for it."""
    from tests.projections.promises import Promise  # noqa: PLC0415 - its topics are of this package's tests

    class Given(Promise.Made):
        """A promise, as it is made now."""

        TOPIC = "promise.given.v2"
        ADDED: ClassVar[dict[str, Any]] = {"in_public": True}
        in_public: bool

    class Before(Promise.Made):
        """A promise, as it was made."""

        TOPIC = "promise.given.v1"
        NEWER: ClassVar[Any] = Given

    said = dict.fromkeys(f.name for f in shape(Before)) | {"title": "Look", "owner": "A"}
    read = Entry(1, said["occurred_on"], Before, said).newest

    assert (read.event, read.body["in_public"], Promise.fold([read]).title) == (Given, True, "Look")
