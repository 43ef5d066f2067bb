"""What the ledger refuses, by name.

A `Refusal` is about one submission: it reaches its own caller, whoever shared the transaction. It is an `IntegrityError` of the
library's, as a version conflict is. The others stop the service: what is stored is not what was recorded.
"""

from __future__ import annotations

from eventsourcing.persistence import IntegrityError

from service.verify import MAX_ENTRY


class Refusal(IntegrityError):  # noqa: N818 - the field's word: a submission is refused
    """A submission is not recorded. Never raised itself, but for a conflict of versions: another event stands there already."""


class MovedMeanwhile(Refusal):
    """Something was recorded that the decision behind a submission rests on: it has to be decided anew."""


class KeyNotLive(Refusal):
    """The key of a statement is not enrolled, not yet, or no longer, at the position that the statement would have."""


class NotTheirKey(Refusal):
    """A statement says another holder, or other acts, than those of the key that signed it."""


class KeyInUse(Refusal):
    """A key that is known already, or serves another purpose, cannot be enrolled: one key, one holder, one purpose."""


class EventKnown(Refusal):
    """A statement with this id is in the log already: nothing enters twice."""


class NotEstablished(Refusal):
    """The first entry of a log establishes it, with its own key; no later one does."""


class ReceivedWentBack(Refusal):
    """The time given for an entry is before that of the entry before it."""


class SubjectErased(Refusal):
    """A subject's key is gone, so nothing more can be sealed under it."""


class ErasesUnlisted(Refusal):
    """More or less would be destroyed than an erasure lists: something was sealed about the person meanwhile."""


class SubjectKeyTaken(Refusal):
    """Another writer made a key for a new subject first: what was sealed for it must be sealed again. The recorder does so itself."""


class EntryTooLong(Refusal):
    """An entry is longer than a log may hold: the text belongs in a file, as evidence."""

    def __init__(self, topic: str, size: int) -> None:
        """Take the event's topic and the size of its entry in bytes."""
        super().__init__(f"{topic} would be an entry of {size} bytes; an entry holds at most {MAX_ENTRY}")
        self.topic, self.size = topic, size


class NotAStatement(Refusal):
    """What was handed in is not a compact SD-JWT with an id of its own."""


class AlreadyRecorded(Refusal):
    """The idempotency key's command is recorded: `positions` are those of its events."""

    def __init__(self, caller: str, key: str, positions: range) -> None:
        """Take whose key it is, the key and what was recorded under it."""
        super().__init__(f"the command {key!r} of {caller} is recorded, from position {positions.start}")
        self.caller, self.key, self.positions = caller, key, positions


class OtherRequest(Refusal):
    """The idempotency key was used for something else."""

    def __init__(self, caller: str, key: str) -> None:
        """Take whose key it is, and the key."""
        super().__init__(f"the idempotency key {key!r} of {caller} was used for another command")
        self.caller, self.key = caller, key


class LedgerDamaged(Exception):  # noqa: N818 - a finding about the store, not a fault of the code
    """What is stored is not what was recorded, in short `said`; `runbook` is for whoever has to settle it. Never raised itself."""

    said, runbook = "The ledger is not what was recorded", "ops/runbooks/views-stopped.md"


class HeadWentBack(LedgerDamaged):
    """The database no longer holds a checkpoint that this process has seen: a restored backup, a failover, or a fork."""

    runbook = "ops/runbooks/restore.md"


class HeadNotOurs(LedgerDamaged):
    """The newest checkpoint is not one that this log's key signed over this tree: building on it would vouch for it."""


class SealsLater(HeadNotOurs):
    """The log key seals what follows another event than this database ends with: one of the two is an older copy."""

    said, runbook = "The log key is not this database's", "ops/runbooks/key-lost.md"


class BadStatement(LedgerDamaged):
    """A stored event is not what was signed."""


class SealedValueDamaged(LedgerDamaged):
    """A personal value is there and its key is there, and yet it cannot be opened."""


class OtherWrappingKey(SealedValueDamaged):
    """A subject's key is wrapped by another key than the one in use: an older dump, or an older copy of the wrapping key."""

    said, runbook = "What is sealed cannot be opened", "ops/runbooks/restore.md"


class NoSuchEntry(LookupError):  # noqa: N818 - named like the others
    """The log has no entry at this position."""

    def __init__(self, position: int) -> None:
        """Take the position asked for, from 1."""
        super().__init__(f"the log has no entry {position}")
        self.position = position


IDEMPOTENCY_KEY_KNOWN = "MU002"
SQLSTATES: dict[str, type[Refusal]] = {
    "MU001": KeyNotLive,
    IDEMPOTENCY_KEY_KNOWN: Refusal,  # of several that share a transaction; alone, the recorder finds out which it is
    "MU003": EventKnown,
    "MU004": NotEstablished,
    "MU005": SubjectKeyTaken,
    "MU006": SubjectErased,
    "MU007": ReceivedWentBack,
    "MU008": NotTheirKey,
    "MU009": ErasesUnlisted,
    "MU010": ErasesUnlisted,
    "23505": Refusal,  # unique_violation: another event has this version of its stream
}
