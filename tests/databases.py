"""Real PostgreSQL for tests: one server a run, a migrated template in it, and a copy of the template for each test.

The server is our own `EmbeddedPostgres`; the workers of one run share it, and the last of them stops it.
"""

from __future__ import annotations

import fcntl
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from service.config import Config
from service.database.migrations import migrate, prepare
from service.embedded_postgres import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = "muniment_template"

# Tests of behaviour may lose their data when the machine stops; tests of crashes start a server of their own.
FAST = {
    "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "wal_level": "minimal", "max_wal_senders": "0",
    "autovacuum": "off", "jit": "off", "max_connections": "200", "shared_buffers": "64MB",
}  # fmt: skip


def reachable_folder() -> Path:
    """Make a temporary folder that every account may pass through, as root's server needs; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-test-"))
    folder.chmod(0o755)
    return folder


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Share the server of a test run, with its template; give the owner's connection string."""
    with EmbeddedPostgres(folder, settings=FAST) as conninfo, (folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(conninfo, autocommit=True) as connection:
            if connection.execute("SELECT FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone() is None:
                with fresh_database(conninfo, folder, template="template0", keep=True) as config:
                    migrate(config)
                connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(_name(config), sql.Identifier(TEMPLATE)))
        fcntl.flock(lock, fcntl.LOCK_UN)
        yield conninfo


@contextmanager
def fresh_database(conninfo: str, data: Path, *, template: str = TEMPLATE, keep: bool = False) -> Iterator[Config]:
    """Give the settings of a new database, copied from the template (from `template0`: with nothing in it), and drop it afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    config = Config(data=data, database_url=make_conninfo(conninfo, dbname=name))
    apart = make_conninfo(conninfo, dbname="postgres")  # nobody may be connected to what is copied
    with psycopg.connect(apart, autocommit=True) as connection:
        names = sql.Identifier(name), sql.Identifier(template)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(*names))  # a third of the time of the other
    try:
        if template != "template0":
            prepare(config)  # a copy takes neither the rights on its database nor the settings of its roles from the template
        yield config
    finally:
        if not keep:
            with psycopg.connect(apart, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _name(config: Config) -> sql.Identifier:
    return sql.Identifier(psycopg.conninfo.conninfo_to_dict(config.database_url or "")["dbname"])
