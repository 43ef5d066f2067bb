"""The database as one file, and back: `dump(config, file)`, `restore(config, file)`; and which dumps are to be destroyed when.

The file is PostgreSQL's custom format, made by `pg_dump` from one snapshot; `pg_restore` reads it without us. It holds the ledger, the
sealed values and the desk. It does not hold:

- the keys and the evidence files of the data directory: whoever steals a dump can forge nothing and reveal nobody;
- the views, which the projector builds anew from the ledger;
- roles, and the settings of the database, which `migrations.prepare` makes.

A dump with what is personal in it has the wrapped keys of people who may be erased after it was made. So it is listed with the day by
which it is to be destroyed (`listed`), and what is to be kept for years is the log alone.

A restored log may be older than what others remember of it: compare its checkpoint with the last one sent before anything is recorded.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import class_row

from aggregates.clocks.dates import london
from service.database import migrations
from service.embedded_postgres import PostgresRefused, find_binaries

if TYPE_CHECKING:
    from pathlib import Path

    from service.config import Config


KEPT: Final = timedelta(days=35)  # a dump, where nobody says for how long
PERSONAL: Final = f"""
    SELECT table_schema || '.' || table_name FROM information_schema.tables
     WHERE table_schema = 'desk' AND table_name <> '{migrations.VERSION_TABLE}'
        OR table_schema = 'sealed' AND table_name <> 'erased'"""  # noqa: S608 - our own text
LISTED: Final = "SELECT name, made_on, size, kept_until, destroyed_on, log_alone FROM desk.backup ORDER BY id DESC"
LIST: Final = """
    INSERT INTO desk.backup (name, made_on, size, kept_until, log_alone)
    SELECT %s, %s, coalesce(max(size), 0), %s, %s FROM ledger.checkpoint
    ON CONFLICT DO NOTHING RETURNING id"""


class CannotBackUp(PostgresRefused):
    """Nothing was dumped or restored, for the reason that the subclass names. Never raised itself."""


class FileExists(CannotBackUp):
    """A dump never replaces a file."""

    def __init__(self, file: Path) -> None:
        """Take the file."""
        self.file = file
        super().__init__(f"{file} exists already; a dump is not written over another.")


class StillListed(CannotBackUp):
    """Two dumps of one name could not be told apart when one of them is destroyed."""

    def __init__(self, name: str) -> None:
        """Take the name."""
        super().__init__(
            f"a dump {name} is listed that was not destroyed: give this one another name, in whatever folder, or say "
            f"`muniment db destroyed {name}` once every copy of that one is gone. Nothing was dumped.",
        )


class NoFolder(CannotBackUp):
    """A dump is written into a folder that is there."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        super().__init__(f"there is no folder {folder}: make it, or name another. Nothing was dumped.")


class DayIsPast(CannotBackUp):
    """A dump is to be destroyed after it was made."""

    def __init__(self, day: date, today: date) -> None:
        """Take the day that was given, and the Board's."""
        super().__init__(f"{day} is past, for today is {today}: with --keep-until, give today or a later day. Nothing was dumped.")


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


class NoSuchBackup(CannotBackUp):
    """Nothing is said of a dump that was not made, or of one that was destroyed already."""

    def __init__(self, name: str) -> None:
        """Take the name."""
        super().__init__(f"no dump {name} is listed that was not destroyed: `muniment db backups` lists them.")


class ProgramFailed(CannotBackUp):
    """PostgreSQL's own program could not do it."""

    def __init__(self, program: str, said: str) -> None:
        """Take the program and what it said."""
        self.said = said
        super().__init__(f"{program} could not: {said.strip()}")


@dataclass(frozen=True, slots=True)
class Backup:
    """A dump: at which size of the log it was made, and by when it is to be destroyed.

    One of the log alone holds no key and nothing that was sealed, but the texts of that day, and may be kept: for no day, or None.
    """

    name: str
    made_on: date
    size: int
    kept_until: date | None
    destroyed_on: date | None
    log_alone: bool


def listed(config: Config) -> list[Backup]:
    """Return the dumps that were made, the newest first."""
    with psycopg.connect(config.conninfo("writer")) as connection, connection.cursor(row_factory=class_row(Backup)) as cursor:
        return cursor.execute(LISTED).fetchall()


def destroyed(config: Config, name: str) -> None:
    """Take down that a dump was destroyed, with every copy."""
    with psycopg.connect(config.conninfo("owner")) as connection:
        update = "UPDATE desk.backup SET destroyed_on = %s WHERE name = %s AND destroyed_on IS NULL"
        if not connection.execute(update, (london(config.clock()()), name)).rowcount:
            raise NoSuchBackup(name)


def dump(config: Config, file: Path, *, kept_until: date | None = None, log_alone: bool = False) -> date | None:
    """Write the database to a new file that only this account can read, and return by when it is to be destroyed.

    Raises CannotBackUp, leaving no half of a file. It is listed; the log alone, without anything that was sealed, may be kept.
    """
    conninfo, today = config.conninfo("owner"), london(config.clock()())
    until = kept_until or (None if log_alone else today + KEPT)
    if until and until < today:
        raise DayIsPast(until, today)
    if file.exists():
        raise FileExists(file)
    if not file.parent.is_dir():
        raise NoFolder(file.parent)
    with psycopg.connect(conninfo) as connection:
        if migrations.schema_version(connection) is None:
            raise NothingToDump
        personal = [name for (name,) in connection.execute(PERSONAL)] if log_alone else []
        new = connection.execute(LIST, (file.name, today, until, log_alone)).fetchone()  # before it is made: it is in the dump itself
    if new is None:
        raise StillListed(file.name)
    try:
        _write(conninfo, file, ["--exclude-table=views.*", *(f"--exclude-table-data={name}" for name in personal)])
    except BaseException:
        with psycopg.connect(conninfo) as connection:
            connection.execute("DELETE FROM desk.backup WHERE id = %s", new)
        raise
    return until


def _write(conninfo: str, file: Path, without: list[str]) -> None:
    """Dump into a file that has its name once it is whole."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))  # pg_dump writes into it, and syncs it
        _run("pg_dump", conninfo, "--format=custom", "--no-owner", *without, "--file", str(unfinished))
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
