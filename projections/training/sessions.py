"""Every training session on any day as known on any day: who was there, and what is known of the five points.

No participant is in it by name: a participant is a number, and whose it is stands sealed. Nothing that one of them wrote or scored is
in it either, but means, and those only of five or more.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from datetime import date  # noqa: TC003 - the schemas of the API read the annotations of rows at run time
from typing import TYPE_CHECKING, Any, ClassVar

from psycopg.rows import class_row
from psycopg.sql import SQL

from aggregates.entry.values import FEWEST
from aggregates.training_session import SessionState, TrainingSession
from aggregates.training_session.decisions.acts import HELD
from aggregates.training_session.state import mean
from projections.partnership.rows import rows
from projections.people.merging import merged
from projections.two_clocks.read_model import AT_CLOCKS
from projections.two_clocks.timeline import OneRow, as_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from psycopg import Connection

    from aggregates.entry import Entry
    from aggregates.training_session.sample import Draw
    from aggregates.training_session.state import FollowUp

WHOSE, ANSWERS = ("number", "agency"), ("used_in_practice", "shared_with_colleagues", "impact")
SCORES = ("satisfaction", "learning", "confidence_before", "confidence_after")


class Sessions(OneRow):
    """Every session that was ever scheduled."""

    table = "sessions"
    kinds = frozenset({"session"})
    columns: ClassVar[Mapping[str, str]] = {
        "course": "text",
        "format": "text",
        "follow_up_owed": "boolean",
        "planned_on": "date",
        "delivered_on": "date",
        "trainers": "jsonb",
        "trainer_agencies": "jsonb",
        "capacity": "integer",
        "status": "text",
        "attendees": "jsonb",
        "lapsed": "jsonb",
        "closing": "jsonb",
        "feedback": "jsonb",
        "plans": "jsonb",
        "follow_ups": "jsonb",
        "unasked": "jsonb",
        "draws": "jsonb",
        "observations": "jsonb",
        "evaluation": "jsonb",
        "participants": "jsonb",
    }

    def fold(self, entries: Sequence[Entry], before: SessionState | None = None) -> SessionState | None:
        """Take the aggregate's own."""
        return TrainingSession.fold(entries, before)

    def row(self, it: SessionState) -> tuple[Any, ...]:
        """Show all of it but what a participant wrote or scored."""
        course = (it.course, it.format, it.follow_up_owed, it.planned_on, it.delivered_on)
        people = (as_json(it.trainers), as_json(it.trainer_agencies), it.capacity, it.status.word)
        there = [{"number": one.number, "agency": one.agency, "staff_group": one.staff_group, "on": one.on} for one in it.attendees]
        gone = [_said(one, without={"participant"}) for one in it.lapsed]
        scores = {name: mean(s for one in it.feedback if (s := getattr(one, name)) is not None) for name in SCORES}
        given = {"numbers": [one.number for one in it.feedback], **scores}
        due = it.unasked if isinstance(it.status, HELD) else ()
        unasked = [{"number": one.number, "agency": one.agency, "due_on": one.follow_up_due} for one in due]
        asked = (as_json([_asked(one) for one in it.follow_ups]), as_json(unasked))
        seen = [_said(one, without={"notes"}) for one in it.observations]
        judged = as_json(it.evaluation and asdict(it.evaluation))
        whose = {one.number: str(one.participant.subject) for one in it.attendees}
        closing, draws = it.closing and _said(it.closing), [_draw(one) for one in it.draws]
        points = (as_json(closing), as_json(given), as_json(it.plans), *asked, as_json(draws))
        return (*course, *people, as_json(there), as_json(gone), *points, as_json(seen), judged, as_json(whose))


def _asked(one: FollowUp) -> dict[str, Any]:
    names = ("number", "agency", "owed", "fell_due_on", "issued_on", "due_on", "manager_on")
    said = {name: getattr(one, name) for name in names}
    answer = one.answer
    said |= {"returned_on": answer and answer.on, "times": answer.times if answer else 0}
    return said | {name: answer and getattr(answer, name) for name in ("used_in_practice", "shared_with_colleagues", "impact")}


def _draw(one: Draw) -> dict[str, Any]:
    said = _said(one, without={"calls"})
    calls = [{"number": call.number, "attempt": call.attempt, "on": call.on, "outcome": call.outcome} for call in one.calls]
    replaced = [{"number": number, "because": why} for number in one.asked if (why := one.replaced(number))]
    return said | {"calls": calls, "asked": one.asked, "reached": one.reached, "waiting": one.waiting, "replaced": replaced}


def _said(one: Any, without: Collection[str] = ()) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__ if name not in without}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session on a day. Participants are numbers; `feedback` has means of five answers or more, and none of fewer.

    `follow_ups` are those asked three months on, `unasked` those who are still to be; of `draws`, `order` is the whole of it. `twice`
    are the numbers of who had one already, under another reference, each with that one.
    """

    ref: str
    course: str
    format: str
    follow_up_owed: bool
    planned_on: date
    delivered_on: date | None
    trainers: list[str]
    trainer_agencies: list[str]
    capacity: int
    status: str
    attendees: list[dict[str, Any]]
    lapsed: list[dict[str, Any]]
    closing: dict[str, Any] | None
    feedback: dict[str, Any]
    plans: list[str]
    follow_ups: list[dict[str, Any]]
    unasked: list[dict[str, Any]]
    draws: list[dict[str, Any]]
    observations: list[dict[str, Any]]
    evaluation: dict[str, Any] | None
    participants: dict[str, str]
    twice: dict[str, str] = field(default_factory=dict)

    @property
    def there(self) -> list[dict[str, Any]]:
        """Return who was there, everybody once."""
        return [one for one in self.attendees if one["number"] not in self.twice]

    @property
    def agencies(self) -> frozenset[str]:
        """Return the agencies whose staff had a place or train in it."""
        return frozenset([*self.trainer_agencies, *(one["agency"] for one in (*self.attendees, *self.lapsed))])

    @property
    def held_on(self) -> date:
        """Return the day of delivery, or before it the day that is planned."""
        return self.delivered_on or self.planned_on

    @property
    def returned(self) -> list[dict[str, Any]]:
        """Return the follow-ups that came back."""
        return [one for one in self.follow_ups if one["returned_on"]]


def of_agency(row: SessionRow, agency: str) -> SessionRow:
    """Return what one agency is shown of a session: their own participants, and nothing of how they were called or it was observed."""

    def own(those: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one for one in those if one["agency"] == agency]

    there = own(row.attendees)
    numbers = {one["number"] for one in there}
    given = row.feedback | {"numbers": [number for number in row.feedback["numbers"] if number in numbers]}
    mine: dict[str, Any] = {"attendees": there, "lapsed": own(row.lapsed), "follow_ups": own(row.follow_ups), "unasked": own(row.unasked)}
    mine |= {"twice": {number: first for number, first in row.twice.items() if {number, first} <= numbers}}
    mine |= {"feedback": given, "plans": [number for number in row.plans if number in numbers], "participants": {}}
    return replace(row, **mine, draws=[], observations=[])


def of_trainer(row: SessionRow) -> SessionRow:
    """Return what who trains in a session is shown of it: what came of it, and not who answered what; of fewer than five, no answer."""
    told = len(row.returned) >= FEWEST
    asked = [
        {name: value if told or name not in ANSWERS else None for name, value in one.items() if name not in WHOSE} for one in row.follow_ups
    ]
    return replace(row, follow_ups=sorted(asked, key=lambda one: json.dumps(one, sort_keys=True)))  # in an order that says nothing of whose


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session as a list has it."""

    ref: str
    course: str
    status: str
    delivered_on: date | None
    held_on: date


LINES = SQL("""
    SELECT key AS ref, course, status, delivered_on, coalesce(delivered_on, planned_on) AS held_on FROM views.sessions
     WHERE {at} AND (%(agency)s::text IS NULL OR trainers ? %(office)s::text OR trainer_agencies ? %(agency)s::text
                     OR (attendees || lapsed) @> jsonb_build_array(jsonb_build_object('agency', %(agency)s::text)))
     ORDER BY held_on, key""").format(at=AT_CLOCKS)


def lines(conn: Connection[Any], *, as_at: date, known_at: int, agency: str | None = None, office: str | None = None) -> list[SessionLine]:
    """Return the sessions as a list has them, the earliest first: all, or those in which an agency had staff or the office trained."""
    asked = {"as_at": as_at, "known_at": known_at, "agency": agency, "office": office}
    with conn.cursor(row_factory=class_row(SessionLine)) as cursor:
        return cursor.execute(LINES, asked).fetchall()


def sessions(conn: Connection[Any], *, as_at: date, known_at: int, refs: Sequence[str] | None = None) -> list[SessionRow]:
    """Return the sessions that were scheduled by a day, or some of them, as known at a position, the earliest first."""
    found = rows(conn, SessionRow, Sessions, as_at=as_at, known_at=known_at, keys=refs)
    if into := {str(one): str(other) for one, other in merged(conn, as_at=as_at, known_at=known_at).items()}:
        found = [_as_persons(row, into) for row in found]
    return sorted(found, key=lambda row: (row.held_on, row.ref))


def _as_persons(row: SessionRow, into: Mapping[str, str]) -> SessionRow:
    """Return a session whose participants are persons: of several references of one, that which goes on."""
    persons = {number: into.get(ref, ref) for number, ref in row.participants.items()}
    first: dict[str, str] = {}
    for one in row.attendees:
        first.setdefault(persons[one["number"]], one["number"])
    twice = {number: first[person] for number, person in persons.items() if first[person] != number}
    return replace(row, participants=persons, twice=twice)


def session(conn: Connection[Any], ref: str, *, as_at: date, known_at: int) -> SessionRow | None:
    """Return one session; None where it was not scheduled."""
    return next(iter(sessions(conn, as_at=as_at, known_at=known_at, refs=[ref])), None)
