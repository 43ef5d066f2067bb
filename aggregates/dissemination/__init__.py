"""One item of learning sent to named recipients, and everything they did with it.

`events` has what can be on record, `aggregate` how an item begins and what reading it gives, `decisions` what can be decided of it,
`fold` what is true, and `state` what that looks like.
"""

from aggregates.dissemination.acts import speaks_for
from aggregates.dissemination.aggregate import Dissemination
from aggregates.dissemination.state import DisseminationState, Recipient

__all__ = ["Dissemination", "DisseminationState", "Recipient", "speaks_for"]
