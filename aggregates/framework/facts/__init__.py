"""What a standing rule asks of a thing's own state: one small pure function for each fact, by the name that rules give it.

A fact looks at the state that the thing's aggregate folds, and at nothing else. None says that nothing is asked while the thing is in
that state. One file for each kind of thing; each is named in `FACTS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aggregates.framework.facts import actions, courses, partnership, resources, reviews, sessions
from aggregates.framework.facts.fact import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FACTS: Final[Mapping[str, Mapping[str, Callable[[Any], Fact | None]]]] = {  # by the kind of thing, by the fact's name
    "action": actions.FACTS,
    "course": courses.FACTS,
    "partnership": partnership.FACTS,
    "resource": resources.FACTS,
    "review": reviews.FACTS,
    "session": sessions.FACTS,
}

__all__ = ["FACTS", "Fact"]
