"""What somebody with too much power can do: the owner of the database, who may write any row, and whoever stole a key.

Nothing here goes through the product. `Owner` writes into the tables; `seal_again` then makes leaves, tiles and checkpoints fit.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from psycopg import sql

from service.ledger.tree import Frontier
from service.verify import b64url, canonical, entry_bytes, parse_entry, statement_header, unb64url

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from service.ledger.checkpoint import LogKey

BY_POSITION = ("ledger.event", "ledger.disclosure", "ledger.sealed_field", "sealed.value")


def claims_of(entry: bytes) -> dict[str, Any]:
    """Read the claims of an entry's statement."""
    claims: dict[str, Any] = json.loads(unb64url(parse_entry(entry)[1].split(".")[1]))
    return claims


def resigned(entry: bytes, key: Ed25519PrivateKey | None, header: str | None = None, recv: int | None = None, **changed: Any) -> bytes:
    """Return an entry with other claims, signed by a key under its own header or another; without a key the old signature stays."""
    received, statement = parse_entry(entry)
    old, _, signature = statement.split(".")
    header = header or (statement_header(key.public_key().public_bytes_raw()) if key else old)
    signed = f"{header}.{b64url(canonical(claims_of(entry) | changed))}"
    return entry_bytes(f"{signed}.{b64url(key.sign(signed.encode())) if key else signature}", received if recv is None else recv)


class Told(NamedTuple):
    """Disclosures of which one says something else, and that one before."""

    disclosures: str
    one: str


def told_otherwise(disclosures: str, name: str, value: Any) -> Told:
    """Let one of an event's disclosures say something else."""
    for one in disclosures.strip("~").split("~"):
        salt, field, _ = json.loads(unb64url(one))
        if field == name:
            return Told(disclosures.replace(one, b64url(canonical([salt, name, value]))), one)
    raise LookupError(name)


@dataclass(frozen=True)
class Owner:
    """The owner of the database, connected to it."""

    connection: psycopg.Connection[Any]

    def one(self, query: str, *values: object) -> Any:
        """Ask for one value."""
        row = self.connection.execute(query, values or None).fetchone()
        assert row is not None, query
        return row[0]

    def entry(self, position: int) -> bytes:
        """Read an entry."""
        return bytes(self.one("SELECT entry FROM ledger.event WHERE position = %s", position))

    def write(self, position: int, entry: bytes) -> None:
        """Write another entry over the one that stands there."""
        self.connection.execute("UPDATE ledger.event SET entry = %s WHERE position = %s", (entry, position))

    def tell(self, position: int, name: str, value: Any) -> None:
        """Let an event's field say something else."""
        disclosures = self.one("SELECT disclosures FROM ledger.disclosure WHERE position = %s", position)
        told = told_otherwise(disclosures, name, value).disclosures
        self.connection.execute("UPDATE ledger.disclosure SET disclosures = %s WHERE position = %s", (told, position))

    def remove(self, first: int, last: int) -> None:
        """Delete entries, and let those after them move up."""
        self._everywhere("DELETE FROM {} WHERE position BETWEEN %s AND %s", first, last)
        self.move(last, first - last - 1)

    def insert(self, position: int, entry: bytes, disclosures: str = "~") -> None:
        """Put an entry in at a position, before the one that stands there; the columns beside it are made up."""
        self.move(position - 1, 1)
        self.connection.execute("ALTER TABLE ledger.event DROP CONSTRAINT IF EXISTS event_jti_key")
        self.connection.execute(
            "INSERT INTO ledger.event (position, stream, version, topic, jti, entry, leaf)"
            " VALUES (%s, gen_random_uuid(), 1, %s, '', %s, '')",
            (position, claims_of(entry)["evt"], entry),
        )
        self.connection.execute("INSERT INTO ledger.disclosure VALUES (%s, %s)", (position, disclosures))

    def move(self, after: int, by: int) -> None:
        """Give all entries after a position another one."""
        self._everywhere("UPDATE {} SET position = -(position + %s) WHERE position > %s", by, after)
        self._everywhere("UPDATE {} SET position = -position WHERE position < 0")

    def swap(self, one: int, other: int) -> None:
        """Let two entries stand in each other's place."""
        self._everywhere("UPDATE {} SET position = position - %s WHERE position IN (%s, %s)", one + other, one, other)
        self._everywhere("UPDATE {} SET position = -position WHERE position < 0")

    def _everywhere(self, query: str, *values: object) -> None:
        """Do the same to everything that is kept by position."""
        for schema, table in (name.split(".") for name in BY_POSITION):
            self.connection.execute(sql.SQL(query).format(sql.Identifier(schema, table)), values or None)

    def seal_again(self, log_key: LogKey | None = None) -> None:
        """Make leaves, tiles and checkpoints anew over the entries that are there; without the log's key, the old signatures stay."""
        self.connection.execute(r"UPDATE ledger.event SET leaf = sha256('\x00'::bytea || entry)")
        self.connection.execute("DELETE FROM ledger.tile")
        frontier = Frontier()
        for size, note in self._checkpoints():
            query = "SELECT leaf FROM ledger.event WHERE position > %s AND position <= %s ORDER BY position"
            growth = frontier.grow([bytes(leaf) for (leaf,) in self.connection.execute(query, (frontier.size, size))])
            frontier = growth.after
            for level, index, root in growth.full_tiles():
                values = (level, index, level, index, root)
                self.connection.execute("INSERT INTO ledger.tile VALUES (%s, %s, ledger.tile_hashes(%s, %s, 256), %s)", values)
            written = log_key.checkpoint(size, frontier.root) if log_key else note
            self.connection.execute(
                "UPDATE ledger.checkpoint SET root = %s, frontier = %s, note = %s WHERE size = %s",
                (frontier.root, frontier.pack(), written, size),
            )

    def _checkpoints(self) -> Iterator[tuple[int, str]]:
        """List the checkpoints up to the size of the log as it is now; the newest is moved there where none is of that size."""
        size = self.one("SELECT count(*) FROM ledger.event")
        if self.one("SELECT count(*) FROM ledger.checkpoint WHERE size = %s", size) == 0:
            newest = "UPDATE ledger.checkpoint SET size = %s WHERE size = (SELECT max(size) FROM ledger.checkpoint)"
            self.connection.execute(newest, (size,))
        self.connection.execute("DELETE FROM ledger.checkpoint WHERE size > %s", (size,))
        yield from self.connection.execute("SELECT size, note FROM ledger.checkpoint ORDER BY size").fetchall()
