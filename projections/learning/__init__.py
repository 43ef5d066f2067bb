"""What the Board learns and how it comes together over it; each question in a file, read from the views of the things themselves.

`library` is what was found and where to read on, `attendance` who came to meetings, `escalations` what was told further up.
"""

from projections.learning.attendance import Attended, attendance, held, terms
from projections.learning.escalations import EscalationRow, escalations
from projections.learning.library import Found, Noted, Theme, found, library, noted, themes

__all__ = [
    "Attended",
    "EscalationRow",
    "Found",
    "Noted",
    "Theme",
    "attendance",
    "escalations",
    "found",
    "held",
    "library",
    "noted",
    "terms",
    "themes",
]
