"""A file on its way in: written to the disk on which it will stay, hashed while it is, and gone when it is closed, unless it was kept.

Receiving, hashing and writing through to the disk go on side by side. Neither the file nor any copy of it is ever held in memory: of what
comes in there are two blocks, filled in turns, for memory that was just given by the system costs more to take than to fill.
"""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from itertools import cycle
from typing import IO, TYPE_CHECKING, Any, Final, cast

from service.database.connection import disk_full
from service.desk.refusals import NoRoom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import RawIOBase
    from pathlib import Path

BLOCK: Final = 1 << 21  # bytes that are taken in at once: of a large file each costs a few hand-overs between threads
LARGE: Final = 1 << 15  # bytes, from which on it takes longer to hash them than to have it done elsewhere
AHEAD = 1 << 24  # bytes that are not on the disk yet when more come in
HASHING = ThreadPoolExecutor(thread_name_prefix="hashing")  # what is hashed holds up no other Python
SYNCING = ThreadPoolExecutor(thread_name_prefix="syncing")  # nor does what waits for the disk


class Incoming:
    """A file on its way in."""

    def __init__(self, folder: Path) -> None:
        """Begin an empty one."""
        self.file = tempfile.NamedTemporaryFile(dir=folder)  # noqa: SIM115 - closed by whoever closes this
        self.close, self.read, self.seek = self.file.close, self.file.read, self.file.seek
        self.size, self._digest, self._hashing, self._syncing = 0, sha256(), _done(), _done()

    def write(self, block: bytes | bytearray) -> int:
        """Add to it, once: what was written stays. A block is left as it is until the next one is written: it is hashed meanwhile."""
        before, self.size = self.size, self.size + len(block)
        self._hashing.result()
        if len(block) < LARGE:
            self._digest.update(block)
        else:
            self._hashing = HASHING.submit(self._digest.update, block)
        with room():
            written = self.file.write(block)
            if before // AHEAD < self.size // AHEAD:
                self._syncing.result()
                self._syncing = SYNCING.submit(self._sync)
        return written

    def fill(self, stream: IO[bytes], most: int) -> None:
        """Add what a stream brings, to its end or until that is more than so many bytes."""
        for block in blocks(stream):
            self.write(block)
            if self.size > most:
                return

    @property
    def sha256(self) -> str:
        """The hash of what was written, in hexadecimal."""
        self._hashing.result()
        return self._digest.hexdigest()

    def settle(self) -> None:
        """Have all of it on the disk."""
        with room():
            self._syncing.result()  # says once what went wrong, which the next would not say again
            os.fsync(self.file.fileno())

    def _sync(self) -> None:
        os.fdatasync(self.file.fileno())


def _done() -> Future[Any]:
    done = Future[Any]()
    done.set_result(None)
    return done


@contextmanager
def room() -> Iterator[None]:
    """Say in words that the disk is full."""
    try:
        yield
    except OSError as error:
        if disk_full(error):
            raise NoRoom from error
        raise


def blocks(stream: IO[bytes]) -> Iterator[bytearray]:
    """Give what a stream brings, in blocks that are full but for the last. What one holds is there until the next but one is asked for."""
    readinto = cast("RawIOBase", stream).readinto
    for block in cycle((bytearray(BLOCK), bytearray(BLOCK))):
        there, size = memoryview(block), 0
        while size < BLOCK and (got := readinto(there[size:])):
            size += got
        if size == BLOCK:
            yield block
            continue
        if size:
            yield block[:size]
        return
