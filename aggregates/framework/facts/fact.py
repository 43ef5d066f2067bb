"""What a fact is: whether something holds of a thing, whose it is, by when, and what somebody found of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Fact:
    """Whether something holds of a thing, in a state in which it has to.

    `owner` is whose it is, where only the thing knows; `due_on` the day by which it has to hold; `until` the last day on which it
    does, without anything being recorded; `grade` what somebody found of how well.
    """

    holds: bool
    owner: str = ""
    due_on: date | None = None
    until: date | None = None
    grade: str = ""
