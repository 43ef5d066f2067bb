"""What others remember of this log is held against it before anything is recorded (ledger.md §5).

A restored backup, or a failover that lost what was committed, looks whole from inside; to record on it would tell a second history under
one key. So the first append of every process asks the folders that checkpoints are sent to, and the witnesses; what a witness is found
to hold later stops recording within a minute. What was admitted on record as lost (`recovering`) does not.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aggregates.errors import Refused
from aggregates.registry import Ledger
from aggregates.registry.ledger import root_of
from service.ledger.checkpoint import open_by_name
from service.ledger.sealed.record import text_of
from service.recording.outside import policy
from service.recording.outside.offering import Diverged, NotWitnessed
from service.recording.outside.witnessing import ask
from service.verify import NOTE, parse_vkey

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from aggregates.registry.ledger import Loss
    from service.config import Config
    from service.ledger.store import LedgerRecorder
    from service.recording.recording import Recording

PATIENCE: Final = 3.0  # seconds for one answer of a witness: who is away keeps nobody waiting for longer
LARGEST: Final = 1 << 20  # bytes of a checkpoint, with every cosignature that there could be
AGAIN: Final = 60.0  # seconds after which it is looked up what a witness has been found to hold
# A witness that has cosigned since, at that size or after it, has taken back what it said.
FOUND: Final = """
    SELECT d.witness, d.held, d.note FROM ledger.divergence d
     WHERE d.witness = ANY (%s)
       AND NOT EXISTS (SELECT FROM ledger.cosignature c
                        WHERE c.witness = d.witness AND c.size >= d.held AND c.cosigned_at > extract(epoch FROM d.found_at))
     ORDER BY d.number"""

log = logging.getLogger(__name__)

ROOTS: Final = "SELECT size, root FROM ledger.checkpoint WHERE size = ANY (%s)"


class NotWhatOthersHold(Refused):
    """Nothing is recorded on a log that does not extend what others hold of it, before that is admitted on record."""

    text = (
        "Nothing is recorded: {place} holds {held} events of this log, and the log here does not extend them, as after an old backup was "
        "restored. Whoever runs the service: follow ops/runbooks/restore.md"
    )


class KeptDamaged(Refused):
    """What is kept against a loss has to be readable: a damaged checkpoint may be the very one that shows it."""

    text = "Nothing is recorded: {file} is not the checkpoint that was sent there ({why}). Put it back from another copy, or take it away"


class Held(NamedTuple):
    """What somebody holds of this log that it does not extend: where, of which size, and the checkpoint where it is there."""

    place: str
    size: int
    checkpoint: str | None

    def admitted(self, losses: Iterable[Loss]) -> bool:
        """Say whether this very tree is among what was admitted as lost; where it is not shown, any of that size there."""
        root = root_of(self.checkpoint)
        return any((self.place, self.size) == (one.place, one.size) and (not root or root == one.root) for one in losses)


class Outside:
    """The memory of others, as one process has compared it."""

    def __init__(self, board: Recording) -> None:
        """Take the log, which is about to be recorded in."""
        self._board, self._asked, self._until = board, False, 0.0
        self._good = set[Path]()  # files that need not be looked at again: here the log only grows

    def check(self, thing: Any = None) -> None:
        """Raise NotWhatOthersHold where others hold what this log does not extend, and `thing` is not about to admit it."""
        if monotonic() < self._until:
            return
        if held := self.unadmitted(thing):
            raise NotWhatOthersHold(place=called(held[0].place), held=held[0].size)
        self._until = monotonic() + AGAIN

    def unadmitted(self, thing: Any = None, also: Sequence[Held] = ()) -> list[Held]:
        """Return what others hold, as far as this log neither extends nor admits it; `also` is what else they are known to hold.

        Raises KeptDamaged, where `thing` is not about to accuse whoever stole the log key: they may have damaged it to keep that from us.
        """
        board = self._board
        witnesses = policy.read(board.config, board.recorder.vkey, *(each.vkey for each in board.recorder.sealers)).all
        if not self._asked:
            _ask_all(board.recorder, witnesses)
            self._asked = True
        kept, damaged = _kept(board.config, board.recorder, self._good)
        accused = self._accused(thing)
        for one in damaged:
            if accused is None:
                raise one
            log.warning("%s No hindrance to saying that the key of %s is compromised", one, accused)
        held = [*kept, *_found(board.recorder, [one.vkey for one in witnesses]), *also]
        if not held:
            return []
        ledger = thing if isinstance(thing, Ledger) else board.find(Ledger, "ledger", fresh=True)
        losses = ledger.state.losses if ledger and ledger.state else ()
        return [one for one in held if not (one.admitted(losses) or (accused and _under(accused, one)))]

    def _accused(self, thing: Any) -> str | None:
        """Return the name of the log key that `thing` is about to call compromised: what is held under it is no hindrance to that."""
        said = thing.state.successions[-1:] if isinstance(thing, Ledger) and thing.state else ()
        if not said or said[0].reason != "compromised" or said[0].size != self._board.recorder.head().frontier.size:
            return None
        return parse_vkey(said[0].replaces)[0]


def _under(name: str, one: Held) -> bool:
    """Say whether what is held may be the work of whoever has the key of this name, and name it in the log of the service."""
    if one.checkpoint and not one.checkpoint.startswith(f"{name}\n"):
        return False
    log.warning("%s holds %s events under the compromised key of %s that this log does not extend", called(one.place), one.size, name)
    return True


def called(place: str) -> str:
    """Return who holds something, in words: a witness by the name of its key."""
    return f"the witness {parse_vkey(place)[0]}" if "+" in place else place


def extends(recorder: LedgerRecorder, size: int, root: bytes) -> bool:
    """Say whether the log begins with the tree of this size and root."""
    newest = recorder.newest()
    return newest is not None and size <= int(newest.split("\n")[1]) and (not size or recorder.root_at(size) == root)


def _ask_all(recorder: LedgerRecorder, witnesses: tuple[policy.Witness, ...]) -> None:
    """Ask every witness once, all at the same time; what one holds against the log is kept, and is found among the rest."""

    def once(witness: policy.Witness) -> None:
        try:
            ask(recorder, recorder.sealers, witness, PATIENCE)
        except (NotWitnessed, Diverged):
            return  # it is kept, and shown

    if witnesses:
        with ThreadPoolExecutor(len(witnesses)) as pool:
            list(pool.map(once, witnesses))


def _kept(config: Config, recorder: LedgerRecorder, good: set[Path]) -> tuple[list[Held], list[KeptDamaged]]:
    """Return the checkpoints in the folders that they are sent to which the log does not extend; those that it does become `good`.

    What cannot be read any more comes beside them.
    """
    found, damaged = dict[Path, tuple[int, bytes, str]](), list[KeptDamaged]()
    folders = [Path(to) for to in config.checkpoint_to if to.startswith("/")]
    for path in (path for folder in folders for path in folder.glob("*.checkpoint") if path not in good):
        try:
            note = text_of(path, LARGEST)
            if (match := NOTE.fullmatch(note)) and match[2] not in {parse_vkey(each.vkey)[0] for each in recorder.sealers}:
                good.add(path)  # another log's
                continue
            kept = open_by_name(note, recorder.sealers)
        except IsADirectoryError:
            continue
        except (OSError, ValueError) as error:
            damaged.append(KeptDamaged(file=path, why=getattr(error, "strerror", None) or error))
            continue
        found[path] = kept.size, kept.root, note
    with recorder.datastore.get_connection() as conn:
        rows = conn.execute(ROOTS, ([size for size, _, _ in found.values()],)).fetchall() if found else []
    roots = {row["size"]: bytes(row["root"]) for row in rows}
    good.update(path for path, (size, root, _) in found.items() if roots.get(size) == root or extends(recorder, size, root))
    return [Held(path.name, size, note) for path, (size, _, note) in sorted(found.items()) if path not in good], damaged


def _found(recorder: LedgerRecorder, witnesses: list[str]) -> list[Held]:
    if not witnesses:
        return []
    with recorder.datastore.get_connection() as conn:
        rows = conn.execute(FOUND, (witnesses,)).fetchall()
    return [Held(row["witness"], row["held"], row["note"]) for row in rows]
