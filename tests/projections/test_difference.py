"""The difference between two dates: the whole register compared, in a sentence and action by action."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from hypothesis import given
from hypothesis import strategies as st

from aggregates import Action
from projections import action_register
from projections.action_register import Standing
from projections.two_clocks import catch_up
from tests.logs import Log, catch_up_with
from tests.projections.test_one_fold import lives, reset
from tests.projections.views import DAY, DAYS, MANY

if TYPE_CHECKING:
    from tests.boards import Seeded

REGISTER = next(view for view in catch_up.VIEWS if view.table == "action_register")


def test_the_difference_is_that_of_the_two_registers(board: psycopg.Connection[Any]) -> None:
    """Whatever was recorded, an action is in the difference when the two registers show it differently, and otherwise is counted."""

    @MANY
    @given(lives(Action), st.tuples(DAYS, st.integers(1, 10)), st.tuples(DAYS, st.integers(1, 10)))
    def holds(log: Log, before: tuple[Any, int], after: tuple[Any, int]) -> None:
        reset(board, REGISTER)
        catch_up_with(board, log, [REGISTER], 500)
        shown = [
            {
                row.ref: Standing(row.status, row.owner, row.due_on, row.sustained, row.overdue)
                for row in action_register.register(board, as_at=as_at, known_at=known_at)
            }
            for as_at, known_at in (before, after)
        ]
        both = shown[0].keys() | shown[1].keys()

        found = action_register.difference(board, before, after)

        changed = {ref: (shown[0].get(ref), shown[1].get(ref)) for ref in both if shown[0].get(ref) != shown[1].get(ref)}
        assert {change.ref: (change.before, change.after) for change in found.changes} == changed
        assert found.unchanged == len(both) - len(changed)
        assert all(change.what for change in found.changes)

    holds()


def test_it_is_said_in_a_sentence(seeded: Seeded) -> None:
    """Who asks what changed between two days is told in words, with how many did not change."""
    start = seeded.clock.now.date()
    seeded.clock.advance(days=30)
    seeded.act("riv-lead", "accept_action", "A1")
    seeded.clock.advance(days=120)
    head = seeded.catch_up()

    with psycopg.connect(seeded.config.conninfo("reader")) as conn:
        accepted = action_register.difference(conn, (start, head), (start + timedelta(31), head))
        late = action_register.difference(conn, (start, head), (start + timedelta(150), head))
        same = action_register.difference(conn, (start, head), (start, head))
        begun = action_register.difference(conn, (DAY, head), (start, head), owner="RIV")

    assert accepted.sentence == "Between 5 September 2016 and 6 October 2016, 1 action moved on otherwise; 1 did not change."
    assert late.sentence == "Between 5 September 2016 and 2 February 2017, 2 actions became overdue; 0 did not change."
    assert same.sentence.endswith(", nothing changed in the register.")
    assert begun.sentence.startswith("Between 1 January 2016 and 5 September 2016, 1 action was put on the register; 0 did not change")
    assert begun.sentence.endswith(", of the actions that you may see.")
