"""Starts the product's commands as processes of their own, each a copy of one that has read the product's modules already.

That takes a tenth of the second and more that Python needs to read them, and a run starts hundreds of commands. Each is a real
process, with its own environment, folder, streams and group, and ends as any other does. `python -m tests.acceptance.starting N` is what
they are copied from: it is asked over the socket that it inherits as descriptor N.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "service.cli")  # what a command is, to whoever looks at it
MOST = 1 << 20  # bytes of a request: arguments and an environment
STATUS = 4  # bytes of what a process ended with


class Started:
    """A command that was started, with what `subprocess.Popen` offers of one; what it says is kept in files until it is asked for."""

    def __init__(self, args: Sequence[str], pid: int, ended: int, said: Sequence[IO[str] | None]) -> None:
        """Take its arguments and its number; a descriptor on which its end is told; what it says to its output, and of errors."""
        self.args, self.pid, self._ended, self._said = (*COMMAND, *args), pid, ended, said
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return what it ended with, a signal's number below zero, or None while it runs."""
        return self._end(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, so many seconds."""
        if (code := self._end(timeout)) is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for its end, and return what it said."""
        self.wait(timeout)
        out, err = (_all_of(file) if file else "" for file in self._said)
        return out, err

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Tell it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def _end(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._ended], [], [], timeout)[0]:
            self.returncode = int.from_bytes(os.read(self._ended, STATUS), "big", signed=True)
            os.close(self._ended)
        return self.returncode


def start(
    args: Sequence[str],
    env: Mapping[str, str],
    cwd: Path,
    *,
    said: str = "",
    alone: bool = False,
    stdout: IO[str] | None = None,
    stderr: IO[str] | None = None,
) -> Started:
    """Start a command. `said` is what is typed; `alone` gives it a session and a process group of its own."""
    with TemporaryFile("w+", encoding="utf-8") as typed:
        typed.write(said)
        typed.seek(0)
        kept = [None if given else TemporaryFile("w+", encoding="utf-8", newline="") for given in (stdout, stderr)]  # noqa: SIM115
        streams = [typed, stdout or kept[0], stderr or kept[1]]
        pid, ended = _first().ask({"args": args, "env": dict(env), "cwd": str(cwd), "alone": alone}, [it.fileno() for it in streams if it])
    return Started(args, pid, ended, kept)


def _all_of(file: IO[str]) -> str:
    with file:
        file.seek(0)
        return file.read()


class _First:
    """The process that commands are copied from."""

    def __init__(self) -> None:
        """Start it; it ends with this one."""
        self._asking, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._turn = threading.Lock()
        with theirs:
            clean = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.acceptance.starting", str(theirs.fileno())],
                env=clean | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
                pass_fds=[theirs.fileno()],
                cwd=ROOT,
            )

    def ask(self, asked: Mapping[str, Any], streams: Sequence[int]) -> tuple[int, int]:
        """Ask for a copy with these streams; return its number, and a descriptor on which its end is told."""
        ended, tell = os.pipe()
        with self._turn:
            socket.send_fds(self._asking, [json.dumps(asked).encode()], [*streams, tell])
            os.close(tell)
            return int(self._asking.recv(MOST)), ended


@cache
def _first() -> _First:
    return _First()


def _copied(asking: socket.socket) -> list[str]:
    """Copy this process for each command that is asked for, and tell when a copy ends; return, in the copy, its arguments."""
    running: dict[int, tuple[int, int]] = {}  # by what tells of its end: the copy, and where that is to be told
    while True:
        for ready in select.select([asking, *running], [], [])[0]:
            if ready is not asking:
                _tell(ready, *running.pop(ready))
                continue
            asked, streams, _, _ = socket.recv_fds(asking, MOST, 4)
            if not asked:
                sys.exit()  # the tests are over
            if (pid := os.fork()) == 0:
                asking.close()
                for other in (streams[-1], *running, *(tell for _, tell in running.values())):
                    os.close(other)
                return _become(json.loads(asked), streams[:-1])
            for stream in streams[:-1]:
                os.close(stream)
            running[os.pidfd_open(pid)] = (pid, streams[-1])
            asking.send(str(pid).encode())


def _tell(ready: int, pid: int, tell: int) -> None:
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.write(tell, code.to_bytes(STATUS, "big", signed=True))
    os.close(tell)
    os.close(ready)


def _become(asked: Mapping[str, Any], streams: Sequence[int]) -> list[str]:
    if asked["alone"]:
        os.setsid()
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout, sys.stderr = (open(number, mode, encoding="utf-8") for number, mode in enumerate("rww"))  # noqa: PTH123, SIM115
    args: list[str] = asked["args"]
    return args


def _main() -> None:
    cli = import_module("service.cli")
    for module in {where.partition(":")[0] for where, _ in cli.ORDER.values()}:
        import_module(f"service.cli.{module}")
    gc.collect()
    gc.freeze()  # a copy that looked for garbage among what was read would have to copy all of it
    arguments = _copied(socket.socket(fileno=int(sys.argv[1])))
    cli.main(arguments, prog_name="python -m service.cli")


if __name__ == "__main__":
    _main()
