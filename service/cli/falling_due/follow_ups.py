"""One cause: whoever attended training three months ago is asked what came of it, each once however often this runs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from projections.training import follow_ups_due
from service.cli.falling_due.pending import Pending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.training import FollowUpDue
    from service.application import Board
    from service.cli.falling_due.pending import Look

PARTICIPANT = "participant"  # who is asked holds no office


def of_sessions(look: Look) -> Iterator[Pending]:
    """Give the follow-up questionnaires that are to be sent."""
    for one in follow_ups_due(look.conn, as_at=look.today, known_at=look.known_at):
        late = (look.today - one.due_on).days
        said: dict[str, Any] = {
            "notice": f"follow-up questionnaire of number {one.number}",
            "to_office": PARTICIPANT,
            "served_late_days": late,
        }
        yield Pending(ref=one.ref, owner=one.agency, due_on=one.due_on, issue=partial(_ask, one=one, look=look), **said)


def _ask(board: Board, *, one: FollowUpDue, look: Look) -> object:
    return board.issue_due_follow_up(one.ref, one.number, today=look.today)
