"""A round: one act for each of many respondents, in one transaction where none of them is refused, each with its own receipt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from aggregates.entry import stream_id
from aggregates.errors import Refused
from aggregates.returns import Return, reference
from service.desk.submission import key_of
from service.ledger.errors import Refusal
from service.recording.signing import of_stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.application import Board
    from service.desk.accounts import Caller
    from service.desk.submission import Submission
    from service.recording import Done


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one respondent: what was recorded, or is to be signed, or why nothing was."""

    respondent: str
    ref: str
    done: Done | None
    refused: Refused | None = None


def ask_round(board: Board, caller: Caller, asked: Submission, respondents: Sequence[str]) -> list[Outcome]:
    """Ask every respondent for what a submission asks for. Who cannot be asked is told apart: the others are asked all the same.

    Each has a key of its own, made of the round's, so that a round that is repeated asks nobody twice.
    """
    each = dict.fromkeys(respondents)
    lines = [_of(board, asked, respondent) for respondent in each]
    together = None if asked.prepare else _together(board, caller, lines)
    done = [_alone(board, caller, line) for line in lines] if together is None else together
    return [
        Outcome(respondent, line.ref, *((None, it) if isinstance(it, Refused) else (it,)))
        for respondent, line, it in zip(each, lines, done, strict=True)
    ]


def _of(board: Board, asked: Submission, respondent: str) -> Submission:
    fields = dict(asked.fields) | {"respondent": respondent}
    ref = reference(str(fields.get("kind")), str(fields.get("period")), respondent)
    signed = of_stream(asked.signed, stream_id(board.origin, Return.TOPIC, ref)) if asked.signed else ()
    return replace(asked, ref=ref, fields=fields, key=key_of(asked.key, respondent) if asked.key else None, signed=signed)


def _together(board: Board, caller: Caller, lines: Sequence[Submission]) -> Sequence[Done | Refused] | None:
    """Record all of them in one transaction; None where one is refused or on record, and nothing was."""
    if board.on_record(caller, [line.key for line in lines if line.key]):
        return None
    try:
        with board.together() as together:
            for line in lines:
                board.act(caller, line)
    except (Refused, Refusal):
        return None
    return together.done


def _alone(board: Board, caller: Caller, line: Submission) -> Done | Refused:
    try:
        return board.act(caller, line)
    except Refused as refused:
        return refused
