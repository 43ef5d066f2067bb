"""What was told further up because it was overdue: of actions and of obligations; by which level, to whom, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date  # noqa: TC003 - the schemas of the API read the annotations of rows at run time
from typing import TYPE_CHECKING, Any, Final

from projections.action_register import register
from projections.inspection.history import entries_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from psycopg import Connection

    from projections.action_register import ActionRow
    from projections.inspection.history import HistoryEntry

ISSUED: Final = "SELECT position FROM views.inspection_history WHERE topic ~ %s AND position <= %s ORDER BY position DESC"
TOPICS: Final = r"^(action|obligation)\.escalated\.v\d+$"


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationRow:
    """An escalation as it was issued, and where what it is about stands on the day; of an obligation that is for `obligations` to say.

    `about` is `action:A13`, or the obligation's clause; `owner` who owed it; `vacant_offices` those that were passed over. It is closed
    once the action is owed no more: signed off, or ended in another way.
    """

    position: int
    on: date
    about: str
    title: str
    owner: str
    level: int
    to_office: str
    by_office: str | None
    vacant_offices: list[str]
    status: str | None
    days_overdue: int | None
    closed: bool | None
    signed_off_on: date | None


def escalations(conn: Connection[Any], *, as_at: date, known_at: int) -> list[EscalationRow]:
    """Return the escalations that were issued by a day, as known at a position, the newest first; a retracted one was none."""
    positions = [position for (position,) in conn.execute(ISSUED, (TOPICS, known_at)).fetchall()]
    issued = [one for one in entries_at(conn, positions, known_at=known_at) if one.since <= as_at and one.retracted_by is None]
    actions = {row.ref: row for row in register(conn, as_at=as_at, known_at=known_at)} if issued else {}
    return sorted(_rows(issued, actions), key=lambda row: (row.on, row.position), reverse=True)


def _rows(issued: Iterable[HistoryEntry], actions: dict[str, ActionRow]) -> Iterable[EscalationRow]:
    for entry in issued:
        said, action = entry.said, actions.get(entry.ref) if entry.kind == "action" else None
        yield EscalationRow(
            position=entry.position,
            on=entry.since,
            about=f"action:{entry.ref}" if entry.kind == "action" else str(said["clause"]),
            title=action.title if action else str(said.get("subject") or ""),
            owner=action.owner if action else str(said.get("owner") or ""),
            level=said["level"],
            to_office=said["to_office"],
            by_office=entry.by_office,
            vacant_offices=list(said.get("vacant_offices") or ()),
            status=action.status if action else None,
            days_overdue=action.days_overdue if action else None,
            closed=action.discharged if action else None,
            signed_off_on=action.signed_off_on if action else None,
        )
