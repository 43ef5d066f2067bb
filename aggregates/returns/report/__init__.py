"""The report that the Board publishes of a year (journey F.2): a pure function of the log, of its public fields alone (INV-40).

`document` composes it, section by section as the regime's data file has them; `record` is what a report reads, and `public` what of it
can be said; the figures are by noun. `suppression` hides counts of people that are too small. `published` is what anybody may see of
reviews.
"""

from aggregates.returns.report.document import MADE_BY, canonical, compose, digest, missing, year_of
from aggregates.returns.report.public import NotPublic, OnLog
from aggregates.returns.report.published import published_reviews
from aggregates.returns.report.record import COUNTS_PEOPLE, NAMES, TOPICS, Record

__all__ = [
    "COUNTS_PEOPLE",
    "MADE_BY",
    "NAMES",
    "TOPICS",
    "NotPublic",
    "OnLog",
    "Record",
    "canonical",
    "compose",
    "digest",
    "missing",
    "published_reviews",
    "year_of",
]
