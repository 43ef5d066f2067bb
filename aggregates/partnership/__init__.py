"""Who we are and what we do together: the partnership and its settings, its members, sub-groups and offices; and when it meets.

Meetings, priorities, courses and resources have streams of their own, as each agency, sub-group and office has.
"""

from aggregates.partnership.agency import Agency, AgencyState
from aggregates.partnership.course import Course, CourseState
from aggregates.partnership.meeting import Meeting, MeetingState
from aggregates.partnership.partnership import Partnership, PartnershipState
from aggregates.partnership.priorities import Priorities, PrioritiesState
from aggregates.partnership.resource import Resource, ResourceState
from aggregates.partnership.sub_group import SubGroup, SubGroupState

__all__ = [
    "Agency",
    "AgencyState",
    "Course",
    "CourseState",
    "Meeting",
    "MeetingState",
    "Partnership",
    "PartnershipState",
    "Priorities",
    "PrioritiesState",
    "Resource",
    "ResourceState",
    "SubGroup",
    "SubGroupState",
]
