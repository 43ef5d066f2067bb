"""Databases lent to one test after another: each is put back as it was in between, in a quarter of the time that a copy takes.

What a test has written is known by its transactions, which are younger than the loan. Where it has changed the schema or a right, the
database is dropped, and the next test gets another copy.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import psycopg

from service.config import Config
from tests.databases import TEMPLATE, fresh_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    First = Callable[[Config], object]

LOANS = 100  # of one database: nobody vacuums it, and what was deleted makes it slow
TABLES = r"""
    SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind = 'r' AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%'"""
SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"
SCHEMA = (  # oids from 16384 on are of what was not there when the server was made
    "(SELECT xmin FROM pg_class WHERE oid >= 16384)",
    "(SELECT xmin FROM pg_attribute WHERE attrelid >= 16384)",
    "(SELECT xmin FROM pg_constraint WHERE oid >= 16384)",
    "(SELECT xmin FROM pg_namespace WHERE oid >= 16384)",
    "(SELECT xmin FROM pg_proc WHERE oid >= 16384)",
    "(SELECT xmin FROM pg_trigger WHERE oid >= 16384)",
    "(SELECT xmin FROM pg_default_acl)",
    "(SELECT xmin FROM pg_database WHERE datname = current_database())",
    "(SELECT s.xmin FROM pg_db_role_setting s JOIN pg_database d ON d.oid = setdatabase WHERE datname = current_database())",
)
WRITTEN = "SELECT '{0}', count(*), count(*) FILTER (WHERE xmin::text::bigint >= %(since)s) FROM {0} AS t"
OTHERS = """
    SELECT pg_terminate_backend(pid), backend_xid IS NOT NULL FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""


class Lent:
    """A database, and what was in it before it was lent for the first time."""

    def __init__(self, config: Config) -> None:
        """Take the settings with which its owner connects, and look at what is there."""
        self.url = config.database_url
        self._loans = 0
        self._conn = psycopg.connect(config.conninfo("owner"), autocommit=True)
        self._conn.execute("SET session_replication_role = replica")  # no trigger and no foreign key stands in the way of what was
        self._conn.execute("SET max_parallel_workers_per_gather = 0")  # starting them takes longer than looking
        self._kept = {name: self._contents(name) for (name,) in self._conn.execute(TABLES).fetchall()}
        self._sequences = self._conn.execute(SEQUENCES).fetchall()
        self._look = " UNION ALL ".join(WRITTEN.format(name.replace("'", "''")) for name in (*SCHEMA, *self._kept))
        self._begin()
        self._sizes = {name: size for name, size, _ in self._written()}

    def close(self) -> None:
        """Let go of it."""
        self._conn.close()

    def put_back(self) -> bool:
        """Put everything back as it was; False where that cannot be done, or has been done often enough."""
        self._loans += 1
        try:
            return self._loans < LOANS and self._put_all_back()
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable):  # it has cut all connections, or dropped a table
            return False

    def _put_all_back(self) -> bool:
        while any(within for _, within in self._conn.execute(OTHERS, prepare=True)):
            pass  # whoever is still there goes, as when a database is dropped; what they are about to commit is waited for
        written = [(name, size, new) for name, size, new in self._written() if new or size != self._sizes[name]]
        if any(name in SCHEMA for name, *_ in written):
            return False
        with self._conn.transaction():
            for name, size, new in written:
                self._put_back(name, whole=size - new == self._sizes[name])
            for sequence in self._sequences:
                self._conn.execute("SELECT setval(%s, %s, %s)", sequence, prepare=True)
        self._begin()
        return True

    def _put_back(self, table: str, *, whole: bool) -> None:
        if whole:
            self._conn.execute(f"DELETE FROM {table} WHERE xmin::text::bigint >= {self._since}")  # noqa: S608 - our own names
            return
        self._conn.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        with self._conn.cursor().copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
            copy.write(self._kept[table])

    def _written(self) -> list[tuple[str, int, int]]:
        """Return of each table how many rows it has, and how many of them were written since the loan began."""
        return self._conn.execute(self._look, {"since": self._since}, prepare=True).fetchall()

    def _begin(self) -> None:
        ((self._since,),) = self._conn.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").fetchall()

    def _contents(self, table: str) -> bytes:
        with self._conn.cursor().copy(f"COPY {table} TO STDOUT (FORMAT binary)") as copy:
            return b"".join(map(bytes, copy))


class Lending:
    """What lends databases to the tests of one process; `conninfo` is the owner's of the server."""

    def __init__(self, conninfo: str) -> None:
        """Begin with none."""
        self.conninfo = conninfo
        self._idle: dict[tuple[str, First | None], list[tuple[Lent, ExitStack]]] = defaultdict(list)

    @contextmanager
    def lend(self, data: Path, *, template: str = TEMPLATE, first: First | None = None) -> Iterator[Config]:
        """Give the settings of a database that is as the template is, once `first` was done to it; `data` is the test's folder."""
        idle = self._idle[template, first]
        lent, ending = idle.pop() if idle else self._copy(data, template, first)
        try:
            yield Config(data=data, database_url=lent.url)
        except BaseException:
            ending.close()
            raise
        if lent.put_back():
            idle.append((lent, ending))
        else:
            ending.close()

    def close(self) -> None:
        """Drop them."""
        for _, ending in (one for idle in self._idle.values() for one in idle):
            ending.close()

    def _copy(self, data: Path, template: str, first: First | None) -> tuple[Lent, ExitStack]:
        with ExitStack() as until:
            config = until.enter_context(fresh_database(self.conninfo, data, template=template))
            if first is not None:
                first(config)
            lent = Lent(config)
            until.callback(lent.close)
            return lent, until.pop_all()
