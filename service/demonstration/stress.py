"""The same seven years many times over, for measurements: one partnership, and all that it did again and again.

Each review, action, item, session and return has copies. A copy has a reference of its own, `A13x7`, and speaks of its own kind: the
seventh copy of an action answers the seventh copy of its finding. Who the Board is, when it met and who came to its courses is told
once. Copies are not decided again: their statements are signed and go straight into the store, after the batch that they are copies of.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from aggregates.entry import stream_id
from aggregates.entry.values import Sealed
from service import commands
from service.ledger.append import Leaf, Submission

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from service.application import Board

MULTIPLIED: Final = frozenset({"review", "action", "dissemination", "session", "return"})
BY_CHANCE: Final = "training_session.telephone_"  # what rests on one draw of one sample cannot be copied
TOGETHER: Final = 2_000  # statements a transaction, about


@dataclass
class Stress:
    """Copies of what the lines tell, made batch by batch."""

    board: Board
    lines: Sequence[Mapping[str, Any]]
    times: int
    streams: Mapping[UUID, tuple[str, str]]
    names: re.Pattern[str]
    left_out: dict[UUID, int] = field(default_factory=dict)  # entries of a stream that have no copies
    so_far: dict[UUID, int] = field(default_factory=dict)  # how many entries the copies of a stream have
    at: int = 0  # when the copies are recorded

    @classmethod
    def of(cls, board: Board, lines: Iterable[Mapping[str, Any]], times: int) -> Stress:
        """Take the lines whose reviews, actions, items, sessions and returns are to be there so many times.

        Nobody leaves: an agency could not, while it owes what is in the copies. And no report is published, which would be of them all.
        """
        lines = [line for line in lines if line["do"] not in {"leave_agency", "publish_return"}]
        things = {(kind, line["ref"]) for line in lines if (kind := _kind(line)) in MULTIPLIED and kind}
        topics = {(commands.KINDS[kind].TOPIC, ref) for kind, ref in things}
        refs = sorted({ref for _, ref in topics}, key=len, reverse=True)
        names = re.compile(rf"(?<![\w.-])({'|'.join(map(re.escape, refs))})(?![\w-]|\.\w)")
        return cls(board, lines, times, {stream_id(board.origin, *thing): thing for thing in topics}, names)

    def after(self, size: int) -> None:
        """Copy what was recorded since the log had this size, and has no copies: from 0 on it goes on where it was interrupted."""
        recorder = self.board.recorder
        head = recorder.head()
        until, self.at = head.frontier.size, head.received
        while size < until:
            found = recorder.select_notifications(start=size + 1, limit=TOGETHER, stop=until)
            size = found[-1].id
            few = max(1, TOGETHER // self.times)
            for start in range(0, len(found), few):
                if leaves := [leaf for one in found[start : start + few] for leaf in self._copies(one)]:
                    recorder.append_together([Submission(leaves, self.at)])

    def _copies(self, notification: Any) -> Iterator[Leaf]:
        stream = notification.originator_id
        if stream not in self.streams:
            return
        if notification.topic.startswith(BY_CHANCE):
            self.left_out[stream] = self.left_out.get(stream, 0) + 1
            return
        version = notification.originator_version - self.left_out.get(stream, 0)
        if version <= self._had(stream):
            return
        self.so_far[stream] = version
        event: Any = self.board.mapper.to_domain_event(notification)
        for number in range(1, self.times):
            again, mark = copy(event), f"x{number}"
            said = {name: _renamed(value, self.names, mark) for name, value in vars(event).items()}
            vars(again).update(said, originator_id=self._copy_of(stream, mark), originator_version=version)
            yield Leaf.of(self.board.mapper.to_stored_event(again, iat=self.at), self.at)

    def _had(self, stream: UUID) -> int:
        """Return how many entries the copies of a stream have, all of them alike: they are recorded together."""
        if stream not in self.so_far:
            newest = self.board.recorder.select_events(self._copy_of(stream, "x1"), desc=True, limit=1)
            self.so_far[stream] = newest[0].originator_version if newest else 0
        return self.so_far[stream]

    def _copy_of(self, stream: UUID, mark: str) -> UUID:
        topic, ref = self.streams[stream]
        return stream_id(self.board.origin, topic, ref + mark)


def _kind(line: Mapping[str, Any]) -> str | None:
    command = commands.find(line["do"], line.get("of"))
    return command.kind if command else None


def _renamed(value: Any, names: re.Pattern[str], mark: str) -> Any:
    """Return what an event says with each of the references in it marked."""
    if isinstance(value, str):
        return names.sub(lambda found: found[0] + mark, value)
    if isinstance(value, Sealed):
        return Sealed(value.subject, str(value.subject))  # what it said is known only on the way in
    if isinstance(value, dict):
        return {name: _renamed(one, names, mark) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_renamed(one, names, mark) for one in value)
    return value
