"""The database as one file, and back: `dump(config, file)`, `restore(config, file)`.

The file is PostgreSQL's custom format, made by `pg_dump` from one snapshot; `pg_restore` reads it without us. It holds the ledger, the
sealed values and the desk. It does not hold:

- the keys and the evidence files of the data directory: whoever steals a dump can forge nothing and reveal nobody;
- the views, which the projector builds anew from the ledger;
- roles, and the settings of the database, which `migrations.prepare` makes.

A restored log may be older than what others remember of it: compare its checkpoint with the last one sent before anything is recorded.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from service.database import migrations
from service.embedded_postgres import PostgresRefused, find_binaries

if TYPE_CHECKING:
    from pathlib import Path

    from service.config import Config


class CannotBackUp(PostgresRefused):
    """Nothing was dumped or restored, for the reason that the subclass names. Never raised itself."""


class FileExists(CannotBackUp):
    """A dump never replaces a file."""

    def __init__(self, file: Path) -> None:
        """Take the file."""
        self.file = file
        super().__init__(f"{file} exists already; a dump is not written over another.")


class NothingToDump(CannotBackUp):
    """The database has no schema of ours."""

    def __init__(self) -> None:
        """Take nothing: the settings name the database."""
        super().__init__("the database holds nothing of Muniment's; there is nothing to dump.")


class NotEmpty(CannotBackUp):
    """The database to restore into holds something."""

    def __init__(self, holds: list[str]) -> None:
        """Take the names of the schemas and tables found."""
        self.holds = holds
        super().__init__(
            f"the database is not empty: it holds {', '.join(holds)}. Restore into a new one: another MUNIMENT_DATA, or another database "
            "in MUNIMENT_DATABASE_URL. Nothing was changed.",
        )


class ProgramFailed(CannotBackUp):
    """PostgreSQL's own program could not do it."""

    def __init__(self, program: str, said: str) -> None:
        """Take the program and what it said."""
        self.said = said
        super().__init__(f"{program} could not: {said.strip()}")


def dump(config: Config, file: Path) -> None:
    """Write the database to a new file that only this account can read; raise CannotBackUp, leaving no half of a file."""
    conninfo = config.conninfo("owner")
    with psycopg.connect(conninfo) as connection:
        if migrations.schema_version(connection) is None:
            raise NothingToDump
    if file.exists():
        raise FileExists(file)
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # pg_dump writes into it, and syncs it
        _run("pg_dump", conninfo, "--format=custom", "--no-owner", "--exclude-table=views.*", "--file", str(unfinished))
        unfinished.rename(file)
    finally:
        unfinished.unlink(missing_ok=True)


def restore(config: Config, file: Path) -> str:
    """Restore a dump into an empty database, whole or not at all, and bring it to this version's schema; return that version."""
    conninfo = config.conninfo("owner")
    with psycopg.connect(conninfo) as connection:
        if holds := _holdings(connection):
            raise NotEmpty(holds)
    migrations.prepare(config)
    _run("pg_restore", conninfo, "--no-owner", "--single-transaction", "--exit-on-error", str(file))
    return migrations.migrate(config)


def _holdings(connection: psycopg.Connection[tuple[str]]) -> list[str]:
    """Return the schemas and tables of a database that are not PostgreSQL's own."""
    return [
        name
        for (name,) in connection.execute("""
            SELECT 'schema ' || nspname FROM pg_namespace
            WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
            UNION ALL
            SELECT 'public.' || relname FROM pg_class
            WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            ORDER BY 1
            """)
    ]


def _run(program: str, conninfo: str, *arguments: str) -> None:
    """Run a program against the database; a password goes by the environment, since everyone on the machine can read arguments."""
    parts = conninfo_to_dict(conninfo)
    password = parts.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": str(password)} if password else {})
    target = ["--dbname", make_conninfo("", **{name: value for name, value in parts.items() if value is not None})]
    done = subprocess.run(  # noqa: S603 PostgreSQL's own program, found by find_binaries
        [find_binaries() / program, *target, *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ProgramFailed(program, done.stderr)
