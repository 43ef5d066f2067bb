"""Who was at a session: numbers, agencies and what each was asked; and what they wrote, where five or more wrote something."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from aggregates.entry.values import FEWEST
from api.access import own_office
from api.pages.frame.thing import quiet, section, strong
from api.pages.frame.words import written
from api.worker import worker
from projections.inspection.history import standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.pages.frame import Look
    from api.pages.frame.thing import Said
    from projections.training import SessionRow


def sections(seen: Look, row: SessionRow) -> Iterator[dict[str, Any]]:
    """Give the tables of who was there, who was not, and what they wrote."""
    trains = own_office() in row.trainers and seen.on.scope.agency is not None
    columns = (
        ("Number", "Agency", "Staff group") if trains else ("Number", "Agency", "Staff group", "On the day", "Three months on", "Manager")
    )
    told = [_participant(seen, row, one)[: len(columns)] for one in row.attendees]
    yield section("Who was there", columns, told, "Nobody is on record yet.", _note(seen))
    if row.lapsed:
        gone = [(one["number"], seen.words.body(one["agency"]), LAPSES[one["outcome"]], one["reason"]) for one in row.lapsed]
        yield section("Who had a place and was not there", ("Number", "Agency", "What happened", "Why"), gone, "")
    if seen.on.scope.agency is None or trains:
        yield _comments(seen, row)


LAPSES: Final = {"no-show": "Did not come", "cancelled": "Cancelled", "release-refused": "Their agency refused to release them"}


def _note(seen: Look) -> str | None:
    return "You are shown your own agency's participants." if seen.on.scope.agency is not None else None


def name_of(seen: Look, row: SessionRow, number: str) -> str | None:
    """Return who has a number, to those who may know."""
    if seen.on.scope.agency is not None or number not in row.participants or not seen.on.opens("session", row.ref):
        return None
    return seen.words.person(UUID(row.participants[number]))


def who_is(seen: Look, row: SessionRow, number: str) -> str | None:
    """Return who has a number, to those who may know, with their agency and staff group: several people bear one name."""
    name, there = name_of(seen, row, number), next((one for one in row.attendees if one["number"] == number), None)
    return f"{name}, {seen.words.body(there['agency'])}, {there['staff_group']}" if name and there else name


def _participant(seen: Look, row: SessionRow, one: dict[str, Any]) -> list[Said]:
    number = one["number"]
    gave = [word for word, those in (("Feedback", row.feedback["numbers"]), ("action plan", row.plans)) if number in those]
    asked = next((asked for asked in row.follow_ups if asked.get("number") == number), None)
    due = next((due for due in row.unasked if due["number"] == number), None)
    manager = f"Their view, {_day(asked['manager_on'])}" if asked and asked["manager_on"] else "Nothing yet" if asked else None
    same = f"The same person as number {row.twice[number]}" if number in row.twice else None
    who = [number, quiet(name_of(seen, row, number)), quiet(same)]
    return [
        who,
        seen.words.body(one["agency"]),
        one["staff_group"],
        " and ".join(gave) or "Nothing yet",
        _follow_up(seen, asked, due),
        manager,
    ]


def _follow_up(seen: Look, asked: dict[str, Any] | None, due: dict[str, Any] | None) -> Said:
    if asked is None:
        return f"To be asked {_day(due['due_on'])}" if due else None
    if asked["returned_on"]:
        again = f"Answered {asked['times']} times: the last counts" if asked["times"] > 1 else None
        late = "Late" if asked["returned_on"] > asked["due_on"] else None
        return [f"Answered {_day(asked['returned_on'])}", f"Impact: {asked['impact']}", quiet(late), quiet(again)]
    by = f"Asked {_day(asked['issued_on'])}, to be answered by {_day(asked['due_on'])}"
    overdue = asked["owed"] and date.fromisoformat(asked["due_on"]) < seen.clocks.as_at
    return [by, strong("Owed, and overdue")] if overdue else by


def _comments(seen: Look, row: SessionRow) -> dict[str, Any]:
    """Return what participants wrote on the day, without saying who; of fewer than five everybody would know (journey F.5)."""
    heading = "What participants wrote"
    at: dict[str, Any] = {"last": seen.clocks.as_at, "known_at": seen.clocks.known_at}
    given = standing(seen.on.conn, "training_session.feedback_received.v1", about=("session", row.ref), **at)
    written_by_some = [one for one in given if one.body["comment"] is not None]
    found = [one.position for one in sorted(written_by_some, key=lambda one: one.leaf)]  # an order that says nothing of who wrote first
    if len(found) < FEWEST:
        return section(heading, ("Comment",), [], f"Comments are shown where at least {FEWEST} participants wrote one.")
    told = worker().board.subjects.reveal_all(found)
    texts = [text for position in found if (text := told.get((position, "comment")))]
    if len(texts) < FEWEST:
        return section(heading, ("Comment",), [], f"Comments are shown where at least {FEWEST} are there: some were erased.")
    return section(heading, ("Comment",), [(text,) for text in texts], "", "Nobody is told who wrote which.")


def _day(text: str) -> str:
    return written(date.fromisoformat(text))
