"""What was asked of whom, and what came of it, on any day as known on any day; one file a question.

`listing` are the returns themselves; `section_11` sets each agency's own grades beside the moderated ones; `workforce` says whose training
is in date; `report` is the report of a year.
"""

from projections.returns.listing import Filters, Order, Returns, count, one, periods, returns
from projections.returns.report import Edition, behind, built_again, editions, published_reviews, report_of
from projections.returns.rows import EditionRow, ExplainedRow, GradeRow, PresentedRow, ReturnRow
from projections.returns.section_11 import AgencyLine, AgencyStandards, KnowledgeRow, StandardRow, lines, section_11
from projections.returns.workforce import CurrencyRow, StaffGroup, StaffWhoCame, workforce

__all__ = [
    "AgencyLine",
    "AgencyStandards",
    "CurrencyRow",
    "Edition",
    "EditionRow",
    "ExplainedRow",
    "Filters",
    "GradeRow",
    "KnowledgeRow",
    "Order",
    "PresentedRow",
    "ReturnRow",
    "Returns",
    "StaffGroup",
    "StaffWhoCame",
    "StandardRow",
    "behind",
    "built_again",
    "count",
    "editions",
    "lines",
    "one",
    "periods",
    "published_reviews",
    "report_of",
    "returns",
    "section_11",
    "workforce",
]
