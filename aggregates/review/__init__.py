"""A review: one act of looking at what happened and why, whatever the statute calls it.

`aggregate` has how it begins, `events` what can be recorded, `decisions` who may record it and when, `fold` what each entry changes,
`state` and `parts` what is then true, `clocks` what runs, `blockers` what stops it closing; `refusals` are its rules that say no.
"""

from aggregates.review.aggregate import Review
from aggregates.review.events import Kind, Regime
from aggregates.review.state import ReviewState

__all__ = ["Kind", "Regime", "Review", "ReviewState"]
