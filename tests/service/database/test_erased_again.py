"""A restored backup gives nobody back who was erased; and what wraps the keys of people is changed, or lost."""

from __future__ import annotations

import json
import shutil
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from click.testing import CliRunner

from aggregates.action import Action
from aggregates.clocks.dates import london
from api import worker
from service.application import Board
from service.cli import main
from service.database import backup
from service.database.migrations import migrate
from service.desk import screening
from service.desk.coming_in import held
from service.ledger import keys
from service.ledger.append import entry
from service.ledger.checkpoint import Receipt
from service.ledger.errors import SealedValueDamaged
from service.ledger.pack import write_pack
from service.ledger.pack.auditing import audit
from service.ledger.sealed import custody, outside, record, rewrapping
from service.ledger.sealed.wrapping import wrap
from service.recording.outside.recovering import admit
from service.verify import b64url, canonical, digest, leaf_hash, verify
from tests.databases import fresh_database
from tests.service.erasing import ASKED, CONTACT, NAME, somebody, with_officer
from tests.service.ledger.test_sealed import everything, spellings
from tests.service.test_erasure import corrected


@pytest.fixture
def board(seeded):
    """Give the small board with a data protection officer."""
    return with_officer(seeded)


def erase(it, ref):
    """Have somebody erased who asked for it."""
    it.act("riv-lead", "request_erasure", ref, **ASKED)
    it.act("dpo", "decide_erasure", ref, outcome="granted", exemption=None, reason="Nothing stands against it")
    return it.act("dpo", "erase_personal_data", ref)


def another(it):
    """Return what the file of another wrapping key holds."""
    return wrap(b"X" * 32, (it.config.data / "keys" / "passphrase").read_bytes().strip())


@contextmanager
def restored(it, dump, postgres):
    """Give the settings of a new database into which a dump was restored, with the keys that the board has now."""
    with fresh_database(postgres, it.config.data, template="template0") as config:
        backup.restore(config, dump)
        yield config


def holds(config, *texts):
    """Say which texts stand in the database or can be opened from it."""
    heap = everything(config)
    opened = Board(config, keys.load(config))
    try:
        shown = {*opened.subjects.reveal_all(range(1, opened.recorder.head().frontier.size + 1)).values()}
    finally:
        opened.close()
    return {text for text in texts if text in shown or any(spelt in heap for spelt in spellings(text))}


def test_a_restored_backup_is_erased_again_before_it_is_served(board, postgres, tmp_path):
    """The dump was made before: opened, it is refused by name; erased again it holds nobody who was erased, and proves what it did.

    Nor does a text hold them that was corrected, as it named them.
    """
    board.act("riv-lead", "accept_action", "A1")
    board.act("riv-lead", "report_progress", "A1", narrative=f"We asked {NAME} about it", rag="amber")
    said = {"corrected": {"narrative": "We asked a colleague"}, "reason": "It named somebody"}
    board.act("riv-lead", "correct_entry", "A1", about="action", amends=board.board.load(Action, "A1").version, **said)
    ref, other = somebody(board), somebody(board, "Nina Vellum")
    backup.dump(board.config, tmp_path / "before.dump")
    kept = board.board.recorder.newest()
    erase(board, ref)
    with restored(board, tmp_path / "before.dump", postgres) as config:
        assert holds(config, NAME, "Nina Vellum") == {NAME, "Nina Vellum"}
        with pytest.raises(outside.ErasuresUndone, match="1 people who were erased"):
            worker.open_board(config)
        people, texts = outside.to_erase_again(config)
        assert (list(map(str, people)), texts) == ([ref], 1)
        with psycopg.connect(config.conninfo("projector"), autocommit=True) as conn:  # a copy of the files has the views too
            conn.execute("CREATE TABLE views.inspection_history AS SELECT 'We asked ' || %s::text AS narrative", (NAME,))
        assert outside.erase_again(config, held.erase) == 1
        assert outside.erase_again(config, held.erase) == 0

        assert holds(config, NAME, CONTACT, "Nina Vellum") == {CONTACT, "Nina Vellum"}  # the other has the same address
        opened = worker.open_board(config)
        try:
            write_pack(opened.recorder, tmp_path / "pack")
        finally:
            opened.close()
        for found in (verify, audit):  # that log lost the entry that says so, and the pack has it from the record
            verdict = found(tmp_path / "pack", key=board.board.recorder.vkey, known={"kept": kept})
            assert verdict.code == 0, verdict.lines
    assert other


@pytest.mark.parametrize("admitted", [True, False])
def test_an_entry_that_a_log_lost_explains_a_text_where_the_log_says_that_it_lost_it(board, postgres, tmp_path, admitted):
    """A restored log has another entry where the erasure stood: only one that admits the loss on record can have erased anything there."""
    said = corrected(board, f"{NAME} was away")
    ref = somebody(board)
    backup.dump(board.config, tmp_path / "before.dump")
    erase(board, ref)
    size, kept = board.board.size(), board.board.recorder.newest()
    board.board.close()
    with restored(board, tmp_path / "before.dump", postgres) as config:
        outside.erase_again(config, held.erase)
        with closing(Board(config, keys.load(config), clock=board.clock)) as board.board:
            if admitted:
                admit(board.board, board.callers["board-manager"], "The disk failed", {"kept": kept})
            while board.board.size() < size:
                board.act("riv-lead", "report_progress", "A1", narrative="More is read", rag="amber")
            write_pack(board.board.recorder, tmp_path / "pack")
        found = audit(tmp_path / "pack", key=board.board.recorder.vkey)
    missed = [one.position for check in found.checks for one in check.failures if one.field == "narrative"]
    not_ours = "this log has another entry there, and does not say that it lost this one" in "\n".join(found.lines)

    assert (found.code, missed[:1], not_ours) == ((0, [], False) if admitted else (1, [said], True)), found.lines
    assert any(f"#{said}: action.progress_reported" in line and "outside the pack" in line for line in found.lines) == admitted


def test_an_account_comes_back_to_nobody(board, postgres, tmp_path):
    """Whoever was erased had an account: restored with a backup, it is closed again, and its address is gone."""
    board.act("board-manager", "stand_down_office_holder", "trainer", until_on="2016-09-05", reason="retired")
    board.clock.advance(days=1)
    backup.dump(board.config, tmp_path / "before.dump")
    erase(board, str(board.people["trainer"]))
    with restored(board, tmp_path / "before.dump", postgres) as config:
        outside.erase_again(config, held.erase)
        assert not [text for text in spellings(board.email("trainer")) if text in everything(config)]


def lines(*files):
    """Return the lines of copies of the record."""
    return [file.read_text().splitlines() for file in files]


def test_a_folder_elsewhere_knows_who_was_erased(board, postgres, tmp_path):
    """Where the keys come from an old copy too, the folder to which checkpoints go says who was erased; a folder that is new is begun."""
    board.board.config = config = replace(board.config, checkpoint_to=(str(tmp_path / "elsewhere"),))
    with pytest.raises(record.RecordMissing, match=r"elsewhere/erasures\.jsonl \(No such file"):
        outside.check(config)  # it is not mounted
    (tmp_path / "elsewhere").mkdir()
    outside.begin(config, board.board.recorder.sealers)
    assert outside.erase_again(config, held.erase) == 0
    ref = somebody(board)
    backup.dump(config, tmp_path / "before.dump")
    early = (config.data / "keys" / record.FILE).read_bytes()
    erase(board, ref)
    assert (config.data / "keys" / record.FILE).read_bytes() == (tmp_path / "elsewhere" / record.FILE).read_bytes() != early
    for name in (record.FILE, record.HEAD):
        (config.data / "keys" / name).unlink()
    (config.data / "keys" / record.FILE).write_bytes(early)
    with restored(board, tmp_path / "before.dump", postgres) as there:
        worker.open_board(there).close()  # the limit of it: nobody here knows better
        with pytest.raises(outside.ErasuresUndone):
            worker.open_board(replace(there, checkpoint_to=config.checkpoint_to))
    assert outside.keep(config, board.board.recorder, board.board.recorder.sealers) == []
    there, here = lines(tmp_path / "elsewhere" / record.FILE, config.data / "keys" / record.FILE)
    assert there == here


DAMAGED = {
    "lost": (lambda _: None, record.RecordMissing),
    "empty": (lambda _: [], record.NotAnErasure),
    "without its first line": (lambda lines: lines[1:], record.NotAnErasure),
    "without a line": (lambda lines: [lines[0], *lines[2:]], record.NotAnErasure),
    "without its last line": (lambda lines: lines[:-1], record.RecordShrunk),
    "nested": (lambda lines: [*lines[:-1], "[" * 100_000], record.NotAnErasure),
    "no JSON": (lambda lines: [*lines[:-1], "\0\xff{"], record.NotAnErasure),
    "another log's": (lambda lines: [lines[0].replace("log", "gol"), *lines[1:]], record.NotAnErasure),
}


def test_without_a_whole_record_nothing_is_served(board, tmp_path):
    """Lost, emptied, cut, damaged, or an older copy than the log itself: each is refused by name, and mended by the owner alone."""
    for name in (NAME, "Nina Vellum"):
        erase(board, somebody(board, name))
    config, file = board.config, board.config.data / "keys" / record.FILE
    head, (whole,) = file.with_name(record.HEAD), lines(file)
    outside.check(config)
    assert head.read_text() == f"{outside.head(config)}\n"
    for what, (changed, refusal) in DAMAGED.items():
        file.unlink(missing_ok=True)
        if (left := changed(whole)) is not None:
            file.write_text("".join(f"{line}\n" for line in left), encoding="utf-8")
        with pytest.raises(refusal, match=r"erasures\.jsonl"):
            worker.open_board(config)
        assert outside.keep(config, board.board.recorder, board.board.recorder.sealers), what  # and it is not made good in passing
    file.unlink()
    with pytest.raises(record.RecordShrunk):
        outside.begin(config, board.board.recorder.sealers)  # its head says that there was one
    head.unlink()
    file.write_text("\n".join(whole[:-1]) + "\n")
    with pytest.raises(outside.RecordBehind, match="of 1 people"):
        worker.open_board(config)
    assert outside.erase_again(config, held.erase) == 0
    outside.check(config)
    (again,) = lines(file)
    assert len(again) == len(whole)


def invented(it, subject):
    """Return an entry that says that somebody was erased, its receipt under the log's key over one leaf, and the text that would go."""
    went = b64url(canonical(["A" * 22, "erased", [{"position": 3, "field": "title", "digest": "A" * 43}]]))
    claims = {"_sd": [digest(went)], "evt": record.TOPIC, "stream": subject}
    said = entry(".".join(map(b64url, (b"{}", json.dumps(claims).encode(), b"signed"))).encode(), 1_480_000_000)
    private = keys.opened(it.config.data / "keys" / keys.LOG, keys.read_passphrase(it.config.data / "keys" / keys.PASSPHRASE))
    note = keys.LogKey(it.board.origin, private).checkpoint(1, leaf_hash(said))
    return {"entry": said.decode(), "proof": str(Receipt(0, [], note)), "went": went}


@pytest.mark.parametrize("what", ["entry", "went", "proof", "another's", "invented"])
def test_nobody_is_erased_by_a_line_that_somebody_wrote(board, what):
    """A line shows that this log erased whom it names; a line of anything else, or a changed one, is refused.

    So is one that somebody invents who has the log's key: the log's own entry stands in its place, and nobody signed the statement.
    """
    done = erase(board, somebody(board))
    path = board.config.data / "keys" / record.FILE
    first, line = map(json.loads, path.read_text().splitlines())
    if what == "another's":
        position = done.positions[-1] - 1
        with psycopg.connect(board.config.conninfo("owner")) as conn:
            found = conn.execute("SELECT entry FROM ledger.event WHERE position = %s", (position,)).fetchone()[0]
        line |= {"entry": bytes(found).decode(), "proof": str(board.board.recorder.receipt(position))}
    elif what == "invented":
        line |= invented(board, somebody(board, "Nina Vellum"))
        path.with_name(record.HEAD).unlink()  # whoever writes there writes the head too
    else:
        line[what] = line[what][:60] + ("A" if line[what][60] != "A" else "B") + line[what][61:]
    path.write_text(f"{json.dumps(first)}\n{json.dumps(line)}\n")
    why = "this log has another entry there" if what == "invented" else ""
    with pytest.raises(record.NotAnErasure, match=rf"Line 2 of .*erasures\.jsonl.*{why}"):
        outside.erase_again(board.config, held.erase)


def test_what_is_to_be_kept_for_years_holds_nothing_personal(board, postgres, tmp_path):
    """A dump of the log alone has no value, no wrapped key and no account; restored it verifies, and names nobody."""
    somebody(board)
    assert backup.dump(board.config, tmp_path / "years.dump", log_alone=True) is None
    (one,) = backup.listed(board.config)
    assert (one.name, one.size, one.kept_until, one.log_alone) == ("years.dump", board.board.size(), None, True)
    with restored(board, tmp_path / "years.dump", postgres) as config:
        assert holds(config, NAME, CONTACT, board.email("chair")) == set()
        with psycopg.connect(config.conninfo("owner")) as conn:
            assert conn.execute("SELECT count(*) FROM ledger.event").fetchone() == (board.board.size(),)


def test_dumps_are_listed_for_destruction(board, tmp_path):
    """Each dump is listed with its day until it is said to be destroyed; one that failed is not listed."""
    until = london(board.config.clock()()) + timedelta(days=9)
    backup.dump(board.config, tmp_path / "one.dump", kept_until=until)
    with pytest.raises(backup.FileExists):
        backup.dump(board.config, tmp_path / "one.dump")
    (one,) = backup.listed(board.config)
    assert (one.name, one.size, one.kept_until, one.destroyed_on) == ("one.dump", board.board.size(), until, None)
    backup.destroyed(board.config, "one.dump")

    assert backup.listed(board.config)[0].destroyed_on is not None
    with pytest.raises(backup.NoSuchBackup, match=r"one\.dump"):
        backup.destroyed(board.config, "one.dump")


def test_a_dump_that_fails_unlists_no_other(board, tmp_path):
    """Where a dump fails, all that were made before stay listed, a destroyed one of its name too, and no half of it is left."""
    for name in ("one.dump", "two.dump"):
        backup.dump(board.config, tmp_path / name)
    backup.destroyed(board.config, "two.dump")
    (folder := tmp_path / "elsewhere").mkdir()
    (folder / "two.dump.unfinished").mkdir()  # where pg_dump would write
    before = backup.listed(board.config)
    for name, refusal in (("one.dump", backup.StillListed), ("two.dump", OSError)):
        with pytest.raises(refusal):
            backup.dump(board.config, folder / name)

    assert backup.listed(board.config) == before
    assert [path.name for path in folder.iterdir()] == ["two.dump.unfinished"]


def test_two_dumps_that_still_are_have_two_names(board, tmp_path):
    """A name that is listed is given to no other dump, in whatever folder, before that one counts as destroyed; then it is, alone."""
    folder = tmp_path / "tuesday"
    with pytest.raises(backup.NoFolder, match=str(folder)):
        backup.dump(board.config, folder / "board.dump")
    folder.mkdir()
    backup.dump(board.config, tmp_path / "board.dump")
    with pytest.raises(backup.StillListed, match=r"`muniment db destroyed board\.dump`"):
        backup.dump(board.config, folder / "board.dump")
    assert list(folder.iterdir()) == []
    backup.destroyed(board.config, "board.dump")
    backup.dump(board.config, folder / "board.dump")

    assert [one.destroyed_on is None for one in backup.listed(board.config)] == [True, False]


def test_dumps_that_had_one_name_are_told_apart(board):
    """Two dumps that were listed under one name before that was refused have two, each with its own day, once the database is migrated."""
    with psycopg.connect(board.config.conninfo("owner")) as conn:
        conn.execute("""
            DROP INDEX desk.backup_name;
            UPDATE desk.schema_version SET version_num = '0020';
            INSERT INTO desk.backup (name, made_on, size, kept_until, destroyed_on)
            SELECT 'board.dump', day, 1, day, CASE day WHEN DATE '2016-09-05' THEN day END
              FROM generate_series(DATE '2016-09-05', DATE '2016-09-07', '1 day') AS day""")
    migrate(board.config)

    named = [(one.name, one.kept_until.day) for one in backup.listed(board.config)]
    assert named == [("board.dump", 7), ("board.dump (2)", 6), ("board.dump", 5)]
    backup.destroyed(board.config, "board.dump")
    assert [one.destroyed_on is None for one in backup.listed(board.config)] == [False, True, False]


def test_a_dump_is_kept_until_a_day_to_come(board, tmp_path):
    """A day that is past for the Board is refused by name, and today is not; nothing is written, and nothing listed."""
    today = london(board.config.clock()())
    with pytest.raises(backup.DayIsPast, match=f"{today - timedelta(days=1)} is past, for today is {today}"):
        backup.dump(board.config, tmp_path / "late.dump", kept_until=today - timedelta(days=1))
    assert (backup.listed(board.config), list(tmp_path.glob("late*"))) == ([], [])
    assert backup.dump(board.config, tmp_path / "today.dump", kept_until=today) == today


def test_another_wrapping_key_opens_what_is_stored_and_nothing_that_was(board, postgres, tmp_path):
    """Rotated, everything reads as before, by a key that no dump of before is wrapped by; a text that waits waits on."""
    ref = somebody(board)
    board.board.held.hold("dispute_action", "A1", "reason", "943 476 5919", pattern="an NHS number", office="riv-lead")
    backup.dump(board.config, tmp_path / "before.dump")
    with pytest.raises(rewrapping.StillRunning):
        rewrapping.rewrap(board.config, screening.rewrap)
    board.board.close()
    old = keys.load(board.config).wrapping
    assert rewrapping.rewrap(board.config, screening.rewrap) > 5

    ring = keys.load(board.config)
    assert ring.wrapping != old
    again = Board(board.config, ring, clock=board.clock)
    try:
        assert NAME in again.people()
        assert [held.text for held in again.held.waiting()] == ["943 476 5919"]
        again.held.decide(again.held.waiting()[0].id, allowed=True, by="dpo")
        assert again.held.allowed("dispute_action", "A1", "reason", "943 476 5919")
    finally:
        again.close()
    with restored(board, tmp_path / "before.dump", postgres) as config:
        with pytest.raises(SealedValueDamaged, match="wrapping key"):
            holds(config, NAME)
        with pytest.raises(custody.OpensNothing, match=r"wrapping\.key does not open"):
            worker.open_board(config)
        (config.data / "keys" / "wrapping.key").write_bytes(wrap(old, (config.data / "keys" / "passphrase").read_bytes().strip()))
        worker.open_board(config).close()  # by the key of then it is served
    assert ref


@pytest.mark.parametrize("left", [1, 500])
def test_a_damaged_text_keeps_no_key_from_being_changed(board, left):
    """What nobody can open is named, and stays as it is; the others wait on under the new key."""
    for text in ("943 476 5919", "Born on 4 March 2009"):
        board.board.held.hold("dispute_action", "A1", "reason", text, pattern="an NHS number", office="riv-lead")
    first = board.board.held.waiting()[0].id
    with psycopg.connect(board.config.conninfo("owner")) as conn:
        conn.execute("UPDATE desk.held_text SET text = substr('\\x00'::bytea || text, 1, %s) WHERE id = %s", (left, first))
        before = conn.execute("SELECT digest, text FROM desk.held_text WHERE id = %s", (first,)).fetchone()
    board.board.close()
    settings = {"MUNIMENT_DATA": str(board.config.data), "MUNIMENT_DATABASE_URL": board.config.database_url}
    told = CliRunner().invoke(main, ["db", "rotate-wrapping-key"], env=settings)

    assert (told.exit_code, f"WRONG  text {first} that waits" in told.output, "of riv-lead, is damaged" in told.output) == (0, True, True)
    with psycopg.connect(board.config.conninfo("owner")) as conn:
        assert conn.execute("SELECT digest, text FROM desk.held_text WHERE id = %s", (first,)).fetchone() == before
    again = Board(board.config, keys.load(board.config))
    try:
        assert [one.text for one in again.held.waiting()] == [screening.DAMAGED, "Born on 4 March 2009"]
    finally:
        again.close()


def test_a_rotation_that_fails_leaves_no_key_behind(board):
    """Nothing is wrapped by the new key, and the old one opens everything."""

    def fails(*_):
        raise OSError("the disk is full")

    somebody(board)
    board.board.close()
    folder = board.config.data / "keys"
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(OSError, match="full"):
        rewrapping.rewrap(board.config, fails)

    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    again = Board(board.config, keys.load(board.config))
    try:
        assert NAME in again.people()
    finally:
        again.close()


def test_a_rotation_that_broke_off_is_finished(board):
    """Where the database has the new key and the file is still the old one, or the other way about, running it again sets it right."""
    somebody(board)
    board.board.close()
    folder = board.config.data / "keys"
    shutil.copy(folder / "wrapping.key", folder / "before")
    rewrapping.rewrap(board.config, screening.rewrap)
    (folder / "wrapping.key").rename(folder / rewrapping.NEW)
    (folder / "before").rename(folder / "wrapping.key")
    assert rewrapping.rewrap(board.config, screening.rewrap) == 0
    shutil.copy(folder / "wrapping.key", folder / "before")
    (folder / "wrapping.key").write_bytes(another(board))
    (folder / "wrapping.key").rename(folder / rewrapping.NEW)  # made, and nothing wrapped by it yet
    (folder / "before").rename(folder / "wrapping.key")
    assert rewrapping.rewrap(board.config, screening.rewrap) > 0

    again = Board(board.config, keys.load(board.config))
    try:
        assert NAME in again.people()
    finally:
        again.close()


def test_a_lost_wrapping_key_is_the_end_of_everything_sealed(board):
    """With the key lost nobody is named by anyone again, it says so by name, and every proof holds."""
    somebody(board)
    board.board.close()
    (board.config.data / "keys" / "wrapping.key").write_bytes(another(board))
    without = Board(board.config, keys.load(board.config))
    try:
        with pytest.raises(SealedValueDamaged, match="not wrapped by this wrapping key"):
            without.people()
    finally:
        without.close()
