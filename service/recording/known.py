"""What a process remembers of the partnership, so that settling who may act costs no queries.

Authority to record is judged as known at the checkpoint that the statement names as `seen` (ledger §3). What was read is therefore
good as long as nobody else has appended since; that is noticed at the next append, and looked after once a second besides. What
this process itself changes it forgets at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from time import monotonic
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from service.ledger.store import LedgerRecorder

LOOK_EVERY = 1.0  # seconds
P = ParamSpec("P")
T = TypeVar("T")
B = TypeVar("B")


def looked_up(method: Callable[Concatenate[B, P], T]) -> Callable[Concatenate[B, P], T]:
    """Mark what the Board looks up in its log for a decision: whoever only asks it many things at once has it looked up once (`kept`)."""

    @wraps(method)
    def look_up(board: B, /, *of: P.args, **more: P.kwargs) -> T:
        kept: dict[Any, Any] | None = getattr(board, "kept", None)
        if kept is None:
            return method(board, *of, **more)
        place = method.__name__, *map(_place, of)
        if place not in kept:
            found = method(board, *of, **more)
            kept[place] = list(found) if isinstance(found, Iterator) else found
        return cast("T", kept[place])

    return look_up


def of_what_is_named(method: Callable[Concatenate[B, P], None]) -> Callable[Concatenate[B, P], None]:
    """Mark what refuses a name of something that is not on record: whoever asks with made-up names is not asked for them (`kept`)."""

    @wraps(method)
    def check(board: B, /, *of: P.args, **more: P.kwargs) -> None:
        if getattr(board, "kept", None) is None:
            method(board, *of, **more)

    return check


def _place(said: Any) -> Any:
    """Return by what a look-up is told from others; of a row of the log, its place there."""
    return (said["originator_id"], said["originator_version"]) if isinstance(said, dict) else said


class Known:
    """Things that are only read here, by their stream; and what is gathered from all of a kind, by its name."""

    def __init__(self, recorder: LedgerRecorder) -> None:
        """Begin knowing nothing."""
        self._recorder = recorder
        self._things: dict[UUID | str, Any] = {}
        self._changed: dict[UUID | str, int] = {}  # by which position this process last changed a stream
        self._others, self._looked = recorder.others, 0.0
        recorder.appended = self.forget

    def get(self, stream: UUID | str) -> Any:
        """Return a thing as it was read, or None where it was not, or somebody else may have changed it."""
        if monotonic() - self._looked > LOOK_EVERY:
            self._recorder.look()
            self._looked = monotonic()
        if self._others != self._recorder.others:
            self._others, self._things = self._recorder.others, {}
        return self._things.get(stream)

    def put(self, stream: UUID | str, thing: Any, *, size: int) -> None:
        """Remember a thing that was read when the log had at least this size, unless this process has changed it since."""
        if self._changed.get(stream, 0) <= size:
            self._things[stream] = thing

    def forget(self, streams: Iterable[UUID | str], size: int) -> None:
        """Forget things that this process has changed in growing the log to this size; called before that size is known to anybody."""
        for stream in streams:
            self._changed[stream] = size
            self._things.pop(stream, None)
