"""How obligations are said on every page: what is owed, about what, by when and by what right, and how that stands."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from aggregates.authority import BOARD
from aggregates.framework.matching import event_of
from aggregates.framework.wording import HAPPENS, OWNERS
from api.pages.board.listing import linked
from api.pages.frame.thing import Said, quiet, strong, to_event
from api.pages.frame.words import label_of, written
from projections.inspection import history as inspection_history
from projections.obligations import INDEX, LACKING

if TYPE_CHECKING:
    from api.pages.frame import Look
    from projections.obligations import Instance

# What the items of a thing are, by its kind.
ITEMS: Final = {"session": "Participant", "review": "Finding"}
COMING: Final = 28  # days: what is due within them is coming due
BASES: Final = {"framework": "framework", "statutory": "statutory", "local_setting": "local"}


def href_of(one: Instance) -> str:
    """Return the address of an obligation's page."""
    return f"/obligations/{quote(one.rule)}/{quote(one.owner)}/{quote(one.subject)}"


def duty_of(one: Instance) -> str:
    """Return what is owed, in a few words."""
    return one.duty or INDEX.clauses[one.clause].text


def duty_by(rule: str, clause: str) -> str:
    """Return what a rule asks for, in a few words; the clause itself where its set is not here."""
    asked = INDEX.rules.get(rule)
    return (asked and asked.duty) or (INDEX.clauses[clause].text if clause in INDEX.clauses else clause)


def owner_of(seen: Look, code: str) -> str:
    """Return who owes something: a body, or an office; of a body that there is none of, the Board, which answers for it."""
    words = seen.words
    if code in INDEX.bodies and not any(code in known for known in (words.sub_groups, words.agencies, words.offices, {BOARD})):
        return f"The Board, which has no {OWNERS[INDEX.bodies[code]].removeprefix('the ')}"
    return seen.words.body(code) if code not in seen.words.offices else seen.words.office(code, seen.clocks.as_at)


def about(seen: Look, subject: str) -> Said:
    """Return what an obligation is about: a thing with its page, an item of one, or a period."""
    first, dots, last = subject.partition("..")
    if dots:
        return f"{written(date.fromisoformat(first))} to {written(date.fromisoformat(last))}"
    thing, slash, item = subject.partition("/")
    if ":" not in thing:
        return f"At least one {thing}"
    found = linked(seen, thing)
    return [found, quiet(_item(seen, thing, item))] if slash else found


def _item(seen: Look, thing: str, item: str) -> str:
    """Return which of a thing's own items is meant, by what such an item is: nobody knows their participants by "item 2"."""
    kind = thing.partition(":")[0]
    if kind in ITEMS:
        return f"{ITEMS[kind]} {item}"
    return seen.words.body(item) if item in seen.words.agencies else item  # of what is sent: an agency, or a group of its staff


def in_a_line(told: Said) -> str:
    """Return what an obligation is about in one line: the thing and its item, so that two lines never read alike."""
    parts = [part["text"] if isinstance(part, dict) else str(part) for part in (told if isinstance(told, list) else [told])]
    return ", ".join(parts)


def basis_of(one: Instance) -> str:
    """Return by what right the due date stands, so that nobody takes the Board's own number for the law's."""
    if one.basis == "statutory":
        return "The law says so"
    if one.basis == "framework":
        return "The framework says so"
    if not one.setting:
        return "Set locally by the Board, for this alone"
    name = label_of(one.setting)
    return f"Set locally by the Board on {written(one.set_on)}: {name}" if one.set_on else f"Set locally: {name}, until the Board sets it"


def _beside_its_tag(one: Instance) -> str:
    """Return the basis without what the tag beside it says already."""
    tagged = one.basis == "local_setting" and one.due_on
    return basis_of(one).removeprefix("Set locally").lstrip(": ") if tagged else basis_of(one)


def due_of(one: Instance) -> list[Said]:
    """Return by when something is due, with its basis beside it."""
    if one.due_on is None:
        return ["No day is stated"]
    days = f"{one.days_late:,} {'day' if one.days_late == 1 else 'days'} late"
    return [one.due_on, *([strong(days)] if one.days_late and one.state in LACKING else [quiet(days)] if one.days_late else [])]


def event(seen: Look, position: int | None, what: str) -> Said:
    """Return a link to an event; what it is, for those who only hear it."""
    return to_event(seen, position, what) if position else None


def was_met(seen: Look, one: Instance) -> list[Said]:
    """Return what met it and what undid that, where something did."""
    if not (one.was_discharged_at and one.undone_at and one.was_discharged_on and one.undone_on):
        return []
    told = inspection_history.entries_at(seen.on.conn, [one.was_discharged_at, one.undone_at], known_at=seen.clocks.known_at)
    what = {entry.position: HAPPENS.get(event_of(entry.topic), "") for entry in told}
    return [
        f"Was met on {written(one.was_discharged_on)}{_because(what.get(one.was_discharged_at))}",
        event(seen, one.was_discharged_at, f"which had discharged {one.rule} of {one.owner}"),
        f"Undone on {written(one.undone_on)}{_because(what.get(one.undone_at))}",
        event(seen, one.undone_at, f"which undid that of {one.rule} of {one.owner}"),
    ]


def _because(happens: str | None) -> str:
    return f": {happens}" if happens else ""


def row_of(seen: Look, one: Instance) -> dict[str, Any]:
    """Return an obligation as tables show it."""
    return {
        "duty": duty_of(one),
        "href": seen.link(href_of(one)),
        "clause": one.clause,
        "clause_href": seen.link(f"/obligations/{one.clause}"),
        "owner": owner_of(seen, one.owner),
        "about": about(seen, one.subject),
        "due": due_of(one),
        "basis": BASES[one.basis] if one.due_on else None,
        "basis_words": _beside_its_tag(one),
        "state": one.state,
        "shown_by": event(seen, one.discharged_at, f"which discharged {one.rule} of {one.owner}"),
        "asked_by": event(seen, one.asked_at, f"which asked {one.owner} for {one.rule}"),
        "discharged_on": one.discharged_on,
        "was_met": was_met(seen, one),
        "grade": one.grade,
    }
