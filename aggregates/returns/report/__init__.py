"""The report that the Board publishes of a year (journey F.2): a pure function of the log, of its public fields alone (INV-40).

`document` composes it, section by section as the regime's data file has them; `year` is the record as a report reads it, and `public`
what of it can be said; the figures are by noun. `suppression` hides counts of people that are too small.
"""

from aggregates.returns.report.document import MADE_BY, canonical, compose, digest, missing, year_of
from aggregates.returns.report.public import NotPublic, OnLog
from aggregates.returns.report.year import TOPICS

__all__ = ["MADE_BY", "TOPICS", "NotPublic", "OnLog", "canonical", "compose", "digest", "missing", "year_of"]
