"""One append: what was submitted, the entries and the tree that it makes, and the checkpoint over it. No storage here."""

from __future__ import annotations

import json
import re
from binascii import b2a_base64
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from service.ledger import tree
from service.ledger.checkpoint import Receipt
from service.ledger.errors import EntryTooLong, HeadNotOurs, MovedMeanwhile, NotAStatement, ReceivedWentBack, SealsLater
from service.ledger.registry import as_json
from service.verify import MAX_ENTRY, PURPOSES, SUCCEEDED, open_sealed, unb64url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from eventsourcing.persistence import StoredEvent

    from service.ledger.checkpoint import LogKey
    from service.ledger.registry import KeyChange

# The arguments go as text: composing an array costs the driver more than the rest of an append costs us.
APPEND = (
    "SELECT ledger.append(%s, %b, %s::uuid[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::text[],"
    " %s::text[], %s::integer[], %s::bigint[], %s::bytea[], %b, %b, %s, %s, %s, %s, %s) AS appended"
)
TOPIC = re.compile(r"[a-z0-9_.]+")
DISCLOSURES = re.compile(rb"(~[A-Za-z0-9_-]+)*~")
ID = re.compile(r"[A-Za-z0-9_-]{22}")
HOLDER = re.compile(r'[^"\\\x00-\x1f]+')
STATEMENT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def entry(statement: bytes, received: int) -> bytes:
    """Return the leaf's bytes. A compact JWS needs no JSON escape, so this is JCS as it stands."""
    return b'{"recv":%d,"stmt":"%s","v":1}' % (received, statement)


class Head(NamedTuple):
    """What the next append builds on."""

    frontier: tree.Frontier = tree.Frontier()
    received: int = 0
    root: bytes = tree.EMPTY_ROOT

    @classmethod
    def of(cls, row: Mapping[str, Any] | None) -> Head:
        """Return the head that a row of `ledger.checkpoint` holds; raise HeadNotOurs where it contradicts itself."""
        if row is None:
            return cls()
        try:
            frontier = tree.Frontier.unpack(row["size"], row["frontier"])
        except ValueError as error:
            raise HeadNotOurs(f"the stored head of size {row['size']}: {error}") from error
        if frontier.root != row["root"]:
            raise HeadNotOurs(f"the stored head of size {row['size']} has another tree than its root says")
        return cls(frontier, row["received"], row["root"])

    def sealed_by(self, key: LogKey, note: str) -> bool:
        """Say whether this is its checkpoint: by the log's key, or by the one before it, of which there is the public half."""
        if (size := self.frontier.size) > key.since:
            return note == key.checkpoint(size, self.root)
        with suppress(ValueError):
            return open_sealed(note, key.sealers).root == self.root
        return False

    def check_succeeded(self, key: LogKey, first: Leaf) -> None:
        """Refuse to seal under a key what another seals: the first entry that it seals says that it succeeds, exactly where it does."""
        size = self.frontier.size
        if size < key.since or (first.event.topic == SUCCEEDED) != (0 < size == key.since):
            told = f"{key.vkey} seals what follows event {key.since}, first the event that says so, and this log has {size} events"
            raise SealsLater(told)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One event, taken apart: the statement, which the leaf holds, and what it does not."""

    event: StoredEvent
    statement: bytes
    jti: str
    issuer: str
    purpose: str  # of the key that a statement of its assurance is under
    audience: str
    disclosures: str  # ~d1~d2~
    pointers: list[list[str]]  # [field, subject, digest, base64 of the sealed disclosure]

    @property
    def kind(self) -> str:
        """The kind of thing whose stream it is in: what its topic begins with."""
        return self.event.topic.partition(".")[0]

    @classmethod
    def of(cls, event: StoredEvent, received: int) -> Leaf:
        """Take an event apart; raise NotAStatement or EntryTooLong."""
        statement, _, _ = event.state.partition(b"~")
        disclosures = DISCLOSURES.match(event.state, len(statement))
        if not (disclosures and STATEMENT.fullmatch(statement) and TOPIC.fullmatch(event.topic)):
            raise NotAStatement(f"{event.topic} is not an SD-JWT")
        if (size := len(entry(statement, received))) > MAX_ENTRY:
            raise EntryTooLong(event.topic, size)
        try:
            claims = json.loads(unb64url(statement.split(b".")[1].decode()))
            sealed = json.loads(event.state[disclosures.end() :] or b"[]")
            place = claims["evt"], claims["stream"], claims["sver"]
            jti, issuer, purpose, audience = str(claims["jti"]), str(claims["iss"]), PURPOSES[claims["assurance"]], str(claims["aud"])
        except (ValueError, KeyError, TypeError) as error:
            raise NotAStatement(f"{event.topic}: {error}") from error
        if not all(isinstance(pointer, list) and [type(part) for part in pointer] == [str] * 4 for pointer in sealed):
            raise NotAStatement(f"{event.topic}: a pointer is field, subject, digest and sealed value")
        if place != (event.topic, str(event.originator_id), event.originator_version) or not (
            ID.fullmatch(jti) and HOLDER.fullmatch(issuer)
        ):
            raise NotAStatement(f"a statement of {place} was handed in as {event.topic}, version {event.originator_version}")
        return cls(event, statement, jti, issuer, purpose, audience, disclosures[0].decode(), sealed)


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A caller's name for one command, and the hash of what it asks: repeated, it is recorded once."""

    caller: str
    key: str
    request: bytes


class Unless(NamedTuple):
    """What a decision took for granted: nothing was recorded after this size of the tree in streams of these kinds.

    The version of its own stream says nothing of what a decision has read of others. A kind is what topics begin with: `agency`.
    """

    size: int
    kinds: frozenset[str]


class Text(NamedTuple):
    """A text in the clear that goes with a subject: of which field of which entry, and its disclosure with the digest of that."""

    subject: UUID
    position: int
    field: str
    digest: str
    disclosure: str

    @property
    def place(self) -> dict[str, Any]:
        """Return it as an erasure lists what went."""
        return {"position": self.position, "field": self.field, "digest": self.digest}


class Erases(NamedTuple):
    """Whose keys and values go with an append that says so, how many values it lists, and which texts besides (ledger.md §6).

    `goes` says of what is typed, and is not recorded, whether it names them and goes too.
    """

    subjects: tuple[UUID, ...]
    values: int
    texts: tuple[Text, ...] = ()
    goes: Callable[[Any], bool] = lambda _: False


class Submission(NamedTuple):
    """What one caller hands in, recorded whole or not at all."""

    leaves: Sequence[Leaf]
    received: int | None = None
    idempotency: Idempotency | None = None
    keys: Sequence[KeyChange] = ()
    unless: Unless | None = None
    erases: Erases | None = None


def check_apart(batch: Sequence[Sequence[Submission]]) -> None:
    """Refuse to record together, unseen by one another, what one caller rests on and what another records."""
    for together in batch if len(batch) > 1 else ():
        kinds = frozenset[str]().union(*(part.unless.kinds for part in together if part.unless))
        if kinds and any(leaf.kind in kinds for other in batch if other is not together for part in other for leaf in part.leaves):
            raise MovedMeanwhile("something is recorded together with what rests on it")


@dataclass(frozen=True)
class Append:
    """One transaction's worth."""

    leaves: Sequence[Leaf]
    received: Sequence[int]
    growth: tree.Growth
    before: Head
    head: Head
    note: str
    sealed: list[dict[str, Any]]
    subjects: list[dict[str, str]]
    commands: list[dict[str, Any]]
    keys: dict[str, list[dict[str, Any]]] | None

    @classmethod
    def on(
        cls,
        head: Head,
        batch: Sequence[Submission],
        log_key: LogKey,
        *,
        now: int,
        pointers: Sequence[list[str]],
        subjects: list[dict[str, str]],
    ) -> Append:
        """Build the append of a batch on a head; `pointers` are those of all its leaves, in order. Raise ReceivedWentBack."""
        received, leaves, times, commands = head.received, list[Leaf](), list[int](), list[dict[str, Any]]()
        keys: list[tuple[int, KeyChange]] = []
        for part in batch:
            if part.received is not None and part.received < received:
                raise ReceivedWentBack(f"recorded at {part.received}, after {received}")
            received = max(now, received) if part.received is None else part.received
            if part.idempotency:
                commands.append(_command(part.idempotency, len(leaves) + 1, len(part.leaves)))
            keys.extend((len(leaves) + 1 + change.event, change) for change in part.keys)
            leaves.extend(part.leaves)
            times.extend([received] * len(part.leaves))
        head.check_succeeded(log_key, leaves[0])
        growth = head.frontier.grow([tree.leaf_hash(entry(leaf.statement, at)) for leaf, at in zip(leaves, times, strict=True)])
        after = Head(growth.after, received, growth.after.root)
        note = log_key.checkpoint(growth.after.size, after.root)
        return cls(leaves, times, growth, head, after, note, _sealed(leaves, pointers), subjects, commands, as_json(keys))

    @property
    def first(self) -> int:
        """The position of the first entry."""
        return self.growth.before.size + 1

    def receipt(self, position: int) -> Receipt:
        """Return the receipt of one of these entries, from memory."""
        return Receipt(position - 1, self.growth.inclusion(position - 1), self.note)

    def parameters(self) -> tuple[Any, ...]:
        """Return the arguments of `ledger.append`."""
        tiles, leaves = self.growth.full_tiles(), self.leaves
        return (
            self.before.frontier.size,
            self.before.root,
            _array([str(leaf.event.originator_id) for leaf in leaves]),
            _array([str(leaf.event.originator_version) for leaf in leaves]),
            _array([leaf.event.topic for leaf in leaves]),
            _array([leaf.jti for leaf in leaves]),
            _array([leaf.issuer for leaf in leaves]),
            _array([leaf.purpose for leaf in leaves]),
            _array(list(map(str, self.received))),
            _array([leaf.statement.decode() for leaf in leaves]),
            _array([leaf.disclosures for leaf in leaves]),
            _array([str(level) for level, _, _ in tiles]),
            _array([str(index) for _, index, _ in tiles]),
            _array([rf"\\x{root.hex()}" for _, _, root in tiles]),
            self.head.root,
            self.head.frontier.pack(),
            self.note,
            *(json.dumps(beside) if beside else None for beside in (self.sealed, self.subjects, self.commands, self.keys)),
        )


def _array(texts: Sequence[str]) -> str:
    """Return PostgreSQL's text form of an array. None of these texts can hold a quote: `Leaf.of` has seen to that."""
    return '{"' + '","'.join(texts) + '"}' if texts else "{}"


def _sealed(leaves: Sequence[Leaf], pointers: Sequence[list[str]]) -> list[dict[str, Any]]:
    places = (n for n, leaf in enumerate(leaves, 1) for _ in leaf.pointers)
    return [
        {"n": n, "field": field, "subject": subject, "digest": named, "value": value}
        for n, (field, subject, named, value) in zip(places, pointers, strict=True)
    ]


def _command(idempotency: Idempotency, n: int, events: int) -> dict[str, Any]:
    request = b2a_base64(idempotency.request, newline=False).decode()
    return {"n": n, "caller": idempotency.caller, "key": idempotency.key, "request": request, "events": events}
