"""What is typed of somebody and not recorded: the texts of drafts, and those that wait for the officer, that name them by a whole name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from api.pages.frame.entries import named
from api.pages.frame.thing import link, quiet, section
from api.pages.frame.words import label_of
from api.worker import worker

if TYPE_CHECKING:
    from uuid import UUID

    from api.pages.frame import Look
    from api.pages.frame.thing import Said
    from service.desk.persons import Typed

GOES: Final = "Goes when they are erased"
KINDS: Final = {False: "Draft", True: "Waits for the data protection officer"}
COLUMNS: Final = ("About", "What", "Typed by", "Kept since", "What becomes of it")
NOTE: Final = "Texts that name them whole. Who has the form still open may type it again: tell the office before you erase."
STAYS: Final = "Stays: it names somebody else who is under a legal hold"


def of_them(seen: Look, refs: list[UUID]) -> dict[str, Any]:
    """Return the table of what is typed that names somebody, for a person's page."""
    them = worker().board.naming(refs)
    told = [
        (
            *shown(seen, one),
            link(seen.words.office(one.office), seen.link(f"/offices/{one.office}")) if one.office else None,
            one.at.date(),
            GOES if them.goes(one.text) else STAYS,
        )
        for one in worker().board.typed()
        if them.found(one.text)
    ]
    return section("Typed, and not recorded", COLUMNS, told, "Nothing that names them.", NOTE)


def shown(seen: Look, one: Typed) -> tuple[Said, Said]:
    """Return what a text is about, and in which field of what it stands."""
    called = named(seen, one.kind, one.ref) if one.kind else {"ref": one.ref, "title": ""}
    return f"{called['ref']} {called['title']}".strip(), [label_of(one.field), quiet(KINDS[one.waits])]


def going(refs: list[UUID]) -> int:
    """Return how many such texts go with somebody."""
    them = worker().board.naming(refs)
    return sum(them.goes(one.text) for one in worker().board.typed())
