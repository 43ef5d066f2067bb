"""Bringing evidence: a file is taken in before it is on record, and is on record once an act cites it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, Final

from service.desk.roles import ONE_AGENCY
from service.recording.evidence.checking import Sharing, standings
from service.recording.evidence.citing import Held, cited, claimed
from service.recording.evidence.folder import checked
from service.recording.evidence.refusals import Malware, NotGivenOut, NotYetShared, UnknownEvidence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from eventsourcing.postgres import PostgresDatastore

    from aggregates.authority import Acting
    from aggregates.entry.values import Evidence
    from service.desk.accounts import Caller
    from service.recording.evidence.checking import Standing
    from service.recording.evidence.incoming import Incoming
    from service.recording.evidence.store import EvidenceStore, Received

BROUGHT: Final = """
    WITH brought AS (
        INSERT INTO desk.received_file (sha256, account) VALUES (%(sha256)s, %(account)s) ON CONFLICT DO NOTHING)
    INSERT INTO desk.evidence_file AS held (sha256, size, media_type, checked_at)
    VALUES (%(sha256)s, %(size)s, %(media_type)s, %(checked_at)s)
        ON CONFLICT (sha256) DO UPDATE SET checked_at = coalesce(held.checked_at, excluded.checked_at)
    RETURNING found"""
HELD: Final = """
    SELECT encode(sha256, 'hex') AS sha256, size, media_type, found, EXISTS (
           SELECT FROM desk.received_file r WHERE r.sha256 = f.sha256 AND r.account = %s) AS theirs
      FROM desk.evidence_file f WHERE sha256 = ANY(%s)"""


class Evidencing:
    """What a log takes in as evidence, and who brought it."""

    evidence: EvidenceStore
    datastore: PostgresDatastore
    clock: Callable[[], float]

    def receive(self, stream: IO[bytes] | Incoming, filename: str, caller: Caller) -> Received:
        """Take an evidence file in, and remember whose account brought it. What malware was found in before is refused again."""
        received = self.evidence.receive(stream, filename)
        said = received._asdict() | {"sha256": bytes.fromhex(received.sha256), "account": caller.account}
        said["checked_at"] = datetime.fromtimestamp(self.clock(), UTC) if received.checked else None
        with self.datastore.get_connection() as conn:
            row = conn.execute(BROUGHT, said).fetchone()
        if row and row["found"]:
            raise Malware(filename=filename, found=row["found"])
        return received

    def standings(self, digests: Collection[str], caller: Caller) -> Mapping[str, Standing]:
        """Return whether each of these files is given out, and whether the caller brought it."""
        with self.datastore.get_connection() as conn:
            account = None if caller.rehearses else caller.account  # no inspector brought it
            return standings(conn, digests, scanned=self.evidence.scanner is not None, account=account)

    def give(self, digest: str, caller: Caller) -> IO[bytes]:
        """Open a file for somebody who may read what cites it. Refuses what nobody has looked at, but to who brought it, and malware."""
        standing = self.standings([digest], caller)[digest]
        if standing.sharing is Sharing.NEVER:
            raise NotGivenOut(sha256=digest, found=standing.found)
        if not standing.given:
            raise NotYetShared(sha256=digest)
        return self.evidence.open(digest)

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
        if bad := next((item["sha256"] for item in every if rows[item["sha256"]]["found"]), None):
            raise NotGivenOut(sha256=bad, found=rows[bad]["found"])
        return tuple(cited(item, held[item["sha256"]], supplied_by=who.agency, now=now) for item in every)
