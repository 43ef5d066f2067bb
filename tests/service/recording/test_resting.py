"""What a decision rests on: an append is refused where that has moved since, and decided anew; whatever else moved is let be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from aggregates import Action
from aggregates.authority import Acting
from service.application import Board
from service.ledger.append import Unless
from service.ledger.errors import MovedMeanwhile
from service.recording import Write

if TYPE_CHECKING:
    from tests.boards import Seeded

CHAIR = Acting(None, "chair", "chair", None, None)


def assignment(board: Board, ref: str) -> Any:
    """Decide on an action that is not recorded yet."""
    said = {"title": "Ring twice", "kind": "procedure", "source": None, "owner": "RIV", "owner_office": None, "overseen_by": "QEG"}
    until = {"due_on": date(2016, 12, 16), "success_measure": "All are rung", "intended_outcome": "Children are seen"}
    return Action.assign(board.origin, ref=ref, acting=CHAIR, occurred_on=date(2016, 9, 5), **said, **until)


@pytest.fixture(params=["this process", "another process"])
def mover(request: pytest.FixtureRequest, seeded: Seeded):
    """Give who moves what the decision rests on: this process, which remembers it, or another, of which the log is asked."""
    if request.param == "this process":
        yield seeded
    else:
        elsewhere = replace(seeded, board=Board(seeded.config, seeded.board.keys, clock=seeded.clock))
        yield elsewhere
        elsewhere.board.close()


def test_what_moved_refuses_what_rests_on_it(seeded, mover):
    """An agency was renamed since: what rests on agencies is not recorded."""
    seeded.act("chair", "set_priorities", "2016-17", priority="Neglect", lead_office="quality-chair", informed_by=[])
    size = seeded.board.size()
    mover.act("board-manager", "rename_agency", "CQH", name="Coombe Quay Trust")

    with pytest.raises(MovedMeanwhile):
        seeded.board.record(assignment(seeded.board, "A9"), "A9", Write(unless=Unless(size, frozenset({"agency"}))))
    assert seeded.board.find(Action, "A9") is None


def test_what_it_does_not_rest_on_may_move(seeded, mover):
    """An agency was renamed since: what rests on sub-groups is recorded all the same."""
    seeded.act("chair", "set_priorities", "2016-17", priority="Neglect", lead_office="quality-chair", informed_by=[])
    size = seeded.board.size()
    mover.act("board-manager", "rename_agency", "CQH", name="Coombe Quay Trust")

    done = seeded.board.record(assignment(seeded.board, "A9"), "A9", Write(unless=Unless(size, frozenset({"sub_group"}))))
    assert list(done.positions) == [size + 2]
