"""Evidence files, by content: a file is its SHA-256, is written once, and is never changed (architecture §4).

It is hashed while it streams into a temporary file, looked into, and then kept under its hash: in a folder (`folder`), or in a bucket
whose objects are locked (`bucket`). A file that was there already is the same file. What is lost here is lost evidence.
"""

from __future__ import annotations

import logging
from contextlib import closing
from hashlib import file_digest
from pathlib import Path
from time import time
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol, cast

from service.desk.refusals import TooLarge
from service.recording.evidence.bucket import Bucket
from service.recording.evidence.folder import Folder
from service.recording.evidence.incoming import Incoming, room
from service.recording.evidence.kinds import kind_of
from service.recording.evidence.refusals import EmptyFile, Malware, NotWhatWasKept
from service.recording.evidence.scanner import NotLooked, Scanner

if TYPE_CHECKING:
    from io import BufferedReader

    from service.config import Config

A_DAY = 86_400  # seconds
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

    def sweep(self) -> int:
        """Remove what has been on its way for longer than anything takes: a process that was killed left it; return how many there were."""
        old = [path for path in self.incoming.glob("*") if time() - path.stat().st_mtime > A_DAY]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def begin(self) -> Incoming:
        """Begin to take a file in, from whoever writes to it."""
        self.incoming.mkdir(parents=True, exist_ok=True, mode=0o750)
        return Incoming(self.incoming)

    def receive(self, stream: IO[bytes] | Incoming, filename: str) -> Received:
        """Take a file in. Refuses an empty one, one over the limit, what is not taken as evidence, and any where the disk is full.

        Nothing stays of what is refused. What nobody could look at for malware is taken in, and says so.
        """
        if isinstance(stream, Incoming):
            return self._keep(stream, filename)
        with room(), closing(self.begin()) as incoming:
            incoming.fill(stream, self.limit)
            return self._keep(incoming, filename)

    def _keep(self, incoming: Incoming, filename: str) -> Received:
        if not incoming.size:
            raise EmptyFile(filename=filename)
        if incoming.size > self.limit:
            raise TooLarge(what=filename, limit=f"{self.limit // 1024 // 1024} MB")
        with room():
            incoming.file.flush()
        media_type = kind_of(incoming.file, filename).media_type
        checked = self._looked_at(incoming.file, filename)
        incoming.settle()
        with room():
            self.files.keep(Path(incoming.file.name), incoming.sha256)
        return Received(incoming.sha256, incoming.size, media_type, checked)

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
