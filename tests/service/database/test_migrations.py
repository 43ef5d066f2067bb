"""The schema, its roles and their rights: made once, in any order of starters, and never more than is needed."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from service.config import Config
from service.database import migrations
from service.database.migrations import NewerSchema, NotOwner, OldServer, RoleTooStrong, head, migrate, schema_version
from service.embedded_postgres import EmbeddedPostgres
from tests.databases import FAST, fresh_database

ROOT = Path(__file__).parents[3]
ROLES = ("muniment_writer", "muniment_projector", "muniment_reader")
RUNNING = ("writer", "projector", "reader")

# Everything that the rights of tables allow beyond reading them, whole or by column; MAINTAIN came with PostgreSQL 17.
TABLE_RIGHTS = ("INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
COLUMN_RIGHTS = ("INSERT", "UPDATE", "REFERENCES")


@pytest.fixture
def empty(postgres, tmp_path):
    """Give the settings of a database with nothing in it."""
    with fresh_database(postgres, tmp_path, template="template0") as config:
        yield config


@pytest.fixture
def own_server(reachable):
    """Give the connection string of a server in which none of our roles exists yet."""
    with EmbeddedPostgres(reachable, settings=FAST) as conninfo:
        yield conninfo


@contextmanager
def connected(config, role="owner"):
    """Connect as a role, each statement on its own."""
    with psycopg.connect(config.conninfo(role), autocommit=True) as connection:
        yield connection


def migrating(config) -> subprocess.Popen[str]:
    """Start `migrate` in a process of its own."""
    script = (
        "import sys; from pathlib import Path; from service.config import Config; from service.database.migrations import migrate;"
        "print(migrate(Config(data=Path(), database_url=sys.argv[1])))"
    )
    command = [sys.executable, "-c", script, config.database_url]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def relations(connection) -> list[tuple]:
    """Return every relation of ours, with its identity, its shape and its rights."""
    query = """
        SELECT c.oid, c.oid::regclass::text, c.relowner, c.relacl::text, c.relnatts, c.relchecks, c.relhastriggers
        FROM pg_class c
        WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('ledger', 'sealed', 'desk', 'views')) ORDER BY 2"""
    return connection.execute(query).fetchall()


def tables(connection, schema: str) -> list[str]:
    """Return every table of a schema, from the catalogue."""
    query = "SELECT oid::regclass::text FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'p', 'm', 'f') ORDER BY 1"
    return [name for (name,) in connection.execute(query, [schema])]


def excess(connection, schema: str) -> list[tuple[str, str, str]]:
    """Return what any of the running roles, or everybody, may do to a schema's relations beyond reading: (role, right, relation)."""
    rights = (*TABLE_RIGHTS, "MAINTAIN") if connection.info.server_version >= 170_000 else TABLE_RIGHTS
    query = """
        SELECT role, p, c.oid::regclass::text
        FROM pg_class c, unnest(%(roles)s::text[]) AS role, unnest(%(rights)s::text[]) AS p
        WHERE c.relnamespace = to_regnamespace(%(schema)s::text) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
              AND has_table_privilege(role, c.oid, p)
        UNION ALL
        SELECT role, 'a column: ' || p, c.oid::regclass::text
        FROM pg_class c, unnest(%(roles)s::text[]) AS role, unnest(%(column_rights)s::text[]) AS p
        WHERE c.relnamespace = to_regnamespace(%(schema)s::text) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
              AND has_any_column_privilege(role, c.oid, p)
        UNION ALL
        SELECT role, p, c.oid::regclass::text
        FROM pg_class c, unnest(%(roles)s::text[]) AS role, unnest(ARRAY['USAGE', 'UPDATE']) AS p
        WHERE c.relnamespace = to_regnamespace(%(schema)s::text) AND c.relkind = 'S' AND has_sequence_privilege(role, c.oid, p)
        UNION ALL
        SELECT role, 'CREATE', nspname FROM pg_namespace, unnest(%(roles)s::text[]) AS role
        WHERE nspname = %(schema)s::name AND has_schema_privilege(role, nspname, 'CREATE')"""
    values = {"roles": [*ROLES, "public"], "rights": list(rights), "column_rights": list(COLUMN_RIGHTS), "schema": schema}
    return connection.execute(query, values).fetchall()


def test_a_fresh_database_reaches_the_head(empty):
    """An empty database is brought to the head, which any role of the service that may ask sees."""
    assert migrate(empty) == head()

    for role in ("owner", "writer", "projector"):
        with connected(empty, role) as connection:
            assert schema_version(connection) == head()


def test_a_second_run_changes_nothing(database):
    """Migrating a migrated database leaves every relation, its shape and its rights as they were."""
    with connected(database) as connection:
        before = relations(connection)
        assert migrate(database) == head()

        assert relations(connection) == before
        assert len(before) > 20


def test_runs_at_once_take_turns(own_server, reachable):
    """Migrations started at once, of one database and of another on the same new server, all succeed, and each schema is made once."""
    with (
        fresh_database(own_server, reachable, template="template0") as one,
        fresh_database(own_server, reachable, template="template0") as two,
    ):
        runs = [migrating(config) for config in (one, two, one, two)]
        said = [run.communicate()[0].strip() for run in runs]

        assert said == [head()] * 4
        with connected(one) as left, connected(two) as right:
            assert [row[1] for row in relations(left)] == [row[1] for row in relations(right)]


def test_a_newer_schema_is_refused(database):
    """A database that a newer Muniment has migrated is refused, naming both versions, and not touched."""
    with connected(database) as connection:
        connection.execute("UPDATE desk.schema_version SET version_num = '9999'")

        with pytest.raises(NewerSchema, match=f"9999.*{head()}"):
            migrate(database)
        assert schema_version(connection) == "9999"


def test_an_older_server_is_refused(empty, monkeypatch):
    """A server older than the oldest that we support is refused before anything is created."""
    monkeypatch.setattr(migrations, "OLDEST", 99)

    with pytest.raises(OldServer, match="needs PostgreSQL"):
        migrate(empty)
    with connected(empty) as connection:
        assert schema_version(connection) is None


def test_the_head_is_pinned():
    """The last version stands in ops/sql/.head, so that two branches that each add one conflict; every version has its SQL and no other."""
    numbered = sorted(path.stem for path in migrations.SQL.glob("[0-9]*.sql"))

    assert (migrations.SQL / ".head").read_text() == f"{head()}\n"
    assert numbered == sorted(path.stem for path in (migrations.SQL / "versions").glob("*.py"))
    assert numbered[-1].startswith(head())


def test_a_user_who_is_no_superuser_can_own_the_database(own_server, reachable):
    """On a server of one's own the owner needs no more than the database and CREATEROLE; without them the refusal says so."""
    with psycopg.connect(own_server, autocommit=True) as connection:
        connection.execute("CREATE ROLE board LOGIN")
        connection.execute("CREATE DATABASE boards OWNER board")
        config = Config(data=reachable, database_url=make_conninfo(own_server, user="board", dbname="boards"))
        with pytest.raises(NotOwner, match="CREATEROLE"):
            migrate(config)

        connection.execute("ALTER ROLE board CREATEROLE")
        assert migrate(config) == head()
        assert migrate(config) == head()
    with connected(config) as connection:
        assert excess(connection, "ledger") == []
    with connected(config, "projector") as connection:
        connection.execute("CREATE TABLE views.a AS SELECT 1 AS n")
    with connected(config, "reader") as connection:
        assert connection.execute("SELECT n FROM views.a").fetchone() == (1,)


def test_a_running_role_that_may_too_much_is_refused(own_server, reachable):
    """When a role of the service exists already and could give itself more rights, nothing is migrated until it no longer can."""
    with psycopg.connect(own_server, autocommit=True) as connection:
        connection.execute("CREATE ROLE muniment_writer LOGIN")
        for trait in ("SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS"):
            connection.execute(f"ALTER ROLE muniment_writer {trait}")
            with pytest.raises(RoleTooStrong, match=f"muniment_writer has {trait}"):
                migrate(Config(data=reachable))
            connection.execute(f"ALTER ROLE muniment_writer NO{trait}")
        connection.execute("GRANT pg_write_all_data TO muniment_writer")
        with pytest.raises(RoleTooStrong, match="membership"):
            migrate(Config(data=reachable))
        connection.execute("REVOKE pg_write_all_data FROM muniment_writer")

        assert schema_version(connection) is None
    assert migrate(Config(data=reachable)) == head()


def test_passwords_are_set_where_they_are_configured(own_server, reachable):
    """A configured password becomes its role's, as a verifier; a role without one keeps none."""
    migrate(Config(data=reachable, writer_password="correct horse"))

    with psycopg.connect(own_server) as connection:
        kept = dict(connection.execute("SELECT rolname, rolpassword FROM pg_authid WHERE rolname = ANY (%s)", [list(ROLES)]).fetchall())
    assert kept.pop("muniment_writer").startswith("SCRAM-SHA-256$")
    assert kept == {"muniment_projector": None, "muniment_reader": None}


def test_the_reader_plans_for_two_ranges(database):
    """The reader, and no other role, plans as the bitemporal tables need."""
    names = ("random_page_cost", "max_parallel_workers_per_gather")
    found = {}
    for role in RUNNING:
        with connected(database, role) as connection:
            found[role] = [connection.execute("SELECT current_setting(%s)", [name]).fetchone()[0] for name in names]

    assert found["reader"] == ["1.1", "0"]
    assert found["writer"] == found["projector"] == ["4", "2"]


@pytest.mark.parametrize("schema", ["ledger", "sealed"])
def test_no_running_role_has_more_than_reading(database, schema):
    """In the catalogue, no role of the service has any right but SELECT on any relation of the ledger or of the sealed values."""
    with connected(database) as connection:
        assert tables(connection, schema)
        assert excess(connection, schema) == []


def test_a_careless_grant_would_be_found(database):
    """A new table of the ledger with a right too many, on the whole, on one column or to everybody, fails the walk above."""
    with connected(database) as connection:
        connection.execute("CREATE TABLE ledger.careless (n int, m int)")
        connection.execute("GRANT DELETE ON ledger.careless TO muniment_writer")
        connection.execute("GRANT UPDATE (m) ON ledger.careless TO muniment_reader")
        connection.execute("GRANT TRUNCATE ON ledger.careless TO PUBLIC")
        found = {(role, right) for role, right, _ in excess(connection, "ledger")}

    assert {("muniment_writer", "DELETE"), ("muniment_reader", "a column: UPDATE"), ("public", "TRUNCATE")} <= found


@pytest.mark.parametrize("role", RUNNING)
def test_the_ledger_cannot_be_rewritten(database, role):
    """Each running role tries to change, empty, redefine, disarm or take every table of the ledger, and is refused each time."""
    with connected(database) as connection:
        every = tables(connection, "ledger")
    attempts = (
        "UPDATE {0} SET {1} = {1}",
        "DELETE FROM {0}",
        "TRUNCATE {0}",
        "INSERT INTO {0} ({1}) VALUES (NULL)",
        "ALTER TABLE {0} DISABLE TRIGGER ALL",
        "ALTER TABLE {0} ADD COLUMN more int",
        "ALTER TABLE {0} OWNER TO " + f"muniment_{role}",
        "ALTER TABLE {0} SET SCHEMA views",
        "CREATE RULE quiet AS ON INSERT TO {0} DO INSTEAD NOTHING",
        "DROP TABLE {0} CASCADE",
    )
    with connected(database, role) as connection:
        for table in every:
            column = sql.Identifier(connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(named(table))).description[0].name)
            for attempt in attempts:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(sql.SQL(attempt).format(named(table), column))
            connection.execute(sql.SQL("GRANT ALL ON {} TO PUBLIC").format(named(table)))  # PostgreSQL warns, and grants nothing
    with connected(database) as connection:
        assert excess(connection, "ledger") == []


def named(table: str) -> sql.Identifier:
    """Quote the name that the catalogue gives a relation."""
    return sql.Identifier(*table.replace('"', "").split("."))


@pytest.mark.parametrize("role", RUNNING)
def test_no_role_becomes_another(database, role):
    """No running role may become the owner or each other, switch triggers off, create in a schema that is not its own, or read files."""
    others = [f"muniment_{other}" for other in ("owner", *RUNNING) if other != role]
    attempts = [
        *(f"SET ROLE {other}" for other in others),
        *(f"SET SESSION AUTHORIZATION {other}" for other in others),
        *(f"GRANT {other} TO muniment_{role}" for other in others),
        *(f"CREATE TABLE {schema}.mine (n int)" for schema in ("ledger", "sealed", "desk", "public")),
        "SET session_replication_role = replica",
        "DROP SCHEMA ledger CASCADE",
        "ALTER SCHEMA ledger RENAME TO old",
        "CREATE ROLE another",
        f"ALTER ROLE muniment_{role} SUPERUSER",
        "CREATE TEMPORARY TABLE shadow (n int)",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('postgresql.conf')",
    ]
    with connected(database, role) as connection:
        for attempt in attempts:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attempt)


def test_functions_are_for_those_to_whom_they_are_granted(database):
    """Nobody but the writer may run a function with the owner's rights, everybody may run none, and each such function pins its path."""
    query = """
        SELECT p.proname, p.prosecdef, coalesce(p.proconfig::text LIKE '%%search_path=pg_catalog, pg_temp%%', false),
               ARRAY(SELECT role FROM unnest(%s::text[]) AS role WHERE has_function_privilege(role, p.oid, 'EXECUTE'))
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname IN ('ledger', 'sealed', 'desk', 'views')"""
    with connected(database) as connection:
        functions = connection.execute(query, [[*ROLES, "public"]]).fetchall()

    assert functions
    for name, as_owner, pinned, runners in functions:
        assert "public" not in runners, name
        if as_owner:
            assert pinned, name
            assert set(runners) <= {"muniment_writer"}, name


def test_the_desk_and_the_sealed_values_are_the_writers(database):
    """The reader sees nothing of the desk or of the sealed values; the projector only the schema's version and the checkpoints sent."""
    seen = {role: set() for role in RUNNING}
    with connected(database) as connection:
        for table in (*tables(connection, "desk"), *tables(connection, "sealed")):
            for role in RUNNING:
                if connection.execute("SELECT has_table_privilege(%s, %s, 'SELECT')", [f"muniment_{role}", table]).fetchone()[0]:
                    seen[role].add(table)
        every = {*tables(connection, "desk"), *tables(connection, "sealed")}

    assert seen == {"writer": every, "projector": {"desk.schema_version", "desk.checkpoint_sent"}, "reader": set()}


def test_the_projector_builds_what_the_others_read(database):
    """The projector makes a bitemporal table that refuses a contradictory history; writer and reader read it and cannot change it."""
    with connected(database, "projector") as projector:
        projector.execute("""
            CREATE TABLE views.of_a_test (key text, valid daterange, known int8range,
                                          EXCLUDE USING gist (key WITH =, valid WITH &&, known WITH &&))""")
        projector.execute("INSERT INTO views.of_a_test VALUES ('a', '[2026-01-01,)', '[1,)')")
        with pytest.raises(psycopg.errors.ExclusionViolation):
            projector.execute("INSERT INTO views.of_a_test VALUES ('a', '[2026-02-01,)', '[1,)')")
    for role in ("reader", "writer"):
        with connected(database, role) as connection:
            assert connection.execute("SELECT key FROM views.of_a_test").fetchall() == [("a",)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("DELETE FROM views.of_a_test")


def test_strangers_cannot_connect(database):
    """A role of the server that is none of ours cannot connect to the database."""
    with connected(database) as connection:
        query = "SELECT has_database_privilege('public', current_database(), right_) FROM unnest(ARRAY['CONNECT', 'TEMPORARY']) AS right_"
        assert connection.execute(query).fetchall() == [(False,), (False,)]
