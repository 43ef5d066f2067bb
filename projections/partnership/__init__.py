"""Who we are and what we do together, on any day as known on any day; one file a question.

`members` are agencies, sub-groups and offices; `settings` the partnership itself; `programme` meetings, priorities, courses and
resources; `challenges` who challenged whom.
"""

from projections.partnership.challenges import ChallengeRow, Challenges, challenges
from projections.partnership.keys import KeyRow, keys
from projections.partnership.members import (
    SERVED,
    Agencies,
    AgencyRow,
    OfficeRow,
    Offices,
    SubGroupRow,
    SubGroups,
    Term,
    agencies,
    office,
    offices,
    owners,
    sub_groups,
)
from projections.partnership.programme import (
    CourseRow,
    Courses,
    MeetingRow,
    Meetings,
    PrioritiesOfPeriods,
    PrioritiesRow,
    ResourceRow,
    Resources,
    courses,
    meetings,
    priorities,
    resources,
)
from projections.partnership.settings import FrameworkRow, Settings, SettingsRow, settings

__all__ = [
    "SERVED",
    "Agencies",
    "AgencyRow",
    "ChallengeRow",
    "Challenges",
    "CourseRow",
    "Courses",
    "FrameworkRow",
    "KeyRow",
    "MeetingRow",
    "Meetings",
    "OfficeRow",
    "Offices",
    "PrioritiesOfPeriods",
    "PrioritiesRow",
    "ResourceRow",
    "Resources",
    "Settings",
    "SettingsRow",
    "SubGroupRow",
    "SubGroups",
    "Term",
    "agencies",
    "challenges",
    "courses",
    "keys",
    "meetings",
    "office",
    "offices",
    "owners",
    "priorities",
    "resources",
    "settings",
    "sub_groups",
]
