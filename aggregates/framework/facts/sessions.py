"""What has to hold of a training session, where its own events do not say what kind of session it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aggregates.framework.facts.fact import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aggregates.training_session.state import SessionState


def conference_feedback(now: SessionState) -> Fact | None:
    """Ask, once a conference was held, that those who came said how it was."""
    if now.format != "conference" or now.delivered_on is None:
        return None
    return Fact(bool(now.feedback))


FACTS: Final[Mapping[str, Callable[[SessionState], Fact | None]]] = {
    "after a conference those who came said how it was": conference_feedback,
}
