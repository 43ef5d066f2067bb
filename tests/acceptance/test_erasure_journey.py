"""Journey F.8 from outside: asked, decided, erased, and nowhere to be found; and the runbooks of a restore and of a rotated key."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.acceptance.boards import TODAY, line
from tests.acceptance.product import verify
from tests.databases import fresh_database
from tests.service.ledger.test_sealed import everything, spellings

NAME, CONTACT = "Ada Quill-Nightingale", "ada.quill@riverside.example"
WHO, AGAIN, DPO = (str(uuid.UUID(int=n, version=4)) for n in (81, 82, 83))


def came(who, session="S1"):
    """Write the lines of a session at which somebody was."""
    course = {"title": "Neglect", "level": "core", "format": "1 day", "provider": "The Board", "skills": "To ask", "follow_up_owed": True}
    yield line("board-manager", "offer_course", "C1", **course, because_of=["SB-2015-01/F1"])
    yield line("board-manager", "schedule_session", session, course="C1", planned_on="2016-09-05", trainers=["chair"], capacity=16)
    yield line("board-manager", "deliver_session", session)
    yield line("board-manager", "record_attendance", session, participant=who, agency="RIV", staff_group="nurses")


def beginning():
    """Write the lines by which there is an officer, and somebody under two references who was at a session."""
    yield line("board-manager", "register_subject", DPO, name="The officer", contact="dpo@severnbrook.example")
    office = {"title": "Officer", "role": "data protection officer", "body": None, "holder": DPO, "employer": None}
    yield line("board-manager", "appoint_office_holder", "dpo", **office, from_on="2016-09-01", until_on=None)
    for ref in (WHO, AGAIN):
        yield line("board-manager", "register_subject", ref, name=NAME, contact=CONTACT)
    yield from came(WHO)


ASKED = line("riv-lead", "request_erasure", WHO, reference="DP-2016-4", identity_checked_by="board-manager")
GRANTED = line(
    "dpo", "decide_erasure", WHO, outcome="granted-in-part", exemption="legal obligation or public task",
    reason="That somebody was there is kept, as a count",
)  # fmt: skip
MERGED = line("dpo", "merge_subjects", AGAIN, into=WHO, reason="One person")
ERASED = line("dpo", "erase_personal_data", WHO)
HELD = line("dpo", "place_legal_hold", AGAIN, matter="Inquest", reason="The coroner asks")


@pytest.fixture
def begun(board):
    """Give the small board with an officer, and with somebody who has a kept checkpoint behind them."""
    ran = board.brings_in(*beginning())
    assert ran.code == 0, ran
    return board


@contextmanager
def elsewhere(it, postgres, folder, dump):
    """Give the same board on another machine, restored from a dump, with its keys as they are."""
    with fresh_database(postgres, folder, template="template0") as config:
        there = replace(it, database_url=config.database_url)
        yield there, there.does("db", "restore", "--yes", dump)


def found(it, *files):
    """Say which of the person's data stand in the database, or in any file, in whichever spelling."""
    heap = everything(it.config) + b"".join(path.read_bytes() for top in files for path in [top, *top.rglob("*")] if path.is_file())
    return {text for text in (NAME, CONTACT) if any(spelt in heap for spelt in spellings(text))}


def test_f8_somebody_is_erased_and_nowhere_to_be_found(begun, postgres, folder):
    """F.8: nothing goes undecided, held, or by another office; then name and address are in no table, pack, log or restored backup."""
    refused = {
        "not granted": [ERASED],
        "by another": [ASKED, line("chair", "decide_erasure", WHO, outcome="granted", exemption=None, reason="So")],
        "held": [HELD, MERGED, GRANTED], "another's": [line("board-manager", "erase_personal_data", WHO)],
    }  # fmt: skip
    told = {name: begun.brings_in(*lines) for name, lines in refused.items()}
    assert {name: ran.code for name, ran in told.items()} == dict.fromkeys(refused, 1)
    assert "Inquest" in told["held"].err + told["held"].out
    log = "".join(ran.out + ran.err for ran in told.values())
    begun.does("db", "dump", "before.dump")
    (kept := begun.data / "kept").write_text(begun.note)
    release = line("dpo", "release_legal_hold", AGAIN, matter="Inquest", reason="It is over")
    ran = begun.brings_in(release, GRANTED, ERASED)
    assert ran.code == 0, ran
    begun.does("rebuild")

    trail = begun.pack()
    assert found(begun, trail) == set()
    assert not [text for text in (NAME, CONTACT) if text in log + ran.out + ran.err]
    verdict = verify(trail, "--key", begun.key, "--known", kept)
    assert (verdict.code, "erasures: 2" in verdict.out) == (0, True), verdict.out
    there = "SELECT jsonb_array_length(attendees) FROM views.sessions WHERE key = 'S1' AND upper_inf(known) AND upper_inf(valid)"
    assert begun.ask(there) == [(1,)]  # who was there is counted as before
    with elsewhere(begun, postgres, folder, "before.dump") as (there, said):
        assert "2 people were erased again" in said
        there.does("rebuild")
        assert found(there, there.pack("again")) == set()
        assert there.does("db", "erase-again").startswith("0 people were erased again")
        assert verify(there.data / "again", "--known", kept).code == 0


def test_who_is_back_is_served_to_nobody(begun, postgres, folder):
    """A backup with people who were erased since is refused by name: to serve, work, pack and record; until they are erased again."""
    begun.does("db", "dump", "before.dump")
    record = [begun.data / "keys" / name for name in ("erasures.jsonl", "erasures.head")]
    early = [file.read_text() for file in record]
    assert begun.brings_in(MERGED, ASKED, GRANTED, ERASED).code == 0
    late = [file.read_text() for file in record]
    for file, text in zip(record, early, strict=True):  # the keys come from an old copy
        file.write_text(text)
    with elsewhere(begun, postgres, folder, "before.dump") as (there, said):
        assert said.splitlines()[-2].startswith("0 people were erased again")
        record[0].unlink()
        ran = there.run("checkpoint")
        assert (ran.code, "erasures.jsonl (No such file or directory)" in ran.err) == (1, True), ran
        for file, text in zip(record, late, strict=True):  # it comes from where it was kept, later than the dump
            file.write_text(text)
        for command in (["serve", "--port", "1"], ["work"], ["pack", "none"], ["checkpoint"]):
            ran = there.run(*command)
            assert (ran.code, "muniment db erase-again" in ran.err, "erased by decision, never" in ran.err) == (1, True, True), command
        assert there.brings_in(line("riv-lead", "report_progress", "A1", narrative="Half", rag="amber")).code == 1
        assert "2 people were erased again" in there.does("db", "erase-again", "--yes")
        assert there.run("checkpoint").code == 0


def test_the_wrapping_key_is_rotated_by_its_runbook(begun, postgres, folder):
    """Everything reads as before; a dump of before opens for nobody without the key that was destroyed, and one made afterwards does."""
    assert begun.does("db", "backups").startswith("No dump is listed")
    begun.does("db", "dump", "before.dump")
    assert "keys of people are wrapped by a new key" in begun.does("db", "rotate-wrapping-key")
    begun.does("db", "dump", "after.dump", "--keep-until", "2016-10-01")
    assert begun.brings_in(line("chair", "report_progress", "A1", narrative=f"{NAME} was away", rag="amber")).code == 1  # the name is known
    assert "It may be kept" in begun.does("db", "dump", "years.dump", "--log-alone")
    listed = begun.does("db", "backups")
    assert [row.partition(":")[0] for row in listed.splitlines()] == ["years.dump, the log alone", "after.dump", "before.dump"]
    assert "may be kept" in listed.splitlines()[0]
    assert "to be destroyed by 2016-10-01" in listed
    late = begun.run("status", MUNIMENT_DEMONSTRATION_CLOCK="2016-10-05T09:00:00+01:00").out
    assert "WRONG  The dump after.dump was to be destroyed by 2016-10-01" in late
    assert "The dump before.dump" not in late
    assert "years.dump" not in late
    for name in ("before.dump", "years.dump"):
        begun.does("db", "destroyed", name)
    assert begun.does("db", "backups").splitlines()[0].endswith(f"events, destroyed {TODAY}")
    assert "ok     The wrapping key opens what is sealed." in begun.run("status").out
    kept = begun.run("checkpoint").out
    with elsewhere(begun, postgres, folder, "before.dump") as (there, said):
        told = "wrapping.key does not open what is sealed in the database"
        assert told in said
        for command in (["serve", "--port", "1"], ["work"]):
            ran = there.run(*command)
            assert (ran.code, told in ran.err, "ops/runbooks/restore.md" in ran.err) == (1, True, True), ran
        there.does("rebuild")
        ran = there.run("status")
        assert (ran.code, told in ran.out, "ops/runbooks/restore.md" in ran.out) == (1, True, True), ran
        ran = there.brings_in(line("riv-lead", "report_progress", "A1", narrative="Half", rag="amber"))
        assert (ran.code, "not wrapped by this wrapping key" in ran.err, "ops/runbooks/restore.md" in ran.err) == (1, True, True), ran
        (folder / "kept").write_text(kept)
        assert verify(there.pack("trail"), "--known", folder / "kept").code == 0  # every proof holds
