"""Everything that is held about somebody, as they are given it when they ask (UK GDPR Article 15): about them, and about nobody else.

Of an entry stand what happened, in what and when, and their own words in it; never what it says of others. Of what is typed and not
recorded yet stands where each text is that they typed, or in which their name is; what one of others says a person looks through first, as
what others wrote on record.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from aggregates.clocks.dates import london
from aggregates.registry.protection import NothingAsked
from aggregates.registry.retention import schedule
from api.worker import worker
from projections import people, training
from projections.partnership import offices
from service.database import backup
from service.desk.coming_in import held as at_the_desk
from service.desk.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.resources.answering.answers import Reading
    from projections.people import PersonRow
    from service.desk.persons import Typed

RIGHTS: Final = (
    "You may ask that what is wrong be corrected, that what is kept be erased or not used, and you may object (UK GDPR Articles 16, 17, 18 "
    "and 21). You may complain to the Information Commissioner's Office, ico.org.uk, and go to court."
)
ENTRIES: Final = """
    SELECT h.position, h.kind, h.ref, h.topic, h.occurred_on, h.recorded_at, f.field
      FROM ledger.sealed_field f JOIN views.inspection_history h USING (position)
     WHERE f.subject = ANY (%(people)s) AND h.position <= %(known_at)s AND h.occurred_on <= %(as_at)s ORDER BY h.position, f.field"""


def held_about(on: Reading, ref: str) -> dict[str, Any]:
    """Return everything that is held about somebody who asked, under every reference, as JSON has it; refuse where nobody asked."""
    every = people.people(on.conn, **on.at)
    row = next((row for row in every if row.ref == ref), None)
    if row is None:
        raise NotFound(kind="subject", ref=ref)
    subjects = of_one_person(on, UUID(row.ref))
    refs = [str(one) for one in subjects]
    if not any(one.access_requests or one.accesses for one in every if one.ref in refs):
        raise NothingAsked(ref=ref)
    found = people.places(on.conn, subjects, **on.at)
    with worker().desk() as conn:
        desk = at_the_desk.held(conn, subjects)
    everything = {
        "references": refs,
        "lawful": schedule().lawful,
        "rights": RIGHTS,
        "on record": _entries(on, subjects),
        "kept for": [] if row.erased_on else _kinds(found),
        "offices": _offices(on, subjects),
        "training": [asdict(one) for one in training.attended(on.conn, refs, **on.at)],
        "asked and decided": [_asked(one) for one in every if one.ref in refs],
        "at the desk": desk | {"typed": _typed(on, subjects)},
        "shown to whom": [asdict(one) for one in people.disclosed(on.conn, found, **on.at)],
        "sealed packs with their reference": [asdict(one) for one in people.handed(on.conn, found, **on.at)],
        "copies in backups": [asdict(one) for one in backup.listed(worker().config)],
    }
    told: dict[str, Any] = json.loads(json.dumps(everything, default=_plain))
    return told


def of_one_person(on: Reading, person: UUID) -> list[UUID]:
    """Return every reference of somebody, first the one that was given."""
    into = people.merged(on.conn, **on.at)
    last = into.get(person, person)
    return [person, *(one for one in (last, *(one for one in into if into[one] == last)) if one != person)]


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _entries(on: Reading, subjects: list[UUID]) -> list[dict[str, Any]]:
    """Return each entry in which they stand, with their own words; of acts, that they were theirs."""
    with on.conn.cursor() as cursor:
        rows = cursor.execute(ENTRIES, {"people": subjects, **on.at}).fetchall()
    told = worker().board.subjects.reveal_all([row[0] for row in rows])
    own = {str(one) for one in subjects}
    entries = []
    for position, kind, ref, topic, occurred_on, recorded_at, field in rows:
        said = told.get((position, field))
        said = None if said in own else said  # a reference says nothing but that it is they
        entries.append(
            {"event": position, "about": kind, "ref": ref, "what": topic, "on": occurred_on, "recorded_at": recorded_at}
            | {"field": field, "said": said}
        )
    return entries


def _kinds(found: list[people.Place]) -> list[dict[str, Any]]:
    kinds = {one.kept.id: one.kept for one in found}
    return [
        {"what": kept.title, "what for": kept.purpose, "for": kept.period, "basis": kept.basis, "source": kept.source}
        for kept in kinds.values()
    ]


def _offices(on: Reading, subjects: list[UUID]) -> list[dict[str, Any]]:
    return [
        {"office": office.ref, "title": term.title, "employer": term.employer, "from": term.from_on, "until": term.until_on}
        for office in offices(on.conn, **on.at)
        for term in office.terms
        if term.holder in subjects
    ]


def _typed(on: Reading, subjects: list[UUID]) -> list[dict[str, Any]]:
    """Return each text that is typed and not recorded, and names them or was typed by them."""
    them, by_them = worker().board.naming(subjects), typed_by(on, subjects)
    found = []
    for one in worker().board.typed():
        theirs, named = by_them(one), them.found(one.text)
        if theirs or named:
            of = {"about": one.kind, "ref": one.ref, "office": one.office, "kept_at": one.at, "field": one.field, "waits": one.waits}
            found.append(of | {"names you": named, "said": one.text if theirs and named else None})
    return found


def typed_by(on: Reading, subjects: list[UUID]) -> Callable[[Typed], bool]:
    """Return what says whether somebody typed a text: in an office that was theirs alone on the day."""
    seats = {one.ref: one.terms for one in offices(on.conn, **on.at)}

    def by_them(one: Typed) -> bool:
        holders = {term.holder for term in seats.get(one.office or "", ()) if term.covers(london(one.at.timestamp()))}
        return bool(holders) and holders <= {*subjects}

    return by_them


def _asked(row: PersonRow) -> dict[str, Any]:
    """Return requests, restrictions, holds and decisions; a hold's matter may be about somebody else, so it is only said to stand."""
    asked = ("restrictions", "erasures", "accesses", "access_requests", "retentions", "notified")
    kept = ("ref", "registered_on", *asked, "erased_on", "erased")
    return {name: getattr(row, name) for name in kept} | {
        "holds": [{"on": one["on"], "released_on": one["released_on"]} for one in row.holds]
    }
