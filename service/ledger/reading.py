"""The log as it is read: entries, each verified once and nothing revealed; and what the tables prove of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from psycopg.rows import tuple_row

from aggregates.entry.topics import UnknownEventError, event_type, kept_of
from aggregates.entry.values import Sealed
from service.ledger import tree
from service.ledger.checkpoint import Receipt
from service.ledger.errors import BadStatement, NoSuchEntry
from service.verify import PURPOSES, check_signature, digest, open_disclosures, open_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from eventsourcing.postgres import PostgresDatastore
    from psycopg import Connection
    from psycopg.rows import DictRow

    from service.ledger.registry import KnownKey

BATCH: Final = 100  # statements verified in a row
NEWEST = "SELECT size, root, frontier, received, note FROM ledger.checkpoint ORDER BY size DESC LIMIT 1"
# The state of each row by itself: joined as a whole, what reads the newest entries would pass over all that came before them.
SELECT = """
    SELECT e.position, e.stream, e.version, e.topic, e.entry, e.leaf, e.jti, s.state
      FROM ledger.event e CROSS JOIN LATERAL (SELECT state FROM ledger.stored_events WHERE notification_id = e.position OFFSET 0) s """
SEALING = """
    SELECT size, note FROM ledger.cosigned
     WHERE size = coalesce((SELECT min(size) FROM ledger.cosignature
                             WHERE size >= %(position)s AND (%(within)s::bigint IS NULL OR size <= %(within)s)),
                           (SELECT min(size) FROM ledger.checkpoint WHERE size >= %(position)s))"""
IN_ORDER = SELECT + "WHERE e.position > %s ORDER BY e.position LIMIT %s"
OF_TOPICS = SELECT + "WHERE e.position > %s AND e.position <= %s AND e.topic = ANY (%s) ORDER BY e.position"
# What could have discharged something by a position: events of some kinds, of some streams where those are known; with what amends them.
OF_KINDS = (
    SELECT
    + """
     WHERE e.position <= %(size)s AND (%(streams)s::uuid[] IS NULL OR e.stream = ANY (%(streams)s) OR e.position = %(asked)s)
       AND (e.position = %(asked)s OR e.topic ~ %(kinds)s OR e.topic LIKE ANY (ARRAY['%%.entry_corrected.v1', '%%.entry_retracted.v1']))
     ORDER BY e.position"""
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a verified statement says: its claims, the disclosed fields, and whom the sealed ones are about."""

    claims: Mapping[str, Any]
    fields: Mapping[str, Any]
    sealed: Mapping[str, UUID]
    key: KnownKey


def read(state: bytes, find: Callable[[str], KnownKey | None]) -> Statement:
    """Verify a stored SD-JWT under a key that the log knows, as strictly as an auditor's verifier does; raise BadStatement."""
    (statement,) = read_many([state], find)
    return statement


def read_many(states: Iterable[bytes], find: Callable[[str], KnownKey | None]) -> list[Statement]:
    """Verify many, each step for all of them before the next, which takes a seventh less; raise BadStatement where one is bad."""
    try:
        parts = [state.decode("ascii").split("~") for state in states]
        keys = [_known(statement, find) for statement, *_ in parts]
        signatures: list[tuple[bytes, bytes, bytes]] = []
        claims = [
            open_statement(statement, key.public_key, key.origin, lambda *signed: signatures.append(signed))
            for (statement, *_), key in zip(parts, keys, strict=True)
        ]
        for signed in signatures:
            check_signature(*signed)
        shown = [open_disclosures(said["_sd"], disclosures) for said, (_, *disclosures, _) in zip(claims, parts, strict=True)]
        pointed = [json.loads(pointers) if pointers else [] for *_, pointers in parts]
        return [_accounted(*one) for one in zip(claims, shown, pointed, keys, strict=True)]
    except (ValueError, TypeError, RecursionError) as error:
        raise BadStatement(f"a stored statement is not what was signed: {error}") from error


def disclosed(disclosures: str) -> Iterator[tuple[str, str, Any]]:
    """Give each disclosure that stands beside an entry, with the field and the value that it shows; nothing is verified."""
    for each in filter(None, disclosures.split("~")):
        ((name, value),) = open_disclosures([digest(each)], [each]).values()
        yield each, name, value


def _known(statement: str, find: Callable[[str], KnownKey | None]) -> KnownKey:
    key = find(statement.partition(".")[0])
    if key is None:
        raise BadStatement("the statement begins with the header of no key of this log")
    return key


def _accounted(claims: Mapping[str, Any], shown: Mapping[str, tuple[str, Any]], pointed: Sequence[Any], key: KnownKey) -> Statement:
    """Return a statement, each of whose digests is shown or is that of a value which is sealed, and which its key may sign."""
    sealed = {named: (name, UUID(subject)) for name, subject, named, *_ in pointed}
    if (claims["iss"], PURPOSES[claims["assurance"]]) != (key.holder, key.purpose):
        raise BadStatement(f"{claims['assurance']} by {claims['iss']}, under a key of {key.holder} for {key.purpose}")
    fields, subjects = dict(shown.values()), dict(sealed.values())
    if sorted([*shown, *sealed]) != claims["_sd"] or len(pointed) != len(sealed) or len(fields | subjects) != len(claims["_sd"]):
        raise BadStatement("the fields beside a statement are not those that were signed")
    return Statement(claims, fields, subjects, key)


@dataclass(frozen=True, slots=True)
class Verified:
    """One entry of the log, whose signature and place were checked. A personal field is `{"sealed": "<subject>"}`."""

    position: int
    stream: UUID
    version: int
    topic: str
    recv: int
    assurance: str
    holder: str
    thumbprint: str
    leaf: bytes
    jti: str
    fields: Mapping[str, Any]


def read_log(conn: Connection[Any], find: Callable[[str], KnownKey | None], after: int, limit: int) -> Iterator[Verified]:
    """Give the entries after a position, in order; raise BadStatement at one that is not what was signed."""
    return _verified(conn.cursor(binary=True).execute(IN_ORDER, (after, limit)), find)


def read_topics(
    conn: Connection[Any], find: Callable[[str], KnownKey | None], after: int, until: int, topics: Collection[str]
) -> Iterator[Verified]:
    """Give the entries of these topics after a position and up to another, in order."""
    return _verified(conn.cursor(row_factory=tuple_row).execute(OF_TOPICS, (after, until, list(topics))), find)


def read_kinds(
    conn: Connection[Any], find: Callable[[str], KnownKey | None], *, size: int, asked: int, kinds: str, streams: Sequence[str] | None
) -> Iterator[Verified]:
    """Give the entries up to a position of kinds that could have discharged something, what amends others, and the one that asked."""
    wanted = {"size": size, "asked": asked, "kinds": kinds, "streams": streams}
    return _verified(conn.cursor(row_factory=tuple_row).execute(OF_KINDS, wanted), find)


def _verified(rows: Iterable[tuple[Any, ...]], find: Callable[[str], KnownKey | None]) -> Iterator[Verified]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield from map(_placed, batch, _statements(batch, find))


def _statements(rows: Sequence[tuple[Any, ...]], find: Callable[[str], KnownKey | None]) -> Iterator[Statement]:
    """Verify the statements of some rows."""
    try:
        yield from read_many([bytes(state) for *_, state in rows], find)
    except BadStatement:  # once more, one at a time, to name the first that is refused
        for position, *_, state in rows:
            try:
                yield read(bytes(state), find)
            except BadStatement as error:
                raise BadStatement(f"entry {position}: {error}") from error


def _placed(row: tuple[Any, ...], statement: Statement) -> Verified:
    """Return what a row of the log says, once it is filed as what was signed."""
    position, stream, version, topic, entry, leaf, jti, _ = row
    claims = statement.claims
    if (claims["evt"], claims["stream"], claims["sver"], claims["jti"]) != (topic, str(stream), version, jti):
        raise BadStatement(f"entry {position} is filed as something else than was signed")
    if tree.leaf_hash(bytes(entry)) != bytes(leaf):
        raise BadStatement(f"entry {position} is not what its leaf is the hash of")
    sealed = {name: _not_shown(topic, name, subject) for name, subject in statement.sealed.items()}
    key = statement.key
    received = json.loads(bytes(entry))["recv"]
    fields = {**statement.fields, **sealed}
    return Verified(position, stream, version, topic, received, claims["assurance"], key.holder, key.thumbprint, bytes(leaf), jti, fields)


def _not_shown(topic: str, name: str, subject: UUID) -> object:
    """Return whom a field is about; of a text that went with them, that it did. What is not known is taken for what it most often is."""
    try:
        kept = kept_of(event_type(topic), name, subject)
    except (UnknownEventError, KeyError):
        kept = Sealed(subject)
    return {"sealed": str(subject)} if isinstance(kept, Sealed) else kept


class Proofs:
    """Checkpoints, receipts and proofs, from the tables, for anyone who may read the ledger."""

    datastore: PostgresDatastore

    def newest(self) -> str | None:
        """Return the newest checkpoint, a signed note; None while the log is empty."""
        with self.datastore.get_connection() as conn:
            row = conn.execute(NEWEST).fetchone()
        return str(row["note"]) if row else None

    def published(self) -> str | None:
        """Return the newest checkpoint with the cosignatures that it has by now; None while the log is empty."""
        with self.datastore.get_connection() as conn:
            row = conn.execute("SELECT note FROM ledger.cosigned ORDER BY size DESC LIMIT 1").fetchone()
        return str(row["note"]) if row else None

    def checkpoint_at(self, size: int) -> str | None:
        """Return the checkpoint of exactly this size, None where an append passed over it."""
        with self.datastore.get_connection() as conn:
            row = conn.execute("SELECT note FROM ledger.checkpoint WHERE size = %s", (size,)).fetchone()
        return str(row["note"]) if row else None

    def leaf(self, position: int) -> bytes:
        """Return the leaf hash of an entry; raise NoSuchEntry."""
        with self.datastore.get_connection() as conn:
            row = conn.execute("SELECT leaf FROM ledger.event WHERE position = %s", (position,)).fetchone()
        if row is None:
            raise NoSuchEntry(position)
        return bytes(row["leaf"])

    def root_at(self, size: int) -> bytes:
        """Return the root of the first `size` entries, which any pack of this log leads to, whether or not a checkpoint has this size."""
        with self.datastore.get_connection() as conn:
            return _prove(conn, [(0, size)], size)[0]

    def receipt(self, position: int, *, within: int | None = None) -> Receipt:
        """Return an event's receipt, by the first checkpoint that seals it and is cosigned; by the first at all where none is yet.

        Within so many events where that is said: the receipt in a pack is of the pack's own tree.

        Raise NoSuchEntry.
        """
        with self.datastore.get_connection() as conn:
            row = conn.execute(SEALING, {"position": position, "within": within}, prepare=True).fetchone()
            if row is None or position < 1:
                raise NoSuchEntry(position)
            proof = _prove(conn, tree.inclusion_ranges(position - 1, row["size"]), row["size"])
        return Receipt(position - 1, proof, row["note"])

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the proof (RFC 6962 §2.1.1) that leaf `index`, from 0, is in the tree of this size."""
        with self.datastore.get_connection() as conn:
            return _prove(conn, tree.inclusion_ranges(index, size), size)

    def consistency(self, old: int, size: int) -> list[bytes]:
        """Return the proof (RFC 6962 §2.1.2) that the tree of size `old` is a prefix of that of this size."""
        with self.datastore.get_connection() as conn:
            return _prove(conn, tree.consistency_ranges(old, size), size)


def _prove(conn: Connection[DictRow], ranges: Sequence[tree.Range], size: int) -> list[bytes]:
    wanted = tree.tiles_of(ranges, size)
    rows = conn.execute(
        "SELECT level, index, ledger.read_tile(level, index, width) AS hashes"
        " FROM unnest(%s::integer[], %s::bigint[], %s::integer[]) AS t (level, index, width)",
        ([level for level, _ in wanted], [index for _, index in wanted], list(wanted.values())),
        prepare=True,
    ).fetchall()
    tiles = {(row["level"], row["index"]): row["hashes"] for row in rows}
    return tree.prove(ranges, lambda node: tree.node_from_tiles(tiles, node))
