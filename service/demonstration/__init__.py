"""Severnbrook: a board that is nowhere, and seven years of its record, to show the product with.

The tables say what happened, in the words of the framework; the modules make lines for the import of them. Agencies, offices and
people are invented, and no child, family or practitioner is described.
"""

from service.demonstration.severnbrook import BEGUN, BOARD, ORIGIN, TODAY, lines, write
from service.demonstration.telling import tell
from service.demonstration.visitors import VISITORS, Visitor

__all__ = ["BEGUN", "BOARD", "ORIGIN", "TODAY", "VISITORS", "Visitor", "lines", "tell", "write"]
