"""`python ops/fuzz/verifier.py [CORPUS] [-max_total_time=SECONDS]`: atheris, guided by coverage, feeds the verifier's parsers.

From a checkout, with `pip install atheris` beside the tests' own needs. The first byte chooses the parser; what is accepted must be what
the parser would itself have written. Whatever crashes or is accepted in a second form is left in a file, and is a bug.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris  # type: ignore[import-not-found, unused-ignore] -- only who fuzzes has it

sys.path.insert(0, str(Path(__file__).parents[2]))
with atheris.instrument_imports(include=["service.verify"]):
    import service.verify  # noqa: F401 -- is what is watched
from tests.fuzzing import PARSERS, feed

NAMES = sorted(PARSERS)


def one(data: bytes) -> None:
    """Feed one parser with one input."""
    if data:
        feed(NAMES[data[0] % len(NAMES)], data[1:].decode(errors="replace"))


def seed(corpus: Path) -> None:
    """Write what is genuine, for atheris to begin with."""
    corpus.mkdir(exist_ok=True)
    for at, name in enumerate(NAMES):
        for number, text in enumerate(PARSERS[name].genuine):
            (corpus / f"{name}-{number}").write_bytes(bytes([at]) + text.encode())


if __name__ == "__main__":
    if sys.argv[1:] and not sys.argv[1].startswith("-"):
        seed(Path(sys.argv[1]))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
