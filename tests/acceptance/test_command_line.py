"""The command line from outside: what each command says, what it exits with, and that what it refuses leaves nothing behind."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import threading
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import click
import psycopg
import pytest

from service.cli import ORDER, main
from service.cli.demonstration import DOOR, pages_are_up
from service.demonstration import VISITORS
from service.verify import open_checkpoint
from tests.acceptance import boards
from tests.acceptance.boards import INIT, PASSWORD, assigned, line, progress
from tests.acceptance.product import Product, free_port, verify, wait
from tests.databases import fresh_database
from tests.packs import Witness, private_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.acceptance.starting import Started


@pytest.fixture
def nothing(postgres, folder):
    """Give a product whose database is empty: not even migrated."""
    with fresh_database(postgres, folder, template="template0") as config:
        yield Product(folder, config.database_url)


def commands(group: click.Group, before: str = "") -> list[tuple[str, click.Command]]:
    """List every command and sub-command, by what people type."""
    found = []
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        found += commands(command, f"{before}{name} ") if isinstance(command, click.Group) else [(before + name, command)]
    return found


ON_A_BOARD = (
    "status", "register", "history A1", "obligations", "agency RIV", "report 2016", "due", "sample S1", "checkpoint", "pack out", "rebuild",
    "absence 5.2 RIV R1 -o out", "migrate", "serve --port 1", "work", "import FILE",
    "account a@b.example --office riv-lead --password sesame",
    "key a@b.example --office riv-lead --label Ours", "recover --reason Lost", "db backups",
    "db check-keys FOLDER", "db destroyed old.dump", "db dump new.dump", "db erase-again", "db rotate-statement-key",
    "db rotate-wrapping-key", "db succeed-log-key --reason planned",
)  # fmt: skip


def one_sentence(ran) -> str:
    """Return the first line of what a command said as it refused; it says nothing on its output, and shows no traceback."""
    assert "Traceback" not in ran.err
    assert ran.out == ""
    return ran.err.splitlines()[0]


# -- help ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "command"), commands(main))
def test_help_has_an_example(name, command):
    """Every command's help ends nobody's search: it says in a sentence what it does, and shows an example of itself."""
    context = click.Context(command, info_name=name)
    said = " ".join(command.get_help(context).split())
    assert f"Example: muniment {name}" in said
    assert f"Usage: {name}" in said


def test_help_lists_the_commands_in_the_order_of_need(folder):
    """`muniment --help` lists every command, beginning with how a board begins."""
    said = Product(folder).does("--help")
    listed = [text.split()[0] for text in said.partition("Commands:\n")[2].splitlines() if text.startswith("  ") and text[2] != " "]
    assert listed == list(ORDER)


# -- what is asked wrongly ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["register", "--as-at", "2016-1-1"], "write it as 2016-11-14"),
        (["register", "--as-at", "yesterday"], "write it as 2016-11-14"),
        (["register", "--known-at", "14 Nov"], "write it as 2016-11-14"),
        (["register", "--format", "xml"], "is not one of"),
        (["history"], "Missing argument"),
        (["import", "nowhere.jsonl"], "does not exist"),
        (["db", "restore", "nowhere.dump"], "does not exist"),
        (["serve", "--port", "65536"], "is not in the range"),
        (["improve"], "No such command"),
    ],
)
def test_wrong_usage(folder, arguments, why):
    """What cannot be meant is refused with exit code 2, in words, before anything is opened or made."""
    ran = Product(folder).run(*arguments)
    assert ran.code == 2
    assert why in ran.err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("setting", "value", "why"),
    [
        ("MUNIMENT_DATBASE_URL", "dbname=x", "is not a setting"),
        ("MUNIMENT_PORT", "80a", "is not a whole number"),
        ("MUNIMENT_DEMONSTRATION_CLOCK", "2016-09-05T09:00:00", "has no time zone"),
        ("MUNIMENT_CHECKPOINT_TO", "a mail to them", "is neither a mail address"),
    ],
)
def test_a_setting_that_cannot_be_used(folder, setting, value, why):
    """A misspelt setting, or one that means nothing, is refused by its name with exit code 2; nothing is made."""
    ran = Product(folder).run("status", **{setting: value})
    assert ran.code == 2
    assert one_sentence(ran).startswith(f"{setting}=")
    assert why in ran.err
    assert list(folder.iterdir()) == []


def test_the_database_is_away(board):
    """Without its database a command says so in two lines, with exit code 2, and shows no traceback."""
    away = {"MUNIMENT_DATABASE_URL": f"host={board.data} dbname=small_board"}
    (board.data / "lines.jsonl").write_text(json.dumps(progress()))
    started = [board.start(*arguments, **away) for arguments in (["register"], ["status"], ["checkpoint"], ["import", "lines.jsonl"])]
    for process in started:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (2, "")
        assert err.startswith("The database cannot be reached: ")
        assert err.splitlines()[1] == "Start it, or look at MUNIMENT_DATABASE_URL. Nothing was recorded."


def test_what_is_not_set_up(nothing):
    """Before `init`, whatever needs a log says what to do, with exit code 2."""
    for arguments in (["checkpoint"], ["pack", "out"], ["import", __file__]):
        assert "run `muniment init`" in one_sentence(ran := nothing.run(*arguments))
        assert ran.code == 2
    assert "run `muniment migrate`" in one_sentence(ran := nothing.run("register"))
    assert ran.code == 2


def test_a_mistyped_folder_stays_as_it_is(folder):
    """Where MUNIMENT_DATA has no board, what does not begin one names the folder, with exit code 2, and makes nothing, nor the folder."""
    typed = Product(folder / "munimnet")
    (file := folder / "lines").write_text("")
    asked = [name.replace("FILE", str(file)).replace("FOLDER", str(folder)).split() for name in ON_A_BOARD]
    for command in asked:
        ran = typed.run(*command, cwd=folder)
        assert (command, ran.code, one_sentence(ran).partition(",")[0]) == (command, 2, f"there is no database in {typed.data}")
        assert list(folder.iterdir()) == [file]
    apart = {"init", "db restore", "demo", "signing-key", "sign", "submit", "verify", "audit"}  # they begin something, or need no board
    tried = [name for name, _ in commands(main) if name.split() in (words[: len(name.split())] for words in asked)]
    assert {name for name, _ in commands(main) if not name.startswith("witness ")} == apart | set(tried)


# -- the beginning --------------------------------------------------------------------------------------------------------


def test_init_begins_a_board(nothing):
    """`init` prints the fingerprint, which is the hash of the first leaf, the log's key, and an API key that works; then it is done."""
    key = nothing.data / "my.key"
    said = nothing.does("init", *INIT, "--signing-key", key, said=f"{PASSWORD}\n{PASSWORD}\n")  # asked for, twice
    [(leaf,)] = nothing.ask("SELECT leaf FROM ledger.event WHERE position = 1")
    assert next(text for text in said.splitlines() if text.startswith("Fingerprint:")).replace(" ", "").endswith(leaf.hex())
    assert nothing.key in said
    assert "BEGIN OPENSSH PRIVATE KEY" in key.read_text()
    assert key.stat().st_mode & 0o777 == 0o600
    api_key = next(text.split()[-1] for text in said.splitlines() if text.startswith("Your API key"))
    joins = {"do": "join_agency", "ref": "RIV", "fields": {"name": "River", "category": "health", "section_11": "yes"}}
    assert nothing.brings_in(joins, MUNIMENT_KEY=api_key).code == 0
    ran = nothing.brings_in(joins | {"ref": "CQH", "at": "2016-09-05T09:00:00+01:00"}, MUNIMENT_KEY=api_key)
    assert (ran.code, "This is not a demonstration log" in ran.err) == (1, True)
    ran = nothing.brings_in(joins | {"ref": "CQH"}, MUNIMENT_KEY=api_key, **boards.CLOCK)
    assert (ran.code, "This is not a demonstration log" in ran.err) == (1, True)
    assert PASSWORD not in said
    everything = nothing.ask("SELECT account::text || key::text FROM desk.account account, desk.api_key key")
    assert len(everything) == 1
    assert not any(PASSWORD in text or api_key in text for (text,) in everything)


def test_init_twice(board):
    """A second `init` is refused, whether or not the keys are where they were; log and keys stay as they are."""
    before, keys = board.size, sorted((path.name, path.read_bytes()) for path in (board.data / "keys").iterdir())
    again = ("init", *INIT, "--password", PASSWORD, "--signing-key", board.data / "other.key")
    assert board.run(*again).code == 1
    (board.data / "keys").rename(board.data / "elsewhere")
    ran = board.run(*again)
    assert ran.code == 1
    assert "This log is established already: its origin is log.severnbrook.example/small" in one_sentence(ran)
    assert not (board.data / "keys").exists()
    assert not (board.data / "other.key").exists()
    assert board.size == before
    assert keys == sorted((path.name, path.read_bytes()) for path in (board.data / "elsewhere").iterdir())


@pytest.mark.parametrize(
    ("option", "value", "code", "why"),
    [
        ("--origin", "log of severnbrook", 2, "is not a log's name"),
        ("--origin", "severnbrook+1", 2, "is not a log's name"),
        ("--email", "nobody", 2, "is not a mail address"),
        ("--password", "short", 1, "A password needs at least 12 characters"),
        ("--signing-key", __file__, 2, "is never overwritten"),
    ],
)
def test_a_beginning_that_cannot_be(nothing, option, value, code, why):
    """What would stop a board's beginning halfway is refused before the first key or event is made."""
    options = dict(zip(INIT[::2], INIT[1::2], strict=True)) | {"--password": PASSWORD, "--signing-key": "signing.key"} | {option: value}
    ran = nothing.run("init", *(part for pair in options.items() for part in pair))
    assert ran.code == code
    assert why in ran.err
    assert "Traceback" not in ran.err
    assert list(nothing.data.iterdir()) == []


def test_migrate_again(board):
    """Migrating a database that is up to date changes nothing."""
    before = board.ask("SELECT * FROM ledger.event ORDER BY position")
    assert board.does("migrate").startswith("The database is at schema ")
    assert board.ask("SELECT * FROM ledger.event ORDER BY position") == before


# -- bringing in ------------------------------------------------------------------------------------------------------------


def test_import_is_done_and_repeated(board):
    """What an import has recorded, it skips the next time: nothing is recorded twice."""
    before = board.size
    lines = [progress(key=f"letter {n}") for n in range(20)]
    ran = board.brings_in(*lines)
    assert (ran.code, ran.out) == (0, "20 recorded, 0 were on record already, 0 refused.\n")
    ran = board.brings_in(*lines, progress(key="letter 20"))
    assert (ran.code, ran.out) == (0, "1 recorded, 20 were on record already, 0 refused.\n")
    assert board.size == before + 21


def test_import_refuses_a_line_by_its_number(board):
    """A refused line is reported with its number and the rule, the lines around it are recorded, and the exit code is 1."""
    before = board.size
    said = {"narrative": "We read it for them", "rag": "green"}
    ran = board.brings_in(progress(key="1"), line("cqh-lead", "report_progress", "A1", **said), progress("A9"), "", progress(key="5"))
    assert (ran.code, ran.out) == (1, "2 recorded, 0 were on record already, 2 refused.\n")
    refused = ran.err.splitlines()
    assert len(refused) == 2
    assert refused[0].startswith("line 2: There is no action A1")
    assert refused[1].startswith("line 3: There is no action A9")
    assert board.size == before + 2


def test_import_with_nobody_behind_it(board):
    """Without an API key, or with one that is nobody's, nothing is recorded."""
    before = board.size
    for key, told in (("", "Set MUNIMENT_KEY to the API key"), ("muniment_guessed", "The API key of MUNIMENT_KEY is not known")):
        ran = board.brings_in(progress(), MUNIMENT_KEY=key)
        assert (ran.code, one_sentence(ran)[: len(told) + 9]) == (1, f"Refused: {told}")
    assert board.size == before


def test_import_interrupted(board):
    """An import that was killed has recorded whole commands, and is simply run again: then each line is on record once."""
    before, actions = board.size, [f"B{n}" for n in range(50)]
    lines = [*map(assigned, actions), *(line("riv-lead", "accept_action", ref) for ref in actions)]
    lines += [progress(ref, narrative=f"Record {n} is read") for n in range(10) for ref in actions]
    (board.data / "long.jsonl").write_text("".join(f"{json.dumps(one | {'key': f'letter {n}'})}\n" for n, one in enumerate(lines)))
    process = board.start("import", "long.jsonl")
    wait(lambda: board.size > before or process.poll() is not None, "the first lines of an import")
    process.kill()
    process.communicate()
    done = board.size - before
    assert 0 < done < len(lines), "the import was not interrupted"
    ran = board.run("import", "long.jsonl")
    assert (ran.code, ran.out) == (0, f"{len(lines) - done} recorded, {done} were on record already, 0 refused.\n")
    keys = board.ask("SELECT count(*), count(DISTINCT key) FROM desk.idempotency WHERE key LIKE 'letter %'")
    assert keys == [(len(lines), len(lines))]
    assert board.size == before + len(lines)
    assert verify(board.pack(), "--key", board.key).code == 0


# -- reading ----------------------------------------------------------------------------------------------------------------


def test_register_in_three_formats(severnbrook):
    """The register has the same actions as a table, as CSV and as JSON, and says at which two clocks."""
    asked = ("register", "--as-at", "2016-11-14", "--known-at", "2016-11-14", "--owner", "FAR")
    read = json.loads(severnbrook.does(*asked, "--format", "json"))
    assert "as at 14 November 2016, as known at event " in read["title"]
    refs = [item["ref"] for item in read["items"]]
    assert "A3-FAR" in refs
    rows = list(csv.DictReader(io.StringIO(severnbrook.does(*asked, "--format", "csv"))))
    assert [row["ref"] for row in rows] == refs
    assert all(row["owner"] == "FAR" for row in rows)
    table = severnbrook.does(*asked)
    assert "as at 14 November 2016, as known at event " in table
    assert all(ref in table for ref in refs)


def test_history_at_an_event(severnbrook):
    """A history as known at an event ends there, and names each event's position, time and leaf."""
    everything = json.loads(severnbrook.does("history", "A13", "--format", "json"))["items"]
    half = everything[len(everything) // 2]["position"]
    known = json.loads(severnbrook.does("history", "A13", "--known-at", half, "--format", "json"))["items"]
    assert [item["position"] for item in known] == [item["position"] for item in everything if item["position"] <= half]
    [(leaf,)] = severnbrook.ask("SELECT leaf FROM ledger.event WHERE position = %s", half)
    assert known[-1]["leaf"] == leaf.hex()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["register", "--as-at", "2016-09-06"], "is still to come"),
        (["register", "--known-at", "1000000"], "Nothing is known yet"),
        (["register", "--as-at", "2016-09-05", "--known-at", "2016-09-04"], "nobody could know"),
        (["history", "A99"], "There is no entry about A99"),
        (["register", "--owner", "NOPE"], "There is no agency NOPE"),
        (["obligations", "--agency", "NOPE"], "There is no agency NOPE"),
        (["obligations", "--clause", "NOPE"], "There is no clause NOPE"),
    ],
)
def test_what_cannot_be_answered(board, arguments, why):
    """A question against the order of time, or about what is not there, is refused in one sentence, with exit code 1."""
    ran = board.run(*arguments)
    assert ran.code == 1
    assert one_sentence(ran).startswith("Refused: ")
    assert why in ran.err


# -- proving ----------------------------------------------------------------------------------------------------------------


def test_checkpoint(board):
    """`checkpoint` prints the newest signed note, byte for byte, and nothing else."""
    note = board.does("checkpoint")
    assert open_checkpoint(note, board.key).size == board.size


def test_pack_and_verify(board):
    """A pack is written once, as a folder or a zip; `muniment verify` answers with its verdict, and with its exit code."""
    for name in ("trail", "trail.zip"):
        assert f"{board.size} events" in board.does("pack", name)
    ran = board.run("pack", "trail")
    assert (ran.code, "is there already" in one_sentence(ran)) == (1, True)
    for days in (("--from", "2016-09-30", "--to", "2016-09-01"), ("--from", "2016-09-30")):
        ran = board.run("pack", "other", *days)
        assert (ran.code, "needs both, in their order: not from 30 September 2016 to" in one_sentence(ran)) == (1, True)
    told = board.does("verify", "trail.zip", "--key", board.key)
    assert "VERIFIED: log.severnbrook.example/small" in told
    assert f"the policy, unsigned: 'log {board.key}; quorum none'" in told
    far = Witness("far.example", private_key("far"))
    (board.data / "policy").write_text(f"log {board.key}\nwitness far {far.vkey}\nquorum far\n")
    assert board.run("verify", "trail.zip", "--policy", "policy").code == 3
    (board.data / "trail/tile/entries/000.p" / str(board.size)).write_bytes(b"")
    assert board.run("verify", "trail").code == 1
    assert board.run("verify", "nowhere").code == 2


# -- keeping ----------------------------------------------------------------------------------------------------------------


def test_dump_and_restore(board, postgres, folder):
    """A dump restored elsewhere is the same log with the same views: a kept checkpoint and the register agree."""
    (kept := board.data / "kept").write_text(board.note)
    register = board.does("register", "--format", "json")
    board.does("db", "dump", "board.dump")
    with fresh_database(postgres, folder, template="template0") as config:
        there = Product(board.data, config.database_url, board.settings)
        there.does("db", "restore", "board.dump")
        assert there.does("checkpoint") == kept.read_text()
        assert "run `muniment migrate`, and then `muniment rebuild` or `muniment work`" in one_sentence(there.run("register"))
        assert "WRONG  There are no views yet, as after a restore: run `muniment rebuild`" in there.run("status").out
        there.does("rebuild")
        assert there.does("register", "--format", "json") == register
        assert there.brings_in(progress()).code == 0
        assert verify(there.pack(), "--known", kept).code == 0
        ran = there.run("db", "restore", "board.dump")
    assert (ran.code, "the database is not empty" in one_sentence(ran)) == (2, True)


def test_restore_a_file_that_is_no_dump(nothing):
    """What is not a dump is refused by name, and leaves the database empty."""
    ran = nothing.run("db", "restore", __file__)
    assert ran.code == 2
    assert one_sentence(ran).startswith("pg_restore could not: ")
    with nothing.owner() as connection:
        assert connection.execute("SELECT to_regclass('ledger.event')").fetchone() == (None,)


def test_status(board):
    """`status` says ok, and what is only to be noted, with exit code 0; and what is wrong with exit code 1."""
    said = board.does("status")
    assert [text.split()[0] for text in said.splitlines()] == ["ok", "ok", "ok", "ok", "note", "ok"]
    board.brings_in(progress())
    ran = board.run("status")
    assert ran.code == 1
    assert f"WRONG  The views have reached event {board.size - 1}, 1 behind" in ran.out


def test_rebuild(severnbrook):
    """Views that were lost or falsified are as they were after `rebuild`; a view that nobody knows is refused."""
    asked = ("register", "--as-at", "2018-01-31", "--format", "json")
    before = severnbrook.does(*asked)
    with severnbrook.owner() as connection:
        connection.execute("UPDATE views.action_register SET title = 'Nothing to see here'")
    assert severnbrook.does(*asked) != before
    assert "action_register: built, up to event" in severnbrook.does("rebuild", "action_register")
    assert severnbrook.does(*asked) == before
    ran = severnbrook.run("rebuild", "everything")
    assert ran.code == 2
    assert "there is no view everything" in ran.err


# -- running ----------------------------------------------------------------------------------------------------------------


def test_work_and_serve(board):
    """`work` brings the views up to what is recorded, `serve` answers over HTTP; both end at once when they are told to."""
    port = free_port()
    work, serve = board.start("work"), board.start("serve", "--port", port)
    try:
        board.brings_in(progress())
        wait(lambda: board.ask("SELECT min(position) FROM views.tracking") == [(board.size,)], "the views")
        wait(lambda: fetched(port, "/health/live"), "the pages")
        assert fetched(port, "/log/checkpoint") == board.note
    finally:
        for process in (work, serve):
            process.terminate()
    codes = {process.args[3]: (process.communicate(timeout=30), process.returncode)[1] for process in (work, serve)}
    assert codes == {"work": 0, "serve": 0}
    assert not fetched(port, "/health/live")


def test_demonstration_again(folder):
    """`demo --no-serve` twice is the same as once: the second time everything is on record already."""
    data, first = boards.told()
    boards.told_already(folder / "severnbrook")
    again = Product(folder / "severnbrook").run("demo", "--no-serve")
    assert (first.code, again.code) == (0, 0)
    for ran, there in ((first, data), (again, folder / "severnbrook")):
        assert ran.out == f"export MUNIMENT_DATA={there}\nReady: muniment register, muniment history A13, muniment pack OUT.\n"
    recorded = first.err.partition("Recorded ")[2].split()[0]
    assert int(recorded.replace(",", "")) > 500
    assert f"Recorded 0 acts; {recorded} were on record already" in " ".join(again.err.split())


def test_demonstration_leaves_nothing_running(folder):
    """Ctrl-C ends `demo`: no process, no port and no socket of it is left; the next one has all it recorded, and none of its doors."""
    port, product = free_port(), Product(folder / "severnbrook")
    boards.told_already(product.data)
    demo, links = demonstrated(product, port)
    assert len(links) == len(VISITORS)
    assert all(fetched(port, link) for link in links)
    listed = signed_in_by(port, links[0], "/account")
    assert [listed.count(f">{browser}</th>") for browser in (DOOR, "Another browser")] == [1, 2]  # and the two that came in by it
    stopped(demo)
    demo, others = demonstrated(product, port)
    assert [bool(fetched(port, link)) for link in (*links, *others)] == [False] * len(links) + [True] * len(links)
    stopped(demo)
    assert processes_of(folder) == []
    assert not fetched(port, "/health/live")
    assert not list((product.data / "postgres/server").glob(".s.PGSQL*"))
    with pytest.raises(psycopg.OperationalError):
        product.ask("SELECT 1")


def demonstrated(product: Product, port: int) -> tuple[Started, list[str]]:
    """Start a demonstration, and return it when it is served, with the ways in that it prints."""
    said = product.data / "said"
    with said.open("w") as out:
        demo = product.start_alone("demo", "--port", port, stdout=out)
    wait(lambda: "Stop with Ctrl-C" in said.read_text() or demo.poll() is not None, "the demonstration", patience=180)
    assert demo.poll() is None, (product.data / "said.err").read_text()
    assert fetched(port, "/health/live")
    return demo, [text.split()[-1].partition(f":{port}")[2] for text in said.read_text().splitlines() if "/enter/" in text]


def signed_in_by(port: int, link: str, path: str) -> str:
    """Come in by a way that was printed; return a page, as whoever came in has it."""
    jar = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    for each in (link, path):
        with jar.open(f"http://127.0.0.1:{port}{each}", timeout=60) as answer:
            said = answer.read().decode()
    return said


def stopped(demo: Started) -> None:
    """Stop a demonstration as Ctrl-C does."""
    os.killpg(demo.pid, signal.SIGINT)
    assert demo.wait(60) == 0


@contextmanager
def somebody_elses() -> Iterator[int]:
    """Serve something else, which answers to everything; give its port."""

    class Friendly(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer."""
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Say nothing of it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Friendly) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def test_demonstration_where_somebody_else_answers(folder):
    """`demo` refuses a port that is taken before it makes anything, and names the port and the option that changes it."""
    with somebody_elses() as port:
        ran = Product(folder).run("demo", "--port", port)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"Error: The pages cannot be served at port {port} of 127.0.0.1 (Address already in use): give another")
    assert "--port" in ran.err
    assert list(folder.iterdir()) == []


def test_demonstration_takes_nobody_elses_pages_for_its_own(severnbrook):
    """Whatever answers at its port is only taken for the demonstration's own pages if it holds a checkpoint under its own key."""
    with somebody_elses() as port, subprocess.Popen(["cat"], stdin=subprocess.PIPE) as alive:
        config = replace(severnbrook.config, port=port)
        with pytest.raises(click.ClickException, match=f"port {port} of 127.0.0.1 .another server answers there.: give another"):
            pages_are_up(config, f"http://127.0.0.1:{port}", alive)
        alive.kill()


def fetched(port: int, path: str) -> str | None:
    """Fetch a path, or None where nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.read().decode()
    except OSError:
        return None


def processes_of(folder: Path) -> list[str]:
    """List the processes that run in a folder, or for the data directory that it is."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            cwd, environment = process.joinpath("cwd").readlink(), process.joinpath("environ").read_bytes()
            if cwd.is_relative_to(folder) or str(folder).encode() in environment:
                found.append(process.joinpath("cmdline").read_text().replace("\0", " "))
        except OSError:
            continue  # it has ended meanwhile
    return found


def test_an_account_from_its_beginning_to_its_end(board):
    """An account names whose it is; it is given another password, and closed, and every other address is refused in a sentence."""
    made = board.does("account", "m@severnbrook.example", "--office", "board-manager", "--password", PASSWORD)
    assert made.startswith("R. Vale can sign in as m@severnbrook.example")
    board.does("account", "m@severnbrook.example", "--office", "board-manager", "--again", "--password", f"another {PASSWORD}")
    assert "no more" in board.does("account", "m@severnbrook.example", "--office", "board-manager", "--close")

    again = board.run("account", "m@severnbrook.example", "--office", "board-manager", "--again", "--password", PASSWORD)
    wrong = board.run("account", "notanemail", "--office", "board-manager", "--password", PASSWORD)
    assert (again.code, "There is no account" in again.err) == (1, True), again
    assert (wrong.code, wrong.err) == (1, "Refused: notanemail is not a mail address.\n"), wrong
