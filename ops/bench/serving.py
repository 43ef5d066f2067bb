"""The product as it is served while it is measured: gunicorn with its own settings, and what keeps the views, as processes."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import psycopg

from projections.two_clocks import catch_up
from service.cli.running import ALLOCATOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from service.config import Config

ROOT = Path(__file__).parents[2]


class Serving:
    """A gunicorn with the settings of the product."""

    def __init__(self, port: int, process: int) -> None:
        """Take where it listens, and its first process."""
        self.port, self.process = port, process

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        return children(self.process)

    def peak(self) -> int:
        """Return the most memory that its one worker has had, in bytes."""
        (worker,) = self.workers()
        return memory(worker, "VmHWM")


def children(process: int) -> list[int]:
    """Return the processes that a process has started."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()]


def parent(process: int) -> int:
    """Return the process that started a process."""
    return int(re.search(r"^PPid:\s+(\d+)", Path(f"/proc/{process}/status").read_text(encoding="utf-8"), re.MULTILINE)[1])  # type: ignore[index]


def memory(process: int, what: str, of: str = "status") -> int:
    """Return what the kernel says of a process's memory, in bytes."""
    found = re.search(rf"^{what}:\s+(\d+) kB", Path(f"/proc/{process}/{of}").read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return int(found[1]) * 1024


@contextmanager
def serving(config: Config, application: str, *settings: str) -> Iterator[Serving]:
    """Serve an application until the context ends; `settings` go before the product's own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = ("--config", str(ROOT / "ops/gunicorn.conf.py"), *settings, "--bind", f"127.0.0.1:{port}")
    with running(config, "-m", "gunicorn", *said, application) as process:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                assert process.poll() is None
                sleep(0.05)
        yield Serving(port, process.pid)


@contextmanager
def running(config: Config, *arguments: str) -> Iterator[subprocess.Popen[Any]]:
    """Run a module of ours over a board until the context ends."""
    ours = {"MUNIMENT_DATA": str(config.data), "BARE_DATABASE": config.conninfo("owner"), "PYTHONPATH": f"{ROOT}:{Path(__file__).parent}"}
    process = subprocess.Popen([sys.executable, *arguments], env=ALLOCATOR | os.environ | ours, cwd=ROOT, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def until_shown(conn: psycopg.Connection[Any], position: int) -> None:
    """Wait, a minute at most, until the views are made and show a position."""
    end = monotonic() + 60
    while monotonic() < end:
        with suppress(psycopg.errors.UndefinedTable):  # they are not made yet
            if catch_up.wait_on(conn, position, end - monotonic()):
                return
        sleep(0.05)
    raise AssertionError(position)
