"""What the Board does between reviews: its meetings, priorities, courses and resources; and who challenges whom."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from api.resources.answering.answers import Reading, lists, schema_of_rows
from api.resources.answering.commands import mount
from api.resources.answering.openapi import Resource
from api.resources.record.visible import Visible
from projections import partnership as views

if TYPE_CHECKING:
    from projections.partnership import ChallengeRow, MeetingRow

meetings = Resource("meetings", __name__, description="When the Board and its sub-groups met, who was there, and the minutes.")
priorities = Resource("priorities", __name__, description="What the Board puts first in a period, and who leads on it.")
courses = Resource("courses", __name__, description="What the Board's programme teaches, and because of which findings.")
resources = Resource("resources", __name__, description="What the Board recommends, and whether it is still there.")
challenges = Resource("challenges", __name__, description="Who challenged whom about what, and what changed.")


def _meetings(on: Reading) -> list[MeetingRow]:
    """Give the meetings that the reader may see; their minutes are restricted."""
    may_see = Visible(on)
    seen = [row for row in views.meetings(on.conn, **on.at) if may_see.meeting(row)]
    return [row if not row.minutes or on.opens("meeting", row.ref) else replace(row, minutes=[]) for row in seen]


def _challenges(on: Reading) -> list[ChallengeRow]:
    """Give the challenges that the reader may see: those of other agencies are none."""
    may_see = Visible(on)
    return [row for row in views.challenges(on.conn, **on.at) if may_see.challenge(row)]


lists(meetings, "meeting", schema_of_rows(views.MeetingRow, "Meeting"), _meetings)
lists(priorities, "priorities", schema_of_rows(views.PrioritiesRow, "Priorities"), lambda on: views.priorities(on.conn, **on.at))
lists(courses, "course", schema_of_rows(views.CourseRow, "Course"), lambda on: views.courses(on.conn, **on.at))
lists(resources, "resource", schema_of_rows(views.ResourceRow, "Resource"), lambda on: views.resources(on.conn, **on.at))
lists(challenges, "challenge", schema_of_rows(views.ChallengeRow, "Challenge"), _challenges)
for resource, kind in (
    (meetings, "meeting"),
    (priorities, "priorities"),
    (courses, "course"),
    (resources, "resource"),
    (challenges, "challenge"),
):
    mount(resource, kind)
