"""The verbs of what the Board does between reviews: it meets, sets priorities, offers courses and lists resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aggregates.authority import BOARD
from aggregates.partnership import Course, Meeting, Priorities, Resource, SubGroup
from service.recording.across.holding import Holding

if TYPE_CHECKING:
    from service.recording import Done, Write


class ProgrammeVerbs(Holding):
    """What is decided about meetings, priorities, courses and resources."""

    def hold_meeting(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Put a meeting on record; whether it was quorate follows from the members of the day and the Board's own quorum."""
        if said["body"] != BOARD:
            self._there(SubGroup, "sub-group", said["body"])
        for item in said["agenda"]:
            if isinstance(about := item.get("about"), str):
                self._about(said["acting"], about)
        counted = {"members": self.members(said["occurred_on"]), "quorum": self.settings_on(said["occurred_on"]).quorum}
        return self._begin(ref, Meeting.hold, write, **said, **counted)

    def file_minutes(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """File the minutes of a meeting."""
        return self._change(Meeting, ref, Meeting.file_minutes, write, **said)

    def set_priorities(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Set a priority of a period, the first or another."""
        self._names(said)
        return self._begin_or_go_on(Priorities, ref, Priorities.begin, Priorities.add, write, named="period", **said)

    def offer_course(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Take a course into the programme."""
        self._names(said)
        return self._begin(ref, Course.offer, write, **said)

    def revise_course(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Revise what a course teaches, because of findings."""
        self._names(said)
        return self._change(Course, ref, Course.revise, write, **said)

    def withdraw_course(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Take a course out of the programme."""
        return self._change(Course, ref, Course.withdraw, write, **said)

    def list_resource(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """List a resource."""
        return self._begin(ref, Resource.list_, write, **said)

    def check_resource(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record whether a resource is still there."""
        return self._change(Resource, ref, Resource.check, write, **said)

    def give_resource_feedback(self, ref: str, /, *, write: Write, **said: Any) -> Done:
        """Record whether a resource was of use."""
        return self._change(Resource, ref, Resource.give_feedback, write, **said)
