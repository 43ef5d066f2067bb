"""The log as it is read by whoever builds views from it: each entry verified once, nothing revealed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.ledger.errors import BadStatement
from service.ledger.statement import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from uuid import UUID

    from psycopg import Connection

    from service.ledger.registry import KnownKey

SELECT = """
    SELECT e.position, e.stream, e.version, e.topic, e.entry, e.leaf, e.jti, s.state
      FROM ledger.event e JOIN ledger.stored_events s ON s.notification_id = e.position
     WHERE e.position > %s ORDER BY e.position LIMIT %s"""


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
    for position, stream, version, topic, entry, leaf, jti, state in conn.execute(SELECT, (after, limit)):
        statement = read(bytes(state), find)
        claims = statement.claims
        if (claims["evt"], claims["stream"], claims["sver"], claims["jti"]) != (topic, str(stream), version, jti):
            raise BadStatement(f"entry {position} is filed as something else than was signed")
        sealed = {name: {"sealed": str(subject)} for name, subject in statement.sealed.items()}
        key = statement.key
        received = json.loads(bytes(entry))["recv"]
        fields = {**statement.fields, **sealed}
        yield Verified(
            position, stream, version, topic, received, claims["assurance"], key.holder, key.thumbprint, bytes(leaf), jti, fields
        )
