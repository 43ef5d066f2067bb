"""Who we are, on any day as known on any day: agencies, sub-groups, and who held which office.

An office's row holds its terms as they were served, one holder at a time, because a term may begin or end on a day on which nothing
was recorded. Who is asked for on a day is found among them as `aggregates.partnership.office` finds it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from uuid import UUID

from psycopg.rows import dict_row
from psycopg.sql import SQL

from aggregates.authority import BOARD
from aggregates.partnership import Agency, AgencyState, SubGroup, SubGroupState
from aggregates.partnership.agency import Left
from aggregates.partnership.office import Office, OfficeState
from projections.partnership.rows import rows
from projections.two_clocks.read_model import AT_CLOCKS
from projections.two_clocks.timeline import OneRow, as_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection

    from aggregates.entry import Entry


class Offices(OneRow):
    """Every office with the terms in it."""

    table = "offices"
    kinds = frozenset({"office"})
    columns: ClassVar[Mapping[str, str]] = {"terms": "jsonb"}

    def fold(self, entries: Sequence[Entry], before: OfficeState | None = None) -> OfficeState | None:
        """Take the aggregate's own."""
        return Office.fold(entries, before)

    def row(self, office: OfficeState) -> tuple[Any, ...]:
        """Show the terms as they were served; their holders only as pointers."""
        return (as_json(served(office)),)


def served(office: OfficeState) -> list[dict[str, Any]]:
    """Return who held an office from when to when, each day once, whatever overlap corrections have left."""
    ends = [term.until_on + timedelta(1) for term in office.terms if term.until_on]
    days = sorted({*(term.from_on for term in office.terms), *ends})
    terms: list[dict[str, Any]] = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        holder = office.holder_on(day)
        until_on = following and following - timedelta(1)
        if holder is None:
            continue
        same = {name: getattr(holder, name) for name in ("title", "role", "body", "employer")} | {"holder": holder.holder.subject}
        if terms and terms[-1]["until_on"] == day - timedelta(1) and same.items() <= terms[-1].items() and holder.from_on < day:
            terms[-1]["until_on"] = until_on
        else:
            terms.append(same | {"from_on": day, "until_on": until_on})
    return terms


SERVED = SQL("""
    SELECT key AS office, employer, from_on, until_on
      FROM views.offices, jsonb_to_recordset(terms) AS term (employer text, from_on date, until_on date) WHERE {}""").format(AT_CLOCKS)


class Agencies(OneRow):
    """Every agency that was ever a member."""

    table = "agencies"
    kinds = frozenset({"agency"})
    columns: ClassVar[Mapping[str, str]] = {
        "name": "text",
        "category": "text",
        "section_11": "text",
        "joined_on": "date",
        "status": "text",
        "leaves_on": "date",
        "outstanding": "jsonb",
        "left_on": "date",
        "left_because": "text",
        "successor": "text",
        "accounted": "jsonb",
        "earlier": "jsonb",
    }

    def fold(self, entries: Sequence[Entry], before: AgencyState | None = None) -> AgencyState | None:
        """Take the aggregate's own."""
        return Agency.fold(entries, before)

    def row(self, agency: AgencyState) -> tuple[Any, ...]:
        """Show all of it."""
        leaving = (agency.leaves_on, as_json(agency.outstanding))
        said = (agency.name, agency.category, agency.section_11, agency.joined_on, agency.status.word, *leaving)
        earlier = as_json([asdict(one) for one in agency.earlier])
        if not isinstance(agency.status, Left):
            return (*said, None, None, None, "[]", earlier)
        accounted = as_json([asdict(one) for one in agency.status.accounted])
        return (*said, agency.status.on, agency.status.reason, agency.status.successor, accounted, earlier)


class SubGroups(OneRow):
    """Every sub-group that there ever was."""

    table = "sub_groups"
    kinds = frozenset({"sub-group"})
    columns: ClassVar[Mapping[str, str]] = {
        "name": "text",
        "terms_of_reference": "text",
        "constituted_on": "date",
        "status": "text",
        "dissolved_on": "date",
        "dissolved_because": "text",
    }

    def fold(self, entries: Sequence[Entry], before: SubGroupState | None = None) -> SubGroupState | None:
        """Take the aggregate's own."""
        return SubGroup.fold(entries, before)

    def row(self, group: SubGroupState) -> tuple[Any, ...]:
        """Show all of it."""
        ended = (getattr(group.status, "on", None), getattr(group.status, "reason", None))
        return (group.name, group.terms_of_reference, group.constituted_on, group.status.word, *ended)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Somebody's time in an office, its last day included; without one it goes on. `holder` is a subject: a page reveals the name."""

    title: str
    role: str
    body: str | None
    employer: str | None
    holder: UUID
    from_on: date
    until_on: date | None

    def covers(self, day: date) -> bool:
        """Say whether it covers a day."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRow:
    """An office and everybody who held it, the earliest first."""

    ref: str
    terms: tuple[Term, ...]

    def holder_on(self, day: date) -> Term | None:
        """Return who held it on a day."""
        return next((term for term in self.terms if term.covers(day)), None)


class Spell(NamedTuple):
    """One membership of an agency, and what was said of it then."""

    joined_on: date
    left_on: date | None
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRow:
    """An agency on a day.

    `leaves_on` is the day on which it has announced to leave, `outstanding` what was declared outstanding at its departure.
    `accounted` says, of one that left, what became of each thing that it owed and had not done: `item`, `became` and `to` (INV-36).
    `earlier` are its memberships before the latest: `joined_on`, `left_on`, `category` and `section_11`.
    """

    ref: str
    name: str
    category: str
    section_11: str
    joined_on: date
    status: str
    leaves_on: date | None
    outstanding: list[str]
    left_on: date | None
    left_because: str | None
    successor: str | None
    accounted: list[dict[str, Any]]
    earlier: list[dict[str, Any]]

    @property
    def spells(self) -> list[Spell]:
        """Return its memberships, the earliest first; the latest may go on."""
        over = [Spell(date.fromisoformat(one["joined_on"]), date.fromisoformat(one["left_on"]), one) for one in self.earlier]
        return [*over, Spell(self.joined_on, self.left_on, {"category": self.category, "section_11": self.section_11})]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubGroupRow:
    """A sub-group on a day."""

    ref: str
    name: str
    terms_of_reference: str | None
    constituted_on: date
    status: str
    dissolved_on: date | None
    dissolved_because: str | None


def offices(conn: Connection[Any], *, as_at: date, known_at: int, role: str | None = None) -> list[OfficeRow]:
    """Return every office as at a day, as known at a position; or those that anybody ever held in a role."""
    narrow = SQL(" AND terms @> jsonb_build_array(jsonb_build_object('role', %(role)s::text))") if role else SQL("")
    with conn.cursor(row_factory=dict_row) as cursor:
        query = SQL("SELECT key AS ref, terms FROM views.offices WHERE {}{} ORDER BY key").format(AT_CLOCKS, narrow)
        return [_office(**row) for row in cursor.execute(query, {"as_at": as_at, "known_at": known_at, "role": role})]


def office(conn: Connection[Any], ref: str, *, as_at: date, known_at: int) -> OfficeRow | None:
    """Return one office as at a day, as known at a position; None where there was none."""
    with conn.cursor(row_factory=dict_row) as cursor:
        query = SQL("SELECT key AS ref, terms FROM views.offices WHERE {} AND key = %(ref)s").format(AT_CLOCKS)
        row = cursor.execute(query, {"as_at": as_at, "known_at": known_at, "ref": ref}).fetchone()
        return None if row is None else _office(**row)


def _office(ref: str, terms: list[dict[str, Any]]) -> OfficeRow:
    return OfficeRow(ref=ref, terms=tuple(_term(term) for term in terms))


def _term(said: dict[str, Any]) -> Term:
    until_on = said["until_on"] and date.fromisoformat(said["until_on"])
    return Term(**{**said, "holder": UUID(said["holder"]), "from_on": date.fromisoformat(said["from_on"]), "until_on": until_on})


def agencies(conn: Connection[Any], *, as_at: date, known_at: int) -> list[AgencyRow]:
    """Return every agency that was a member by a day, as known at a position."""
    return rows(conn, AgencyRow, Agencies, as_at=as_at, known_at=known_at)


def sub_groups(conn: Connection[Any], *, as_at: date, known_at: int) -> list[SubGroupRow]:
    """Return every sub-group that had been constituted by a day, as known at a position."""
    return rows(conn, SubGroupRow, SubGroups, as_at=as_at, known_at=known_at)


def owners(conn: Connection[Any], *, as_at: date, known_at: int) -> frozenset[str]:
    """Return who may owe something, by code: the Board, its agencies, sub-groups and offices."""
    rows: list[Any] = [found for read in (agencies, sub_groups, offices) for found in read(conn, as_at=as_at, known_at=known_at)]
    return frozenset({BOARD, *(row.ref for row in rows)})
