"""Decisions that rest on more than their own stream.

The ledger holds an append to the version of its stream, which says nothing of what a verb has read of others: an agency that takes an
action on and the departure of that agency are two streams, and each could pass where the other had just been decided.
"""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar

from service.desk.refusals import MovedUnderneath
from service.ledger.append import Unless
from service.ledger.errors import MovedMeanwhile

if TYPE_CHECKING:
    from collections.abc import Callable

    from service.recording.recording import Recording
    from service.recording.writing import Done, Write

TRIES: Final = 8  # of a decision under which others moved, before the caller is told to try again
B = TypeVar("B", bound="Recording")


def resting_on(*kinds: type[Any]) -> Callable[[Callable[..., Done]], Callable[..., Done]]:
    """Let a verb be carried out anew, from its first look, where things of these kinds were recorded meanwhile.

    Within `together` nothing is tried again here: the whole of it is refused, and its commands are given one by one.
    """
    named = frozenset(kind.TOPIC for kind in kinds)

    def resting(verb: Callable[..., Done]) -> Callable[..., Done]:
        @wraps(verb)
        def decide(self: B, /, *args: Any, write: Write, **said: Any) -> Done:
            for _ in range(TRIES):
                try:
                    return verb(self, *args, write=replace(write, unless=Unless(self.size(), named)), **said)
                except MovedMeanwhile as error:
                    moved = error
                    self.recorder.look()
            raise MovedUnderneath(ref=args[-1]) from moved

        return decide

    return resting
