"""What the Board learns and how it comes together over it; each question in a file, read from the views of the things themselves.

`library` is what was found and where to read on, `attendance` who came to meetings, `notices` what was told of what falls due, and
`escalations` what was told further up.
"""

from projections.learning.attendance import Attended, attendance, held, terms
from projections.learning.library import Found, Noted, Theme, found, library, noted, themes
from projections.learning.notices import EscalationRow, NoticeRow, escalations, notices

__all__ = [
    "Attended",
    "EscalationRow",
    "Found",
    "Noted",
    "NoticeRow",
    "Theme",
    "attendance",
    "escalations",
    "found",
    "held",
    "library",
    "noted",
    "notices",
    "terms",
    "themes",
]
