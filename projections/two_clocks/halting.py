"""That the views have stopped: apart from what stops them, for whoever only has to say so and should not wait for all of it."""

from __future__ import annotations


class Halted(Exception):  # noqa: N818 - the word of the page that shows it
    """A view has met an entry that it cannot apply, and nothing goes on."""

    def __init__(self, view: str, position: int, reason: str) -> None:
        """Take the view, the entry's position and what is wrong with it."""
        super().__init__(f"{view} cannot apply entry {position}: {reason}")
        self.view, self.position, self.reason = view, position, reason
