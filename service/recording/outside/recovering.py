"""Admitting on record that something recorded was lost, so that recording can go on (ops/runbooks/restore.md).

What others hold is named in the entry, with their checkpoints where they show them: the loss is on record for ever, at the very place
where the second history begins, and whoever holds the first finds it there. It cures nothing else: a witness that holds more never
cosigns this log again, and a verifier that is given a lost checkpoint says NOT VERIFIED.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aggregates.clocks.dates import london
from aggregates.errors import Refused
from aggregates.registry import Ledger
from service.commands.command import MANAGERS
from service.desk import authority
from service.desk.refusals import NotAllowed
from service.ledger.checkpoint import open_by_name
from service.recording.outside.comparing import Held, extends
from service.recording.writing import Write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.application import Board
    from service.desk.accounts import Caller
    from service.recording.writing import Done


class NothingLost(Refused):
    """A loss is admitted where there is one."""

    text = "Nothing that anybody is known to hold is missing of this log: there is nothing to admit"


class NotThisLogs(Refused):
    """What is admitted as lost was signed by this log's key."""

    text = "{file} is no checkpoint of this log: {why}"


def lost(board: Board, known: Mapping[str, str]) -> list[Held]:
    """Return what others hold that this log does not extend: as they were asked, and of the checkpoints `known`, by name."""
    found = []
    for file, note in known.items():
        try:
            kept = open_by_name(note, board.recorder.sealers)
        except ValueError as error:
            raise NotThisLogs(file=file, why=str(error)) from error
        if not extends(board.recorder, kept.size, kept.root):
            found.append(Held(file, kept.size, note))
    return board.outside.unadmitted(also=found)


def admit(board: Board, caller: Caller, reason: str, known: Mapping[str, str]) -> Done:
    """Put on record, for the Board, what others hold and this log has lost; refuse where there is nothing."""
    if not (found := lost(board, known)):
        raise NothingLost
    now = board.moment(None)
    who = authority.acting(board, caller, caller.office, None, occurred_on=london(now), today=london(now))
    if who.role not in MANAGERS:
        raise NotAllowed(who=authority.called(who.role), act="admit a loss", roles=MANAGERS)
    ledger: Ledger = board.load(Ledger, "ledger", fresh=True)
    held = [one._asdict() for one in found]
    ledger.admit_loss(acting=who, occurred_on=london(now), size=board.recorder.head().frontier.size, held=held, reason=reason)
    return board.record(ledger, "ledger", Write(caller=caller))
