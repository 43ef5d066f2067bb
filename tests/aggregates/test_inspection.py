"""One inspection by an office follows another, and what was opened in each stays on record as opened in it (INV-41)."""

from __future__ import annotations

import pytest

from aggregates.errors import RestsForEver, RestsOnIt
from aggregates.registry import Inspection
from aggregates.registry.inspection import InspectionOpen, OpensBefore
from tests.aggregates.people import CHAIR, ORIGIN, on, somebody

INSPECTOR = somebody(8, "inspector", "inspector")
OF = {"body": "Ofsted", "purpose": "inspection", "covers_from": on(-365), "ceiling": on(0)}


def opened(until=20):
    """Open an inspection on day 0."""
    return Inspection.begin(ORIGIN, acting=CHAIR, occurred_on=on(0), office="inspector", expires_on=on(until), **OF)


def again(inspection, day):
    """Open another by the same office."""
    inspection.open_again(acting=CHAIR, occurred_on=on(day), expires_on=on(day + 20), **OF)


def disclosed(inspection, day):
    """Let the inspector open something."""
    inspection.disclose(acting=INSPECTOR, occurred_on=on(day), opened=["action:A8"])


def correct(inspection, amends, **corrected):
    """Correct an entry."""
    fields = {name: str(day) for name, day in corrected.items()}
    inspection.correct(acting=CHAIR, occurred_on=on(50), amends=amends, corrected=fields, reason="recorded wrongly")


def retract(inspection, amends):
    """Retract an entry."""
    inspection.retract(acting=CHAIR, occurred_on=on(50), amends=amends, reason="recorded wrongly")


def test_inv_41_another_inspection_begins_when_the_one_before_has_ended():
    """INV-41: on the day on which it was closed, or later; not before that, when it would not be open at all."""
    inspection = opened()
    inspection.close(acting=CHAIR, occurred_on=on(5), reason="They were done early")
    for day in (-1, 3, 4):
        with pytest.raises(OpensBefore):
            again(inspection, day)
    again(inspection, 5)

    assert inspection.state.open_on(on(5))
    with pytest.raises(InspectionOpen):
        again(inspection, 6)


def test_inv_41_nor_is_it_corrected_to_begin_within_the_one_before():
    """INV-41: neither the beginning of the second nor the last day of the first is corrected so that they overlap."""
    inspection = opened()
    again(inspection, 25)
    with pytest.raises(RestsOnIt):
        correct(inspection, 2, occurred_on=on(19))
    with pytest.raises(RestsOnIt):
        correct(inspection, 1, expires_on=on(26))
    correct(inspection, 2, occurred_on=on(22))

    assert inspection.state.opened_on == on(22)


def test_inv_41_an_inspection_in_which_something_was_opened_stays_open_for_that_day():
    """INV-41: its opening is not retracted, its days are not corrected away, and it was not closed before."""
    inspection = opened()
    disclosed(inspection, 4)
    inspection.close(acting=CHAIR, occurred_on=on(6), reason="They were done early")
    for amend in (
        lambda: retract(inspection, 1),
        lambda: correct(inspection, 1, occurred_on=on(5)),
        lambda: correct(inspection, 1, expires_on=on(3)),
        lambda: correct(inspection, 3, occurred_on=on(3)),
    ):
        with pytest.raises(RestsForEver, match="is never amended, so entry"):
            amend()
    correct(inspection, 3, occurred_on=on(4))

    assert inspection.state.ended_on == on(4)


def test_an_inspection_in_which_nothing_was_opened_can_be_retracted():
    """INV-34: an opening that should not have been is taken back while nobody has read anything."""
    inspection = opened()
    retract(inspection, 1)

    assert inspection.state is None
    again(inspection, 1)
    assert inspection.state.open_on(on(1))
