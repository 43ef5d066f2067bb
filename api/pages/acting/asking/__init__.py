"""Asking the Board itself whether it would record something: `question` carries a verb out up to the point where it would be on record.

`made_up` are the values with which it is asked.
"""

from api.pages.acting.asking.made_up import MADE_UP_TEXT, plausible
from api.pages.acting.asking.question import Question

__all__ = ["MADE_UP_TEXT", "Question", "plausible"]
