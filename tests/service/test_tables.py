"""What the command line prints as a table."""

from __future__ import annotations

import pytest

from service.cli.output import counted, show


def test_a_reference_is_never_broken(capsys, monkeypatch):
    """However narrow the terminal, no word of a table is broken, so that a reference can be read; an obligation's parts stand apart."""
    monkeypatch.setenv("COLUMNS", "40")
    ref = "LIF-INT-02.receipt|BOARD|dissemination:FRAMEWORK-2016"
    show([{"ref": ref, "to": "board-manager"}] * 2, {"ref": "About", "to": "To whom it goes"}, "table", title="Two")
    said = capsys.readouterr().out

    for word in ("LIF-INT-02.receipt", "BOARD", "dissemination:FRAMEWORK-2016", "board-manager"):
        assert said.count(word) == 2


OWED = {"clause": "Clause", "text": "What the framework says", "says": "How it stands", "of": "Obligations"}
STANDS = {
    "clause": "LIF-AGX-01",
    "text": 'Workforce "suitably recruited, qualified and enabled to safeguard children" [Annex A]',
    "says": "overdue",
    "of": "2 overdue, 1 open, 3 met, 1 ended",
}
TITLE = "Riverside Community Health CIC as at 30 September 2021, as known at event 6600, 30 September 2021, [rules 4]"


@pytest.mark.parametrize("columns", ["80", "60", "20", None])
def test_nothing_is_cut(capsys, monkeypatch, columns):
    """At every width each word of the title, the headings and the cells is there, whole and in order; a table has both its borders."""
    monkeypatch.setenv("COLUMNS", columns) if columns else monkeypatch.delenv("COLUMNS", raising=False)
    show([STANDS], OWED, "table", title=TITLE)
    said = capsys.readouterr().out
    words = said.replace("┃", " ").replace("│", " ").split()

    for word in " ".join([TITLE, *OWED.values(), *STANDS.values()]).split():
        assert word in words or f"{word}:" in words, word
    assert " ".join(said.split()).startswith(TITLE)
    if columns == "20":
        assert "Obligations: 2 overdue, 1 open, 3 met, 1 ended" in said.splitlines()
    else:
        drawn = said[said.index("┏") :].splitlines()
        assert {len(line) for line in drawn} == {len(drawn[0])}
        assert {line[-1] for line in drawn} == set("┓┃┩│┘")
        assert not columns or max(map(len, said.splitlines())) <= int(columns)


def test_a_program_gets_each_row_on_one_line(capsys, monkeypatch):
    """What is piped is as wide as what is in it: no cell and no title goes on in another line."""
    monkeypatch.delenv("COLUMNS", raising=False)
    show([STANDS] * 2, OWED, "table", title=TITLE)
    said = capsys.readouterr().out

    assert said.splitlines()[0] == TITLE
    assert said.count(STANDS["text"]) == said.count(STANDS["of"]) == 2


@pytest.mark.parametrize(("number", "said"), [(0, "0 obligations"), (1, "1 obligation"), (1960, "1,960 obligations")])
def test_one_is_said_as_one(number, said):
    """What is counted is said in the singular where there is one."""
    assert counted(number, "obligation") == said
