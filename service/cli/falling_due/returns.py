"""A cause: the returns that the calendar asks for, each of its kind once for a respondent and a period."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from aggregates.authority import BOARD
from projections.falling_due import Asked, returns_due
from projections.partnership import agencies, sub_groups
from service.cli.falling_due.pending import Pending
from service.recording import Write
from service.verbs.notices import SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from projections.falling_due import Wanting
    from service.application import Board
    from service.cli.falling_due.pending import Look


def of_returns(look: Look) -> Iterator[Pending]:
    """Give the returns that are to be asked for, of who is there to be asked."""
    there = {BOARD, *look.seats.offices}
    for bodies in (agencies, sub_groups):
        there |= {row.ref for row in bodies(look.conn, as_at=look.today, known_at=look.known_at)}
    for one in returns_due(look.conn, as_at=look.today, known_at=look.known_at):
        if one.respondent not in there:
            continue  # a sub-group that the framework names and the Board has not constituted
        office = one.respondent if one.respondent in look.seats.offices else None
        to, vacant = look.seats.told(Asked(office, ("designated lead", "sub-group chair"), one.respondent, one.respondent))
        told: dict[str, Any] = {"to_office": to or one.respondent, "vacant_offices": vacant}
        what = f"ask for {one.kind.replace('_', ' ')} {one.period}"
        yield Pending(ref=one.ref, owner=one.respondent, due_on=one.due_on, notice=what, **told, issue=partial(_ask, one=one, look=look))


def _ask(board: Board, *, one: Wanting, look: Look) -> object:
    asked = {"kind": one.kind, "respondent": one.respondent, "period": one.period, "due_on": one.due_on}
    return board.request_return(one.ref, write=Write(), acting=SERVICE, occurred_on=look.today, **asked)
