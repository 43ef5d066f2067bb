"""What the command line says while it works."""

from __future__ import annotations

from service.cli.output import followed


def test_long_work_shows_how_far_it_is_without_a_terminal(capsys):
    """Where no bar can be drawn, plain lines on standard error say what is done and how far it is; nothing is left out on the way."""
    assert list(followed(["a", "b", "c"], "Recording seven years", between=0)) == ["a", "b", "c"]
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [f"Recording seven years: {number} of 3" for number in range(3)]


def test_short_work_says_nothing(capsys):
    """What is done at once needs no word."""
    assert list(followed(range(3), "Recording")) == [0, 1, 2]
    assert capsys.readouterr().err == ""
