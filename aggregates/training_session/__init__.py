"""A training session: one delivered learning event and its five-point evaluation.

`events` has what can be recorded, `aggregate` how it begins, `decisions` who may record it and when, `fold` what each entry changes,
`state` and `sample` what is then true, `draw` who is telephoned; `refusals` are its rules that say no.
"""

from aggregates.training_session.aggregate import TrainingSession
from aggregates.training_session.state import SessionState

__all__ = ["SessionState", "TrainingSession"]
