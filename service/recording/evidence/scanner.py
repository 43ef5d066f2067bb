"""What looks for malware: ClamAV's daemon, over its own protocol (clamd(8), INSTREAM).

A file is clean where the daemon says so, and in no other case: an answer that is not understood, a limit that was reached and a daemon
that is away all mean that nobody has looked (`NotLooked`).
"""

from __future__ import annotations

import re
import socket
from contextlib import closing
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from service.config import Config

BLOCK: Final = 1 << 18
CONNECTING, ANSWERING = 3.0, 120.0  # seconds; clamd gives up on a file after two minutes by itself
LONGEST: Final = 4096  # bytes of an answer
LIMITS: Final = "Heuristics.Limits.Exceeded"  # said with AlertExceedsMax; without it, clamd calls what is too large for it clean
ANSWER: Final = re.compile(rb"stream: (?:OK|(?P<found>[\x21-\x7e]{1,200}) FOUND)\0\Z")


class NotLooked(Exception):  # noqa: N818 - a finding, not a fault
    """Nobody could look at a file; it says why."""


class Scanner:
    """A clamd, at a host and port or at the path of its socket."""

    def __init__(self, address: tuple[str, int] | Path) -> None:
        """Take where it listens."""
        self.address = address

    @classmethod
    def of(cls, config: Config) -> Scanner | None:
        """Return what the settings name; None where they name nothing."""
        return cls(config.clamd) if config.clamd else None

    def look(self, file: IO[bytes]) -> str | None:
        """Return by what name the daemon knows what is in a file, None where it is clean; raise NotLooked."""
        file.seek(0)
        try:
            with closing(self._connect()) as connection:
                answer = self._asked(connection, file)
        except OSError as error:
            raise NotLooked(f"clamd is away: {error}") from error
        if not (said := ANSWER.match(answer)):
            raise NotLooked(f"clamd says {answer.rstrip(b'%c' % 0).decode(errors='replace')!r}")
        found = said["found"].decode() if said["found"] else None
        if found and found.startswith(LIMITS):
            raise NotLooked(f"clamd has not looked at all of it: {found}")
        return found

    def _connect(self) -> socket.socket:
        if not isinstance(self.address, Path):
            return socket.create_connection(self.address, timeout=CONNECTING)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(CONNECTING)
        try:
            connection.connect(str(self.address))
        except OSError:
            connection.close()
            raise
        return connection

    def _asked(self, connection: socket.socket, file: IO[bytes]) -> bytes:
        """Send a file in pieces, each after its length, and return what is answered; the daemon may answer before the end."""
        connection.settimeout(ANSWERING)
        try:
            connection.sendall(b"zINSTREAM\0")
            while block := file.read(BLOCK):
                connection.sendall(len(block).to_bytes(4, "big") + block)
            connection.sendall(bytes(4))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has heard enough, and says why
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST and (more := connection.recv(LONGEST)):
            answer += more
        return answer
