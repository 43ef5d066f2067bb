"""The data-protection register: references, what they were merged into, restrictions, holds and requests; on any day as known on any day.

There is no name in it, and nothing that an erasure would have to change: it says that something was erased, and when.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date  # noqa: TC003 - the schemas of the API read the annotations of rows at run time
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID  # noqa: TC003 - as date

from psycopg.rows import class_row

from aggregates.registry.data_subject import DataSubject
from projections.partnership.rows import rows
from projections.two_clocks.timeline import OneRow, as_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psycopg import Connection

    from aggregates.entry import Entry
    from aggregates.registry.subject_state import SubjectState


class Protection(OneRow):
    """Everybody who was ever registered."""

    table = "people"
    kinds = frozenset({"subject"})
    columns: ClassVar[Mapping[str, str]] = {
        "registered_on": "date",
        "merged_into": "uuid",
        "restricted_on": "date",
        "open_for": "jsonb",
        "restrictions": "jsonb",
        "held": "jsonb",
        "holds": "jsonb",
        "erasures": "jsonb",
        "accesses": "jsonb",
        "granted": "jsonb",
        "erased_on": "date",
        "erased": "integer",
        "access_requests": "jsonb",
        "retentions": "jsonb",
        "notified": "jsonb",
    }

    def fold(self, entries: Sequence[Entry], before: SubjectState | None = None) -> SubjectState | None:
        """Take the aggregate's own."""
        return DataSubject.fold(entries, before)

    def row(self, it: SubjectState) -> tuple[Any, ...]:
        """Show all but who it is."""
        now = it.restriction
        restricted = (now.on if now else None, as_json(now.open_for if now else ()), _each(it.restrictions))
        held = (as_json(it.held), _each(it.holds))
        asked = (_each(it.erasures), _each(it.accesses), as_json(asdict(it.granted)) if it.granted else None, it.erased_on, it.erased)
        return (
            it.registered_on,
            it.merged_into,
            *restricted,
            *held,
            *asked,
            _each(it.access_requests),
            _each(it.retentions),
            _each(it.notified),
        )


def _each(things: Any) -> str:
    return as_json([asdict(one) for one in things])


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """What the law asks about somebody on a day, by reference.

    `open_for` is what they may be opened for while restricted, and `held` names the matters for which holds stand; `granted` is the
    erasure that was decided and is not done; `erased` counts the values that went.
    """

    ref: str
    registered_on: date
    merged_into: UUID | None
    restricted_on: date | None
    open_for: list[str]
    restrictions: list[dict[str, Any]]
    held: list[str]
    holds: list[dict[str, Any]]
    erasures: list[dict[str, Any]]
    accesses: list[dict[str, Any]]
    granted: dict[str, Any] | None
    erased_on: date | None
    erased: int
    access_requests: list[dict[str, Any]]
    retentions: list[dict[str, Any]]
    notified: list[dict[str, Any]]

    @property
    def asked(self) -> bool:
        """Say whether anything was ever asked or decided about them."""
        return bool(
            self.merged_into
            or self.restrictions
            or self.holds
            or self.erasures
            or self.accesses
            or self.access_requests
            or self.retentions
            or self.erased_on
        )


def people(conn: Connection[Any], *, as_at: date, known_at: int) -> list[PersonRow]:
    """Return everybody who was registered by a day, as known at a position; each person's references stand together."""
    found = rows(conn, PersonRow, Protection, as_at=as_at, known_at=known_at)
    return sorted(found, key=lambda row: (str(row.merged_into or row.ref), row.merged_into is not None, row.ref))


@dataclass(frozen=True, slots=True)
class Protected:
    """Somebody whose values are not opened to everybody: erased on a day, or restricted but for the purposes named."""

    ref: UUID
    erased_on: date | None
    open_for: list[str]


def protected(conn: Connection[Any], people: Sequence[UUID], *, today: date) -> dict[UUID, Protected]:
    """Return those of these people who are restricted or erased today, as known now: whoever opens their values asks this first."""
    query = """
        SELECT key::uuid AS ref, erased_on, open_for FROM views.people
         WHERE key = ANY(%s) AND valid @> %s::date AND upper_inf(known) AND (restricted_on IS NOT NULL OR erased_on IS NOT NULL)"""
    with conn.cursor(row_factory=class_row(Protected)) as cursor:
        return {row.ref: row for row in cursor.execute(query, (list(map(str, people)), today)).fetchall()}
