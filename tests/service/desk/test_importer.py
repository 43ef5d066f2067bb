"""The import: each line its own command, refused by number, skipped where it is on record, and never lost or recorded twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from aggregates.partnership import Agency
from service.application import Board
from service.desk import accounts
from service.desk.accounts import Caller, caller_of_key
from service.desk.bringing_in import importer, lines
from service.desk.bringing_in.importer import Report, import_lines
from service.ledger import keys
from service.recording.establishing import establish

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from service.config import Config

ORIGIN = "log.severnbrook.example/import"
PASSWORD = "correct horse battery staple"
PATIENCE = 60  # seconds


class Desk(NamedTuple):
    """A board that is just established, and its manager with an API key."""

    config: Config
    board: Board
    manager: Caller
    key: str
    folder: Path

    def bring(self, *lines: str | dict[str, Any]) -> Report:
        """Import lines in the manager's name."""
        return import_lines(self.board, self.manager, lines, self.folder)

    def events(self) -> int:
        """Count the entries of the log."""
        with psycopg.connect(self.config.conninfo("reader")) as conn:
            (count,) = conn.execute("SELECT count(*) FROM ledger.event").fetchone() or (0,)
        return int(count)

    def name(self, code: str) -> str | None:
        """Return an agency's name, None where it is not on record."""
        found = self.board.find(Agency, code)
        return found.state.name if found else None


@pytest.fixture
def desk(database, tmp_path) -> Iterator[Desk]:
    """Give the board, and a folder with an evidence file."""
    board = Board(database, keys.create(database, origin=ORIGIN))
    first = {"name": "R. Vale", "contact": "manager@severnbrook.example"}
    person = establish(board, Ed25519PrivateKey.generate(), board_name="Severnbrook", **first, demonstration=False)
    with psycopg.connect(database.conninfo("writer"), autocommit=True) as conn:
        account = accounts.create_account(conn, first["contact"], PASSWORD, person=person)
        key = accounts.create_api_key(conn, account, "board-manager", "for tests")
        manager = caller_of_key(conn, key)
    (tmp_path / "lines").mkdir()
    yield Desk(database, board, manager, key, tmp_path / "lines")
    board.close()


def join(code: str, **more: Any) -> dict[str, Any]:
    """Return a line that lets an agency join."""
    fields = {"name": f"Agency {code}", "category": "health provider", "section_11": "yes"}
    return {"do": "join_agency", "ref": code, "fields": fields, "key": f"join {code}"} | more


def rename(code: str, name: str) -> dict[str, Any]:
    """Return a line that gives an agency another name."""
    return {"do": "rename_agency", "ref": code, "fields": {"name": name}, "key": f"rename {code} {name}"}


def sentences(report: Report) -> list[str]:
    """Return what was said of the refused lines."""
    return [sentence for _, sentence in report.refused]


CANNOT_BE_READ: list[tuple[str | dict[str, Any], str]] = [
    ("{", "not JSON"),
    ("[]", "not a JSON object"),
    ('{"do": "join_agency", "do": "join_agency"}', "says do twice"),
    ('{"do": "join_agency", "ref": "X", "fields": {"name": NaN}}', "NaN is not a number"),
    ('{"do": "join_agency", "ref": "X", "fields": {"name": 1e999}}', "1e999 is too large a number"),
    ('{"do": "join_agency", "ref": "\\ud800"}', "half of a character"),
    ('{"do": "join_agency", "ref": "X\\u0000"}', "NUL"),
    ("[" * 100_000, "nested too deeply"),
    (" " * (lines.LONGEST_LINE + 1) + "{}", "more than"),
    ({"do": "join_agency", "ref": "X", "name": "X"}, "A line has no name"),
    ({"ref": "X"}, "A line needs do"),
    ({"do": "join_agency", "ref": " "}, "A line needs ref"),
    ({"do": "join_agency", "ref": 7}, "ref should be a text"),
    ({"do": "join_agency", "ref": "X", "fields": []}, "fields should be an object"),
    ({"do": "join_agency", "ref": "X", "fields": ["name"]}, "fields should be an object"),
    ({"do": "join_agency", "ref": "X", "occurred_on": "1 May 2016"}, "occurred_on should be a date"),
    ({"do": "join_agency", "ref": "X", "occurred_on": "20160501"}, "occurred_on should be a date"),
    ({"do": "join_agency", "ref": "X", "at": "2016-05-01T09:00:00"}, "a time with its offset"),
    ({"do": "join_agency", "ref": "X", "at": "yesterday"}, "at should be a time"),
    ({"do": "join_the_agency", "ref": "X"}, "There is no command join_the_agency"),
    ({"do": "submit_evidence", "ref": "A1", "fields": {"evidence": [{"file": "../secret"}]}}, "There is no file ../secret"),
    ({"do": "submit_evidence", "ref": "A1", "fields": {"evidence": [{"file": "missing.pdf"}]}}, "There is no file missing.pdf"),
    ({"do": "submit_evidence", "ref": "A1", "fields": {"evidence": [{"file": "a\x00b"}]}}, "a text has no control characters"),
    ({"do": "submit_evidence", "ref": "A1", "fields": {"evidence": [{"file": "long" * 1000}]}}, "There is no file long"),
    ({"do": "submit_evidence", "ref": "A1", "fields": {"evidence": [{"file": "."}]}}, "There is no file ."),
    ({"do": "submit_evidence", "ref": "A1", "fields": {"evidence": [{"file": 7}]}}, "There is no file 7"),
    (join("X", by="chair"), "There is no office chair"),
    (join("X", at="2016-05-01T09:00:00+01:00"), "not a demonstration"),
]


def test_lines_are_recorded_in_their_order(desk):
    """A line may build on the line before it, though both share a transaction."""
    report = desk.bring(join("RIV"), "", json.dumps(rename("RIV", "Riverside")), rename("RIV", "Riverside Health"))

    assert report == Report(recorded=3)
    assert desk.name("RIV") == "Riverside Health"


def test_a_refused_line_is_reported_by_number_and_the_others_go_on(desk):
    """What a rule refuses is named with its line's number; nothing of it is recorded, and everything else is."""
    before = desk.events()
    report = desk.bring(join("RIV"), rename("NGH", "Northgate"), join("CQH"), rename("CQH", "Agency CQH"), rename("RIV", "Riverside"))

    assert [number for number, _ in report.refused] == [2, 4]
    assert sentences(report) == ["There is no agency NGH.", "CQH has the name Agency CQH already."]
    assert (report.recorded, desk.events() - before) == (3, 3)
    assert (desk.name("RIV"), desk.name("CQH")) == ("Riverside", "Agency CQH")


def test_running_it_again_records_nothing_twice(desk):
    """A line whose key is on record is skipped, and so is one without a key that says the same."""
    keyless = {name: value for name, value in join("NGH").items() if name != "key"}
    first = desk.bring(join("RIV"), keyless)
    after = desk.events()
    again = desk.bring(join("RIV"), keyless, join("CQH"))

    assert (first, again) == (Report(recorded=2), Report(recorded=1, skipped=2))
    assert desk.events() == after + 1


def test_the_same_line_twice_in_one_file_is_recorded_once(desk):
    """A repeated line is a repetition within one file too."""
    assert desk.bring(join("RIV"), join("RIV"), join("CQH")) == Report(recorded=2, skipped=1)


def test_a_key_that_was_used_for_something_else_is_refused(desk):
    """A key names one command for ever."""
    report = desk.bring(join("RIV", key="1"), join("CQH", key="1"))

    assert (report.recorded, report.refused[0][0]) == (1, 2)
    assert "was used for another command" in sentences(report)[0]
    assert desk.name("CQH") is None


def test_what_only_the_append_can_refuse_reaches_its_own_line(desk):
    """A reference that was taken meanwhile is refused by its line's number, and the lines that shared its transaction are recorded."""
    group = {"do": "constitute_sub_group", "ref": "QEG", "fields": {"name": "Quality", "terms_of_reference": "Oversees actions"}}
    desk.bring(group)
    report = desk.bring(join("CQH"), group | {"key": "another"}, join("NGH"))

    assert (report.recorded, report.refused[0][0]) == (2, 2)
    assert "already on record" in sentences(report)[0]


def test_lines_that_cannot_be_read_are_refused_in_words(desk):
    """A line that is malformed or ambiguous, or asks for what no line may, is refused in one sentence, and the next is recorded."""
    (desk.folder.parent / "secret").write_text("kept elsewhere")
    before = desk.events()
    report = desk.bring(*(line for line, _ in CANNOT_BE_READ), join("RIV"))

    assert [number for number, _ in report.refused] == list(range(1, len(CANNOT_BE_READ) + 1))
    assert [(says, said) for (_, says), said in zip(CANNOT_BE_READ, sentences(report), strict=True) if says not in said] == []
    assert (report.recorded, desk.events() - before) == (1, 1)


def test_an_interrupted_import_is_taken_up_again(desk):
    """After kill -9 in the middle of an import, running it again loses nothing and records nothing twice."""
    codes = [f"X{number}" for number in range(4 * importer.BATCH)]
    file = desk.folder / "agencies.jsonl"
    file.write_text("".join(f"{json.dumps(join(code))}\n" for code in codes))
    before = desk.events()

    killed = _importing(desk, file)
    deadline = time.monotonic() + PATIENCE
    while desk.events() == before:
        assert killed.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
    killed.send_signal(signal.SIGKILL)
    killed.wait(PATIENCE)
    recorded = desk.events() - before
    again = _importing(desk, file)

    assert 0 < recorded < len(codes)
    assert again.wait(PATIENCE) == 0
    assert desk.events() - before == len(codes)
    assert _codes(desk) == sorted(codes)


def _importing(desk: Desk, file: Path) -> subprocess.Popen[bytes]:
    environ = os.environ | {
        "MUNIMENT_DATA": str(desk.config.data),
        "MUNIMENT_DATABASE_URL": str(desk.config.database_url),
        "MUNIMENT_KEY": desk.key,
    }
    return subprocess.Popen([sys.executable, "-m", "service.cli", "import", str(file)], env=environ, stdout=subprocess.DEVNULL)


def _codes(desk: Desk) -> Sequence[str]:
    with psycopg.connect(desk.config.conninfo("writer")) as conn:
        keys_of = conn.execute("SELECT key FROM desk.idempotency").fetchall()
    return sorted(key.removeprefix("join ") for (key,) in keys_of)
