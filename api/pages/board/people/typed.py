"""What is typed and not recorded, of drafts and of what waits for the officer: each text that names somebody, and what they typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api.pages.frame.entries import named
from api.pages.frame.thing import link, quiet, section
from api.pages.frame.words import label_of
from api.resources.record.held import typed_by
from api.worker import worker

if TYPE_CHECKING:
    from uuid import UUID

    from api.pages.frame import Look
    from api.pages.frame.thing import Said
    from service.desk.persons import Typed

GOES: Final = "Goes when they are erased"
KINDS: Final = {False: "Draft", True: "Waits for the data protection officer"}
COLUMNS: Final = ("About", "What", "Typed by", "Kept since", "What becomes of it")
NOTE: Final = "Texts with their whole name or contact details. Who has the form still open may type it again: tell the office {when}."
OFFICES: Final = "Stays with the office, in which they typed it: it does not name them"
STAYS: Final = "Stays: it may name somebody else who is under a legal hold"


def of_them(seen: Look, refs: list[UUID], *, erased: bool) -> dict[str, Any]:
    """Return the table of what is typed that names somebody or was typed by them, for a person's page: of theirs once for each draft."""
    them, by_them, every = worker().board.naming(refs), typed_by(seen.on, refs), worker().board.typed()
    told = [_row(seen, one, shown(seen, one)[1], GOES if them.goes(one.text) else STAYS) for one in every if them.found(one.text)]
    own = {(one.kind, one.ref, one.office, one.waits): one for one in every if by_them(one) and not them.found(one.text)}
    told += [_row(seen, one, KINDS[one.waits], OFFICES) for one in own.values()]
    note = NOTE.format(when="that they were erased" if erased else "before you erase")
    return section("Typed, and not recorded", COLUMNS, told, "Nothing that names them, or that they typed.", note)


def _row(seen: Look, one: Typed, what: Said, becomes: str) -> tuple[Said, ...]:
    office = link(seen.words.office(one.office), seen.link(f"/offices/{one.office}")) if one.office else None
    return shown(seen, one)[0], what, office, one.at.date(), becomes


def shown(seen: Look, one: Typed) -> tuple[Said, Said]:
    """Return what a text is about, and in which field of what it stands."""
    called = named(seen, one.kind, one.ref) if one.kind else {"ref": one.ref, "title": ""}
    return f"{called['ref']} {called['title']}".strip(), [label_of(one.field), quiet(KINDS[one.waits])]


def going(refs: list[UUID]) -> int:
    """Return how many such texts go with somebody."""
    them = worker().board.naming(refs)
    return sum(them.goes(one.text) for one in worker().board.typed())
