"""Two causes: what is to be told of open actions, and of open obligations."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from projections.falling_due import actions_due, obligations_due, open_obligations, told
from projections.obligations import INDEX, terms
from service.cli.falling_due.pending import Pending

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.falling_due import Due
    from service.application import Board
    from service.cli.falling_due.pending import Look


def of_actions(look: Look) -> Iterator[Pending]:
    """Give the reminders and escalations of open actions."""
    for one in actions_due(look.conn, look.seats, look.board.ladder, as_at=look.today, known_at=look.known_at):
        issue = partial(_of_action, one=one, look=look)
        yield Pending(ref=one.of.ref, owner=one.of.owner, due_on=one.of.due_on, **_told(one), issue=issue)


def of_obligations(look: Look) -> Iterator[Pending]:
    """Give the reminders and escalations of open obligations."""
    clocks: dict[str, Any] = {"as_at": look.today, "known_at": look.known_at}
    open_, before = open_obligations(look.conn, look.board.ladder, **clocks), told(look.conn, **clocks)
    lacking = terms(look.conn, INDEX, **clocks).lacking
    for one in obligations_due(open_, before, look.seats, look.board.ladder, as_at=look.today, lacking=lacking):
        issue = partial(_of_obligation, one=one, look=look)
        yield Pending(ref=one.of.ref, owner=one.of.owner, due_on=one.of.due_on, **_told(one), issue=issue)


def _told(one: Due[Any]) -> dict[str, Any]:
    late = one.notice.served_late_days
    return {"notice": one.notice.words, "to_office": one.to_office, "vacant_offices": one.vacant_offices, "served_late_days": late}


def _of_action(board: Board, *, one: Due[Any], look: Look) -> object:
    told: dict[str, Any] = {"to_office": str(one.to_office), "vacant_offices": one.vacant_offices}
    return board.issue_notice(one.of.ref, one.notice, owner=one.of.owner, today=look.today, **told)


def _of_obligation(board: Board, *, one: Due[Any], look: Look) -> object:
    told: dict[str, Any] = {"to_office": str(one.to_office), "vacant_offices": one.vacant_offices}
    return board.issue_obligation_notice(one.of, one.notice, today=look.today, known_at=look.known_at, **told)
