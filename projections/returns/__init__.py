"""What was asked of whom, and what came of it, on any day as known on any day; one file a question.

`listing` are the returns themselves; `section_11` sets each agency's own grades beside the moderated ones; `workforce` says whose training
is in date.
"""

from projections.returns.listing import Filters, GradeRow, PresentedRow, ReturnRow, Returns, one, periods, returns
from projections.returns.section_11 import AgencyStandards, KnowledgeRow, StandardRow, section_11
from projections.returns.workforce import CurrencyRow, StaffGroup, StaffWhoCame, workforce

__all__ = [
    "AgencyStandards",
    "CurrencyRow",
    "Filters",
    "GradeRow",
    "KnowledgeRow",
    "PresentedRow",
    "ReturnRow",
    "Returns",
    "StaffGroup",
    "StaffWhoCame",
    "StandardRow",
    "one",
    "periods",
    "returns",
    "section_11",
    "workforce",
]
