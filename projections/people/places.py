"""Where people stand in the record, and what is due by the retention schedule: on a day, as known at a position; by references alone.

That a place is listed says that something was recorded there of somebody, not that it is still kept: the log does not change when it is
erased. What is kept now, the subjects' keys say.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg.rows import class_row
from psycopg.sql import SQL

from aggregates.entry.fields import fields_by_name
from aggregates.entry.topics import event_type
from aggregates.entry.values import Sealed
from aggregates.registry.retention import Kept, schedule
from projections.people.merging import merged
from projections.people.protection import PersonRow, people
from projections.two_clocks.read_model import AT_CLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg import Connection

# One row for each field of each kind of event in a thing: an officer is in thousands of entries.
PLACES = """
    SELECT f.subject, h.kind, h.ref, h.topic, f.field, count(*) AS number, max(h.occurred_on) AS last_on,
           min(f.position) AS first, max(f.position) AS position
      FROM ledger.sealed_field f JOIN views.inspection_history h USING (position)
     WHERE (%(people)s::uuid[] IS NULL OR f.subject = ANY (%(people)s)) AND h.position <= %(known_at)s AND h.occurred_on <= %(as_at)s
     GROUP BY f.subject, h.kind, h.ref, h.topic, f.field ORDER BY position"""
# The same of everything of a kind: for how long it is kept depends on its last day alone.
LAST_DAYS = """
    SELECT f.subject, h.topic, f.field, max(h.occurred_on) FROM ledger.sealed_field f JOIN views.inspection_history h USING (position)
     WHERE h.position <= %(known_at)s AND h.occurred_on <= %(as_at)s GROUP BY f.subject, h.topic, f.field"""
SERVING = SQL("""
    SELECT holder, max(until_on) AS until_on, bool_or(until_on IS NULL OR until_on >= %(as_at)s) AS serves
      FROM views.offices, jsonb_to_recordset(terms) AS term (holder uuid, from_on date, until_on date) WHERE {} GROUP BY holder
    """).format(AT_CLOCKS)
DISCLOSED = """
    SELECT ref AS office, occurred_on AS disclosed_on, body ->> 'object' AS object, position FROM views.inspection_history
     WHERE topic = 'inspection.evidence_disclosed.v1' AND body ->> 'object' = ANY (%(objects)s)
       AND position <= %(known_at)s AND occurred_on <= %(as_at)s ORDER BY position"""
HANDED = """
    SELECT body ->> 'office' AS office, occurred_on AS disclosed_on, body ->> 'scope' AS scope, position FROM views.inspection_history
     WHERE topic = 'ledger.pack_sealed.v1' AND (body ->> 'size')::bigint >= %(first)s
       AND position <= %(known_at)s AND occurred_on <= %(as_at)s ORDER BY position"""
GONE_ON = """
    SELECT went.field, e.occurred_on
      FROM views.inspection_history e CROSS JOIN LATERAL jsonb_to_recordset(e.body -> 'erased') AS went (position bigint, field text)
     WHERE rtrim(e.topic, '0123456789') = 'data_subject.personal_data_erased.v' AND went.position = %(position)s"""
SPELLED = """
    SELECT position, kind, ref, topic, occurred_on, body FROM views.inspection_history
     WHERE body::text ILIKE ANY (%(like)s) AND position <= %(known_at)s AND occurred_on <= %(as_at)s ORDER BY position"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A field of a thing that says something of somebody: in how many entries, and in which last."""

    subject: UUID
    kind: str
    ref: str
    topic: str
    field: str
    number: int
    last_on: date
    first: int
    position: int

    @property
    def kept(self) -> Kept:
        """Return of which kind it is: what for and by what right it is kept, and for how long."""
        return schedule().of(self.topic, self.field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """An opening of something in which somebody stands, by whoever inspected: the object, and when."""

    office: str
    disclosed_on: date
    object: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A sealed pack that was handed to an office when somebody stood in the log already: it holds their reference, and no sealed value."""

    office: str
    disclosed_on: date
    scope: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """An entry whose text may say a name."""

    position: int
    kind: str
    ref: str
    topic: str
    occurred_on: date
    body: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is kept of somebody, and when it is due by the last of its clocks: None while one of them has not begun."""

    person: PersonRow
    kinds: tuple[tuple[Kept, date | None], ...]
    due_on: date | None


def places(conn: Connection[Any], subjects: Sequence[UUID] | None = None, *, as_at: date, known_at: int) -> list[Place]:
    """Return where these people stand, or everybody, the earliest entry first."""
    with conn.cursor(row_factory=class_row(Place)) as cursor:
        asked = {"people": list(subjects) if subjects is not None else None, "as_at": as_at, "known_at": known_at}
        found = cursor.execute(PLACES, asked).fetchall()
    return [one for one in found if _is_personal(one.topic, one.field)]


def _is_personal(topic: str, field: str) -> bool:
    """Say whether a sealed field is kept under somebody's key: a text that went is nowhere."""
    return fields_by_name(event_type(topic))[field].kind is Sealed


def disclosed(conn: Connection[Any], found: Iterable[Place], *, as_at: date, known_at: int) -> list[Disclosed]:
    """Return who inspected and opened any of the things in which somebody stands."""
    objects = list({f"{place.kind}:{place.ref}" for place in found})
    with conn.cursor(row_factory=class_row(Disclosed)) as cursor:
        return cursor.execute(DISCLOSED, {"objects": objects, "as_at": as_at, "known_at": known_at}).fetchall()


def handed(conn: Connection[Any], found: Sequence[Place], *, as_at: date, known_at: int) -> list[Handed]:
    """Return the packs that were handed to somebody once these people stood in the log, of whatever scope."""
    if not found:
        return []
    with conn.cursor(row_factory=class_row(Handed)) as cursor:
        first = min(place.first for place in found)
        return cursor.execute(HANDED, {"first": first, "as_at": as_at, "known_at": known_at}).fetchall()


def erased_at(conn: Connection[Any], ref: str) -> int | None:
    """Return the position of the entry by which somebody was erased, or None."""
    erased = "kind = 'subject' AND ref = %s AND topic = 'data_subject.personal_data_erased.v1'"
    row = conn.execute(f"SELECT min(position) FROM views.inspection_history WHERE {erased}", (ref,)).fetchone()  # noqa: S608 - our own text
    return row[0] if row else None


def gone_on(conn: Connection[Any], position: int) -> dict[str, date]:
    """Return the fields of an entry that were erased, and when: by the entries that list what went."""
    return dict(conn.execute(GONE_ON, {"position": position}).fetchall())


def spelled(conn: Connection[Any], words: Iterable[str], *, as_at: date, known_at: int) -> list[Spelled]:
    """Return the entries in whose texts any of these words is, whole or within another; whoever asks looks at them more closely."""
    like = ["%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%" for word in words]
    with conn.cursor(row_factory=class_row(Spelled)) as cursor:
        return cursor.execute(SPELLED, {"like": like, "as_at": as_at, "known_at": known_at}).fetchall()


def due(conn: Connection[Any], *, as_at: date, known_at: int) -> list[Due]:
    """Return everybody of whom anything is kept with what is due when, the earliest first; who was erased or merged away is not there."""
    into = merged(conn, as_at=as_at, known_at=known_at)
    asked = {"as_at": as_at, "known_at": known_at}
    serving = {holder: None if serves else until_on for holder, until_on, serves in conn.execute(SERVING, asked)}
    found: dict[UUID, list[tuple[Kept, date | None]]] = defaultdict(list)
    for subject, topic, name, last_on in conn.execute(LAST_DAYS, asked).fetchall():
        if _is_personal(topic, name):
            kept = schedule().of(topic, name)
            start = serving.get(subject, last_on) if kept.clock == "term" else last_on
            found[into.get(subject, subject)].append((kept, start))
    there = [row for row in people(conn, as_at=as_at, known_at=known_at) if row.erased_on is None and row.merged_into is None]
    told = (_due(row, found[UUID(row.ref)]) for row in there if UUID(row.ref) in found)
    return sorted(told, key=lambda one: (one.due_on or date.max, one.person.ref))


def _due(row: PersonRow, clocks: Iterable[tuple[Kept, date | None]]) -> Due:
    """Return when all of it is due: one key seals it, so it goes at once, after the last clock and whatever was decided."""
    ends: dict[str, tuple[Kept, list[date | None]]] = {}
    for kept, start in clocks:
        ends.setdefault(kept.id, (kept, []))[1].append(kept.due_on(start) if start else None)
    last = [(kept, _latest(days)) for kept, days in sorted(ends.values(), key=lambda one: schedule().kept.index(one[0]))]
    if others := [when for kept, when in last if kept.clock != "others"]:
        last = [(kept, _latest(others) if kept.clock == "others" else when) for kept, when in last]
    decided = [date.fromisoformat(one["kept_until"]) for one in row.retentions if one["kept_until"]]
    end = _latest([when for _, when in last])
    last.sort(key=lambda one: schedule().kept.index(one[0]))
    return Due(person=row, kinds=tuple(last), due_on=end and max([end, *decided]))


def _latest(days: list[date | None]) -> date | None:
    """Return the last of these days; None where one of them is not known yet."""
    known = [day for day in days if day]
    return max(known) if len(known) == len(days) else None
