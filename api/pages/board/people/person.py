"""A person's page: what the law asks about them, every place where they stand, who was shown it, and where copies of their key are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from flask import Blueprint, Response

from aggregates.registry.retention import schedule
from api.access import member, reading
from api.pages.board.people import said, typed
from api.pages.frame import Look, look, thing
from api.pages.frame.entries import named, page_of, short
from api.pages.frame.thing import Said, fact, facts, link, quiet, section, strong, to_event
from api.pages.frame.words import label_of, title_of, written
from api.resources.answering.closed import closed
from api.resources.people import protection
from api.worker import worker
from projections import people as people_
from projections import training
from service.database import backup
from service.desk import roles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from projections.people import Disclosed, Handed, PersonRow, Place

pages = Blueprint("person", __name__)


@pages.get("/subjects/<ref>")
@member
def person(ref: str) -> Response:
    """Show what the law asks about somebody, and who they are where that may be opened."""
    with look() as seen:
        every = protection(seen.on) if reading().protects else []
        row = next((row for row in every if row.ref == ref), None)
        if row is None:
            raise thing.missing(seen, "subject", ref)
        name = seen.words.person(UUID(ref)) if seen.on.opens("subject", ref) else None
        into = people_.merged(seen.on.conn, **seen.on.at)
        others = [other for other in every if into.get(UUID(other.ref)) == UUID(ref)]
        refs = [UUID(ref), *(UUID(other.ref) for other in others)]
        told = facts(
            fact("Registered", row.registered_on),
            fact("Is one person with", _of(seen, row.merged_into), *(_of(seen, other.ref) for other in others)),
            fact("In force", *said.in_force(row)),
            fact("Kept now", *_kept(row, refs)),
            fact("Erased", said.gone(row)),
        )
        crumbs = [{"text": "Data protection", "href": "/data-protection"}]
        mine = roles.may(seen.on.scope.role, "what is held of somebody")
        typed_of = typed.of_them(seen, refs, erased=row.erased_on is not None) if mine else None
        begun, officers = (_begun(row, others), [typed_of, _copies(seen, row)]) if typed_of else ([], [])
        return thing.show(
            seen, "subject", ref, called=short(ref), heading=name or "A person who is not named here",
            caption=f"Person {short(ref)}", facts=told, crumbs=crumbs,
            sections=[*_sections(seen, row, others), *_places(seen, row, refs), _attended(seen, [str(one) for one in refs]), *officers],
            begun=begun,
        )  # fmt: skip


def _begun(row: PersonRow, others: list[PersonRow]) -> list[dict[str, str]]:
    """Return what else the officer can look at; everything that is held is gathered for who asked for it, and for nobody else."""
    mentions = {"title": "Find their name in what was written", "href": f"/subjects/{row.ref}/mentions"}
    found = [] if row.erased_on else [mentions]  # who was erased has no name to be found by
    if any(one.access_requests or one.accesses for one in (row, *others)):
        found.append({"title": "Everything that is held about them", "href": f"/subjects/{row.ref}/held"})
    return found


def _kept(row: PersonRow, subjects: list[UUID]) -> list[Said]:
    """Return how much is kept, and by what right; of who was erased, that nothing is."""
    if row.erased_on:
        return ["Nothing: their key was destroyed with all that it sealed"]
    number = len(worker().board.subjects.kept(subjects))
    return [f"{number:,} {'value' if number == 1 else 'values'} under their key", quiet(f"{schedule().lawful}. {schedule().lawful_source}")]


def _of(seen: Look, ref: object) -> Said:
    return link(short(ref), seen.link(f"/subjects/{ref}")) if ref else None


def _sections(seen: Look, row: PersonRow, others: list[PersonRow]) -> list[dict[str, Any]]:
    """Return the tables of a person's page: requests, restrictions and holds, each with its dates; requests under every reference."""
    asked = [
        (_request(seen, row, each, one), said.asked(one), one["reason"], seen.words.office(one["identity_checked_by"]))
        for each in (row, *others)
        for one in each.erasures
    ]
    limited = [
        (_day(one["on"]), ", ".join(one["open_for"]) or "Nothing", _day(one["lifted_on"]) or strong("In force"), one["reason"])
        for one in row.restrictions
    ]
    held = [(one["matter"], _day(one["on"]), _day(one["released_on"]) or strong("Stands"), one["reason"]) for one in row.holds]
    answered = [(_request(seen, row, each, one), said.answered(one), one["exemption"]) for each in (row, *others) for one in each.accesses]
    answered += [
        (_request(seen, row, each, one), said.awaited(one), None)
        for each in (row, *others)
        for one in each.access_requests
        if one["answered_on"] is None
    ]
    kept = [(_day(one["on"]), one["outcome"].capitalize(), _day(one["kept_until"]), one["reason"]) for one in row.retentions]
    return [
        section("Requests to erase", ("Request", "What became of it", "Why", "Identity checked by"), asked, "None."),
        section("Restrictions", ("Since", "Open for", "Until", "Why"), limited, "None."),
        section("Legal holds", ("For", "Since", "Until", "Why"), held, "None."),
        section("Requests for access", ("Request", "What became of it", "Exemption"), answered, "None."),
        section("Decided when it was due", ("Decided", "What becomes of it", "Kept until", "Why"), kept, "Nothing yet."),
    ]


def _request(seen: Look, row: PersonRow, each: PersonRow, one: dict[str, Any]) -> Said:
    """Return a request's own reference, and under which of the person's it was brought in where that was another."""
    under = [] if each is row else [quiet("Under "), link(short(each.ref), seen.link(f"/subjects/{each.ref}"))]
    return [one["reference"], *under]


SEALED: Final = "One key seals all of it: it is erased together, or not at all."
ERASED: Final = "That something was recorded of somebody in each of these stays, and is counted; what it was went with their key."


def _places(seen: Look, row: PersonRow, refs: list[UUID]) -> list[dict[str, Any]]:
    """Return every place where they stand, by what right each field is kept, and to whom outside any of these was shown."""
    columns = ("Where", "What", "In", "Last", "Kept for", "By what right, and what may stand against an erasure")
    shut = closed(seen.on.conn, refs, purpose=seen.on.scope.purpose)
    if any(one.erased_on is None for one in shut.values()):
        return [section("Where they stand", columns, [], "Not shown: [restricted].")]
    found = people_.places(seen.on.conn, refs, **seen.on.at)
    told = [
        (*_place(seen, one, row), _for(one), [one.kept.basis.capitalize(), quiet(f"{one.kept.source}. Against: {one.kept.against}")])
        for one in found
    ]
    shown = [
        (seen.words.office(one.office), one.disclosed_on, what, to_event(seen, one.position), _told(row, one.disclosed_on))
        for one, what in _outside(seen, found)
        if row.erased_on is None or one.disclosed_on <= row.erased_on
    ]
    notified = [(one["recipient"], _day(one["disclosed_on"]), _day(one["on"]), one["how"]) for one in row.notified]
    tables = [
        section("Where they stand", columns, told, "Nowhere.", ERASED if row.erased_on else SEALED),
        section("Shown to whom outside", ("Who", "Day", "What", "Event", "Told of the erasure"), shown, "To nobody."),
    ]
    if row.erased_on:
        tables.append(section("Recipients who were told", ("Recipient", "Disclosed", "Told", "How"), notified, "None."))
    return tables


def _outside(seen: Look, found: list[Place]) -> Iterator[tuple[Disclosed | Handed, Said]]:
    """Give what was opened by whoever inspected, and which packs were handed over, each with what it was of."""
    for one in people_.disclosed(seen.on.conn, found, **seen.on.at):
        yield one, _thing(seen, *one.object.split(":", 1))
    for pack in people_.handed(seen.on.conn, found, **seen.on.at):
        yield pack, [f"A sealed pack: {pack.scope}", quiet("With their reference, and without any sealed value")]


def _place(seen: Look, one: Place, row: PersonRow) -> tuple[Said, ...]:
    gone = strong(f"[erased {written(row.erased_on)}]") if row.erased_on else None
    what = [label_of(one.field), quiet(title_of(one.topic)), gone]
    number = to_event(seen, one.position) if one.number == 1 else f"{one.number:,} entries, the last event {one.position:,}"
    return _thing(seen, one.kind, one.ref), [part for part in what if part], number, one.last_on


def _thing(seen: Look, kind: str, ref: str) -> Said:
    href = page_of(kind, ref)
    if kind == "subject" or href is None:
        return link(short(ref), seen.link(href)) if kind == "subject" and href else f"{kind.capitalize()} {ref}"
    called = named(seen, kind, ref)
    return link(f"{called['ref']} {called['title']}".strip(), seen.link(href))


def _for(one: Place) -> list[Said]:
    return [one.kept.period, quiet(one.kept.purpose)]


def _told(row: PersonRow, disclosed_on: date) -> Said:
    if row.erased_on is None:
        return "Nothing was erased"
    on = next((one["on"] for one in row.notified if one["disclosed_on"] == disclosed_on.isoformat()), None)
    return _day(on) or strong("Not told yet")


COPIES: Final = ("Dump", "Made", "Holds", "To be destroyed by", "Destroyed")
HOLDS: Final = {False: "Their key, what is sealed, and texts", True: "The log alone: texts, as they stood"}


def _copies(seen: Look, row: PersonRow) -> dict[str, Any]:
    """Return the dumps that hold a copy of their wrapped key, which is gone for good when the last of them is destroyed, or of texts."""
    erased = people_.erased_at(seen.on.conn, row.ref)
    told = [
        (one.name, one.made_on, HOLDS[one.log_alone], one.kept_until or "May be kept", one.destroyed_on or strong("Not destroyed yet"))
        for one in backup.listed(worker().config)
        if erased is None or one.size < erased
    ]
    theirs = "Their key was destroyed: what they hold of it is" if row.erased_on else "Their key is"
    note = f"{theirs} wrapped by a key that is in none of them. Texts that went with them are in those of the log alone too."
    return section("Copies in backups", COPIES, told, "In no dump that was listed.", note)


def _attended(seen: Look, refs: list[str]) -> dict[str, Any]:
    """Return the sessions at which they were, under any of their references; the page is opened on record before it is shown."""
    columns = ("Session", "Day", "Agency on that day", "Staff group", "Number there")
    shut = closed(seen.on.conn, [UUID(ref) for ref in refs], purpose=seen.on.scope.purpose)
    if shut or not seen.on.opens("subject", refs[0]):
        return section("Training sessions", columns, [], f"Not shown: {next(iter(shut.values()), 'for named roles only')}.")
    told = [
        (
            link(f"{one.ref} {seen.title_of('course', one.course)}".strip(), seen.link(f"/sessions/{one.ref}")), one.attended_on,
            seen.words.body(one.agency), one.staff_group, one.number,
        )
        for one in training.attended(seen.on.conn, refs, **seen.on.at)
    ]  # fmt: skip
    return section("Training sessions", columns, told, "They were at none.")


def _day(text: str | None) -> date | None:
    return said.day(text) if text else None
