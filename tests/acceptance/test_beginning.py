"""The beginning of a board, interrupted: `init` is killed at each of its steps, and given once more it finishes what it began."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.boards import INIT, PASSWORD
from tests.acceptance.product import Product, verify, wait
from tests.databases import fresh_database

JOINS = {"do": "join_agency", "ref": "RIV", "fields": {"name": "River", "category": "health", "section_11": "yes"}}
WHOLE = ("init", *INIT, "--password", PASSWORD)


@pytest.fixture
def empty(postgres, folder):
    """Give a product whose database is migrated, and holds nothing."""
    with fresh_database(postgres, folder) as config:
        yield Product(folder, config.database_url)


def kill_at(product: Product, table: str) -> int:
    """Kill `init` as it writes the first row of a table; return how many events it has recorded."""
    waiting = """SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
                  WHERE datname = current_database() AND NOT granted AND relation = %s::regclass"""
    with product.owner() as connection:
        connection.execute(f"LOCK TABLE {table} IN SHARE MODE")  # reads go on, a write waits
        process = product.start(*WHOLE)
        wait(lambda: process.poll() is not None or product.ask(waiting, table), f"init to reach {table}")
        process.kill()
        out, err = process.communicate()
        assert process.returncode < 0, (out, err)
        return product.size


def works(product: Product, said: str) -> None:
    """Check that a board has begun: once, under a key that was handed over, with an administrator who can sign in and act."""
    api_key = next(text.split()[-1] for text in said.splitlines() if text.startswith("Your API key"))
    assert product.brings_in(JOINS, MUNIMENT_KEY=api_key).code == 0
    assert product.ask("SELECT topic, count(*) FROM ledger.event WHERE topic LIKE 'ledger.%%' GROUP BY topic") == [
        ("ledger.established.v1", 1)
    ]
    assert [(email, operates) for email, operates in product.ask("SELECT email, may_operate FROM desk.account")] == [(INIT[5], True)]
    assert "BEGIN OPENSSH PRIVATE KEY" in (product.data / "signing.key").read_text()
    assert not list(product.data.glob("init-*"))
    assert verify(product.pack(), "--key", product.key).code == 0


@pytest.mark.parametrize(("table", "events"), [("ledger.event", 0), ("desk.account", 5), ("desk.api_key", 5)])
def test_a_beginning_that_was_killed_is_finished_by_the_same_command(empty, table, events):
    """Killed before its first entries are on record, or after them and before there is an account: `init` again finishes the job."""
    assert kill_at(empty, table) == events
    own = (empty.data / "signing.key").read_bytes()
    works(empty, empty.does(*WHOLE))

    assert (empty.data / "signing.key").read_bytes() == own, "the log names the key that was handed over first"
    again = empty.run("init", *INIT, "--password", PASSWORD, "--signing-key", "other.key")
    assert again.err.startswith("Refused: This log is established already")


def test_a_beginning_whose_last_words_were_never_read_is_told_again(empty):
    """Killed when everything is done but before it could say so, `init` makes another API key, for whoever has the password."""
    empty.does(*WHOLE)
    (empty.data / "init-under-way").write_text(INIT[1])
    stranger = empty.run("init", *INIT, "--password", "another password altogether")

    assert (stranger.code, stranger.err) == (1, "Refused: The e-mail address or the password is not right.\n")
    works(empty, empty.does(*WHOLE))


def test_a_beginning_is_finished_as_it_was_begun(empty):
    """Given with something else than is on record, `init` says which option it is, and leaves everything as it was."""
    kill_at(empty, "desk.account")
    before = empty.note
    begun = dict(zip(INIT[::2], INIT[1::2], strict=True))
    for option in begun:
        options = begun | {option: "other@severnbrook.example"}
        ran = empty.run("init", *(part for pair in options.items() for part in pair), "--password", PASSWORD)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith(f"Refused: A beginning was interrupted here, and can be finished as it was begun: give {option} ")
    assert empty.note == before
    assert empty.ask("SELECT count(*) FROM desk.account") == [(0,)]


def test_keys_without_their_log_begin_no_second_one(empty):
    """Where keys are but the database is gone, `init` begins nothing: a second log under the same keys would be a fork."""
    (empty.data / "keys").mkdir()
    (empty.data / "keys/public.json").write_text(json.dumps({}))
    ran = empty.run(*WHOLE)

    assert ran.code == 2
    assert "there are keys already" in ran.err
    assert empty.size == 0
    assert not list(empty.data.glob("init-*"))
