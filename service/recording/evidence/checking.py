"""Whether files have been looked at for malware: until one has, it is kept and cited, and given to nobody but who brought it.

Where something is found in a file, what is on record stays on record, its hash too; the file stays where it is, and nobody gets it.
Without a scanner in the settings nobody looks, and every file is shared.
"""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from psycopg.rows import tuple_row

from service.recording.evidence.refusals import NotWhatWasKept, UnknownEvidence
from service.recording.evidence.scanner import NotLooked

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from psycopg import Connection

    from service.recording.evidence.store import EvidenceStore

STANDING: Final = """
    SELECT encode(sha256, 'hex'), checked_at IS NOT NULL, found, EXISTS (
           SELECT FROM desk.received_file r WHERE r.sha256 = f.sha256 AND r.account = %s)
      FROM desk.evidence_file f WHERE sha256 = ANY(%s)"""
WAITING: Final = "SELECT encode(sha256, 'hex') FROM desk.evidence_file WHERE checked_at IS NULL ORDER BY sha256"
CHECKED: Final = "UPDATE desk.evidence_file SET checked_at = %s, found = %s WHERE sha256 = %s"

log = logging.getLogger(__name__)


class Sharing(StrEnum):
    """Whether a file is given out."""

    SHARED = "shared"
    NOT_YET = "not yet checked"
    NEVER = "not given out"


class Standing(NamedTuple):
    """How it stands with a file, what was found in it, and whether the one who asks brought it."""

    sharing: Sharing
    found: str | None = None
    theirs: bool = False

    @property
    def given(self) -> bool:
        """Whether it is given to the one who asks."""
        return self.sharing is Sharing.SHARED or (self.sharing is Sharing.NOT_YET and self.theirs)


def standings(conn: Connection[Any], digests: Collection[str], *, scanned: bool, account: Any = None) -> Mapping[str, Standing]:
    """Return how it stands with each of these files; `scanned`: whether there is anybody to look at them. The connection is a writer's."""
    unknown = Standing(Sharing.NOT_YET if scanned else Sharing.SHARED)
    found = dict.fromkeys(digests, unknown)
    if digests:
        with conn.cursor(row_factory=tuple_row) as cursor:
            for digest, checked, what, theirs in cursor.execute(STANDING, (account, [bytes.fromhex(digest) for digest in digests])):
                sharing = Sharing.NEVER if what else Sharing.SHARED if checked else unknown.sharing
                found[digest] = Standing(sharing, what, theirs)
    return found


def check_waiting(conn: Connection[Any], store: EvidenceStore, *, now: datetime) -> Iterator[str]:
    """Have a look taken at every file that waits for one; give a line for whatever could not be. The connection is in autocommit."""
    if store.scanner is None:
        return
    for (digest,) in conn.execute(WAITING).fetchall():
        try:
            with store.open(digest) as file:
                found = store.scanner.look(file)
        except (UnknownEvidence, NotWhatWasKept) as refused:
            yield refused.message
            continue
        except NotLooked as error:
            yield f"{digest} is not checked: {error}"
            continue
        if found:
            log.warning("%s is quarantined: %s was found in it", digest, found)
        conn.execute(CHECKED, (now, found, bytes.fromhex(digest)))
