"""What no commands could have led to in the history of an action: an amendment may not bring it about either.

Each entry is held to what was true before it. An amendment changes that for the entries after it too, so whose the action is, and who
oversees it, is asked of all of them; what was only wrong in the entry itself is asked of the one that is amended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregates.action import refusals
from aggregates.action.decisions import HIGHEST_LEVEL
from aggregates.action.fold import fold
from aggregates.authority import CHAIRS, MANAGER
from aggregates.entry import steps

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from aggregates.action.state import State
    from aggregates.authority import Acting
    from aggregates.entry import Entry
    from aggregates.errors import Refused

# The field of an entry that names who is asked to own the action.
ASKED = {"action.assigned.v1": "owner", "action.reassigned.v1": "owner", "action.obligation_transferred.v1": "successor"}
ESCALATED = "action.escalated.v1"


def check_history(ref: str, stands: Sequence[Entry], after: Sequence[Entry], acting: Acting) -> None:
    """Refuse what would stand `after` an amendment where no commands could have led to it, unless it is so now."""
    amended = {entry.number for entry in after if entry not in stands}
    known = [(type(one), one.facts) for one in _impossible(ref, stands, amended, acting)]
    for one in _impossible(ref, after, amended, acting):
        if (type(one), one.facts) not in known:
            raise one


def _impossible(ref: str, stands: Sequence[Entry], amended: Collection[int], acting: Acting) -> Iterator[Refused]:
    climbs = any(entry.number in amended and entry.event.TOPIC == ESCALATED for entry in stands)
    for entry, before in steps(stands, fold):
        yield from _owned(ref, entry, before, amended=entry.number in amended)
        if before is not None and climbs and entry.event.TOPIC == ESCALATED:
            yield from _climbed(ref, entry, before)
            if entry.number in amended:
                yield from _escalated(ref, entry, before, acting)


def _owned(ref: str, entry: Entry, before: State | None, *, amended: bool) -> Iterator[Refused]:
    if (field := ASKED.get(entry.event.TOPIC)) is None:
        return
    asked = entry.body[field]
    if asked == (before.overseen_by if before else entry.body.get("overseen_by")):
        yield refusals.OverseesItself(ref=ref, owner=asked)
    if amended and before and asked == before.owner:
        yield refusals.SameOwner(ref=ref, owner=asked)


def _climbed(ref: str, entry: Entry, before: State) -> Iterator[Refused]:
    at, level = before.escalation_level, entry.body["level"]
    if not at < level <= HIGHEST_LEVEL:
        yield refusals.LevelNotHigher(ref=ref, at=at, level=level)


def _escalated(ref: str, entry: Entry, before: State, acting: Acting) -> Iterator[Refused]:
    level, to_office = entry.body["level"], entry.body["to_office"]
    if entry.occurred_on <= before.due_on:
        yield refusals.NotOverdue(ref=ref, day=entry.occurred_on)
    if acting.role not in CHAIRS | {MANAGER} and level > before.escalation_level + 1:
        yield refusals.LevelSkipped(ref=ref, at=before.escalation_level, level=level)
    if to_office == before.owner_office:
        yield refusals.EscalatedToOwner(ref=ref, to_office=to_office)
