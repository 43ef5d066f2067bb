"""Bad input of every kind, brought in by the import and handed to the application: one clear refusal each, and nothing recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from aggregates.errors import Refused
from service.application import Board
from service.desk.accounts import Caller, caller_of_key
from service.desk.bringing_in.importer import submission
from service.desk.refusals import StaleVersion
from service.desk.submission import Submission
from service.ledger import keys
from tests.acceptance.boards import assigned, line, person, progress
from tests.acceptance.product import Product

if TYPE_CHECKING:
    from pathlib import Path

NHS = "943 476 5919"  # the last digit checks the others
UPN = "T823432110123"  # the letter checks the digits
DAY = "2016-09-05"


def without(said: dict, name: str) -> dict:
    """Return a line without one of its fields."""
    return said | {"fields": {field: value for field, value in said["fields"].items() if field != name}}


def evidence(**said: object) -> dict:
    """Write a line that hands in a piece of evidence."""
    return line("riv-lead", "submit_evidence", "A1", evidence=[{"title": "Ten records", "evidence_date": "2016-09-02"} | said], effect=None)


# What is said, and words of the refusal.
CASES: dict[str, tuple[dict | str, str]] = {
    # what is not there
    "unknown command": (line("chair", "improve_action", "A1"), "There is no command improve_action"),
    "unknown action": (progress("A9"), "There is no action A9"),
    "unknown office": (progress() | {"by": "treasurer"}, "There is no office treasurer"),
    "unknown agency": (assigned("A7", owner="NHS-X"), "There is no agency or sub-group NHS-X"),
    "unknown sub-group": (assigned("A7", overseen_by="QEX"), "There is no sub-group QEX"),
    "unknown finding": (assigned("A7", source="SB-2015-01/F9"), "There is no finding SB-2015-01/F9"),
    "unknown person": (
        line("board-manager", "appoint_office_holder", "deputy", title="Deputy", role="deputy chair", body=None,
             holder="00000000-0000-4000-8000-000000000000", employer=None, from_on=DAY, until_on=None),
        "There is no person 00000000-0000-4000-8000-000000000000",
    ),
    "unknown key": (line("board-manager", "revoke_signing_key", "keys", thumbprint="x" * 43, reason="Lost"), "There is no key xxx"),
    # what is there already
    "action again": (assigned("A1"), "A1 is already on record"),
    "person again": (
        line("board-manager", "register_subject", person("chair"), name="The chair", contact="chair@severnbrook.example"),
        "is already on record",
    ),
    # wrong state
    "accept twice": (line("riv-lead", "accept_action", "A1"), "A1 is accepted, so it cannot be accepted"),
    "close too early": (line("chair", "close_action", "A1", reason="Done"), "A1 is accepted"),
    "sign off without evidence": (line("chair", "sign_off_action", "A1", effect="Children are seen"), "A1 is accepted"),
    "escalate in time": (line("board-manager", "escalate_action", "A1", level=1, to_office="chair"), "was not overdue"),
    # wrong role
    "a lead assigns": (assigned("A7") | {"by": "riv-lead"}, "may not assign an action"),
    "a lead revokes keys": (line("riv-lead", "revoke_signing_key", "keys", thumbprint="x", reason="y"), "may not revoke a signing key"),
    "a sub-group withdraws": (line("quality-chair", "withdraw_action", "A1", reason="Too dear"), "may not withdraw the action"),
    "for another office": (progress() | {"by": "chair", "on_behalf_of": "riv-lead"}, "Only the board manager may record on behalf"),
    # wrong agency
    "another agency's action": (progress() | {"by": "cqh-lead"}, "There is no action A1"),
    "the overseer reports": (progress() | {"by": "quality-chair"}, "A1 is owned by RIV"),
    # wrong date
    "tomorrow": (progress(occurred_on="2016-09-06"), "is in the future"),
    "long ago": (progress(occurred_on="2016-06-01"), "say why in late_reason"),
    "long ago, blank reason": (progress(occurred_on="2016-06-01", late_reason="  "), "say why in late_reason"),
    "before it was assigned": (progress(occurred_on="2016-09-04"), "A1 was not assigned on 4 September 2016"),
    "outside a term": (progress(occurred_on="2016-08-31", on_behalf_of="riv-lead") | {"by": "board-manager"}, "did not hold the office"),
    "due before it begins": (assigned("A7", due_on="2016-09-01"), "is no date for A7"),
    "no date": (progress(occurred_on="5 September 2016"), "occurred_on should be a date"),
    "another spelling of a date": (progress(occurred_on="20160905"), "occurred_on should be a date"),
    "no day of any calendar": (assigned("A7", due_on="2016-02-30"), "due_on of Assign an action"),
    "a time of its own, backwards": (progress(at="2016-09-05T08:30:00+01:00"), "is before the last entry"),
    "a time without its offset": (progress(at="2016-09-06T09:00:00"), "at should be a time"),
    # fields
    "a field too many": (progress(mood="good"), "does not take mood"),
    "a field too few": (without(progress(), "rag"), "needs rag"),
    "a blank field": (progress(narrative=" \t\n"), "narrative"),
    "no such choice": (progress(rag="purple"), "rag of Report progress"),
    "a number for a text": (progress(narrative=7), "narrative of Report progress"),
    "a list for a text": (progress(narrative=["a"]), "narrative of Report progress"),
    "a text too long": (progress(narrative="x" * 10_001), "at most 10000 characters"),
    "no reference": (assigned("A 7"), "ref of Assign an action"),
    "a path for a reference": (assigned("../A7"), "ref of Assign an action"),
    "a reference too long": (assigned("A" * 65), "ref of Assign an action"),
    "a name for an office's holder": (
        line("board-manager", "appoint_office_holder", "deputy", title="Deputy", role="deputy chair", body=None,
             holder="K. Example", employer=None, from_on=DAY, until_on=None),
        "holder of Appoint an office holder: a person's reference is a random UUID",
    ),
    "a name for a person": (
        line("board-manager", "register_subject", "K. Example", name="K.", contact="k@e.example"),
        "ref of Register a person: a person's reference is a random UUID",
    ),
    # personal data
    "an NHS number": (progress(narrative=f"Seen with {NHS} today"), "narrative carries what looks like an NHS number"),
    "an NHS number in a title": (assigned("A7", title=f"Follow up {NHS.replace(' ', '')}"), "title carries what looks like an NHS number"),
    "an NHS number in the reason": (
        progress(occurred_on="2016-09-05", late_reason=f"Letter about {NHS.replace(' ', '-')}"),
        "late_reason carries what looks like an NHS number",
    ),
    "an NHS number in a list": (
        line("board-manager", "record_finding", "SB-2015-01", number="F2", statement="Nobody asked", polarity="concern",
             scope="single-agency", system_factor="communication", themes=["did not attend", NHS]),
        "themes carries what looks like an NHS number",
    ),
    "a date of birth": (progress(narrative="The boy (born 3 April 2009) was seen"), "narrative carries what looks like a date of birth"),
    "a d.o.b.": (progress(narrative="DOB: 03/04/2009"), "narrative carries what looks like a date of birth"),
    "a pupil number": (progress(narrative=f"Pupil {UPN}"), "narrative carries what looks like a unique pupil number"),
    # evidence
    "a file that nobody sent": (evidence(sha256="ab" * 32), "No file with the SHA-256 abab"),
    "no hash": (evidence(sha256="../../keys/log.key"), "No file with the SHA-256"),
    "a file of another folder": (evidence(file="../keys/log.key"), "There is no file ../keys/log.key"),
    "a file that is not there": (evidence(file="minutes.pdf"), "There is no file minutes.pdf"),
    "an empty file": (evidence(file="empty.txt"), "empty.txt is empty"),
    "too large a file": (evidence(file="large.bin"), "large.bin is larger than"),
    "no evidence": (line("riv-lead", "submit_evidence", "A1", evidence=[], effect=None), "needs"),
    "evidence of tomorrow": (evidence(file="minutes.txt", evidence_date="2016-09-06"), "in the future"),
    # what is no line
    "half a line": ('{"do": "report_progress", "ref": "A1"', "it is not JSON at character"),
    "a list": ("[]", "it is not a JSON object"),
    "a number": ("7", "it is not a JSON object"),
    "two of one name": ('{"do": "report_progress", "ref": "A1", "ref": "A2"}', "it says ref twice"),
    "not a number": ('{"do": "report_progress", "ref": "A1", "fields": {"rag": NaN}}', "NaN"),
    "half a character": ('{"do": "report_progress", "ref": "A1", "fields": {"narrative": "\\ud800"}}', "half of a character"),
    "a NUL": ('{"do": "report_progress", "ref": "A1", "fields": {"narrative": "\\u0000"}}', "NUL"),
    "a nest": (f'{{"do": "report_progress", "ref": "A1", "fields": {{"narrative": {"[" * 100_000}{"]" * 100_000}}}}}', "nested too deeply"),
    "too long a line": (json.dumps(progress(narrative="x" * 1024 * 1024)), "it has more than 1,048,576 characters"),
    "a member too many": (progress() | {"mood": "good"}, "A line has no mood"),
    "nothing to do": ({"ref": "A1", "by": "riv-lead"}, "A line needs do"),
    "a text for the fields": (progress() | {"fields": "rag"}, "fields should be an object"),
    "a number for the key": (progress() | {"key": 7}, "key should be a text"),
}  # fmt: skip


def said(name: str) -> dict | str:
    """Return a case as it is said; under a key of its own, or the import would skip what is on record."""
    it = CASES[name][0]
    return {"key": name} | it if isinstance(it, dict) else it


@pytest.fixture
def furnished(board: Product) -> Product:
    """Give the small board, with files beside what is brought in."""
    for name, content in {"empty.txt": b"", "large.bin": b"x" * 65_537, "minutes.txt": b"Minutes"}.items():
        (board.data / name).write_bytes(content)
    return Product(board.data, board.database_url, {**board.settings, "MUNIMENT_MAX_UPLOAD": "65536"})


def test_by_the_import(furnished):
    """Each bad line is refused by its number in one clear sentence; none of them leaves anything."""
    before = furnished.ask("SELECT count(*) FROM ledger.event"), furnished.ask("SELECT count(*) FROM desk.idempotency")
    ran = furnished.brings_in(*map(said, CASES))
    assert ran.code == 1
    assert ran.out == f"0 recorded, 0 were on record already, {len(CASES)} refused.\n"
    told = dict(zip(CASES, ran.err.splitlines(), strict=True))
    assert [why.partition(": ")[0] for why in told.values()] == [f"line {number}" for number in range(1, len(CASES) + 1)]
    assert {name: why for name, why in told.items() if CASES[name][1] not in why} == {}
    assert before == (furnished.ask("SELECT count(*) FROM ledger.event"), furnished.ask("SELECT count(*) FROM desk.idempotency"))


def test_by_the_application(furnished):
    """The application refuses the same in the same words, whoever calls it."""
    board, size = Board(furnished.config, keys.load(furnished.config), clock=furnished.config.clock()), furnished.size
    with furnished.owner() as connection:
        caller = caller_of_key(connection, furnished.settings["MUNIMENT_KEY"])
    try:
        told = {name: refusal(board, caller, said(name), furnished.data) for name in CASES}
        assert {name: why for name, why in told.items() if CASES[name][1] not in why or "\n" in why} == {}
        stale = Submission(name="accept_action", ref="A2", fields={}, office="cqh-lead", expected=7)
        with pytest.raises(StaleVersion, match="you saw version 7, it is at 1"):
            board.act(caller, stale)
    finally:
        board.close()
    assert furnished.size == size


def refusal(board: Board, caller: Caller, it: dict | str, folder: Path) -> str:
    """Hand a line to the application; return the words in which it is refused, or what it came to instead."""
    try:
        return f"recorded: {board.act(caller, submission(it, board, caller, folder))}"
    except Refused as refused:
        return str(refused)


def test_what_only_looks_like_a_number(board):
    """Ten digits that are no NHS number, and days that are nobody's birth, are recorded as they are."""
    size = board.size
    narrative = "Telephone 0117 496 0000; ref 943 476 5918; the meeting of 3 April 2009 was put off; 12 of 34 seen"
    assert board.brings_in(progress(narrative=narrative)).code == 0
    assert board.size == size + 1


def test_a_key_used_for_something_else(board):
    """A repeated key with another command under it is refused, and what was recorded first stays."""
    size = board.size
    ran = board.brings_in(progress(key="letter 1"), progress(key="letter 1", rag="red"), progress("A9", key="letter 1"))
    assert (ran.code, board.size) == (1, size + 1)
    assert [text.partition(":")[0] for text in ran.err.splitlines()] == ["line 2", "line 3"]
    assert "The idempotency key letter 1 was used for another command" in ran.err.splitlines()[0]


def test_bytes_that_are_no_text(board):
    """A file that is not text is refused line by line, without a traceback, and what is well among it is recorded."""
    (file := board.data / "bytes.jsonl").write_bytes(b"\xff\xfe\x00\n" + json.dumps(progress()).encode() + b"\n\x80abc\n")
    size = board.size
    ran = board.run("import", file)
    assert (ran.code, board.size) == (1, size + 1)
    assert [text.partition(":")[0] for text in ran.err.splitlines()] == ["line 1", "line 3"]
