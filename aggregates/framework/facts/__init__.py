"""What a standing rule asks of a thing's own state: one small pure function for each fact, by the name that rules give it.

A fact looks at the state that the thing's aggregate folds, and at nothing else. None says that nothing is asked while the thing is in
that state. One file for each kind of thing; each is named in `FACTS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
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


FACTS: Final[Mapping[str, Mapping[str, Callable[[Any], Fact | None]]]] = {}  # by the kind of thing, by the fact's name
