"""A return: one answer owed by one party to a question set by a date, whatever is asked (domain B.1).

`events` has what can happen, `state` what is then true, `fold` what each event changes, `decisions` what can be decided, `questions`
what is asked (as data), `answers` how answers are read, and `refusals` the rules that say no.
"""

from aggregates.returns.aggregate import Return, reference
from aggregates.returns.state import ReturnState

__all__ = ["Return", "ReturnState", "reference"]
