"""An action: one improvement promised by one owner, overseen by another.

`aggregate` has its events and decides; `fold` says what each event changes; `state` is what is then true; `refusals` are its rules
that say no.
"""

from aggregates.action.aggregate import Action
from aggregates.action.state import State, against_own_action_rule

__all__ = ["Action", "State", "against_own_action_rule"]
