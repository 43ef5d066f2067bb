"""One checkpoint is offered to one witness (C2SP tlog-witness). What comes back is verified: a witness can be down, and it can lie."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from service.desk.coming_in.places import NotAsked, Places
from service.ledger.checkpoint import open_by_name
from service.ledger.witness.submission import Submission, parse_cosignatures
from service.verify import NOTE, NUMBER, matched, open_sealed, parse_vkey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.recording.outside.policy import Witness
    from service.verify import Sealer

PATIENCE: Final = 10.0  # seconds for one answer
TRIES: Final = 4  # until it has been told where the witness is, while others offer it newer ones
TOLD: Final = re.compile(rf"{NUMBER}\n")


class Log(Protocol):
    """A log, as far as a witness is shown it."""

    @property
    def sealers(self) -> Sequence[Sealer]:
        """Whose keys sign its checkpoints, in their order."""

    def newest(self) -> str | None:
        """Return its newest checkpoint."""

    def consistency(self, old: int, size: int) -> Sequence[bytes]:
        """Return the proof that one size is a prefix of another."""


class NotWitnessed(Exception):  # noqa: N818 - a finding: it is tried again
    """A witness gave no cosignature that is one."""


class Diverged(Exception):  # noqa: N818 - a finding about the log
    """A witness holds a checkpoint that this log does not extend."""

    def __init__(self, held: int, note: str | None, offered: str) -> None:
        """Take the size that it holds, that checkpoint where it shows it and this log signed it, and the one that it was offered."""
        super().__init__(f"it holds {held} events of this log, which the log here does not extend")
        self.held, self.note, self.offered = held, note, offered


class Cosignature(NamedTuple):
    """A witness's signature line over the checkpoint of a size, verified, and its time in POSIX seconds."""

    size: int
    line: str
    at: int


def offer(log: Log, witness: Witness, old: int, patience: float = PATIENCE) -> Cosignature | None:
    """Offer the newest checkpoint to a witness that is believed to be at `old`; None while the log is empty.

    Raise NotWitnessed where it does not answer, or with what is no cosignature of its own; Diverged where it holds another history.
    """
    note = log.newest()
    for _ in range(TRIES if note else 0):
        size = _size(note or "")
        proof = log.consistency(old, size) if 0 < old < size else []
        status, body = _ask(witness, "POST", "/add-checkpoint", str(Submission(old, proof, note or "")).encode(), patience)
        if status == HTTPStatus.OK:
            return _verified(log, witness, note or "", body)
        if status == HTTPStatus.UNPROCESSABLE_ENTITY and old:
            raise Diverged(old, _shown(log, witness, old, patience), note or "")
        if status == HTTPStatus.NOT_FOUND:
            raise NotWitnessed(_unknown(log, witness))
        if status != HTTPStatus.CONFLICT:
            raise NotWitnessed(f"it answers with status {status}")
        told, note = _told(body), log.newest()  # which may have moved, and have been offered by another process
        if told > _size(note or "") or told == old == size:
            raise Diverged(told, _shown(log, witness, told, patience), note or "")
        if told == old:
            raise NotWitnessed("it contradicts itself: it is where it says that it is not")
        old = told
    if note:
        raise NotWitnessed("it says each time that it is elsewhere")
    return None


def _unknown(log: Log, witness: Witness) -> str:
    """Say why a witness answers with 404, and what to do. SPEC: If the checkpoint origin is unknown, the witness MUST respond with 404."""
    *before, now = log.sealers
    told = f"it does not know {parse_vkey(now.vkey)[0]} (404): whoever runs {witness.url} accepts the key {now.vkey} first"
    if not before:
        return told
    earlier = parse_vkey(before[-1].vkey)[0]
    return f"{told}, as that under which {earlier} went on: `muniment witness accept FOLDER '{now.vkey}' --succeeds {earlier}`"


def _ask(witness: Witness, method: str, path: str, body: bytes | None, patience: float) -> tuple[int, bytes]:
    try:
        answer = Places(witness.url, patience).ask(method, f"{witness.url}{path}", body, {"Content-Type": "text/plain; charset=utf-8"})
    except NotAsked as error:
        raise NotWitnessed(str(error)) from error
    return answer.status_code, answer.body


def _size(note: str) -> int:
    return int(note.split("\n")[1])


def _told(body: bytes) -> int:
    try:
        return int(matched(TOLD, body.decode(), "no size")[1])
    except ValueError as error:
        raise NotWitnessed("it does not say how far it is") from error


def _verified(log: Log, witness: Witness, note: str, body: bytes) -> Cosignature:
    """Return the cosignature in an answer; raise NotWitnessed where there is none under this witness's key, over this checkpoint."""
    try:
        for line in parse_cosignatures(body, witness.vkey):
            if times := open_sealed(note + line, log.sealers).signed_by(*parse_vkey(witness.vkey)):
                return Cosignature(_size(note), line, times[0])
    except ValueError as error:
        raise NotWitnessed(f"what it answers with is no cosignature of this checkpoint: {error}") from error
    raise NotWitnessed("it cosigned with another key than the policy names")


def _shown(log: Log, witness: Witness, held: int, patience: float) -> str | None:
    """Return the checkpoint that a witness holds, where its front page shows it and this log's own key signed it."""
    try:
        _, body = _ask(witness, "GET", "/", None, patience)
        notes = [match[0] for match in NOTE.finditer(body.decode())]
    except (NotWitnessed, ValueError):
        return None
    for note in notes:
        try:
            if open_by_name(note, log.sealers).size == held:
                return note
        except ValueError:
            continue  # another log's
    return None
