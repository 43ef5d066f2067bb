"""One fold serves the aggregates and both clocks (INV-37): drawn over every kind of entry that the views read."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.sql import SQL, Identifier

from aggregates import (
    Action,
    Agency,
    Challenge,
    Course,
    DataSubject,
    Dissemination,
    Inspection,
    Meeting,
    Obligation,
    Office,
    Partnership,
    Priorities,
    Resource,
    Return,
    Review,
    SubGroup,
    TrainingSession,
)
from aggregates.dissemination import fold as of_dissemination
from aggregates.entry import Entry, OnRecord, Recorded, standing, stream_id
from aggregates.entry.fields import CORRECTED, ENVELOPE, Field, fields_by_name, shape, to_json
from aggregates.entry.topics import typed_entry
from aggregates.entry.values import Evidence, Sealed
from projections.two_clocks import catch_up, decoded_log, rebuild
from tests.logs import Log, catch_up_with
from tests.projections.views import DAY, DAYS, MANY

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from projections.two_clocks.timeline import Projection

AGGREGATES: dict[str, Any] = {
    "action_register": Action,
    "offices": Office,
    "agencies": Agency,
    "sub_groups": SubGroup,
    "settings": Partnership,
    "meetings": Meeting,
    "priorities": Priorities,
    "courses": Course,
    "resources": Resource,
    "challenges": Challenge,
    "returns": Return,
    "reviews": Review,
    "inspections": Inspection,
    "sessions": TrainingSession,
    "disseminations": Dissemination,
    "dissemination_recipients": Dissemination,
    "people": DataSubject,
    "notices": Obligation,
}
OBLIGATIONS = {"obligations", "standings", "cadences"}  # of many aggregates each: test_obligations_fold
VIEWS = {view.table: view for view in catch_up.VIEWS if view.table not in OBLIGATIONS}
OPENINGS = {Action.Assigned, Office.OfficeHolderAppointed, Agency.AgencyJoined, SubGroup.SubGroupConstituted, Partnership.Established}
OPENINGS |= {TrainingSession.Scheduled, Review.Referred, Review.ExternalNoted, Inspection.InspectionOpened, Return.Requested}
OPENINGS |= {Dissemination.MaterialProduced, DataSubject.SubjectRegistered, Obligation.ReminderIssued}
OPENINGS |= {Meeting.MeetingHeld, Priorities.PrioritiesSet, Course.CourseOffered, Resource.ResourceListed, Challenge.ChallengeRaised}
FOR_EVER = date(9999, 12, 31)
PEOPLE = [Sealed(UUID(int=n)) for n in (1, 2)]
FILE = Evidence("ab" * 32, 9, "application/pdf", "a.pdf", "Audit", DAY, "2016-01-01T09:00:00Z", "restricted")
OBJECTS = st.fixed_dictionaries(
    {"number": st.sampled_from("12"), "response": st.just("accepted"), "position": st.integers(1, 3), "field": st.just("statement")},
    optional={"organisation": st.just("RIV"), "role": st.just("nurse"), "until_on": DAYS.map(str), "met": st.booleans()},
)
NUMBERS = {"level": st.integers(1, 3)}


def events_of(aggregate: Any) -> list[Any]:
    """List the events of an aggregate that change what is true, the opening one first."""
    events = [e for e in vars(aggregate).values() if isinstance(e, type) and issubclass(e, OnRecord.Event) and "TOPIC" in vars(e)]
    plain = [e for e in events if not issubclass(e, decoded_log.AMENDMENTS) and not e.TOPIC.endswith(".created.v1")]
    return sorted(plain, key=lambda e: e not in OPENINGS)


def value(field: Field) -> st.SearchStrategy[Any]:
    """Draw a value of a field's kind."""
    one: st.SearchStrategy[Any] = {
        date: DAYS,
        int: st.integers(1, 3),
        bool: st.booleans(),
        UUID: st.sampled_from([person.subject for person in PEOPLE]),
        Sealed: st.sampled_from(PEOPLE),
        Evidence: st.just(FILE),
        str: st.sampled_from(field.choices or ("RIV", "CQH", "12")),
    }.get(field.kind, OBJECTS)
    many = st.lists(one, max_size=2).map(tuple) if field.many else one
    return st.none() | many if field.optional else many


@st.composite
def lives(draw: Any, aggregate: Any) -> Log:
    """Draw up to 10 entries of two things of one kind, in any order of days and acts; some amend an earlier one."""
    log, lived = Log(), dict[str, list[Any]]()
    for _ in range(draw(st.integers(1, 10))):
        ref = draw(st.sampled_from(("A1", "A2")))
        life = lived.setdefault(ref, [])
        events = events_of(aggregate)
        event = draw(st.sampled_from([*events, *amendments_of(aggregate)] if life else events[:1]))
        said = {f.name: draw(value(f)) for f in shape(event)}
        said |= {f.name: ref for f in shape(event) if f.identifies and not f.choices and event in OPENINGS}
        if issubclass(event, decoded_log.AMENDMENTS):
            said["amends"] = draw(st.integers(1, len(life)))
            said |= draw(parts(event, life, said["amends"]))
        life.append((event, said))
        log.say(stream_id("test", aggregate.TOPIC, ref), event, said)
    return log


def amendments_of(aggregate: Any) -> list[Any]:
    """List the amendments of an aggregate."""
    return [getattr(aggregate, name) for name in ("EntryCorrected", "EntryRetracted", "AmendmentProposed") if hasattr(aggregate, name)]


def parts(event: Any, life: list[Any], amends: int) -> st.SearchStrategy[dict[str, Any]]:
    """Draw the corrected values of a correction, each in the part of its class; nothing for other amendments."""
    if not issubclass(event, Recorded.EntryCorrected):
        return st.just({name: None for name in CORRECTED.values() if name in fields_by_name(event)})
    amended, _ = life[amends - 1]
    if issubclass(amended, decoded_log.AMENDMENTS):
        later = st.fixed_dictionaries({"occurred_on": DAYS.map(str)})
        inner = {"corrected_public": later} if issubclass(amended, Recorded.EntryCorrected) else {}
        return st.fixed_dictionaries(dict.fromkeys(CORRECTED.values(), st.none()) | {"corrected_public": st.fixed_dictionaries(inner)})
    drawn = {}
    for sensitivity, part in CORRECTED.items():
        right = [f for f in shape(amended) if f.sensitivity == sensitivity and not f.identifies]
        right = [f for f in right if f.name not in ENVELOPE or f.name == "occurred_on"]
        values = {f.name: value(f).map(lambda v, name=f.name: to_json(amended, {name: v})[name]) for f in right}
        drawn[part] = st.fixed_dictionaries({}, optional=values)
    return st.fixed_dictionaries(drawn)


def in_the_aggregate(log: Log, ref: str, aggregate: Any, known_at: int) -> list[Entry]:
    """Return a thing's entries as its aggregate holds them: numbered by version."""
    stream = stream_id("test", aggregate.TOPIC, ref)
    mine = [e for e in log.entries if e.stream == stream and e.position <= known_at]
    return [typed_entry(e.version, e.topic, e.fields, None) for e in mine]


# Where a view calls a thing otherwise than by its one reference.
KEYS: dict[str, Callable[[str], str]] = {
    "settings": lambda _: "partnership",
    "people": lambda ref: str(stream_id("test", DataSubject.TOPIC, ref)),
    "notices": lambda ref: f"{ref}|{ref}|{ref}",
}


def defined(view: Projection, log: Log, as_at: date, known_at: int) -> list[tuple[Any, ...]]:
    """Fold, with the aggregate's own fold, what stands as known then and was true by then."""
    shown = []
    for ref in ("A1", "A2"):
        entries = in_the_aggregate(log, ref, AGGREGATES[view.table], known_at)
        stand = [e for e in standing(entries) if e.occurred_on <= as_at]
        states = PARTS[view.table](stand) if view.table in PARTS else {"": AGGREGATES[view.table].fold(stand)}
        for part, state in sorted(states.items()):
            if state is not None:
                key = KEYS[view.table](ref) if view.table in KEYS else f"{ref} {part}".strip()
                shown.append((key, *read(view, view.row(state))))
    return sorted(shown, key=lambda row: str(row[0]))


def item_of(stand: list[Entry]) -> dict[str, Any]:
    """Return of an item what is not of one recipient."""
    state = Dissemination.fold(stand)
    return {"": state and state.item}


def recipients_of(stand: list[Entry]) -> dict[str, Any]:
    """Return the recipients of an item that did something, or were caught up: the others have no row, because they were issued it alone."""
    acts = [entry for entry in stand if of_dissemination.theirs(entry)]
    begun = Entry(0, date.min, Dissemination.MaterialProduced, dict.fromkeys(fields_by_name(Dissemination.MaterialProduced)))
    state = Dissemination.fold([begun, *acts])
    return state.recipients if state else {}


# Where a view shows parts of an aggregate's state: each by what is added to the key.
PARTS = {"disseminations": item_of, "dissemination_recipients": recipients_of}


def read(view: Projection, row: tuple[Any, ...]) -> list[Any]:
    """Return a row's values as the database gives them back."""
    return [json.loads(v) if kind == "jsonb" and v is not None else v for v, kind in zip(row, view.columns.values(), strict=True)]


def shown(conn: psycopg.Connection[Any], view: Projection, as_at: date, known_at: int) -> list[tuple[Any, ...]]:
    """Ask the view."""
    columns = SQL(", ").join(map(Identifier, view.columns))
    query = SQL("SELECT key, {} FROM {} WHERE valid @> %s::date AND known @> %s::bigint ORDER BY key")
    return conn.execute(query.format(columns, Identifier("views", view.table)), [as_at, known_at]).fetchall()


def reset(conn: psycopg.Connection[Any], view: Projection) -> None:
    """Put the views before their first entry."""
    for table in (view.table, view.table + "_entry", decoded_log.TABLE):
        conn.execute(SQL("DELETE FROM {}").format(Identifier("views", table)))
    conn.execute("UPDATE views.tracking SET position = 0")


@pytest.mark.parametrize("table", VIEWS)
def test_the_register_is_the_state_of_its_aggregates(board: psycopg.Connection[Any], table: str) -> None:
    """At any two clocks a view shows the aggregate's own fold of what was known and true; at today and head, its state."""
    view, aggregate = VIEWS[table], AGGREGATES[table]

    @MANY
    @given(lives(aggregate), st.lists(st.tuples(DAYS, st.integers(0, 10)), max_size=5), st.integers(1, 5))
    def holds(log: Log, clocks: list[tuple[date, int]], limit: int) -> None:
        reset(board, view)
        if table == "settings":
            log.entries = [e for e in log.entries if e.stream == stream_id("test", aggregate.TOPIC, "A1")]
            log.entries = [e.__class__(n, *(getattr(e, s) for s in e.__slots__[1:])) for n, e in enumerate(log.entries, 1)]
        catch_up_with(board, log, [view], limit)
        for as_at, known_at in [*clocks, (DAY + timedelta(9), len(log.entries)), (FOR_EVER, len(log.entries))]:
            assert shown(board, view, as_at, known_at) == defined(view, log, as_at, min(known_at, len(log.entries)))

    holds()
    rows = SQL("SELECT * FROM {} ORDER BY key, known, valid").format(Identifier("views", table))
    lived = board.execute(rows).fetchall()
    rebuild.rebuild(board, view)
    assert board.execute(rows).fetchall() == lived
