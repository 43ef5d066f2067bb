"""Bringing evidence: a file is taken in before it is on record, and is on record once an act cites it."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, Final

from service.desk.whose import ONE_AGENCY
from service.recording.evidence.citing import Held, cited, claimed
from service.recording.evidence.folder import checked
from service.recording.evidence.refusals import UnknownEvidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventsourcing.postgres import PostgresDatastore

    from aggregates.authority import Acting
    from aggregates.entry.values import Evidence
    from service.desk.accounts import Caller
    from service.recording.evidence.store import EvidenceStore, Received

BROUGHT: Final = """
    WITH held AS (
        INSERT INTO desk.evidence_file (sha256, size, media_type) VALUES (%(sha256)s, %(size)s, %(media_type)s) ON CONFLICT DO NOTHING)
    INSERT INTO desk.received_file (sha256, account) VALUES (%(sha256)s, %(account)s) ON CONFLICT DO NOTHING"""
HELD: Final = """
    SELECT encode(sha256, 'hex') AS sha256, size, media_type, EXISTS (
           SELECT FROM desk.received_file r WHERE r.sha256 = f.sha256 AND r.account = %s) AS theirs
      FROM desk.evidence_file f WHERE sha256 = ANY(%s)"""


class Evidencing:
    """What a log takes in as evidence, and who brought it."""

    evidence: EvidenceStore
    datastore: PostgresDatastore

    def receive(self, stream: IO[bytes], filename: str, caller: Caller) -> Received:
        """Take an evidence file in, and remember whose account brought it."""
        received = self.evidence.receive(stream, filename)
        said = received._asdict() | {"sha256": bytes.fromhex(received.sha256), "account": caller.account}
        with self.datastore.get_connection() as conn:
            conn.execute(BROUGHT, said)
        return received

    def cite(self, items: Sequence[Any], *, who: Acting, caller: Caller, now: int) -> tuple[Evidence, ...]:
        """Return evidence as an event carries it. What it is comes from the file that the store holds, never from who cites it.

        Who sees one agency's record alone cites what they brought themselves; any other file answers as one that is not there.
        """
        every = [claimed(item) for item in items]
        hashes = [bytes.fromhex(checked(item["sha256"])) for item in every]
        with self.datastore.get_connection() as conn:
            rows = {row["sha256"]: row for row in conn.execute(HELD, (caller.account, hashes))}
        own = who.role in ONE_AGENCY and who.on_behalf_of is None
        held = {digest: Held(row["size"], row["media_type"]) for digest, row in rows.items() if row["theirs"] or not own}
        if strange := {item["sha256"] for item in every} - held.keys():
            raise UnknownEvidence(sha256=min(strange))
        return tuple(cited(item, held[item["sha256"]], supplied_by=who.agency, now=now) for item in every)
