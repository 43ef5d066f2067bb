"""Evidence files, by content: a file is its SHA-256, is written once, and is never changed (architecture §4).

It is hashed while it streams into a temporary file, forced to disk, made read-only and linked to its name; a file that was
there already is the same file. What is lost here is lost evidence: back it up like the database.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import asdict
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from aggregates.entry.values import Evidence
from service.database.connection import disk_full
from service.desk.refusals import EmptyFile, FutureDate, NoRoom, TooLarge, UnknownEvidence, WrongKind
from service.desk.whose import ONE_AGENCY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eventsourcing.postgres import PostgresDatastore

    from aggregates.authority import Acting
    from service.desk.accounts import Caller

BLOCK = 1 << 18
READ_ONLY = 0o440
SAID = frozenset({"title", "evidence_date", "filename", "media_type", "classification"})
CLASSES = frozenset({"public", "partners", "restricted"})
A_PDF = b"%PDF-"  # as every PDF begins
DEFAULT_TYPE = "application/octet-stream"
MEDIA_TYPE = re.compile(r"[a-z]+/[A-Za-z0-9.+-]{1,100}\Z")
NAME = re.compile(r"[0-9a-f]{64}\Z")
BROUGHT = "SELECT sha256 FROM desk.received_file WHERE account = %s AND sha256 = ANY(%s)"


class Received(NamedTuple):
    """What came in: its hash in hexadecimal, and its size in bytes."""

    sha256: str
    size: int


class EvidenceStore:
    """The files, two hexadecimal digits a folder."""

    def __init__(self, folder: Path, *, limit: int) -> None:
        """Open the store; `limit` is the largest file that it takes, in bytes."""
        self.folder, self.limit = folder, limit

    def receive(self, stream: IO[bytes], filename: str) -> Received:
        """Take a file in. Refuses an empty one, one over the limit, and any where the disk is full; keeps nothing of it."""
        try:
            return self._receive(stream, filename)
        except OSError as error:
            if disk_full(error):
                raise NoRoom from error
            raise

    def _receive(self, stream: IO[bytes], filename: str) -> Received:
        incoming = self.folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True, mode=0o750)
        with tempfile.NamedTemporaryFile(dir=incoming, delete=False) as file:
            try:
                received = self._copy(stream, file, filename)
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), READ_ONLY)
                self._name(Path(file.name), received.sha256)
            finally:
                Path(file.name).unlink()
        return received

    def _copy(self, stream: IO[bytes], file: IO[bytes], filename: str) -> Received:
        digest, size = sha256(), 0
        while block := stream.read(BLOCK):
            size += len(block)
            if size > self.limit:
                raise TooLarge(what=filename, limit=f"{self.limit // 1024 // 1024} MB")
            digest.update(block)
            file.write(block)
        file.flush()
        if not size:
            raise EmptyFile(filename=filename)
        return Received(digest.hexdigest(), size)

    def _name(self, temporary: Path, digest: str) -> None:
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        try:
            path.hardlink_to(temporary)
        except FileExistsError:
            return  # the same content came before
        for folder in (path.parent, self.folder):
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)  # the name too must survive a crash
            finally:
                os.close(descriptor)

    def path(self, digest: str) -> Path:
        """Return where a file is, or would be. Refuses what is no SHA-256."""
        if not NAME.match(digest):
            raise UnknownEvidence(sha256=digest)
        return self.folder / digest[:2] / digest

    def size(self, digest: str) -> int:
        """Return the size of a file that is held; refuses one that is not."""
        path = self.path(digest)
        if not path.is_file():
            raise UnknownEvidence(sha256=digest)
        return path.stat().st_size


def pages_of(file: Path) -> int | None:
    """Return how many pages a file has, where it is a PDF; `ValueError` where it says that it is one, and cannot be read."""
    with file.open("rb") as begun:
        if begun.read(len(A_PDF)) != A_PDF:
            return None
    from pypdf import PdfReader  # noqa: PLC0415 - a tenth of a second of every command's start, for the few that bring a PDF
    from pypdf.errors import PyPdfError  # noqa: PLC0415 - as above

    try:
        with file.open("rb") as content:
            return len(PdfReader(content).pages)
    except (PyPdfError, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{file.name} cannot be read as a PDF") from error


def cited(store: EvidenceStore, item: Any, *, supplied_by: str | None, now: int) -> Evidence:
    """Return one piece of evidence as an event carries it.

    Size and time of receipt are the store's; only what the file is about is the submitter's word. `evidence_date` is what the file
    says of itself, and is never taken for the day on which it came (domain B.1).
    """
    if isinstance(item, Evidence):
        item = asdict(item)
    if not isinstance(item, dict) or not isinstance(item.get("sha256"), str):
        raise WrongKind(act="Evidence", field="evidence", why="each piece names the sha256 of a file that was received")
    if unknown := item.keys() - SAID - {"sha256"}:
        raise WrongKind(act="Evidence", field="evidence", why=f"it does not take {', '.join(sorted(unknown))}")
    said = {name: item.get(name) for name in SAID}
    if missing := [name for name in ("title", "evidence_date") if not said[name]]:
        raise WrongKind(act="Evidence", field="evidence", why=f"each piece needs {' and '.join(missing)}")
    try:
        dated = date.fromisoformat(str(said["evidence_date"]))
    except ValueError as error:
        raise WrongKind(act="Evidence", field="evidence_date", why="a date is written as 2016-11-02") from error
    for name in ("title", "filename", "media_type", "classification"):
        if not isinstance(value := said[name] or "", str) or not value.isprintable():
            raise WrongKind(act="Evidence", field=name, why="it is a text on one line")
    if not MEDIA_TYPE.match(said["media_type"] or DEFAULT_TYPE) or (said["classification"] or "restricted") not in CLASSES:
        raise WrongKind(act="Evidence", field="media_type or classification", why="as text/csv, and public, partners or restricted")
    received = datetime.fromtimestamp(now, UTC)
    if dated > received.date():
        raise FutureDate(occurred_on=dated, today=received.date())
    return Evidence(
        sha256=item["sha256"],
        size=store.size(item["sha256"]),
        media_type=str(said["media_type"] or DEFAULT_TYPE),
        filename=Path(str(said["filename"] or item["sha256"])).name,
        title=str(said["title"]),
        evidence_date=dated,
        received_at=received.strftime("%Y-%m-%dT%H:%M:%SZ"),
        classification=str(said["classification"] or "restricted"),
        supplied_by_agency=supplied_by,
    )


class Evidencing:
    """What a log takes in as evidence, and who brought it."""

    evidence: EvidenceStore
    datastore: PostgresDatastore

    def receive(self, stream: IO[bytes], filename: str, caller: Caller) -> Received:
        """Take an evidence file in, and remember whose account brought it."""
        received = self.evidence.receive(stream, filename)
        brought = "INSERT INTO desk.received_file (sha256, account) VALUES (%s, %s) ON CONFLICT DO NOTHING"
        with self.datastore.get_connection() as conn:
            conn.execute(brought, (bytes.fromhex(received.sha256), caller.account))
        return received

    def cite(self, items: Sequence[Any], *, who: Acting, caller: Caller, now: int) -> tuple[Evidence, ...]:
        """Return evidence as an event carries it. What it is comes from the file that the store holds, never from who cites it.

        Who sees one agency's record alone cites what they brought themselves; any other file answers as one that is not there.
        """
        evidence = tuple(cited(self.evidence, item, supplied_by=who.agency, now=now) for item in items)
        if who.role in ONE_AGENCY and who.on_behalf_of is None:
            with self.datastore.get_connection() as conn:
                hashes = [bytes.fromhex(one.sha256) for one in evidence]
                rows = conn.execute(BROUGHT, (caller.account, hashes)).fetchall()
            if strange := {one.sha256 for one in evidence} - {row["sha256"].hex() for row in rows}:
                raise UnknownEvidence(sha256=min(strange))
        return evidence
