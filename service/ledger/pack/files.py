"""Where a pack is written: a folder, or a zip, file after file; and the digest by which all of it is named.

It is written beside, and renamed at the end: what has its name is whole.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from contextlib import closing, contextmanager
from hashlib import file_digest, sha256
from threading import get_ident
from typing import IO, TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the time of every file in a zip, so that the same log gives the same bytes
PIECE: Final = 1 << 20  # bytes of a file that are copied at once


class Folder:
    """A pack that becomes a folder."""

    def __init__(self, path: Path) -> None:
        """Begin it."""
        self.path, self._digests = path, dict[str, str]()

    def put(self, name: str, content: bytes) -> None:
        """Write one file of the pack."""
        self.copy(name, [content])

    def copy(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one file of the pack, piece by piece."""
        hashed = sha256()
        with self._opened(name) as file:
            for piece in pieces:
                hashed.update(piece)
                file.write(piece)
        self._digests[name] = hashed.hexdigest()

    def _opened(self, name: str) -> IO[bytes]:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("wb")

    def close(self) -> None:
        """End it."""

    @property
    def sha256(self) -> str:
        """Return what names the pack: the SHA-256, in hexadecimal, of a list of its files (`files_sha256`)."""
        return _listed(self._digests)


class Zipped(Folder):
    """A pack that becomes a zip: the same files, in the same order, each as if it were made at the earliest time that a zip can say."""

    def __init__(self, path: Path) -> None:
        """Begin it."""
        super().__init__(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)

    def _opened(self, name: str) -> Any:
        info = zipfile.ZipInfo(name, EARLIEST)
        info.compress_type = zipfile.ZIP_DEFLATED
        return self._archive.open(info, "w", force_zip64=True)

    def close(self) -> None:
        """Write the list of what is in it."""
        self._archive.close()


@contextmanager
def written(out: Path) -> Iterator[Folder]:
    """Give what a pack is written to: a zip where the name ends so. `out` is the whole pack in the end, or is not there."""
    beside = out.with_name(f".{out.name}.writing-{os.getpid()}-{get_ident()}")
    try:
        with closing(Zipped(beside) if out.suffix == ".zip" else Folder(beside)) as pack:
            yield pack
        beside.rename(out)
    finally:
        _remove(beside)


@contextmanager
def taken_away(out: Path) -> Iterator[None]:
    """Take a pack away again where what is done about it fails: what cannot be recorded is not handed over."""
    try:
        yield
    except BaseException:
        _remove(out)
        raise


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Give what a file holds, piece by piece."""
    while piece := file.read(PIECE):
        yield piece


def files_sha256(folder: Path) -> str:
    """Return what names a pack that is unpacked in a folder.

    The list has a line for each file, `<sha256>  <name>`, sorted by name, as `sha256sum` prints it.
    """
    digests = {}
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as content:
                digests[path.relative_to(folder).as_posix()] = file_digest(content, "sha256").hexdigest()
    return _listed(digests)


def _listed(digests: dict[str, str]) -> str:
    return sha256("".join(f"{digests[name]}  {name}\n" for name in sorted(digests)).encode()).hexdigest()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
