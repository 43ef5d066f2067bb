"""How many pages a PDF has, counted by a process of its own, which has so much time and memory and no more.

A PDF of a megabyte can take minutes and gigabytes to be read: it unpacks into parts that unpack. Whoever brings one holds up that process,
and nobody else. It is run as a file, and imports nothing of ours.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from typing import IO, Final

A_PDF: Final = b"%PDF-"  # as every PDF begins
SECONDS: Final = 3  # of a processor; a report of a thousand pages takes less than one
PATIENCE: Final = 60  # seconds by the clock, of a machine that has much to do
MEMORY: Final = 384 << 20  # bytes, the interpreter's own among them


def pages_of(file: IO[bytes]) -> int | None:
    """Return how many pages a file has, where it is a PDF; `ValueError` where it says that it is one, and cannot be read in time."""
    file.seek(0)
    if file.read(len(A_PDF)) != A_PDF:
        return None
    try:
        command = [sys.executable, "-I", __file__]
        counted = subprocess.run(command, stdin=file, capture_output=True, check=True, timeout=PATIENCE)  # noqa: S603 - ourselves
        return int(counted.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise ValueError("the file cannot be read as a PDF") from error


def main() -> None:
    """Write how many pages the PDF has that is the standard input."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from pypdf import PdfReader  # noqa: PLC0415 - only here: a tenth of a second, and what is to be kept within bounds

    with os.fdopen(0, "rb") as file:
        file.seek(0)
        print(len(PdfReader(file).pages))  # noqa: T201 - that is the answer


if __name__ == "__main__":
    main()
