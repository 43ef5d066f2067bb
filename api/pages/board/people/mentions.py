"""Where a person's name is spelled in what others wrote: no key of theirs seals it, so each is corrected by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from flask import Blueprint, Response

from aggregates.entry import Recorded
from aggregates.entry.topics import event_type
from aggregates.review.names import found, texts_by_field
from api.access import needs
from api.pages.board import listing
from api.pages.board.people import typed
from api.pages.frame import Look, look, thing
from api.pages.frame.entries import named, short
from api.pages.frame.thing import link, quiet, section, to_event
from api.pages.frame.words import label_of, title_of
from api.worker import worker
from projections import people
from projections.people import merged
from service.commands import AMENDABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from api.pages.frame.thing import Said
    from projections.people.places import Spelled
    from service.desk.persons import Typed

pages = Blueprint("mentions", __name__)

AMENDS: Final = (Recorded.EntryCorrected, Recorded.EntryRetracted, Recorded.AmendmentProposed)
COLUMNS: Final = ("Event", "About", "What", "What was written", "Who corrects it")
LEAD: Final = (
    "Texts of the record in which the name of this person stands, whole, or their surname by itself. None of them is sealed by their key. "
    "Ask the office that is named beside each to correct it without the name, from the page of its event: the entry and its correction "
    "stand together, and every page shows the correction. Beside each that goes when they are erased, it says so; every other stays."
)


@pages.get("/subjects/<ref>/mentions")
@needs("what is held of somebody")
def mentions(ref: str) -> Response:
    """Look for the name in every text that is on record, and in what is typed and not recorded yet."""
    with look() as seen:
        path, refs = f"/subjects/{ref}/mentions", _references(seen, ref)
        names = [name for one in refs if (name := seen.words.person(one)) and not name.startswith("[")]
        goes, them = {(one.position, one.field) for one in worker().board.superseded(refs[0], refs)}, worker().board.naming(refs)
        surnames = {name.split()[-1] for name in names}
        rows: list[Sequence[Said]] = [
            (
                to_event(seen, one.position),
                _about(seen, one),
                [label_of(field), quiet(title_of(one.topic))],
                [text, *([quiet(typed.GOES)] if (one.position, field) in goes else [])],
                _corrects(seen, one),
            )
            for one in people.spelled(seen.on.conn, surnames, **seen.on.at)
            for field, text in _naming(one.body, names)
        ]
        rows += [
            ("Not recorded", *typed.shown(seen, one), [one.text, *([quiet(typed.GOES)] if them.goes(one.text) else [])], _told(seen, one))
            for one in worker().board.typed()
            if [*_naming(one.text, names)]
        ]
        nothing = "Their name stands in no text." if names else "Their name is not known any more, so it cannot be looked for."
        return listing.several(
            seen, "board/sections.html", path, [section("What was written", COLUMNS, rows, nothing)], kept={},
            heading="A name in what was written", lead=LEAD, crumbs=[{"text": short(ref), "href": f"/subjects/{ref}"}],
        )  # fmt: skip


def _references(seen: Look, ref: str) -> list[UUID]:
    """Return every reference of somebody, first the one that was asked for."""
    try:
        person = UUID(ref)
    except ValueError as error:
        raise thing.missing(seen, "subject", ref) from error
    if not any(row.ref == ref for row in people.people(seen.on.conn, **seen.on.at)):
        raise thing.missing(seen, "subject", ref)
    into = merged(seen.on.conn, **seen.on.at)
    return [person, *(one for one, last in into.items() if last == person)]


def _naming(value: Any, names: list[str]) -> Iterator[tuple[str, str]]:
    """Give each text in which one of these names stands, by the field in which it is."""
    for field, text in texts_by_field(value):
        if found(text, names) and any(name.split()[-1].casefold() in text.casefold() for name in names):
            yield field, text


def _corrects(seen: Look, one: Spelled) -> Said:
    """Return whose it is to correct an entry, and who may besides (INV-35)."""
    event, office = event_type(one.topic), one.body["on_behalf_of"] or one.body["by_office"]
    if one.kind not in AMENDABLE or event.STANDS:
        return "Nobody: it is never corrected"
    if issubclass(event, AMENDS) and office:  # who may besides depends on what it amends
        return _office(seen, office)
    besides = "The chair, where the board manager proposes it" if event.CLASS == "D" else "The board manager"
    return [*_office(seen, office), quiet(f"Or: {besides[0].lower()}{besides[1:]}")] if office else besides


def _office(seen: Look, code: str) -> list[Said]:
    """Return an office, with where it says who holds it."""
    held = code in seen.words.offices and seen.words.offices[code].holder_on(worker().today)
    return [link(seen.words.office(code), seen.link(f"/offices/{code}")), *([] if held else [quiet("Nobody holds it today")])]


def _told(seen: Look, one: Typed) -> Said:
    """Return who types it, and can leave the name out; what waits for the officer, the officer decides."""
    if one.waits:
        return link("You decide whether it is recorded", "/data-protection#held")
    return _office(seen, one.office) if one.office else None


def _about(seen: Look, one: Spelled) -> str:
    called = named(seen, one.kind, one.ref)
    return f"{called['ref']} {called['title']}".strip()
