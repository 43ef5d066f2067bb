"""A real clamd for tests, with a database of one signature, so that nothing is fetched."""

from __future__ import annotations

import shutil
import socket
import subprocess
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING

from tests.databases import reachable_folder
from tests.needs import needs_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HARMFUL = b"a phrase that is harmful for the sake of this test"
FOUND = "Severnbrook.Test.UNOFFICIAL"
LIMIT = 2 * 1024 * 1024


@contextmanager
def clamd() -> Iterator[Path]:
    """Run a clamd that knows one phrase and takes two megabytes; give the path of its socket."""
    needs_program("clamd")
    folder = reachable_folder()
    path = folder / "clamd.sock"
    (folder / "database").mkdir()
    (folder / "database" / "test.ndb").write_text(f"Severnbrook.Test:0:*:{HARMFUL.hex()}\n")
    said = {"DatabaseDirectory": folder / "database", "LocalSocket": path, "Foreground": "yes", "StreamMaxLength": LIMIT, "User": "root"}
    (folder / "clamd.conf").write_text("".join(f"{name} {value}\n" for name, value in said.items()))
    command = ["clamd", "--config-file", str(folder / "clamd.conf")]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = monotonic() + 60
    while monotonic() < until and server.poll() is None:
        with suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            break
    try:
        yield path
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder)
