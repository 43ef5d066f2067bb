"""Evidence files, by content: a file is its SHA-256, is written once, and is never changed (architecture §4).

It is hashed while it streams into a temporary file, looked into, and then kept under its hash: in a folder (`folder`), or in a bucket
whose objects are locked (`bucket`). A file that was there already is the same file. What is lost here is lost evidence.
"""

from __future__ import annotations

import logging
import os
import tempfile
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol, cast

from service.database.connection import disk_full
from service.desk.refusals import NoRoom, TooLarge
from service.recording.evidence.bucket import Bucket
from service.recording.evidence.folder import Folder
from service.recording.evidence.kinds import kind_of
from service.recording.evidence.refusals import EmptyFile, Malware, NotWhatWasKept
from service.recording.evidence.scanner import NotLooked, Scanner

if TYPE_CHECKING:
    from io import BufferedReader

    from service.config import Config

BLOCK = 1 << 18
log = logging.getLogger(__name__)


class Received(NamedTuple):
    """What came in: its hash in hexadecimal, its size in bytes, what it is, and whether malware was looked for in it."""

    sha256: str
    size: int
    media_type: str
    checked: bool


class Files(Protocol):
    """Where files are kept, each under its hash."""

    def keep(self, file: Path, digest: str) -> None:
        """Keep a file for good; where this content is there already, it is the same file."""

    def size(self, digest: str) -> int:
        """Return the size of a file that is held; refuses one that is not (`UnknownEvidence`)."""

    def open(self, digest: str) -> IO[bytes]:
        """Open what is stored under a hash, whatever it is by now; refuses one that is not held."""


class EvidenceStore:
    """Takes files in, and gives them out."""

    def __init__(self, files: Files, incoming: Path, *, limit: int, scanner: Scanner | None = None) -> None:
        """Take where they are kept, a folder for what is on its way, the largest size that is taken, in bytes, and who looks at them."""
        self.files, self.incoming, self.limit, self.scanner = files, incoming, limit, scanner

    @classmethod
    def of(cls, config: Config) -> EvidenceStore:
        """Open the store of the settings: a bucket where they name one, and a folder otherwise."""
        folder = config.data / "evidence"
        files = Bucket(config) if config.s3_bucket else Folder(folder)
        return cls(files, folder / "incoming", limit=config.max_upload, scanner=Scanner.of(config))

    def receive(self, stream: IO[bytes], filename: str) -> Received:
        """Take a file in. Refuses an empty one, one over the limit, what is not taken as evidence, and any where the disk is full.

        Nothing stays of what is refused. What nobody could look at for malware is taken in, and says so.
        """
        try:
            return self._receive(stream, filename)
        except OSError as error:
            if disk_full(error):
                raise NoRoom from error
            raise

    def _receive(self, stream: IO[bytes], filename: str) -> Received:
        self.incoming.mkdir(parents=True, exist_ok=True, mode=0o750)
        with tempfile.NamedTemporaryFile(dir=self.incoming, delete=False) as file:
            try:
                digest, size = self._copy(stream, file, filename)
                media_type = kind_of(file, filename).media_type
                checked = self._looked_at(file, filename)
                os.fsync(file.fileno())
                self.files.keep(Path(file.name), digest)
            finally:
                Path(file.name).unlink()
        return Received(digest, size, media_type, checked)

    def _looked_at(self, file: IO[bytes], filename: str) -> bool:
        """Say whether somebody has looked at a file for malware, and found none; refuse it where they have found some."""
        if self.scanner is None:
            return False
        try:
            found = self.scanner.look(file)
        except NotLooked as error:
            log.warning("a file is kept, and not shared yet: %s", error)
            return False
        if found:
            raise Malware(filename=filename, found=found)
        return True

    def _copy(self, stream: IO[bytes], file: IO[bytes], filename: str) -> tuple[str, int]:
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
        return digest.hexdigest(), size

    def size(self, digest: str) -> int:
        """Return the size of a file that is held; refuses one that is not."""
        return self.files.size(digest)

    def open(self, digest: str) -> IO[bytes]:
        """Open a file, once all of it has been found to be what was received."""
        file = self.files.open(digest)
        if file_digest(cast("BufferedReader", file), "sha256").hexdigest() != digest:
            file.close()
            raise NotWhatWasKept(sha256=digest)
        file.seek(0)
        return file
