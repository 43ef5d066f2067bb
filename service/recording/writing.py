"""How an act is to be recorded, and what was: what the verbs and the recording of one act hand to each other."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, overload

from aggregates.entry import OnRecord

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from contextlib import AbstractContextManager
    from uuid import UUID

    from service.desk.accounts import Caller
    from service.desk.submission import Submission
    from service.ledger.append import Erases, Unless
    from service.ledger.append import Submission as Part
    from service.ledger.checkpoint import Receipt
    from service.recording.signing import Signing

TURNS = 64  # that are kept apart: things of the same remainder wait for each other, which does no harm


@dataclass(frozen=True, slots=True)
class ToSign:
    """A statement that waits for a signature: the bytes to sign, as text, and each field's disclosure by its name."""

    unsigned: str
    disclosures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Unsigned:
    """What an act would put on record, for its signature: the statements in their order, and the kinds of things that it rests on."""

    statements: Sequence[ToSign]
    rests_on: Collection[str]
    size: int  # of the log when it was decided
    until: int  # POSIX seconds: when it is too old to be recorded


@dataclass(frozen=True, slots=True)
class Done:
    """What was recorded: the thing, its version now, the positions and ids of the new entries and the receipt of the last."""

    ref: str
    version: int
    positions: Sequence[int]
    receipt: Receipt | None = None
    events: Sequence[str] = ()
    unsigned: Unsigned | None = None  # where it was only prepared: nothing was recorded
    repeated: bool = False  # under an idempotency key under which it was on record already


@dataclass(frozen=True, slots=True)
class Write:
    """How a verb's events are to be recorded: for which submission, and when where a demonstration says so (POSIX seconds).

    `unless` is what the decision rests on beside its own stream; `erases` is whose data go with it, and `beside` are other things whose
    events belong into the same append.
    """

    received: int | None = None
    caller: Caller | None = None
    submission: Submission | None = None
    unless: Unless | None = None
    erases: Erases | None = None
    beside: Sequence[Any] = ()
    signing: Signing | None = None  # by a key of whoever acts; the service's own attests where there is none

    @property
    def expected(self) -> int | None:
        """Return the version that the caller saw, where they said so."""
        return self.submission.expected if self.submission else None


@dataclass
class Together:
    """Commands that share a transaction: the size of the log when they began, what they have loaded, and what is still to be appended."""

    size: int
    loaded: dict[UUID, Any] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    read: dict[tuple[UUID, int], Any] = field(default_factory=dict)  # entries that were verified since: they do not change


class OfThisThread:
    """What is together here for the thread that asks: other threads of a process record meanwhile as if nothing were."""

    @overload
    def __get__(self, board: None, _: type | None = None) -> Self: ...
    @overload
    def __get__(self, board: object, _: type | None = None) -> Together | None: ...
    def __get__(self, board: object, _: type | None = None) -> Self | Together | None:
        """Return what this thread has begun."""
        if board is None:
            return self
        return getattr(vars(board).get("_threads"), "together", None)

    def __set__(self, board: Any, together: Together | None) -> None:
        """Begin, or end, for this thread."""
        vars(board).setdefault("_threads", threading.local()).together = together


class Turns:
    """Who acts upon what many act upon at once decides in turn, so that in one process nobody decides in vain."""

    def __init__(self) -> None:
        """Begin with nobody waiting."""
        self._turns = [threading.Lock() for _ in range(TURNS)]

    def of(self, kind: type[Any], ref: str) -> AbstractContextManager[Any]:
        """Wait for a turn with a thing, where its kind is one that many act upon (`OnRecord.AT_ONCE`)."""
        return self._turns[hash(ref) % TURNS] if kind.AT_ONCE > OnRecord.AT_ONCE else nullcontext()
