"""`python -m tests.strangers.flips`: flips one bit at every byte of a small pack, and 2,000 random bits of two larger ones.

Each is shown to our verifier and to the recipe in Go. What neither fails nor is named in the verdict as not checked is a survivor; none
may be. It takes some minutes of two cores; the suite takes a sample of the same. `--seed N` chooses the bits of the large pack.
"""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from service.verify import verify
from tests.packs import ABSENT, EVIDENCE, RIVER, Log, Witness, private_key, twenty_events, write
from tests.strangers import go_built, ran

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Outcome = tuple[int, str]

UNREAD = {"ours": {"VERIFY.md", "verify.py"}, "go": {"VERIFY.md", "verify.py", "policy"}}  # of both, the reader is told so
WITNESS = Witness("w.example", private_key("w"))
RANDOM = 2000


class Bit(NamedTuple):
    """A bit of a file of a pack."""

    name: str
    at: int
    bit: int


def small() -> tuple[Log, dict[str, bytes]]:
    """Make the small pack: five events, one by a key that was enrolled, with evidence, what is withheld, and what was erased."""
    log = Log()
    log.establish()
    log.enrol(RIVER)
    log.add("action.assigned.v1", "action 1", owner="riv", title="Record every visit", by_person="J. Example")
    evidence = [{"sha256": digest, "size": 38, "title": "Minutes"} for digest in (sha256(EVIDENCE).hexdigest(), ABSENT)]
    log.add("action.evidence_submitted.v1", "action 1", RIVER, evidence=evidence, note="as agreed")
    log.erase((3, "by_person"))
    return log, _cosigned(log, log.pack(receipts=[3]))


def varied() -> tuple[Log, dict[str, bytes]]:
    """Make the varied pack: every shape that the verifier treats in its own way."""
    log = twenty_events()
    return log, _cosigned(log, log.pack(receipts=[3, 20]))


def _cosigned(log: Log, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return a pack whose newest checkpoint, and the last before it, a witness cosigned whom its policy names."""
    policy = f"log {log.log_key.vkey}\nwitness w {WITNESS.vkey} https://w.example/\nquorum none\n"
    older = max(int(name.partition("/")[2]) for name in files if name.startswith("checkpoints/"))
    notes = {"checkpoint": log.checkpoint(), f"checkpoints/{older}": log.checkpoint(older)}
    return files | {"policy": policy.encode()} | {name: WITNESS.cosign(note, log.clock).encode() for name, note in notes.items()}


def large() -> tuple[Log, dict[str, bytes]]:
    """Make the large pack: three tiles, older checkpoints around their bounds, and receipts."""
    log = twenty_events()
    while len(log.entries) < 600:
        log.add("action.noted.v1", f"action {len(log.entries) % 7}", note="as agreed")
    sizes, receipts = (1, 2, 3, 20, 255, 256, 257, 511, 512, 599), (1, 2, 256, 257, 512, 513, 600)
    files = {name: content for name, content in log.pack(receipts=receipts).items() if not name.startswith("checkpoints/")}
    return log, files | {f"checkpoints/{size}": log.checkpoint(size).encode() for size in sizes}


def every(files: dict[str, bytes]) -> list[Bit]:
    """Return one bit of every byte, not always the same."""
    return [Bit(name, at, at % 8) for name, content in sorted(files.items()) for at in range(len(content))]


def some(files: dict[str, bytes], number: int, seed: int) -> list[Bit]:
    """Return random bits, each byte of the pack as likely as another."""
    return sorted(Random(seed).sample(every(files), number))  # noqa: S311 -- a sample that can be drawn again


def ours(folder: Path) -> Outcome:
    """Verify a folder; return the exit status, and the verdict as one text."""
    verdict = verify(folder)
    return verdict.code, "\n".join(verdict.lines)


def in_go(built: Path, vkey: str) -> Callable[[Path], Outcome]:
    """Return how the recipe in Go verifies a folder."""

    def check(folder: Path) -> Outcome:
        done = ran([str(built), str(folder), vkey])
        return done.code, done.out

    return check


def survivors(folder: Path, bits: list[Bit], check: Callable[[Path], Outcome], unread: set[str]) -> Iterator[Bit]:
    """Flip each bit of a folder's files in turn, and give those that no one would notice."""
    baseline = check(folder)
    assert baseline[0] == 0, baseline
    for bit in bits:
        path = folder / bit.name
        content = path.read_bytes()
        path.write_bytes(content[: bit.at] + bytes([content[bit.at] ^ 1 << bit.bit]) + content[bit.at + 1 :])
        try:
            if bit.name not in unread and f"not checked: {bit.name}," not in baseline[1] and check(folder) == baseline:
                yield bit
        finally:
            path.write_bytes(content)


def _part(files: dict[str, bytes], bits: list[Bit], whose: str, built: Path, vkey: str) -> list[Bit]:
    check = ours if whose == "ours" else in_go(built, vkey)
    with TemporaryDirectory() as folder:
        return list(survivors(write(files, Path(folder)), bits, check, UNREAD[whose]))


def main() -> int:
    """Sweep both packs with both verifiers; print the survivors, and return whether there were any."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    options, found = parser.parse_args(), 0
    cores = os.cpu_count() or 1
    with TemporaryDirectory() as run, ProcessPoolExecutor(cores) as pool:
        built = go_built(Path(run))
        for what, (log, files) in {"small": small(), "varied": varied(), "large": large()}.items():
            bits = every(files) if what == "small" else some(files, RANDOM, options.seed)
            for whose in UNREAD:
                parts = [bits[at::cores] for at in range(cores)]
                swept = pool.map(_part, repeat(files), parts, repeat(whose), repeat(built), repeat(log.log_key.vkey))
                left = [bit for part in swept for bit in part]
                found += len(left)
                print(f"{what} pack, {whose}: {len(bits)} bits flipped, {len(left)} survived unexplained", *left, sep="\n  ", flush=True)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
