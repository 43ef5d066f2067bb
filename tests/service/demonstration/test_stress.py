"""The set to measure with is the same things many times over, each with a life of its own."""

from __future__ import annotations

from aggregates import Action, Review
from service.demonstration.stress import Stress

LINES = [{"do": "refer_review", "ref": "SB-2015-01"}, {"do": "assign_action", "ref": "A1"}, {"do": "join_agency", "ref": "RIV"}]


def test_each_copy_lives_the_same_life(seeded):
    """A copy has all that was recorded of what it is a copy of, and speaks of its own kind; what is not multiplied is there once."""
    Stress.of(seeded.board, LINES, 3).after(0)
    action, review = seeded.board.load(Action, "A1"), seeded.board.load(Review, "SB-2015-01")

    for mark in ("x1", "x2"):
        again = seeded.board.load(Action, f"A1{mark}")
        assert (again.state.title, again.state.source) == (f"Follow up every missed appointment (A1{mark})", f"SB-2015-01{mark}/F1")
        assert again.state.owner == action.state.owner
        assert len(seeded.board.load(Review, f"SB-2015-01{mark}").entries) == len(review.entries)
    assert seeded.catch_up() == seeded.board.recorder.head().frontier.size  # each is signed and chained as everything is


def test_it_goes_on_where_it_was_interrupted(seeded):
    """What has its copies gets no others, and what was recorded and not yet copied is copied then."""
    Stress.of(seeded.board, LINES, 3).after(0)
    size = seeded.board.recorder.head().frontier.size
    seeded.act("riv-lead", "accept_action", "A1")
    Stress.of(seeded.board, LINES, 3).after(0)

    assert seeded.board.recorder.head().frontier.size == size + 3
    assert [len(seeded.board.load(Action, ref).entries) for ref in ("A1", "A1x1", "A1x2")] == [2, 2, 2]
