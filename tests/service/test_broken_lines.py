"""What a file may be that somebody submits by mistake, or that a Windows program wrote: each is answered in words."""

from __future__ import annotations

import codecs
import json

import pytest
from click.testing import CliRunner

from service.cli import main
from tests.service.test_client import answering

LINE = json.dumps({"do": "report_progress", "ref": "A1", "fields": {"rag": "amber", "narrative": "Half is read"}, "key": "k"}).encode()
RECORDED = 200, {}, json.dumps({"receipt": "r", "positions": [4], "events": ["e"], "ref": "A1", "repeated": False})


@pytest.fixture
def submits(tmp_path, monkeypatch):
    """Give what submits a file of these bytes to a service that records whatever comes; return the result, and what was asked."""
    monkeypatch.setenv("MUNIMENT_KEY", "muniment_k")

    def submit(content):
        (tmp_path / "acts.jsonl").write_bytes(content)
        with answering(RECORDED) as (address, asked):
            return CliRunner().invoke(main, ["submit", str(tmp_path / "acts.jsonl"), "--server", address]), asked

    return submit


@pytest.mark.parametrize("content", [LINE, LINE + b"\r\n", codecs.BOM_UTF8 + LINE + b"\r\n\r\n"])
def test_lines_are_read_as_a_windows_program_writes_them(submits, content):
    """A mark of UTF-8 before the first line, CRLF, an empty line at the end, no line break at all: it is the same act."""
    ran, asked = submits(content)

    assert (ran.exit_code, len(asked)) == (0, 1), ran.output


@pytest.mark.parametrize(
    "content",
    [b"do,ref,rag\nreport_progress,A1,amber\n", bytes(range(256)) * 400, LINE.decode().encode("utf-16"), b"[" + LINE + b"]", LINE[:-9]],
)
def test_what_is_no_file_of_lines_is_said_in_few_lines_and_nothing_is_sent(submits, content):
    """A table, a binary, another encoding, a list, a line that was cut off: refused by some of its lines, with exit code 1."""
    ran, asked = submits(content)

    assert (ran.exit_code, asked, ran.exception.__class__) == (1, [], SystemExit)
    assert "Nothing was sent." in ran.output
    assert len(ran.output.splitlines()) <= 22
