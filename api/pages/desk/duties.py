"""What is owed by whoever is at home: the actions among it, and how all of it is put under headings.

A Board can owe thousands of things, of which home shows the first: only those are laid out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from api.pages.obligations.summary import Duty
from api.pages.obligations.wording import COMING
from projections import action_register
from projections.action_register import Filters
from service import commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aggregates.authority import Acting
    from api.pages.frame import Look
    from projections.action_register import ActionRow

FIRST: Final = 10  # duties under each heading; the register has the rest
PROVIDE: Final = ("provide assurance to the SGSCB that this has been achieved effectively", "LIF-TRN-02")
ENSURE: Final = ("it is incumbent on the SGSCB to ensure this happens effectively", "LIF-TRN-03")
SUSTAIN: Final = ("improvement must be sustained through regular monitoring and follow up", "LIF-PRI-12")
# What an owner is to do next, by how far the action is.
NEXT: Final = {
    "assigned": ("Accept or dispute", ""),
    "disputed": ("Disputed: the answer of the Board is awaited", ""),
    "accepted": ("Report progress or submit evidence", "/submit_evidence"),
    "in progress": ("Submit evidence", "/submit_evidence"),
    "reopened": ("Submit evidence again", "/submit_evidence"),
    "returned": ("Submit better evidence", "/submit_evidence"),
    "evidence submitted": ("Say when it is implemented", "/mark_implemented"),
    "implemented": ("Awaiting sign-off", ""),
}


def of_actions(seen: Look, acting: Acting) -> Iterator[Duty]:
    """Give what an office owes of actions: a lead their agency's, a chair what they are to judge or was escalated to them."""
    if acting.role == commands.LEAD:
        yield from _owned(seen, acting.body or acting.agency or "")
    elif acting.role == commands.SUB_GROUP_CHAIR:
        yield from _to_judge(seen, acting)
    else:
        for row in _register(seen, Filters(overdue_only=True, escalated_to=acting.office or "")):
            yield _duty(row, f"Escalated to you: {seen.words.body(row.owner)}", clause=ENSURE)


def by_when(owed: Iterable[Duty], today: date) -> Iterator[dict[str, Any]]:
    """Give what is owed under headings: what is coming first, or nobody would find what is new behind what has been overdue for years.

    Last comes what is owed with no day to it, the longest first.
    """
    placed = sorted(owed, key=lambda duty: (duty.due_on or date.max, duty.ref))
    days = [(duty.due_on - today).days for duty in placed if duty.due_on]
    overdue, coming = bisect_left(days, 0), bisect_right(days, COMING)
    for heading, duties in (
        (f"Due in the next {COMING} days", placed[overdue:coming]),
        ("Overdue, the most recent first", placed[:overdue][::-1]),
        ("Later", placed[coming : len(days)]),
        ("With no day stated", sorted(placed[len(days) :], key=lambda duty: duty.since)),
    ):
        if duties:
            yield {"heading": heading, "duties": [_shown(duty, today) for duty in duties[:FIRST]], "total": len(duties)}


def _shown(duty: Duty, today: date) -> dict[str, Any]:
    days = (duty.due_on - today).days if duty.due_on else None
    return duty.lay_out() | {"ref": duty.ref, "due_on": duty.due_on, "since": duty.since, "days": days}


def _to_judge(seen: Look, acting: Acting) -> Iterator[Duty]:
    for row in _register(seen, Filters(overseen_by=acting.body or "", to_judge=True)):
        if row.status == "implemented":
            yield _duty(row, "Sign off or return", clause=ENSURE)
        elif row.status == "disputed":
            yield _duty(row, "Answer the dispute", clause=ENSURE)
        elif row.checks_scheduled:
            due_on = date.fromisoformat(row.checks_scheduled[0])
            yield _duty(row, "Check that it lasts", "/record_sustainment_check", clause=SUSTAIN, due_on=due_on)
        else:
            yield _duty(row, f"Follow up with {seen.words.body(row.owner)}", clause=ENSURE)
    yield from _owned(seen, acting.body)


def _owned(seen: Look, owner: str | None) -> Iterator[Duty]:
    for row in _register(seen, Filters(owner=owner, open_only=True)):
        yield _duty(row, *NEXT.get(row.status, ("See", "")))


def _register(seen: Look, filters: Filters) -> list[ActionRow]:
    return action_register.register(seen.on.conn, **seen.on.at, filters=filters)


def _duty(row: ActionRow, duty: str, where: str = "", *, clause: tuple[str, str] = PROVIDE, due_on: date | None = None) -> Duty:
    def lay_out() -> dict[str, Any]:
        page, (words, name) = f"/actions/{row.ref}", clause
        said = {"duty": duty, "title": row.title, "ref_href": page, "href": f"{page}{where}", "original_due_on": row.original_due_on}
        return said | {"basis": "framework", "words": words, "clause": name}

    return Duty(row.ref, due_on or row.due_on, row.assigned_on, lay_out)
