"""What falls due on a day and has not been told, of actions and of obligations; who is told; and what is certified of silence."""

from projections.falling_due.actions import OpenAction, actions_due
from projections.falling_due.notices import Notices, told
from projections.falling_due.obligations import obligations_due, open_obligations
from projections.falling_due.returns import Wanting, returns_due
from projections.falling_due.seats import Asked, Due, Seats
from projections.falling_due.silence import silence

__all__ = [
    "Asked",
    "Due",
    "Notices",
    "OpenAction",
    "Seats",
    "Wanting",
    "actions_due",
    "obligations_due",
    "open_obligations",
    "returns_due",
    "silence",
    "told",
]
