"""Files in a folder: two hexadecimal digits a folder, each file linked to its hash once it is whole and on disk, and read-only."""

from __future__ import annotations

import os
import re
from typing import IO, TYPE_CHECKING, Final

from service.recording.evidence.refusals import UnknownEvidence

if TYPE_CHECKING:
    from pathlib import Path

READ_ONLY: Final = 0o440
NAME: Final = re.compile(r"[0-9a-f]{64}\Z")


def checked(digest: str) -> str:
    """Return a SHA-256 in hexadecimal; refuse what is none."""
    if not NAME.match(digest):
        raise UnknownEvidence(sha256=digest)
    return digest


class Folder:
    """A folder of files."""

    def __init__(self, folder: Path) -> None:
        """Take the folder; it is made when the first file comes."""
        self.folder = folder

    def keep(self, file: Path, digest: str) -> None:
        """Link a file, which lies on the same disk, to its name."""
        path = self.path(digest)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        file.chmod(READ_ONLY)
        try:
            path.hardlink_to(file)
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
        return self.folder / checked(digest)[:2] / digest

    def size(self, digest: str) -> int:
        """Return the size of a file that is held; refuses one that is not."""
        path = self.path(digest)
        if not path.is_file():
            raise UnknownEvidence(sha256=digest)
        return path.stat().st_size

    def open(self, digest: str) -> IO[bytes]:
        """Open what is stored under a hash."""
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError as error:
            raise UnknownEvidence(sha256=digest) from error
