"""What falls due on a day and has not been told: of actions, of obligations; and who is told."""

from projections.falling_due.actions import OpenAction, actions_due
from projections.falling_due.notices import Notices, told
from projections.falling_due.obligations import obligations_due, open_obligations
from projections.falling_due.seats import Asked, Due, Seats

__all__ = ["Asked", "Due", "Notices", "OpenAction", "Seats", "actions_due", "obligations_due", "open_obligations", "told"]
