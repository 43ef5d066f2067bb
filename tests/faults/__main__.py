"""Does one piece of work over and over, and each time lets another call to the file system fail, or be the process's last.

    LD_PRELOAD=shim.so python -m tests.faults WORK FOLDER < CONFIG

It prints, as a JSON line for each call, how it failed, how that ended, and what was found then: nothing, what is whole, or what is not.
The calls are made by the C library; `shim.c` stands before it.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import io
import json
import os
import pickle
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from aggregates.errors import Refused
from service.ledger.pack import write_pack
from service.ledger.pack.files import PIECE
from service.recording.evidence import incoming as threads
from service.recording.evidence.folder import Folder
from service.recording.evidence.store import EvidenceStore
from service.verify import verify
from tests.service.ledger.sample import Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHIM = ctypes.CDLL(None)
HOWS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO, "SIGKILL": 0}
EVIDENCE = b"%PDF-1.4\n" + bytes(70_000) + b"\n%%EOF\n"


class Work(NamedTuple):
    """What is done in a folder, and what is found there afterwards."""

    do: Callable[[], object]
    found: Callable[[], str]


def store_in(folder: Path) -> EvidenceStore:
    """Open a store of evidence in a folder."""
    return EvidenceStore(Folder(folder / "evidence"), folder / "evidence/incoming", limit=2 * PIECE)


def packing(config: object, name: str, folder: Path) -> Work:
    """Write a pack, with a file of evidence that is kept beside the folder; afterwards it is a whole one that verifies, or is not there."""
    out, kept = folder / name, store_in(folder.parent)

    def do() -> None:
        with Sample(config) as app:
            write_pack(app.recorder, out, evidence=kept)

    def found() -> str:
        left = [path.name for path in folder.iterdir() if path != out]
        verdict = verify(out) if out.exists() else None
        if verdict is None and not left:
            return "nothing"
        whole = verdict and verdict.code == 0 and any(line.endswith(" 1 evidence files") for line in verdict.lines)
        return "whole" if whole and not left else f"{verdict} {left}"

    return Work(do, found)


def taking_in(folder: Path) -> Work:
    """Take a file into the evidence store; afterwards it is there whole, or is not there."""
    store = store_in(folder)

    def found() -> str:
        kept = [path for path in (folder / "evidence").glob("??/*") if path.is_file()]
        on_its_way = [path.name for path in (folder / "evidence/incoming").glob("*")]
        if any(hashlib.sha256(path.read_bytes()).hexdigest() != path.name for path in kept):
            return "half"
        return ("whole" if kept else "nothing") + (f", {len(on_its_way)} on its way" if on_its_way else "")

    return Work(lambda: store.receive(io.BytesIO(EVIDENCE), "minutes.pdf"), found)


@contextmanager
def armed(folder: Path, number: int, how: str) -> Iterator[None]:
    """Let a call within fail."""
    SHIM.fault_arm(str(folder).encode(), ctypes.c_long(number), HOWS[how])
    try:
        yield
    finally:
        SHIM.fault_arm(None, ctypes.c_long(0), 0)


def attempt(work: Work, folder: Path, number: int, how: str) -> str:
    """Do the work with that one fault; return how it ended: `over` where it makes fewer calls."""
    try:
        with armed(folder, number, how):
            work.do()
            return "done" if SHIM.fault_count() >= number else "over"
    except (OSError, Refused) as error:
        return type(error).__name__


def killed(work: Work, folder: Path, number: int) -> str:
    """Do the work in a process of its own that is killed at that call; return how it ended."""
    if (child := os.fork()) == 0:
        # A process that was forked has none of the threads of the one that it was.
        threads.HASHING, threads.SYNCING = ThreadPoolExecutor(), ThreadPoolExecutor()
        os._exit(0 if attempt(work, folder, number, "SIGKILL") == "over" else 1)
    status = os.waitpid(child, 0)[1]
    return "killed" if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else "over" if status == 0 else "failed"


def main() -> None:
    """Go through the calls of the work, one after the other, until it makes no more."""
    name, place = sys.argv[1], Path(sys.argv[2])
    threads.AHEAD = len(EVIDENCE)  # it goes to the disk while it comes
    config = pickle.load(sys.stdin.buffer)  # noqa: S301 - our own test's
    make = taking_in if name == "evidence" else partial(packing, config, name)
    for how in HOWS:
        for number in range(1, 1000):
            folder = place / "work"
            folder.mkdir()
            work = make(folder)
            ended = killed(work, folder, number) if how == "SIGKILL" else attempt(work, folder, number, how)
            print(json.dumps({"call": number, "how": how, "ended": ended, "found": work.found()}))  # noqa: T201
            shutil.rmtree(folder)
            if ended in {"over", "failed"}:
                break


if __name__ == "__main__":
    main()
