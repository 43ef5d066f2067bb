"""The log, decoded: one row an entry, the first of the read models and the one from which all others are built.

Whoever catches up hands in `Decoded` entries, each verified once as it enters. Personal values never enter: in their place stands
whom they are about, `{"sealed": "<subject>"}`. An amendment names the version in its own stream that it amends; here it is given
that entry's position too, so that one numbering serves every fold of the read models.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from psycopg.sql import SQL, Identifier
from psycopg.types.json import Jsonb

from aggregates.clocks.dates import LONDON
from aggregates.entry import Recorded, reference
from aggregates.entry.fields import CORRECTED, fields_by_name, typed
from aggregates.entry.topics import event_type, unsealed
from aggregates.entry.values import Sealed, erased_on
from aggregates.registry.data_subject import DataSubject
from projections.two_clocks import tracking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from psycopg import Connection

TABLE = "inspection_history"
SHAPE = "4"  # changes with the columns below, and with what is written into them
ONE_OF_ITS_KIND = frozenset({"partnership", "keys", "ledger"})
CALLED = {"data-subject": "subject", "training-session": "session"}  # where commands and addresses have a shorter word
ERASED = DataSubject.PersonalDataErased.TOPIC
PARTS = list(CORRECTED.values())
FORGET = SQL("""
    UPDATE {table} AS h SET body = h.body || went.texts, late_reason = (h.body || went.texts) ->> 'late_reason'
      FROM (SELECT position, jsonb_object_agg(
                     field, CASE jsonb_typeof(body -> field) WHEN 'array' THEN jsonb_build_array(told) ELSE told END) AS texts
              FROM unnest(%s::bigint[], %s::text[], %s::jsonb[]) AS gone (position, field, told) JOIN {table} AS there USING (position)
             WHERE jsonb_typeof(coalesce(body -> field -> 0, body -> field)) = 'string' OR field = ANY(%s) GROUP BY position) AS went
     WHERE h.position = went.position""")
AMENDMENTS = (Recorded.EntryCorrected, Recorded.EntryRetracted, Recorded.AmendmentProposed)


@dataclass(frozen=True, slots=True)
class Decoded:
    """One verified entry of the log. `recv` is aware; `fields` are JSON values, `{"sealed": subject}` where one is personal."""

    position: int
    stream: UUID
    version: int
    topic: str
    recv: datetime
    assurance: str
    holder: str
    thumbprint: str
    leaf: bytes
    jti: str
    fields: Mapping[str, Any]


class GapError(Exception):
    """The entries handed in do not continue the log."""

    def __init__(self, expected: int, found: int) -> None:
        """Take the position that comes next, and the one that came."""
        super().__init__(f"entry {expected} of the log comes next, not {found}")
        self.position, self.found = expected, found


class WrongFieldsError(Exception):
    """An entry does not have the fields of its event."""

    def __init__(self, topic: str, fields: Iterable[str]) -> None:
        """Take the topic, and the fields that are missing or too many."""
        super().__init__(f"{topic} has fields missing, or too many: {', '.join(sorted(fields))}")
        self.topic, self.fields = topic, sorted(fields)


class NothingAmendedError(Exception):
    """An amendment names a version that its stream does not have."""

    def __init__(self, position: int, stream: UUID, version: int) -> None:
        """Take where the amendment is, and what it names."""
        super().__init__(f"entry {position} amends version {version} of {stream}, which is not on record before it")
        self.position, self.stream, self.version = position, stream, version


def create(conn: Connection[Any], table: str = TABLE) -> None:
    """Create the table, where it is not there yet; `table` is another name while it is being rebuilt."""
    conn.execute(
        SQL("""
        CREATE TABLE IF NOT EXISTS {table} (
            position     bigint      PRIMARY KEY,
            stream       uuid        NOT NULL,
            version      bigint      NOT NULL,
            topic        text        NOT NULL,
            kind         text        NOT NULL,      -- of aggregate
            ref          text        NOT NULL,      -- by which people know it
            occurred_on  date        NOT NULL,      -- as recorded; a correction is an entry of its own
            recorded_at  timestamptz NOT NULL,
            late         integer     NOT NULL,      -- days from the one to the other, in London
            assurance    text        NOT NULL,
            holder       text        NOT NULL,
            thumbprint   text        NOT NULL,
            by_office    text,
            by_agency    text,
            on_behalf_of text,
            late_reason  text,
            amends       bigint,                    -- the position of the entry that this one amends, or proposes to
            body         jsonb       NOT NULL,
            leaf         bytea       NOT NULL,
            jti          text        NOT NULL,
            UNIQUE (stream, version))""").format(table=Identifier("views", table))
    )
    if table == TABLE:
        tracking.begin(conn, TABLE, SHAPE)


def index(conn: Connection[Any], table: str = TABLE) -> None:
    """Create the indexes of the questions asked of it, where it has none of them yet."""
    name = Identifier("views", table)
    if conn.execute("SELECT count(*) FROM pg_index WHERE indrelid = %s::regclass", [f"views.{table}"]).fetchone() != (2,):
        return
    for columns in (
        "(kind, ref, position)",
        "(recorded_at, position)",
        "(rtrim(topic, '0123456789'), position)",
        "(amends) WHERE amends IS NOT NULL",
        "(late) WHERE late > 0",
        "USING gin ((body -> 'evidence') jsonb_path_ops)",
    ):
        conn.execute(SQL("CREATE INDEX ON {} ").format(name) + SQL(columns))


def record(conn: Connection[Any], entries: Sequence[Decoded], table: str = TABLE) -> None:
    """Write the entries that come next, all or none; the caller moves the position."""
    refs, places = _known(conn, entries, table)
    rows = []
    for entry in entries:
        event = event_type(entry.topic)
        _check(event, entry.fields)
        if entry.version == 1:
            refs[entry.stream] = _ref(entry, event)
        places[entry.stream, entry.version] = entry.position
        amends = None
        if issubclass(event, AMENDMENTS):
            amended = (entry.stream, entry.fields["amends"])
            if amended not in places or amended[1] >= entry.version:
                raise NothingAmendedError(entry.position, *amended)
            amends = places[amended]
        rows.append(_row(entry, refs[entry.stream], amends))
    with conn.cursor() as cursor, cursor.copy(SQL("COPY {} FROM STDIN").format(Identifier("views", table))) as copy:
        for row in rows:
            copy.write_row(row)
    _forget(conn, entries, table)


def _forget(conn: Connection[Any], entries: Iterable[Decoded], table: str) -> None:
    """Take away, in the transaction that records their erasure, the texts that it lists, and say in their place on which day they went.

    In the place of what a correction gave stands an object of nothing: see `kept_of`.
    """
    erasures = [(one.fields["erased"], erased_on(date.fromisoformat(one.fields["occurred_on"]))) for one in entries if one.topic == ERASED]
    gone = [(each, {} if each["field"] in PARTS else told) for erased, told in erasures for each in erased]
    if gone:
        asked = [each["position"] for each, _ in gone], [each["field"] for each, _ in gone], [Jsonb(told) for _, told in gone], PARTS
        conn.execute(FORGET.format(table=Identifier("views", table)), asked)


def _check(event: type[Any], said: Mapping[str, Any]) -> None:
    """Raise where a value is not of its field's kind, or a field is missing or unknown."""
    fields = fields_by_name(event)
    if fields.keys() != said.keys():
        raise WrongFieldsError(event.TOPIC, fields.keys() ^ said.keys())
    for name, value in said.items():
        if value is not None or not fields[name].optional:  # most fields are not said
            typed(fields[name], value if value is None or fields[name].kind is not Sealed else unsealed(value))


def _known(conn: Connection[Any], entries: Sequence[Decoded], table: str) -> tuple[dict[UUID, str], dict[tuple[UUID, int], int]]:
    """Return the references of the streams, and the positions of what is amended, as far as they are recorded already."""
    streams = [entry.stream for entry in entries]
    amended = [int(entry.fields.get("amends") or 0) for entry in entries]
    query = SQL("""
        SELECT DISTINCT h.stream, h.version, h.position, h.ref
          FROM unnest(%s::uuid[], %s::bigint[]) AS asked (stream, version)
          JOIN {} AS h ON h.stream = asked.stream AND h.version IN (1, asked.version)""")
    found = conn.execute(query.format(Identifier("views", table)), [streams, amended]).fetchall()
    return {stream: ref for stream, _, _, ref in found}, {(stream, version): position for stream, version, position, _ in found}


def _ref(entry: Decoded, event: type[Any]) -> str:
    """Return what people call a stream, as its first entry has it: its reference, its one name, or its id."""
    nameless = kind_of(entry.topic) if kind_of(entry.topic) in ONE_OF_ITS_KIND else str(entry.stream)
    return reference(event, entry.fields) or nameless


@cache
def kind_of(topic: str) -> str:
    """Return the kind of thing that a topic is about, by the word that commands and addresses have for it."""
    kind = topic.partition(".")[0].replace("_", "-")
    return CALLED.get(kind, kind)


def _row(entry: Decoded, ref: str, amends: int | None) -> tuple[Any, ...]:
    said = entry.fields
    occurred_on = date.fromisoformat(said["occurred_on"])
    return (
        entry.position,
        entry.stream,
        entry.version,
        entry.topic,
        kind_of(entry.topic),
        ref,
        occurred_on,
        entry.recv,
        max(0, (entry.recv.astimezone(LONDON).date() - occurred_on).days),
        entry.assurance,
        entry.holder,
        entry.thumbprint,
        said.get("by_office"),
        said.get("by_agency"),
        said.get("on_behalf_of"),
        said.get("late_reason"),
        amends,
        Jsonb(said),
        entry.leaf,
        entry.jti,
    )


def extend(conn: Connection[Any], entries: Sequence[Decoded]) -> int:
    """Write the entries that come next with the position that they reach, in one transaction; return that position.

    What is on record already is passed over, so a delivery may be repeated; what leaves a gap raises `GapError`.
    """
    with conn.transaction():
        done = tracking.reached(conn, TABLE)
        fresh = [entry for entry in entries if entry.position > done]
        for expected, entry in enumerate(fresh, done + 1):
            if entry.position != expected:
                raise GapError(expected, entry.position)
        if not fresh:
            return done
        record(conn, fresh)
        tracking.advance(conn, TABLE, fresh[-1].position)
        return fresh[-1].position


def next_midnight(day: date) -> datetime:
    """Return the moment at which a day ends in London."""
    return datetime.combine(day + timedelta(1), datetime.min.time(), LONDON)
