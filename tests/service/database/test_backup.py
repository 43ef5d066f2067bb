"""Dump and restore: everything recorded comes back, with its rights; keys never leave; nothing is overwritten."""

from __future__ import annotations

import subprocess

import psycopg
import pytest

from service.config import Config
from service.database.backup import FileExists, NotEmpty, NothingToDump, ProgramFailed, dump, restore
from service.database.migrations import head, schema_version
from service.embedded_postgres import EmbeddedPostgres, find_binaries
from tests.databases import FAST, fresh_database

ROWS = """
    INSERT INTO ledger.event (position, stream, version, topic, jti, entry, leaf)
        SELECT n, gen_random_uuid(), 1, 'board.something_happened.v1', 'jti ' || n,
               convert_to('{"recv":"1","stmt":"s' || n || '","v":1}', 'UTF8'),
               sha256(n::text::bytea)
        FROM generate_series(1, 300) n;
    INSERT INTO ledger.disclosure SELECT n, '~é' || n || '~' FROM generate_series(1, 300) n;
    INSERT INTO sealed.value VALUES (1, 'by_person', '\\x010203');
    INSERT INTO desk.account (id, email, person, created_at) VALUES (gen_random_uuid(), 'a@b.example', gen_random_uuid(), now());
    INSERT INTO desk.tally VALUES ('signing in', sha256('a@b.example'), now(), 1);
"""


@pytest.fixture
def empty(postgres, tmp_path):
    """Give the settings of a database with nothing in it."""
    with fresh_database(postgres, tmp_path, template="template0") as config:
        yield config


@pytest.fixture
def filled(database):
    """Give the settings of a database that holds something in every schema."""
    with psycopg.connect(database.conninfo("owner")) as connection:
        connection.execute(ROWS)
    with psycopg.connect(database.conninfo("projector")) as connection:
        connection.execute("CREATE TABLE views.register AS SELECT 1 AS n")
    return database


def contents(config) -> dict[str, list]:
    """Return every row of the ledger, the sealed values and the desk, and who may do what with them."""
    listed = """
        SELECT oid::regclass::text FROM pg_class
        WHERE relkind IN ('r', 'v') AND relnamespace IN ('ledger'::regnamespace, 'sealed'::regnamespace, 'desk'::regnamespace)"""
    rights = """
        SELECT c.oid::regclass::text, a.grantee::regrole::text, a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace IN ('ledger'::regnamespace, 'sealed'::regnamespace, 'desk'::regnamespace) AND a.grantee <> c.relowner
        ORDER BY 1, 2, 3"""
    functions = """
        SELECT p.oid::regprocedure::text, p.prosecdef, a.grantee FROM pg_proc p, aclexplode(p.proacl) a
        WHERE p.pronamespace = 'ledger'::regnamespace AND a.grantee <> p.proowner ORDER BY 1, 3"""
    with psycopg.connect(config.conninfo("owner")) as connection:
        found = {table: sorted(connection.execute(f"TABLE {table}").fetchall(), key=repr) for (table,) in connection.execute(listed)}
        return found | {"rights": connection.execute(rights).fetchall(), "functions": connection.execute(functions).fetchall()}


def test_what_was_dumped_is_restored(filled, empty, tmp_path):
    """A dump restored into an empty database gives back every row and every right, at this version's schema, and views to be built anew."""
    dump(filled, tmp_path / "board.dump")

    assert restore(empty, tmp_path / "board.dump") == head()
    assert contents(empty) == contents(filled)
    assert len(contents(empty)["ledger.event"]) == 300
    with psycopg.connect(empty.conninfo("projector")) as connection:
        assert connection.execute("SELECT to_regclass('views.register')").fetchone() == (None,)
        connection.execute("CREATE TABLE views.register AS SELECT 2 AS n")
    with psycopg.connect(empty.conninfo("reader")) as connection:
        assert connection.execute("SELECT n FROM views.register").fetchone() == (2,)
        assert connection.execute("SELECT current_setting('random_page_cost')").fetchone() == ("1.1",)


def test_a_dump_is_restored_on_another_server(filled, reachable, tmp_path):
    """A dump restored on a server that has none of our roles, under an owner of another name, has the same rows and rights."""
    dump(filled, tmp_path / "board.dump")

    with EmbeddedPostgres(reachable, settings=FAST) as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute("CREATE ROLE board LOGIN CREATEROLE")
            connection.execute("CREATE DATABASE boards OWNER board")
        there = Config(data=reachable, database_url=psycopg.conninfo.make_conninfo(conninfo, user="board", dbname="boards"))
        assert restore(there, tmp_path / "board.dump") == head()
        found, expected = contents(there), contents(filled)
    assert found["rights"] == expected["rights"]
    assert found["ledger.event"] == expected["ledger.event"]


def test_only_an_empty_database_is_restored_into(filled, database, tmp_path):
    """A database that holds anything of ours is refused, naming what, and is left as it was."""
    dump(filled, tmp_path / "board.dump")
    before = contents(database)

    with pytest.raises(NotEmpty, match="schema ledger"):
        restore(database, tmp_path / "board.dump")
    assert contents(database) == before


def test_a_database_of_something_else_is_not_restored_into(filled, empty, tmp_path):
    """A database that holds somebody else's table is refused, naming it."""
    dump(filled, tmp_path / "board.dump")
    with psycopg.connect(empty.conninfo("owner")) as connection:
        connection.execute("CREATE TABLE public.invoices (n int)")

    with pytest.raises(NotEmpty, match=r"public\.invoices"):
        restore(empty, tmp_path / "board.dump")


def test_a_damaged_dump_restores_nothing(filled, empty, tmp_path):
    """A dump that breaks off is refused with what pg_restore said, and the database stays empty, so that a good one can follow."""
    dump(filled, tmp_path / "board.dump")
    whole = (tmp_path / "board.dump").read_bytes()
    (tmp_path / "half.dump").write_bytes(whole[: len(whole) * 2 // 3])

    with pytest.raises(ProgramFailed, match="pg_restore"):
        restore(empty, tmp_path / "half.dump")
    with psycopg.connect(empty.conninfo("owner")) as connection:
        assert schema_version(connection) is None
    assert restore(empty, tmp_path / "board.dump") == head()


def test_a_dump_replaces_no_file(filled, tmp_path):
    """A file that exists is not written over, and nothing is left beside it."""
    (tmp_path / "board.dump").write_text("the only copy")

    with pytest.raises(FileExists):
        dump(filled, tmp_path / "board.dump")
    assert (tmp_path / "board.dump").read_text() == "the only copy"
    assert [path.name for path in tmp_path.glob("*.dump*")] == ["board.dump"]


def test_a_dump_is_its_makers_alone_and_holds_no_key(filled, tmp_path):
    """Only its maker can read a dump, and what lies in the data directory, keys above all, is not in it."""
    (filled.data / "keys").mkdir()
    (filled.data / "keys/log.key").write_text("the log's private key")
    dump(filled, tmp_path / "board.dump")
    written = subprocess.run([find_binaries() / "pg_restore", "--file=-", tmp_path / "board.dump"], check=True, capture_output=True).stdout

    assert (tmp_path / "board.dump").stat().st_mode & 0o777 == 0o600
    assert b"COPY ledger.event" in written
    assert b"private key" not in written


def test_there_is_nothing_to_dump_before_the_first_migration(empty, tmp_path):
    """A database without our schema is refused, and no file is made."""
    with pytest.raises(NothingToDump):
        dump(empty, tmp_path / "board.dump")
    assert not (tmp_path / "board.dump").exists()
