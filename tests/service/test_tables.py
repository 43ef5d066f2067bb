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


@pytest.mark.parametrize(("number", "said"), [(0, "0 obligations"), (1, "1 obligation"), (1960, "1,960 obligations")])
def test_one_is_said_as_one(number, said):
    """What is counted is said in the singular where there is one."""
    assert counted(number, "obligation") == said
