"""What has to hold of one course of the programme at least: its format, its level, what it is to bring, and who gives it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from aggregates.entry.values import says
from aggregates.framework.facts.fact import Fact
from aggregates.partnership.course import Offered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregates.partnership.course import CourseState


def on_offer(is_so: Callable[[CourseState], bool], now: CourseState) -> Fact:
    """Ask for a course that is on offer, and is so."""
    return Fact(isinstance(now.status, Offered) and is_so(now))


FACTS: Final[Mapping[str, Callable[[CourseState], Fact]]] = {
    name: partial(on_offer, is_so)
    for name, is_so in {
        "it is on offer and names who provides it": lambda course: says(course.provider),
        "a 3 hour session is on offer": lambda course: course.format == "3 hour",
        "a 1 day course is on offer": lambda course: course.format == "1 day",
        "a multi-day course is on offer": lambda course: course.format == "multi-day",
        "a conference is on offer": lambda course: course.format == "conference",
        "e-learning is on offer": lambda course: course.format == "e-learning",
        "basic awareness raising is on offer": lambda course: course.level == "basic",
        "specialist learning is on offer": lambda course: course.level == "specialist",
        "it is on offer and brings skills": lambda course: says(course.skills),
        "it is on offer and brings knowledge": lambda course: says(course.knowledge),
        "it is on offer and brings values": lambda course: says(course.values),
    }.items()
}
