"""What was told of what falls due, of actions and of obligations: the reminders, and what was told further up, with what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from projections.action_register import Filters, register
from projections.inspection.history import standing

if TYPE_CHECKING:
    from psycopg import Connection

    from projections.action_register import ActionRow
    from projections.inspection.history import HistoryEntry

REMINDERS: Final = ("action.reminder_issued.v1", "obligation.reminder_issued.v1")
ESCALATIONS: Final = ("action.escalated.v1", "obligation.escalated.v1")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice as it was issued.

    `about` is `action:A13`, or the clause of an obligation, whose key is then the `ref`; `title` what the action is called, or the subject
    of the obligation; `owner` who owed it. The `level` of a reminder is 0. `vacant_offices` are those that were passed over.
    `served_late_days` says how late the service told of it; None where an office did.
    """

    position: int
    on: date
    about: str
    ref: str
    title: str
    owner: str
    level: int
    to_office: str
    by_office: str | None
    vacant_offices: list[str]
    served_late_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRow(NoticeRow):
    """An escalation, and where what it is about stands on the day; of an obligation that is for `obligations` to say.

    It is closed once the action is owed no more: signed off, or ended in another way.
    """

    status: str | None
    days_overdue: int | None
    closed: bool | None
    signed_off_on: date | None


def notices(conn: Connection[Any], *, first: date, as_at: date, known_at: int) -> list[NoticeRow]:
    """Return the reminders and escalations issued from the first day to the last, as known at a position; the newest first."""
    issued, actions = _issued(conn, REMINDERS + ESCALATIONS, first, as_at, known_at)
    return [NoticeRow(**_told(entry, actions)) for entry in issued]


def escalations(conn: Connection[Any], *, as_at: date, known_at: int) -> list[EscalationRow]:
    """Return the escalations that were issued by a day, as known at a position, the newest first; a retracted one was none."""
    issued, actions = _issued(conn, ESCALATIONS, date.min, as_at, known_at)
    return [EscalationRow(**_told(entry, actions), **_came_of(entry, actions)) for entry in issued]


def _issued(
    conn: Connection[Any], topics: tuple[str, ...], first: date, as_at: date, known_at: int
) -> tuple[list[HistoryEntry], dict[str, ActionRow]]:
    issued = standing(conn, *topics, first=first, last=as_at, known_at=known_at)
    about = Filters(refs=sorted({entry.ref for entry in issued if entry.kind == "action"}))
    actions = {row.ref: row for row in register(conn, as_at=as_at, known_at=known_at, filters=about)} if about.refs else {}
    return sorted(issued, key=lambda entry: (entry.since, entry.position), reverse=True), actions


def _told(entry: HistoryEntry, actions: dict[str, ActionRow]) -> dict[str, Any]:
    said, action = entry.said, actions.get(entry.ref) if entry.kind == "action" else None
    return {
        "position": entry.position,
        "on": entry.since,
        "about": f"action:{entry.ref}" if entry.kind == "action" else str(said["clause"]),
        "ref": entry.ref,
        "title": action.title if action else str(said.get("subject") or ""),
        "owner": action.owner if action else str(said.get("owner") or ""),
        "level": said.get("level", 0),
        "to_office": said["to_office"],
        "by_office": entry.by_office,
        "vacant_offices": list(said.get("vacant_offices") or ()),
        "served_late_days": said.get("served_late_days"),
    }


def _came_of(entry: HistoryEntry, actions: dict[str, ActionRow]) -> dict[str, Any]:
    action = actions.get(entry.ref) if entry.kind == "action" else None
    return {
        "status": action.status if action else None,
        "days_overdue": action.days_overdue if action else None,
        "closed": action.discharged if action else None,
        "signed_off_on": action.signed_off_on if action else None,
    }
