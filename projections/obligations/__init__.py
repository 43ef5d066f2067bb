"""What is owed, by whom, by when and why; and the event that shows that it was done, or that none does. On any day as known on any day.

Three views, one for each form of rule: `event_form`, `standing_form`, `calendar_form`. `terms` are what they are read on, `reading` and
`grid` the two questions that are asked of them; `states` says how an obligation stands.
"""

from projections.obligations.calendar_form import Cadences
from projections.obligations.event_form import Obligations
from projections.obligations.grid import Cell, grid
from projections.obligations.periods import recurring
from projections.obligations.reading import Wanted, count, history, instance, listed, owed, place, still_owed
from projections.obligations.rules import INDEX
from projections.obligations.standing_form import Standings
from projections.obligations.states import LACKING, NOT_ASKED, STATES, STILL_OWED, Instance, State
from projections.obligations.terms import not_held, terms

__all__ = [
    "INDEX",
    "LACKING",
    "NOT_ASKED",
    "STATES",
    "STILL_OWED",
    "Cadences",
    "Cell",
    "Instance",
    "Obligations",
    "Standings",
    "State",
    "Wanted",
    "count",
    "grid",
    "history",
    "instance",
    "listed",
    "not_held",
    "owed",
    "place",
    "recurring",
    "still_owed",
    "terms",
]
